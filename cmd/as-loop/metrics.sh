
# metrics.sh - gives as-metrics what each tick added to the logs

size() {	# LOG
	[ ! -f "$1" ] || wc -c <"$1"
}

mark() {
	[ ! "$metrics" ] || samples=$(size samples.log) \
	    decisions=$(size decisions.log) reports=$(size reports.log)
}

# Prints the bytes that were added to LOG while its size grew from OLD to NEW.  If
# it is shorter now, the log was begun again, and all of it is new.
between() {	# OLD NEW LOG
	[ ! -f "$3" ] || [ "${2:-0}" = "${1:-0}" ] && return
	if [ "${2:-0}" -gt "${1:-0}" ]; then
		tail -c "+$((${1:-0} + 1))" "$3" | head -c "$((${2:-0} - ${1:-0}))"
	else
		head -c "${2:-0}" "$3"
	fi
}

# Gives as-metrics the lines that were added to the logs since the last time.  If
# as-metrics fails, the loop goes on, and only the exit status tells of it.
measure() {
	[ "$metrics" ] || return 0
	hold_signals
	had_samples=$samples had_decisions=$decisions had_reports=$reports
	mark
	{
		between "$had_samples" "$samples" samples.log
		between "$had_decisions" "$decisions" decisions.log
		between "$had_reports" "$reports" reports.log
	} | as-metrics "$metrics" 2>&4 4>&- 5>&- 6>&- 7<&- 9>&-
	code=$?
	[ $code = 0 ] || gravest $code
	take_signals
}
