# as-score: the measures of a run

load helper

# steps DEMAND SUPPLY: 20 lines, one a second, from pairs TIME,VALUE
steps() {
	awk -v demand="$1" -v supply="$2" '
	function take(list, of,   n, i, pair, at) {
		n = split(list, pair, " ")
		for (i = 1; i <= n; i++) {
			split(pair[i], at, ",")
			of[at[1]] = at[2]
		}
	}
	BEGIN {
		take(demand, d)
		take(supply, s)
		for (t = 0; t < 20; t++) {
			now = t in d ? d[t] : now
			there = t in s ? s[t] : there
			printf "2026-11-23T17:41:%02dZ web %d need=%d ready=%d want=%d\n",
			    t, there, now, there, there
		}
	}' >"$TMP/run"
}

# measure NAME: of the first line of $out
measure() {
	grep -o " $1=[^ ]*" <<<"$out" | head -n 1 | cut -d= -f2
}

bungee='0,1 7,5 16,3 17,2 19,4'

@test "as-score: BUNGEE's own test vector, and thetas and upsilon of the same" {
	steps "$bungee" '0,1 2,2 3,1 5,3 9,7 11,6 12,8 14,2'
	expect 0 as-score "$TMP/run"
	same "$(measure accuracy_u)" 0.6500	# 13/20
	same "$(measure accuracy_o)" 0.8000	# 16/20
	same "$(measure tau_u)" 30.0000		# 6/20
	same "$(measure tau_o)" 40.0000		# 8/20
	same "$(measure moves)" 17.0000
	same "$(measure need_moves)" 9.0000
	same "$(measure jitter)" 24.0000	# 8/20 a second
	same "$(measure theta_u)" 14.1667
	same "$(measure theta_o)" 36.0000
	same "$(measure upsilon)" 57.8947	# 11/19
}

@test "as-score: supply that is the demand is all zeros, one more is accuracy_o 1" {
	local name
	steps "$bungee" "$bungee"
	expect 0 as-score "$TMP/run"
	for name in accuracy_u accuracy_o tau_u tau_o theta_u theta_o jitter upsilon; do
		same "$name $(measure $name)" "$name 0.0000"
	done
	steps "$bungee" '0,2 7,6 16,4 17,3 19,5'
	expect 0 as-score "$TMP/run"
	same "$(measure accuracy_u) $(measure accuracy_o)" "0.0000 1.0000"
	same "$(measure tau_u) $(measure tau_o)" "0.0000 100.0000"
	same "$(measure jitter) $(measure upsilon)" "0.0000 0.0000"
}

@test "as-score: lost demand, hours, orders and J, by hand" {
	cat >"$TMP/run" <<-END
		2026-11-23T17:00:00Z web:1 10 demand=8 need=10 ready=10 want=10
		2026-11-23T17:15:00Z web:1 10 demand=12 need=15 ready=10 want=18
		2026-11-23T17:30:00Z web:1 18 demand=12 need=15 ready=10 want=60
		2026-11-23T17:45:00Z web:1 60 demand=8 need=10 ready=18 want=12
		2026-11-23T17:00:00Z web:oracle 15 need=10 demand=8 ready=15 want=15
		2026-11-23T17:15:00Z web:oracle 15 need=15 demand=12 ready=15 want=15
		2026-11-23T17:30:00Z web:oracle 15 need=15 demand=12 ready=15 want=10
		2026-11-23T17:45:00Z web:oracle 10 need=10 demand=8 ready=10 want=10
	END
	expect 0 as-score "$TMP/run"
	same "$(head -n 1 <<<"$out" | cut -d' ' -f1-8)" \
	    "2026-11-23T17:45:00Z web:1 60 j=11.7818 share=1.7818 hours=24.5000 lost=10.0000 saturated=50.0000"
	same "$(measure changes) $(measure order) $(measure peak)" "3.0000 42 4.0000"
	same "$(tail -n 1 <<<"$out" | cut -d' ' -f2-7)" \
	    "web:oracle 10 j=1.0000 share=1.0000 hours=13.7500 lost=0.0000"
	# the oracle apart; its APP may be the app's own
	grep oracle "$TMP/run" >"$TMP/oracle"
	sed -i '/oracle/d; s/ web:1 / web /' "$TMP/run"
	expect 0 as-score "$TMP/run"
	same "$(measure j)$(measure share)" ""
	for name in web web:oracle; do
		sed -i "s/ web[^ ]*/ $name/" "$TMP/oracle"
		expect 0 as-score -b "$TMP/oracle" "$TMP/run"
		same "$(measure j)" 11.7818
	done
}

@test "as-score: -f leaves out what is before, but for the need of 20 minutes" {
	cat >"$TMP/run" <<-END
		2026-11-23T17:00:00Z web 10 demand=40 need=50 ready=10 want=10
		2026-11-23T17:15:00Z web 10 demand=8 need=10 ready=10 want=50
		2026-11-23T17:30:00Z web 50 demand=8 need=10 ready=10 want=50
	END
	for from in 15m 900s 2026-11-23T17:15:00Z 2026-11-23T18:10:00+01:00; do
		expect 0 as-score -f $from "$TMP/run"
		same "$(measure hours) $(measure lost) $(measure peak) $(measure moves)" \
		    "15.0000 0.0000 1.0000 0.0000"
	done
	expect 0 as-score -f 1d "$TMP/run"
	same "$out" ""
	same "$err" "as-score: warning: web: nothing to score"
	expect 64 as-score -f yesterday "$TMP/run"
}

@test "as-score: plain samples are scored by cpu and the next COUNT" {
	cat >"$TMP/run" <<-END
		2026-11-23T17:00:00Z web 10 cpu=0.8
		2026-11-23T17:15:00Z web 10 cpu=0.96
		2026-11-23T17:30:00Z web - err=timeout
		2026-11-23T17:45:00Z web 12 cpu=0.4
	END
	expect 0 as-score "$TMP/run"
	same "$(measure theta_u) $(measure theta_o)" "6.6667 40.0000"
	same "$(measure order) $(measure changes)" "2 0.8000"
	expect 0 as-score -T 0.4 "$TMP/run"
	same "$(measure tau_u)" 60.0000
}

@test "as-score: runs of any order and number, each a line; -t is a table" {
	local i
	for i in 1 2 3; do
		steps "$bungee" "0,$i"
		sed "s/web/web:$i/" "$TMP/run"
	done | sort >"$TMP/runs"
	expect 0 as-score "$TMP/runs"
	same "$(cut -d' ' -f2 <<<"$out")" "web:1
web:2
web:3"
	expect 0 as-score -t "$TMP/runs"
	same "$(head -n 2 <<<"$out" | sed 's/  */ /g')" \
	    "run J share lost% full% thetaU thetaO tauU tauO upsilon jitter chg/h order peak
web:1 - - - - 48.08 0.00 65.0 0.0 21.1 -27.000 0.0 0 0.00"
}

@test "as-score: bad lines are told, 65; no file, 74" {
	printf '2026-11-23T17:41:%sZ web 10 need=10\n' 15 30 15 45 >"$TMP/run"
	echo nonsense >>"$TMP/run"
	expect 65 as-score "$TMP/run"
	has "$err" "run:3: TIME is not after the app's last: line skipped"
	has "$err" "run:5: "
	has "$out" "web 10 hours=0.1250"
	expect 74 as-score "$TMP/none"
	expect 74 as-score -b "$TMP/none" "$TMP/run"
}
