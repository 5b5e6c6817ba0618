# torture.bats - each allocation and each system call fails, once or from then on
# P1 P5 whatever fails: no PUT behind it that is not whole, no half line, an
#    exit status: O12 O13    P7 logs valid up to the last newline: O12 O13

load helper

# What is in $TMP/out is a beginning of $want, of whole lines, and all of it
# where the exit status is 0; who dies dies by itself.  $1 says what failed.
judge() {
	local bytes
	case $status in
	0) cmp -s "$TMP/out" "$TMP/want" || wrong "$1: exit 0, not all of the output" ;;
	64 | 65 | 69 | 71 | 74 | 75 | 77 | 78 | 127) ;;	# 127: the loader's
	134) grep -q '^jq: error: \|^error: cannot allocate' "$TMP/err" ||
		wrong "$1: aborted: $(head -c 200 "$TMP/err")" ;;
	*) wrong "$1: exit status $status: $(head -c 200 "$TMP/err")" ;;
	esac
	[ ! -s "$TMP/out" ] || [ -z "$(tail -c 1 "$TMP/out")" ] ||
		wrong "$1: half a line of output"
	[ "$status" -eq 0 ] || [ -s "$TMP/err" ] || [[ $1 == write*+ ]] ||
		wrong "$1: silent: $status"
	bytes=$(wc -c <"$TMP/out")
	[ -n "${volatile-}" ] || cmp -s -n "$bytes" "$TMP/out" "$TMP/want" ||
		wrong "$1: other output"
	n_judged=$((n_judged + 1))
}

wrong() {
	echo "$*"
	n_wrong=$((n_wrong + 1))
}

allocations() {	# COMMAND...
	LD_PRELOAD=$B/failmalloc.so FAIL_COUNT=$TMP/count "$@" \
	    >"$TMP/want" 2>"$TMP/err" </dev/null
	cat "$TMP/count"
}

# numbers COUNT [ALL]: every one up to ALL, then steps; all with LONG=1
numbers() {
	awk -v count="$1" -v all="${2:-1000000}" -v long="${LONG-}" 'BEGIN {
		for (n = 1; n <= count + 1; n += n < all || long ? 1 : 1 + int(n / 8))
			print n
	}'
}

setup() {
	[ -z "${SANITIZED-}" ] || skip "the sanitizers have an allocator of their own"
	[ -e "$B/failmalloc.so" ] || skip "made by make faults"
	n_wrong=0 n_judged=0
	start_faultd <<-END
		/good|$(reply "$GOOD")
		/put|HTTP/1.1 204 No Content\r\n\r\n
	END
	cat >"$TMP/as.conf" <<-END
		[default]
		max = 40
		status_url = $fault/good?{app}
		replicas_url = $fault/put?{app}
		brake = 100%
		[app web]
		target = 0.5
		[app batch-*]
		total.queue = 3
	END
	sh "$BATS_TEST_DIRNAME/../stream" 60 20 | sed 's/cpu=/queue=/; s/ app-/ batch-/' >"$TMP/samples"
}

teardown() {
	[ -n "${SANITIZED-}" ] || [ ! -e "$B/failmalloc.so" ] || stop_faultd
}

@test "torture: as-decide without memory, at any allocation, once and from then on (O12)" {
	local n how count
	set -- as-decide -x -c "$TMP/as.conf" "$TMP/samples"
	count=$(allocations "$@")
	for how in FAIL_AT FAIL_FROM; do
		for n in $(numbers "$count"); do
			status=0
			env LD_PRELOAD="$B/failmalloc.so" $how="$n" "$@" \
			    >"$TMP/out" 2>"$TMP/err" </dev/null || status=$?
			judge "$how=$n"
		done
	done
	echo "$n_judged runs, $count allocations, $n_wrong wrong"
	[ $n_wrong -eq 0 ] && [ $n_judged -ge 20 ]
}

# exec_failing NAME=VALUE COMMAND...: no other process allocates
exec_failing() {
	status=0
	(export LD_PRELOAD="$B/failmalloc.so" "$1" && exec "${@:2}") \
	    >"$TMP/out" 2>"$TMP/err" <"$input" || status=$?
}

@test "torture: as-fetch without memory prints whole lines, or none (O12)" {
	local n how count input=/dev/null volatile=1 filter
	for filter in '{replicas, cpu: .cpu.highPriority}' '{replicas, cpu: 1} | .'; do
		set -- as-fetch -o sample="$filter" -o timeout=2s "$fault/good"
		count=$(allocations "$@")
		for how in FAIL_AT FAIL_FROM; do
			for n in $(numbers "$count" 60); do
				exec_failing $how="$n" "$@"
				cp "$TMP/out" "$TMP/want"
				judge "$how=$n"
				[ ! -s "$TMP/out" ] || grep -Eq \
				    '^[^ ]*Z app (10 cpu=(0.68|1)|- err=[a-z-]*)$' "$TMP/out" ||
					wrong "$how=$n: $(<"$TMP/out")"
				[ $status -ne 0 ] || grep -q ' app 10 ' "$TMP/out" ||
					wrong "$how=$n: exit 0 without a sample"
			done
		done
	done
	echo "$n_judged runs, $count allocations, $n_wrong wrong"
	[ $n_wrong -eq 0 ] && [ $n_judged -ge 60 ]
}

# what was PUT is what was asked for, on record, and at most once
puts_are_right() {	# WHAT LOG
	local put n
	n=$(grep -c ^PUT "$TMP/requests" || :)
	[ "$n" -le 1 ] || wrong "$1: $n PUTs"
	[ "$n" -eq 0 ] && return
	put=$(grep ^PUT "$TMP/requests")
	[ "$put" = 'PUT /put {"replicas": 12}' ] || wrong "$1: $put"
	grep -q ' web 12 from=10$' "$2" || wrong "$1: a PUT that is not on record"
}

@test "torture: as-apply without memory sends what was asked for, or nothing (O12)" {
	local n how count input=$TMP/decision volatile=1
	echo "$(now) web 12 from=10" >"$input"
	set -- as-apply -A 1d -l "$TMP/log" -o timeout=2s -o status_url="$fault/good" "$fault/put"
	LD_PRELOAD=$B/failmalloc.so FAIL_COUNT=$TMP/count "$@" <"$input" >"$TMP/want"
	count=$(<"$TMP/count")
	for how in FAIL_AT FAIL_FROM; do
		for n in $(numbers "$count" 60); do
			: >"$TMP/requests"
			rm -f "$TMP/log"
			exec_failing $how="$n" "$@"
			judge "$how=$n"
			puts_are_right "$how=$n" "$TMP/log"
		done
	done
	echo "$n_judged runs, $count allocations, $n_wrong wrong"
	[ $n_wrong -eq 0 ] && [ $n_judged -ge 60 ]
}

# inject CALL ERROR WHEN COMMAND...
inject() {
	status=0
	timeout -s KILL 20 strace -qq -o "$TMP/trace" -e trace="$1" \
	    -e inject="$1:error=$2:when=$3" "${@:4}" \
	    >"$TMP/out" 2>"$TMP/err" <"$input" || status=$?
}

# calls CALL COMMAND...: how many of them the tool makes
calls() {
	strace -qq -o "$TMP/trace" -e trace="$1" "${@:2}" \
	    >"$TMP/want" 2>"$TMP/err" <"$input"
	wc -l <"$TMP/trace"
}

@test "torture: as-decide when reads, writes and opens fail, each of them (O13)" {
	local call error n count input=/dev/null
	# what the loader cannot read is 127, as for every program
	set -- as-decide -x -c "$TMP/as.conf" "$TMP/samples"
	for call in read write openat; do
		count=$(calls $call "$@")
		for error in EIO ENOSPC EAGAIN EMFILE EACCES; do
			for n in $(seq 1 "$count") 1+; do
				inject $call $error $n "$@"
				judge "$call $error $n"
			done
		done
	done
	echo "$n_judged runs, $n_wrong wrong"
	[ $n_wrong -eq 0 ] && [ $n_judged -ge 25 ]
}

@test "torture: as-apply when reads, writes, opens and syncs fail (O13)" {
	local call error errors n count input=$TMP/decision volatile=1
	echo "$(now) web 12 from=10" >"$input"
	set -- as-apply -A 1d -l "$TMP/log" -o timeout=1s -o status_url="$fault/good" "$fault/put"
	for call in fdatasync write openat read; do
		count=$(calls $call "$@")
		[ $call = openat ] && errors=EMFILE || errors='EIO ENOSPC'
		for error in $errors; do
			for n in $(numbers "$count" 3); do
				: >"$TMP/requests"
				rm -f "$TMP/log"
				inject $call $error "$n" "$@"
				# libcurl's own files are not what is written
				judge "$call $error $n"
				[ $status -eq 127 ] || [ ! -s "$TMP/requests" ] ||
					puts_are_right "$call $error $n" "$TMP/log"
				[ $call != fdatasync ] || [ "$n" -gt 1 ] ||
				    [ "$(grep -c ^PUT "$TMP/requests")" -eq 0 ] ||
					wrong "$call $error $n: a PUT that is not on disk"
			done
		done
	done
	echo "$n_judged runs, $n_wrong wrong"
	[ $n_wrong -eq 0 ] && [ $n_judged -ge 25 ]
}

@test "torture: as-fetch when reads, writes and opens fail (O13)" {
	local call error errors n count input=/dev/null volatile=1
	set -- as-fetch -l "$TMP/log" -o timeout=1s "$fault/good"
	for call in write openat read; do
		count=$(calls $call "$@")
		[ $call = openat ] && errors=EMFILE || errors='EIO ENOSPC'
		for error in $errors; do
			for n in $(numbers "$count" 3); do
				rm -f "$TMP/log"
				inject $call $error "$n" "$@"
				cp "$TMP/out" "$TMP/want"
				judge "$call $error $n"
				[ ! -s "$TMP/out" ] || cmp -s "$TMP/out" "$TMP/log" ||
					wrong "$call $error $n: printed and not in the log"
			done
		done
	done
	echo "$n_judged runs, $n_wrong wrong"
	[ $n_wrong -eq 0 ] && [ $n_judged -ge 25 ]
}
