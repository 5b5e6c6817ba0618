# trials.bats - as-loop that stays, under all that may happen to it
# P1 P2 P3 P6 P7: X13 L2 L5 O14; also resident.bats and faults/loop.bats

load helper

teardown() {
	[ -z "${loop-}" ] || stop "$loop"
	[ -z "${faultd-}" ] || stop_faultd
	stop_app
}

log=$TMP/loop/autoscaler.log

conf() {	# LINE...: as.conf for the demo application
	printf '%s\n' '[default]' "status_url = $status_url?{app}" \
	    "replicas_url = $replicas_url?{app}" 'down_window = 1s' "$@" >"$TMP/as.conf"
}

start_loop() {
	as-loop -d "$TMP/loop" -c "$TMP/as.conf" "$@" >"$TMP/loop.out" 2>&1 3>&- &
	loop=$!
}

lines() {
	grep -vc '^#' "$TMP/loop/$1" 2>/dev/null || :
}

comes() {	# N MORE: at least so many decisions more than N
	local lines
	lines=$(lines decisions.log)
	[ "${lines:-0}" -ge $(($1 + $2)) ]
}

# gaps MS: where two marks of ticks are not so far apart
gaps() {
	sed -n 's/^# tick //p' "$TMP/loop/samples.log" | date -f - +%s%3N |
	    awk -v ms="$1" 'NR > 1 && $1 - last != ms { print last, $1 } { last = $1 }'
}

# is_whole: each sample has its decision, and none is there twice
is_whole() {
	same "$(grep -v '^#' "$TMP/loop/samples.log" | cut -d' ' -f1,2 | sort | uniq -d)" ""
	same "$(diff <(cut -d' ' -f1,2 "$TMP/loop/samples.log" | grep -v '^#') \
	    <(cut -d' ' -f1,2 "$TMP/loop/decisions.log" | grep -v '^#'))" ""
}

edits() {	# N MS: so many edits of as.conf under ticks of MS
	local i
	start_app --at 12:00
	conf '[app web]' 'max = 100'
	start_loop -i "${2}ms"
	until_true comes 0 2
	for ((i = 1; i <= $1; i++)); do
		sed -i "s/^max = .*/max = $((100 + i))/" "$TMP/as.conf"
		until_true grep -q "web: max .* -> $((100 + i))\$" "$log"
	done
	until_true comes "$(lines decisions.log)" 2
	stop "$loop"
	loop=
	same "$(gaps "$2")" ""
	is_whole
	same "$(grep -c 'WARNING\|ERROR' "$log")" 0
}

# bats test_tags=slow
@test "trials: 20 edits of as.conf at 1 s lose no tick (X13)" {
	edits 20 1000
}

# bats test_tags=slow
@test "trials: 15 edits of as.conf at 250 ms lose no tick (X13)" {
	edits 15 250
}

# LONG=1: with 10,000 apps, which takes a machine that has nothing else to do
# bats test_tags=slow
@test "trials: thousands of apps over three changes of the settings: none is lost, none is double" {
	local i n=3000
	[ -z "${LONG-}" ] || n=10000
	start_app --at 12:00 --noise 0
	{
		printf '%s\n' '[default]' "status_url = $status_url?{app}" \
		    "replicas_url = $replicas_url?{app}" 'timeout = 20s' '[app a*]' \
		    'max = 100' '[apps]' 'list = apps'
	} >"$TMP/as.conf"
	seq $n | sed 's/^/a/' >"$TMP/apps"
	start_loop -n -i 15s
	until_true comes 0 $n
	for i in 1 2 3; do
		sed -i "s/^max = .*/max = $((100 + i))/" "$TMP/as.conf"
		until_true grep -q "a1000: max .* -> $((100 + i))\$" "$log"
		until_true comes "$(lines decisions.log)" $n
	done
	stop "$loop"
	loop=
	is_whole
	# each tick has all apps, but the one in which it was stopped
	same "$(grep -v '^#' "$TMP/loop/samples.log" | cut -d' ' -f1 | sort | uniq -c |
	    sed '$d' | awk -v n=$n '$1 != n')" ""
	same "$(grep -cv '^[0-9-]*T[0-9:.]*Z a[0-9]* \|^# ' "$TMP/loop/reports.log" || :)" 0
}

# bats test_tags=slow
@test "trials: SIGTERM and -9 at any moment leave nothing at work, and whole logs (P7)" {
	local i signal before
	start_app --at 12:00
	conf '[app web]' '[app api]'
	for ((i = 0; i < 24; i++)); do
		signal=TERM
		[ $((i % 2)) -eq 0 ] || signal=KILL
		before=$(lines decisions.log)
		start_loop -i 100ms
		[ $((i % 4)) -lt 2 ] || until_true comes "${before:-0}" 1
		read -rt "0.$(printf %03d $((i * 13)))" <> <(:) || :
		kill -$signal "$loop"
		wait "$loop" 2>/dev/null || :
		loop=
		until_true eval '! pgrep -f "^as-.*$TMP/loop/settings"'
		[ ! -e "$TMP/loop/lock" ] || until_true is_free "$TMP/loop/lock"
	done
	same "$(ls "$TMP/loop" | grep -c '^leash\|^settings.new')" 0
	same "$(grep -v '^#' "$TMP/loop/samples.log" | cut -d' ' -f1,2 | sort | uniq -d)" ""
	same "$(grep -c 'cut short' "$TMP/loop/samples.log" "$TMP/loop/decisions.log" | cut -d: -f2 | xargs)" '0 0'
	expect 0 as-decide -c "$TMP/as.conf" "$TMP/loop/samples.log"
}

@test "trials: on a full disk nothing is ordered, and with room it goes on (L2)" {
	local puts
	start_app --at 12:00
	conf '[app web]'
	# a limit of the size of files is a disk that is full for long ones
	mkdir "$TMP/loop"
	yes '2026-11-23T17:41:00Z other 5 cpu=0.8' | head -n 10000 >"$TMP/loop/samples.log"
	ulimit -S -f 200
	start_loop -i 100ms
	ulimit -S -f unlimited
	until_true eval '[ "$(grep -cs "ERROR as-fetch: samples.log: write: File too large" "$log")" -ge 3 ]'
	same "$(puts)" 0
	rm "$TMP/loop/samples.log"
	until_true comes 0 3
	puts=$(puts)
	[ "$puts" -ge 1 ]
	# the records of as-apply
	ln -sf /dev/full "$TMP/loop/decisions.log"
	until_true grep -q 'ERROR as-apply: decisions.log: ' "$log"
	puts=$(puts)
	until_true eval '[ "$(grep -c "as-apply ended with status 74" "$log")" -ge 3 ]'
	same "$(puts)" "$puts"
	rm "$TMP/loop/decisions.log"
	until_true comes 0 2
}

@test "trials: a standard error that nobody reads stops nothing" {
	start_app --at 12:00
	conf '[app web]'
	mkfifo "$TMP/unread"
	exec 8<>"$TMP/unread"
	as-loop -ev -d "$TMP/loop" -i 20ms -c "$TMP/as.conf" 2>&8 3>&- 8>&- &
	loop=$!
	# over 64 KiB of lines
	until_true eval '[ "$(wc -c <"$log")" -ge 150000 ]'
	until_true comes "$(lines decisions.log)" 5
	stop "$loop"
	loop=
	exec 8>&-
	has "$(tail -n 1 "$log")" 'lines not written to standard error'
}

@test "trials: the end of as-fetch in the middle of a round lets no brake go (P1)" {
	start_faultd <<-'END'
		/dead|hang
		/low|HTTP/1.1 200 OK\r\nContent-Length: 47\r\n\r\n{"cpu": {"highPriority": 0.10}, "replicas": 10}
		/put|HTTP/1.1 204 No Content\r\n\r\n
	END
	status_url=$fault/low replicas_url=$fault/put
	conf 'timeout = 1m' 'min = 2' '[app a]' '[app b]' '[app c]' '[app d]' \
	    '[app e]' '[app f]' "status_url = $fault/dead?f"
	start_loop -i 1h -o down_window=0s
	until_true eval '[ "$(lines samples.log)" -ge 5 ]'
	kill "$(pgrep -f "^as-fetch .*$TMP/loop/settings")"
	until_true grep -q 'as-fetch ended with status 143' "$log"
	stop "$loop"
	loop=
	same "$(grep -c '^PUT' "$TMP/requests" || :)" 0
	has "$(<"$TMP/loop/reports.log")" ' applied=refused why=brake'
}
