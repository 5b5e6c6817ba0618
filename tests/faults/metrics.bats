# metrics.bats - what disks, kills and want of memory do to as-metrics and FILE
# P3 nothing is silent    P5 exit 0 means that all of it is in FILE: O12 O13
# P7 kill -9 at any instant: FILE is whole, no repair

load helper

setup() {
	[ -z "${SANITIZED-}" ] || skip "strace and the sanitizers do not go together"
	mkdir "$TMP/prom"
	file=$TMP/prom/web.prom
	printf '%s\n' '2026-11-23T17:41:00Z web 10 cpu=0.95' \
	    '2026-11-23T17:41:00Z web 12 from=10 why=target by=cpu' \
	    '2026-11-23T17:41:00Z web 12 from=10 applied=ok http=204' >"$TMP/lines"
	as-metrics "$file" <"$TMP/lines"
	cp "$file" "$TMP/old"
	n_wrong=0 n_judged=0
}

wrong() {
	echo "$*"
	n_wrong=$((n_wrong + 1))
}

# fails STRACE_OPTION...: sets $status
fails() {
	cp "$TMP/old" "$file"
	status=0
	timeout -s KILL 20 strace -qq -o "$TMP/trace" "$@" \
	    as-metrics "$file" <"$TMP/lines" >"$TMP/out" 2>"$TMP/err" || status=$?
	n_judged=$((n_judged + 1))
}

# counted FILE: how often the lines, if it has all of them, or none
counted() {
	sed '/ 0$/d; /^#/d' "$1" | awk '/_total/ { n[$NF]++; last = $NF }
	    END { print n[last] == 3 ? last : "half of it" }'
}

# calls CALL: how many of them it makes
calls() {
	fails -e trace="$1"
	wc -l <"$TMP/trace"
}

@test "metrics: the new file is on disk before it takes the old one's place, and that after" {
	fails -e trace=fdatasync,rename,fsync
	same "$status $(sed 's/(.*//' "$TMP/trace" | xargs)" '0 fdatasync rename fsync'
}

@test "metrics: whatever call fails, FILE is the old one, or the new one and whole" {
	local call error n
	for call in openat read write fdatasync rename fsync flock unlink close; do
		for n in $(seq 1 "$(calls $call)"); do
			for error in EIO ENOSPC; do
				fails -e trace=$call -e inject=$call:error=$error:when=$n
				case $status in
				0) [ "$(counted "$file")" = 2 ] || wrong "$call $error $n: exit 0, $(counted "$file")" ;;
				127) ;;	# the loader's
				74) [ -s "$TMP/err" ] || wrong "$call $error $n: silent" ;;
				*) wrong "$call $error $n: exit status $status" ;;
				esac
				# but where it was in its place already, or input failed
				[ $call = fsync ] || [ "$status" -eq 0 ] || grep -q ' -: read: ' "$TMP/err" ||
				    cmp -s "$TMP/old" "$file" || wrong "$call $error $n: other than the old one"
				[[ $(counted "$file") == [12] ]] || wrong "$call $error $n: $(counted "$file")"
				[ ! -e "$file.tmp" ] || wrong "$call $error $n: left a file behind"
			done
		done
	done
	echo "$n_judged runs, $n_wrong wrong"
	[ $n_wrong -eq 0 ] && [ $n_judged -ge 40 ]
}

@test "metrics: killed at any call FILE is whole, and the next one needs no repair" {
	local call n
	for call in openat read write fdatasync rename fsync flock unlink close; do
		for n in $(seq 1 "$(calls $call)"); do
			fails -e trace=$call -e inject=$call:signal=KILL:when=$n
			[ "$status" -eq 137 ] || wrong "$call $n: exit status $status"
			[[ $(counted "$file") == [12] ]] || wrong "$call $n: $(counted "$file")"
			as-metrics "$file" <"$TMP/lines" || wrong "$call $n: the next one: $?"
			[[ $(counted "$file") == [23] ]] || wrong "$call $n: then $(counted "$file")"
			[ ! -e "$file.tmp" ] || wrong "$call $n: left a file behind"
		done
	done
	echo "$n_judged runs, $n_wrong wrong"
	[ $n_wrong -eq 0 ] && [ $n_judged -ge 20 ]
}

@test "metrics: without memory, at any allocation, FILE is the old one (O12)" {
	[ -e "$B/failmalloc.so" ] || skip "made by make faults"
	local n count
	LD_PRELOAD=$B/failmalloc.so FAIL_COUNT=$TMP/count as-metrics "$file" <"$TMP/lines"
	count=$(cat "$TMP/count")
	[ "$count" -ge 3 ]
	for ((n = 1; n <= count; n += 1 + n / 8)); do
		cp "$TMP/old" "$file"
		expect 71 env LD_PRELOAD="$B/failmalloc.so" FAIL_AT=$n as-metrics "$file" <"$TMP/lines"
		has "$err" 'out of memory'
		cmp "$TMP/old" "$file"
	done
}

@test "metrics: a full disk is told, FILE stays, and what was said is added later" {
	unshare -m true 2>"$TMP/err" || skip "a disk of its own needs root"
	mkfifo "$TMP/in"
	cat >"$TMP/inside" <<-'END'
		mount -t tmpfs -o size=16k none "$1/prom" && cp "$1/old" "$1/prom/web.prom" || exit
		head -c 100000 /dev/zero >"$1/prom/full"
		as-metrics "$1/prom/web.prom" <"$1/in" &
		exec 7>"$1/in"
		cat "$1/lines" >&7
		until grep -qs 'No space left' "$1/err"; do sleep 0.02; done
		cmp "$1/old" "$1/prom/web.prom" || exit 1
		rm "$1/prom/full"
		cat "$1/lines" >&7
		exec 7>&-
		wait $!
		cat "$1/prom/"*
	END
	expect 0 timeout 20 unshare -m bash "$TMP/inside" "$TMP"
	same "$(counted "$TMP/out")" 3
	has "$err" "as-metrics: error: $file.tmp: write: No space left on device"
}
