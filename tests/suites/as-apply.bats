# as-apply: from a decision to a PUT, and every reason not to
# P1 no PUT without a complete, well-formed, in-bounds, fresh decision, made
#    against the count that the app still has: S1 S2 S3 S5 S7 S8 S22 A6 A7 A8
#    A12 A13 A14 L2 N18; also fleet.bats A3 A18; faults/control.bats,
#    faults/network.bats H12 H13, faults/system.bats O10, faults/torture.bats
# P2 fleet.bats X4 X19
# P3 nothing is silent: H5 H6 H8 H10 H14 X6 X9 X17    P5 O1 O2 O4    P7 O9
# P8 no secret is repeated: C8
# P10 one writer: A9 X16; also faults/control.bats A11    P11 dry run: A16

load helper

now() {
	date -u +%Y-%m-%dT%H:%M:%SZ -d "${1:-now}"
}

# requests: METHOD PATH BODY of all that the server has seen
requests() {
	cat "$TMP/requests"
}

setup() {
	# in another shell: waits until a request came, ten seconds at most
	put_seen="for i in {1..500}; do [ -s '$TMP/requests' ] && break; sleep 0.02; done"
	ok='HTTP/1.1 204 No Content\r\n\r\n'
	at_10='HTTP/1.1 200 OK\r\nContent-Length: 47\r\n\r\n{"cpu": {"highPriority": 0.68}, "replicas": 10}'
	start_faultd <<-END
		/put|$ok
		/200|HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}
		/202|HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n
		/at-10|$at_10
		/no-cpu|HTTP/1.1 200 OK\r\nContent-Length: 45\r\n\r\n{"cpu": {"highPriority": null}, "replicas":5}
		/moved|HTTP/1.1 301 Moved\r\nLocation: /put\r\nContent-Length: 0\r\n\r\n
		/moved-307|HTTP/1.1 307 Moved\r\nLocation: /put\r\nContent-Length: 0\r\n\r\n
		/bad|HTTP/1.1 400 Bad Request\r\nContent-Length: 12\r\n\r\nno such size
		/auth|HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n
		/conflict|HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\n\r\n
		/match|HTTP/1.1 412 Precondition Failed\r\nContent-Length: 0\r\n\r\n
		/500|HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n
		/busy|HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n
		/later|HTTP/1.1 503 Busy\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n
		/silent|hang
		/slow|wait 400|$ok
		/slower|wait 900|$ok
		/slow-10|wait 400|$at_10
		/reset|reset
		/long|HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n|times 200000 0123456789
		/endless|HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n|times 60000000 a\r\n0123456789\r\n
	END
}

teardown() {
	stop_faultd
	stop_app
}

# applies REPORT CODE LINE OPTION...: what follows from= in its report
applies() {
	local report=$1 code=$2 text=$3
	shift 3
	: >"$TMP/requests"
	expect "$code" timeout 8 as-apply "$@" <<<"$text"
	same "$(sed 's/.* \(applied=\)/\1/; s/ \(since\|until\)=.*/ \1=*/' <<<"$out")" "$report"
}

@test "as-apply: PUTs the count as JSON, nothing else, and reports it" {
	local stamp
	stamp=$(now)
	expect 0 as-apply "$fault/put" <<<"$stamp web 11 from=10 why=target by=cpu"
	same "$out" "$stamp web 11 from=10 applied=ok http=204"
	same "$err" ""
	same "$(requests)" 'PUT /put {"replicas": 11}'
}

@test "as-apply: what cannot be meant is usage, 64" {
	local why options
	while IFS='|' read -r why options; do
		expect 64 as-apply $options <<<5
		has "$err" "as-apply: error: $why"
	done <<-END
		no URL|
		one URL is enough|$fault/put $fault/200
		option -j: "0" is not a number in 1..|-j 0 $fault/put
		option --jobs: "all" is not a number in 1..|--jobs all $fault/put
		-a ../up: |-a ../up $fault/put
	END
	same "$(requests)" ""
}

@test "as-apply: whoever starts it on a terminal is told what it waits for" {
	expect 0 timeout 10 script -qec "as-apply $fault/put" /dev/null </dev/null
	has "$out" 'as-apply: warning: waiting for decisions on a terminal'
}

@test "as-apply: the demo application takes what it PUTs" {
	start_app --replicas 3
	expect 0 as-apply "$replicas_url" <<<5
	has "$(curl -s "$status_url")" '"replicas": 5'
	expect 69 as-apply -o min=0 "$replicas_url" <<<0
	has "$(curl -s "$status_url")" '"replicas": 5'
}

@test "as-apply: any 2xx is a success" {
	applies 'applied=ok http=200' 0 "$(now) web 11 from=10" "$fault/200"
	applies 'applied=ok http=202' 0 "$(now) web 11 from=10" "$fault/202"
}

@test "as-apply: a bare COUNT is an order for now" {
	applies 'applied=ok http=204' 0 5 "$fault/put"
	same "$(requests)" 'PUT /put {"replicas": 5}'
	has "$out" ' app 5 from=- '
	applies 'applied=ok http=204' 0 5 -a web "$fault/put"
	has "$out" ' web 5 from=- '
	applies 'applied=same' 0 10 -o status_url="$fault/at-10" "$fault/put"
	applies 'applied=ok http=204' 0 12 -o status_url="$fault/at-10" "$fault/put"
}

@test "as-apply: what is there already is not PUT (A13), nor no opinion" {
	applies 'applied=same' 0 "$(now) web 10 from=10 why=tolerance" "$fault/put"
	applies 'applied=hold' 0 "$(now) web - from=- why=no-data" "$fault/put"
	applies 'applied=same' 0 "$(now) web 10 from=9" \
	    -o status_url="$fault/at-10" "$fault/put"
	same "$(requests)" 'GET /at-10 '
}

@test "as-apply: an old decision is refused (A6)" {
	applies 'applied=refused why=stale' 75 "$(now '3 minutes ago') web 11 from=10" "$fault/put"
	same "$(requests)" ""
	applies 'applied=refused why=stale' 75 "$(now '10 seconds ago') web 11 from=10" -A 5s "$fault/put"
	applies 'applied=ok http=204' 0 "$(now '3 minutes ago') web 11 from=10" -A 1h "$fault/put"
	# yesterday's log: not one request
	: >"$TMP/requests"
	expect 75 as-apply "$fault/put" < <(
		for i in 10 11 12 13 14; do
			echo "2026-11-22T17:41:${i}Z web $i from=9 why=target"
		done)
	same "$(requests)" ""
}

@test "as-apply: a decision from the future is refused (A7)" {
	applies 'applied=refused why=future' 75 "$(now '1 minute') web 11 from=10" "$fault/put"
	same "$(requests)" ""
	applies 'applied=ok http=204' 0 "$(now '2 seconds') web 11 from=10" "$fault/put"
}

@test "as-apply: who scaled by hand meanwhile is not overruled (A8)" {
	applies 'applied=refused why=conflict' 75 "$(now) web 12 from=11" \
	    -o status_url="$fault/at-10" "$fault/put"
	same "$(requests)" 'GET /at-10 '
	applies 'applied=ok http=204' 0 "$(now) web 12 from=10" \
	    -o status_url="$fault/at-10" "$fault/put"
	applies 'applied=ok http=204' 0 "$(now) web 12 from=11" -f \
	    -o status_url="$fault/at-10" "$fault/put"
	same "$(requests)" 'PUT /put {"replicas": 12}'
}

@test "as-apply: a status that cannot be read before the PUT is a reason to hold" {
	applies 'applied=refused why=http-500' 75 "$(now) web 12 from=10" \
	    -o status_url="$fault/500" "$fault/put"
	applies 'applied=refused why=timeout' 75 "$(now) web 12 from=10" \
	    -o timeout=200ms -o status_url="$fault/silent" "$fault/put"
	same "$(requests)" 'GET /silent '
}

@test "as-apply: a count can be ordered by hand when the load is not known" {
	applies 'applied=ok http=204' 0 7 -o status_url="$fault/no-cpu" "$fault/put"
	applies 'applied=same' 0 5 -o status_url="$fault/no-cpu" "$fault/put"
	applies 'applied=refused why=http-500' 75 7 -o status_url="$fault/500" "$fault/put"
	has "$err" 'no count to compare with: HTTP status 500'
}

@test "as-apply: a closed stdout is told before anything is PUT (O2)" {
	expect 74 sh -c "echo 7 | as-apply $fault/put >&-"
	has "$err" 'stdout: closed'
	same "$(requests)" ""
}

@test "as-apply: bounds that were set are checked again, also with -f (A12)" {
	applies 'applied=refused why=limit' 75 "$(now) web 12 from=10" -o max=11 "$fault/put"
	applies 'applied=refused why=limit' 75 "$(now) web 2 from=10" -f -o min=3 "$fault/put"
	applies 'applied=refused why=limit' 75 "$(now) web 0 from=10" "$fault/put"
	applies 'applied=refused why=limit' 75 "0" -q "$fault/put"
	has "$err" 'as-apply: error: app: refused: limit'
	same "$(requests)" ""
	applies 'applied=ok http=204' 0 "$(now) web 0 from=1" -o min=0 "$fault/put"
	applies 'applied=ok http=204' 0 "$(now) web 500 from=400" "$fault/put"
}

@test "as-apply: with idle the least count is idle_count, not min" {
	local idle=(-o idle=5m -o activation.cpu=0.1 -o zero=ok)
	applies 'applied=ok http=204' 0 "$(now) web 0 from=1 why=idle" "${idle[@]}" -o min=0 "$fault/put"
	[ -n "$(grep -l idle_count ../lib/policy/*.h)" ] || skip "the policy has no idle_count yet"
	applies 'applied=ok http=204' 0 "$(now) web 0 from=5 why=idle" "${idle[@]}" -o min=5 "$fault/put"
	applies 'applied=ok http=204' 0 "$(now) web 2 from=5 why=idle" "${idle[@]}" -o min=5 -o idle_count=2 "$fault/put"
	applies 'applied=refused why=limit' 75 "$(now) web 1 from=5 why=idle" "${idle[@]}" -o min=5 -o idle_count=2 "$fault/put"
}

@test "as-apply: a count that nobody knew is not the base of a PUT" {
	applies 'applied=refused why=no-data' 75 "$(now) web 6 from=- why=fallback" "$fault/put"
	same "$(requests)" ""
}

@test "as-apply: of several decisions for an app only the newest is applied (A14)" {
	expect 0 as-apply -o status_url="$fault/at-10" "$fault/put" <<-END
		$(now '30 seconds ago') web 11 from=10
		$(now) web 13 from=10
		$(now '15 seconds ago') web 12 from=10
	END
	same "$(sed 's/^[^ ]* //' <<<"$out")" "web 11 from=10 applied=superseded
web 13 from=10 applied=ok http=204
web 12 from=10 applied=superseded"
	same "$(requests)" 'GET /at-10 
PUT /put {"replicas": 13}'
}

@test "as-apply: one URL is one app's" {
	expect 75 as-apply "$fault/put" <<-END
		$(now) web 11 from=10
		$(now) other 30 from=10
	END
	has "$out" 'web 11 from=10 applied=ok'
	has "$out" 'other 30 from=10 applied=refused why=other-app'
	has "$err" "as-apply: error: other: refused: other-app: this URL is used for app web already"
	: >"$TMP/requests"
	expect 0 as-apply -a other "$fault/put" <<-END
		$(now) web 11 from=10
		$(now) other 30 from=10
	END
	same "$(requests)" 'PUT /put {"replicas": 30}'
}

@test "as-apply: a redirect of a PUT is a failure and is not followed (H5)" {
	applies 'applied=failed http=301' 69 "$(now) web 11 from=10" "$fault/moved"
	same "$(requests)" 'PUT /moved {"replicas": 11}'
	applies 'applied=failed http=307' 69 "$(now) web 11 from=10" "$fault/moved-307"
	same "$(requests)" 'PUT /moved-307 {"replicas": 11}'
}

@test "as-apply: 400 is nonsense, 401 needs a secret (H6)" {
	applies 'applied=failed http=400' 69 "$(now) web 11 from=10" "$fault/bad"
	has "$err" 'as-apply: error: web: PUT 11: http-400: HTTP status 400: no such size'
	applies 'applied=failed http=401' 77 "$(now) web 11 from=10" "$fault/auth"
}

@test "as-apply: a conflict is left to the next tick (H8)" {
	applies 'applied=refused why=conflict http=409' 75 "$(now) web 11 from=10" "$fault/conflict"
	applies 'applied=refused why=conflict http=412' 75 "$(now) web 11 from=10" "$fault/match"
}

@test "as-apply: a 500 or 503 is temporary and is not retried within the tick (H10)" {
	applies 'applied=failed http=500' 75 "$(now) web 11 from=10" "$fault/500"
	applies 'applied=failed http=503' 75 "$(now) web 11 from=10" "$fault/busy"
	same "$(requests)" 'PUT /busy {"replicas": 11}'
}

@test "as-apply: a PUT that was sent and not answered is unknown (H14)" {
	applies 'applied=unknown err=timeout' 75 "$(now) web 11 from=10" -o timeout=200ms "$fault/silent"
	same "$(requests)" 'PUT /silent {"replicas": 11}'
	applies 'applied=unknown err=reset' 75 "$(now) web 11 from=10" "$fault/reset"
	applies 'applied=failed err=refused' 75 "$(now) web 11 from=10" http://127.0.0.1:1/
}

@test "as-apply: an incomplete last line is never acted on (S2)" {
	expect 65 as-apply "$fault/put" < <(printf '%s web 1' "$(now)")
	same "$out$(requests)" ""
	expect 65 as-apply "$fault/put" < <(printf '1')
	same "$out$(requests)" ""
	has "$err" 'incomplete line'
}

@test "as-apply: CR LF (S3), long lines (S5)" {
	expect 65 as-apply "$fault/put" < <(
		head -c 100000 /dev/zero | tr '\0' 7
		printf '\n%s web 11 from=10\r\n' "$(now)")
	same "$(requests)" 'PUT /put {"replicas": 11}'
	has "$err" 'line is over 64 KiB'
}

@test "as-apply: what is no decision is skipped (S7 S8 S22)" {
	local line
	while read -r line; do
		expect 65 as-apply "$fault/put" <<<"$line"
		same "$out" ""
	done <<-END
		$(now) web 11 cpu=0.8
		$(now) web 1e1 from=10
		$(now) web 11 from=ten
		$(now) web 0x11 from=10
		11 replicas
		-1
		+5
		1e1
		007
		<html>
		{"replicas": 11}
	END
	same "$(requests)" ""
}

@test "as-apply: no input, no request (S1)" {
	expect 0 as-apply "$fault/put" </dev/null
	same "$out$err$(requests)" ""
}

@test "as-apply: -n sends GETs alone (A16 P11)" {
	applies 'applied=dry' 0 "$(now) web 11 from=10" -n -o status_url="$fault/at-10" "$fault/put"
	same "$(requests)" 'GET /at-10 '
	applies 'applied=dry' 0 5 -n "$fault/put"
	same "$(requests)" ""
}

@test "as-apply: -n -v says which request would be sent (P11)" {
	local why='{"why": "\(.app): \(.from) to \(.replicas)"}'
	applies 'applied=dry' 0 "$(now) web 11 from=10" -nv "$fault/put"
	has "$err" "as-apply: info: web: dry run: PUT $fault/put {\"replicas\": 11}"
	applies 'applied=dry' 0 "$(now) web 11 from=10" -nv -o replicas_method=PATCH \
	    -o replicas_body="$why" -o replicas_query.n=.replicas "$fault/put"
	has "$err" "as-apply: info: web: dry run: PATCH $fault/put[?]n=11 {\"why\":\"web: 10 to 11\"}"
	applies 'applied=dry' 0 "$(now) web 11 from=10" -nv \
	    -o replicas_body='"x" * 5000' "$fault/put"
	same "$(wc -L <"$TMP/err")" 1023
	same "$(requests)" ""
}

@test "as-apply: the lock lets one in (A9 P10)" {
	local first
	mkfifo "$TMP/in"
	as-apply -L "$TMP/lock" "$fault/put" <"$TMP/in" >"$TMP/first" &
	first=$!
	exec 4>"$TMP/in"
	until_true test -e "$TMP/lock"
	echo 4 >&4
	until_true grep -q applied "$TMP/first"
	: >"$TMP/requests"
	expect 75 as-apply -L "$TMP/lock" "$fault/put" <<<5
	has "$err" 'another process holds the lock'
	same "$out$(requests)" ""
	exec 4>&-
	wait $first
	expect 0 as-apply -L "$TMP/lock" "$fault/put" <<<5
	expect 74 as-apply -L "$TMP/no/such/lock" "$fault/put" <<<5
}

@test "as-apply: -l and -r must not be the file of the lock, or of the input (P10)" {
	local option
	for option in -l -r; do
		rm -f "$TMP/lock" "$TMP/link"
		expect 64 as-apply -L "$TMP/lock" $option "$TMP/lock" "$fault/put" <<<5
		has "$err" "$TMP/lock is the file of a lock"
		ln "$TMP/lock" "$TMP/link"
		expect 64 as-apply -L "$TMP/lock" $option "$TMP/link" "$fault/put" <<<5
		same "$(<"$TMP/lock")" ''
		# it would read what it has appended, for ever
		echo "$(now) app 5 from=4" >"$TMP/in"
		expect 64 timeout 5 as-apply $option "$TMP/in" "$fault/put" <"$TMP/in"
		has "$err" "$TMP/in is standard input"
		has_lines "$TMP/in" 1
	done
	expect 0 as-apply -l /dev/null "$fault/put" </dev/null
	same "$(requests)" ''
}

# holds_lock: starts one that has the lock and has done an order; fd 4 feeds it
holds_lock() {
	mkfifo "$TMP/in"
	as-apply -L "$TMP/lock" "$@" "$fault/put" <"$TMP/in" >"$TMP/first" 2>"$TMP/first.err" &
	first=$!
	exec 4>"$TMP/in"
	echo "$(now '2 seconds ago') app 9 from=10" >&4
	until_true grep -q applied "$TMP/first"
	: >"$TMP/requests"
}

@test "as-apply: whose lock was deleted and taken by another orders nothing (X16 P10)" {
	local first second status=0
	holds_lock
	rm "$TMP/lock"
	mkfifo "$TMP/in-2"
	as-apply -L "$TMP/lock" "$fault/put" <"$TMP/in-2" &
	second=$!
	exec 5>"$TMP/in-2"
	echo "$(now '1 second ago') app 7 from=9" >&5
	until_true grep -q PUT "$TMP/requests"
	: >"$TMP/requests"
	echo 6 >&4
	exec 4>&-
	wait $first || status=$?
	exec 5>&-
	wait $second
	same $status 75
	same "$(requests)" ""
	has "$(<"$TMP/first.err")" 'lock: was deleted: another process holds the lock'
}

@test "as-apply: a lock that is deleted before the PUT is taken again (X16)" {
	local first
	holds_lock -o status_url="$fault/slow-10"
	echo "$(now) app 12 from=10" >&4
	until_true grep -q GET "$TMP/requests"
	rm "$TMP/lock"
	until_true grep -q 'app 12 from=10 applied=ok' "$TMP/first"
	has "$(<"$TMP/first.err")" 'lock: was deleted, and is locked again'
	expect 75 as-apply -L "$TMP/lock" "$fault/put" <<<5
	exec 4>&-
	wait $first
}

@test "as-apply: no other user can lock its lock, or write what it writes (X16)" {
	local file
	: >"$TMP/lock"
	chmod 644 "$TMP/lock"
	(
		umask 000
		for file in lock lock-2; do
			as-apply -L "$TMP/$file" -l "$TMP/log" -r "$TMP/reports" "$fault/put" <<<5
		done
	)
	same "$(stat -c %a "$TMP/lock" "$TMP/lock-2" "$TMP/log" "$TMP/reports" | xargs)" '600 600 644 644'
}

@test "as-apply: root is not led to a file by a directory of others (X16)" {
	local options
	[ "$(id -u)" -eq 0 ] || skip "not root"
	mkdir "$TMP/theirs" "$TMP/ours"
	echo 'root:x' >"$TMP/ours/passwd"
	ln -s "$TMP/ours/passwd" "$TMP/theirs/link"
	ln "$TMP/ours/passwd" "$TMP/theirs/hard"
	: >"$TMP/theirs/file"
	chown nobody "$TMP/theirs" "$TMP/theirs/file"
	for options in -L -l -r; do
		for file in link hard; do
			expect 74 as-apply $options "$TMP/theirs/$file" "$fault/put" <<<5
		done
		expect 0 as-apply $options "$TMP/theirs/new" "$fault/put" <<<5
		rm "$TMP/theirs/new"
	done
	same "$(<"$TMP/ours/passwd")" 'root:x'
	# their own file may be a log, but they could hold the lock on it
	expect 74 as-apply -L "$TMP/theirs/file" "$fault/put" <<<5
	expect 0 as-apply -l "$TMP/theirs/file" "$fault/put" <<<5
	# in a directory that is root's alone a link is root's own
	ln -s passwd "$TMP/ours/link"
	expect 0 as-apply -L "$TMP/ours/link" "$fault/put" <<<5
}

@test "as-apply: -l has every decision before a request is sent, or none is (L2)" {
	expect 0 as-apply -l "$TMP/log" "$fault/put" <<-END
		2026-11-23T17:41:00Z web 11 from=10 why=target by=cpu
		2026-11-23T17:41:15Z web 10 from=10 why=tolerance by=cpu
	END
	same "$(<"$TMP/log")" "2026-11-23T17:41:00Z web 11 from=10 why=target by=cpu
2026-11-23T17:41:15Z web 10 from=10 why=tolerance by=cpu"
	expect 74 as-apply -l "$TMP/no/such/log" "$fault/put" <<<5
	has "$err" 'no/such/log: open: No such file'
	expect 74 as-apply -l /dev/full "$fault/put" <<<5
	same "$out$(requests)" ""
	has "$err" 'as-apply: error: /dev/full: write: No space left'
}

@test "as-apply: a full stdout stops it before a further PUT (O1)" {
	expect 74 bash -c "{ echo '$(now) web 11 from=10'; $put_seen
	    echo '$(now '1 second') web 12 from=11'; } | as-apply $fault/put >/dev/full"
	same "$(requests)" 'PUT /put {"replicas": 11}'
}

@test "as-apply: when its reader is gone it ends the PUT and sends no other (O4)" {
	expect 74 bash -c "set -o pipefail; { sleep 0.2; echo '$(now) web 11 from=10'
	    $put_seen; echo '$(now '1 second') web 12 from=11'; } | as-apply $fault/put | true"
	same "$(requests)" 'PUT /put {"replicas": 11}'
}

@test "as-apply: SIGTERM or SIGHUP during a PUT waits for its answer and starts no other (O9)" {
	local apply status signal
	printf '[app web]\nreplicas_url = %s/slow\n[app web2]\nreplicas_url = %s/put\n' \
	    "$fault" "$fault" >"$TMP/as.conf"
	for signal in TERM HUP; do
		status=0
		: >"$TMP/requests"
		printf '%s web 11 from=10\n%s web2 12 from=10\n' "$(now)" "$(now)" >"$TMP/in"
		as-apply -c "$TMP/as.conf" -j 1 <"$TMP/in" >"$TMP/reports" &
		apply=$!
		until_true test -s "$TMP/requests"
		kill -$signal $apply
		wait $apply || status=$?
		same $status $((128 + $(kill -l $signal)))
		has "$(<"$TMP/reports")" 'web 11 from=10 applied=ok http=204'
		same "$(wc -l <"$TMP/reports")" 1
		same "$(requests)" 'PUT /slow {"replicas": 11}'
	done
}

@test "as-apply: -p: no PUT for an app while another as-apply waits for the answer to one (P1)" {
	local apply
	printf '[default]\nreplicas_url = %s/{app}\ntimeout = 1m\n[app silent]\n[app put]\n' "$fault" >"$TMP/as.conf"
	printf '%s silent 11 from=10\n' "$(now)" | as-apply -c "$TMP/as.conf" -p "$TMP/puts" >"$TMP/reports" 3>&- &
	apply=$!
	until_true grep -q silent "$TMP/requests"
	printf '%s %s 12 from=10\n' "$(now)" silent "$(now)" put >"$TMP/in"
	expect 75 as-apply -c "$TMP/as.conf" -p "$TMP/puts" <"$TMP/in"
	same "$(cut -d' ' -f2- <<<"$out")" 'silent 12 from=10 applied=refused why=other-put
put 12 from=10 applied=ok http=204'
	same "$err" 'as-apply: warning: silent: refused: other-put: another as-apply still waits for the answer to a PUT'
	same "$(requests)" 'PUT /silent {"replicas": 11}
PUT /put {"replicas": 12}'
	# one that was killed holds nobody; the file stays empty, and is for us alone
	kill -9 "$apply"
	wait "$apply" || :
	expect 75 as-apply -c "$TMP/as.conf" -o timeout=200ms -p "$TMP/puts" <"$TMP/in"
	has "$out" 'silent 12 from=10 applied=unknown err=timeout'
	same "$(stat -c '%a %s' "$TMP/puts")" '600 0'
	expect 64 as-apply -p "$TMP/puts" -r "$TMP/puts" "$fault/put" <<<5
	ln -s puts "$TMP/link"
	expect 74 as-apply -p "$TMP/link" "$fault/put" <<<5
}

@test "as-apply: a SIGINT that is ignored changes nothing (X9)" {
	local apply status=0
	printf '[default]\nreplicas_url = %s/{app}\n[app slow]\n[app slower]\n[app put]\n' \
	    "$fault" >"$TMP/as.conf"
	printf '%s %s 11 from=10\n' "$(now)" slow "$(now)" slower "$(now)" put >"$TMP/in"
	# what a shell script without job control does to its background jobs
	timeout 20 sh -c 'trap "" INT; exec "$@"' - \
	    as-apply -c "$TMP/as.conf" -j 2 <"$TMP/in" >"$TMP/reports" &
	apply=$!
	until_true has_lines "$TMP/requests" 2
	kill -INT "$(pgrep -P $apply as-apply)"
	wait $apply || status=$?
	same $status 0
	same "$(grep -c 'applied=ok' "$TMP/reports")" 3
}

@test "as-apply: a comment or half a line behind a decision does not hold it back" {
	mkfifo "$TMP/in"
	as-apply "$fault/put" <"$TMP/in" >"$TMP/reports" &
	local apply=$!
	exec 4>"$TMP/in"
	printf '%s web 11 from=10\n# beat\n\n' "$(now)" >&4
	until_true grep -q 'web 11 .*applied=ok' "$TMP/reports"
	printf '%s web 12 from=11\n2026-11' "$(now '1 second')" >&4
	until_true grep -q 'web 12 .*applied=ok' "$TMP/reports"
	exec 4>&-
	local status=0
	wait $apply || status=$?
	same $status 65
}

@test "as-apply: a decision that was overtaken is superseded in a later batch, too" {
	mkfifo "$TMP/in"
	as-apply "$fault/put" <"$TMP/in" >"$TMP/reports" &
	local apply=$!
	exec 4>"$TMP/in"
	echo "$(now) web 8 from=5" >&4
	until_true grep -q 'web 8 .*applied=ok' "$TMP/reports"
	echo "$(now '20 seconds ago') web 3 from=8" >&4
	until_true grep -q 'web 3 .*applied=superseded' "$TMP/reports"
	exec 4>&-
	wait $apply
	same "$(requests)" 'PUT /put {"replicas": 8}'
}

@test "as-apply: the status of a PUT decides, however long its body" {
	applies 'applied=ok http=200' 0 "$(now) web 11 from=10" "$fault/long"
	applies 'applied=ok http=200' 0 "$(now) web 11 from=10" "$fault/endless"
}

@test "as-apply: a connection that dies under a PUT sends it once (N18)" {
	applies 'applied=unknown err=reset' 75 "$(now) web 11 from=10" \
	    -o status_url="$fault/at-10" "$fault/reset"
	same "$(requests)" 'GET /at-10 
PUT /reset {"replicas": 11}'
}

@test "as-apply: SIGTERM before a PUT ends it at once, and no PUT begins (O9)" {
	local apply status=0
	as-apply -o status_url="$fault/slow-10" "$fault/put" \
	    <<<"$(now) web 11 from=10" >"$TMP/reports" &
	apply=$!
	until_true test -s "$TMP/requests"
	kill $apply
	wait $apply || status=$?
	same $status 143
	same "$(requests)" 'GET /slow-10 '
}

@test "as-apply: SIGTERM during a PUT sends no PUT that waited for its GET (O9)" {
	local apply status=0
	printf '[app web]\nreplicas_url = %s/slower\n[app web2]\nreplicas_url = %s/put\nstatus_url = %s/slow-10\n' \
	    "$fault" "$fault" "$fault" >"$TMP/as.conf"
	printf '%s web 11 from=10\n%s web2 12 from=10\n' "$(now)" "$(now)" >"$TMP/in"
	as-apply -c "$TMP/as.conf" <"$TMP/in" >"$TMP/reports" &
	apply=$!
	until_true has_lines "$TMP/requests" 2
	kill $apply
	wait $apply || status=$?
	same $status 143
	has "$(<"$TMP/reports")" 'web 11 from=10 applied=ok http=204'
	same "$(wc -l <"$TMP/reports")" 1
	same "$(requests | sort)" 'GET /slow-10 
PUT /slower {"replicas": 11}'
}

@test "as-apply: what changes during the GET is noticed before the PUT (A9 P10)" {
	local first second status=0
	as-apply -o status_url="$fault/slow-10" -o pause_file="$TMP/pause" "$fault/put" \
	    <<<"$(now) web 11 from=10" >"$TMP/reports" 2>"$TMP/err" &
	first=$!
	until_true grep -q GET "$TMP/requests"
	: >"$TMP/pause"
	wait $first || status=$?
	same $status 75
	has "$(<"$TMP/reports")" 'web 11 from=10 applied=refused why=paused'
	: >"$TMP/requests"
	status=0
	holds_lock -o status_url="$fault/slow-10"
	mkfifo "$TMP/in-2"
	as-apply -L "$TMP/taken" "$fault/put" <"$TMP/in-2" >"$TMP/second" 4>&- &
	second=$!
	exec 5>"$TMP/in-2"
	echo "$(now '1 second ago') app 7 from=9" >&5
	until_true grep -q applied=ok "$TMP/second"
	: >"$TMP/requests"
	echo "$(now) app 12 from=10" >&4
	until_true grep -q GET "$TMP/requests"
	mv "$TMP/taken" "$TMP/lock"
	exec 4>&-
	wait $first || status=$?
	exec 5>&-
	wait $second || : # its lock is elsewhere now
	same $status 75
	same "$(requests)" 'GET /slow-10 '
	has "$(<"$TMP/first.err")" 'another process holds the lock'
}

@test "as-apply: a name that two globs fit which conflict is refused alone, and not remembered (X19)" {
	local now
	now=$(now)
	printf '[default]\nreplicas_url = %s/{app}\n[app a*]\nmin = 5\n[app *b]\nmax = 4\n' \
	    "$fault" >"$TMP/as.conf"
	printf '%s ab 5 from=4 applied=ok http=204\n' "$now" >"$TMP/reports"
	sed -i 's/{app}/put?{app}/' "$TMP/as.conf"
	expect 75 as-apply -f -c "$TMP/as.conf" -r "$TMP/reports" <<-END
		$now ab 5 from=4
		$now b 3 from=4
	END
	has "$out" 'ab 5 from=4 applied=refused why=other-app'
	has "$out" 'b 3 from=4 applied='
	has "$err" 'ab: refused: other-app: its settings conflict: min is greater than max'
}

@test "as-apply: -r reads back as far as brake_hold reaches (X4 X17)" {
	local then until
	then=$(now '100 minutes ago')
	until=$(now '5 minutes')
	printf '%s web 11 from=10 applied=failed http=503 until=%s\n' "$then" "$until" >"$TMP/reports"
	cp "$TMP/reports" "$TMP/again"
	applies 'applied=ok http=204' 0 "$(now) web 11 from=10" -r "$TMP/reports" "$fault/put"
	applies 'applied=refused why=busy until=*' 75 "$(now) web 11 from=10" \
	    -r "$TMP/again" -o brake_hold=2h "$fault/put"
}

@test "as-apply: a URL with a secret in it is not repeated (C8)" {
	expect 78 as-apply http://user:secret@127.0.0.1/ <<<5
	same "$err" "${err//secret@/}"
	has "$err" 'as-apply: error: replicas_url: '
	expect 78 as-apply -o status_url=http://user:secret@127.0.0.1/ \
	    "$fault/put" <<<5
	same "$err" "${err//secret@/}"
	has "$err" 'as-apply: error: status_url: '
}

@test "as-apply: a PUT leaves no connection behind" {
	local apply n open
	start_app
	mkfifo "$TMP/in"
	as-apply -o status_url="$status_url" "$replicas_url" <"$TMP/in" >"$TMP/reports" 3>&- &
	apply=$!
	exec 4>"$TMP/in"
	for n in 6 7 8 9 10; do
		echo $n >&4
		until_true grep -q "app $n from=- applied=ok" "$TMP/reports"
		open+=" $(find /proc/$apply/fd -lname 'socket:*' | wc -l)"
	done
	exec 4>&-
	wait $apply
	stop_app
	same "$(tr ' ' '\n' <<<"${open# }" | sort -u | wc -l)" 1
}

@test "as-apply: -r appends each report to its file, as it prints it" {
	echo '2020-01-01T00:00:00Z web 9 from=8 applied=ok http=204' >"$TMP/reports"
	cp "$TMP/reports" "$TMP/want"
	applies 'applied=ok http=204' 0 "$(now) web 11 from=10" -r "$TMP/reports" "$fault/put"
	echo "$out" >>"$TMP/want"
	applies 'applied=same' 0 "$(now) web 11 from=11" --reports "$TMP/reports" "$fault/put"
	echo "$out" >>"$TMP/want"
	same "$(<"$TMP/reports")" "$(<"$TMP/want")"
	expect 74 as-apply -r "$TMP/no/such/file" "$fault/put" <<<5
	has "$err" 'no/such/file: open: No such file'
	same "$out" ""
}

@test "as-apply: reports that cannot be written stop it before a further PUT (L2)" {
	expect 74 bash -c "{ echo '$(now) web 11 from=10'; $put_seen
	    echo '$(now '1 second') web 12 from=11'; } | as-apply -r /dev/full $fault/put"
	same "$(requests)" 'PUT /put {"replicas": 11}'
	has "$err" 'as-apply: error: /dev/full: write: No space left'
}

@test "as-apply: -r remembers for the next run how long a server is to be left alone (X17)" {
	local until
	applies 'applied=failed http=503 until=*' 75 "$(now) web 11 from=10" \
	    -r "$TMP/reports" "$fault/later"
	until=${out##*until=}
	[ "$(($(date -d "$until" +%s) - $(date +%s)))" -ge 55 ]
	: >"$TMP/requests"
	expect 75 as-apply -r "$TMP/reports" "$fault/later" <<<"$(now) web 11 from=10"
	has "$out" "applied=refused why=busy until=$until"
	has "$err" "web: refused: busy: its server asked to be left alone until $until"
	same "$(requests)" ""
	# a time that no server can have asked for counts for 10 minutes, one
	# in the past for nothing
	sed -i 's/until=.*/until=2099-01-01T00:00:00Z/' "$TMP/reports"
	expect 75 as-apply -r "$TMP/reports" "$fault/put" <<<"$(now) web 11 from=10"
	until=${out##*until=}
	[ "$(($(date -d "$until" +%s) - $(date +%s)))" -le 601 ]
	sed -i 's/until=.*/until=2019-01-01T00:00:00Z/' "$TMP/reports"
	applies 'applied=ok http=204' 0 "$(now) web 11 from=10" -r "$TMP/reports" "$fault/put"
}

# tick AGO FROM COUNT OPTION...: one run as cron does it, so many seconds ago;
# $mark is the report from applied= on
tick() {
	local text
	text="$(now "$1 seconds ago") web $3 from=$2"
	shift 3
	status=0
	as-apply -A 1h -r "$TMP/reports" "$@" "$fault/put" <<<"$text" >"$TMP/out" 2>"$TMP/err" || status=$?
	mark=$(sed 's/.* applied=//' "$TMP/out")
	err=$(<"$TMP/err")
}

@test "as-apply: a count that others have set is noticed (X6)" {
	local warning='as-apply: warning: web: somebody else orders, too:'
	tick 900 5 10
	same "$mark $err" 'ok http=204 '
	# neither what was ordered nor what was there
	tick 885 20 20
	same "$mark" 'same other=20'
	same "$err" "$warning 10 was ordered, 20 is there (1 time in 10 min)"
	# a second loop: each change shows in the reports, and one in 10 minutes
	# in the messages
	tick 870 20 10
	tick 855 10 10
	same "$mark $err" 'same '
	tick 840 20 10
	same "$mark $err" 'ok http=204 other=20 '
	tick 825 10 10
	tick 810 20 20
	same "$mark $err" 'same other=20 '
	tick 795 20 20
	same "$mark $err" 'same '
	tick 285 7 7
	same "$mark" 'same other=7'
	same "$err" "$warning 10 was ordered, 7 is there (3 times in 10 min)"
}

@test "as-apply: what puts a count back is noticed, a slow answer is not (X6)" {
	tick 300 5 10
	tick 285 5 10
	same "$mark $err" 'ok http=204 '
	# it has not been reached twice; the order before the last shows first
	tick 270 5 12
	tick 255 10 12
	same "$mark $err" 'ok http=204 '
	tick 240 12 12
	tick 225 12 12
	same "$mark $err" 'same '
	tick 210 10 12
	same "$mark" 'ok http=204 other=10'
	has "$err" '12 was ordered, 10 is there (1 time in 10 min)'
	# what is not known is not of others
	tick 195 12 12
	tick 180 - -
	tick 165 12 12
	same "$mark $err" 'same '
	# nor is what nobody has ordered here
	rm "$TMP/reports"
	tick 150 3 3
	tick 135 8 8
	same "$mark $err" 'same '
}

@test "as-apply: others are noticed at the look before the PUT, too (X6)" {
	local apply t
	tick 30 4 5
	tick 15 5 12 -o status_url="$fault/at-10"
	same "$mark" 'refused why=conflict other=10'
	has "$err" 'somebody else orders, too: 5 was ordered, 10 is there'
	# and are not noticed twice for it
	tick 5 10 12 -o status_url="$fault/at-10"
	same "$mark $err" 'ok http=204 '
	# a process that stays knows its own orders, also those by hand
	mkfifo "$TMP/in"
	as-apply -a web "$fault/put" <"$TMP/in" >"$TMP/out" 2>"$TMP/err" &
	apply=$!
	exec 4>"$TMP/in"
	echo 6 >&4
	until_true grep -q 'applied=ok' "$TMP/out"
	echo "$(now '1 second') web 6 from=6" >&4
	until_true grep -q 'applied=same' "$TMP/out"
	echo "$(now '2 seconds') web 9 from=9" >&4
	exec 4>&-
	wait $apply
	has "$(<"$TMP/out")" ' web 9 from=9 applied=same other=9'
	has "$(<"$TMP/err")" '6 was ordered, 9 is there (1 time in 10 min)'
}

@test "as-apply: comments keep their place in the log and among the reports" {
	local now
	now=$(now)
	printf '# tick %s\n%s app 5 from=5 why=target\n  # a mark\n' "$now" "$now" >"$TMP/in"
	expect 0 as-apply -l "$TMP/log" -r "$TMP/reports" "$fault/put" <"$TMP/in"
	same "$out" "# tick $now
$now app 5 from=5 applied=same
  # a mark"
	same "$(<"$TMP/reports")" "$out"
	same "$(<"$TMP/log")" "$(<"$TMP/in")"
}

@test "as-apply: a comment with a NUL stays a line of its own (S8)" {
	local now
	now=$(now)
	printf '# mark\0x\n%s app 5 from=5\n' "$now" >"$TMP/in"
	as-apply -l "$TMP/log" -r "$TMP/reports" "$fault/put" <"$TMP/in" >"$TMP/out"
	printf '# mark\0x\n%s app 5 from=5 applied=same\n' "$now" >"$TMP/want"
	cmp "$TMP/out" "$TMP/want"
	cmp "$TMP/reports" "$TMP/want"
	cmp "$TMP/log" "$TMP/in"
}
