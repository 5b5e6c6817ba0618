# torture.bats - each allocation and each system call fails, once or from then on
# P1 P5 whatever fails: no PUT behind it that is not whole, no half line, an
#    exit status: O12 O13    P7 logs valid up to the last newline: O12 O13
# P4 bounded: nothing is lost on any way out: O12
#
# Allocations fail in two ways: preloaded, all of the process; and linked into
# tools with sanitizers, our own alone, where a leak is a failure, too (what
# can still be reached as the process ends is none).

load helper

# What is in $TMP/out is a beginning of $want, of whole lines, and all of it
# where the exit status is 0; who dies dies by itself.  $1 says what failed.
judge() {
	local bytes
	case $status in
	0) [ "${volatile-}" = always ] || cmp -s "$TMP/out" "$TMP/want" ||
		wrong "$1: exit 0, not all of the output" ;;
	64 | 65 | 69 | 71 | 74 | 75 | 77 | 78 | 127) ;;	# 127: the loader's
	134) grep -q '^jq: error: \|^error: cannot allocate' "$TMP/err" ||
		wrong "$1: aborted: $(head -c 200 "$TMP/err")" ;;
	*) wrong "$1: exit status $status: $(head -c 200 "$TMP/err")" ;;
	esac
	[ ! -s "$TMP/out" ] || [ -z "$(tail -c 1 "$TMP/out")" ] ||
		wrong "$1: half a line of output"
	[ "$status" -eq 0 ] || [ -s "$TMP/err" ] || [[ $1 == *" write "*+ ]] ||
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

# numbers COUNT ALL: every one up to ALL, then steps; all with LONG=1
numbers() {
	awk -v count="$1" -v all="$2" -v part="$part" -v long="${LONG-}" 'BEGIN {
		for (n = 1; n <= count + 1; n += n < all || long ? 1 : 1 + int(n / part))
			print n
	}'
}

setup() {
	[ -z "${SANITIZED-}" ] || skip "the sanitizers have an allocator of their own"
	[ -e "$B/failmalloc.so" ] || skip "made by make faults"
	preload=$B/failmalloc.so n_wrong=0 n_judged=0 input=/dev/null part=8
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
	sh "$BATS_TEST_DIRNAME/../generate/stream" 60 20 | sed 's/cpu=/queue=/; s/ app-/ batch-/' >"$TMP/samples"
	sh "$BATS_TEST_DIRNAME/../generate/stream" 40 1 >"$TMP/load"
	as-sim -d 10m "$TMP/load" -- as-decide >"$TMP/run"
	as-metrics "$TMP/whole" <"$TMP/load"
	echo "$(now) web 12 from=10" >"$TMP/decision"
	mkdir "$TMP/dir"
	printf '2026-11-23T17:%s:00Z web 10 cpu=0.8\n' 41 42 >"$TMP/dir/samples.log"
	as-decide "$TMP/dir/samples.log" >"$TMP/dir/decisions.log"
}

teardown() {
	[ -n "${SANITIZED-}" ] || [ ! -e "$B/failmalloc.so" ] || stop_faultd
}

# settled LEAST: so many runs were judged, and none was wrong
settled() {
	echo "$n_judged runs, $n_wrong wrong"
	[ $n_wrong -eq 0 ] && [ $n_judged -ge "$1" ]
}

# The tools and what they are to do, a line each: what is looked at behind a
# run, and the command.
filters() {
	cat <<-END
		no_more as-decide -x -c $TMP/as.conf $TMP/samples
		no_more as-decide -1 $TMP/load
		no_more as-forecast $TMP/load
		no_more as-score -t $TMP/run
		no_more as-status -d $TMP/dir -t 2026-11-23T17:42:00Z
		no_more as-why -J $TMP/load app-0
		no_more as-schedule -o schedule=min=3 $TMP/load
		sums_are_whole as-metrics -p $TMP/sums
		no_more as-plot -t dumb $TMP/run
		no_more as-sim -d 2m -w 15s $TMP/load -- as-decide
	END
}

no_more() {
	:
}

# what Prometheus reads is all there, or nothing of it
sums_are_whole() {
	[ ! -e "$TMP/sums" ] || [ "$(wc -l <"$TMP/sums")" -eq "$(wc -l <"$TMP/whole")" ] ||
		wrong "$1: part of the sums"
	[ $status -ne 0 ] || [ -e "$TMP/sums" ] || wrong "$1: exit 0 without sums"
}

# a sample that is whole, or one that tells of the fault
samples_are_right() {
	[ ! -s "$TMP/out" ] || grep -Eq \
	    '^[^ ]*Z app (10 cpu=(0.68|1)|- err=[a-z-]*)$' "$TMP/out" ||
		wrong "$1: $(<"$TMP/out")"
	[ $status -ne 0 ] || grep -q ' app 10 ' "$TMP/out" ||
		wrong "$1: exit 0 without a sample"
	[ ! -s "$TMP/out" ] || cmp -s "$TMP/out" "$TMP/log" ||
		wrong "$1: printed and not in the log"
}

# what was PUT is what was asked for, on record, and at most once
puts_are_right() {
	local put n
	n=$(grep -c ^PUT "$TMP/requests" || :)
	[ "$n" -le 1 ] || wrong "$1: $n PUTs"
	[ "$n" -eq 0 ] && return
	put=$(grep ^PUT "$TMP/requests")
	[ "$put" = 'PUT /put {"replicas": 12}' ] || wrong "$1: $put"
	grep -q ' web 12 from=10$' "$TMP/log" || wrong "$1: a PUT that is not on record"
	[[ $1 != *fdatasync* || $1 == *EINTR* ]] || wrong "$1: a PUT that is not on disk"
}

fetch=(as-fetch -o timeout=2s -l)
apply=(as-apply -A 1d -o timeout=2s -l)

# run_failing NAME=VALUE... -- COMMAND...: sets $status
run_failing() {
	local -a what=()
	while [ "$1" != -- ]; do
		what+=("$1")
		shift
	done
	shift
	status=0
	: >"$TMP/requests"
	rm -f "$TMP/log" "$TMP/sums"
	(export "${what[@]}" FAIL_IN="$1" LD_PRELOAD="$preload" && exec "$@") \
	    >"$TMP/out" 2>"$TMP/err" <"$input" || status=$?
}

# each_allocation ALL CHECK COMMAND...: fails, once and from then on
each_allocation() {
	local how n count all=$1 check=$2
	shift 2
	run_failing FAIL_COUNT="$TMP/count" -- "$@"
	[ $status -eq 0 ] || wrong "$*: $status: $(head -c 200 "$TMP/err")"
	cp "$TMP/out" "$TMP/want"
	count=$(<"$TMP/count")
	[ "$count" -gt 5 ] || wrong "$*: $count allocations"
	for how in FAIL_AT FAIL_FROM; do
		for n in $(numbers "$count" "$all"); do
			run_failing "$how=$n" -- "$@"
			judge "$1 $how=$n"
			$check "$1 $how=$n"
		done
	done
	echo "$count allocations: $*"
}

each_filter_without_memory() {	# ALL
	local check command input=$TMP/load
	while read -r check command; do
		each_allocation "$1" "$check" $command
	done < <(filters)
}

each_sample_without_memory() {	# ALL
	local filter volatile=always
	for filter in '{replicas, cpu: .cpu.highPriority}' '{replicas, cpu: 1} | .'; do
		each_allocation "$1" samples_are_right "${fetch[@]}" "$TMP/log" \
		    -o sample="$filter" "$fault/good"
	done
}

each_put_without_memory() {	# ALL OPTION...
	local volatile=1 input=$TMP/decision
	each_allocation "$1" puts_are_right "${apply[@]}" "$TMP/log" "${@:2}" \
	    -o status_url="$fault/good" "$fault/put"
}

# in_leaks: the tools are those of make leaks
in_leaks() {
	[ -x "$B/leaks/as-apply" ] || skip "made by make faults"
	PATH=$B/leaks:$PATH preload='' part=4
}

@test "torture: filters without memory, at any allocation, once and from then on (O12)" {
	each_filter_without_memory 60
	settled 100
}

@test "torture: as-fetch without memory prints whole lines, or none (O12)" {
	each_sample_without_memory 60
	settled 120
}

@test "torture: as-apply without memory sends what was asked for, or nothing (O12)" {
	each_put_without_memory 60
	settled 60
}

@test "torture: without memory nothing is lost, either: filters (O12 P4)" {
	in_leaks
	each_filter_without_memory 4
	settled 60
}

@test "torture: without memory nothing is lost, either: as-fetch and as-apply (O12 P4)" {
	in_leaks
	each_sample_without_memory 4
	each_put_without_memory 4 -o 'sample={replicas, cpu: 1} | .' \
	    -o 'replicas_header=X-App: {app}'
	settled 60
}

# inject CALL ERROR WHEN COMMAND...
inject() {
	status=0
	: >"$TMP/requests"
	rm -f "$TMP/log" "$TMP/sums"
	timeout -s KILL 20 strace -qq -o "$TMP/trace" -e trace="$1" \
	    -e inject="$1:error=$2:when=$3" "${@:4}" \
	    >"$TMP/out" 2>"$TMP/err" <"$input" || status=$?
}

# calls CALL COMMAND...: how many of them the tool makes
calls() {
	rm -f "$TMP/log" "$TMP/sums"
	strace -qq -o "$TMP/trace" -e trace="$1" "${@:2}" \
	    >"$TMP/want" 2>"$TMP/err" <"$input"
	grep -c "^$1(" "$TMP/trace" || :
}

# last COUNT MANY: the tool's own calls come last, those of the loader before;
# all of them with LONG=1
last() {
	seq "$1" -1 $((${LONG:-0} || $1 <= $2 ? 1 : $1 - $2 + 1))
}

# each_call CHECK COMMAND...: fails with each error, the likely ones more often
each_call() {
	local call likely error many n count check=$1
	shift
	while read -r call likely; do
		count=$(calls $call "$@")
		[ "$count" -gt 0 ] || continue
		for error in EIO ENOSPC EINTR EAGAIN EMFILE EACCES; do
			many=2
			[ $error != $likely ] || many=12
			for n in $(last "$count" $many) 1+; do
				[ $n != 1+ ] || [ $error = $likely ] || continue
				inject $call $error "$n" "$@"
				judge "$1 $call $error $n"
				$check "$1 $call $error $n"
				case $1-$call-$error-$status in
				*-EINTR-0 | *-EINTR-127 | *-openat-* | *-rename-*) ;;
				as-plot-write-*) ;;	# stdio's, of a temporary file
				*-EINTR-*) wrong "$1 $call EINTR $n: $status" ;;
				esac
			done
		done
	done <<-END
		read EIO
		write ENOSPC
		openat EMFILE
		fdatasync EIO
		fsync EIO
		rename ENOSPC
	END
}

@test "torture: filters when reads, writes and opens fail, each of them (O13)" {
	local check command input=$TMP/load
	# what the loader cannot read is 127, as for every program
	while read -r check command <&4; do
		each_call "$check" $command
	done 4< <(filters)
	settled 150
}

@test "torture: as-fetch when reads, writes and opens fail (O13)" {
	local volatile=always
	each_call samples_are_right "${fetch[@]}" "$TMP/log" "$fault/good"
	settled 50
}

@test "torture: as-apply when reads, writes, opens and syncs fail (O13)" {
	local volatile=1 input=$TMP/decision
	each_call puts_are_right "${apply[@]}" "$TMP/log" \
	    -o status_url="$fault/good" "$fault/put"
	settled 50
}

@test "torture: as-apply when a lock, a sync, a child or a wait fails, by its call (O13)" {
	local file call n error code puts why options count=0 input=$TMP/decision
	while IFS='|' read -r file call n error code puts why options; do
		: >"$TMP/requests"
		rm -f "$TMP/log" "$TMP/sums"
		set -- -P "$TMP/$file"
		[ "$file" ] || set --
		expect "$code" timeout -s KILL 20 strace -qq -o "$TMP/trace" \
		    "$@" -e trace=$call -e inject=$call:error=$error:when=$n \
		    "${apply[@]}" "$TMP/log" -L "$TMP/lock" $options \
		    -o status_url="$fault/good" "$fault/put" <"$input"
		same "$call $(grep -c ^PUT "$TMP/requests" || :)" "$call $puts"
		has "$err" "$why"
		count=$((count + 1))
	done <<-'END'
		lock|fcntl|1|ENOLCK|71|0|lock: No locks available
		lock|newfstatat|2|ENOENT|0|1|
		lock|newfstatat|1+|ENOENT|75|0|another process holds the lock
		log|fdatasync|1|EIO|74|0|log: sync: Input/output error
		log|fdatasync|1|EINTR|0|1|
		|clone|1|EAGAIN|71|0|no process for filters: Resource temporarily|-o sample={replicas,cpu:1}|.
		|poll|2+|ENOMEM|71|0|poll: Cannot allocate memory
	END
	[ $count -eq 7 ]
}

@test "torture: as-apply when its reports cannot be read again, by its call (O13)" {
	echo "$(now) app 4 from=4 applied=same" >"$TMP/reports"
	expect 74 timeout -s KILL 20 strace -qq -o "$TMP/trace" -P "$TMP/reports" \
	    -e trace=openat -e inject=openat:error=EMFILE \
	    as-apply -r "$TMP/reports" "$fault/put" <<<5
	has "$err" 'reports: Too many open files'
	same "$(grep -c ^PUT "$TMP/requests" || :)" 0
}
