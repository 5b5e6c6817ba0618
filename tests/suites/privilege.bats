# privilege.bats - what running tools do without
# P8 no core file of who holds a secret    P9 nothing to run code with

load helper

teardown() {
	[ -z "${tool-}" ] || kill -9 "$tool"
}

# starts NAME OPTION...: it waits for its input; $tool is its pid
starts() {
	mkfifo -m 600 "$TMP/in"
	"$@" <"$TMP/in" >"$TMP/out" 2>"$TMP/err" 3>&- &
	tool=$!
	exec 4>"$TMP/in"
	until_true reads_input
}

reads_input() {
	grep -qs '(as-.*) S ' "/proc/$tool/stat"
}

# ends: by the end of its input
ends() {
	exec 4>&-
	wait "$tool" || :
	rm "$TMP/in"
	tool=
}

# aborts: where it may write a core of any size
aborts() {
	kill -ABRT "$tool"
	{ wait "$tool" || :; } 2>"$TMP/aborted"
	exec 4>&-
	rm "$TMP/in"
	tool=
}

@test "privilege: no tool gains privileges, and filters start no process" {
	local name
	for name in as-decide as-forecast as-schedule as-score "as-metrics $TMP/as.prom"; do
		starts $name
		same "$(awk '/^NoNewPrivs/ { print $2 }' "/proc/$tool/status")" 1
		# the sanitizers start one to look for leaks
		[ -n "${SANITIZED-}" ] ||
		    same "$(awk '/^Max processes/ { print $3, $4 }' "/proc/$tool/limits")" '0 0'
		ends
	done
	for name in 'as-apply http://127.0.0.1:1/' 'as-fetch -i -'; do
		starts $name
		same "$(awk '/^NoNewPrivs/ { print $2 }' "/proc/$tool/status")" 1
		ends
	done
}

@test "privilege: a decider keeps what as-sim was started with" {
	printf '2026-11-23T17:41:00Z web 1 cpu=0.8\n' >"$TMP/load"
	expect 0 as-sim "$TMP/load" -- sh -c "cat /proc/self/status >$TMP/status &&
	    exec as-decide"
	same "$(grep NoNewPrivs "$TMP/status")" "$(grep NoNewPrivs /proc/self/status)"
}

@test "privilege: who holds a secret leaves no core, whatever the limit" {
	[ "$(cat /proc/sys/kernel/core_pattern)" = core ] || skip 'cores go elsewhere'
	ulimit -c unlimited || skip 'no core may be written'
	(umask 077; echo t0ken >"$TMP/token")
	mkdir "$TMP/cores"
	cd "$TMP/cores" || return
	# without a secret there is one, so that a fault can be looked into
	starts as-apply http://127.0.0.1:1/
	aborts
	[ -n "$(ls)" ] || skip 'no core is written here'
	rm core*
	starts as-apply -o token_file="$TMP/token" http://127.0.0.1:1/
	same "$(awk '/^Max core/ { print $5, $6 }' "/proc/$tool/limits")" '0 0'
	aborts
	same "$(ls)" ''
}

# As Kubernetes makes the files of a volume with fsGroup
@test "privilege: a token of root is read by its group, unless others can read it, too" {
	[ "$(id -u)" -eq 0 ] || skip 'only root can give a file to a group'
	local dir mode pod=(setpriv --reuid 65534 --regid 65534)
	dir=$(mktemp -d)
	cp "$B/as-fetch" "$dir"
	chmod 711 "$dir"
	echo t0ken >"$dir/token"
	chown 0:2000 "$dir/token"
	for mode in 640 440; do
		chmod $mode "$dir/token"
		expect 75 "${pod[@]}" --groups 2000 "$dir/as-fetch" -o token_file="$dir/token" http://127.0.0.1:1/
		expect 77 "${pod[@]}" --groups 2001 "$dir/as-fetch" -o token_file="$dir/token" http://127.0.0.1:1/
	done
	for mode in 644 660 444; do
		chmod $mode "$dir/token"
		expect 77 "${pod[@]}" --groups 2000 "$dir/as-fetch" -o token_file="$dir/token" http://127.0.0.1:1/
		has "$err" "$dir/token: others can read it (in a Pod set runAsUser and fsGroup)"
	done
	rm -r "$dir"
}

# A core that goes to a program knows no limit; who is not dumpable has none,
# and its files in /proc are root's.
@test "privilege: who holds a secret is open to root alone" {
	local by=() dir
	dir=$(mktemp -d)
	(umask 077; echo t0ken >"$dir/token")
	cp "$B/as-apply" "$dir"
	if [ "$(id -u)" -eq 0 ]; then
		by=(setpriv --reuid 65534 --regid 65534 --clear-groups)
		chown -R 65534:65534 "$dir"
	fi
	starts "${by[@]}" "$dir/as-apply" http://127.0.0.1:1/
	[ "$(stat -c %u "/proc/$tool/environ")" -ne 0 ]
	ends
	starts "${by[@]}" "$dir/as-apply" -o token_file="$dir/token" http://127.0.0.1:1/
	same "$(stat -c %u "/proc/$tool/environ")" 0
	ends
	rm -r "$dir"
}
