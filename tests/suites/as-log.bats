# as-log: messages and reports in, autoscaler.log and events out
# P3 nothing is silent: X12 X16 L3 L4 O14

load helper

setup() {
	cd "$TMP" || return
	log=
}

teardown() {
	[ -z "$log" ] || kill -9 "$log"
}

# start_log OPTION...: writes messages to 5 and reports to 6, reads events from
# 7; $log is its pid
start_log() {
	rm -f messages reports events
	mkfifo messages reports events
	as-log "$@" <messages 3<reports >events 2>>stderr &
	log=$!
	exec 5>messages 6>reports 7<events
}

# end_log: by the end of its messages; its exit status
end_log() {
	local pid=$log
	exec 5>&- 6>&-
	log=
	wait "$pid"
}

# event: the next one, in $event
event() {
	IFS= read -rt 60 -u 7 event
}

# logged: the log without the times
logged() {
	cut -d' ' -f2- autoscaler.log
}

# once OPTION...: all of the messages in ./in and of the reports in ./reports
once() {
	[ -e reports ] || : >reports
	as-log "$@" <in 3<reports
}

@test "as-log: a message is logged with the time, the level and the tool" {
	local before after
	cat >in <<-END
		as-fetch: error: web: status: timeout
		as-decide: warning: -:3: out of order
		as-apply: info: web: put 7
		as-decide: debug: web: window 6..7
	END
	before=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	expect 0 once
	after=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	same "$out$err" ''
	same "$(logged)" "$(printf '%s\n' 'ERROR as-fetch: web: status: timeout' \
	    'WARNING as-decide: -:3: out of order' 'INFO as-apply: web: put 7')"
	for time in $(cut -d' ' -f1 autoscaler.log); do
		[[ $time =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$ ]]
		[[ ! $time < $before && ! $time > $after ]]
	done
	same "$(stat -c %a autoscaler.log)" 644
	rm autoscaler.log
	expect 0 once --verbose
	same "$(logged | cut -d: -f1 | tail -n 1)" 'DEBUG as-decide'
	rm autoscaler.log
	expect 0 once -q
	same "$(logged)" 'ERROR as-fetch: web: status: timeout'
}

@test "as-log: what is no message is an error of as-loop, with nothing for a terminal" {
	printf '%s\n' 'Segmentation fault' 'as-fetch: oops: web' 'two words: error: x' \
	    'as-fetch:error: x' ': error: x' 'as-fetch: error:' $'as-x: error: \e[2J\x9b\x7f\tb' >in
	printf 'as-fetch: error: cut sho' >>in
	expect 0 once
	same "$(logged)" "$(printf '%s\n' 'ERROR as-loop: Segmentation fault' \
	    'ERROR as-loop: as-fetch: oops: web' 'ERROR as-loop: two words: error: x' \
	    'ERROR as-loop: as-fetch:error: x' 'ERROR as-loop: : error: x' \
	    'ERROR as-loop: as-fetch: error:' 'ERROR as-x: ?[2J???b' 'ERROR as-fetch: cut sho')"
}

@test "as-log: reports are information, or details where nothing is to be done" {
	local applied
	: >in
	for applied in ok dry refused failed same hold superseded; do
		echo "2026-11-23T17:41:00Z web 11 from=10 applied=$applied"
	done >reports
	expect 0 once
	same "$out$err" ''
	same "$(logged)" "$(printf 'INFO as-apply: web: 11 from=10 applied=%s\n' ok dry refused failed)"
	rm autoscaler.log
	expect 0 once -v
	same "$(logged | tail -n 3)" "$(printf 'DEBUG as-apply: web: 11 from=10 applied=%s\n' same hold superseded)"
	rm autoscaler.log
	expect 0 once -q
	[ ! -e autoscaler.log ]
}

@test "as-log: a report that is none is an error, and comments are not logged" {
	: >in
	printf '%s\n' '# settings 0123 0.1.0' '' 'web 11 applied=ok' \
	    '2026-11-23T17:41:00Z web 11 from=10' '# tick 2026-11-23T17:41:00Z' \
	    '# tick soon' '#' >reports
	printf '2026-11-23T17:41:00Z web 1' >>reports
	expect 0 once
	same "$(logged | cut -c 1-60)" "$(printf '%s\n' \
	    'ERROR as-log: report: TIME is not like 2026-11-23T17:41:00Z:' \
	    'ERROR as-log: report: has no applied=: "2026-11-23T17:41:00Z' \
	    'ERROR as-log: report: incomplete line: "2026-11-23T17:41:00Z')"
}

@test "as-log: pids and exits of the stages are events, in the form of the wrapper alone" {
	printf '%s\n' 'pid 1 as-fetch 99999999' 'exit 1 as-fetch 74' 'exit 1 as-fetch' \
	    'exit x as-fetch 0' 'exit 1 ../fetch 0' 'exit 1 as-fetch 0 0' \
	    'as-fetch: error: exit 1 as-fetch 0' 'pid 2 as-apply 12' >in
	printf 'exit 2 as-apply 1' >>in
	expect 0 once
	same "$out" "$(printf '%s\n' 'pid 1 as-fetch 99999999' 'exit 1 as-fetch 74' 'pid 2 as-apply 12')"
	same "$(logged)" "$(printf '%s\n' 'ERROR as-loop: exit 1 as-fetch' 'ERROR as-loop: exit x as-fetch 0' \
	    'ERROR as-loop: exit 1 ../fetch 0' 'ERROR as-loop: exit 1 as-fetch 0 0' \
	    'ERROR as-fetch: exit 1 as-fetch 0' 'ERROR as-loop: exit 2 as-apply 1')"
}

@test "as-log: -t: the marks are the heartbeat; without marks a new TIME is" {
	: >in
	printf '%s\n' '2026-11-23T17:41:00Z web 7 from=7 applied=same' \
	    '2026-11-23T17:41:00Z shop 7 from=7 applied=same' \
	    '2026-11-23T17:41:15Z web 7 from=7 applied=same' >reports
	expect 0 once --ticks
	same "$out" "$(printf 'tick 2026-11-23T17:41:%sZ\n' 00 15)"
	printf '%s\n' '# tick 2026-11-23T17:41:00.250Z' \
	    '2026-11-23T17:41:15Z web 7 from=7 applied=same' '# tick 2026-11-23T17:41:15Z' >reports
	expect 0 once -t
	same "$out" "$(printf 'tick 2026-11-23T17:41:%sZ\n' 00.250 15)"
	expect 0 once
	same "$out" ''
}

@test "as-log: ticks: the heartbeat is an event from now on, or no longer" {
	start_log -t
	echo 'ticks 0' >&5
	echo 'pid 1 as-fetch 99999999' >&5
	event
	same "$event" 'pid 1 as-fetch 99999999'
	printf '%s\n' '# tick 2026-11-23T17:41:00Z' '2026-11-23T17:41:15Z web 8 from=7 applied=ok' >&6
	until_true grep -q applied=ok autoscaler.log
	echo 'ticks 1' >&5
	echo 'exit 1 as-fetch 0' >&5
	event
	same "$event" 'exit 1 as-fetch 0'
	echo '# tick 2026-11-23T17:41:15Z' >&6
	event
	same "$event" 'tick 2026-11-23T17:41:15Z'
	end_log
}

@test "as-log: -l: silence is an event, again and again; what comes ends it" {
	local n came=''
	start_log --limit 500ms
	event
	same "$event" silent
	event
	same "$event" silent
	for ((n = 0; n < 14; n++)); do
		echo '# tick 2026-11-23T17:41:00Z' >&6
		read -rt 0.05 -u 7 event || :
		came+=$event
	done
	same "$came" ''
	echo 'pid 1 as-fetch 99999999' >&5
	event
	same "$event" 'pid 1 as-fetch 99999999'
	event
	same "$event" silent
	end_log
}

# make_stage: ./stage NAME COMMAND..., a stage of the pipe as as-loop has it
make_stage() {
	cat >stage <<-'END'
		#!/bin/sh
		name=$1
		shift
		trap : TERM
		{ "$@" <&3 3<&- 5>&- & } 3<&0
		echo "pid 1 $name $!" >&5
		while
			wait $!
			code=$?
			[ $code -gt 128 ] && kill -0 $! 2>/dev/null
		do :; done
		echo "exit 1 $name $code" >&5
	END
	chmod +x stage
}

# start_pipe: first | second | third, which go on and on; $pids has their pids
start_pipe() {
	{ ./stage first yes | ./stage second cat | ./stage third cat >/dev/null; } 6>&- 7<&- &
	pids=
	for _ in 1 2 3; do
		event
		pids+=${event#pid 1 }' '
	done
}

# is_ended CODE: all three have ended, the first event of the hanging one has CODE
is_ended() {
	local codes=
	for _ in 1 2 3; do
		event
		[[ $event != "exit 1 $name "* ]] || codes=${event##* }
	done
	same "$codes" "$1"
}

@test "as-log: -l: the stage that hangs is named, and the pipe is ended" {
	local name pids
	make_stage
	for name in first second third; do
		rm -f autoscaler.log
		start_log
		start_pipe
		kill -STOP "$(sed "s/.*$name \([0-9]*\) .*/\1/" <<<"$pids")"
		echo 'limit 700' >&5
		event
		same "$event" silent
		is_ended 143
		has "$(logged)" "ERROR as-log: $name hangs: no report for 0 s, it is ended"
		end_log
	done
}

@test "as-log: end: a pipe that does not end in its time is ended; -9 after SIGTERM" {
	local name=first pids
	make_stage
	start_log
	printf '#!/bin/sh\ntrap "" TERM PIPE\nwhile :; do echo 2>/dev/null; done\n' >yes
	chmod +x yes
	PATH=$PWD:$PATH start_pipe
	echo 'end 1 100' >&5
	is_ended 137
	has "$(logged)" "hangs: it did not end for 0 s, it is ended"
	# one that ends in time is none
	rm yes autoscaler.log
	start_pipe
	printf 'end 1 60000\nend 2 0\npid 1 self 0\nexit 1 self 0\nwake 1 10\n' >&5
	event
	event
	event
	same "$event" 'wake 1'
	kill "$(sed "s/.*third \([0-9]*\) .*/\1/" <<<"$pids")"
	is_ended 141
	end_log
	[ ! -e autoscaler.log ]
}

@test "as-log: end: the stages of a new pipe are left alone" {
	local name=third pids old new
	make_stage
	start_log
	start_pipe
	sed -i 's/"\(pid\|exit\) 1 /"\1 2 /' stage
	{ ./stage first yes | ./stage second cat >/dev/null; } 6>&- 7<&- &
	event
	event
	new=${event##* }
	old=$(sed "s/.*third \([0-9]*\) .*/\1/" <<<"$pids")
	kill -STOP "$old"
	echo 'end 1 200' >&5
	until_true grep -qs 'ERROR as-log: third hangs: it did not end' autoscaler.log
	is_ended 143
	kill -0 "$new"
	same "$(grep -c hangs autoscaler.log)" 1
	kill "$new"
	event
	event
	end_log
	# an old pipe that has ended leaves nothing to do
	rm autoscaler.log
	start_log
	printf 'pid 1 old 99999999\npid 2 new 99999999\nend 1 100\nexit 1 old 0\nwake 2 300\n' >&5
	until [ "$event" = 'wake 2' ]; do
		event
	done
	end_log
	[ ! -e autoscaler.log ]
}

@test "as-log: without a script the stages that stay are ended" {
	local name=first pids
	make_stage
	start_log -l 2s
	start_pipe
	exec 5>&- 6>&- 7<&-
	wait "$log" || same $? 74
	log=
	has "$(logged)" " hangs: it did not end for 2 s, it is ended"
	same "$(pgrep -fc "^[^ ]*sh ./stage (first|second|third)" || :)" 0
}

@test "as-log: it ends when its messages end, and takes the last reports along" {
	start_log
	echo '2026-11-23T17:41:00Z web 11 from=10 applied=ok' >&6
	echo 'as-apply: info: done' >&5
	end_log
	has "$(logged)" 'INFO as-apply: web: 11 from=10 applied=ok'
	has "$(logged)" 'INFO as-apply: done'
	# without a descriptor 3, and with one that cannot be read
	echo 'as-apply: info: done' >in
	expect 0 sh -c 'as-log <in 3<&-'
	expect 0 sh -c 'as-log <in 3>other'
	same "$(logged | grep -c ': done')" 3
}

@test "as-log: without a script it logs what is on its way, and ends" {
	start_log -l 50ms
	event
	exec 7<&-
	echo 'as-apply: info: still here' >&5
	until_true grep -qs 'still here' autoscaler.log
	kill -0 "$log"
	# the stages ended
	exec 5>&-
	wait "$log" || [ $? -eq 74 ]
	log=
	exec 6>&-
}

# bats test_tags=slow
@test "as-log: without a script it does not stay for long, whatever the stages do" {
	start_log
	exec 7<&-
	wait "$log"
	log=
	exec 5>&- 6>&-
}

@test "as-log: signals to the group do not end it" {
	start_log
	echo 'pid 1 as-fetch 99999999' >&5
	event
	kill -TERM "$log"
	kill -INT "$log"
	kill -HUP "$log"
	echo 'as-apply: info: last words' >&5
	end_log
	has "$(logged)" 'INFO as-apply: last words'
}

@test "as-log: -C: ticks, changes, refusals and errors are counted" {
	start_log --counts 300ms
	printf '%s\n' 'as-fetch: error: web: status: timeout' 'as-fetch: error: web: status: dns' >&5
	printf '%s\n' '2026-11-23T17:41:00Z a 3 from=2 applied=ok http=204' \
	    '2026-11-23T17:41:00Z b 3 from=2 applied=refused why=stale' \
	    '2026-11-23T17:41:00Z c 2 from=2 applied=same' '# tick 2026-11-23T17:41:00Z' >&6
	until_true grep -qs 'in the last' autoscaler.log
	has "$(logged)" 'INFO as-log: 1 tick, 1 change, 1 refusal, 2 errors in the last 300ms'
	until_true grep -qs '0 ticks, 0 changes, 0 refusals, 0 errors in the last' autoscaler.log
	end_log
}

@test "as-log: -e: standard error has the lines of the log, too" {
	printf '%s\n' 'as-fetch: error: web: status: timeout' 'as-fetch: debug: details' >in
	expect 0 once --stderr
	same "$err" "$(cat autoscaler.log)"
	has "$err" 'Z ERROR as-fetch: web: status: timeout'
	expect 0 once -e -q
	has "$err" ERROR
	# a file that others write to, too
	echo first >both
	expect 0 sh -c 'as-log -e <in 3<&- 2>>both'
	same "$(cut -d' ' -f2- both)" "$(printf '%s\n' first 'ERROR as-fetch: web: status: timeout')"
	# a disk that is full
	expect 0 sh -c 'as-log -e <in 3<&- 2>/dev/full'
	has "$(logged)" 'ERROR as-log: 1 line not written to standard error'
}

@test "as-log: the errors of wrong settings, usage or secrets go to standard error, too" {
	local code
	for code in 0 69 74 75 143; do
		printf '%s\n' 'pid 1 as-apply 99999999' 'as-apply: error: x' "exit 1 as-apply $code" >in
		expect 0 once
		same "$err" ''
	done
	for code in 64 77 78; do
		rm autoscaler.log
		printf '%s\n' 'pid 1 as-apply 99999999' 'as-apply: error: old' \
		    'pid 2 as-apply 99999999' 'as-apply: warning: x' 'as-apply: error: y' \
		    "exit 2 as-apply $code" "exit 2 as-decide $code" >in
		expect 0 once
		same "$err" "$(grep 'ERROR as-apply: y' autoscaler.log)"
		expect 0 once -e
		same "$(grep -c 'ERROR as-apply: y' "$TMP/err")" 1
	done
}

# unread: how many lines are in the log for want of a reader
unread() {
	sed -n 's/.* \([0-9]*\) lines* not written to standard error$/\1/p' autoscaler.log
}

@test "as-log: -e: it never waits for standard error, and says how many lines it lacks" {
	local n read
	mkfifo unread
	exec 8<>unread
	mkfifo messages
	as-log -e <messages 3<&- 2>unread 8<&- &
	log=$!
	exec 5>messages
	for ((n = 0; n < 3000; n++)); do
		echo "as-fetch: info: line $n of very many that are not read"
	done >&5
	until_true grep -qs 'line 2999 ' autoscaler.log
	# now it is read
	exec 9<unread
	exec 8<&-
	cat <&9 >read 3>&- 5>&- &
	reader=$!
	exec 9<&-
	until_true grep -q 'not written' read
	echo 'as-fetch: info: the end' >&5
	exec 5>&-
	wait "$log"
	log=
	wait "$reader"
	n=$(unread)
	[ "$n" -gt 0 ]
	same "$(grep -c ' line ' read)" $((3000 - n))
	has "$(tail -n 1 read)" 'INFO as-fetch: the end'
	# no line is torn
	same "$(grep -cv '^[^ ]*Z [A-Z]* as-[a-z]*: .*[a-z]$' read || :)" 0
	same "$(grep -c ' line ' autoscaler.log)" 3000
}

@test "as-log: -e: a standard error whose reader is gone costs nothing but itself" {
	mkfifo unread messages
	as-log -e <messages 3<&- 2>unread &
	log=$!
	exec 5>messages 8<unread
	exec 8<&-
	printf 'as-fetch: info: %s\n' one two >&5
	until_true grep -qs 'has no reader any more' autoscaler.log
	echo 'as-fetch: info: three' >&5
	exec 5>&-
	wait "$log"
	log=
	# the warning is there once, at whichever message the loss was noticed
	same "$(logged | grep -v WARNING)" "$(printf 'INFO as-fetch: %s\n' one two three)"
	same "$(logged | grep WARNING)" 'WARNING as-log: standard error has no reader any more'
}

@test "as-log: a log that was moved or deleted is opened anew (L3)" {
	start_log
	echo 'as-fetch: info: one' >&5
	until_true grep -qs one autoscaler.log
	mv autoscaler.log autoscaler.log-20261123
	echo 'as-fetch: info: two' >&5
	until_true grep -qs two autoscaler.log
	rm autoscaler.log
	echo 'as-fetch: info: three' >&5
	until_true grep -qs three autoscaler.log
	: >autoscaler.log
	echo 'as-fetch: info: four' >&5
	until_true grep -qs four autoscaler.log
	end_log
	same "$(cut -d' ' -f4 autoscaler.log-* autoscaler.log)" "$(printf '%s\n' one four)"
}

@test "as-log: a line that a killed one left is ended (L4)" {
	printf '2026-11-23T17:41:00Z INFO as-fetch: hal' >autoscaler.log
	echo 'as-fetch: info: whole' >in
	expect 0 once
	same "$(logged)" "$(printf '%s\n' 'INFO as-fetch: hal (cut short)' 'INFO as-fetch: whole')"
}

@test "as-log: a full disk is reported once, and again when there is room (L2)" {
	ln -s /dev/full autoscaler.log
	start_log
	printf 'as-fetch: info: %s\n' one two >&5
	until_true has_lines stderr 1
	echo 'as-fetch: info: three' >&5
	echo 'pid 1 as-fetch 99999999' >&5
	event
	same "$event" 'pid 1 as-fetch 99999999'
	ln -s here new
	mv -T new autoscaler.log
	echo 'as-fetch: info: four' >&5
	until_true has_lines stderr 2
	local status=0
	end_log || status=$?
	same "$status" 74
	same "$(cat stderr)" "$(printf '%s\n' 'as-log: error: autoscaler.log: No space left on device' \
	    'as-log: warning: autoscaler.log: can be written again')"
	same "$(logged)" "$(printf '%s\n' 'INFO as-fetch: four' \
	    'WARNING as-log: autoscaler.log: can be written again, 3 lines are missing')"
}

@test "as-log: with -e the lines that a full disk takes are on standard error" {
	ln -s /dev/full autoscaler.log
	echo 'as-fetch: info: one' >in
	expect 74 once -e
	same "${err%%$'\n'*}" 'as-log: error: autoscaler.log: No space left on device'
	has "$err" 'Z INFO as-fetch: one'
}

@test "as-log: a file that is at its limit is like a full disk (O14)" {
	yes 'as-fetch: info: a line' | head -n 1000 >in
	expect 74 sh -c 'ulimit -f 2; as-log <in 3<&-'
	has "$err" 'as-log: error: autoscaler.log: File too large'
}

# notify ADDRESS: prints what systemd would get, until three heartbeats came
notify() {
	python3 - "$1" <<-'END' >notified 3>&- &
		import socket, sys
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind(sys.argv[1].replace('@', '\0', 1))
		open('bound', 'w').close()
		for i in range(3):
		    sys.stdout.write(s.recv(4096).decode() + '--\n')
	END
	server=$!
	until_true test -e bound
	rm bound
}

@test "as-log: systemd hears of the first heartbeat, and of each" {
	local address
	: >in
	printf '%s\n' '2026-11-23T17:41:00Z web 3 from=2 applied=ok' >reports
	printf '# tick 2026-11-23T17:41:%sZ\n' 00 15 30 >>reports
	sed -i 1d reports
	for address in "$TMP/socket" "@as-log-$$-$BATS_TEST_NUMBER"; do
		notify "$address"
		NOTIFY_SOCKET=$address expect 0 once
		wait "$server"
		same "$(cat notified)" "$(
			echo READY=1
			for at in 00 15 30; do
				echo WATCHDOG=1
				echo "STATUS=tick 2026-11-23T17:41:${at}Z: $((at / 15 + 1)) tick$(
				    [ $at = 00 ] || echo s), 0 changes, 0 refusals, 0 errors"
				echo --
			done
		)"
	done
	# nobody there: scaling goes on
	NOTIFY_SOCKET=$TMP/none expect 0 once
	has "$(logged)" 'WARNING as-log: NOTIFY_SOCKET: No such file'
	NOTIFY_SOCKET=none expect 0 once
	has "$(logged)" 'WARNING as-log: NOTIFY_SOCKET: is neither a path nor'
}

@test "as-log: -w: a file that is written, replaced, deleted or made is an event" {
	echo 'target = 0.80' >as.conf
	start_log --watch as.conf -w other
	echo 'pid 1 as-fetch 99999999' >&5
	event
	echo 'target = 0.75' >>as.conf
	event
	same "$event" 'changed as.conf'
	cp -p as.conf new
	mv new as.conf
	event
	same "$event" 'changed as.conf'
	# of the same size, and with the time of before
	touch -r as.conf before
	echo 'target = 0.80' >as.conf
	echo 'target = 0.70' >>as.conf
	touch -r before as.conf
	event
	same "$event" 'changed as.conf'
	rm as.conf
	event
	same "$event" 'changed as.conf'
	echo x >other
	event
	same "$event" 'changed other'
	# one that the script adds counts as changed once; twice is once
	printf 'watch %s/new\nwatch %s/new\nwatch new\n' "$PWD" "$PWD" >&5
	echo x >new
	event
	same "$event" "changed $PWD/new"
	echo y >>new
	event
	same "$event" "changed $PWD/new"
	end_log
	same "$(logged)" 'ERROR as-loop: watch new'
}

@test "as-log: -w: a ConfigMap whose symlink is swapped is an event" {
	mkdir ..1 ..2
	echo 'target = 0.80' >..1/as.conf
	touch -r ..1/as.conf ..2/as.conf
	cp -p ..1/as.conf ..2/as.conf
	ln -s ..1 ..data
	ln -s ..data/as.conf as.conf
	start_log -w as.conf
	echo 'pid 1 as-fetch 99999999' >&5
	event
	ln -s ..2 ..tmp
	mv -T ..tmp ..data
	event
	same "$event" 'changed as.conf'
	end_log
}

@test "as-log: -L: one at a time, and others cannot open the lock (X16 P10)" {
	: >in
	echo >lock
	chmod 644 lock
	start_log --lock lock
	event
	same "$event" locked
	same "$(stat -c %a lock)" 600
	rm reports
	expect 75 once -L lock
	same "$err" 'as-log: error: lock: another process holds the lock'
	rm reports
	end_log
	expect 0 once -L lock
	ln -s lock link
	expect 74 once -L link
	same "$err" 'as-log: error: link: is a symbolic link'
	mkdir -m 777 others
	ln -s ../else others/link
	[ "$(id -u)" -ne 0 ] || expect 74 once -L others/link
	[ "$(id -u)" -ne 0 ] || has "$err" 'as-log: error: others/link: is a link'
	[ ! -e else ]
	(umask 0; expect 0 once -L new)
	same "$(stat -c %a new)" 600
}

@test "as-log: -L: the log cannot be the lock, which its rotation would give up (P10)" {
	: >in
	expect 64 once -L autoscaler.log
	has "$err" '-L/--lock: autoscaler.log is the log'
}

@test "as-log: -L: a lock that was deleted or replaced is an event, once (X16)" {
	start_log -L lock -t
	event
	same "$event" locked
	echo '# tick 2026-11-23T17:41:00Z' >&6
	event
	same "$event" 'tick 2026-11-23T17:41:00Z'
	rm lock
	: >lock
	printf '# tick 2026-11-23T17:41:%sZ\n' 15 30 >&6
	exec 5>&- 6>&-
	wait "$log"
	log=
	same "$(cat <&7)" "$(printf '%s\n' 'tick 2026-11-23T17:41:15Z' unlocked 'tick 2026-11-23T17:41:30Z')"
}

@test "as-log: lines over 64 KiB are cut, and memory is bounded" {
	awk 'BEGIN {
		long = "as-fetch: error: "
		for (i = 0; i < 20000; i++)
			long = long "0123456789"
		print long
		print "as-fetch: info: after it"
		for (i = 0; i < 100; i++)
			printf "%s", long
		print ""
		print "as-fetch: info: the end"
	}' >in
	awk 'BEGIN {
		printf "2026-11-23T17:41:00Z web 1 applied=ok x="
		for (i = 0; i < 20000; i++)
			printf "0123456789"
		print ""
		print "2026-11-23T17:41:00Z web 1 applied=ok"
	}' >reports
	expect 0 once
	same "$(logged | cut -c 1-40 | sort)" "$(sort <<-END
		ERROR as-fetch: 012345678901234567890123
		INFO as-fetch: after it
		ERROR as-fetch: 012345678901234567890123
		INFO as-fetch: the end
		ERROR as-log: report: line is over 64 Ki
		INFO as-apply: web: 1 applied=ok
	END
	)"
	[ "$(wc -L <autoscaler.log)" -lt 65536 ]
	[ "$(wc -L <autoscaler.log)" -gt 60000 ]
}

# reports N: of one tick
many_reports() {
	seq -f '2026-11-23T17:41:00Z app-%.0f 11 from=10 applied=ok http=204' 1 "$1"
	echo '# tick 2026-11-23T17:41:00Z'
}

@test "as-log: 10,000 reports and messages at once: none is torn or lost (X12)" {
	many_reports 10000 >many
	start_log -t
	seq -f 'as-apply: error: app-%.0f: put: timeout' 1 10000 >&5 &
	cat many >&6
	wait $!
	event
	end_log
	same "$(logged | grep -c '^INFO as-apply: app-[0-9]*: 11 from=10 applied=ok http=204$')" 10000
	same "$(logged | grep -c '^ERROR as-apply: app-[0-9]*: put: timeout$')" 10000
	same "$(wc -l <autoscaler.log)" 20000
	# all that is there when the messages end
	rm autoscaler.log reports
	mv many reports
	: >in
	expect 0 once
	same "$(wc -l <autoscaler.log)" 10000
}

@test "as-log: an event that the script does not read waits, and holds nothing up" {
	start_log
	seq -f 'exit %.0f as-fetch 0' 1 20000 >&5
	echo 'as-fetch: info: the end' >&5
	until_true grep -qs 'the end' autoscaler.log
	event
	same "$event" 'exit 1 as-fetch 0'
	cat <&7 >more 3>&- 5>&- 6>&- &
	reader=$!
	until_true grep -qs 'events dropped' autoscaler.log
	end_log
	exec 7<&-
	wait "$reader"
	same "$(grep -cv '^exit [0-9]* as-fetch 0$' more || :)" 0
	same "$(($(wc -l <more) + 1 + $(sed -n 's/.* \([0-9]*\) events dropped.*/\1/p' autoscaler.log)))" 20000
}

@test "as-log: wrong operands and values are usage, 64" {
	local option
	for option in x '-l 0' '-l soon' '-C 0' '-L' "-w ''"; do
		eval "expect 64 as-log $option" </dev/null
		has "$err" 'as-log: error: '
	done
	[ ! -e autoscaler.log ]
}
