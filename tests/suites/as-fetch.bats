# as-fetch: from an API's reply to a sample line
# P2 one slow server never delays beyond its timeout: N4; also N3 N7 N8 N20 in
#    faults/network.bats
# P3 every fault is an in-band mark, a message and a status: N1 N2 N5 N6 N9-N12
#    N16 H1-H3 H5-H7 H10 J1 J6 J7 J9 J10 J14
# P4 bounded: N9 N10
# P9 a hostile server: H4 H15

load helper

setup() {
	head='HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
	good='{"cpu": {"highPriority": 0.68}, "replicas": 10}'
	long=$(head -c 4000 /dev/zero | tr '\0' ' ')
	start_faultd <<-END
		/good|${head}Content-Length: 47\r\n\r\n$good
		/good?a|${head}Content-Length: 47\r\n\r\n$good
		/good?b|${head}Content-Length: 47\r\n\r\n$good
		/late|wait 120|${head}Content-Length: 47\r\n\r\n$good
		/count|HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{"n":4}
		/load|HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"load":"2"}
		/silent|hang
		/slow-headers|HTTP/1.1 200 OK\r\n|times 100 X: y\r\n|hang
		/reset|reset
		/empty-reply|close
		/half|${head}Content-Length: 47\r\n\r\n{"cpu|wait 50|reset
		/endless|${head}Transfer-Encoding: chunked\r\n\r\n|times 100000 fa0\r\n$long\r\n
		/long-header|HTTP/1.1 200 OK\r\nX: |times 30000 0123456789
		/huge|${head}Content-Length: 1073741824\r\n\r\n|hang
		/lying|${head}Content-Length: 100\r\n\r\n$good|close
		/cut|${head}\r\n{"cpu": {"highPriority": 0.68}, "repl|close
		/old|$good|close
		/html|HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n<html><body>502 Bad Gateway</body></html>
		/empty|HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n
		/none|HTTP/1.1 204 No Content\r\n\r\n
		/moved|HTTP/1.1 302 Found\r\nLocation: /good\r\nContent-Length: 0\r\n\r\n
		/file|HTTP/1.1 301 Moved\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n
		/auth|HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n
		/forbidden|HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n
		/busy|HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n
		/500-busy|HTTP/1.1 500 Oops\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n
		/404-busy|HTTP/1.1 404 No\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n
		/busy-once|HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n
		/busy-once|HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n
		/count-busy|HTTP/1.1 200 OK\r\nRetry-After: 9\r\nContent-Length: 7\r\n\r\n{"n":4}
		/none-busy|HTTP/1.1 200 OK\r\nRetry-After: 9\r\nContent-Length: 2\r\n\r\n{}
		/load-busy|HTTP/1.1 200 OK\r\nRetry-After: 90\r\nContent-Length: 12\r\n\r\n{"load":"2"}
		/good-busy|${head}Retry-After: 20\r\nContent-Length: 47\r\n\r\n$good
		/500|HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n
		/502|HTTP/1.1 502 Oops\r\nContent-Length: 0\r\n\r\n
		/504|HTTP/1.1 504 Oops\r\nContent-Length: 0\r\n\r\n
		/206|HTTP/1.1 206 Some\r\nContent-Length: 47\r\n\r\n$good
		/escape|HTTP/1.1 500 Oops\r\nContent-Length: 16\r\n\r\n$(printf '\033')[2Jx\ny\rz forged
	END
}

teardown() {
	stop_faultd
	stop_app
}

@test "as-fetch: a good reply is a sample line" {
	expect 0 as-fetch -a web "$fault/good"
	[[ $out == $STAMP\ web\ 10\ cpu=0.68 ]]
	same "$err" ""
}

@test "as-fetch: asks for JSON by GET, and for nothing else" {
	start_app
	expect 0 as-fetch "$status_url"
	same "$(<"$TMP/requests")" "GET /app/status 200 -"
}

@test "as-fetch: a name that does not resolve is err=dns (N1)" {
	misses dns 75 http://no-such-host.invalid/
}

@test "as-fetch: a closed port is err=refused at once (N2)" {
	misses refused 75 http://127.0.0.1:1/
}

@test "as-fetch: silence is err=timeout, after the timeout set (N4)" {
	misses timeout 75 -o timeout=300ms "$fault/silent"
	misses timeout 75 -o timeout=300ms "$fault/slow-headers"
}

@test "as-fetch: a reset before or in the reply is err=reset (N5 N6)" {
	misses reset 75 "$fault/reset"
	misses reset 75 "$fault/empty-reply"
	misses reset 75 "$fault/half"
}

@test "as-fetch: a reply over 1 MiB is err=too-big, however it comes (N9 N10)" {
	misses too-big 69 "$fault/endless"
	misses too-big 69 "$fault/huge"
	head -c 2000000 /dev/zero | tr '\0' ' ' >"$TMP/huge"
	misses too-big 69 -i "$TMP/huge" -o reply_max=1MiB
}

# two_sources COUNT LOAD OPTION...: as-fetch of an app with two URLs
two_sources() {
	local urls="status_url = $fault/$1
status_url = $fault/$2"
	shift 2
	printf '%s\n' '[default]' "$urls" \
	    'sample = {replicas: .[0].n, cpu: (.[1].load | tonumber)}' \
	    '[app web]' >"$TMP/as.conf"
	expect "$1" as-fetch -c "$TMP/as.conf" "${@:2}"
	line=$(grep -v '^#' "$TMP/out" | cut -d' ' -f3-)
}

@test "as-fetch: of two sources one is down, and the other is read (X2)" {
	two_sources count load 0
	same "$line" '4 cpu=2'
	two_sources count nowhere 69
	same "$line" '4 err.1=http-404'
	same "$err" 'as-fetch: error: web: status: source 1: http-404: HTTP status 404 '"(${fault#http://})"
	two_sources count silent 75 -o timeout=300ms
	same "$line" '4 err.1=timeout'
	two_sources count html 69
	same "$line" '4 err.1=not-json'
	has "$err" 'web: status: source 1 not-json: '
	# without a count there is no sample, and the source has the blame
	two_sources 500 load 75
	same "$line" '- err=http-500'
	two_sources 500 busy 75
	[[ $line == '- err=http-500 until.1='$STAMP ]]
	two_sources count busy 75
	[[ $line == '4 err.1=busy until.1='$STAMP ]]
}

@test "as-fetch: a filter that fails without a source gives the source's word" {
	two_sources count 504 75 -o 'sample={replicas: .[0].n, cpu: .[1].load | length | error("no")}'
	same "$line" '- err=http-504'
	# and a slow one is not held against a whole reply
	local slow='if .[1] == null then last(range(1e9)) else {replicas: .[0].n, cpu: 1} end'
	two_sources count 504 75 -o "sample=$slow"
	same "$line" '- err=http-504'
}

@test "as-fetch: a count that the status does not have is read at before_url" {
	local before="before_url=$fault/count"
	expect 75 as-fetch -o "$before" -o before_replicas=.n "$fault/500"
	same "${out#* }" 'app 4 err.0=http-500'
	expect 75 as-fetch -o "$before" -o 'before_replicas=.n + 1' http://127.0.0.1:1/
	same "${out#* }" 'app 5 err.0=refused'
	expect 0 as-decide -o fallback=1:7 <<<"$out"
	same "${out#* }" 'app 7 from=5 why=fallback'
	two_sources 500 load 75 -o "$before" -o before_replicas=.n
	same "$line" '4 cpu=2 err.0=http-500'
	# the same URL has no other count, nor has a server that is away
	expect 69 as-fetch -o before_url="$fault/nowhere" "$fault/nowhere"
	same "${out#* }" 'app - err=http-404'
	: >"$TMP/requests"
	expect 75 as-fetch -o "$before" -o timeout=300ms "$fault/silent"
	same "${out#* } $(grep -c . "$TMP/requests")" 'app - err=timeout 1'
	# a count that is nowhere
	expect 75 as-fetch -o before_url="$fault/nowhere" "$fault/500"
	same "${out#* }" 'app - err=http-500'
	has "$err" 'app: before: http-404: HTTP status 404'
}

@test "as-fetch: one bad metric is left out, and said" {
	local bad
	for bad in nan 1e999 -1; do
		expect 0 as-fetch -i - -o 'sample={replicas, cpu: .a, rps: .b}' \
		    <<<"{\"replicas\": 4, \"a\": 0.5, \"b\": $bad}"
		same "${out#* }" 'app 4 cpu=0.5'
		same "$err" 'as-fetch: warning: app: status: range: left out: b is not a finite number >= 0'
		expect 0 as-fetch -i - -o 'sample={replicas, cpu: (.a + 0), rps: .b}' \
		    <<<"{\"replicas\": 4, \"a\": 0.5, \"b\": $bad}"
		same "${out#* }" 'app 4 cpu=0.5'
		has "$err" 'app: status: range: left out: rps is not a finite'
	done
	expect 0 as-fetch -q -i - -o 'sample={replicas, cpu: .a, rps: (.b | tonumber)}' \
	    <<<'{"replicas": 4, "a": 0.5}'
	same "${out#* }$err" 'app 4 cpu=0.5'
	# all of them are bad
	expect 69 as-fetch -i - -o 'sample={replicas, cpu: (.a + 0), rps: .b}' \
	    <<<'{"replicas": 4, "a": nan, "b": null}'
	same "${out#* }" 'app - err=range'
}

@test "as-fetch: reply_max is the size of a reply, 8 MiB by default (P4)" {
	{
		head -c 8388561 /dev/zero | tr '\0' ' '
		printf %s "$good"
	} >"$TMP/reply"
	same "$(wc -c <"$TMP/reply")" 8388608
	expect 0 as-fetch -i "$TMP/reply"
	expect 69 as-fetch -i - < <(cat "$TMP/reply" <(echo))
	has "$err" 'the reply is over 8388608 bytes'
	expect 69 as-fetch -i - -o reply_max=46 < <(printf %s "$good")
	expect 0 as-fetch -i - -o reply_max=47 < <(printf %s "$good")
	local size
	for size in 0 8MB 1.5MiB -1 2GiB 1025MiB ''; do
		expect 78 as-fetch -i - -o "reply_max=$size" <<<"$good"
	done
}

@test "as-fetch: fewer bytes than promised is err=truncated (N11)" {
	misses truncated 75 "$fault/lying"
}

@test "as-fetch: JSON cut off by the end of the connection is err=not-json (N12)" {
	misses not-json 69 "$fault/cut"
}

@test "as-fetch: HTTP/0.9 is err=protocol (N16)" {
	misses protocol 69 "$fault/old"
}

@test "as-fetch: a header line without end is err=protocol, not our fault (N15)" {
	misses protocol 69 "$fault/long-header"
}

@test "as-fetch: a 200 that is HTML is err=not-json and is shown (H1)" {
	misses not-json 69 "$fault/html"
	has "$err" '<html><body>502 Bad Gateway'
}

@test "as-fetch: an empty 200 and a 204 are err=empty (H2)" {
	misses empty 69 "$fault/empty"
	misses empty 69 "$fault/none"
}

@test "as-fetch: a reply file without a byte is err=empty, like a body" {
	misses empty 69 -i /dev/null
	misses empty 69 -i - < <(:)
	misses empty 69 -i /dev/null -o 'sample={replicas: .n, cpu: (.a + 0)}'
	misses not-json 69 -i - <<<''
}

@test "as-fetch: a redirect is not followed (H3 H4)" {
	misses redirect 69 "$fault/moved"
	has "$err" "/good"
	misses redirect 69 "$fault/file"
	same "$(<"$TMP/requests")" "$(printf 'GET /moved \nGET /file ')"
}

@test "as-fetch: 401 and 403 are err=auth, 77 (H6)" {
	misses auth 77 "$fault/auth"
	misses auth 77 "$fault/forbidden"
}

@test "as-fetch: other statuses are err=http-NNN, never a count (H7 H9 H10 H11)" {
	misses http-404 69 "$fault/nowhere"
	misses "busy until=$STAMP" 75 "$fault/busy"
	misses http-500 75 "$fault/500"
	misses http-502 75 "$fault/502"
	misses http-504 75 "$fault/504"
	misses http-206 69 "$fault/206"
}

@test "as-fetch: what a server says cannot move the cursor or forge a line (H15)" {
	misses http-500 75 "$fault/escape"
	[ -z "$(tr -d '\n\40-\176' <"$TMP/err")" ]
}

@test "as-fetch: a broken document is err=not-json (J1)" {
	local body n=0
	while read -r body; do
		same "$(reads "$body")" "- err=not-json"
		n=$((n + 1))
	done <<-'END'
		{"cpu": {"highPriority": 0.68}, "replicas": 10
		{"cpu": {"highPriority": 0.68}, "replicas": 10} x
		{"cpu": {"highPriority": 0.68}, "replicas": 10} {"replicas": 11}
		{"cpu": {"highPriority": 0.68}, /* ten */ "replicas": 10}
		[{"cpu": {"highPriority": 0.68}, "replicas": 10}]
		"replicas"
		10
		null
	END
	[ $n -eq 8 ]
}

@test "as-fetch: nan and infinities are err=range (J6)" {
	local number
	for number in nan NaN -nan 1e999 -1e999; do
		same "$(reads "{\"cpu\": {\"highPriority\": $number}, \"replicas\": 10}")" \
		    "- err=range"
	done
}

@test "as-fetch: 1e999 is err=range, not the greatest double (J7)" {
	same "$(reads '{"cpu": {"highPriority": 1e999}, "replicas": 10}')" "- err=range"
	same "$(reads '{"cpu": {"highPriority": 0.5}, "replicas": 1e999}')" "- err=range"
	same "$(reads '{"cpu": {"highPriority": -0.1}, "replicas": 10}')" "- err=range"
}

@test "as-fetch: replicas is a whole number in range, or the sample is not read (J9 J10)" {
	local replicas
	for replicas in -1 10.5 1e12 2147483648 9007199254740993; do
		same "$(reads "{\"cpu\": {\"highPriority\": 0.5}, \"replicas\": $replicas}")" \
		    "- err=range"
	done
	for replicas in '"10"' null true '[10]' '{}'; do
		same "$(reads "{\"cpu\": {\"highPriority\": 0.5}, \"replicas\": $replicas}")" \
		    "- err=type"
	done
	same "$(reads '{"cpu": {"highPriority": 0.5}}')" "- err=type"
	same "$(reads '{"cpu": {"highPriority": 0.5}, "replicas": 10.0}')" "10 cpu=0.5"
	same "$(reads '{"cpu": {"highPriority": 0.5}, "replicas": 0}')" "0 cpu=0.5"
	same "$(reads '{"cpu": {"highPriority": -0}, "replicas": 1}')" "1 cpu=0"
}

@test "as-fetch: cpu is a number where the filter looks for it (J14)" {
	local cpu
	for cpu in '"0.68"' '"0,68"' null '{}'; do
		same "$(reads "{\"cpu\": {\"highPriority\": $cpu}, \"replicas\": 10}")" \
		    "- err=type"
	done
	same "$(reads '{"cpu": 0.68, "replicas": 10}')" "- err=type"
	same "$(reads '{"replicas": 10}')" "- err=type"
}

@test "as-fetch: deep nesting is err=not-json and takes no time (J5)" {
	local depth
	for depth in 300 100000; do
		head -c $depth /dev/zero | tr '\0' '[' >"$TMP/deep"
		misses not-json 69 -i "$TMP/deep"
	done
}

@test "as-fetch: -e keeps to multiples of its interval, and ends each tick with a mark" {
	expect 0 as-fetch -e 50ms -n 5 "$fault/good"
	same "$(wc -l <<<"$out")" 10
	same "$(sed -n '2~2p' "$TMP/out")" "$(sed -n '1~2s/ .*//p' "$TMP/out" | sed 's/^/# tick /')"
	# the first round may begin right before the second one
	has "50 50 50 50 ,100 50 50 50 " "$(sed '/^#/d; s/.*:\([0-9]*\)\.\([0-9]*\)Z.*/\1\2/' "$TMP/out" | awk '
	    NR > 1 { printf "%d ", ($1 - last + 60000) % 60000 } { last = $1 }
	    $1 % 50 { printf "not on the grid: %s ", $0 }')"
	expect 0 as-decide <"$TMP/out"
}

@test "as-fetch: -u begins no tick after the end of its input, and finishes what is under way" {
	local fetch
	expect 64 as-fetch -u "$fault/good" </dev/null
	has "$err" "-u/--until-eof needs -e/--every"
	expect 0 as-fetch -e 50ms -u "$fault/good" </dev/null
	same "$out" ""
	mkfifo "$TMP/leash"
	as-fetch -e 50ms -u "$fault/good" <"$TMP/leash" >"$TMP/lines" 3>&- &
	fetch=$!
	exec 7>"$TMP/leash"
	echo nothing of interest >&7
	until_true has_lines "$TMP/lines" 4
	exec 7>&-
	wait $fetch
	same "$(tail -n 1 "$TMP/lines" | cut -c 1-7)" "# tick "
	# a request that is under way gets its line
	as-fetch -e 1h -u -o timeout=300ms -o retries=0 "$fault/silent" <"$TMP/leash" \
	    >"$TMP/lines" 2>"$TMP/err" 3>&- &
	fetch=$!
	exec 7>"$TMP/leash"
	until_true grep -q silent "$TMP/requests"
	exec 7>&-
	wait $fetch || same $? 75
	has "$(<"$TMP/lines")" " app - err=timeout"
	# but only until the next tick: these servers would be waited for in vain
	{
		printf '[default]\ntimeout = 1m\n[app wait]\nstatus_url = %s/silent?wait\n' "$fault"
		printf '[app two]\nstatus_url = %s/good\nstatus_url = %s/silent?two\n' "$fault" "$fault"
		printf 'sample = {replicas: .[0].replicas, cpu: .[1].cpu}\n'
		printf '[app queue]\nstatus_url = %s/silent?queue\nbefore_url = %s/good\n' "$fault" "$fault"
	} >"$TMP/as.conf"
	as-fetch -e 400ms -u -j 3 -c "$TMP/as.conf" <"$TMP/leash" >"$TMP/lines" 2>"$TMP/err" 3>&- &
	fetch=$!
	exec 7>"$TMP/leash"
	until_true grep -q 'silent.two' "$TMP/requests"
	exec 7>&-
	wait $fetch || same $? 75
	same "$(cut -d' ' -f2- "$TMP/lines" | sort | sed 's/tick .*/tick/')" "$(printf '%s\n' \
	    'queue - err=ended' 'tick' 'two 10 err.1=ended' 'wait - err=ended')"
	has "$(<"$TMP/err")" "as-fetch: error: wait: status: ended: "
	# one that has no apps gives the marks of the ticks
	printf '[default]\nstatus_url = %s/good\n[app a]\n' "$fault" >"$TMP/as.conf"
	as-fetch -e 50ms -u -s 0/9 -c "$TMP/as.conf" <"$TMP/leash" >"$TMP/lines" 3>&- &
	fetch=$!
	exec 7>"$TMP/leash"
	until_true has_lines "$TMP/lines" 2
	exec 7>&-
	wait $fetch
	same "$(grep -vc '^# tick ' "$TMP/lines" || :)" 0
}

@test "as-fetch: all apps of a tick have one TIME" {
	printf '[default]\nstatus_url = %s/good?{app}\n[app a]\n[app b]\n' "$fault" >"$TMP/as.conf"
	expect 0 as-fetch -e 100ms -n 2 -c "$TMP/as.conf"
	same "$(grep -vc '^#' "$TMP/out") $(grep -v '^#' "$TMP/out" | cut -d' ' -f1 | sort -u | wc -l)" "4 2"
	same "$(tail -n 1 "$TMP/out" | cut -c 1-7)" "# tick "
}

@test "as-fetch: at its start it asks for what its own log lacks of this round" {
	local now fetch
	now=$(date -u +%Y-%m-%dT00:00:00Z)
	printf '[default]\nstatus_url = %s/good?{app}\n[app a]\n[app b]\n' "$fault" >"$TMP/as.conf"
	printf '%s a 10 cpu=0.5\n' "$now" >"$TMP/log"
	as-fetch -e 1d -l "$TMP/log" -c "$TMP/as.conf" >"$TMP/lines" &
	fetch=$!
	until_true grep -qv "^#" "$TMP/lines"
	stop $fetch
	same "$(grep -v '^#' "$TMP/lines" | cut -d' ' -f2-)" 'b 10 cpu=0.68'
}

@test "as-fetch: two ticks in one second have two TIMEs (X18)" {
	for _ in 1 2 3; do
		expect 0 as-fetch -l "$TMP/log" "$fault/good"
	done
	same "$(cut -d' ' -f1 "$TMP/log" | uniq | wc -l)" 3
	expect 0 as-decide "$TMP/log"
	same "$(wc -l <"$TMP/out")" 3
}

# commands WANT CODE COMMAND OPTION...: the lines of samples_command without TIME
commands() {
	expect "$2" as-fetch -c "$TMP/as.conf" -o samples_command="$3" "${@:4}"
	same "$(cut -d' ' -f2- "$TMP/out")" "$1"
}

@test "as-fetch: samples_command gives the lines, and what it lacks is in them" {
	local time pid
	time=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	printf '[default]\n[app web]\n[app api]\n' >"$TMP/as.conf"
	printf '%s\n' "$time web 3 cpu=0.5" '# note' '!x y' "$time other 3" >"$TMP/lines"
	printf '%s api 4' "$time" >>"$TMP/lines"	# cut short
	commands $'web 3 cpu=0.5\napi - err=missing' 69 "cat $TMP/lines"
	has "$err" 'as-fetch: error: samples_command: its last line is incomplete'
	has "$err" 'as-fetch: error: status: filter: TIME is not like'
	# it fails, with and without output; words are split at blanks, no shell
	printf '#!/bin/sh\ncat %s/lines\necho\nexit 75\n' "$TMP" >"$TMP/fails"
	chmod +x "$TMP/fails"
	commands $'web 3 cpu=0.5\napi 4' 69 "$TMP/fails"
	has "$err" "as-fetch: warning: samples_command: $TMP/fails: exit status 75"
	commands $'web - err=command\napi - err=command' 75 "$TMP/none"
	# its surroundings: no secret of ours, no input, no terminal
	printf '#!/bin/sh\nenv | cut -d= -f1 | grep -v "^\\(PATH\\|HOME\\|LANG\\|PWD\\|DOCKER_HOST\\|SHLVL\\|_\\)$"\ncat\n' >"$TMP/fails"
	TOKEN=secret commands $'web - err=missing\napi - err=missing' 69 "$TMP/fails" <<<"$time web 3"
	# it does not end, and what it has started does not, too
	printf '#!/bin/sh\ntrap "" TERM\nsleep 987 &\nsleep 987\nsleep 987\n' >"$TMP/fails"
	commands $'web - err=timeout\napi - err=timeout' 75 "$TMP/fails" -o timeout=100ms
	same "$(pgrep -fc '^sleep 987$' || :)" 0
	commands $'web - err=too-big\napi - err=too-big' 69 yes
	# only the owner of as.conf may name it
	printf 'samples_command = id\n' >"$TMP/profile"
	printf '[default]\ninclude = ./profile\n[app web]\n' >"$TMP/as.conf"
	expect 78 as-fetch -c "$TMP/as.conf"
	has "$err" "$TMP/profile:1: samples_command: stands in ?default? or after -o alone"
	# all mistakes are told at once
	printf '[app web]\nsamples_command = id\n[app api]\nmx = 3\nsamples_command = %s\n' \
	    "$(seq -s ' ' 257)" >"$TMP/as.conf"
	expect 78 as-fetch -c "$TMP/as.conf"
	same "${err//"$TMP/"/}" 'as-fetch: error: as.conf:4: mx: unknown key, did you mean max?
as-fetch: error: as.conf:2: samples_command: stands in [default] or after -o alone, and not in a profile
as-fetch: error: as.conf:5: samples_command: stands in [default] or after -o alone, and not in a profile
as-fetch: error: as.conf:5: samples_command: has over 256 words'
	# without a file any app may come, tick after tick
	echo "$time any 4 cpu=1" >"$TMP/lines"
	expect 0 as-fetch -o samples_command="cat $TMP/lines" -e 50ms -n 2
	same "$(cut -d' ' -f2 "$TMP/out" | xargs)" 'any tick any tick'
}

# batch TIME LINE...: a tick of the samples_command "cat $TMP/in"
batch() {
	printf "$1 %s\n" "${@:2}" >&9
	echo "# tick $1" >&9
}

# stays OPTION...: starts it; its lines go to $TMP/lines
stays() {
	rm -f "$TMP/in"
	mkfifo "$TMP/in" "$TMP/leash" || :
	exec 8<>"$TMP/leash" 9<>"$TMP/in"
	as-fetch -u -o samples_command="cat $TMP/in" "$@" <"$TMP/leash" >"$TMP/lines" \
	    2>"$TMP/err" 3>&- 8>&- 9>&- &
	fetch=$!
}

reader() {
	pgrep -f "^cat $TMP/in"
}

@test "as-fetch: a samples_command that stays gives a tick with each mark" {
	local fetch first
	printf '[default]\n[app web]\n[app api]\n' >"$TMP/as.conf"
	stays -c "$TMP/as.conf" -e 200ms -o timeout=1m -l "$TMP/log"
	batch 2026-11-23T17:41:00Z 'web 3 cpu=0.5' 'api 4 cpu=1'
	batch 2026-11-23T17:41:01.500Z 'web 4 cpu=0.5'
	until_true has_lines "$TMP/lines" 7
	first=$(reader)
	# a tick whose lines come one after the other
	echo '2026-11-23T17:41:02Z api 5' >&9
	batch 2026-11-23T17:41:02Z 'web 5'
	until_true has_lines "$TMP/lines" 10
	same "$(reader)" "$first"
	same "$(sed 1d "$TMP/lines")" '2026-11-23T17:41:00Z web 3 cpu=0.5
2026-11-23T17:41:00Z api 4 cpu=1
# tick 2026-11-23T17:41:00.000Z
2026-11-23T17:41:01.500Z web 4 cpu=0.5
2026-11-23T17:41:01.500Z api - err=missing
# tick 2026-11-23T17:41:01.500Z
2026-11-23T17:41:02Z api 5
2026-11-23T17:41:02Z web 5
# tick 2026-11-23T17:41:02.000Z'
	same "$(<"$TMP/log")" "$(<"$TMP/lines")"
	# it ends: it starts again at the next tick, then less and less often
	kill "$first"
	until_true eval '[ "$(reader)" ] && [ "$(reader)" != "$first" ]'
	same "$(grep -c 'err=command' "$TMP/lines" || :)" 0
	kill "$(reader)"
	until_true grep -q 'web - err=command' "$TMP/lines"
	until_true reader
	same "$(grep -c "warning: samples_command: cat has ended" "$TMP/err")" 2
	batch 2026-11-23T17:41:03Z 'web 6' 'api 6'
	until_true grep -q 'api 6' "$TMP/lines"
	# it does not outlive as-fetch
	exec 8>&-
	wait "$fetch" || same $? 69
	same "$(reader)" ""
}

@test "as-fetch: a samples_command that stays and is silent for a tick is err=timeout" {
	local fetch first
	stays -e 100ms -o timeout=400ms
	batch 2026-11-23T17:41:00Z 'web 3 cpu=0.5'
	until_true has_lines "$TMP/lines" 2
	first=$(reader)
	echo 2026-11-23T17:41:01Z web 4 >&9	# without a mark
	until_true grep -q 'app - err=timeout' "$TMP/lines"
	same "$(sed -n 's/.*samples_command: cat is //p' "$TMP/err" | head -n 1)" silent
	until_true eval '[ "$(reader)" ] && [ "$(reader)" != "$first" ]'
	batch 2026-11-23T17:41:02Z 'web 5'
	until_true grep -q 'web 5' "$TMP/lines"
	same "$(grep -c 'web 4' "$TMP/lines" || :)" 0
	stop "$fetch"
	exec 8>&- 9>&-
	# for one tick it stays no longer than that
	expect 0 as-fetch -o samples_command='sh -c echo${IFS}2026-11-23T17:41:00Z${IFS}web${IFS}3;echo${IFS}#${IFS}tick${IFS}2026-11-23T17:41:00Z;sleep${IFS}987'
	same "$out" '2026-11-23T17:41:00Z web 3'
	same "$(pgrep -fc '^sleep 987$' || :)" 0
}

@test "as-fetch: each reply file has its lines, whatever the log has" {
	printf '[default]\nsample = .items[]\n[app web]\n[app api]\n' >"$TMP/as.conf"
	local i
	for i in 1 2 3; do
		expect 0 as-fetch -c "$TMP/as.conf" -l "$TMP/log" -i - <<<'
		    {"items": [{"app": "web", "replicas": 3, "cpu": 0.5},
			{"app": "api", "replicas": 4, "cpu": 0.7}]}'
		has "$out" '# settings '
		same "$(cut -d' ' -f2- <<<"$out" | sed 1d)" $'web 3 cpu=0.5\napi 4 cpu=0.7'
		same "$(grep -vc '^#' "$TMP/log")" $((2 * i))
	done
	same "$(grep -v '^#' "$TMP/log" | cut -d' ' -f1 | uniq | wc -l)" 3
	expect 0 as-decide "$TMP/log"
}

@test "as-fetch: a server that asks to be left alone is, by the next process, too (X17)" {
	local until
	expect 75 as-fetch -l "$TMP/log" "$fault/busy"
	until=${out##*until=}
	# the time stays the same, however many processes hand it on
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
		expect 75 as-fetch -l "$TMP/log" "$fault/busy"
		same "${out#* }" "app - err=busy until=$until"
	done
	# also behind a rotation
	mv "$TMP/log" "$TMP/log.1"
	expect 75 as-fetch -H "$TMP/log.1" -l "$TMP/log" "$fault/busy"
	same "${out#* }" "app - err=busy until=$until"
	expect 64 as-fetch -H "$TMP/log.1" "$fault/busy"
	has "$err" "-H/--history needs -l/--log"
	expect 0 as-fetch -l "$TMP/log" -a other "$fault/good"
	same "$(<"$TMP/requests")" "$(printf 'GET /busy \nGET /good ')"
	# one that is over is asked again, whatever an old line says
	printf '2026-11-23T17:41:00Z app - err=busy until=2026-11-23T17:42:00Z\n' >"$TMP/log"
	expect 0 as-fetch -l "$TMP/log" "$fault/good"
	# a reply from a file is no request
	printf '%s app - err=busy until=2099-01-01T00:00:00Z\n' "${out%% *}" >"$TMP/log"
	echo "$good" >"$TMP/reply"
	expect 0 as-fetch -l "$TMP/log" -i "$TMP/reply"
}

# asked: the paths of the requests since the last call
asked() {
	cut -d' ' -f2 "$TMP/requests" | sort | tr '\n' ' '
	: >"$TMP/requests"
}

# left FIRST WORD CODE: FIRST has Retry-After, so the next process does not ask it
left() {
	local until
	rm -f "$TMP/log"
	expect "$3" as-fetch -l "$TMP/log" "$fault/$1"
	[[ $out == $STAMP\ app\ $2\ until=$STAMP ]] || same "$out" "$2 until="
	until=${out##* }
	same "$(asked)" "/$1 "
	expect 75 as-fetch -l "$TMP/log" "$fault/$1"
	same "${out#* }" "app - err=busy $until"
	same "$(asked)" ""
}

@test "as-fetch: Retry-After is kept whatever the reply is (X17)" {
	left 404-busy '- err=http-404' 75
	left 500-busy '- err=http-500' 75
	left good-busy '10 cpu=0.68' 0
}

@test "as-fetch: Retry-After is kept for each source by itself (X17)" {
	local until apart
	two_sources count 500-busy 75 -l "$TMP/log"
	[[ $line == '4 err.1=http-500 until.1='$STAMP ]] || same "$line" '4 err.1=http-500 until.1='
	until=${line##* }
	same "$(asked)" '/500-busy /count '
	two_sources count 500-busy 75 -l "$TMP/log"
	same "$line" "4 err.1=busy $until"
	same "$(asked)" '/count '
	# a good reply may ask for it, too
	rm "$TMP/log"
	two_sources count load-busy 0 -l "$TMP/log"
	[[ $line == '4 cpu=2 until.1='$STAMP ]] || same "$line" '4 cpu=2 until.1='
	until=${line##* }
	two_sources count load-busy 75 -l "$TMP/log"
	same "$line" "4 err.1=busy $until"
	same "$(asked)" '/count /count /load-busy '
	# all are lost, only one asked for it
	rm "$TMP/log"
	two_sources 500 404-busy 75 -l "$TMP/log"
	[[ $line == '- err=http-500 until.1='$STAMP ]] || same "$line" '- err=http-500 until.1='
	two_sources count 404-busy 75 -l "$TMP/log"
	[[ $line == '4 err.1=busy until.1='$STAMP ]] || same "$line" '4 err.1=busy until.1='
	same "$(asked)" '/404-busy /500 /500 /count '
	# each has a time of its own
	rm "$TMP/log"
	two_sources 500-busy 404-busy 75 -l "$TMP/log"
	[[ $line == '- err=http-500 until.0='$STAMP' until.1='$STAMP ]]
	until=${line#* err=http-500 }
	apart=$(($(date -d "${until:8:20}" +%s) - $(date -d "${until##*=}" +%s)))
	[ "$apart" -ge 29 ] && [ "$apart" -le 31 ]
	two_sources 500-busy 404-busy 75 -l "$TMP/log"
	same "$line" "- err=busy $until"
	same "$(asked)" '/404-busy /500-busy '
}

@test "as-fetch: Retry-After is kept where only replies name the apps (X17)" {
	local until
	printf '%s\n' '[default]' "status_url = $fault/count" "status_url = $fault/500-busy" \
	    'sample = {app: ("a", "b"), replicas: .[0].n}' >"$TMP/as.conf"
	expect 75 as-fetch -c "$TMP/as.conf" -l "$TMP/log"
	until=${out##* }
	same "$(cut -d' ' -f2- <<<"$out" | sed 1d)" "a 4 err.1=http-500 $until
b 4 err.1=http-500 $until"
	asked >"$TMP/unused"
	expect 75 as-fetch -c "$TMP/as.conf" -l "$TMP/log"
	same "$(cut -d' ' -f2- <<<"$out" | sed 1d)" "a 4 err.1=busy $until
b 4 err.1=busy $until"
	same "$(asked)" '/count '
	# the log may have apps of other commands
	expect 75 as-fetch -c "$TMP/as.conf" -l "$TMP/log" -a c
	expect 0 as-fetch -l "$TMP/log" -a a "$fault/good"
	same "$(asked)" '/500-busy /count /good '
}

@test "as-fetch: Retry-After is kept, too, where only a reply would name the apps (X17)" {
	globs '.[]' "status_url = $fault/busy"
	local until
	expect 75 as-fetch -l "$TMP/log" -c "$TMP/as.conf"
	[[ ${out##*$'\n'} == '# busy until='$STAMP ]] || same "$out" '# busy until='
	until=${out##*until=}
	for _ in 1 2; do
		expect 75 as-fetch -l "$TMP/log" -c "$TMP/as.conf"
		same "${out##*$'\n'}" "# busy until=$until"
		has "$err" 'status: busy: left alone, as it asked for'
	done
	same "$(asked)" '/busy '
	# of several servers each keeps its own, and a comment of others is none
	globs '.[0][]?' "status_url = $fault/good" "status_url = $fault/500-busy"
	printf '%s\n' "# busy until=$until" '# busy until.1' '# busyuntil.0=2099-01-01T00:00:00Z' >"$TMP/log"
	for _ in 1 2; do
		expect 75 as-fetch -l "$TMP/log" -c "$TMP/as.conf"
		[[ ${out##*$'\n'} == '# busy until.1='$STAMP ]] || same "$out" '# busy until.1='
	done
	same "$(asked)" '/500-busy /good /good '
}

@test "as-fetch: Retry-After of before_url is kept, too (X17)" {
	local options=(-l "$TMP/log" -o before_replicas=.n) until
	expect 75 as-fetch "${options[@]}" -o before_url="$fault/busy" "$fault/500"
	[[ $out == *' app - err=http-500 until.before_url='$STAMP ]] || same "$out" until
	until=${out##* }
	same "$(asked)" '/500 /500 /busy '
	expect 75 as-fetch "${options[@]}" -o before_url="$fault/busy" "$fault/500"
	same "${out#* }" "app - err=http-500 $until"
	has "$err" 'app: before: busy: left alone, as it asked for'
	same "$(asked)" '/500 /500 '
	# also of a good reply
	rm "$TMP/log"
	for _ in 1 2; do
		expect 75 as-fetch "${options[@]}" -o before_url="$fault/count-busy" "$fault/500"
		echo "${out#* }" >>"$TMP/seen"
	done
	same "$(sed 's/=2.*//' "$TMP/seen")" 'app 4 err.0=http-500 until.before_url
app - err=http-500 until.before_url'
	same "$(asked)" '/500 /500 /500 /500 /count-busy '
}

@test "as-fetch: a server that wants no requests gets none for before_url, too" {
	expect 69 as-fetch -o before_url="$fault/count" "$fault/none-busy"
	same "$(asked)" '/none-busy '
}

# bats test_tags=slow
@test "as-fetch: before_url is asked again once Retry-After is over" {
	expect 69 as-fetch -e 400ms -n 5 -o before_url="$fault/count" \
	    -o before_replicas=.n "$fault/busy-once"
	[[ $(grep -v '^#' "$TMP/out" | head -n 1) == *' app - err=busy until='$STAMP ]]
	same "$(grep -v '^#' "$TMP/out" | tail -n 1 | cut -d' ' -f2-)" 'app 4 err.0=http-404'
}

# bats test_tags=slow
@test "as-fetch: a tick that takes too long is not caught up, and told" {
	expect 75 as-fetch -e 100ms -n 3 -o timeout=350ms "$fault/silent"
	same "$(grep -vc '^#' "$TMP/out")" 3
	has "$err" "3 ticks missed"
}

@test "as-fetch: -l has each line before it is printed, or it is not printed" {
	expect 0 as-fetch -l "$TMP/log" "$fault/good"
	same "$(<"$TMP/log")" "$out"
	expect 74 as-fetch -l /dev/full "$fault/good"
	same "$out" ""
	has "$err" "as-fetch: error: /dev/full: write: No space left"
	expect 74 as-fetch -l "$TMP/no/such/dir" "$fault/good"
	same "$out" ""
}

@test "as-fetch: -l after a killed writer does not complete its line" {
	printf '2026-11-23T17:41:00Z app 1' >"$TMP/log"
	expect 0 as-fetch -l "$TMP/log" "$fault/good"
	same "$(head -1 "$TMP/log")" '2026-11-23T17:41:00Z app 1 (cut short)'
	expect 65 as-decide "$TMP/log"
	same "$(wc -l <<<"$out")" 1
}

@test "as-fetch: SIGTERM ends it at once, without half a line (O8)" {
	as-fetch -e 20ms "$fault/good" >"$TMP/lines" &
	local fetch=$! status=0
	until_true test -s "$TMP/lines"
	kill $fetch
	wait $fetch || status=$?
	same $status 143
	same "$(tail -c 1 "$TMP/lines" | od -An -c | tr -d ' ')" '\n'
}

@test "as-fetch: a URL must be one of HTTP, without a secret in it (C8 C12)" {
	local url
	for url in file:///etc/passwd gopher://x/ 127.0.0.1:8123 'http://' \
	    http://127.0.0.1:99999/ 'http://[::1/' \
	    'http://user:secret@127.0.0.1/' 'http://127.0.0.1/a b' \
	    "http://127.0.0.1/$(head -c 3000 /dev/zero | tr '\0' x)"; do
		expect 78 as-fetch "$url"
		same "$out" ""
		same "$err" "${err//secret@/}"
	done
	expect 64 as-fetch
	expect 64 as-fetch "$fault/good" "$fault/good"
	expect 64 as-fetch -n 3 "$fault/good"
	expect 64 as-fetch -a a/b "$fault/good"
}

# globs FILTER [SETTING]...: a fleet that has globs alone
globs() {
	printf '%s\n' '[default]' "sample = $1" "${@:2}" '[app w*]' 'max = 5' >"$TMP/as.conf"
}

@test "as-fetch: of an app that a reply alone names the first line of a TIME is printed" {
	globs '.[]'
	cat >"$TMP/reply" <<-'END'
	[{"app": "w1", "replicas": 1}, {"app": "w2", "replicas": 2},
	 {"app": "w1", "replicas": 3}, {"app": "x1", "replicas": 9},
	 {"app": "w1", "replicas": 4, "time": "2026-11-23T17:41:00Z"},
	 {"app": "w1", "replicas": 5, "time": "2026-11-23T17:41:00+00:00"},
	 {"app": "w3", "replicas": "a"}, {"app": "w3", "replicas": 6}]
	END
	sed -i 's/"replicas": \([0-9]\)/&, "cpu": 0.\1/g' "$TMP/reply"
	expect 69 as-fetch -c "$TMP/as.conf" -i "$TMP/reply"
	same "$(sed 's/^20[^ ]* \(w.*0[.][1-3]\)$/now \1/; s/^[^ ]* w3/now w3/' "$TMP/out")" \
'now w1 1 cpu=0.1
now w2 2 cpu=0.2
2026-11-23T17:41:00Z w1 4 cpu=0.4
now w3 - err=type'
	same "$err" 'as-fetch: error: w1: status: filter: a second output is passed over
as-fetch: error: w1: status: filter: a second output is passed over
as-fetch: error: w3: status: type: replicas is string, not a number
as-fetch: error: w3: status: filter: a second output is passed over'
	# each tick begins anew, and two requests of one tick do not
	printf '%s\n' '[default]' "status_url = $fault/good" \
	    'sample = {replicas, cpu: 0.7, app: "w1"} | ., .' '[app w*]' 'max = 5' \
	    '[app a]' "status_url = $fault/good?a" '[app b]' "status_url = $fault/good?b" >"$TMP/as.conf"
	expect 69 as-fetch -c "$TMP/as.conf" -e 50ms -n 3
	same "$(grep -c ' w1 10 cpu=0.7$' "$TMP/out")" 3
	same "$(grep -c '^as-fetch: error: w1: .* second output' "$TMP/err")" 9
	# also if the reply of one tick comes after that of the next one
	sed -i 's|good?a|late|; s/ | [.], [.]$//' "$TMP/as.conf"
	expect 69 as-fetch -c "$TMP/as.conf" -e 50ms -n 3
	has "$err" 'w1: status: filter: a second output is passed over'
	same "$(grep ' w1 ' "$TMP/out" | cut -d' ' -f1 | sort | uniq -d)" ''
}

@test "as-fetch: a fleet of globs alone has no app named app, whatever does not answer" {
	globs '.[]' 'status_url = http://127.0.0.1:1/'
	expect 75 as-fetch -c "$TMP/as.conf"
	same "$out" ''
	has "$err" 'as-fetch: error: status: refused: '
	expect 75 as-fetch -c "$TMP/as.conf" -e 50ms -n 2 -a 'w*'
	same "$(sed 's/tick .*/tick/' <<<"$out")" $'# tick\n# tick'
	same "$err" "${err//: app: /}"
	# but an app that was named has its line
	expect 75 as-fetch -c "$TMP/as.conf" -a w1
	has "$out" ' w1 - err=refused'
	expect 75 as-fetch -c "$TMP/as.conf" w1
	has "$out" ' w1 - err=refused'
	# what names no app is an error, and a line of no app
	echo '[]' >"$TMP/reply"
	expect 69 as-fetch -c "$TMP/as.conf" -i "$TMP/reply"
	same "$out$err" 'as-fetch: error: status: missing: the reply names no app'
	echo '[{"replicas": 3}, {"replicas": 4, "app": "w1"}]' >"$TMP/reply"
	expect 69 as-fetch -c "$TMP/as.conf" -i "$TMP/reply"
	same "${out#*Z }" 'w1 4'
	same "$err" 'as-fetch: error: status: filter: an output names no app'
	# a plain filter names none, either
	globs '{replicas}' "status_url = $fault/good"
	expect 69 as-fetch -c "$TMP/as.conf"
	same "$out$err" 'as-fetch: error: status: filter: an output names no app'
}
