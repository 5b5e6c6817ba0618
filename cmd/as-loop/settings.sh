
# settings.sh - checks the settings, and starts the pipe with new ones when they
# change

# Sets live to the option -c with the file of the settings, or to nothing.  A link
# is followed each time, because it may point to another file later, as in a
# ConfigMap of Kubernetes.
resolve() {
	live=''
	[ "$file" ] || return 0
	name=$file
	[ ! -L "$file" ] || name=$(readlink -f -- "$file") || name=$file
	add live -c "$name"
}

# Prints all mistakes in the settings, each once, but not those that TOOL finds, as
# it has printed them.  as-fetch -u ends before its first tick, because its standard
# input is at its end.
print_mistakes() {	# TOOL
	{
		eval "as-fetch -e $interval -u $shard $live $options"
		eval "as-decide $live $options"
		eval "as-apply $live $options"
	} </dev/null 2>&1 >/dev/null | awk -v tool="$1:" '
	{ text = $0; sub(/^[^ ]* /, "", text) }
	$1 == tool { printed[text]; next }
	!seen[text]++ { order[++n] = text; line[n] = $0 }
	END {
		for (i = 1; i <= n; i++)
			if (!(order[i] in printed))
				print line[i]
	}' >&2
}

try() {		# TOOL
	eval "$1 $live $options" </dev/null && return
	code=$?
	[ $code != 78 ] || print_mistakes "$1"
	return $code
}

# Checks the settings as a whole before anything starts.  With -1 only as-decide
# does this, which takes less time: as-fetch and as-apply check what they need when
# they begin.
check() {
	try as-decide && { [ "$once" ] || try as-apply; }
}

# Copies all files of the settings to settings.new with as-fetch, and checks the
# copy as the stages will read it.
copy_settings() {
	resolve
	eval "as-fetch -e $interval -u -k settings.new $shard $live $options" </dev/null &&
	    eval "as-apply ${file:+-c settings.new} $options" </dev/null
}

# Takes settings.new as the copy that the pipe runs with, and has as-log watch the
# files that were copied.  The pipe runs with a copy, so that stages which start
# again after a wrong edit still get settings that were right.
use_copy() {
	mv settings.new settings
	set_limit
	sed -n 's/^# file [0-9]* \//watch \//p' settings >&4
}

prepare() {
	mode=-u
	if [ "$file" ]; then
		copy_settings || exit
		conf=''
		add conf -c "$dir/settings"
		use_copy
	else
		set_limit
	fi
}

# Sets the time without a report after which as-log takes the pipe for hung: two
# ticks, three times the longest timeout, and 10 seconds.  All timeouts in the
# files count.  One that no app uses makes the limit longer, which does no harm.
set_limit() {
	longest=5000	# ms, the default of timeout
	case $options in *"'timeout="*) longest=0 ;; esac
	for dur in $({ echo "$options"; [ ! "$file" ] || cat settings; } |
	    sed -n "s/\(.*[ 	.']\)\{0,1\}timeout[ 	]*=[ 	]*\([0-9][0-9]*[a-z]*\).*/\2/p" | sort -u); do
		milliseconds "$dur"
		[ $ms -le $longest ] || longest=$ms
	done
	limit=$((2 * every + 3 * longest + 10000))
	[ $limit -le 2147483647 ] || limit=2147483647
	echo "limit $limit" >&4
}

# Prints what differs between two copies of the settings, one line for each key:
# "web: target.cpu 0.75 -> 0.80".  Leaves out values that may hold a secret.
changes() {	# OLD NEW
	{
		eval "as-fetch -G $shard -c $1 $options"
		echo
		eval "as-fetch -G $shard -c $2 $options"
	} | awk '
	function tell(what, text) {
		print what (what ~ /(_url|header|_query\.[^ ]*|_body)$|: set\./ ? " has changed" : text)
	}
	/^$/ { is_new = 1; next }
	{ sub(/ +# [^#]*$/, "") }
	/^\[/ { app = substr($0, 6, length($0) - 6); next }
	{
		if ($2 == "=") {
			key = app ": " $1
			value = substr($0, index($0, " = ") + 3)
		} else
			value = $0
		if (is_new)
			now[key] = now[key] " " value
		else
			old[key] = old[key] " " value
	}
	END {
		for (key in now)
			if (!(key in old))
				tell(key, " =" now[key])
			else if (old[key] != now[key])
				tell(key, old[key] " ->" now[key])
		for (key in old)
			if (!(key in now))
				tell(key, " =" old[key] " is gone")
	}' | sort
}

# Logs why the new settings are wrong.  The pipe goes on with the old ones.  After
# an hour, counted in ticks, remind checks the new ones again.
refuse() {
	bad_ticks=$((3600000 / every))
	was_bad=$bad
	bad=$(date +%s%3N)
	watch_problems
	[ "$was_bad" ] && [ $((bad - was_bad)) -lt 2000 ] && cmp -s problems refused && return
	mv problems refused
	say error "the settings are wrong, the old ones go on:"
	cat refused >&4
}

# Has as-log watch the files that the messages name, so that the settings are
# checked again when one of them is put right.  as-log calls a file that is new to
# it changed, so the same messages may come again at once.
watch_problems() {
	sed -n 's/^as-[a-z]*: error: \([a-z_.]*: \)\{0,1\}\(\/[^:]*\):.*/watch \2/p' problems >&4
}

accept() {
	say info "the settings are right again"
	bad=''
}

# Asks as-log for the event tick while there is something to do at each tick.
# Otherwise this script is not woken for it.
ask_for_ticks() {
	if [ "$metrics$bad$due" ]; then
		echo 'ticks 1'
	else
		echo 'ticks 0'
	fi >&4
}

# Checks the settings again.  If they are wrong, the old ones stay in use.  If they
# have changed, or if $1 is force, the pipe ends in order and starts again.
renew() {	# changed | force
	copy_settings 2>problems
	code=$?
	[ "$code" != 78 ] || print_mistakes '' 2>problems
	if [ "$code" != 0 ]; then
		refuse
		return
	fi
	[ ! "$bad" ] || accept
	if [ "$file" ] && ! cmp -s settings settings.new; then
		changes settings settings.new | head -n 100 | sed 's/^/as-loop: info: /' >&4
		due=force
		use_copy
	elif [ "$1" = changed ]; then
		return
	fi
	[ ! "$up" ] || change_over
}

# Does as renew does.  If a process could not be started for that, due says what
# remind is to try again at the next tick.
reload() {	# changed | force
	due=$1
	renew "$1"
	due=''
	ask_for_ticks
}

# Is called at each event tick.  Checks settings that were wrong again each hour.
remind() {
	[ ! "$due" ] || reload "$due"
	[ "$bad" ] || return 0
	bad_ticks=$((bad_ticks - 1))
	[ "$bad_ticks" -gt 0 ] || reload changed
}
