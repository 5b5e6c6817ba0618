
# metrics.sh - gives as-metrics what each tick added to the logs

size() {	# LOG
	[ ! -f "$1" ] || wc -c <"$1"
}

mark() {
	[ ! "$metrics" ] || samples=$(size samples.log) \
	    decisions=$(size decisions.log) reports=$(size reports.log)
}

# A log that is shorter than it was began anew.
between() {	# SIZE SIZE LOG
	[ ! -f "$3" ] || [ "${2:-0}" = "${1:-0}" ] && return
	if [ "${2:-0}" -gt "${1:-0}" ]; then
		tail -c "+$((${1:-0} + 1))" "$3" | head -c "$((${2:-0} - ${1:-0}))"
	else
		head -c "${2:-0}" "$3"
	fi
}

# Counts the lines that the logs have got since the last time.  Whatever becomes
# of the metrics, the next tick comes.
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
