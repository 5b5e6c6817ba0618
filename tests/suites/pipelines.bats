# pipelines: the small scripts of examples/pipelines do what their heads say

load helper

PATH=$BATS_TEST_DIRNAME/../../examples/pipelines:$PATH

setup() {
	cd "$TMP" || return
	printf '[default]\ntarget = %s\nschedule = 18:00-19:00 max=12\n' 0.8 >a.conf
	printf '[default]\ntarget = %s\ndown_window = 60s\n' 0.6 >b.conf
	printf '[default]\ntarget = %s\nmax = 11\n' 0.7 >c.conf
	cat >samples.log <<-'END'
	2026-11-23T17:41:00Z web 10 cpu=0.97
	2026-11-23T17:41:00Z api 4 cpu=0.60
	2026-11-23T17:41:15Z web - err=timeout
	2026-11-23T17:41:15Z api 4 cpu=0.80
	2026-11-23T18:00:00Z web 12 cpu=0.97
	2026-11-23T18:00:00Z api 4 cpu=0.80
	END
}

teardown() {
	stop_app
}

# ticks N: N samples of web, 15 s apart, up and down
ticks() {
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++)
		printf "2026-11-23T%02d:%02d:%02dZ web 10 cpu=%.3f\n", 8 + i / 240,
		    i / 4 % 60, i % 4 * 15, 0.75 + 0.24 * sin(i / 20)
	}'
}

@test "pipelines: each without its operands tells how to use it, 64" {
	local tool n=0
	for tool in policy-diff shadow targets incident rehearse vote; do
		expect 64 $tool </dev/null
		has "$err" "usage: "
		has "$err" "$tool "
		expect 0 $tool --help
		has "$out" "$tool - *usage: "
		n=$((n + 1))
	done
	set -- "$BATS_TEST_DIRNAME"/../../examples/pipelines/*
	[ $# -eq $((n + 1)) ]
}

@test "pipelines: policy-diff tells each decision that differs, and how many" {
	expect 0 policy-diff a.conf b.conf samples.log
	same "$out" "2026-11-23T17:41:00Z web from=10 13 (target) -> 17 (target)
2026-11-23T17:41:15Z api from=4 4 (tolerance) -> 6 (target)
2026-11-23T18:00:00Z web from=12 12 (max) -> 20 (target)
2026-11-23T18:00:00Z api from=4 4 (tolerance) -> 6 (target)
# api: 2 of 3 decisions differ, mean 4.00 -> 5.33
# web: 2 of 2 decisions differ, mean 12.50 -> 18.50"
	expect 0 policy-diff a.conf a.conf samples.log
	same "$out" "# api: 0 of 3 decisions differ, mean 4.00 -> 4.00
# web: 0 of 2 decisions differ, mean 12.50 -> 12.50"
	expect 78 policy-diff a.conf none samples.log
	expect 74 policy-diff a.conf b.conf none
	expect 65 policy-diff a.conf b.conf <(cat samples.log; echo nonsense)
}

@test "pipelines: a shadow sees all samples, and the live policy goes on without it" {
	local live
	live=$(as-schedule -c a.conf samples.log | as-decide -c a.conf)
	expect 0 shadow a.conf b.conf decisions <samples.log
	same "$out" "$live"
	same "$(cat decisions)" "$(as-decide -c b.conf samples.log)"
	# what the shadow writes to is full: it dies, and nobody waits for it
	ln -s /dev/full full
	sh "$BATS_TEST_DIRNAME/../generate/stream" 50000 10 >many
	expect 0 timeout 20 shadow a.conf b.conf full <many
	same "$(md5sum <<<"$out")" "$(as-schedule -c a.conf many | as-decide -c a.conf | md5sum)"
	has "$(cat full.err)" "stdout: No space left"
	# without the live one it ends
	expect 141 timeout 20 bash -c 'set -o pipefail
	    awk "BEGIN { for (;;) printf \"2026-11-23T17:41:00Z app-%d 5 cpu=0.9\\n\", i++ }" |
	    shadow a.conf b.conf decisions | head -n 1'
	# with settings that are none nothing begins
	expect 78 shadow a.conf none decisions <samples.log
	same "$out" ""
}

@test "pipelines: approve passes on what is agreed to, all else stays as it is" {
	as-decide -c b.conf samples.log >wanted
	printf '%s\n' y n '' yes >answers
	expect 0 approve answers <wanted
	same "$out" "2026-11-23T17:41:00Z web 17 from=10 why=target by=cpu
2026-11-23T17:41:00Z api 4 from=4 why=tolerance by=cpu
2026-11-23T17:41:15Z web - from=- why=no-data
2026-11-23T17:41:15Z api 4 from=4 why=denied
2026-11-23T18:00:00Z web 12 from=12 why=denied
2026-11-23T18:00:00Z api 6 from=4 why=target by=cpu"
	has "$err" 'web: 10 -> 17 (target by=cpu)? \[y/N] api: 4 -> 6 '
	# nobody is there
	expect 0 approve /dev/null <wanted
	same "$(grep -c denied <<<"$out")" 4
	# and by the terminal that there is
	expect 0 timeout 10 script -qec 'approve <wanted >agreed' /dev/null < \
	    <(printf 'y\ny\ny\ny\n')
	same "$(cat agreed)" "$(cat wanted)"
}

@test "pipelines: what is denied is not ordered" {
	local answer
	start_app --replicas 5
	for answer in n y; do
		echo $answer >answers
		expect 0 sh -c "as-fetch $status_url | as-decide | approve answers 2>/dev/null |
		    as-apply -o status_url=$status_url $replicas_url"
		same "$answer $(puts)" "$([ $answer = n ] && echo n 0 || echo y 1)"
	done
}

@test "pipelines: targets shows the price of each" {
	ticks 240 >day
	expect 0 targets day 0.9 0.6
	same "$(awk '{ print $1, $2 }' <<<"$out")" 'app target
web 0.9
web 0.6
web oracle'
	# the lower one costs more
	awk '{ share[$2] = $4 } END { exit !(share["0.6"] > share["0.9"] && share["oracle"] == 1) }' \
	    <<<"$out"
	expect 0 targets day 0.7
	same "$(awk '{ print $2 }' <<<"$out" | paste -sd ' ')" 'target 0.7 oracle'
	expect 74 targets none 0.7
	same "$out" ""
	expect 69 targets day 0.7 nonsense
}

@test "pipelines: an incident becomes a golden pair, with the history that it needs" {
	ticks 480 | sed 'p; s/web/api/' >log
	expect 0 incident a.conf log web 2026-11-23T08:30:00Z 2026-11-23T08:35:00Z cut
	same "$out" "cut: 21 decisions, 7 changes; 5min before"
	same "$(sed -n '1p; $p' cut.in)" "$(grep -e 'T08:25:00Z web' -e 'T08:35:00Z web' log)"
	as-decide -c a.conf cut.in | diff cut.out -
	# the decisions of the time in question are those of the whole log
	same "$(tail -n 21 cut.out)" "$(as-decide -c a.conf log |
	    sed -n '/T08:30:00Z web/,/T08:35:00Z web/{/ web /p}')"
	# a longer window needs more of it, and no window needs none
	printf '[default]\ntarget = 1.2\nrange.cpu = 0..5\ndown_window = 20m\n' >long.conf
	expect 0 incident long.conf log web 2026-11-23T08:24:00Z 2026-11-23T08:25:00Z cut
	has "$out" "; 1hour before"
	printf '[default]\ndown_window = 0\n[app web]\ndown_policy = none\n' >none.conf
	expect 0 incident none.conf log web 2026-11-23T08:59:00Z 2026-11-23T09:05:00Z cut
	has "$out" "; 0min before"
	expect 65 incident a.conf log other 2026-11-23T08:30:00Z 2026-11-23T08:35:00Z cut
	has "$err" "no sample of other then"
	expect 74 incident a.conf none web 2026-11-23T08:30:00Z 2026-11-23T08:35:00Z new
	expect 78 incident none log web 2026-11-23T08:30:00Z 2026-11-23T08:35:00Z new
	[ ! -e new.in ] && [ ! -e new.out ]
}

@test "pipelines: a rehearsal tells what faults change" {
	ticks 20 >log
	expect 0 rehearse log -o down_window=0 -o down_policy=none
	same "$out" 'drop   0 of 17 decisions are others, +0 to +0
err    0 of 20 decisions are others, +0 to +0
zero   3 of 20 decisions are others, -2 to +0
delay  3 of 20 decisions are others, -2 to +0'
	# where 0 is taken for a load
	expect 0 rehearse log -o down_window=0 -o down_policy=none -o zero=ok
	has "$out" 'zero   3 of 20 decisions are others, -11 to +0'
	expect 78 rehearse log -o nothing=1
}

@test "pipelines: of several policies the greatest count is taken, or the middle one" {
	expect 0 vote max a.conf b.conf c.conf <samples.log
	same "$(cut -d' ' -f2- <<<"$out")" 'web 17 from=10 why=target by=cpu voter=2
api 4 from=4 why=stabilized by=cpu voter=1
web - from=- why=no-data voter=1
api 6 from=4 why=target by=cpu voter=2
web 20 from=12 why=target by=cpu voter=2
api 6 from=4 why=target by=cpu voter=2'
	expect 0 vote median a.conf b.conf c.conf <samples.log
	same "$(cut -d' ' -f2- <<<"$out")" 'web 13 from=10 why=target by=cpu voter=1
api 4 from=4 why=stabilized by=cpu voter=1
web - from=- why=no-data voter=1
api 5 from=4 why=target by=cpu voter=3
web 12 from=12 why=max by=cpu voter=1
api 5 from=4 why=target by=cpu voter=3'
	expect 78 vote max a.conf none c.conf <samples.log
	same "$out" ""
	# line by line, as a decider must answer
	ticks 40 >load
	as-sim -q load -- vote median a.conf b.conf c.conf -- as-decide -c a.conf >runs
	same "$(grep -c ' web:1 ' runs)" "$(grep -c ' web:2 ' runs)"
}
