# log: files that lines are appended to, with as-fetch -l
# P3 a log that is moved or removed is found again: L3
# P7 logs valid up to the last newline; P9 no link leads root elsewhere

load helper

setup() {
	dir=$TMP/logs reply='{"cpu": {"highPriority": 0.5}, "replicas": 4}'
	mkdir "$dir"
}

teardown() {
	[ -z "${fetch-}" ] || stop "$fetch"
	stop_app
}

# logs CODE FILE: one line to FILE
logs() {
	expect "$1" as-fetch -i - -l "$2" <<<"$reply"
}

@test "log: a new file has mode 0644, or less, whatever the umask is" {
	(
		umask 000
		logs 0 "$dir/all"
		expect 0 as-metrics "$dir/metrics" <"$dir/all"
		umask 027
		logs 0 "$dir/less"
	)
	same "$(stat -c %a "$dir/all" "$dir/metrics" "$dir/less" | xargs)" '644 644 640'
}

@test "log: in a directory of another user root follows no link and takes no other's file" {
	local why
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	chown nobody "$dir"
	echo precious >"$TMP/victim"
	ln -s "$TMP/victim" "$dir/symbolic"
	ln "$TMP/victim" "$dir/hard"
	mkfifo "$dir/fifo"
	echo mine >"$dir/third"
	chown 12345 "$dir/third"
	while IFS='|' read -r name why; do
		logs 74 "$dir/$name"
		same "$err" "as-fetch: error: $dir/$name: open: $why"
		same "$out" ''
	done <<-END
		symbolic|is a link in a directory that others can write to
		hard|has several names
		fifo|is not a regular file
		third|belongs to another user
	END
	same "$(cat "$TMP/victim" "$dir/third" | xargs)" 'precious mine'
	logs 0 "$dir/own"
	logs 0 "$dir/own"
	chown nobody "$dir/own"
	cd "$dir"
	logs 0 own
	same "$(wc -l <own)" 3
	# root's own, but each user may write there
	chown root "$dir"
	logs 0 symbolic
	chmod 1777 "$dir"
	logs 74 symbolic
	logs 74 own
}

# fetches: as-fetch goes on in the background; $fetch
fetches() {
	start_app
	as-fetch -e 20ms -l "$dir/log" "$status_url" >"$TMP/lines" 2>"$TMP/err" 3>&- &
	fetch=$!
	until_true has_lines "$dir/log" 2
}

@test "log: a log that was moved, or whose directory was made again, is found again (L3)" {
	fetches
	mv "$dir/log" "$dir/old"
	until_true has_lines "$dir/log" 2
	kill -STOP "$fetch"
	cat "$dir/old" "$dir/log" >"$TMP/both"
	rm -r "$dir"
	mkdir "$dir"
	kill -CONT "$fetch"
	until_true has_lines "$dir/log" 2
	stop "$fetch"
	fetch=
	same "$(grep -v 'ticks missed' "$TMP/err")" ''
	# no line was lost while the file was moved
	same "$(head -n "$(wc -l <"$TMP/both")" "$TMP/lines")" "$(<"$TMP/both")"
}

@test "log: a log whose directory is gone ends the tool, with one message" {
	local status=0
	fetches
	rm -r "$dir"
	wait "$fetch" || status=$?
	fetch=
	same "$status" 74
	# a busy machine may miss a tick besides
	same "$(grep -v 'ticks missed' "$TMP/err")" \
	    "as-fetch: error: $dir/log: open: No such file or directory"
}

@test "log: a disk that is full is reported once" {
	printf '2026-11-23T17:41:00Z a%s 3 from=3 why=target\n' {1..40} >"$TMP/in"
	expect 74 as-apply -A 30d -l /dev/full http://127.0.0.1:1/ <"$TMP/in"
	same "$(grep -c 'No space left' <<<"$err")" 1
}

@test "log: a pipe is refused as a log, and devices are not" {
	local tool
	mkfifo "$TMP/fifo"
	for tool in 'as-fetch -l' 'as-apply -nl' 'as-apply -nr'; do
		# shellcheck disable=SC2086 # words
		expect 74 timeout 5 $tool "$TMP/fifo" http://127.0.0.1:1/ <<<5
		same "$out$err" "${tool% *}: error: $TMP/fifo: open: is a pipe, not a file"
		# shellcheck disable=SC2086 # words
		expect 74 timeout 5 $tool /dev/fd/3 http://127.0.0.1:1/ <<<5 3> >(cat)
	done
	expect 0 as-apply -nl /dev/null http://127.0.0.1:1/ <<<5
}
