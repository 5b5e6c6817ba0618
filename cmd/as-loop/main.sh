# main.sh - begins, waits for events, and ends

start_log() {
	if [ "$has_copy" ] || [ -t 2 ]; then
		add logging -e
	fi
	rm -f events messages reports
	mkfifo events messages reports || die 74 "$dir: no fifo"
	eval "as-log $logging <messages 3<reports >events 9>&- &"
	logger=$!
	exec 4>messages 5>reports 7<events
	rm -f events messages reports
}

# Waits until as-log has logged all.
end_log() {
	exec 4>&- 5>&-
	wait "$logger"
	code=$?
	[ $code = 0 ] || gravest $code
}

quit() {	# CODE
	# shellcheck disable=SC2064
	trap "exit $1" INT TERM
	trap '' HUP
	signal=''
	[ ! "$up" ] || stop
	[ ! "$timer" ] || kill "$timer" 2>/dev/null
	measure
	end_log
	exit "$1"
}

on_signal() {	# CODE
	signal=$1
	[ "$holding" ] || quit "$1"
}

take_event() {	# WHAT GENERATION NAME REST
	case $1/$2 in
	"pid/$n") pids="$pids $4" ;;
	"exit/$n")
		if [ "$3" != start ]; then
			end_stage "$3" "$4"
		elif [ ! "$up" ]; then
			start
		fi ;;
	tick*) measure; remind ;;
	changed*) reload changed ;;
	silent*) [ ! "$up" ] || kill_silent ;;
	esac
}

supervise() {
	while [ ! "$once" ] || [ $ended -lt 3 ]; do
		if read -r what of name rest <&7; then
			take_event "$what" "$of" "$name" "$rest"
		elif [ ! "$hangup" ]; then
			die 74 "as-log is gone"
		fi
		if [ "$hangup" ]; then
			hangup=''
			reload force
		fi
	done
	measure
	end_log
	exit "$failed"
}

main() {
	dir=. file='' shard='' once='' conf='' options='' explain='' dry='' metrics=''
	has_copy='' logging='' up='' signal='' holding='' failed=0 n=0 pids=''
	samples=0 decisions=0 reports=0 bad='' hangup='' backoff=0 timer='' longest=0
	set_interval 15s
	parse "$@"
	check || exit
	enter
	mode='-n 1'
	[ "$once" ] || prepare
	start_log
	trap 'on_signal 143' TERM
	trap 'on_signal 130' INT
	[ "$once" ] || trap 'hangup=1' HUP
	mark
	start
	supervise
}

case $0 in */*) PATH=$(dirname "$(readlink -f "$0")"):$PATH ;; esac
main "$@"
exit
