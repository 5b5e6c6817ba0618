# as-decide: the fold from samples to decisions
# P1 what is not understood is not decided: S2 S7 S8 S12 S22; also
#    faults/stream.bats, faults/control.bats
# P3 nothing is silent: S2 S4 S5 S7 S8 S9 S10 S12 S13 S15 S16 S22 S24
# P4 bounded: S5    P5 every byte was accepted: contract.bats, faults/system.bats
# P6 replay: S23 L10; also S17 S18 S21 in faults/stream.bats, L5 in faults/loop.bats

load helper

# samples N: N lines of three apps, a tick every 15 s, some without data
samples() {
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++) {
			s = int(i / 3) * 15
			r = (i * 7919 + int(i / 97) * 13) % 1000
			printf "2026-11-23T%02d:%02d:%02dZ app-%d ",
			    s / 3600 % 24, s / 60 % 60, s % 60, i % 3
			if (r % 29 == 0)
				print "- err=timeout"
			else if (r % 31 == 0)
				print 10 + int(i / 40) % 5, "rps=1523"
			else
				printf "%d cpu=%.3f\n", 10 + int(i / 40) % 5,
				    0.4 + r / 1200
		}
	}'
}

@test "as-decide: all cases of the HPA's own tests pass" {
	expect 0 conformance/run conformance/hpa-*.test
	same "$out" "202 passed, 0 failed"
}

@test "as-decide: Nomad's, Knative's and KEDA's own tests pass, or the README says why not" {
	expect 0 conformance/run conformance/{nomad,knative,keda}.test
	same "$out" "79 passed, 0 failed"
	same "$(awk '/^# differs: / { print id } { id = $2 }' conformance/*.test | sort)" \
	    "$(awk '/^## / { on = /Differences/ } on && $2 ~ /-[0-9]/ { print $2 }' \
	        conformance/README.md | sort)"
}

@test "as-decide: every golden case gives its bytes, messages and status" {
	local n=0 case args code
	for case in golden/decide/*.in; do
		case=${case%.in} args='' code=0
		[ ! -e "$case.args" ] || args=$(<"$case.args")
		[ ! -e "$case.code" ] || code=$(<"$case.code")
		eval "set -- $args"
		echo "$case"
		expect "$code" as-decide "$@" <"$case.in"
		same "$out" "$(<"$case.out")"
		[ -e "$case.err" ] && same "$err" "$(<"$case.err")"
		[ -e "$case.err" ] || same "$err" ""
		n=$((n + 1))
	done
	[ "$n" -ge 10 ]
}

@test "as-decide: the same bytes in every locale and zone (P6 S23)" {
	local want locale zone n=0
	samples 600 >"$TMP/samples.log"
	want=$(as-decide -x "$TMP/samples.log")
	a_locale
	for locale in C tr_TR.UTF-8 no_SUCH; do
		for zone in UTC Asia/Kathmandu NPT-5:45; do
			expect 0 env LOCPATH="$LOCPATH" LC_ALL=$locale \
			    TZ=$zone as-decide -x "$TMP/samples.log"
			same "$out" "$want"
			n=$((n + 1))
		done
	done
	[ $n -eq 9 ]
}

@test "as-decide: history and input cut anywhere give the same answers (P6 L10)" {
	local cut
	samples 240 >"$TMP/all"
	as-decide -x "$TMP/all" >"$TMP/want"
	for cut in 3 6 60 99 150 237; do
		head -n $cut "$TMP/all" >"$TMP/history"
		expect 0 as-decide -x -H "$TMP/history" \
		    < <(tail -n +$((cut + 1)) "$TMP/all")
		same "$out" "$(tail -n +$((cut + 1)) "$TMP/want")"
	done
}

# closed_loop DEMAND TICKS OPTION...: the counts asked for in a loop with a start-up
# of five minutes, where cpu is never over 1
closed_loop() {
	local demand=$1 ticks=$2 i at ready cpu answer decider
	local -a counts=()
	shift 2
	coproc as-decide -M 1000 "$@"
	decider=$COPROC_PID
	count=10
	for ((i = 0; i < ticks; i++)); do
		counts[i]=$count
		# least of what was asked for: nobody scales down here
		at=$((i >= 20 ? i - 19 : 0)) ready=${counts[at]}
		cpu=$((demand * 1000 / ready))
		printf '2026-11-23T%02d:%02d:%02dZ web %d cpu=%d.%03d\n' \
		    $((i / 240)) $((i / 4 % 60)) $((i % 4 * 15)) "$count" \
		    $((cpu >= 1000)) $((cpu >= 1000 ? 0 : cpu)) >&"${COPROC[1]}"
		read -r -t 5 _ _ answer _ <&"${COPROC[0]}"
		count=$answer
	done
	eval "exec ${COPROC[1]}>&-"
	wait "$decider"
}

@test "as-decide: what starts is not ordered again and again" {
	closed_loop 40 30		# 40 busy ones need 50
	[ "$count" -eq 1000 ]
	closed_loop 40 60 -o startup=5m -o saturation.cpu=0.95
	[ "$count" -ge 48 ] && [ "$count" -le 80 ]
}

# bats test_tags=slow
@test "as-decide: of a long history only the end is read, with the same answers (L10)" {
	local at time
	sh generate/stream 400000 2 >"$TMP/all"		# 35 days
	echo 'half a line (cut short)' >>"$TMP/half"
	for at in 10000 300001 399990; do
		head -n "$at" "$TMP/all" >"$TMP/history"
		cat "$TMP/half" >>"$TMP/history"
		tail -n +$((at + 1)) "$TMP/all" | head -n 1000 >"$TMP/input"
		expect 0 as-decide -x -H "$TMP/history" "$TMP/input"
		same "$(md5sum <<<"$out")" "$(as-decide -x <(head -n $((at + 1000)) "$TMP/all") |
		    tail -n +$((at + 1)) | md5sum)"
	done
	# a first line that would spoil it, if it were read
	time=$(head -n "$at" "$TMP/all" | tail -n 1 | cut -d' ' -f1)
	{ echo "$time app-0 77 cpu=0.1"; cat "$TMP/history"; } >"$TMP/spoilt"
	expect 0 as-decide -x -H "$TMP/spoilt" "$TMP/input"
	same "$(md5sum <<<"$out")" "$(as-decide -x -H "$TMP/history" "$TMP/input" | md5sum)"
}

@test "as-decide: a history that holds the input's first line already is cut there" {
	samples 60 >"$TMP/all"
	expect 0 as-decide -H "$TMP/all" < <(tail -n 3 "$TMP/all")
	same "$out" "$(as-decide "$TMP/all" | tail -n 3)"
}

@test "as-decide: a history that does not exist yet is an empty one" {
	expect 0 as-decide -H "$TMP/none" <<<'2026-11-23T17:41:00Z web 10 cpu=0.83'
	same "$out" '2026-11-23T17:41:00Z web 10 from=10 why=tolerance by=cpu'
}

@test "as-decide: one app's answers do not depend on the others" {
	local app
	samples 600 >"$TMP/all"
	as-decide "$TMP/all" >"$TMP/together"
	for app in app-0 app-1 app-2; do
		grep " $app " "$TMP/all" >"$TMP/one"
		expect 0 as-decide "$TMP/one"
		same "$out" "$(grep " $app " "$TMP/together")"
		expect 0 as-decide -a $app "$TMP/all"
		same "$out" "$(grep " $app " "$TMP/together")"
	done
}

@test "as-decide: -1 prints each app's last decision alone" {
	samples 300 >"$TMP/all"
	expect 0 as-decide -1 "$TMP/all"
	same "$out" "$(as-decide "$TMP/all" | tail -n 3)"
	expect 0 as-decide -1 </dev/null
	same "$out" ""
}

@test "as-decide: each sample is answered before the next is read" {
	local answer decider
	coproc as-decide
	decider=$COPROC_PID
	for count in 10 11 12; do
		echo "2026-11-23T17:41:${count}Z web $count cpu=0.80" >&"${COPROC[1]}"
		read -r -t 5 answer <&"${COPROC[0]}"
		same "$answer" "2026-11-23T17:41:${count}Z web $count from=$count why=tolerance by=cpu"
	done
	eval "exec ${COPROC[1]}>&-"
	wait "$decider"
}

@test "as-decide: settings are checked before anything is read (S25 C1 C14)" {
	local n=0 setting
	while read -r setting; do
		expect 78 as-decide -o "$setting" <<<'2026-11-23T17:41:00Z web 10 cpu=1'
		same "$out" ""
		has "$err" "as-decide: error: *${setting%%=*}"
		n=$((n + 1))
	done <<-END
		target=0
		target=-1
		target=nan
		target=80%
		tolerance=-1
		tolerance=0,1
		min=1e3
		min=101
		max=0x32
		max=50 replicas
		max=2147483648
		up_policy=4/0s
		up_policy=4
		up_policy=0%/15s
		down_policy=50%60s
		down_window=31d
		down_window=5 m
		up_select=both
		zero=yes
		fallback=3
		fallback=0:5
		fallback=3:5:up
		missing.rps=3
		saturation.rps=3
		saturation.cpu=0
		saturation.cpu=0.8
		startup=soon
		idle=soon
		idle=5m
		activation.cpu=-1
		activation.rps=3
		step.cpu=
		step.cpu=>0.9
		step.cpu=0.9:+3
		step.cpu=>x:+3
		step.cpu=>-1:+3
		step.cpu=>=:+3
		step.cpu=>0.9:3
		step.cpu=>0.9:=
		step.cpu=>0.9:=5%
		range.cpu=1
		range.cpu=2..1
		sustain.cpu=0/3
		sustain.cpu=4/3
		sustain.cpu=1/33
		fallback.cpu=3
		fallback.cpu=0s:3
		fallback.cpu=1m:x
		panic=6s
		panic=6s:200%
		multiple=0
		multiple=101
		idle_count=-1
		forget=soon
		schedule=Mon min=x
		step.cpu=>0.9:+
		step.cpu=>0.9:+%
		step.cpu=>0.9:+0
		step.cpu=>0.9:+1.5
		step.cpu=>0.9:+3x
		step.cpu=>0.9:-3
		step.cpu=<0.9:+3
		step.cpu=>0.9:+3,>1:+5
		step.cpu=>0.9:+3 >=0.9:+5
		step.cpu=>0.3:+3 <0.9:-1
		step.cpu=>=0.9:+3 <=0.9:-1
		step.cpu=>1:+1 >2:+1 >3:+1 >4:+1 >5:+1 >6:+1 >7:+1 >8:+1 >9:+1 >10:+1 >11:+1 >12:+1 >13:+1 >14:+1 >15:+1 >16:+1 >17:+1
		no_such_key=1
		target.=1
	END
	[ $n -eq 69 ]
}

@test "as-decide: a metric cannot be named by a word that lines use for something else" {
	local word key value
	for word in ready unready missing min max err from until why by ratio raw window \
	    limit applied http since ready.cpu unready.cpu missing.cpu err.0 raw.cpu until.0; do
		expect 78 as-decide -o "target.$word=1" <<<'2026-11-23T17:41:00Z web 10 cpu=1'
		same "$err" "as-decide: error: -o target.$word=1: has a metric name that means something else in a line"
	done
	while read -r key value; do
		printf '[default]\n%s.until = %s\n' "$key" "$value" >"$TMP/as.conf"
		expect 78 as-decide -c "$TMP/as.conf" <<<'2026-11-23T17:41:00Z web 10 cpu=1'
		same "$err" "as-decide: error: $TMP/as.conf:2: $key.until: has a metric name that means something else in a line"
	done <<-END
		target 1
		total 1
		value 1
		step >1:+1
		activation 1
		fallback 5m:1
		missing 1
		range 0..1
		saturation 2
		sustain 1/2
	END
	# names that only begin or end alike
	expect 0 as-decide -o target.readyness=1 -o total.min_queue=1 -o value.a.err=1 </dev/null
}

@test "as-decide: settings that do not go together are refused (S25)" {
	local n=0 why settings
	while IFS=: read -r why settings; do
		# shellcheck disable=SC2086 # words
		expect 78 as-decide $settings </dev/null
		has "$err" "as-decide: error: $why"
		n=$((n + 1))
	done <<-END
		saturation.cpu:-o step.cpu=>1:+1 -o saturation.cpu=2
		missing.cpu:-o step.cpu=>1:+1 -o missing.cpu=2
		idle_count:-o idle=5m -o activation.cpu=0.1 -o idle_count=2 -o zero=ok
		idle:-o idle=5m -o zero=ok
		activation.q:-o idle=5m -o min=0 -o total.q=10 -o activation.q=0
	END
	[ $n -eq 5 ]
}

@test "as-decide: a mistyped key is told with the right one (C1)" {
	expect 78 as-decide -o mx=50
	same "$err" "as-decide: error: -o mx=50: unknown key, did you mean max?"
	expect 78 as-decide -o down_windw=5m
	has "$err" "did you mean down_window?"
	expect 78 as-decide -o quite_other=5m
	has "$err" "unknown key"
}

@test "as-decide: empty input is no error (S1)" {
	expect 0 as-decide </dev/null
	same "$out$err" ""
}

@test "as-decide: a last line without its end is not decided (S2)" {
	expect 65 as-decide < <(printf '2026-11-23T17:41:00Z web 10 cpu=0.8\n2026-11-23T17:41:15Z web 1')
	same "$out" '2026-11-23T17:41:00Z web 10 from=10 why=tolerance by=cpu'
	same "$err" 'as-decide: error: -:2: incomplete line (did its writer die?): line skipped: "2026-11-23T17:41:15Z web 1"'
}

@test "as-decide: CR LF ends a line and is not echoed (S3)" {
	expect 0 as-decide < <(printf '2026-11-23T17:41:00Z web 10 cpu=0.8\r\n')
	same "$out" '2026-11-23T17:41:00Z web 10 from=10 why=tolerance by=cpu'
}

@test "as-decide: a line over 64 KiB is skipped, the next one is read (S5)" {
	local size
	for size in 65535 65536 1000000 5000000; do
		expect 65 as-decide < <(
			printf '2026-11-23T17:41:00Z web 10 cpu=0.8 long='
			head -c $size /dev/zero | tr '\0' x
			printf '\n2026-11-23T17:41:15Z web 10 cpu=0.8\n')
		same "$out" '2026-11-23T17:41:15Z web 10 from=10 why=tolerance by=cpu'
		has "$err" '-:1: line is over 64 KiB: line skipped'
	done
}

@test "as-decide: a line without end takes no memory (S5)" {
	[ -z "${SANITIZED-}" ] || skip "the sanitizers take memory of their own"
	expect 65 sh -c 'ulimit -v 20000; head -c 300000000 /dev/zero | tr "\0" x | as-decide'
	has "$err" 'incomplete line'
}

# skipped LINE...: each is told as line 1 and skipped, the good one answered
skipped() {
	local line
	for line; do
		expect 65 as-decide < <(printf '%b\n' "$line"
			echo '2026-11-23T17:41:15Z web 10 cpu=0.8')
		same "$out" '2026-11-23T17:41:15Z web 10 from=10 why=tolerance by=cpu'
		has "$err" 'as-decide: error: -:1: '
		same "$(wc -l <"$TMP/err")" 1
	done
}

@test "as-decide: a NUL byte in a line (S4)" {
	skipped '2026-11-23T17:41:00Z web 10 cpu=0.8\0' '2026-11-23T17:41:00Z w\0eb 10 cpu=0.8'
}

@test "as-decide: wrong fields, HTML, JSON, noise (S7)" {
	skipped 'web' '2026-11-23T17:41:00Z' '2026-11-23T17:41:00Z web' \
	    '2026-11-23T17:41:00Z web 10 cpu' '2026-11-23T17:41:00Z web 10 =1' \
	    '<html><body>502 Bad Gateway' '{"cpu": {"highPriority": 0.68}}' \
	    '\0377\0376\0001\0002' '2026-11-23T17:41:00Z web 10 CPU=1' \
	    '2026-11-23T17:41:00Z web 10 cpu=0.8 (cut short)'
}

@test "as-decide: COUNT is a plain number (S8)" {
	local count
	for count in 1e1 0x10 ٣ +5 007 10.0 -1 12345678901234567890 2147483648 --; do
		skipped "2026-11-23T17:41:00Z web $count cpu=0.8"
	done
}

@test "as-decide: a metric that is no number is missing, and told (S9)" {
	local value
	for value in nan NaN inf -0.5 1e999 0,83 0x1p3 . 5. .e1 .5. ..5 1e 1.2.3 0.8x +1; do
		expect 0 as-decide <<<"2026-11-23T17:41:00Z web 10 cpu=$value"
		same "$out" '2026-11-23T17:41:00Z web 10 from=10 why=no-data by=cpu'
		has "$err" 'as-decide: warning: web: cpu: '
	done
	skipped '2026-11-23T17:41:00Z web 10 cpu='
}

@test "as-decide: a number may begin with its point, in a sample and in a policy" {
	local value
	for value in .99 0.99 .99e0 9.9e-1 .99000000000000000000; do
		expect 0 as-decide -t .9 <<<"2026-11-23T17:41:00Z web 10 cpu=$value"
		same "$out" '2026-11-23T17:41:00Z web 10 from=10 why=tolerance by=cpu'
		expect 0 as-decide -t "$value" <<<'2026-11-23T17:41:00Z web 10 cpu=.9'
		same "$out" '2026-11-23T17:41:00Z web 10 from=10 why=tolerance by=cpu'
		expect 0 as-decide -t .8 <<<"2026-11-23T17:41:00Z web 10 cpu=$value"
		same "$out" '2026-11-23T17:41:00Z web 13 from=10 why=target by=cpu'
	done
	expect 78 as-decide -t . <<<'2026-11-23T17:41:00Z web 10 cpu=.9'
}

@test "as-decide: a KEY that stands twice (S10), also among very many" {
	skipped '2026-11-23T17:41:00Z web 10 cpu=0.8 rps=1 cpu=0.9'
	skipped "2026-11-23T17:41:00Z web 10 $(seq -f 'k%.0f=1' 9000 | tr '\n' ' ')k77=1"
}

@test "as-decide: APP has a strict grammar (S12)" {
	local app
	for app in a/b .. a..b %0d%0a 'a;b' 'a`b' -web :web wéb '*' "$(printf 'a%.0s' {1..128})"; do
		skipped "2026-11-23T17:41:00Z $app 10 cpu=0.8"
	done
	expect 0 as-decide <<<"2026-11-23T17:41:00Z $(printf 'a%.0s' {1..127}) 10 cpu=0.8"
}

@test "as-decide: TIME is a real instant with a zone (S13)" {
	local time
	for time in 2026-02-30T00:00:00Z 2025-02-29T00:00:00Z 2026-11-23T24:00:00Z \
	    10000-01-01T00:00:00Z 2026-11-23T17:41:00 2026-11-23 1795455660 \
	    2026-11-23T17:60:00Z 2026-13-01T00:00:00Z 2026-11-23T17:41:00+24:00 \
	    2026-11-23T17:41:00.Z 9999-12-31T23:59:59-01:00 1969-12-31T23:59:59Z; do
		skipped "$time web 10 cpu=0.8"
	done
}

@test "as-decide: offsets become UTC, a fraction stays, a leap second is the next (S13 S14)" {
	expect 0 as-decide <<-END
		2024-02-29T05:45:00+05:45 a 10 cpu=0.8
		2026-11-23T17:41:00.5Z a 10 cpu=0.8
		2026-11-23T17:41:00.123456-07:00 b 10 cpu=0.8
		2026-12-31t23:59:60z c 10 cpu=0.8
	END
	same "$(cut -d' ' -f1,2 <<<"$out")" "2024-02-29T00:00:00Z a
2026-11-23T17:41:00.500Z a
2026-11-24T00:41:00.123Z b
2027-01-01T00:00:00Z c"
}

@test "as-decide: a TIME means the same whatever TIME was before it (S13)" {
	local h=2026-11-23T17 times first second n=0
	times=($h:41:00Z $h:00:00Z $h:59:59Z $h:41:60Z $h:60:00Z $h:4/:00Z
	    $h:41:0:Z $h:41-00Z $h:41:00z $h:41:00.5Z $h:41:00+00:00
	    $h:41:00-01:00 $h:41:00 ${h/T/t}:42:00Z 2026-11-23T18:41:07Z $h:5 $h:41:00Z5)
	for first in "${times[@]}"; do
		for second in "${times[@]}"; do
			n=$((n + 1))
			printf '%s x-%d 1\n%s y-%d 1\n' \
			    "$first" $n "$second" $n >>"$TMP/same"
			printf '%s x-%d 1\n%s y-%d 1\n' \
			    1999-01-01T00:00:00Z $n "$second" $n >>"$TMP/other"
		done
	done
	expect 65 as-decide <"$TMP/other"
	grep ' y-' <<<"$out"$'\n'"$err" >"$TMP/want"
	expect 65 as-decide <"$TMP/same"
	same "$(grep ' y-' <<<"$out"$'\n'"$err")" "$(<"$TMP/want")"
	[ "$(grep -c 'from=1' "$TMP/want")" -eq $((10 * 17)) ]
	# a TIME without APP is no TIME
	expect 65 as-decide <<<"$h:41:00Z a 1
2026-11-23T19:41:00Z
$h:42:00Z a 1
2026-11-23T18:00:00Z a 1"
	same "$(wc -l <<<"$out")" 3
}

@test "as-decide: -x explains a decision, and changes none" {
	local keys plain n=0
	sh generate/stream 4000 20 >"$TMP/stream"
	awk 'BEGIN { for (i = 0; i < 720; i++)
		printf "2026-11-23T%02d:%02d:%02dZ big 400 cpu=%.3f\n",
		    i / 240, i / 4 % 60, i % 4 * 15, 0.2 + i / 500 }' >>"$TMP/stream"
	for keys in target=0.8 'target=0.8 max=999 up_policy=3/15s|15%/30s' \
	    'target=0.6 up_policy=9/15s|40%/30s up_select=min' \
	    'target=0.6 up_policy=13%/15s up_select=min' 'target=0.5 up_policy=none' \
	    'target=0.4 up_policy=90%/15s' 'target=0.7 up_select=off' \
	    'target=0.5 multiple=4' 'target=0.6 up_cooldown=45s max=15' \
	    'target=1.2 range.cpu=0..10 down_window=0s down_policy=3/60s|20%/60s max=999' \
	    'target=1.5 range.cpu=0..9 down_window=0s down_policy=4/15s|40%/15s down_select=min' \
	    'target=1.3 range.cpu=0..10 down_window=30s down_select=off' \
	    'target=1.5 range.cpu=0..10 down_window=0s down_policy=33%/15s min=8'; do
		read -ra keys <<<"$keys"
		keys=("${keys[@]//|/ }")
		plain=$(as-decide "${keys[@]/#/-o}" "$TMP/stream")
		expect 0 as-decide -x "${keys[@]/#/-o}" "$TMP/stream"
		same "$(sed 's/ ratio=.*//' <<<"$out")" "$plain"
		n=$((n + 1))
	done
	[ $n -eq 13 ]
}

@test "as-decide: what is older than 49 days does not seem young again" {
	expect 0 as-decide -x -o down_window=30d -o max_gap=30d \
	    -o down_policy=none <<-'END'
	2026-01-01T00:00:00Z web 20 cpu=0.8
	2026-01-30T00:00:00Z web 20 cpu=0.2
	2026-02-28T00:00:00Z web 20 cpu=0.2
	END
	has "$out" '2026-02-28T00:00:00Z web 5 from=20 why=target by=cpu*window=5..5'
}

@test "as-decide: a usable reading ends a row of unreadable ones, among many apps" {
	awk 'BEGIN { for (t = 0; t < 8; t++)
		for (i = 0; i < 40; i++)
			printf "2026-11-23T17:%02d:00Z a-%d 10%s\n", t, i,
			    i == 7 && t % 2 ? "" : " cpu=0.8" }' >"$TMP/stream"
	expect 0 as-decide -o fallback=2:20 "$TMP/stream"
	has "$out" ' a-7 10 from=10 why=no-data by=cpu*'
	[[ $out != *why=fallback* ]]
}

@test "as-decide: an app's TIME must grow (S15 S16)" {
	expect 65 as-decide <<-END
		2026-11-23T17:41:00Z web 10 cpu=0.8
		2026-11-23T17:41:00Z web 10 cpu=2
		2026-11-23T16:41:00Z web 10 cpu=2
		2026-11-23T16:41:00Z other 10 cpu=0.8
		2026-11-23T17:41:15Z web 10 cpu=0.8
	END
	same "$(wc -l <<<"$out")" 3
	has "$err" '-:2: TIME is the same as the app'
	has "$err" '-:3: TIME is before the app'
}

@test "as-decide: a decision is not a sample (S22)" {
	skipped '2026-11-23T17:41:00Z web 11 from=10 why=target by=cpu'
}

@test "as-decide: huge counts saturate (S24)" {
	expect 0 as-decide -o target=0.000000001 -o up_policy=none -M 2147483647 \
	    <<<'2026-11-23T17:41:00Z web 999999999 cpu=100'
	same "$out" '2026-11-23T17:41:00Z web 2147483647 from=999999999 why=target by=cpu'
}

@test "as-decide: a line is too long or not, whatever it holds and however it arrives (S5)" {
	local first spaces
	printf -v spaces '%70000s' ''
	for first in "#$spaces" "$spaces" "$spaces#" "2026-11-23T17:41:00Z web 10${spaces:0:65507} "$'\r'; do
		printf '%s\n2026-11-23T17:41:15Z web 10 cpu=0.8\n' "$first" >"$TMP/in"
		expect 65 as-decide "$TMP/in"
		same "$out" '2026-11-23T17:41:15Z web 10 from=10 why=tolerance by=cpu'
		has "$err" ':1: line is over 64 KiB: line skipped'
		expect 65 as-decide < <(head -c 66000 "$TMP/in"; tail -c +66001 "$TMP/in")
		has "$err" ':1: line is over 64 KiB: line skipped'
	done
}

# marked: a stream with comments of all kinds
marked() {
	printf '%s\n' '# settings 1f2e 0.1.0' '2026-11-23T17:41:00Z web 10 cpu=0.99' \
	    '2026-11-23T17:41:00Z api - err=timeout' '# tick 2026-11-23T17:41:00Z' \
	    '' '2026-11-23T17:41:15Z web 13 cpu=0.8' $'\t # with a tab and CR\r' '#'
}

@test "as-decide: comments pass in their place, so a replay has the same marks (P6)" {
	marked >"$TMP/in"
	expect 0 as-decide "$TMP/in"
	same "$out" '# settings 1f2e 0.1.0
2026-11-23T17:41:00Z web 13 from=10 why=target by=cpu
2026-11-23T17:41:00Z api - from=- why=no-data
# tick 2026-11-23T17:41:00Z
2026-11-23T17:41:15Z web 13 from=13 why=tolerance by=cpu
'$'\t # with a tab and CR\r\n#'
	cp "$TMP/out" "$TMP/first"
	expect 0 as-decide -a api "$TMP/in"
	same "$(grep -vc '#' <<<"$out")" 1
	same "$(grep '#' "$TMP/out")" "$(grep '#' "$TMP/first")"
	# byte by byte, however the input is cut
	expect 0 as-decide < <(while IFS= read -rN1 c; do printf %s "$c"; done <"$TMP/in")
	cmp "$TMP/out" "$TMP/first"
	# one without end may be half of one; its writer died
	printf '# ti' >>"$TMP/in"
	expect 65 as-decide "$TMP/in"
	cmp "$TMP/out" "$TMP/first"
	has "$err" ':9: incomplete line'
}

@test "as-decide: a mark goes out with the decisions before it, while input is awaited" {
	mkfifo "$TMP/in"
	as-decide <"$TMP/in" >"$TMP/out" 2>&1 3>&- &
	exec 4>"$TMP/in"
	marked >&4
	until_true has_lines "$TMP/out" 7
	same "$(tail -n 1 "$TMP/out")" '#'
	exec 4>&-
	wait $!
}

@test "as-decide: -1 prints no comments, and none comes from -H" {
	marked >"$TMP/in"
	expect 0 as-decide -1 "$TMP/in"
	same "$out" '2026-11-23T17:41:15Z web 13 from=13 why=tolerance by=cpu
2026-11-23T17:41:00Z api - from=- why=no-data'
	expect 0 as-decide -H "$TMP/in" <<<'2026-11-23T17:41:30Z web 13 cpu=0.8'
	same "$out" '2026-11-23T17:41:30Z web 13 from=13 why=tolerance by=cpu'
}

@test "as-decide: blanks and unknown keys are passed over (S6 S11)" {
	expect 0 as-decide < <(printf '\n  \t\n2026-11-23T17:41:00Z \t web   10\tcpu=0.8 zone=eu-1a  \n')
	same "$out" '2026-11-23T17:41:00Z web 10 from=10 why=tolerance by=cpu'
}

@test "as-decide: a file that cannot be read is told, the others are decided" {
	echo '2026-11-23T17:41:00Z web 10 cpu=0.8' >"$TMP/good"
	expect 74 as-decide "$TMP/none" "$TMP/good"
	same "$out" '2026-11-23T17:41:00Z web 10 from=10 why=tolerance by=cpu'
	has "$err" "as-decide: error: $TMP/none: No such file"
}

@test "as-decide: a history that cannot be read gives no decision, and is told" {
	local sample='2026-11-23T17:41:00Z web 10 cpu=1'
	expect 74 as-decide -q -H "$TMP" <<<"$sample"
	same "$out" ""
	# nor has the next file another state to be decided with
	expect 74 as-decide -q -H "$TMP" - <(echo "$sample") <<<"$sample"
	same "$out" ""
	has "$err" "as-decide: error: $TMP: read: Is a directory"
}

@test "as-decide: a history that is a named pipe or a device is refused at start" {
	mkfifo "$TMP/fifo"
	for file in "$TMP/fifo" /dev/zero; do
		expect 64 timeout 5 as-decide -H "$file" <<<'2026-11-23T17:41:00Z web 10 cpu=1'
		same "$out$err" "as-decide: error: option -H: \"$file\" is not a regular file (see as-decide --help)"
		expect 64 timeout 5 as-forecast --history "$file" <<<'2026-11-23T17:41:00Z web 10 cpu=1'
		same "$out$err" "as-forecast: error: option --history: \"$file\" is not a regular file (see as-forecast --help)"
	done
	# a pipe that the shell has opened is no such thing
	expect 0 as-decide -H <(echo '2026-11-23T17:40:45Z web 10 cpu=1') <<<'2026-11-23T17:41:00Z web 10 cpu=0.1'
	has "$out" 'web 10 from=10 why=stabilized'
	expect 0 as-forecast --history <(echo '2026-11-23T17:40:45Z web 10 cpu=1') <<<'2026-11-23T17:41:00Z web 10 cpu=0.1'
}

@test "as-decide: a metric that is gone keeps the count up: a warning each hour (X3)" {
	awk 'BEGIN {
		for (i = 0; i <= 130; i++)
			printf "2026-11-23T%02d:%02d:00Z web 20 cpu=0.1\n",
			    10 + int(i / 60), i % 60
	}' >"$TMP/in"
	expect 0 as-decide -o target.cpu=0.8 -o total.queue=10 "$TMP/in"
	same "$err" 'as-decide: warning: web: queue: not in the sample, the count is held
as-decide: warning: web: queue: not usable for 60 min: the count cannot go down (fallback.queue would let it)
as-decide: warning: web: queue: not usable for 120 min: the count cannot go down (fallback.queue would let it)'
	expect 0 as-decide -o target.cpu=0.8 -o total.queue=10 \
	    -o fallback.queue=5m:6 "$TMP/in"
	[[ $err != *'cannot go down'* ]]
	same "$(tail -n 1 <<<"$out")" \
	    '2026-11-23T12:10:00Z web 10 from=20 why=rate by=queue'
}

@test "as-decide: of two ticks with one TIME the second one costs itself alone" {
	# two as-loop -1 in one second: the log has both, -H ends with the second
	local sample='2026-11-23T17:41:00Z web 10 cpu=1.6'
	printf '%s\n' "$sample" "$sample" >"$TMP/log"
	expect 65 as-decide -H "$TMP/log" <<<"$sample"
	same "$out" ''
	has "$err" 'TIME is the same'
	expect 65 as-decide "$TMP/log"
	same "$out" '2026-11-23T17:41:00Z web 20 from=10 why=target by=cpu'
}

@test "as-decide: apps that are not seen for a day leave the memory (X20)" {
	[ -z "${SANITIZED-}" ] || skip "the sanitizers take memory of their own"
	# 5,000 new names an hour, for four days
	awk 'BEGIN {
		for (hour = 0; hour < 96; hour++)
			for (i = 0; i < 5000; i++)
				printf "2026-11-%02dT%02d:00:00Z app-%d 5 cpu=0.8\n",
				    20 + int(hour / 24), hour % 24,
				    hour * 5000 + i
	}' >"$TMP/in"
	# shellcheck disable=SC2016 # the other shell's
	expect 0 bash -c 'ulimit -v 45000; exec as-decide -o max_gap=1h \
	    -o forget=2h "$1" >"$1.out"' - "$TMP/in"
	same "$(wc -l <"$TMP/in.out")" 480000
	# and so where globs give the settings
	printf '%s\n' '[default]' 'max_gap = 1h' 'forget = 2h' '[app app-*]' 'max = 9' >"$TMP/as.conf"
	# shellcheck disable=SC2016 # the other shell's
	expect 0 bash -c 'ulimit -v 30000; exec as-decide -c "$1" "$2" >"$2.globs"' \
	    - "$TMP/as.conf" "$TMP/in"
	cmp "$TMP/in.out" "$TMP/in.globs"
	# where they conflict, no name is kept
	printf '%s\n' '[app app-*]' 'max = 9' '[app *0]' 'min = 10' >"$TMP/as.conf"
	sed -i 's/ 5 cpu/0 5 cpu/' "$TMP/in"
	# shellcheck disable=SC2016 # the other shell's
	expect 65 bash -c 'ulimit -v 30000; exec as-decide -qc "$1" "$2" 2>"$2.err"' \
	    - "$TMP/as.conf" "$TMP/in"
	same "$out$(wc -l <"$TMP/in.err")" 480000
	# and no name whose samples are refused is kept
	sed -i 's/ cpu=0.8$/ from=5/' "$TMP/in"
	# shellcheck disable=SC2016 # the other shell's
	expect 65 bash -c 'ulimit -v 30000; exec as-decide -q "$1" 2>"$1.err"' - "$TMP/in"
	same "$out$(wc -l <"$TMP/in.err")" 480000
	# and an app that was forgotten is as at first sight
	expect 0 as-decide -o max_gap=30m -o forget=1h <<-END
	2026-11-23T10:00:00Z web 10 cpu=0.4
	2026-11-23T10:20:00Z api 10 cpu=0.8
	2026-11-23T10:40:00Z api 10 cpu=0.8
	2026-11-23T11:00:00Z api 10 cpu=0.8
	2026-11-23T09:00:00Z web 10 cpu=0.4
	END
	has "$out" '2026-11-23T09:00:00Z web 10 from=10 why=stabilized'
}

@test "as-decide: a history of several files, oldest first" {
	samples 60 >"$TMP/all"
	head -n 30 "$TMP/all" >"$TMP/log.1"
	sed -n '31,59p' "$TMP/all" >"$TMP/log"
	tail -n 1 "$TMP/all" >"$TMP/in"
	expect 0 as-decide -x -H "$TMP/none" -H "$TMP/log.1" -H "$TMP/log" "$TMP/in"
	same "$out" "$(as-decide -x "$TMP/all" | tail -n 1)"
}

@test "as-decide: sustain.NAME = 1/1 is as without it, beside other rules too" {
	expect 0 as-decide -o sustain.cpu=1/1 -o fallback.cpu=1m:3 \
	    <<<'2026-11-23T17:41:00Z web 10 cpu=1.6'
	same "$out" '2026-11-23T17:41:00Z web 20 from=10 why=target by=cpu'
}

@test "as-decide: an app that two globs with crossing bounds fit is refused alone (X19)" {
	printf '[app a*]\nmin = 50\n[app *b]\nmax = 20\n' >"$TMP/as.conf"
	expect 65 as-decide -c "$TMP/as.conf" <<-'END'
	2026-11-23T17:41:00Z ab 10 cpu=0.8
	2026-11-23T17:41:00Z ac 10 cpu=0.8
	2026-11-23T17:41:15Z ab 10 cpu=0.8
	END
	same "$out" '2026-11-23T17:41:00Z ac 50 from=10 why=min'
	same "$err" \
'as-decide: error: -:1: its settings conflict: min is greater than max: line skipped: "ab"
as-decide: error: -:3: its settings conflict: min is greater than max: line skipped: "ab"'
}
