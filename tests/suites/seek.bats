# seek: of a long log only the end is read, whatever the clock did meanwhile

load helper

setup() {
	now=$(date +%s)
}

# lines FROM TO TEXT: a line each minute, from FROM up to TO, in seconds since 1970
lines() {
	local times
	mapfile -t times < <(seq "$1" 60 $(($2 - 1)))
	TZ=UTC printf "%(%FT%TZ)T $3\n" "${times[@]}"
}

# ago MINUTES
ago() {
	echo $((now - $1 * 60))
}

# in_1970: three minutes in which the clock was wrong, with 1200 apps each
in_1970() {
	local minute
	for minute in 0 1 2; do
		printf "1970-01-01T00:0$minute:00Z app-%d 10 cpu=0.5 from=10 applied=same\n" {1..1200}
	done
}

@test "seek: as-decide -H finds its window before lines of a clock that was set back (X18)" {
	{
		lines "$(ago 3480)" "$(ago 1790)" 'app 10 cpu=0.3'
		lines "$(ago 1790)" "$(ago 1745)" 'app 10 cpu=2'
		lines 0 600 'app 10 cpu=0.3'
		lines "$(ago 1735)" "$now" 'app 10 cpu=0.3'
	} >"$TMP/log"
	expect 0 as-decide -x -H "$TMP/log" -o down_window=30h -o max_gap=1h \
	    < <(tail -n 1 "$TMP/log")
	has "$out" 'app 10 from=10 why=stabilized by=cpu*window=4..25'
}

@test "seek: as-fetch -l finds Retry-After before lines of 1970 (X17 X18)" {
	{
		lines "$(ago 3000)" "$(ago 4)" 'app 10 cpu=0.5'
		lines "$(ago 4)" "$(ago 3)" "app - err=busy until=$(date -u +%FT%TZ -d '5 minutes')"
		in_1970
		lines "$(ago 2)" "$now" 'other 10 cpu=0.5'
	} >"$TMP/log"
	expect 75 as-fetch -l "$TMP/log" http://127.0.0.1:1/
	has "$out" 'app - err=busy until='
}

@test "seek: as-apply -r finds what it must remember before lines of 1970 (X17 X18)" {
	{
		lines "$(ago 3000)" "$(ago 4)" 'app 10 from=10 applied=same'
		lines "$(ago 4)" "$(ago 3)" "app 11 from=10 applied=failed http=503 until=$(date -u +%FT%TZ -d '5 minutes')"
		in_1970
		lines "$(ago 2)" "$now" 'other 10 from=10 applied=same'
	} >"$TMP/reports"
	expect 75 as-apply -r "$TMP/reports" http://127.0.0.1:1/ \
	    <<<"$(date -u +%FT%TZ) app 11 from=10"
	has "$out" 'applied=refused why=busy until='
}

@test "seek: as-fetch -l and as-apply -r do not read what is too old" {
	local until
	until=$(date -u +%FT%TZ -d '5 minutes')
	{
		lines "$(ago 4)" "$(ago 3)" "app 11 from=10 applied=failed http=503 until=$until"
		lines "$(ago 3000)" "$now" 'other 10 cpu=0.5 from=10 applied=same'
	} >"$TMP/log"
	expect 75 as-fetch -l "$TMP/log" http://127.0.0.1:1/
	has "$out" 'app - err=refused'
	expect 75 as-apply -f -r "$TMP/log" http://127.0.0.1:1/ \
	    <<<"$(date -u +%FT%TZ) app 11 from=10"
	has "$out" 'applied=failed err=refused'
}

# fleet FROM TO: lines of 20 apps each minute
fleet() {
	local app
	for app in app-{1..20}; do
		lines "$1" "$2" "$app 10 cpu=0.3"
	done | sort -s -k 1,1
}

@test "seek: as-decide -H finds a sample from the future, and a clock that was ahead, hours ago (X18)" {
	{
		fleet "$(ago 600)" "$(ago 300)"
		lines $((now + 300000)) $((now + 300060)) 'app-1 10 cpu=0.3'
		lines $((now + 18000)) $((now + 18060)) 'app-2 10 cpu=0.3'
		fleet "$(ago 300)" "$now"
	} >"$TMP/log"
	tail -n 20 "$TMP/log" | sort -V -k 2 >"$TMP/in"
	expect 65 as-decide -H "$TMP/log" "$TMP/in"
	same "$(grep -c 'app-.* 5 from=10 why=rate' <<<"$out")" 19
	has "$err" "in:2: TIME is before the app's last: line skipped: \"app-2\""
}

# clock SEED [SHARE]: minutes of eight days, in which the clock is set back or to
# 1970 for some hours, or ahead for one line, or there are no lines for hours: at this
# SHARE of the minutes
clock() {
	awk -v seed="$1" -v share="${2-0.003}" 'BEGIN {
		srand(seed)
		time = 1790000000
		for (i = 0; i < 12000; i++) {
			time += 60
			if (i >= until)
				off = 0
			if (i >= until && rand() < share) {
				until = i + int(rand() * 500)
				kind = int(rand() * 4)
				if (kind == 0)
					off = -exp(5 + rand() * 6)
				else if (kind == 1)
					off = -time
				else if (kind == 2)
					time += exp(5 + rand() * 5)
				else
					off = exp(11.5 + rand() * 6)
				if (kind == 3)
					until = i + 1
			}
			printf "@%d\n", time + off
		}
	}' | date -u -f - +%FT%TZ
}

# The load falls all the time, so the window shows with which line it begins.
# bats test_tags=slow
@test "seek: as-decide -H says what it says after all of the log, whatever the clock did (X18)" {
	local seed window n=0
	for ((seed = 1; seed <= ${SEEDS:-20}; seed++)); do
		paste -d' ' <(clock "$seed") <(awk 'BEGIN {
			for (i = 0; i < 12000; i++)
				printf "app 10 cpu=%.3f\n", 9 - i / 1500
		}') >"$TMP/log"
		tail -n $((1 + seed * 30)) "$TMP/log" >"$TMP/in"
		for window in 5m 1d 3d; do
			window="-o down_window=$window -o max_gap=1d"
			# shellcheck disable=SC2086 # two options
			want=$(as-decide -qx $window -H <(cat "$TMP/log") "$TMP/in" 2>&1) || :
			# shellcheck disable=SC2086
			same "$(as-decide -qx $window -H "$TMP/log" "$TMP/in" 2>&1)" "$want"
			n=$((n + 1))
		done
	done
	[ $n -ge 60 ]
}

# Three apps, of which one is rare, and one comes two minutes late now and then.  The
# log was rotated twice.
# bats test_tags=slow
@test "seek: as-decide -H leaves out only what cannot matter, over rotated logs (X18)" {
	local seed policy n=0
	for ((seed = 1; seed <= ${SEEDS:-20}; seed++)); do
		clock "$seed" 0.0002 | awk -v seed="$seed" 'BEGIN { srand(seed) } {
			load = 9 - NR / 1500
			if (rand() < 0.1)
				reading = "cpu=none"
			else
				reading = "cpu=" load
			print $1, "web", 10 + int(NR / 97) % 3, reading
			late = rand() < 0.1 && NR > 2 && last < $1
			print late ? last : $1, "shop", rand() < 0.8 ? 10 : "-", reading
			if (rand() < 0.004)
				print $1, "rare", 10, reading
			last = before
			before = $1
		}' >"$TMP/log"
		split -n l/3 "$TMP/log" "$TMP/part."
		tail -n $((1 + seed * 30)) "$TMP/log" >"$TMP/in"
		for policy in '-o down_window=5m' '-o down_window=1d -o max_gap=1h' \
		    '-o average=20m -o startup=3m -o down_cooldown=1h' \
		    '-o sustain.cpu=5/9' '-o fallback=9:7' \
		    '-o fallback.cpu=30m:7' '-o panic=2m:110% -o average=5m' '-o activation.cpu=4 -o idle=2h -o min=1'; do
			# shellcheck disable=SC2086 # several options
			want=$(as-decide -qx $policy -H <(cat "$TMP/log") "$TMP/in" 2>&1) || :
			# shellcheck disable=SC2086
			same "$(as-decide -qx $policy -H "$TMP/log" "$TMP/in" 2>&1)" "$want"
			# shellcheck disable=SC2086
			same "$(as-decide -qx $policy -H "$TMP/part.aa" -H "$TMP/part.ab" \
			    -H "$TMP/part.ac" "$TMP/in" 2>&1)" "$want"
			n=$((n + 1))
		done
	done
	[ $n -ge 160 ]
}
