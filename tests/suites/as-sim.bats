# as-sim: a closed loop around any decider
# P3 nothing is silent; P5 exit 0 means that every byte was accepted; P6 replay

load helper

# The load of a day in which it doubles and falls again, in replicas kept busy
day() {
	awk 'BEGIN {
		for (m = 0; m <= 1440; m += 5)
			printf "2026-11-%02dT%02d:%02d:00Z web - demand=%.3f\n",
			    23 + int(m / 1440), m / 60 % 24, m % 60,
			    20 - 10 * cos(m / 1440 * 6.2832)
	}' >"$TMP/day"
}

# decider CODE: a program that reads samples and runs CODE, in the shell, for
# each, in which $time, $app and $count are
decider() {
	cat >"$TMP/decider" <<-END
		#!/bin/bash
		while read -r time app count rest; do
			$1
		done
	END
	chmod +x "$TMP/decider"
}

# lines PATTERN: the lines of $out that are no comments, from the third word on
# as far as the sed expression leaves them
lines() {
	grep -v '^#' <<<"$out" | cut -d' ' -f3- | sed -E "$1"
}

@test "as-sim: the plant's order of steps, startup, newest orders cancelled first" {
	printf '2026-11-23T17:%s:00Z web - demand=8\n' 00 10 >"$TMP/load"
	decider 'set -- 14 16 11 8 8 8 8 8; n=$((n + 1)); echo $time $app ${!n} from=$count'
	expect 0 as-sim -e 60s -L 2m -N 0 -d 6m "$TMP/load" -- "$TMP/decider"
	# 10 serve; 4 are ordered, then 2, of which 2 and of the 4 3 are cancelled,
	# then the last of them and 2 that serve
	same "$(lines 's/ (demand|need)=[^ ]*//g')" "$(cat <<-END
		10 cpu=0.8 ready=10 want=14
		14 cpu=0.8 ready=10 want=16
		16 cpu=0.571 ready=14 want=11
		11 cpu=0.727 ready=11 want=8
		8 cpu=1 ready=8 want=8
		8 cpu=1 ready=8 want=8
		8 cpu=1 ready=8 want=8
	END
	)"
	# those of between two ticks are ready at the later
	expect 0 as-sim -e 60s -L 150s -N 0 -d 6m "$TMP/load" -- "$TMP/decider"
	same "$(lines 's/.*(ready=[0-9]*).*/\1/' | tr '\n' ' ')" \
	    "ready=10 ready=10 ready=10 ready=11 ready=8 ready=8 ready=8 "
}

@test "as-sim: readings saturate, have noise from the seed, and are cut to 0..1" {
	printf '2026-11-23T%s:00:00Z web - demand=8\n' 17 18 >"$TMP/load"
	decider 'echo $time $app 10 from=$count'
	expect 0 as-sim "$TMP/load" -- "$TMP/decider"
	cp "$TMP/out" "$TMP/first"
	expect 0 as-sim "$TMP/load" -- "$TMP/decider"
	same "$out" "$(<"$TMP/first")"
	expect 0 as-sim -S 1 "$TMP/load" -- "$TMP/decider"
	[ "$out" != "$(<"$TMP/first")" ]
	# splitmix64 of seed 12345 and the name of the app, by an independent program
	same "$(grep -v '^#' "$TMP/first" | head -n 4 | grep -o 'cpu=[0-9.]*' | tr '\n' ' ')" \
	    "cpu=0.789 cpu=0.789 cpu=0.828 cpu=0.809 "
	awk '!/^#/ { split($4, x, "="); n++; s += x[2]; q += x[2] ^ 2 }
	    END { m = s / n; print n, m, sqrt(q / n - m * m)
	    exit !(n == 241 && m > 0.79 && m < 0.81 && sqrt(q / n - m * m) > 0.02 &&
	    sqrt(q / n - m * m) < 0.03) }' "$TMP/first"
	decider 'echo $time $app 4 from=$count'
	expect 0 as-sim -N 0.1 "$TMP/load" -- "$TMP/decider"
	[ -z "$(grep -o 'cpu=1\.[0-9]*' <<<"$out")" ]
	has "$out" " cpu=1 "
}

@test "as-sim: each application has a noise of its own, alike for all deciders" {
	local name
	for name in web api; do
		printf '2026-11-23T%s:00:00Z %s - demand=8\n' 17 $name 18 $name
	done >"$TMP/load"
	decider 'echo $time $app 10 from=$count'
	expect 0 as-sim -d 1m "$TMP/load" -- "$TMP/decider" -- "$TMP/decider"
	readings() {
		grep -o "$1 .* cpu=[0-9.]*" "$TMP/out" | sed 's/.*=//' | tr '\n' ' '
	}
	same "$(readings web:1)" "0.789 0.789 0.828 0.809 0.796 "
	same "$(readings web:2)" "$(readings web:1)"
	same "$(readings api:1)" "0.789 0.81 0.803 0.805 0.783 "
	expect 0 as-sim -d 1m -a api "$TMP/load" -- "$TMP/decider"
	same "$(readings api)" "0.789 0.81 0.803 0.805 0.783 "
}

@test "as-sim: what the decider sees is the count that was ordered and cpu, or ready= with -r" {
	day
	expect 0 as-sim -s "$TMP/day" -- as-decide
	same "$(lines 's/^[0-9]+ cpu=[0-9.]+$/ok/' | sort -u)" ok
	expect 0 as-sim -s -r "$TMP/day" -- as-decide
	same "$(lines 's/^[0-9]+ cpu=[0-9.]+ ready=[0-9]+ unready=[0-9]+$/ok/' | sort -u)" ok
	expect 64 as-sim -s -O "$TMP/day" -- as-decide
}

# bats test_tags=slow
@test "as-sim: a replay of what the decider saw gives its decisions (P6)" {
	local options
	day
	for options in '' -r; do
		expect 0 as-sim -L 5m $options "$TMP/day" -- as-decide
		lines 's/.* want=([0-9]+) .*/\1/' >"$TMP/wants"
		as-sim -s -L 5m $options "$TMP/day" -- as-decide >"$TMP/seen"
		expect 0 as-decide "$TMP/seen"
		same "$(grep -v '^#' <<<"$out" | cut -d' ' -f3)" "$(<"$TMP/wants")"
	done
}

@test "as-sim: several deciders and the oracle run side by side as if alone" {
	day
	expect 0 as-sim -O "$TMP/day" -- as-decide -- as-decide -t 0.6
	cp "$TMP/out" "$TMP/all"
	same "$(grep '^#' "$TMP/all")" "# web:1: as-decide
# web:2: as-decide -t 0.6
# web:oracle: (the oracle)"
	expect 0 as-sim "$TMP/day" -- as-decide -t 0.6
	same "$(sed 1d "$TMP/out")" "$(sed -n 's/ web:2 / web /p' "$TMP/all")"
	expect 0 as-sim -O "$TMP/day"
	same "$(sed 1d "$TMP/out")" "$(sed -n 's/ web:oracle / web /p' "$TMP/all")"
}

# bats test_tags=slow
@test "as-sim: many apps at once are as each alone, whenever they begin and end" {
	local i
	day
	for i in $(seq 1 150); do
		sed "s/ web / app-$i /; $((i % 7 + 100)),\$d" "$TMP/day" | tail -n +$((i % 11 + 1))
	done >"$TMP/fleet"
	expect 0 as-sim -e 2m "$TMP/fleet" -- as-decide -- as-decide -x -t 0.6
	cp "$TMP/out" "$TMP/all"
	for i in 1 64 65 150; do
		expect 0 as-sim -e 2m -a "app-$i" "$TMP/fleet" -- as-decide -x -t 0.6
		same "$(sed 1d "$TMP/out" | md5sum)" \
		    "$(sed -n "s/ app-$i:2 / app-$i /p" "$TMP/all" | md5sum)"
	done
}

@test "as-sim: the oracle never falls short and orders no more than will be needed" {
	day
	expect 0 as-sim -O -L 10m "$TMP/day"
	awk '!/^#/ { split($6, need, "="); split($7, ready, "=")
	    n++; want[n] = substr($8, 6); needs[n] = need[2]
	    if (n > 40 && ready[2] < need[2]) exit 1 }
	    END { for (i = 1; i <= n - 40; i++) { most = 0
	    for (j = i; j <= i + 40; j++) if (needs[j] > most) most = needs[j]
	    if (want[i] != most) { print i, want[i], most; exit 1 } }
	    exit !(n == 5761) }' "$TMP/out"
}

@test "as-sim: a load may be demand=, cpu= with replicas or ready=, rps=, or any key" {
	local n=0 options line want
	while IFS='|' read -r options line want; do
		printf '2026-11-23T17:%s:00Z web %s\n' 00 "$line" 01 "$line" >"$TMP/load"
		echo "$options: $line"
		expect 0 as-sim -q -O -d 0 $options "$TMP/load"
		has "$out" " $want "
		n=$((n + 1))
	done <<-END
		|- demand=8.1234|demand=8.123
		|10 cpu=0.81|demand=8.1
		|10 cpu=0.81 ready=5|demand=4.05
		|10 cpu=0.5 demand=3 rps=7|demand=3
		|10 cpu=0.5 rps=7|demand=5
		-k rps -u 0.5|10 cpu=0.5 rps=7|demand=14
		|0 rps=7|demand=32
		-p 16|0 rps=7|demand=16
		-p 16|10 cpu=0.3|demand=16
		-u 2 -k queue|0 queue=7|demand=3.5
	END
	same $n 10
}

@test "as-sim: full replicas hide load, and it says so" {
	printf '2026-11-23T17:0%s:00Z web 10 cpu=%s\n' 0 0.5 1 0.94 2 1 3 0.6 4 0.6 >"$TMP/load"
	expect 0 as-sim -e 30s -O "$TMP/load"
	same "$err" 'as-sim: warning: web: 1 of 5 readings are of full replicas: the load was that or more (censored=1)'
	same "$(lines 's/.*(censored)?=1$/yes/;t;s/.*/no/' | tr '\n' ' ')" \
	    "no no no yes yes yes no no no "
}

@test "as-sim: between two lines the load goes straight; -d and -e cut it" {
	printf '2026-11-23T17:%s:00Z web - demand=%s\n' 00 4 02 8 04 2 >"$TMP/load"
	expect 0 as-sim -O -e 30s "$TMP/load"
	same "$(lines 's/.*demand=([^ ]*).*/\1/' | tr '\n' ' ')" "4 5 6 7 8 6.5 5 3.5 2 "
	expect 0 as-sim -O -e 1500ms -d 3s "$TMP/load"
	same "$(lines 's/.*demand=([^ ]*).*/\1/' | tr '\n' ' ')" "4 4.05 4.1 "
	has "$out" "2026-11-23T17:00:01.500Z web "
}

@test "as-sim: lines without a load are passed over, bad ones told, a load of 0 refused" {
	cat >"$TMP/load" <<-END
		2026-11-23T17:00:00Z web - err=timeout
		2026-11-23T17:01:00Z web 10 cpu=0.5
		# comment
		2026-11-23T17:00:30Z web 10 cpu=0.5
		2026-11-23T17:02:00Z web - cpu=0.5
		2026-11-23T17:03:00Z web 10 cpu=0.7
		2026-11-23T17:03:00Z idle 0 rps=0
	END
	expect 65 as-sim -O -a web -e 1m "$TMP/load"
	same "$(lines 's/.*demand=([^ ]*).*/\1/' | tr '\n' ' ')" "5 6 7 "
	has "$err" "load:4: TIME is not after the app's last: line skipped"
	expect 65 as-sim -O -a idle "$TMP/load"
	same "$err" "as-sim: error: idle: its load is 0"
	expect 74 as-sim -O "$TMP/none"
}

# bats test_tags=slow
@test "as-sim: a decider that dies, is late, says too much or nonsense is 69 and told" {
	local n=0 code want
	printf '2026-11-23T17:0%s:00Z web - demand=8\n' 0 1 2 3 4 >"$TMP/load"
	while IFS='|' read -r code want; do
		echo "$code"
		decider "$code"
		expect 69 as-sim -w 300ms "$TMP/load" -- "$TMP/decider"
		has "$err" "as-sim: error: $TMP/decider: $want"
		same "$(wc -l <<<"$err")" 1
		n=$((n + 1))
	done <<-'END'
		exit 3|ended before the load did, with exit status 3
		exit 0|ended before the load did, with exit status 0
		kill -9 $$|ended before the load did, by signal 9
		exec >&-; exec sleep 9|closed its standard output before the load ended
		exec sleep 9|no answer within 0.3 s
		printf "$time $app 3"; exec sleep 9|no answer within 0.3 s
		echo $time $app x|2026-11-23T17:00:00Z web: no answer: COUNT is not
		echo $time other $count|2026-11-23T17:00:00Z web: no answer: the sample was another app's
		echo $time $app $count; echo $time $app $count|2026-11-23T17:00:15Z web: no answer: the sample had another TIME
		echo $time $app $count $rest|2026-11-23T17:00:00Z web: no answer: it is a sample
		head -c 70000 /dev/zero; exec sleep 9|answered with a line over 64 KiB
	END
	same $n 11
}

# cpus_of DECIDER...: the CPUs on which the first decider may run
cpus_of() {
	local code='[ -e "$0" ] || cp /proc/$$/status "$0"; exec as-decide'
	as-sim --outside "$TMP/load" -- sh -c "$code" "$1" "${@:2}" >/dev/null
	awk '/^Cpus_allowed_list/ { print $2 }' "$1"
}

is_pinned() {
	rm -f "$TMP/status"
	[[ $(cpus_of "$TMP/status") =~ ^[0-9]+$ ]]
}

@test "as-sim: it is on one CPU with a decider, unless others have all CPUs; not with two" {
	[ "$(nproc)" -ge 2 ] || skip 'there is one CPU'
	printf '2026-11-23T17:0%s:00Z web - demand=8\n' 0 1 >"$TMP/load"
	until_true is_pinned
	[[ ! $(cpus_of "$TMP/two" -- as-decide) =~ ^[0-9]+$ ]]
	# it holds its CPU as long as it lives
	mkfifo "$TMP/gate"
	decider 'cp /proc/$$/status $0.status; read -r <${0%/*}/gate; echo $time $app $count from=1'
	as-sim -d 0 -w 60s "$TMP/load" -- "$TMP/decider" >"$TMP/run" 3>&- &
	until_true has_lines "$TMP/decider.status" 20
	first=$(awk '/^Cpus_allowed_list/ { print $2 }' "$TMP/decider.status")
	[ "$(cpus_of "$TMP/second")" != "$first" ] || [[ ! $first =~ ^[0-9]+$ ]]
	echo >"$TMP/gate"
	wait $!
}

@test "as-sim: what comes behind the last answer, or another status than 0, is 69, too" {
	printf '2026-11-23T17:0%s:00Z web - demand=8\n' 0 >"$TMP/load"
	expect 69 as-sim "$TMP/load" -- sh -c 'as-decide; echo more'
	same "$err" "as-sim: error: sh: answered more lines than there were samples"
	expect 69 as-sim "$TMP/load" -- sh -c 'as-decide; exit 5'
	same "$err" "as-sim: error: sh: ended with exit status 5"
	expect 69 as-sim -w 300ms "$TMP/load" -- sh -c 'as-decide; exec sleep 9'
	same "$err" "as-sim: error: sh: goes on after the end of its input"
	expect 71 as-sim "$TMP/load" -- "$TMP/none"
	same "$err" "as-sim: error: $TMP/none: cannot be run: No such file or directory"
}

@test "as-sim: a decision is cut to the bounds, - leaves the count, comments are passed over" {
	printf '2026-11-23T17:0%s:00Z web - demand=8\n' 0 1 >"$TMP/load"
	decider 'set -- 50 - 1; n=$((n + 1)); echo "# $n"; echo; echo $time $app ${!n} from=$count'
	expect 0 as-sim -d 30s -m 5 -M 20 "$TMP/load" -- "$TMP/decider"
	same "$(lines 's/.* (want=.*)/\1/' | tr '\n' ' ')" "want=20 want=20 want=5 "
}

@test "as-sim: options and operands that make no sense are usage, 64" {
	local n=0 args
	day
	while read -r args; do
		echo "$args"
		expect 64 as-sim $args
		has "$err" "(see as-sim --help)"
		n=$((n + 1))
	done <<-END

		$TMP/day
		-- as-decide
		-s -O $TMP/day
		$TMP/day --
		$TMP/day -- -- as-decide
		-e 0 $TMP/day -- as-decide
		-e x $TMP/day -- as-decide
		-p 0 $TMP/day -- as-decide
		-p 1 -u 1 $TMP/day -- as-decide
		-m 5 -M 4 $TMP/day -- as-decide
		-N -1 $TMP/day -- as-decide
		-S 1.5 $TMP/day -- as-decide
		-t 0 $TMP/day -- as-decide
	END
	same $n 14
}

@test "as-sim: stdout that cannot be written is 74; a reader that is gone ends it" {
	day
	expect 74 sh -c "as-sim $TMP/day -- as-decide >/dev/full"
	has "$err" "as-sim: error: stdout: No space left"
	expect 141 bash -c "set -o pipefail; as-sim -d 28d $TMP/day $TMP/day -- as-decide 2>&3 | true" 3>/dev/null
	expect 74 bash -c "trap '' PIPE; set -o pipefail; as-sim $TMP/day -- as-decide | true"
	has "$err" "as-sim: error: stdout: Broken pipe"
}

# bats test_tags=slow
@test "examples/tune: the front of cost and loss, in order, each beaten by none" {
	day
	expect 0 ../examples/tune -L 5m -o up_window=15s "$TMP/day"
	awk '/^[* ] +0\.[0-9]+ +[0-9]+s / {
		front = /^\*/
		sub(/^\*/, "")
		n++
		if ($5 < hours || (front && n > 1 && $6 >= least) ||
		    (!front && $6 < least))
			exit 1
		hours = $5
		least = n == 1 || $6 < least ? $6 : least
	}
	END { exit n != 30 }' "$TMP/out"
	has "$out" "replica-hours, the least that serves all is 1"
	expect 64 ../examples/tune
}

# bats test_tags=slow
@test "yardstick: a table of all loads of a directory, the oracle's J being 1" {
	mkdir "$TMP/loads"
	day
	cp "$TMP/day" "$TMP/loads/day.txt"
	sed 's/ web / api /' "$TMP/day" >"$TMP/loads/api.txt"
	expect 0 bash yardstick/run "$TMP/loads"
	same "$(grep -c '^the oracle  *1.000  *1.000  *0.000 .* 1.000  *1.000  *0.000 ' "$TMP/out")" 2
	same "$(grep -c '^HPA defaults' "$TMP/out")" 2
	has "$out" "
api   "
}

# Loads that as-sim and as-decide say something about: none for hours, no replica
# that is ready, three apps
odd_loads() {
	day
	sed -n '1,60p' "$TMP/day" >"$TMP/short"
	awk '{ $4 = "demand=" (NR % 40 < 8 ? 3 : 0); print }' "$TMP/day" >"$TMP/rests"
	{
		cat "$TMP/short"
		sed 's/ web / api /; s/demand=/demand=2/' "$TMP/short"
		sed 's/ web / batch-1 /' "$TMP/rests" | sed 80q
	} >"$TMP/three"
	cat >"$TMP/as.conf" <<-END
		[default]
		target = 0.7
		max = 60
		[app api]
		target = 0.05
		schedule = 01:00-02:00 UTC min=70
		[app batch-*]
		total.cpu = 3
		idle = 30m
		activation.cpu = 0.1
		min = 0
	END
	cat >"$TMP/conflict.conf" <<-END
		[app *]
		min = 5
		schedule = 01:00-02:00 UTC min=700
		[app batch-*]
		max = 4
	END
}

# alike ARGUMENT...: as-sim prints the same inside and outside; adds to $n_inside
# and $n_outside which way it went
alike() {
	local status=0
	as-sim -v "$@" >"$TMP/got" 2>"$TMP/got.err" || status=$?
	if grep -q 'decides inside as-sim$' "$TMP/got.err"; then
		n_inside=$((n_inside + 1))
	else
		n_outside=$((n_outside + 1))
	fi
	expect "$status" as-sim -v --outside "$@"
	same "$(grep -v 'decides inside as-sim$' "$TMP/got.err")" "$err"
	cmp "$TMP/out" "$TMP/got"
}

# bats test_tags=slow
@test "as-sim: as-decide inside prints what the program would, messages and status too" {
	local n_inside=0 n_outside=0 simulated options
	odd_loads
	while read -r simulated; do
		while read -r options; do
			echo "as-sim $simulated -- as-decide $options"
			alike $simulated -- as-decide $options
			wc -l <"$TMP/err" >>"$TMP/messages"
		done <<-END

			-t 0.05 -M 20
			-t80
			--target=0.6 --max 40 --min=3 --explain -x
			-o saturation.cpu=0.95 -o startup=60s -o average=60s
			-o total.cpu=2 -o value.cpu=0.3 --option fallback=3:10
			-o idle=30m -o activation.cpu=0.1 -o min=0 -o zero=ok --option=up_policy=none
			-o range.cpu=0.05..0.9 -o sustain.cpu=2/4 -o average=9m -o panic=3m:90%
			-o target.mem=0.5 -o multiple=3
			-c $TMP/as.conf -o tolerance=0
		END
	done <<-END
		-O -e 1m $TMP/short
		-e 2m -r -L 5m -m 0 -N 0.1 $TMP/rests
		-e 7m -m 0 -M 50 $TMP/rests
		-e 90500ms $TMP/three
		-s -e 5m $TMP/three
	END
	same "$n_inside $n_outside" '50 0'
	# many of these runs have messages of as-decide
	[ "$(awk '$1 > 1' "$TMP/messages" | wc -l)" -ge 15 ]
}

@test "as-sim: as-decide with other options, or mistakes, or another program, is outside" {
	local n_inside=0 n_outside=0 options
	odd_loads
	while read -r options; do
		echo "$options"
		alike -w 300ms -e 10m "$TMP/three" -- $options
	done <<-END
		as-decide -H $TMP/none
		as-decide -q
		as-decide -v
		as-decide -1
		as-decide -t x
		as-decide -t
		as-decide -o nonsense=3
		as-decide -o nonsense
		as-decide -o help
		as-decide -o min=5 -o max=4
		as-decide -o schedule=min=3
		as-decide -c $TMP/none
		as-decide -c $TMP/as.conf -c $TMP/as.conf
		as-decide -c $TMP/conflict.conf
		as-decide -a web
		as-decide -G
		as-decide --targe=0.5
		as-decide $TMP/short
		as-decide -
		env as-decide
		rule
	END
	same "$n_inside $n_outside" '0 21'
	# another as-decide is the one that PATH finds
	mkdir "$TMP/bin"
	printf '#!/bin/sh\nexec %s "$@"\n' "$B/as-decide" >"$TMP/bin/as-decide"
	chmod +x "$TMP/bin/as-decide"
	PATH=$TMP/bin:$PATH alike -e 10m "$TMP/three" -- as-decide
	alike -e 10m "$TMP/three" -- "$TMP/bin/as-decide"
	same "$n_inside $n_outside" '0 23'
	alike -e 10m "$TMP/three" -- "$B/as-decide"
	alike -e 10m "$TMP/three" -- as-decide -- as-decide -t 0.05 -- as-decide -o zero=ok
	same "$n_inside $n_outside" '2 23'
}

@test "as-sim: -j prints the same in the same order, whatever the number of processes" {
	local options jobs n=0
	odd_loads
	while read -r options; do
		expect 0 as-sim -e 5m $options
		cp "$TMP/out" "$TMP/alone"
		for jobs in 2 3 100; do
			echo "-j $jobs $options"
			expect 0 as-sim -j $jobs -e 5m $options
			cmp "$TMP/out" "$TMP/alone"
			n=$((n + 1))
		done
	done <<-END
		-O $TMP/three -- as-decide -- as-decide -t 0.6
		-P -O $TMP/three -- as-decide -- as-decide -t 0.6
		-O $TMP/three
		-s $TMP/three -- as-decide
		$TMP/day -- as-decide -- sh -c as-decide
	END
	same $n 15
}

@test "as-sim: -j has the status and the messages that a single process has" {
	odd_loads
	expect 64 as-sim -j 0 -O "$TMP/three"
	expect 69 as-sim -j 2 "$TMP/three" -- sh -c 'as-decide; exit 5' -- as-decide
	has "$err" "as-sim: error: sh: ended with exit status 5"
	decider 'exit 3'
	expect 69 as-sim -j 3 -O "$TMP/three" -- "$TMP/decider"
	has "$err" "as-sim: error: $TMP/decider: ended before the load did, with exit status 3"
	expect 71 as-sim -j 2 -O "$TMP/three" -- "$TMP/none"
	has "$err" "cannot be run"
	expect 74 sh -c "as-sim -j 2 $TMP/three -- as-decide >/dev/full"
	same "$err" "as-sim: error: stdout: No space left on device"
	echo nonsense >>"$TMP/three"
	expect 65 as-sim -j 2 "$TMP/three" -- as-decide
	same "$(grep -c 'line skipped' <<<"$err")" 1
	decider 'kill -9 $PPID; exit'
	expect 71 as-sim -j 2 "$TMP/three" -- "$TMP/decider"
	has "$err" "as-sim: error: a process of -j/--jobs: ended before the load did, by signal 9"
}
