
# metrics.sh - gives as-metrics what each tick added to the logs

size() {	# LOG
	[ ! -f "$1" ] || wc -c <"$1"
}

# Sets the new sizes of the logs.  keep then takes them as those that are counted.
look() {
	[ ! "$metrics" ] || new_samples=$(size samples.log) \
	    new_decisions=$(size decisions.log) new_reports=$(size reports.log)
}

keep() {
	samples=$new_samples decisions=$new_decisions reports=$new_reports
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
# as-metrics fails, the loop goes on, and only the exit status tells of it.  If it
# could not be started, the next time counts these lines, too.
measure() {
	[ "$metrics" ] || return 0
	hold_signals
	look
	{
		between "$samples" "$new_samples" samples.log
		between "$decisions" "$new_decisions" decisions.log
		between "$reports" "$new_reports" reports.log
	} | eval "as-metrics ${series:+$conf $options $series}" '"$metrics"' 2>&4 4>&- 5>&- 6>&- 7<&- 9>&-
	code=$?
	keep
	[ "$code" = 0 ] || gravest "$code"
	take_signals
}
