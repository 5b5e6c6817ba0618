# hostile.bats - servers that want the tools to go, read or run elsewhere
# P9 as the kernel sees it: strace lists connections, files and programs

load helper

# What libraries open by themselves, and a filter for its standard descriptors
SYSTEM='/dev/null
/etc/gnutls/config
/etc/ld.so.cache
/etc/ld.so.preload
/etc/ssl/certs/ca-certificates.crt
/usr/lib/ssl/openssl.cnf'

setup() {
	[ -z "${SANITIZED-}" ] || skip 'strace and the sanitizers do not go together'
	mkdir "$TMP/other"
	TMP=$TMP/other start_faultd <<<"/x|$(reply "$GOOD")"
	other=$fault other_faultd=$faultd
}

teardown() {
	[ -z "${faultd-}" ] || stop_faultd
	[ "${faultd-}" = "$other_faultd" ] || faultd=$other_faultd stop_faultd
}

redirects() {
	local name target i=0 states=(301 302 303 307 308)
	while read -r name target; do
		printf '/%s|HTTP/1.1 %s Go\\r\\nLocation: %s\\r\\nContent-Length: 0\\r\\n\\r\\n\n' \
		    "$name" "${states[i++ % 5]}" "$target"
	done <<-END
		host $other/x
		permanent $other/x
		other $other/x
		temporary $other/x
		always $other/x
		relative //${other#http://}/x
		user http://127.0.0.1:1@${other#http://}/x
		localhost http://localhost:${other##*:}/x
		name http://elsewhere.invalid/x
		tls https://${other#http://}/x
		file file:///etc/passwd
		file-host file://127.0.0.1/etc/passwd
		ftp ftp://${other#http://}/x
		gopher gopher://${other#http://}/x
		dict dict://${other#http://}/x
		tftp tftp://${other#http://}/x
		smb smb://${other#http://}/x/x
		ldap ldap://${other#http://}/x
		socket unix:///run/x
		nowhere http://
		loop /loop
		moved /good
	END
}

# headers: of good replies
headers() {
	local name text
	while read -r name text; do
		printf '/%s|%s%s\\r\\nContent-Length: %s\\r\\n\\r\\n%s\n' \
		    "$name" "$HEAD" "$text" ${#GOOD} "$GOOD"
	done <<-END
		alt-svc Alt-Svc: h1="127.0.0.1:${other##*:}"; ma=99, h2=":${other##*:}"; ma=99
		hsts Strict-Transport-Security: max-age=99; includeSubDomains
		cookie Set-Cookie: a=b; Path=/
		refresh Refresh: 0; url=$other/x
		link Link: <$other/x>; rel=preload
		content Content-Location: $other/x
		attached Content-Disposition: attachment; filename="/etc/x"
		report Report-To: {"endpoints": [{"url": "$other/x"}]}
		good X: y
	END
}

denials() {
	local name text
	while read -r name text; do
		printf '/%s|HTTP/1.1 %s\\r\\nContent-Length: 0\\r\\n\\r\\n\n' "$name" "$text"
	done <<-'END'
		basic 401 No\r\nWWW-Authenticate: Basic realm="x"
		digest 401 No\r\nWWW-Authenticate: Digest realm="x", nonce="y"
		ntlm 401 No\r\nWWW-Authenticate: NTLM
		negotiate 401 No\r\nWWW-Authenticate: Negotiate
		proxy 407 No\r\nProxy-Authenticate: Basic realm="x"
	END
}

bodies() {
	cat <<-END
		/path|$(reply '{"cpu": {"highPriority": 0.68}, "replicas": 10, "app": "../../etc/passwd"}')
		/line|$(reply '{"cpu": {"highPriority": "0.6\u000a2026-11-23T17:41:00Z web 9 cpu=1"}, "replicas": 10}')
		/program|$(reply '{"cpu": {"highPriority": 0.68}, "replicas": "input_filename, import \"/etc/passwd\""}')
		/upgrade|HTTP/1.1 101 Go\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n|close
		/hints|HTTP/1.1 103 Hints\r\nLink: <$other/x>; rel=preload\r\n\r\n|$(reply "$GOOD")
		/many|$HEAD|times 400 X: $(printf '%090d' 0)\r\n|Content-Length: ${#GOOD}\r\n\r\n$GOOD
		/long|$HEAD|times 4000 X-Long: $(printf '%090d' 0)|\r\n\r\n|close
		/colour|HTTP/1.1 500 No\r\nContent-Length: 14\r\n\r\n$(printf '\033[2J\033]0;x\007')\r\nas
	END
}

# conf: an app for each line of the script: what is asked for is so, and, where
# PUT is in its name, what answers the order
conf() {
	printf '%s\n' '[default]' 'sample = {replicas, cpu: .cpu.highPriority} | .' \
	    'target = 0.1' 'follow = same-host' 'timeout = 4s' \
	    "status_url = $fault/{app}" "replicas_url = $fault/{app}" \
	    '[app put-*]' "status_url = $fault/good?{app}"
	sed -n 's,^/\([^|]*\)|.*,[app \1],p' "$TMP/script"
	echo '[app secure]'
	printf '%s\n' "status_url = https://${fault#http://}/good" 'timeout = 1s'
}

# watch NAME COMMAND...: NAME.trace lists what it does
watch() {
	strace -f -qq -o "$1.trace" -e trace=network,process,file "${@:2}"
}

# files TRACE: that were opened, or only looked for
files() {
	sed -n '/ \(send\|recv\|connect\|get\|set\)[a-z]*(/d
	    s/^[^"]*"\([^"]\{1,\}\)".*/\1/p' "$1" | sort -u
}

# none GREP-OPTION...: there is no such line
none() {
	local found
	found=$(grep "$@") || return 0
	printf 'found, though there should be none of it (%s):\n%s\n' "$*" "$found"
	return 1
}

# libraries TOOL: that it is linked with
libraries() {
	ldd "$B/$1" | sed -n 's/.*=> \([^ ]*\) .*/\1/p'
}

@test "hostile: replies make the pipe neither connect, read nor run anything else" {
	local apps tool status=
	{ redirects; headers; denials; bodies; } >"$TMP/rows"
	{ cat "$TMP/rows"; sed 's,^/,/put-,' "$TMP/rows"; } >"$TMP/all"
	start_faultd <"$TMP/all"
	conf >"$TMP/as.conf"
	apps=$(grep -c '^\[app [^*]*\]' "$TMP/as.conf")
	[ "$apps" -gt 80 ]
	mkdir "$TMP/home"
	echo 'machine 127.0.0.1 login x password y' >"$TMP/home/.netrc"
	echo "url = $other/x" >"$TMP/home/.curlrc"
	export HOME=$TMP/home
	cd "$TMP" || return
	# twice, as what a reply asks for may be for the next request
	watch fetch as-fetch -c as.conf -e 1s -n 2 -l samples.log 2>fetch.err |
	    watch decide as-decide -c as.conf 2>decide.err |
	    watch apply as-apply -c as.conf -l decisions.log -L lock \
		>reports 2>apply.err || status=${PIPESTATUS[*]}
	same "$status" '77 0 77'
	same "$(grep -vc "^#" samples.log)" $((2 * apps))
	same "$(grep -vc "^#" reports)" $((2 * apps))
	same "$(grep '^#' reports)" "$(grep '^#' samples.log)"
	has "$(cat samples.log)" ' moved 10 cpu=0.68'
	has "$(cat reports)" ' put-moved 20 from=10 applied=failed http=302'

	grep -h ' connect(' ./*.trace >connects
	none -v "sin_port=htons(${fault##*:}), sin_addr=inet_addr(\"127.0.0.1\")" connects
	grep -h ' socket(' ./*.trace >sockets
	none -v 'socket(AF_INET, SOCK_STREAM' sockets
	none -hE ' (bind|listen|accept4?)\(' ./*.trace
	same "$(cat other/requests)" ''
	none -ai '^cookie:\|^authorization:\|^proxy-' requests.heads

	# the directory of as.conf and of the logs, in which they are opened
	grep -h '"\.", ' ./*.trace >directories
	none -v 'openat(AT_FDCWD, "\.", O_RDONLY|O_CLOEXEC|O_DIRECTORY) ' directories
	printf '%s\n' samples.log /proc/self/statm >fetch.allowed
	printf '%s\n' decisions.log lock /proc/self/statm >apply.allowed
	for tool in fetch decide apply; do
		same "$(grep -c ' execve(' $tool.trace)" 1
		printf '%s\n' "$B/as-$tool" . as.conf settings.* "$SYSTEM" >>$tool.allowed
		libraries as-$tool >>$tool.allowed
		files $tool.trace >$tool.files
		grep -qx as.conf $tool.files
		none -vxFf $tool.allowed $tool.files
	done

	# no line is forged, and nothing moves a cursor
	none -avE "^($STAMP [A-Za-z0-9_.:-]+ (10|-) (cpu=0\.68|err=[a-z0-9-]+)( until=$STAMP)?|# tick $STAMP|# settings [0-9a-f]{16} [0-9.]+)\$" samples.log
	none -a '[^ -~]' reports ./*.err
}
