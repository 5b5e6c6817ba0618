# as-schedule: bounds by windows of time, in any zone
# P6 replay: "the same bytes whatever stands in TZ"

load helper

teardown() {
	stop_app
}

@test "as-schedule: every golden case gives its bytes, messages and status" {
	local n=0 case args code
	for case in golden/schedule/*.in; do
		case=${case%.in} code=0
		args=$(cat "$case.args")
		[ ! -e "$case.code" ] || code=$(cat "$case.code")
		echo "$case"
		# shellcheck disable=SC2086 # words
		expect "$code" as-schedule $args <"$case.in"
		same "$out" "$(cat "$case.out")"
		[ -e "$case.err" ] && same "$err" "$(cat "$case.err")"
		[ -e "$case.err" ] || same "$err" ""
		n=$((n + 1))
	done
	[ "$n" -ge 2 ]
}

# Python reads the zone files itself and shares no code with the C library.
# bats test_tags=slow
@test "as-schedule: each quarter of two years in six zones is as Python's zoneinfo has it" {
	generate/zones "$TMP"
	[ "$(wc -l <"$TMP/want")" -eq $((730 * 96 * 6)) ]
	as-schedule -c "$TMP/conf" "$TMP/in" >"$TMP/got"
	cmp "$TMP/got" "$TMP/want" ||
	    { diff "$TMP/got" "$TMP/want" | head; return 1; }
}

@test "as-schedule: what is no window is refused with its word, 78" {
	local window why n=0
	while IFS='|' read -r window why; do
		expect 78 as-schedule -o schedule="$window" </dev/null
		same "$err" "as-schedule: error: -o schedule=$window: $why"
		same "$out" ""
		n=$((n + 1))
	done <<-'END'
	Mon-Fri|has none of min=N, max=N, pin=N and pause
	Mon-|"Mon-" is not weekdays like Mon-Fri or Sat,Sun
	Mondays min=1|"Mondays" is no weekday, did you mean monday, not Mondays?
	mun-fri min=1|"mun-fri" is no weekday, did you mean mon, not mun?
	mn-fri min=1|"mn-fri" is no weekday, did you mean mon, not mn?
	mon-wedensday min=1|"mon-wedensday" is no weekday, did you mean wednesday, not wedensday?
	Frei min=1|"Frei" is no weekday, did you mean fri, not Frei?
	Mon-Fri-Sun min=1|"Mon-Fri-Sun" is not weekdays like Mon-Fri or Sat,Sun
	Mon, min=1|"Mon," is not weekdays like Mon-Fri or Sat,Sun
	Mon Tue min=1|"Tue" stands twice
	2026-02-29 min=1|"2026-02-29" is not dates like 2026-12-24 or 2026-12-24..2026-12-26
	2026-2-9 min=1|"2026-2-9" is not dates like 2026-12-24 or 2026-12-24..2026-12-26
	2026-12-24.. min=1|"2026-12-24.." is not dates like 2026-12-24 or 2026-12-24..2026-12-26
	2026-12-24..26 min=1|"2026-12-24..26" is not dates like 2026-12-24 or 2026-12-24..2026-12-26
	2026-12-24..2026-12-23 min=1|"2026-12-24..2026-12-23" ends before it begins
	2026-12-24 2026-12-25 min=1|"2026-12-25" stands twice
	8:00 min=1|"8:00" lacks the time of its end, as in 08:00-18:00
	8:0-18:00 min=1|"8:0-18:00" is not times of day like 08:00-18:00
	:00-18:00 min=1|":00-18:00" is no zone, nor weekdays, dates, times, days of the month, min=N, max=N, pin=N or pause
	008:00-18:00 min=1|"008:00-18:00" is not times of day like 08:00-18:00
	0 min=1|"0" is not days of the month like 1-7, 15 or last
	1-32 min=1|"1-32" is not days of the month like 1-7, 15 or last
	1- min=1|"1-" is not days of the month like 1-7, 15 or last
	1,, min=1|"1,," is not days of the month like 1-7, 15 or last
	1..2..3 min=1|"1..2..3" is not days of the month like 1-7, 15 or last
	last-3 min=1|"last-3" ends before it begins
	28-3 min=1|"28-3" ends before it begins
	1 15 min=1|"15" stands twice
	08:00-18 min=1|"08:00-18" is not times of day like 08:00-18:00
	08:00-18:60 min=1|"08:00-18:60" is not times of day like 08:00-18:00
	08:00-24:01 min=1|"08:00-24:01" is not times of day like 08:00-18:00
	24:00-06:00 min=1|"24:00-06:00" is not times of day like 08:00-18:00
	08.00-18:00 min=1|"08.00-18:00" is not times of day like 08:00-18:00
	08:00-08:00 min=1|"08:00-08:00" is never open, a whole day is 00:00-24:00
	08:00-09:00 10:00-11:00 min=1|"10:00-11:00" stands twice
	UTC Europe/Berlin min=1|"Europe/Berlin" is a second zone
	min=|"min=" has no number in 0..2147483647
	max=2147483648|"max=2147483648" has no number in 0..2147483647
	pin=-1|"pin=-1" has no number in 0..2147483647
	min=1 min=2|"min=2" sets a bound that is set already
	pin=1 max=2|"max=2" sets a bound that is set already
	min=1 pause|"pause" sets a bound that is set already
	min=3 max=2|min is greater than max
	END
	[ $n -ge 40 ]
}

@test "as-schedule: what is no zone is refused, 78; UTC needs no file" {
	local zone
	cd "$TMP"
	touch UTC empty
	for zone in Europe/Berln Europe europe/berlin ../zoneinfo/UTC ./UTC zone.tab \
	    /usr/share/zoneinfo/UTC ":UTC" CET-1 empty "$(printf '%064d' 0 | tr 0 a)"; do
		expect 78 as-schedule -o schedule="$zone min=1" </dev/null
		has "$err" ": \"$zone\" is no zone, nor weekdays, dates, times, "
	done
	echo "2026-11-23T17:41:00Z web 10" >in
	expect 0 env TZDIR="$TMP" as-schedule -o schedule='17:00-18:00 min=1' \
	    -o schedule='17:00-18:00 UTC max=9' in
	same "$out" "2026-11-23T17:41:00Z web 10 min=1 max=9"
	expect 78 env TZDIR="$TMP" as-schedule -o schedule='Europe/Berlin min=1' in
	# a directory of one's own
	cp /usr/share/zoneinfo/Asia/Kathmandu Yak
	expect 0 env TZDIR="$TMP" as-schedule -o schedule='23:26-23:27 Yak min=1' in
	same "$out" "2026-11-23T17:41:00Z web 10 min=1"
}

@test "as-schedule: windows are settings: -G tells where from, others pass over them" {
	local tool
	cat >"$TMP/as.conf" <<-'END'
	[default]
	schedule = Mon-Fri 08:00-18:00 Europe/Berlin min=10
	schedule = Fri 16:00-24:00 pause
	[app night]
	schedule = 20:00-06:00 max=3
	[app other]
	max = 20
	END
	for tool in as-fetch as-decide as-apply as-schedule; do
		expect 0 $tool -c "$TMP/as.conf" -G
		same "$(sed -n "/^\[/p; /^schedule/s|$TMP/||p" <<<"$out")" \
'[app night]
schedule = 20:00-06:00 max=3     # as.conf:5
[app other]
schedule = Mon-Fri 08:00-18:00 Europe/Berlin min=10 # as.conf:2
schedule = Fri 16:00-24:00 pause # as.conf:3'
		sed 's/Fri 16/Frei 16/' "$TMP/as.conf" >"$TMP/typo.conf"
		expect 78 $tool -c "$TMP/typo.conf" -G
		has "$err" "typo.conf:3: schedule: \"Frei\" is no weekday"
	done
	# flags take the place of all windows
	expect 0 as-schedule -c "$TMP/as.conf" -o schedule='Tue max=7' <<-'END'
	2026-11-24T12:00:00Z other 5
	2026-11-24T23:00:00Z night 5
	END
	same "$out" $'2026-11-24T12:00:00Z other 5 max=7\n2026-11-24T23:00:00Z night 5 max=7'
	# a glob of others, and none at all
	expect 0 as-schedule -c "$TMP/as.conf" -a 'n*' <<-'END'
	2026-11-24T12:00:00Z other 5
	2026-11-24T23:00:00Z night 5
	END
	same "$out" $'2026-11-24T12:00:00Z other 5\n2026-11-24T23:00:00Z night 5 max=3'
	expect 0 as-schedule <<<'2026-11-24T12:00:00Z web 5 cpu=0.5'
	same "$out" '2026-11-24T12:00:00Z web 5 cpu=0.5'
}

@test "as-schedule: the same bytes whatever stands in TZ (P6)" {
	local want zone
	sh generate/random-stream 1000 5 >"$TMP/all"
	set -- -o schedule='Mon-Fri 08:00-18:00 Europe/Berlin min=10' \
	    -o schedule='Thu 00:00-12:00 Asia/Kathmandu max=12' -o schedule='Fri pause'
	want=$(as-schedule "$@" "$TMP/all" | md5sum)
	for zone in Asia/Tokyo :/none; do
		expect 0 env TZ=$zone as-schedule "$@" "$TMP/all"
		same "$(md5sum <"$TMP/out")" "$want"
	done
}

@test "as-schedule: between as-fetch and as-decide each sample goes on at once" {
	local answer pid
	start_app --replicas 5
	expect 0 sh -c "as-fetch $status_url | as-schedule -o schedule=min=20 |
	    as-decide -M 30"
	has "$out" ' app 20 from=5 why=min'
	coproc as-schedule -o schedule='17:41-17:42 pause'
	pid=$COPROC_PID
	for second in 00 15; do
		echo "2026-11-23T17:41:${second}Z web 10 cpu=0.99" >&"${COPROC[1]}"
		read -r -t 5 answer <&"${COPROC[0]}"
		same "$answer" "2026-11-23T17:41:${second}Z web 10 cpu=0.99 min=10 max=10"
	done
	eval "exec ${COPROC[1]}>&-"
	wait "$pid"
	# nothing is ordered, however much or little is wanted
	expect 0 sh -c 'as-schedule -o schedule=pause | as-decide -o down_window=0' <<-'END'
	2026-11-23T17:41:00Z web 10 cpu=0.99
	2026-11-23T17:41:30Z web 10 cpu=0.10
	END
	same "$(cut -d' ' -f3 <<<"$out" | sort -u)" 10
}

@test "as-schedule: a line that would grow over 64 KiB is skipped" {
	expect 65 as-schedule -o schedule=min=7 < <(
		printf '2026-11-23T17:41:00Z web-of-some-longer-name 10 cpu=0.8'
		awk 'BEGIN { for (i = 0; i < 65; i++) printf " k%d=%01002d", i, 1 }'
		printf '\n2026-11-23T17:41:15Z web 10 cpu=0.8\n')
	same "$out" '2026-11-23T17:41:15Z web 10 cpu=0.8 min=7'
	has "$err" '-:1: line leaves no room for bounds'
}

@test "as-schedule: an app that two globs with crossing bounds fit is refused alone" {
	printf '[default]\nmin = 1\n[app a*]\nmin = 9\n[app *b]\nmax = 5\n' \
	    >"$TMP/as.conf"
	expect 65 as-schedule -c "$TMP/as.conf" <<-'END'
	2026-11-23T17:41:00Z a 5 cpu=0.8
	2026-11-23T17:41:00Z ab 5 cpu=0.8
	2026-11-23T17:41:00Z b 5 cpu=0.8
	2026-11-23T17:41:15Z ab 5 cpu=0.8
	END
	same "$out" $'2026-11-23T17:41:00Z a 5 cpu=0.8\n2026-11-23T17:41:00Z b 5 cpu=0.8'
	same "$err" \
'as-schedule: error: -:2: its settings conflict: min is greater than max: line skipped: "ab"
as-schedule: error: -:4: its settings conflict: min is greater than max: line skipped: "ab"'
}

# days WINDOW TIME...: prints the TIMEs at which the window is open
days() {
	printf '%sZ web 5\n' "${@:2}" | as-schedule -o schedule="$1 min=7" |
	    sed -n 's/:00Z web 5 min=7$//p' | tr '\n' ' '
}

@test "as-schedule: names that always change take no more memory (X20)" {
	[ -z "${SANITIZED-}" ] || skip "the sanitizers take memory of their own"
	printf '[app *]\nschedule = min=9\n' >"$TMP/as.conf"
	seq -f '2026-11-23T17:41:00Z app-%.0f 5 cpu=0.8' 500000 >"$TMP/in"
	# shellcheck disable=SC2016 # the other shell's
	expect 0 bash -c 'ulimit -v 30000; exec as-schedule -c "$1" "$2" >"$2.out"' \
	    - "$TMP/as.conf" "$TMP/in"
	sed 's/$/ min=9/' "$TMP/in" | cmp - "$TMP/in.out"
}

@test "as-schedule: days of the month, alone and with weekdays, dates and times" {
	local all=(2024-02-28T12:00:00 2024-02-29T12:00:00 2024-03-01T12:00:00
	    2026-02-28T12:00:00 2026-11-01T12:00:00 2026-11-15T12:00:00
	    2026-11-30T12:00:00 2026-12-31T05:00:00 2026-12-31T12:00:00)
	same "$(days last "${all[@]}")" "2024-02-29T12:00 2026-02-28T12:00 2026-11-30T12:00 2026-12-31T05:00 2026-12-31T12:00 "
	same "$(days 1,15 "${all[@]}")" "2024-03-01T12:00 2026-11-01T12:00 2026-11-15T12:00 "
	same "$(days 29-last "${all[@]}")" "2024-02-29T12:00 2026-11-30T12:00 2026-12-31T05:00 2026-12-31T12:00 "
	same "$(days 29-31 "${all[@]}")" "2024-02-29T12:00 2026-11-30T12:00 2026-12-31T05:00 2026-12-31T12:00 "
	same "$(days 14..16 "${all[@]}")" "2026-11-15T12:00 "
	same "$(days '1-7 sunday' "${all[@]}")" "2026-11-01T12:00 "
	same "$(days 'monday-friday last 2026-01-01..2026-12-31' "${all[@]}")" \
	    "2026-11-30T12:00 2026-12-31T05:00 2026-12-31T12:00 "
	# a night belongs to the day on which it begins
	same "$(days '30 22:00-6:00' "${all[@]}")" "2026-12-31T05:00 "
	# local days: in Auckland it is 13 hours later, the next month already
	same "$(days '1 Pacific/Auckland' "${all[@]}")" "2024-02-29T12:00 2026-02-28T12:00 2026-11-30T12:00 2026-12-31T12:00 "
	same "$(days 'last America/New_York' 1970-01-01T00:00:00)" "1970-01-01T00:00 "
}

@test "as-schedule: a bound that the policy never allows is a warning, once for each window" {
	cat >"$TMP/as.conf" <<-'END'
	[default]
	max = 20
	schedule = Mon-Fri min=50
	[app a]
	[app b]
	[app c]
	max = 60
	[app d]
	min = 3
	schedule = Sat pin=2
	schedule = Sun pin=3
	schedule = pause
	[app e]
	schedule = Sun min=20
	schedule = max=1
	END
	expect 0 as-schedule -c "$TMP/as.conf" </dev/null
	same "${err//$TMP/}" \
'as-schedule: warning: a: /as.conf:3: schedule: 50 replicas are never reached, because max = 20
as-schedule: warning: d: /as.conf:10: schedule: 2 replicas are never reached, because min = 3'
	# of an app that overrides the bound not a word, nor of one that is not there
	sed -i '/^.app [ab]/d' "$TMP/as.conf"
	expect 0 as-schedule -c "$TMP/as.conf" -q </dev/null
	expect 0 as-decide -c "$TMP/as.conf" </dev/null
	same "$(cut -d: -f3 <<<"$err")" ' d'
	expect 0 as-schedule -o schedule=min=101 </dev/null
	same "$err" 'as-schedule: warning: app: -o schedule=min=101: 101 replicas are never reached, because max = 100'
}
