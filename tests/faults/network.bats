# network.bats - connections that fail, servers that lie
# P2 one slow server never delays beyond its timeout: N3 N7 N8 N20 N21 X7
# P3 every fault is an in-band mark, a message and a status: N13 N14 N19
# P4 bounded: N17    P1 counts that are accepted and do not come: H12 H13

load helper

# slowly TEXT: byte after byte
slowly() {
	local i text
	for ((i = 0; i < ${#1}; i++)); do
		text+="|${1:i:1}|wait 200"
	done
	printf '%s' "${text#|}"
}

# bomb: a megabyte of JSON's blanks in a few hundred bytes, for a script
bomb() {
	head -c 1000000 /dev/zero | tr '\0' ' ' | gzip -c |
	    perl -0777 -pe 's/\\/\\\\/g; s/\0/\\0/g; s/\n/\\n/g; s/\r/\\r/g; s/\|/\\p/g'
}

# needs_names: a network of our own, whose name server answers all but "slow"
needs_names() {
	unshare -nm true 2>"$TMP/unshare" || skip "no network of our own: $(<"$TMP/unshare")"
	echo 'nameserver 127.0.0.1' >"$TMP/resolv.conf"
	cat >"$TMP/dns" <<-'END'
		use Socket;
		socket(my $s, AF_INET, SOCK_DGRAM, 0) or die;
		bind($s, pack_sockaddr_in(53, inet_aton('127.0.0.1'))) or die;
		open(my $f, '>', $ARGV[0]); close $f;
		while (my $from = recv($s, my $q, 512, 0)) {
			next if $q =~ /\x04slow/;
			my ($end) = $q =~ /^.{12}((?:[^\0].*?)\0....)/s or next;
			my $a = $end =~ /\0\0\x01\0\x01$/s;
			my $r = substr($q, 0, 2) . "\x81\x80\0\1\0" . ($a ? "\1" : "\0") . "\0\0\0\0" . $end;
			$r .= "\xc0\x0c\0\1\0\1\0\0\0\0\0\4\x7f\0\0\1" if $a;
			send($s, $r, 0, $from);
		}
	END
}

# with_names: runs the script on its stdin there; PORT in as.conf is the fault
# server's
with_names() {
	{
		cat <<-'END'
			ip link set lo up
			mount --bind "$TMP/resolv.conf" /etc/resolv.conf
			perl "$TMP/dns" "$TMP/dns.up" &
			faultd "$TMP/script" "$TMP/requests" >"$TMP/inside.port" &
			until [ -s "$TMP/inside.port" ] && [ -e "$TMP/dns.up" ]; do sleep 0.02; done
			sed -i "s/PORT/$(<"$TMP/inside.port")/" "$TMP/as.conf"
		END
		cat
	} >"$TMP/inside"
	export TMP
	expect 0 timeout 30 unshare -nmpf --kill-child bash "$TMP/inside" 3>&-
}

setup() {
	start_faultd <<-END
		/good|$(reply "$GOOD")
		/late|wait 1500|$(reply "$GOOD")
		http://there.invalid/good|$(reply "$GOOD")
		/slow-headers|HTTP/1.1 200 OK\r\n|$(slowly 'X-Long: 0123456789')
		/slow-body|${HEAD}Content-Length: 47\r\n\r\n|$(slowly '{"cpu": {"highPri')
		/two-lengths|${HEAD}Content-Length: 47\r\nContent-Length: 5\r\n\r\n$GOOD|close
		/two-other|${HEAD}Content-Length: 5\r\nContent-Length: 47\r\n\r\n$GOOD|close
		/bad-chunk|${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n$GOOD\r\n0\r\n\r\n|close
		/endless-chunk|${HEAD}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n$GOOD|close
		/negative|${HEAD}Content-Length: -5\r\n\r\n$GOOD|close
		/bad-status|HTTP/1.1 abc OK\r\n\r\n$GOOD|close
		/bad-version|HTTP/9.7 200 OK\r\n\r\n$GOOD|close
		/nul-header|HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 47\r\n\r\n$GOOD|close
		/bomb|${HEAD}Content-Encoding: gzip\r\n\r\n$(bomb)|close
		/at-10|$(reply '{"cpu": {"highPriority": 0.9}, "replicas": 10}')
		/200|HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}
		/202|HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n
		/reset-once|reset
		/reset-once|$(reply "$GOOD")
		/500-once|HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n
		/500-once|$(reply "$GOOD")
		/cut-once|${HEAD}Content-Length: 99\r\n\r\n$GOOD|close
		/cut-once|$(reply "$GOOD")
		/500|HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n
		/503-later|HTTP/1.1 503 No\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n
		/401|HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n
		/403|HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n
		/404|HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n
		/404-later|HTTP/1.1 404 No\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n
		/425|HTTP/1.1 425 No\r\nContent-Length: 0\r\n\r\n
		/429|HTTP/1.1 429 No\r\nContent-Length: 0\r\n\r\n
		/hang|hang
		/hop-1|HTTP/1.1 302 Go\r\nLocation: /hop-2\r\nContent-Length: 0\r\n\r\n
		/hop-2|wait 700|HTTP/1.1 302 Go\r\nLocation: /hop-3\r\nContent-Length: 0\r\n\r\n
		/hop-3|wait 700|$(reply "$GOOD")
		/204-then-nonsense|HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n|close
		/413-then-reset|HTTP/1.1 413 No\r\nContent-Length: 9\r\n\r\n|reset
		/big|${HEAD}Content-Length: 3000047\r\n\r\n$GOOD|times 3000 $(printf '\\n%.0s' {1..1000})
	END
}

teardown() {
	stop_faultd
	[ -z "${blackhole-}" ] || stop "$blackhole"
}

@test "network: packets that are dropped are err=timeout within connect_timeout (N3)" {
	local start=$SECONDS
	blackhole 127.0.0.1
	misses timeout 75 -o connect_timeout=400ms \
	    "http://127.0.0.1:$(<"$TMP/blackhole.port")/"
	[ $((SECONDS - start)) -le 4 ]
	: >"$TMP/requests"
	applies 'applied=failed err=timeout' 75 5 -o connect_timeout=400ms \
	    "http://127.0.0.1:$(<"$TMP/blackhole.port")/"
}

@test "network: headers and bodies that trickle are err=timeout (N7 N8)" {
	misses timeout 75 -o timeout=700ms "$fault/slow-headers"
	misses timeout 75 -o timeout=700ms "$fault/slow-body"
}

@test "network: two Content-Lengths never make a sample of a part (N13)" {
	misses not-json 69 "$fault/two-lengths"
	# libcurl takes the last one: all of the document
	expect 0 as-fetch "$fault/two-other"
	has "$out" ' app 10 cpu=0.68'
}

@test "network: bad chunks, lengths, status lines and headers are err=protocol (N14)" {
	local path
	for path in bad-chunk endless-chunk negative bad-status bad-version nul-header; do
		misses protocol 69 "$fault/$path"
	done
}

@test "network: compression is not asked for, and not undone (N17)" {
	misses not-json 69 "$fault/bomb"
	same "$(grep -ic '^accept-encoding' "$TMP/requests.heads" || :)" 0
}

@test "network: proxies are those of curl, named where they fail (N19)" {
	# There is no key proxy: no_proxy is what leaves it out.
	http_proxy=$fault expect 0 as-fetch http://there.invalid/good
	same "$(<"$TMP/requests")" 'GET http://there.invalid/good '
	export http_proxy=http://127.0.0.1:1
	misses refused 75 http://there.invalid/good
	has "$err" '127.0.0.1 port 1'
	applies 'applied=failed err=refused' 75 5 http://there.invalid/put
	no_proxy=127.0.0.1 expect 0 as-fetch "$fault/good"
	unset http_proxy
}

@test "network: where IPv6 is a black hole IPv4 is asked in time (N20)" {
	[ -e /proc/sys/net/ipv6 ] || skip "there is no IPv6"
	blackhole ::1 "${fault##*:}"
	expect 0 timeout 5 as-fetch "http://six.localhost:${fault##*:}/good"
	has "$out" ' app 10 cpu=0.68'
	# it was tried, and there was nobody
	misses timeout 75 -o connect_timeout=400ms "http://[::1]:${fault##*:}/good"
}

@test "network: a name that resolves slowly delays its own app alone (N21)" {
	needs_names
	{
		printf '[default]\nstatus_url = http://{app}.example:PORT/good\ntimeout = 3s\n'
		printf 'connect_timeout = 3s\n[apps]\nlist = apps\n'
	} >"$TMP/as.conf"
	{ seq -f 'app-%.0f' 100; echo slow; } >"$TMP/apps"
	with_names <<-'END'
		as-fetch -c "$TMP/as.conf" | while read -r time rest; do
			echo "$(date +%s%3N) $rest"
		done
	END
	same "$(grep -c ' 10 cpu=0.68' "$TMP/out")" 100
	has "$out" ' slow - err='
	# all others were there while it was waited for
	grep -v slow "$TMP/out" | tail -n 1 >"$TMP/last"
	[ $(($(sed -n '/slow/s/ .*//p' "$TMP/out") - $(cut -d' ' -f1 "$TMP/last"))) -ge 300 ]
}

@test "network: a name server that does not answer costs its own app its own timeout (X7)" {
	needs_names
	# The C library waits for 10 s; good's server answers after 1.5 s.
	cat >"$TMP/as.conf" <<-'END'
		[default]
		status_url = http://{app}.example:PORT/late
		before_url = http://{app}.example:PORT/good
		before_replicas = .replicas
		replicas_url = http://{app}.example:PORT/late
		connect_timeout = 500ms
		timeout = 3s
		[app good]
		[app slow]
	END
	with_names <<-'END'
		begin=$(date +%s%3N)
		as-fetch -c "$TMP/as.conf" | while read -r time rest; do
			echo "fetch $(($(date +%s%3N) - begin)) $rest"
		done
		echo "fetched $(($(date +%s%3N) - begin))"
		begin=$(date +%s%3N)
		now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
		printf '%s\n' "$now good 12 from=10" "$now slow 12 from=10" |
		    as-apply -c "$TMP/as.conf" | cut -d' ' -f2-
		echo "applied $(($(date +%s%3N) - begin))"
	END
	has "$out" ' good 10 cpu=0.68'
	has "$out" ' slow - err=timeout'
	has "$out" 'good 12 from=10 applied=ok http=200'
	has "$out" 'slow 12 from=10 applied=refused why=timeout'
	[ "$(sed -n 's/^fetch \(.*\) slow .*/\1/p' "$TMP/out")" -lt 1500 ]
	[ "$(sed -n 's/^fetched //p' "$TMP/out")" -lt 2900 ]
	[ "$(sed -n 's/^applied //p' "$TMP/out")" -lt 2900 ]
}

@test "network: a count that is accepted and does not come is asked for again, as it is (H12 H13)" {
	# What the tools say is on record: each tick's decision is from the
	# count that there is, and asks for the same absolute one.
	local path i
	for path in 200 202; do
		rm -rf "$TMP/loop"
		: >"$TMP/requests"
		for i in 1 2 3 4 5; do
			expect 0 as_loop -i 50ms "$fault/at-10" "$fault/$path"
		done
		same "$(grep -v '^#' "$TMP/loop/decisions.log" | cut -d' ' -f3- | sort | uniq -c | xargs)" \
		    '5 12 from=10 why=target by=cpu'
		same "$(grep -c "^PUT /$path {\"replicas\": 12}\$" "$TMP/requests")" 5
		same "$(grep -c ^PUT "$TMP/requests")" 5
		same "$(grep -c "12 from=10 applied=ok http=$path" "$TMP/loop/autoscaler.log")" 5
	done
}

# asked PATH: how often
asked() {
	grep -c "^[A-Z]* $1 " "$TMP/requests" || :
}

@test "network: a GET that fails is sent once more within its timeout, a PUT never (X23)" {
	local path
	for path in reset-once 500-once cut-once; do
		expect 0 as-fetch "$fault/$path"
		has "$out" ' app 10 cpu=0.68'
		same "$err" ''
		same "$(asked "/$path")" 2
		: >"$TMP/requests"
		expect 75 as-fetch -o retries=0 "$fault/$path"
		same "$(asked "/$path")" 1
	done
	misses http-500 75 "$fault/500"
	same "$(asked /500)" 2
	misses http-500 75 -o retries=3 "$fault/500"
	same "$(asked /500)" 6
	# as-apply's own GET is one, too
	: >"$TMP/requests"
	applies 'applied=ok http=200' 0 "$(now) app 12 from=10" -o retries=1 \
	    -o status_url="$fault/reset-once" "$fault/200"
	same "$(asked /reset-once)" 2
	# a PUT, a POST and what another try cannot mend are sent once
	: >"$TMP/requests"
	applies 'applied=failed http=500' 75 5 "$fault/500"
	same "$(asked /500)" 1
	: >"$TMP/requests"
	expect 75 as-fetch -o status_body='{}' "$fault/reset-once"
	same "$(asked /reset-once)" 1
	for path in 401 403 404 429 503-later; do
		as-fetch "$fault/$path" >"$TMP/out" 2>"$TMP/err" || :
		same "$(asked "/$path")" 1
	done
	misses timeout 75 -o timeout=500ms "$fault/hang"
	same "$(asked /hang)" 1
}

@test "network: all tries and redirects of a request share one timeout" {
	local begin
	begin=$(date +%s%3N)
	misses timeout 75 -o timeout=1s -o follow=same-host "$fault/hop-1"
	[ $(($(date +%s%3N) - begin)) -lt 1300 ]
	expect 0 as-fetch -o timeout=3s -o follow=same-host "$fault/hop-1"
	# there is no time for another try
	: >"$TMP/requests"
	misses http-500 75 -o timeout=100ms "$fault/500"
	same "$(asked /500)" 1
}

@test "network: the status of a PUT counts, whatever comes after it (X22)" {
	applies 'applied=ok http=200' 0 5 "$fault/204-then-nonsense"
	applies 'applied=failed http=413' 69 5 "$fault/413-then-reset"
}

@test "network: the status of an HTTP/2 PUT counts where the stream then fails (X22)" {
	local port apply
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
	    -nodes -subj /CN=localhost -addext subjectAltName=DNS:as.localhost \
	    -days 2 -keyout "$TMP/key" -out "$TMP/crt" 2>"$TMP/openssl.out"
	port=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(
	    Listen => 1, LocalAddr => "127.0.0.1")->sockport')
	mkfifo "$TMP/frames"
	openssl s_server -accept "127.0.0.1:$port" -quiet -alpn h2 \
	    -cert "$TMP/crt" -key "$TMP/key" <"$TMP/frames" \
	    >"$TMP/seen" 2>"$TMP/server.err" 3>&- &
	blackhole=$!
	exec 5>"$TMP/frames"
	until_true grep -q "$(printf ':%04X ' "$port")" /proc/net/tcp
	as-apply -o ca_file="$TMP/crt" "https://as.localhost:$port/put" \
	    <<<5 >"$TMP/out" 2>"$TMP/err" 3>&- 5>&- &
	apply=$!
	# SETTINGS; then in one write: HEADERS with status 204, the end of the
	# stream, and RST_STREAM with PROTOCOL_ERROR
	printf '\0\0\0\4\0\0\0\0\0' >&5
	until_true grep -qa '"replicas": 5' "$TMP/seen"
	printf '\0\0\0\4\1\0\0\0\0\0\0\1\1\5\0\0\0\1\211\0\0\4\3\0\0\0\0\1\0\0\0\1' >&5
	wait $apply || { cat "$TMP/out" "$TMP/err"; return 1; }
	exec 5>&-
	has "$(<"$TMP/out")" 'applied=ok http=204'
}

@test "network: what a server may answer later is 75, what it refuses is not" {
	misses http-425 75 "$fault/425"
	misses "http-404 until=$STAMP" 75 "$fault/404-later"
	misses http-404 69 "$fault/404"
	applies 'applied=failed http=425' 75 5 "$fault/425"
}

@test "network: reply_max bounds a reply, 8 MiB by itself" {
	expect 0 as-fetch "$fault/big"
	misses too-big 69 -o reply_max=2MiB "$fault/big"
	has "$err" 'reply is over 2 MiB (reply_max)'
	misses too-big 69 -o reply_max=1KiB "$fault/big"
	has "$err" 'reply is over 1 KiB (reply_max)'
	misses too-big 69 -o reply_max=1500 "$fault/big"
	has "$err" 'reply is over 1500 bytes (reply_max)'
	expect 0 as-fetch -o reply_max=1024MiB "$fault/good"
	expect 78 as-fetch -o reply_max=1025MiB "$fault/good"
	expect 78 as-fetch -o reply_max=0KiB "$fault/good"
	expect 78 as-fetch -o reply_max=0 "$fault/good"
	expect 78 as-fetch -o reply_max=5kB "$fault/good"
}
