# stream.bats - lines that come late, twice, in another order, or by the million
# P6 the samples are the state: S17 S18 S21    P4 bounded: S19 S20

load helper

setup() {
	POLICY=()
}

@test "stream: a clock that jumps forward is a gap: nothing is scaled down by what was (S17)" {
	# an hour high, then a year later, low: as at first sight
	same "$(decides "$(at 0 '10 cpu=0.8')" "$(at 15 '10 cpu=0.8')" \
	    '2027-11-23T00:00:00Z web 10 cpu=0.1' \
	    '2027-11-23T00:00:15Z web 10 cpu=0.1' | tail -n 2)" \
	    'web 10 from=10 why=stabilized by=cpu
web 10 from=10 why=stabilized by=cpu'
	# 300 s later, and in steps then
	same "$(decides '2027-11-23T00:00:00Z web 10 cpu=0.1' "$(
	    for i in 1 2 3 4 5 6; do echo "2027-11-23T00:0$i:00Z web 10 cpu=0.1"; done)" |
	    tail -n 2)" \
	    'web 5 from=10 why=rate by=cpu
web 5 from=10 why=rate by=cpu'
}

@test "stream: two logs merged in no order lose what is late, per app; sorted they lose nothing (S18)" {
	local i
	for i in 0 15 30 45; do
		at $i $'10 cpu=0.8\n'
		at $((i + 5)) $'10 cpu=0.8\n' | sed 's/ web / app /'
	done >"$TMP/log"
	{ sed -n '5,$p' "$TMP/log"; sed -n '1,4p' "$TMP/log"; } >"$TMP/merged"
	expect 65 as-decide "$TMP/merged"
	same "$(wc -l <"$TMP/out")" 4
	same "$(grep -c 'TIME is before the app' "$TMP/err")" 4
	sort -s -k2,2 -k1,1 "$TMP/merged" >"$TMP/sorted"
	expect 0 as-decide "$TMP/sorted"
	same "$(sort "$TMP/out")" "$(as-decide "$TMP/log" | sort)"
}

@test "stream: a silence within max_gap holds, a longer one begins anew (S21)" {
	POLICY=(-o max_gap=60s -o down_window=120s)
	# what was high is remembered over 60 s ...
	same "$(decides "$(at 0 '10 cpu=0.8')" "$(at 60 '10 cpu=0.4')" \
	    "$(at 119 '10 cpu=0.4')" "$(at 121 '10 cpu=0.4')" | cut -d' ' -f2,4)" \
	    '10 why=tolerance
10 why=stabilized
10 why=stabilized
5 why=target'
	# ... and not over 61 s: COUNT counts as asked for again
	same "$(decides "$(at 0 '10 cpu=0.8')" "$(at 61 '10 cpu=0.4')" \
	    "$(at 121 '10 cpu=0.4')" "$(at 180 '10 cpu=0.4')" \
	    "$(at 182 '10 cpu=0.4')" | cut -d' ' -f2,4)" \
	    '10 why=tolerance
10 why=stabilized
10 why=stabilized
10 why=stabilized
5 why=target'
	# what cannot be read is held, however long
	same "$(decides "$(at 0 '10 cpu=0.8')" "$(at 15 '- err=timeout')" \
	    "$(at 7200 '- err=timeout')" | tail -n 2)" \
	    'web - from=- why=no-data
web - from=- why=no-data'
}

# memory FILE OPTION...: as-decide's VmHWM over FILE, in KiB
memory() {
	mkfifo "$TMP/hold"
	as-decide "${@:2}" < <(cat "$1"; exec cat "$TMP/hold") >"$TMP/decisions" &
	local decider=$! kept
	exec 4>"$TMP/hold"
	kept=$(wc -l <"$1")
	until_true lines_of "$TMP/decisions" "$kept"
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$decider/status"
	exec 4>&-
	wait $decider
	rm "$TMP/hold"
}

lines_of() {
	[ "$(wc -l <"$1")" -ge "$2" ]
}

@test "stream: memory is that of the apps, 10,000 of them are under 64 MiB (S19)" {
	[ -z "${SANITIZED-}" ] || skip "the sanitizers take memory of their own"
	local i took
	# There is no key forget: an app that went is a few hundred bytes.
	for i in 0 15 30; do
		seq -f "2026-11-23T17:41:$(printf %02d $i)Z app-%.0f 10 cpu=0.8" 10000
	done >"$TMP/log"
	echo '2026-11-23T17:41:00Z once 10 cpu=0.8' >>"$TMP/log"
	took=$(memory "$TMP/log")
	echo "$took KiB"
	[ "$took" -le 65536 ]
}

@test "stream: a replay takes no more memory for being long, and a second for a million lines (S20)" {
	[ -z "${SANITIZED-}" ] || skip "the sanitizers take memory and time of their own"
	local n=1000000 short long start took
	[ -z "${LONG-}" ] || n=20000000
	sh generate/stream 100000 100 >"$TMP/short"
	short=$(memory "$TMP/short")
	sh generate/stream $n 100 >"$TMP/long"
	start=$(date +%s%3N)
	as-decide "$TMP/long" >"$TMP/decisions"
	took=$(($(date +%s%3N) - start))
	same "$(wc -l <"$TMP/decisions")" $n
	long=$(memory "$TMP/long")
	echo "$short KiB, then $long KiB; $n lines in $took ms"
	[ "$long" -le $((short + 512)) ]
	# three times the second that it is to take: others are at work here
	[ "$took" -le $((n / 333)) ]
}
