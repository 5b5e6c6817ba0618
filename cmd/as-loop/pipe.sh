
# pipe.sh - starts the pipe, ends it in order, and starts it again if a stage ended

say() {		# LEVEL TEXT
	echo "as-loop: $1: $2" >&4
}

# Runs a function, and returns false if the function could not start a process.  For
# such a failure dash and busybox end a script, but not an eval that `command` runs.
# A subshell of busybox would go on after that eval, so the subshell exits here.
attempt() {	# FUNCTION ARGUMENT...
	read -r shell rest </proc/self/stat
	command eval '"$@"; return 0'
	say error "a process could not be started"
	read -r subshell rest </proc/self/stat
	[ "$subshell" = "$shell" ] || exit 71
	return 1
}

launch() {	# COMMAND...
	{ "$@" <&3 3<&- 2>&4 4>&- & } 3<&0
}

# Runs a stage.  Sends as-log the lines "pid" and "exit" about it, which as-log
# sends back as events.
stage() {	# COMMAND...
	if ! attempt launch "$@"; then
		echo "exit $n $1 71" >&4
		return
	fi
	echo "pid $n $1 $!" >&4
	while
		wait $!
		code=$?
		[ "$code" -gt 128 ] && kill -0 $! 2>/dev/null
	do :; done
	echo "exit $n $1 $code" >&4
}

# Between these two, a signal is only noted.  take_signals then acts on it.
hold_signals() {
	holding=1
}

take_signals() {
	holding=''
	[ ! "$signal" ] || quit "$signal"
}

open_leash() {
	if [ "$once" ]; then
		exec 8</dev/null
		return
	fi
	[ -p "leash.$id" ] || mkfifo "leash.$id" || die 74 "$dir: no fifo"
	# shellcheck disable=SC2094
	exec 6<>"leash.$id" 8<"leash.$id"
	rm -f "leash.$id"
	began=$(date +%s%3N)
}

# Finds the newest rotated log of samples, whatever logrotate called it.  as-fetch
# and as-decide read it and then samples.log, so that they remember what was before
# the rotation.
find_history() {
	older='' history=''
	for log in samples.log.* samples.log-*; do
		case $log in *.gz | *.xz | *.bz2 | *.zst) continue ;; esac
		[ -f "$log" ] || continue
		# shellcheck disable=SC3013 # dash and busybox have it
		[ "$older" ] && [ ! "$log" -nt "$older" ] || older=$log
	done
	[ ! "$older" ] || add history -H "$older"
}

run_pipe() {
	eval "stage as-fetch -e $interval $mode $history -l samples.log $shard $conf $options <&8 5>&- 8<&- |
	stage as-decide $history -H samples.log $explain $conf $options 5>&- 8<&- |
	stage as-apply -l decisions.log -p puts -r reports.log $dry $conf $options >&5 5>&- 8<&-"
}

start() {
	hold_signals
	find_history
	open_leash
	n=$((n + 1)) ended=0
	{
		trap '' HUP INT
		trap : TERM
		attempt run_pipe || echo "exit $n pipe 71" >&4
	} 6>&- 7<&- </dev/null &
	pipe=$! up=1
	exec 8<&-
	take_signals
}

# Ends the pipe in order: closes the leash, so that as-fetch begins no other tick,
# and waits until the stages have finished their work.  as-log ends those that need
# more than three times the longest timeout and 10 seconds.
stop() {
	exec 6>&-
	[ "$once" ] || echo "end $n $((3 * longest + 10000))" >&4
	until wait "$pipe"; ! kill -0 "$pipe" 2>/dev/null; do :; done
	up=''
}

# Waits until all stages have ended.  After as-fetch and as-decide have ended,
# as-apply may still wait for the answer to a PUT.  This function waits for as-apply
# until the next tick is due, and at least 200 ms.  Returns true if as-apply alone is
# still at work then.  Keeps other events in `later`.
await_end() {	# TIME of the next tick, in ms
	n_feeders=0
	while [ "$ended" -lt 3 ]; do
		read -r what of name rest <&7 || return
		case $what/$of/$name in
		"exit/$n/as-apply") ended=$((ended + 1)) ;;
		"exit/$n/"*)
			ended=$((ended + 1)) n_feeders=$((n_feeders + 1))
			[ "$n_feeders" = 2 ] || continue
			pause=$(($1 - $(date +%s%3N)))
			[ "$pause" -gt 200 ] || pause=200
			echo "wake $n $pause" >&4 ;;
		"wake/$n/") [ "$n_feeders" -ge 2 ]; return ;;
		*) later="$later$what $of $name $rest
" ;;
		esac
	done
	return 1
}

# Ends the pipe and starts a new one.  An as-apply that waits for the answer to a PUT
# goes on beside the new pipe: by its option -p no other PUT is sent for this app.
change_over() {
	later=''
	exec 6>&-
	now=$(date +%s%3N)
	echo "end $n $((3 * longest + 10000))" >&4
	echo "wake $n $((3 * longest + 15000))" >&4	# should an event be missing
	if await_end $((now - now % every + every)); then
		say warning "as-apply still waits for the answer to a PUT: the new pipe begins"
	else
		stop
	fi
	start
	while read -r what of name rest; do
		take_event "$what" "$of" "$name" "$rest"
	done <<-END
	$later
	END
}

gravest() {	# CODE: sets failed to the graver of CODE and failed
	for code in 74 71 78 64 77 69 65 75 "$1"; do
		case $code in "$1" | "$failed") break ;; esac
	done
	failed=$code
}

# Acts on the end of a stage.  A stage that failed has said why; this reports only
# a stage that could not, because it crashed or did not start.  130, 141 and 143
# mean that it was ended by SIGINT, SIGPIPE or SIGTERM, which is no crash.  The
# stage "pipe" stands for all that could not be started.
end_stage() {	# NAME CODE
	ended=$((ended + 1))
	[ "$1$once" != pipe1 ] || ended=3
	case $2 in
	0 | 130 | 141 | 143) ;;
	12[6-9] | 1[3-9]? | 2??) say error "$1 died: exit status $2" ;;
	esac
	[ "$2" = 0 ] || gravest "$2"
	[ "$once" ] || [ "$ended" -gt 1 ] || restart "$1" "$2"
}

# Ends the pipe, as one of its stages has ended, and has as-log send the event wake
# at the next tick, within a minute: then the pipe starts again.  If this happens
# again and again, the pause grows to a minute.  But a full disk (74) may have room
# at any time.
restart() {	# NAME CODE
	stop
	now=$(date +%s%3N)
	[ $((now - began)) -lt 60000 ] && [ "$2" != 74 ] || backoff=0
	pause=$((every - now % every))
	[ "$pause" -gt "$backoff" ] || pause=$backoff
	[ "$pause" -le 60000 ] || pause=60000
	backoff=$((2 * backoff + 500))
	say warning "$1 ended with status $2: the pipe starts again in $pause ms"
	echo "wake $n $pause" >&4
}
