# kill.bats - kill -9 at any instant, and a month of ticks
# P7 kill -9 at any instant: at most one PUT in doubt, logs valid, no repair: O11
# P3 P4 nothing grows, nothing is lost: L13

# shellcheck disable=SC2154,SC2016,SC2034 # the helper's, and eval's
load helper

teardown() {
	[ -z "${loop-}" ] || kill -9 -- -"$loop" 2>/dev/null || :
	[ -z "${pids-}" ] || kill "${pids[@]}" 2>/dev/null || :
	stop_app
}

POLICY=(-o down_window=1s -o down_policy=none -o up_policy=none)

# Loops of their own session: the whole pipe is killed, or as-loop alone.
start_loop() {
	setsid as-loop -d "$TMP/loop" -i 20ms -o timeout=1s "${POLICY[@]}" "$status_url" "$replicas_url" >"$TMP/loop.out" 2>&1 3>&- &
	loop=$!
	until_true kill -0 -- -$loop	# a busy machine may not have begun it yet
}

# settle: runs a loop until nothing is left to do; sets $settled
settle() {
	local at
	at=0
	[ ! -e "$TMP/loop/decisions.log" ] || at=$(wc -l <"$TMP/loop/decisions.log")
	start_loop
	until_true eval 'tail -n +$((at + 1)) "$TMP/loop/decisions.log" 2>/dev/null |
	    grep -q " why=tolerance "'
	kill -- -$loop
	wait $loop || :
	loop=
	settled=$(curl -s "$status_url" | jq .replicas)
	stop_app
}

ticks() {
	{ grep -v "^#" "$TMP/loop/samples.log" 2>/dev/null || :; } | wc -l
}

@test "kill: an as-loop that is killed at any instant leaves what the next one goes on from (O11)" {
	local n=100 i had decided want got
	[ -z "${LONG-}" ] || n=1000
	start_app --at 06:00 --speed 3000 --startup 0
	RANDOM=1
	for ((i = 0; i < n; i++)); do
		had=$(ticks)
		start_loop
		# one in five is killed on its way to the first tick
		[ $((i % 5)) -eq 0 ] || until_true eval '[ "$(ticks)" -gt "$had" ]'
		sleep "0.$(printf %03d $((RANDOM % 100)))"
		# half of them: as-loop alone, its tick ends by itself
		if [ $((i % 2)) -eq 0 ]; then kill -9 -- -$loop; else kill -9 $loop; fi
		wait $loop 2>/dev/null || :
		# what is killed lets go of its lock; a tick under way holds it
		[ ! -e "$TMP/loop/lock" ] || until_true is_free "$TMP/loop/lock"
	done 2>"$TMP/killed"
	loop=
	# each PUT is on record, and was sent once for each decision of it
	same "$(puts_are_on_record)" ""
	decided=$(grep -c ' from=[0-9]* ' "$TMP/loop/decisions.log")
	[ "$(puts)" -ge 10 ] && [ "$(puts)" -le "$decided" ]
	# every line is a sample, a decision, the mark of a tick, or ended as
	# one that was cut
	same "$(grep -v "^$STAMP app [0-9-]* [a-z]*=\|^# tick $STAMP\$\|^# settings " "$TMP/loop/samples.log" |
	    grep -v '(cut short)$' || :)" ''
	same "$(grep -v "^$STAMP app [0-9-]* from=\|^# tick $STAMP\$\|^# settings " "$TMP/loop/decisions.log" |
	    grep -v '(cut short)$' || :)" ''
	as-decide "${POLICY[@]}" "$TMP/loop/samples.log" >"$TMP/replayed" 2>"$TMP/err" || [ $? -eq 65 ]
	same "$(grep -vc 'cut short\|incomplete' "$TMP/err" || :)" 0
	# a decision is one that the replay makes, too
	grep -v '(cut short)$' "$TMP/loop/decisions.log" | sort -u >"$TMP/made"
	sort -u "$TMP/replayed" >"$TMP/again"
	same "$(comm -23 "$TMP/made" "$TMP/again")" ""
	# and it ends where one that was never disturbed does
	stop_app
	start_app --at 12:00 --replicas "$(grep -v '^#' "$TMP/replayed" | tail -n 1 | cut -d' ' -f3)" --startup 0
	settle
	got=$settled
	rm -r "$TMP/loop"
	start_app --at 12:00 --startup 0
	settle
	want=$settled
	# both ends of the tolerance
	echo "$n kills; $got replicas, undisturbed $want"
	[ $((got * 10)) -ge $((want * 8)) ] && [ $((want * 10)) -ge $((got * 8)) ]
}

# state PID...: KiB of memory and open files of each, a line each
state() {
	local pid
	for pid; do
		sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status"
		find "/proc/$pid/fd" -type l | wc -l
	done
}

has_lines() {
	[ "$(wc -l <"$1")" -ge "$2" ]
}

@test "kill: memory and open files stay as they are over ten thousand ticks of an API with errors (L13)" {
	[ -z "${SANITIZED-}" ] || skip "the sanitizers keep what was freed"
	local ticks=10000 early late i
	[ -z "${LONG-}" ] || ticks=172800	# 30 days, one each 15 s
	start_app --at 06:00 --speed 5000 --errors 0.05 --hang 0.05 --startup 0
	mkfifo "$TMP/a" "$TMP/b"
	as-apply -l "$TMP/decisions.log" -o status_url="$status_url" -o timeout=500ms \
	    "$replicas_url" <"$TMP/b" >"$TMP/reports" 2>"$TMP/apply.err" 3>&- &
	pids=($!)
	as-decide <"$TMP/a" >"$TMP/b" 2>"$TMP/decide.err" 3>&- &
	pids+=($!)
	as-fetch -e 1ms -n "$ticks" -o timeout=500ms -l "$TMP/samples.log" "$status_url" \
	    >"$TMP/a" 2>"$TMP/fetch.err" 3>&- &
	pids+=($!)
	until_true eval 'has_lines "$TMP/samples.log" 1500'
	mapfile -t early < <(state "${pids[@]}")
	for ((i = 0; i < ticks / 10; i++)); do
		has_lines "$TMP/samples.log" $((ticks - 500)) && break
		sleep 0.1
	done
	mapfile -t late < <(state "${pids[@]}")
	echo "KiB and files of as-apply, as-decide, as-fetch: ${early[*]} then ${late[*]}"
	set -- "${early[@]}"
	[ ${#late[@]} -eq 6 ]
	for i in "${late[@]}"; do
		# 256 KiB of slack for memory, 3 for sockets under way
		[ "$i" -le $(($1 + ($1 > 200 ? 256 : 3))) ]
		shift
	done
	wait "${pids[@]}" || :
	pids=()
	# a line for each tick, a decision for each line, a report for each
	same "$(grep -vc "^#" "$TMP/samples.log") $(grep -vc "^#" "$TMP/decisions.log") $(grep -vc "^#" "$TMP/reports")" \
	    "$ticks $ticks $ticks"
	has "$(<"$TMP/samples.log")" 'err='
	[ "$(puts)" -ge 3 ]
	as-decide "$TMP/samples.log" | cmp - "$TMP/decisions.log"
}
