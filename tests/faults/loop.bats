# loop.bats - time that jumps, logs that are moved, a tick after the other
# P3 a heartbeat and every failure in autoscaler.log: L1 L8 L11 L14
# P6 what was decided is what a replay decides: L5 L6 L9
# P7 no repair at restart: L3 L4

# shellcheck disable=SC2154,SC2016,SC2034 # the helper's, and eval's
load helper

teardown() {
	[ -z "${loop-}" ] || stop "$loop"
	[ -z "${faultd-}" ] || stop_faultd
	stop_app
}

# lines LOG: without the marks of the ticks
lines() {
	grep -vc '^#' "$TMP/loop/$1"
}

replays() {
	as-decide "$TMP/loop/samples.log" 2>"$TMP/skipped" | diff - "$TMP/loop/decisions.log"
}

@test "loop: a tick that takes longer than the interval delays the next one, on the grid (L1)" {
	start_faultd <<-END
		/at-10|wait 250|$(reply "$GOOD")
		/put|HTTP/1.1 204 No Content\r\n\r\n
	END
	as-loop -d "$TMP/loop" -i 100ms "$fault/at-10" "$fault/put" 3>&- &
	loop=$!
	until_true grep -qs '' "$TMP/loop/samples.log"
	until_true eval '[ "$(lines samples.log)" -ge 6 ]'
	stop "$loop"
	loop=
	# one after the other, none to catch up, each on a multiple of 100 ms
	same "$(sed '/^#/d; s/.*:\([0-9]*\)\.\([0-9]*\)Z.*/\1\2/; s/.*:\([0-9]*\)Z.*/\1000/' "$TMP/loop/samples.log" |
	    awk 'NR > 1 && ($1 - last + 60000) % 60000 < 250 { print } { last = $1 }')" ''
	same "$(lines samples.log)" "$(lines decisions.log)"
	# as-fetch counts what it missed
	expect 0 as-fetch -e 100ms -n 3 "$fault/at-10"
	has "$err" 'ticks missed'
}

@test "loop: logs that are moved away or cut to nothing lose no line (L3)" {
	start_app --at 12:00
	local i
	for i in 1 2 3 4 5 6; do
		expect 0 as_loop -i 50ms "$status_url" "$replicas_url"
		case $i in
		2) mv "$TMP/loop/samples.log" "$TMP/samples.1"
			mv "$TMP/loop/decisions.log" "$TMP/decisions.1" ;;
		4) cp "$TMP/loop/samples.log" "$TMP/samples.2"	# copytruncate
			cp "$TMP/loop/decisions.log" "$TMP/decisions.2"
			: >"$TMP/loop/samples.log"
			: >"$TMP/loop/decisions.log" ;;
		esac
	done
	cp "$TMP/loop/samples.log" "$TMP/samples.3"
	cp "$TMP/loop/decisions.log" "$TMP/decisions.3"
	# two ticks each, of a line and a mark
	same "$(wc -l "$TMP"/samples.[123] "$TMP"/decisions.[123] | awk '{ print $1 }' | xargs)" \
	    '4 4 4 4 4 4 24'
	same "$(grep -hc '^# tick ' "$TMP"/samples.[123] "$TMP"/decisions.[123] | xargs)" \
	    '2 2 2 2 2 2'
	# a long run appends where the file ends now, also if it was cut
	start_faultd <<<"/good|$(reply "$GOOD")"
	as-fetch -e 20ms -n 40 -l "$TMP/log" "$fault/good" >"$TMP/all" 3>&- &
	loop=$!
	until_true test -s "$TMP/log"
	cp "$TMP/log" "$TMP/log.1"
	: >"$TMP/log"
	wait "$loop"
	loop=
	[ -z "$(tr -d '\n\40-\176' <"$TMP/log")" ]
	same "$(tail -n 1 "$TMP/log")" "$(tail -n 1 "$TMP/all")"
}

@test "loop: half a line of a writer that was killed is ended, and skipped by all (L4)" {
	start_app --at 12:00
	mkdir "$TMP/loop"
	printf '2026-11-23T17:41:00Z app 5 cpu=1\n2026-11-23T17:41:15Z app 5' >"$TMP/loop/samples.log"
	printf '2026-11-23T17:41:00Z app 7 from=5 why=target by=cpu\n2026-11-23T17:41:15Z app 7 fr' \
	    >"$TMP/loop/decisions.log"
	printf '2026-11-23T17:41:15Z INFO as-ap' >"$TMP/loop/autoscaler.log"
	expect 0 as_loop "$status_url" "$replicas_url"
	same "$(sed -n 2p "$TMP/loop/samples.log")" '2026-11-23T17:41:15Z app 5 (cut short)'
	same "$(sed -n 2p "$TMP/loop/decisions.log")" '2026-11-23T17:41:15Z app 7 fr (cut short)'
	same "$(lines samples.log) $(lines decisions.log)" '3 3'
	same "$(puts)" 1
	sed -i 2d "$TMP/loop/decisions.log"
	expect 0 replays
	has "$(<"$TMP/skipped")" 'samples.log:2: '
	# and in what people read, the next line stands on its own
	same "$(grep -c '^[0-9-]*T[0-9:]*Z INFO as-apply: app: 7 from=5 applied=ok' "$TMP/loop/autoscaler.log")" 1
}

@test "loop: a clock that is set back holds until it has caught up, and says so (L5)" {
	start_app --at 12:00 --startup 0
	local zone
	expect 0 as_loop "$status_url" "$replicas_url"
	same "$(puts)" 1
	expect 65 faketime -f -1h as-loop -1 -d "$TMP/loop" "$status_url" "$replicas_url"
	has "$(<"$TMP/loop/autoscaler.log")" \
	    'ERROR as-decide: -:1: TIME is before the app'
	same "$(puts)" 1
	same "$(lines samples.log) $(lines decisions.log)" '2 1'
	expect 0 replays
	# with the clock behind it again
	expect 0 faketime -f +1m as-loop -1 -d "$TMP/loop" "$status_url" "$replicas_url"
	same "$(lines samples.log) $(lines decisions.log)" '3 2'
	expect 0 replays
	# daylight saving is nobody's: all is UTC
	for zone in Europe/Berlin America/New_York Asia/Kathmandu; do
		same "$(TZ=$zone faketime -f '@2026-10-25 02:59:59' as-fetch -i - <<<"$GOOD" | wc -c)" \
		    "$(printf '%s app 10 cpu=0.68\n' 2026-10-25T02:59:59Z | wc -c)"
		TZ=$zone expect 0 replays
	done
}

# stage NAME: its pid
stage() {
	local pid
	for pid in $(pgrep -x "$1"); do
		[ "$(readlink "/proc/$pid/cwd")" != "$TMP/loop" ] || echo "$pid"
	done
}

# set_clock OFFSET: of the processes that start with faked
set_clock() {
	echo "$1" >"$TMP/clock.new"
	mv "$TMP/clock.new" "$TMP/clock"
}

# faked COMMAND...: runs it with the clock of set_clock; timeouts stay real
faked() {
	LD_PRELOAD=$(faketime -f +0 printenv LD_PRELOAD) FAKETIME_DONT_FAKE_MONOTONIC=1 \
	    FAKETIME_NO_CACHE=1 FAKETIME_TIMESTAMP_FILE=$TMP/clock exec "$@"
}

@test "loop: a clock that is set back on the grid under the loop that stays gives no second decision (L5)" {
	local before
	start_app --at 12:00
	set_clock +0
	faked as-loop -d "$TMP/loop" -i 500ms "$status_url" "$replicas_url" 3>&- &
	loop=$!
	until_true has_lines "$TMP/loop/decisions.log" 8
	set_clock -4
	until_true grep -q 'ERROR as-decide: .*TIME is before the app' "$TMP/loop/autoscaler.log"
	before=$(lines decisions.log)
	# history ends where the clock was set back
	kill -9 "$(stage as-decide)"
	until_true grep -q 'as-decide ended with status 137' "$TMP/loop/autoscaler.log"
	until_true eval '[ "$(lines decisions.log)" -ge $((before + 3)) ]'
	stop "$loop"
	loop=
	[ -n "$(grep -v '^#' "$TMP/loop/samples.log" | cut -d' ' -f1 | sort | uniq -d)" ]
	same "$(grep -v '^#' "$TMP/loop/decisions.log" | cut -d' ' -f1 | sort | uniq -d)" ''
	expect 0 replays
}

@test "loop: each hour the log has what happened in it" {
	local tool
	start_app --at 12:00
	# as-log has an hour each second
	mkdir "$TMP/bin"
	for tool in "$B"/as-*; do
		ln -s "$tool" "$TMP/bin"
	done
	rm "$TMP/bin/as-log" "$TMP/bin/as-loop"
	cp "$B/as-loop" "$TMP/bin"
	printf '#!/bin/sh\nexec faketime -f "+0 x3600" %s/as-log "$@"\n' "$B" >"$TMP/bin/as-log"
	chmod +x "$TMP/bin/as-log"
	"$TMP/bin/as-loop" -d "$TMP/loop" -i 100ms -o timeout=10h "$status_url" "$replicas_url" 3>&- &
	loop=$!
	until_true grep -qs 'in the last 1h' "$TMP/loop/autoscaler.log"
	stop_app
	until_true eval '[ "$(grep -cs "in the last 1h" "$TMP/loop/autoscaler.log")" -ge 3 ]'
	stop "$loop"
	loop=
	# each line counts what stands between it and the one before
	same "$(awk '
	    $2 == "ERROR" { errors++ }
	    / applied=ok / { changes++ }
	    / in the last 1h/ {
		said = $0
		sub(/.*as-log: [0-9]+ ticks?, /, "", said)
		want = changes + 0 " change" (changes == 1 ? "" : "s") ", 0 refusals, " \
		    errors + 0 " error" (errors == 1 ? "" : "s") " in the last 1h"
		if (said != want)
			print said " is not " want
		errors = changes = 0
	    }' "$TMP/loop/autoscaler.log")" ''
	[ "$(sed -n 's/.*as-log: \([0-9]*\) ticks, .*/\1/p' "$TMP/loop/autoscaler.log" | head -n 1)" -ge 5 ]
	[ "$(grep -c 'ERROR as-fetch' "$TMP/loop/autoscaler.log")" -ge 1 ]
}

@test "loop: behind a night of suspension the app is as at first sight (L6)" {
	start_app --at 03:00 --replicas 40
	local i
	for i in 3 2 1; do
		expect 0 faketime -f "-8h" as-loop -1 -i 50ms -o down_window=10s -d "$TMP/loop" "$status_url" "$replicas_url"
	done
	: >"$TMP/requests"
	expect 0 as_loop -o down_window=10s "$status_url" "$replicas_url"
	has "$(grep -v '^#' "$TMP/loop/decisions.log" | tail -n 1)" ' from=40 why=stabilized'
	same "$(puts)" 0
	# and what was decided before it is stale
	start_faultd <<<'/put|HTTP/1.1 204 No Content\r\n\r\n'
	expect 75 as-apply "$fault/put" <<<"$(now '8 hours ago') app 12 from=10"
	has "$out" 'why=stale'
	same "$(<"$TMP/requests")" ""
}

@test "loop: cron's empty environment is enough, and success is silent (L8)" {
	start_app --at 12:00
	expect 0 env -i PATH=/usr/bin:/bin HOME=/ LOGNAME=root SHELL=/bin/sh \
	    "$B/as-loop" -1 -d "$TMP/loop" "$status_url" "$replicas_url" </dev/null
	same "$out$err" ""
	same "$(lines autoscaler.log)" 1
	stop_app
	expect 75 env -i PATH=/usr/bin:/bin "$B/as-loop" -1 -d "$TMP/loop" \
	    "$status_url" "$replicas_url" </dev/null
	same "$out$err" ""
	# one line for the one thing that is wrong
	same "$(sed 1d "$TMP/loop/autoscaler.log" | grep -c 'ERROR as-fetch: app: status: refused: ')" 1
	same "$(grep -c ERROR "$TMP/loop/autoscaler.log")" 1
}

@test "loop: the first run, without a history, lets nothing fall (L9)" {
	# There is no warmup: first sight counts COUNT as asked for.
	start_app --at 03:00 --replicas 40
	expect 0 as_loop "$status_url" "$replicas_url"
	has "$(<"$TMP/loop/decisions.log")" ' app 40 from=40 why=stabilized'
	same "$(puts)" 0
	rm -r "$TMP/loop"
	# but for an app outside its bounds
	expect 0 as_loop -M 30 "$status_url" "$replicas_url"
	has "$(<"$TMP/loop/decisions.log")" ' app 30 from=40 why=max'
	same "$(puts)" 1
}

@test "loop: the file of metrics is whole whenever it is read (L11)" {
	start_app --at 12:00
	as-loop -p "$TMP/as.prom" -d "$TMP/loop" -i 50ms "$status_url" "$replicas_url" 3>&- &
	loop=$!
	until_true test -s "$TMP/as.prom"
	# read over and over until five ticks were seen, it never looks otherwise
	expect 0 perl -e 'my ($file) = @ARGV;
	    my (%names, %ticks, $reads);
	    my $end = time + 20;
	    while (keys %ticks < 5 && time < $end) {
		    open my $in, "<", $file or die "open: $!";
		    my @lines = <$in>;
		    $lines[-1] =~ /\n$/ or die "half a line";
		    $names{join "", map { /^(.*) /} @lines}++;
		    $ticks{(grep /^as_last_tick/, @lines)[0]}++;
		    $reads++;
	    }
	    print scalar(keys %ticks), " ", scalar(keys %names);
	    warn "$reads reads"' "$TMP/as.prom"
	same "$out" '5 1'
	[ $(($(date +%s) - $(stat -c %Y "$TMP/as.prom"))) -le 2 ]
}

@test "loop: as-loop that is written over while it runs goes on as it was read (L15)" {
	start_app
	mkdir "$TMP/bin"
	cp "$B"/as-fetch "$B"/as-decide "$B"/as-apply "$B"/as-loop "$TMP/bin"
	"$TMP/bin/as-loop" -d "$TMP/loop" -i 50ms "$status_url" "$replicas_url" \
	    >"$TMP/loop.out" 2>&1 3>&- &
	loop=$!
	until_true grep -qs '' "$TMP/loop/samples.log"
	# in place, as an editor may, over all that is behind where it is now
	yes "touch '$TMP/bad'" | head -c 20000 >"$TMP/bin/as-loop"
	local had
	had=$(lines samples.log)
	until_true eval '[ "$(lines samples.log)" -ge $((had + 3)) ]'
	kill "$loop"
	wait "$loop" || same $? 143
	loop=
	[ ! -e "$TMP/bad" ]
	same "$(<"$TMP/loop.out")" ''
}

@test "loop: samples have our time, and a server with another one is told (L14)" {
	start_faultd <<-END
		/now|HTTP/1.1 200 OK\r\nDate: $(date -u '+%a, %d %b %Y %T GMT')\r\nContent-Length: ${#GOOD}\r\n\r\n$GOOD
		/late|HTTP/1.1 200 OK\r\nDate: $(date -u -d '5 minutes ago' '+%a, %d %b %Y %T GMT')\r\nContent-Length: ${#GOOD}\r\n\r\n$GOOD
		/odd|HTTP/1.1 200 OK\r\nDate: the day before\r\nContent-Length: ${#GOOD}\r\n\r\n$GOOD
	END
	local path
	for path in now odd; do
		expect 0 as-fetch "$fault/$path"
		same "$err" ""
	done
	expect 0 as-fetch -e 50ms -n 3 "$fault/late"
	same "$(wc -l <"$TMP/err")" 1
	[[ $err == "as-fetch: warning: ${fault#http://}: its clock is "[23]??" s behind ours" ]]
	[ $(($(date +%s) - $(date +%s -d "$(grep -v '^#' "$TMP/out" | tail -n 1 | cut -d' ' -f1)"))) -le 5 ]
	expect 0 faketime -f +1h as-fetch "$fault/now"
	has "$err" ' s behind ours'
}

# No process can be started while $TMP/fails is there.
limit_forks() {
	[ -z "${SANITIZED-}" ] || skip "a preloaded library and the sanitizers do not go together"
	${CC:-cc} -D_GNU_SOURCE -O1 -Wall -Wextra -shared -fPIC -o "$TMP/fork.so" faults/fork.c
	export FORK_FAILS=$TMP/fails
}

@test "loop: while no process can be started the ticks go on (X11)" {
	local had
	limit_forks
	start_app --at 12:00
	LD_PRELOAD=$TMP/fork.so as-loop -d "$TMP/loop" -i 50ms "$status_url" "$replicas_url" 3>&- &
	loop=$!
	until_true grep -qs '' "$TMP/loop/decisions.log"
	: >"$TMP/fails"
	[ "$(LD_PRELOAD=$TMP/fork.so sh -c '(echo) || :' 2>"$TMP/err")" = '' ]
	had=$(lines decisions.log)
	until_true eval '[ "$(lines decisions.log)" -ge $((had + 5)) ]'
	rm "$TMP/fails"
	had=$(lines decisions.log)
	until_true eval '[ "$(lines decisions.log)" -ge $((had + 5)) ]'
	kill -0 "$loop"
}

# stage NAME: its pid
stage() {
	local at
	for at in /proc/[0-9]*; do
		[ "$(readlink "$at/cwd")" != "$TMP/loop" ] ||
		    [ "$(<"$at/comm")" != "$1" ] || echo "${at#/proc/}"
	done
}

@test "loop: a stage that cannot be executed costs its tick, and the next comes (X11)" {
	local had
	start_app --at 12:00
	mkdir "$TMP/bin"
	cp "$B"/as-* "$TMP/bin"
	PATH=/usr/bin:/bin "$TMP/bin/as-loop" -d "$TMP/loop" -i 50ms \
	    "$status_url" "$replicas_url" 3>&- &
	loop=$!
	until_true grep -qs '' "$TMP/loop/decisions.log"
	chmod -x "$TMP/bin/as-decide"
	kill -9 "$(stage as-decide)"
	until_true grep -q 'ERROR as-loop: as-decide died: exit status 126' "$TMP/loop/autoscaler.log"
	chmod +x "$TMP/bin/as-decide"
	had=$(lines decisions.log)
	until_true eval '[ "$(lines decisions.log)" -gt "$had" ]'
}

# Of the samples, how many as-loop -p has counted
counted() {
	awk '/^as_samples_total/ { n += $NF } END { print n + 0 }' "$TMP/loop/prom"
}

@test "loop: while no process can be started to count, it goes on, and counts later (X11)" {
	limit_forks
	start_app --at 12:00
	LD_PRELOAD=$TMP/fork.so as-loop -d "$TMP/loop" -i 50ms -p "$TMP/loop/prom" \
	    "$status_url" "$replicas_url" 3>&- &
	loop=$!
	until_true grep -qs '' "$TMP/loop/prom"
	: >"$TMP/fails"
	until_true grep -q 'ERROR as-loop: a process could not be started' "$TMP/loop/autoscaler.log"
	# the pipe cannot start again, either, before processes can
	kill -9 "$(stage as-decide)"
	until_true eval '[ ! "$(stage as-fetch)" ]'
	rm "$TMP/fails"
	until_true eval '[ "$(stage as-decide)" ]'
	kill "$loop"
	wait "$loop" || same $? 143
	loop=
	same "$(counted)" "$(lines samples.log)"
}

@test "loop: a pipe and a stage that cannot be started are reported (X11)" {
	limit_forks
	local depth
	start_app --at 12:00
	: >"$TMP/fails"
	for depth in 1 2; do
		FORK_DEPTH=$depth LD_PRELOAD=$TMP/fork.so expect 71 timeout 20 as-loop -1 \
		    -d "$TMP/$depth" "$status_url" "$replicas_url"
		grep -q 'ERROR as-loop: a process could not be started' "$TMP/$depth/autoscaler.log"
		FORK_DEPTH=$depth LD_PRELOAD=$TMP/fork.so as-loop -d "$TMP/$depth" -i 50ms \
		    "$status_url" "$replicas_url" 3>&- &
		loop=$!
		until_true grep -q 'the pipe starts again' "$TMP/$depth/autoscaler.log"
		rm "$TMP/fails"
		until_true grep -qs '' "$TMP/$depth/decisions.log"
		: >"$TMP/fails"
		stop "$loop"
		loop=
	done
}

@test "loop: settings that change while no process can be started are taken later (X11)" {
	limit_forks
	start_app --at 12:00
	printf '[app app]\nstatus_url = %s\nreplicas_url = %s\n' "$status_url" "$replicas_url" >"$TMP/as.conf"
	LD_PRELOAD=$TMP/fork.so as-loop -d "$TMP/loop" -i 50ms -c "$TMP/as.conf" 3>&- &
	loop=$!
	until_true grep -qs '' "$TMP/loop/decisions.log"
	: >"$TMP/fails"
	echo 'target = 0.5' >>"$TMP/as.conf"
	until_true grep -q 'ERROR as-loop: a process could not be started' "$TMP/loop/autoscaler.log"
	rm "$TMP/fails"
	until_true grep -q 'target.cpu 0.80 -> 0.5' "$TMP/loop/autoscaler.log"
	stop "$loop"
	loop=
}
