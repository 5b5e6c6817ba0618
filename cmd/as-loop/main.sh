
# main.sh - begins, waits for events, and ends

enter() {
	[ -d "$dir" ] || why=$(mkdir -p "$dir" 2>&1) ||
		die 74 "$dir: no place for logs: ${why##*: }"
	cd "$dir" || die 74 "$dir: no place for logs"
}

# Starts as-log, which takes the lock of this directory and holds it until the pipe
# has ended.  Before it has the lock, another as-loop may be at work here.  So the
# fifos have names that no other as-loop uses.
start_log() {
	id=$$
	[ ! -r /proc/sys/kernel/random/uuid ] || read -r id </proc/sys/kernel/random/uuid
	mkfifo "events.$id" "messages.$id" "reports.$id" || die 74 "$dir: no fifo"
	eval "as-log -L lock $logging <messages.$id 3<reports.$id >events.$id &"
	logger=$!
	exec 4>"messages.$id" 5>"reports.$id" 7<"events.$id"
	rm -f "events.$id" "messages.$id" "reports.$id"
	what=''
	read -r what <&7
	if [ "$what" != locked ]; then
		wait "$logger"	# as-log has printed why it has no lock
		exit
	fi
}

# Closes the inputs of as-log, and waits until it has logged the rest and ended.
end_log() {
	exec 4>&- 5>&-
	wait "$logger"
	code=$?
	[ $code = 0 ] || gravest $code
}

# Starts as-log and the pipe again, because the file of the lock was deleted or the
# directory was replaced.
begin_again() {
	say warning "the lock is gone: everything starts again"
	[ ! "$up" ] || stop
	end_log
	enter
	start_log
	prepare
	start
}

quit() {	# CODE
	# shellcheck disable=SC2064
	trap "exit $1" INT TERM
	trap '' HUP
	signal=''
	[ ! "$up" ] || stop
	attempt measure || :
	end_log
	exit "$1"
}

on_signal() {	# CODE
	signal=$1
	[ "$holding" ] || quit "$1"
}

take_event() {	# WHAT GENERATION NAME CODE
	case $1/$2 in
	"exit/$n") end_stage "$3" "$4" ;;
	"wake/$n")
		if [ ! -e lock ]; then
			begin_again
		elif [ ! "$up" ]; then
			start
		fi ;;
	tick*) measure; remind ;;
	changed*) reload changed ;;
	unlocked*) [ "$once" ] || begin_again ;;
	hangup*) reload force ;;
	esac
}

# Takes an event.  If it could not be finished, because a process could not be
# started, and has left the pipe ended, the pipe starts in a second.
take() {	# WHAT GENERATION NAME CODE
	attempt take_event "$@" && return
	[ "$up" ] || [ "$once" ] || echo "wake $n 1000" >&4
	ask_for_ticks
	take_signals
}

supervise() {
	while [ ! "$once" ] || [ "$ended" -lt 3 ]; do
		if read -r what of name rest <&7; then
			take "$what" "$of" "$name" "$rest"
		elif [ ! "$hangup" ]; then
			die 74 "as-log is gone"
		fi
		if [ "$hangup" ]; then
			hangup=''
			take hangup '' '' ''
		fi
	done
	attempt measure || :
	end_log
	exit "$failed"
}

main() {
	dir=. file='' shard='' once='' conf='' options='' explain='' dry='' metrics='' series=''
	logging='' up='' signal='' holding='' failed=0 n=0
	new_samples=0 new_decisions=0 new_reports=0 bad='' due='' hangup='' backoff=0 longest=0
	set_interval 15s
	parse "$@"
	resolve
	check || exit
	enter
	start_log
	mode='-n 1' conf=$live
	[ "$once" ] || prepare
	trap 'on_signal 143' TERM
	trap 'on_signal 130' INT
	[ "$once" ] || trap 'hangup=1' HUP
	look
	keep
	start
	supervise
}

self=$0
[ ! -L "$self" ] || self=$(readlink -f "$self")
case $self in
/*) PATH=${self%/*}:$PATH ;;
*/*) PATH=$PWD/${self%/*}:$PATH ;;
esac
main "$@"
exit
