# secrets.bats - a secret is in its file and on its way to the server: C10
# P8 not in arguments, environment, output, messages, logs, settings that are
#    shown, or a core.  That root looks into a process cannot be prevented.

load helper

setup() {
	umask 077
	mkdir "$TMP/cores"
}

teardown() {
	[ -z "${tool-}" ] || stop "$tool"
	[ -z "${server-}" ] || stop "$server"
	[ -z "${faultd-}" ] || stop_faultd
}

# start_server: of good replies, and of some that repeat what they were told
start_server() {
	start_faultd <<-END
		/status|$(reply "$GOOD")
		/replicas|HTTP/1.1 204 No Content\r\n\r\n
		/told|HTTP/1.1 401 No\r\nContent-Length: 37\r\n\r\n{"message": "who is Bearer s3cret-1"}
		/login|HTTP/1.1 401 No\r\nContent-Length: 33\r\n\r\nAuthorization: Basic dXM6czNjcmV0
		/to|HTTP/1.1 302 Go\r\nLocation: /login?token=s3cret-1\r\nContent-Length: 0\r\n\r\n
	END
}

# conf SETTING...: of an app whose filter is fenced
conf() {
	printf '%s\n' '[app web]' "status_url = $url/status" \
	    "replicas_url = $url/replicas" 'target = 0.1' \
	    'sample = {replicas, cpu: .cpu.highPriority} | .' "$@" >"$TMP/as.conf"
}

# untold TEXT FILE...: each is there, and none has it
untold() {
	[ -s "$2" ]
	! grep -aF -e "$1" -- "${@:2}" || return 1
}

# shown PID...: what others see of them
shown() {
	local pid
	for pid; do
		cat "/proc/$pid/cmdline" "/proc/$pid/environ"
	done >"$TMP/shown"
}

# looks SECRET: into $tool and its filter while they are at work; then both
# crash, and have no core
looks() {
	local secret=$1 filter
	filter=$(tr -d ' ' <"/proc/$tool/task/$tool/children")
	shown "$tool" "$filter"
	grep -qaF as.conf "$TMP/shown"
	untold "$secret" "$TMP/shown"
	kill -ABRT "$filter"
	kill -SEGV "$tool"
	{ wait "$tool" || :; } 2>"$TMP/crashed"
	tool=
	same "$(ls "$TMP/cores")" ''
	untold "$secret" "$TMP/out" "$TMP/err"
}

# keeps SECRET OPTION...: all tools do; as-apply with OPTION
keeps() {
	local secret=$1 name
	shift
	cd "$TMP/cores" || return
	ulimit -c unlimited
	as-fetch -vv -c "$TMP/as.conf" -e 1h >"$TMP/out" 2>"$TMP/err" 3>&- &
	tool=$!
	until_true grep -q 'web 10 cpu=0.68' "$TMP/out"
	looks "$secret"
	mkfifo "$TMP/in"
	as-apply -vv "$@" -c "$TMP/as.conf" <"$TMP/in" >"$TMP/out" 2>"$TMP/err" 3>&- &
	tool=$!
	exec 4>"$TMP/in"
	echo "$(now) web 12 from=10" >&4
	until_true grep -q "web 12 from=10 applied=[od]" "$TMP/out"
	looks "$secret"
	exec 4>&-
	expect 0 as-loop -1vx $dry -c "$TMP/as.conf" -d "$TMP/loop"
	has "$(cat "$TMP/loop/autoscaler.log")" 'DEBUG as-fetch: '
	untold "$secret" "$TMP/loop"/*.log
	for name in as-fetch as-decide as-apply; do
		expect 0 $name -G -c "$TMP/as.conf"
		untold "$secret" "$TMP/out"
	done
}

# was_sent PATTERN: the server has seen it, so that there was something to keep
was_sent() {
	grep -q -e "$1" "$TMP/requests.heads"
}

@test "secrets: a token is told to its server alone (C10)" {
	local dry=''
	start_server
	url=$fault
	echo s3cret-1 >"$TMP/token"
	conf "token_file = token"
	keeps s3cret-1
	was_sent '^Authorization: Bearer s3cret-1'
}

@test "secrets: a login and a password are told to their server alone (C10)" {
	local dry=''
	start_server
	url=$fault
	echo 'machine 127.0.0.1 login us password s3cret-2' >"$TMP/netrc"
	conf 'netrc_file = netrc'
	keeps s3cret-2
	was_sent "^Authorization: Basic $(printf us:s3cret-2 | base64)"
	untold "$(printf us:s3cret-2 | base64)" "$TMP/out" "$TMP/loop"/*.log
}

@test "secrets: a key that signs is told to nobody, its session to its server alone (C10)" {
	local dry=''
	start_server
	url=$fault
	echo 'machine 127.0.0.1 login AKIA password s3cret-3' >"$TMP/netrc"
	echo session-3 >"$TMP/token"
	conf 'netrc_file = netrc' 'token_file = token' 'aws_sigv4 = aws:amz:here:ecs'
	keeps s3cret-3
	was_sent '^X-Amz-Security-Token: session-3'
	was_sent '^Authorization: AWS4-HMAC-SHA256 Credential=AKIA/'
	untold s3cret-3 "$TMP/requests.heads"
	untold session-3 "$TMP/out" "$TMP/loop"/*.log
}

@test "secrets: a client key is told to nobody (C10)" {
	local port dry=-n
	mkdir "$TMP/www"
	printf '%s' "$GOOD" >"$TMP/www/status"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
	    -nodes -subj /CN=localhost -addext subjectAltName=DNS:as.localhost \
	    -days 2 -keyout "$TMP/key" -out "$TMP/crt" 2>"$TMP/openssl.out"
	port=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(
	    Listen => 1, LocalAddr => "127.0.0.1")->sockport')
	(cd "$TMP/www" && exec openssl s_server -accept "127.0.0.1:$port" -WWW \
	    -cert "$TMP/crt" -key "$TMP/key" -Verify 1 -CAfile "$TMP/crt") \
	    >"$TMP/server.out" 2>&1 3>&- &
	server=$!
	until_true grep -q ACCEPT "$TMP/server.out"
	url=https://as.localhost:$port
	conf 'ca_file = crt' 'client_cert = crt' 'client_key = key'
	keeps "$(sed -n 2p "$TMP/key")" -n
	grep -q 'subject=CN = localhost' "$TMP/server.out" ||
	    grep -q 'depth=0 CN = localhost' "$TMP/server.out"
}

@test "secrets: a reply that repeats a secret is not shown (J20)" {
	local path
	start_server
	echo s3cret-1 >"$TMP/token"
	echo 'machine 127.0.0.1 login us password s3cret' >"$TMP/netrc"
	for path in told to; do
		set -- -vv -o token_file="$TMP/token" "$fault/$path"
		expect $([ $path = told ] && echo 77 || echo 69) as-fetch "$@"
		has "$err" 'with our secret in the reply'
		untold s3cret-1 "$TMP/err" "$TMP/out"
		expect $([ $path = told ] && echo 77 || echo 69) as-apply "$@" <<<5
		has "$err" 'with our secret in the reply'
		untold s3cret-1 "$TMP/err" "$TMP/out"
	done
	expect 77 as-fetch -o netrc_file="$TMP/netrc" "$fault/login"
	has "$err" 'HTTP status 401, with our secret in the reply'
	# who was told nothing shows what was said
	expect 77 as-fetch "$fault/told"
	has "$err" 'who is Bearer s3cret-1'
	expect 77 as-fetch -o token_file="$TMP/token" "$fault/login"
	has "$err" 'Authorization: Basic '
}

@test "secrets: a credential as systemd hands it over is taken, another's is not" {
	[ "$(id -u)" -eq 0 ] || skip "only root can give files away"
	start_server
	echo s3cret-1 >"$TMP/token"
	set -- -o token_file="$TMP/token" "$fault/status"
	chmod 440 "$TMP/token"
	expect 0 as-fetch "$@"
	chgrp 65534 "$TMP/token"
	expect 77 as-fetch "$@"
	chown 65534:0 "$TMP/token"
	expect 77 as-fetch "$@"
	chown 0:0 "$TMP/token"
	for mode in 444 460 640; do
		chmod $mode "$TMP/token"
		expect 77 as-fetch "$@"
	done
}

# echoes SECRET: replies that repeat it in every place
echoes() {
	local text name body sent hex cut=${1:0:12}
	text=$(printf %s "$1" | od -An -v -tx1 | tr -d '\n' | tr ' ' %)
	hex=${text//%/}
	while IFS=' ' read -r name body; do
		sent=${body//'\\'/x}
		printf '/%s|HTTP/1.1 %s OK\\r\\nContent-Length: %d\\r\\n\\r\\n%s\n' \
		    "$name" "${name##*-}" ${#sent} "$body"
	done <<-END
		text-200 Authorization: Bearer $1
		value-200 {"replicas": 10, "cpu": "$1"}
		key-200 {"replicas": 10, "$1": 1}
		app-200 {"replicas": 10, "app": "$1"}
		wrong-200 {"replicas": "x", "app": "$1"}
		tail-200 {"replicas": 10, "cpu": "$(printf '%050d' 0)$1"}
		body-403 $1
		cut-403 $(printf '%0108d' 0)$1
		message-403 {"kind": "Status", "message": "no, $1"}
		base64-500 $(printf 'x%s' "$1" | base64 -w 0)
		basic-200 Basic $(printf 'user-1:%s' "$1" | base64 -w 0)
		percent-500 $text
		escaped-500 {"message": "${text//%/\\\\u00}"}
		hex-500 {"message": "no, $hex"}
		hex-403 no, ${hex^^}
		hex-200 {"replicas": 10, "cpu": "${hex^^}"}
		key-hex-200 {"replicas": 10, "x$hex": 1}
		app-hex-200 {"replicas": 10, "app": "${hex^^}"}
		colons-500 {"message": "no, $(sed 's/../&:/g; s/:$//' <<<"$hex")"}
		blanks-403 no, $(sed 's/../& /g' <<<"${hex^^}")
		commas-403 {"message": "no, [$(sed 's/../0x&, /g' <<<"$hex")]"}
		bytes-500 no, $(sed 's/../\\\\x&/g' <<<"$hex")
		words-500 $(sed 's/..../& /g' <<<"$hex")
		colons-200 {"replicas": 10, "cpu": "$(sed 's/../0x&,/g' <<<"${hex^^}")"}
		head-colons-500 {"message": "no, $(sed 's/../&:/g' <<<"${hex:0:20}") and so on"}
		head-hex-500 {"message": "no, ${hex:0:20} and so on"}
		head-500 {"message": "no, $cut and so on"}
		head-403 no, $cut and so on
		head-200 {"replicas": 10, "cpu": "$cut"}
		key-head-200 {"replicas": 10, "$cut": 1}
		app-head-200 {"replicas": 10, "app": "$cut"}
		app-base64-200 {"replicas": 10, "app": "$(printf %s "$cut" | base64 -w 0 | tr -d =)"}
	END
	cat <<-END
		/reason|HTTP/1.1 500 $1\r\nContent-Length: 0\r\n\r\n
		/head|HTTX/$1\r\n\r\n
		/chunk|HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n$1\r\n
		/coding|HTTP/1.1 200 OK\r\nTransfer-Encoding: $1\r\n\r\n|close
		/to|HTTP/1.1 302 Go\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n
		/to-secret|HTTP/1.1 302 Go\r\nLocation: /$1\r\nContent-Length: 0\r\n\r\n
		/to-host|HTTP/1.1 302 Go\r\nLocation: http://$1.invalid/\r\nContent-Length: 0\r\n\r\n
		/to-hex|HTTP/1.1 302 Go\r\nLocation: /$hex\r\nContent-Length: 0\r\n\r\n
		/to-head|HTTP/1.1 302 Go\r\nLocation: /$cut/x\r\nContent-Length: 0\r\n\r\n
		/to-percent|HTTP/1.1 302 Go\r\nLocation: /$text\r\nContent-Length: 0\r\n\r\n
		/ask|$(reply '{"replicas": 10, "cpu": 0.9}')
	END
}

# hex_words TEXT SEPARATOR: as in 41:42:43
hex_words() {
	local words
	read -ra words < <(printf %s "$1" | od -An -v -tx1)
	printf "${2//'\'/'\\'}%s" "${words[@]}" | tail -c +$((${#2} + 1))
}

# silent SECRET FILE...: none of its forms is there, nor its beginning
silent() {
	local form
	for form in "${1:0:5}" "$(printf %s "$1" | base64 -w 0 | cut -c 1-8)" \
	    "$(printf 'x%s' "$1" | base64 -w 0 | cut -c 5-12)" \
	    "$(printf %s "${1:0:5}" | od -An -v -tx1 | tr -d '\n' | tr ' ' %)" \
	    "$(printf %s "${1:0:5}" | od -An -v -tx1 | tr -d ' \n')" \
	    "$(hex_words "${1:0:5}" :)" "$(hex_words "${1:0:5}" ' ')" \
	    "$(hex_words "${1:0:5}" ', 0x')" "$(hex_words "${1:0:5}" ,0x)" "$(hex_words "${1:0:5}" '\x')" \
	    user-1; do
		! grep -aiF -e "$form" -- "${@:2}" || return 1
	done
}

@test "secrets: whatever a server repeats and wherever, no text shows it (X15)" {
	local secret=s3cr3t-token-abcdef0123456789 path filter way
	start_faultd < <(echoes $secret)
	echo $secret >"$TMP/token"
	echo "machine 127.0.0.1 login user-1 password $secret" >"$TMP/netrc"
	for way in token_file="$TMP/token" netrc_file="$TMP/netrc"; do
		for path in $(sed 's,^/\([^|]*\)|.*,\1,' "$TMP/script"); do
			printf '[default]\nstatus_url = %s/%s\n' "$fault" "$path" >"$TMP/as.conf"
			for filter in '{replicas, cpu}' . \
			    '{replicas, cpu: (.cpu | tonumber)}' \
			    '{replicas, cpu: 0.5, app}' 'error(tostring)' '.[$app]'; do
				# where there is no body, one filter is enough
				[[ $path == *-200 || $filter == . ]] || continue
				timeout 10 as-fetch -vv -o timeout=1s -o "$way" -o retries=0 -o "sample=$filter" \
				    -a '*' -l "$TMP/log" -c "$TMP/as.conf" \
				    >"$TMP/out" 2>"$TMP/err" || :
				grep -q . "$TMP/out" "$TMP/err"
				silent $secret "$TMP/out" "$TMP/err" "$TMP/log"
			done
			timeout 10 as-apply -vv -o timeout=1s -o "$way" -o retries=0 -o before_url="$fault/$path" \
			    "$fault/$path" <<<5 >"$TMP/out" 2>"$TMP/err" || :
			[ -s "$TMP/out" ]
			silent $secret "$TMP/out" "$TMP/err"
			timeout 10 as-apply -nvv -o timeout=1s -o "$way" -o retries=0 -o status_url="$fault/$path" \
			    -o sample='{replicas: 5}' -o replicas_body='{$before, n: .replicas}' \
			    "$fault/put" <<<6 >"$TMP/out" 2>"$TMP/err" || :
			[ -s "$TMP/out" ]
			silent $secret "$TMP/out" "$TMP/err"
			timeout 10 as-apply -fvv -o timeout=1s -o "$way" "$fault/$path" <<<5 >"$TMP/out" 2>"$TMP/err" || :
			[ -s "$TMP/out" ]
			silent $secret "$TMP/out" "$TMP/err"
		done
		grep -q '^Authorization: B' "$TMP/requests.heads"
	done
	# what is said besides is still there
	expect 69 as-fetch -o netrc_file="$TMP/netrc" "$fault/to"
	has "$err" "HTTP status 302 to $fault/elsewhere, not followed"
	expect 69 as-fetch -o token_file="$TMP/token" "$fault/text-200"
	has "$err" 'Authorization: Bearer \*\*\*'
}

@test "secrets: neither a name nor a key is a part of a secret, and usual words are both" {
	local secret=t0ken_abcdef.0123456789 path
	start_faultd < <(echoes $secret)
	echo $secret >"$TMP/token"
	for path in key-200 app-200 key-hex-200 app-hex-200 key-head-200 app-head-200 \
	    app-base64-200; do
		printf '[default]\nstatus_url = %s/%s\nsample = .\n' "$fault" $path >"$TMP/as.conf"
		expect 69 as-fetch -vv -o token_file="$TMP/token" -c "$TMP/as.conf"
		same "$out" ''
		has "$err" 'an output with our secret is passed over'
		silent $secret "$TMP/err"
	done
	# who was told nothing prints them
	for path in key-head-200 app-head-200; do
		expect 0 as-fetch -o sample=. "$fault/$path"
		has "$out" ' 10 t0ken_abcdef=1' || has "$out" ' t0ken_abcdef 10'
	done
	# the beginning of a secret may be a usual word
	echo production-2026-s3cret >"$TMP/token"
	echo 'machine 127.0.0.1 login administrator password pass-w0rd' >"$TMP/netrc"
	printf '{"replicas": 3, "app": "%s"}\n' production-web production administrator \
	    administrator-1 t0ken password >"$TMP/reply"
	printf '[default]\nstatus_url = %s/many\nsample = .[]\n' "$fault" >"$TMP/as.conf"
	echo "/many|$(reply "[$(paste -sd, "$TMP/reply")]")" >>"$TMP/script"
	expect 0 as-fetch -o token_file="$TMP/token" -o netrc_file="$TMP/netrc" -c "$TMP/as.conf"
	same "$(wc -l <"$TMP/out")" 6
}

@test "secrets: a login that is an everyday word hides no names and no words" {
	start_server
	echo 'machine 127.0.0.1 login web password s3cret-4' >"$TMP/netrc"
	expect 69 as-fetch -a web -o netrc_file="$TMP/netrc" "$fault/to"
	has "$err" 'as-fetch: error: web: status: redirect: HTTP status 302 to '
	echo 'machine 127.0.0.1 login as password s3cret-4' >"$TMP/netrc"
	expect 69 as-fetch -o netrc_file="$TMP/netrc" "$fault/to"
	has "$err" 'as-fetch: error: app: status: redirect: HTTP status 302 to '
}

@test "secrets: after a token has changed the old and the new one are hidden" {
	local n
	start_faultd < <(echoes token-one-1; echoes token-two-2 | sed 's,^/,/two/,')
	echo token-one-1 >"$TMP/token"
	mkfifo "$TMP/in"
	printf '[default]\nreplicas_url = %s/{app}-403\n' "$fault" >"$TMP/as.conf"
	as-apply -fo token_file="$TMP/token" -c "$TMP/as.conf" <"$TMP/in" >"$TMP/out" 2>"$TMP/err" 3>&- &
	tool=$!
	exec 4>"$TMP/in"
	echo "$(now) body 12 from=10" >&4
	until_true has_lines "$TMP/err" 1
	echo token-two-2 >"$TMP/token.new"
	mv "$TMP/token.new" "$TMP/token"
	for n in 2 3; do
		echo "$(now "$n sec") body 1$n from=10" >&4
		until_true has_lines "$TMP/err" $n
	done
	exec 4>&-
	wait "$tool" || :
	tool=
	grep -q 'Bearer token-two-2' "$TMP/requests.heads"
	untold token-one "$TMP/err" "$TMP/out"
}

# repeated SECRET [HIDDEN]... <BODIES: a server that repeats the secret in one of
# these ways, a line each: no text shows it, and in no text is HIDDEN
repeated() {
	local body n=0 hidden
	echo "machine 127.0.0.1 login us password \"$1\"" >"$TMP/netrc"
	while IFS= read -r body; do
		n=$((n + 1))
		printf '/%d|HTTP/1.1 500 No\\r\\n\\r\\n%s|close\n' $n "$body"
		printf '/%d-200|HTTP/1.1 200 OK\\r\\n\\r\\n%s|close\n' $n "$body"
	done >"$TMP/bodies"
	[ -s "$TMP/bodies" ]
	start_faultd <"$TMP/bodies"
	for n in $(sed 's,^/\([^|]*\)|.*,\1,' "$TMP/script"); do
		timeout 10 as-fetch -vv -o retries=0 -o netrc_file="$TMP/netrc" \
		    "$fault/$n" >"$TMP/out" 2>"$TMP/err" || :
		if [ "${n%-200}" = "$n" ]; then
			has "$(<"$TMP/err")" 'with our secret in the reply'
		else
			has "$(<"$TMP/err")" '\*\*\*'
		fi
		for hidden in "$@"; do
			untold "$hidden" "$TMP/err" "$TMP/out"
		done
	done
	stop_faultd
	faultd=
}

@test "secrets: the escapes of JSON for bytes over ASCII hide no secret" {
	repeated $'geheim\303\244-Passwort' geheim asswort <<-'END'
		No, geheim\\u00e4-Passwort
		No, \\u0067\\u0065heim\\u00E4\\u002dPasswort
	END
	repeated $'pass-\360\237\230\200-\342\202\254-word' pass- word <<-'END'
		No, pass-\\ud83d\\ude00-\\u20ac-word
	END
}

@test "secrets: base64 in lines hides each line" {
	local secret long width json
	secret=$(printf 'a-long-secret-%s-' {10..30})
	long=$(printf 'us:%s' "$secret" | base64 -w 0)
	for width in 76 64; do
		json=$(fold -w $width <<<"$long" | sed 's/$/\\\\n/' | tr -d '\n')
		printf '%s\n' "Basic $(sed 's/[\\]\+n/\\r\\n /g' <<<"$json")" \
		    "Basic $(sed 's/[\\]\+n/\\n/g' <<<"$json")" \
		    "No, {\"echo\": \"Basic $json\"}"
	done >"$TMP/ways"
	repeated "$secret" "${long:10:20}" "${long:80:20}" "${long:140:20}" \
	    "${long:200:20}" <"$TMP/ways"
}

@test "secrets: the escapes of HTML, and JSON within JSON, hide no secret" {
	repeated "head&mid'<deep>tail" head mid deep tail <<-'END'
		No, head&amp;mid&#39;&lt;deep&gt;tail
		No, head&#38;mid&#x27;&lt;deep&gt;tail head&amp;mid&apos;&lt;deep&#62;tail
		No, {"a": "head\\u0026amp;mid&#039;\\u003cdeep>tail"}
	END
	repeated 'head\"mid\"tail' head mid tail <<-'END'
		No, {"a": "head\\"mid\\"tail"}
		No, {"a": "{\\"b\\": \\"head\\\\\\"mid\\\\\\"tail\\"}"}
		No, head&quot;mid&#34;tail
	END
}

@test "secrets: a long body costs little time, and only what was searched is shown" {
	local user
	start_faultd <<-'END'
		/long|HTTP/1.1 500 No\r\n\r\n|times 1390000 \\u0041|close
		/far|HTTP/1.1 500 No\r\n\r\n{"code": "|times 66000 x|", "message": "who is s3cret-1"}|close
		/near|HTTP/1.1 500 No\r\n\r\n{"code": "|times 65000 x|", "message": "who is it"}|close
	END
	echo s3cret-1 >"$TMP/token"
	set -- -o reply_max=10MiB -o retries=0 -o token_file="$TMP/token"
	expect 75 bash -c 'TIMEFORMAT=%U; time as-fetch "$@" 2>/dev/null' - "$@" "$fault/long"
	user=${err##*$'\n'}
	echo "$user s of CPU"
	[ "$((10#${user/./}))" -lt 250 ]
	expect 75 as-fetch "$@" "$fault/far"
	has "$err" 'HTTP status 500: {"code": "xxx'
	untold s3cret-1 "$TMP/err"
	expect 75 as-fetch "$@" "$fault/near"
	has "$err" 'HTTP status 500: who is it'
}

@test "secrets: a file of logins has its keywords in any case, as for libcurl" {
	start_server
	echo 'MACHINE 127.0.0.1 Login us PASSWORD s3cret' >"$TMP/netrc"
	expect 77 as-fetch -vv -o netrc_file="$TMP/netrc" "$fault/login"
	was_sent "^Authorization: Basic $(printf us:s3cret | base64)"
	has "$err" 'HTTP status 401, with our secret in the reply'
}

# proxies URL TEXT: each tool says TEXT when that is its proxy, and shows no login
proxies() {
	local name tool
	for name in http_proxy all_proxy ALL_PROXY; do
		for tool in as-fetch as-apply; do
			env "$name=$1" timeout 10 $tool -vv -o retries=0 http://as.invalid/x \
			    <<<5 >"$TMP/out" 2>"$TMP/err" || :
			has "$(<"$TMP/err")" "$2"
			untold s3cret "$TMP/err" "$TMP/out"
			untold joe "$TMP/err" "$TMP/out"
		done
	done
}

@test "secrets: the login of a proxy in the environment is not shown" {
	start_faultd <<-END
		http://as.invalid/x|HTTP/1.1 407 No\r\nContent-Length: 31\r\n\r\nAuthorization: joe at s3cret@1 !
		http://as.invalid/x|HTTP/1.1 407 No\r\nContent-Length: 31\r\n\r\nAuthorization: joe at s3cret@1 !
	END
	proxies 'http://joe:s3cret@[bad' 'Unsupported proxy syntax'
	proxies 'joe:s3cret@[bad' 'Unsupported proxy syntax'
	proxies 'http://joe:s3@x:s3cret@[bad' 'Unsupported proxy syntax'
	proxies "http://joe:s3cret%401@${fault#http://}" 'with our secret in the reply'
	was_sent "^Proxy-Authorization: Basic $(printf joe:s3cret@1 | base64)"
	# a user alone may be a token
	proxies "http://s3cret@[bad" 'Unsupported proxy syntax'
}
