# settings.sh - checks the settings, and takes them over when they change

# A healthy pipe gives something within two ticks and three timeouts.
set_limit() {
	longest=0
	# shellcheck disable=SC2013
	for dur in $(sed -n 's/^timeout = \([^ ]*\).*/\1/p' settings | sort -u); do
		milliseconds "$dur"
		[ $ms -le $longest ] || longest=$ms
	done
	limit=$((2 * every + 3 * longest + 10000))
	[ $limit -le 2592000000 ] || limit=2592000000
}

# A link, as in a ConfigMap of Kubernetes, may point to another file each time.
resolve() {
	[ "$file" ] || return 0
	name=$(readlink -f -- "$file") || name=$file
	conf=''
	add conf -c "$name"
}

check() {	# what the settings are as a whole, as the stages read them
	eval "as-decide $conf $options" </dev/null && eval "as-apply $conf $options" </dev/null
}

enter() {
	mkdir -p "$dir" 2>/dev/null || die 74 "$dir: no place for logs"
	cd "$dir" || die 74 "$dir: no place for logs"
	command exec 9>>lock || die 74 "$dir: no place for a lock"
	flock -n 9 || die 75 "$dir: another as-loop is at work here"
}

list_settings() {
	eval "as-fetch -G $shard $conf $options" >"$1"
}

# The files that settings come from
sources() {
	echo "$file"
	sed -n 's/^.* # \(\/.*\):[0-9][0-9]*$/\1/p' settings
}

prepare() {
	mode=-u
	umask=$(umask)
	umask 077
	list_settings settings || exit
	umask "$umask"
	old=$(quote "$(pwd)/settings")
	set_limit
	add logging -t -l "${limit}ms"
	[ "$file" ] || return 0
	sources | sort -u >sources.new
	while IFS= read -r name; do
		add logging -w "$name"
	done <sources.new
	rm -f sources.new
}

# What changed from one listing to the other: "web: target.cpu 0.75 -> 0.80"
changes() {	# OLD NEW
	awk '
	{ sub(/ +# [^#]*$/, "") }
	/^\[/ { app = substr($0, 6, length($0) - 6); next }
	NF {
		key = $1
		value = substr($0, index($0, " = ") + 3)
		if (FILENAME == ARGV[1])
			old[app, key] = old[app, key] " " value
		else
			now[app, key] = now[app, key] " " value
	}
	END {
		for (pair in now) {
			split(pair, part, SUBSEP)
			what = part[1] ": " part[2]
			if (!(pair in old))
				print what " =" now[pair]
			else if (old[pair] != now[pair])
				print what old[pair] " ->" now[pair]
		}
		for (pair in old)
			if (!(pair in now)) {
				split(pair, part, SUBSEP)
				print part[1] ": " part[2] " =" old[pair] " is gone"
			}
	}' "$1" "$2" | sort
}

# The old settings go on.  The error is logged again each hour.
refuse() {
	say error "the settings are wrong, the old ones go on:"
	cat problems >&4
	bad=1 bad_ticks=$((3600000 / every))
	[ ! "$file" ] || conf="-c $old"
}

check_again() {	# with what is found in the files now
	resolve
	umask 077
	list_settings settings.new 2>problems && check 2>>problems
	code=$?
	umask "$umask"
	return $code
}

# Settings that changed take the place of the old ones: the pipe ends in order and
# starts again.
reload() {	# changed | force
	if ! check_again; then
		refuse
		return
	fi
	[ ! "$bad" ] || say info "the settings are right again"
	bad=''
	if [ "$1" = changed ] && cmp -s settings settings.new; then
		return
	fi
	changes settings settings.new | head -n 100 | sed 's/^/as-loop: info: /' >&4
	mv settings.new settings
	if [ "$up" ]; then
		stop
		start
	fi
}

# Called at each tick
remind() {
	[ "$bad" ] || return 0
	bad_ticks=$((bad_ticks - 1))
	[ $bad_ticks -gt 0 ] || reload changed
}
