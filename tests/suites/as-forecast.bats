# as-forecast: the fold from samples to samples of what is to come
# P6 replay: "the same bytes in every locale and zone", "cut anywhere"

load helper

# days N APPS: ticks of five minutes; from 12:00 to 14:00 load is 8, else 4, of
# 10 replicas, with a little noise; the second app has twice of all
days() {
	awk -v n="$1" -v apps="$2" 'BEGIN {
		srand(7)
		for (i = 0; i < n * 288; i++)
			for (app = 1; app <= apps; app++) {
				hour = i % 288 / 12
				load = hour >= 12 && hour < 14 ? 0.8 : 0.4
				printf "2026-03-%02dT%02d:%02d:00Z app-%d %d cpu=%.3f\n",
				    1 + i / 288, hour, i % 12 * 5, app, 10 * app,
				    load + rand() / 100
			}
	}'
}

# cpu TIME: of the first app, in thousandths
cpu() {
	sed -n "s/^$1 app-1 .* cpu=\([0-9]*\)\.\([0-9]*\) .*/\1\2/p" "$TMP/out" |
	    sed 's/^0*//'
}

@test "as-forecast: every golden case gives its bytes, messages and status" {
	local n=0 case args code
	for case in golden/forecast/*.in; do
		case=${case%.in} args='' code=0
		[ ! -e "$case.args" ] || args=$(<"$case.args")
		[ ! -e "$case.code" ] || code=$(<"$case.code")
		eval "set -- $args"
		echo "$case"
		expect "$code" as-forecast "$@" <"$case.in"
		same "$out" "$(<"$case.out")"
		[ -e "$case.err" ] && same "$err" "$(<"$case.err")"
		[ -e "$case.err" ] || same "$err" ""
		n=$((n + 1))
	done
	[ "$n" -ge 5 ]
}

@test "as-forecast: what comes back every day is expected from the third day on" {
	days 5 1 >"$TMP/samples"
	expect 0 as-forecast -H 15m "$TMP/samples"
	# the first time it is a surprise; half an hour ahead nothing is expected
	[ "$(cpu 2026-03-01T11:50:00Z)" -lt 450 ]
	[ "$(cpu 2026-03-05T11:30:00Z)" -lt 450 ]
	[ "$(cpu 2026-03-05T11:50:00Z)" -gt 700 ]
	# with no period it is a surprise every day
	expect 0 as-forecast -H 15m -p 0 "$TMP/samples"
	[ "$(cpu 2026-03-05T11:50:00Z)" -lt 450 ]
	# and one of two hours is none of a day
	expect 0 as-forecast -H 15m -p 2h "$TMP/samples"
	[ "$(cpu 2026-03-05T11:50:00Z)" -lt 700 ]
}

@test "as-forecast: hi covers the share of errors that it is told to" {
	local share n below
	sh generate/stream 20000 1 >"$TMP/samples"
	for share in 0.5 0.9 0.985; do
		expect 0 as-forecast -H 75s -L 0 -Q $share "$TMP/samples"
		# what is 5 ticks ahead, for COUNT of now
		below=$(paste -d' ' "$TMP/out" "$TMP/samples" | awk '
			{
				split($4, cpu, "=")
				split($5, hi, "=")
				split($9, now, "=")
				load[NR] = $8 * now[2]
				high[NR] = $3 * hi[2]
			}
			NR > 1005 { n++; below += load[NR] <= high[NR - 5] + 1e-9 }
			END { printf "%d", below * 1000 / n }')
		echo "$share: $below"
		n=$(awk -v s=$share 'BEGIN { print s * 1000 }')
		[ "$below" -ge "${n%.*}" ] && [ "$below" -le 1000 ]
	done
	[ "$below" -ge 980 ]
}

@test "as-forecast: one app's forecasts do not depend on the others" {
	local app
	days 3 2 >"$TMP/all"
	as-forecast "$TMP/all" >"$TMP/together"
	for app in app-1 app-2; do
		grep " $app " "$TMP/all" >"$TMP/one"
		expect 0 as-forecast "$TMP/one"
		same "$(md5sum <<<"$out")" "$(grep " $app " "$TMP/together" | md5sum)"
		expect 0 as-forecast -a $app "$TMP/all"
		same "$(grep " $app " <<<"$out" | md5sum)" \
		    "$(grep " $app " "$TMP/together" | md5sum)"
		same "$(grep -v " $app " <<<"$out" | md5sum)" \
		    "$(grep -v " $app " "$TMP/all" | md5sum)"
	done
}

@test "as-forecast: past and input cut anywhere give the same forecasts (P6)" {
	local cut
	sh generate/random-stream 6000 3 >"$TMP/all"
	as-forecast "$TMP/all" >"$TMP/want"
	for cut in 40 1000 5000; do
		# ticks stay whole
		cut=$(awk -v at=$cut 'NR > at && $1 != last { print NR - 1; exit }
		    { last = $1 }' "$TMP/all")
		head -n "$cut" "$TMP/all" >"$TMP/past"
		expect 0 as-forecast -l "$TMP/past" < <(tail -n +$((cut + 1)) "$TMP/all")
		same "$(md5sum <<<"$out")" "$(tail -n +$((cut + 1)) "$TMP/want" | md5sum)"
	done
	# a log that holds the input already is cut there, one that is not yet is empty
	expect 0 as-forecast -l "$TMP/all" < <(tail -n +$((cut + 1)) "$TMP/all")
	same "$(md5sum <<<"$out")" "$(tail -n +$((cut + 1)) "$TMP/want" | md5sum)"
	expect 0 as-forecast -l "$TMP/none" "$TMP/all"
	same "$(md5sum <<<"$out")" "$(md5sum <"$TMP/want")"
	expect 74 as-forecast -l "$TMP" "$TMP/all" "$TMP/all"
	same "$out" ""
}

# bats test_tags=slow
@test "as-forecast: the same bytes in every locale and zone (P6)" {
	local want locale zone
	sh generate/random-stream 3000 5 >"$TMP/all"
	want=$(as-forecast "$TMP/all" | md5sum)
	a_locale
	for locale in C tr_TR.UTF-8; do
		for zone in UTC Asia/Kathmandu; do
			expect 0 env LOCPATH="$LOCPATH" LC_ALL=$locale \
			    TZ=$zone as-forecast "$TMP/all"
			same "$(md5sum <"$TMP/out")" "$want"
		done
	done
}

@test "as-forecast: each sample is answered before the next is read" {
	local answer pid
	coproc as-forecast
	pid=$COPROC_PID
	for second in 00 15 30; do
		echo "2026-11-23T17:41:${second}Z web 10 cpu=0.80" >&"${COPROC[1]}"
		read -r -t 5 answer <&"${COPROC[0]}"
		same "$answer" "2026-11-23T17:41:${second}Z web 10 cpu=0.800 hi=0.800"
	done
	eval "exec ${COPROC[1]}>&-"
	wait "$pid"
}

@test "as-forecast: a value that cannot be is told, 64" {
	local n=0 option value
	while read -r option value; do
		expect 64 as-forecast "$option" "$value" </dev/null
		has "$err" "as-forecast: error: option $option: "
		n=$((n + 1))
	done <<-END
		-H 0
		-H soon
		-H 31d
		-L -1
		-p 5m
		-p daily
		-Q 1
		-Q 98.5%
		-S 0
		-S nan
	END
	[ $n -eq 10 ]
	expect 64 as-forecast -p 1h -p 2h -p 3h -p 4h -p 5h </dev/null
	has "$err" "more than 4"
}

@test "as-forecast: a line that would grow over 64 KiB is skipped" {
	expect 65 as-forecast < <(
		printf '2026-11-23T17:41:00Z web 10 cpu=0.8'
		awk 'BEGIN { for (i = 0; i < 65; i++) printf " k%d=%01000d", i, 1 }'
		printf '\n2026-11-23T17:41:15Z web 10 cpu=0.8\n')
	same "$out" '2026-11-23T17:41:15Z web 10 cpu=0.800 hi=0.800'
	has "$err" '-:1: line leaves no room for a forecast'
}

@test "as-forecast: an app takes less than 20 kB" {
	[ -z "${SANITIZED-}" ] || skip "the sanitizers take memory of their own"
	expect 0 sh -c 'sh generate/stream 100000 1000 | (ulimit -v 23000; as-forecast) | tail -n 1'
	has "$out" "app-999 "
}

@test "as-forecast: in a loop with five minutes to start, a tenth of what is lost" {
	local naive ours
	awk 'BEGIN { for (i = 0; i < 600; i++)
		printf "2026-03-01T%02d:%02d:00Z web 0 demand=%.3f\n", i / 60, i % 60,
		    20 + 15 * sin(i / 25)
	}' >"$TMP/load"
	as-sim -q -L 300 -O "$TMP/load" \
	    -- as-decide -M 1000 -t 0.8 -- sh -c 'as-forecast -H 315 |
	    as-decide -M 1000 -o target.cpu=0.80 -o target.hi=1 -o tolerance_up=0 \
	    -o tolerance_down=0.05 -o down_window=120s -o up_policy=none -o down_policy=none' |
	    as-score >"$TMP/scores"
	cat "$TMP/scores"
	naive=$(sed -n 's/.* web:1 .* lost=\([0-9]*\)\.\(...\).*/\1\2/p' "$TMP/scores" | sed 's/^0*//')
	ours=$(sed -n 's/.* web:2 .* lost=\([0-9]*\)\.\(...\).*/\1\2/p' "$TMP/scores" | sed 's/^0*\(.\)/\1/')
	[ "$((ours * 10))" -lt "$naive" ]
}
