# helper.bash - what the suites share; they run in the directory tests

cd "${BASH_SOURCE[0]%/*}/.." || exit
export B=${B:-${PWD%/*}/build}
PATH=$B:$PATH
TMP=$BATS_TEST_TMPDIR
export LC_ALL=C
tools=$(cd ../cmd && printf '%s ' as-*)
tools=${tools//.c/}
STAMP='[0-9-]*T[0-9:.]*Z'	# any TIME, as a pattern

# expect STATUS COMMAND...: runs it; $out and $err are what it said
expect() {
	local want=$1 status=0
	shift
	"$@" >"$TMP/out" 2>"$TMP/err" || status=$?
	out=$(<"$TMP/out")
	err=$(<"$TMP/err")
	[ "$status" -eq "$want" ] && return 0
	printf 'exit status %s, want %s: %s\nstdout: %s\nstderr: %s\n' \
	    "$status" "$want" "$*" "$out" "$err"
	return 1
}

# same GOT WANT: shows both if they differ, several lines as a diff
same() {
	[ "$1" = "$2" ] && return 0
	if [[ $1$2 == *$'\n'* ]]; then
		diff -u --label want --label got <(echo "$2") <(echo "$1") || return
	fi
	printf 'want: %s\ngot:  %s\n' "$2" "$1"
	return 1
}

# has TEXT PATTERN: a shell pattern anywhere in it
has() {
	# shellcheck disable=SC2053 # a pattern
	[[ $1 == *$2* ]] && return 0
	printf 'no "%s" in: %s\n' "$2" "$1"
	return 1
}

# until_true COMMAND...: waits for it, a minute at most; a pipe that nobody
# writes to takes less of the machine than a sleep(1) each time
until_true() {
	local i silence
	exec {silence}<> <(:)
	for ((i = 0; i < 3000; i++)); do
		if "$@"; then
			exec {silence}<&-
			return 0
		fi
		read -rt 0.02 -u "$silence" || :
	done
	exec {silence}<&-
	echo "not within 60 s: $*"
	return 1
}

# start_app OPTION...: the demo application on a free port; $app, $status_url
# and $replicas_url
start_app() {
	rm -f "$TMP/port"
	demo-app --port 0 --port-file "$TMP/port" --noise 0 \
	    --log "$TMP/requests" "$@" >"$TMP/app.out" 2>&1 3>&- &
	app=$!
	until_true test -s "$TMP/port"
	base=http://127.0.0.1:$(cat "$TMP/port")
	status_url=$base/app/status
	replicas_url=$base/app/replicas
}

# stop PID...: ends them and waits
stop() {
	local pid
	for pid; do
		kill "$pid" && wait "$pid" || :
	done
}

stop_app() {
	[ -z "${app-}" ] || stop "$app"
	app=
}

# has_lines FILE N: at least
has_lines() {
	local lines
	[ -e "$1" ] && mapfile -t lines <"$1" && [ ${#lines[@]} -ge "$2" ]
}

# a_locale: tr_TR.UTF-8, whose numbers have commas and whose i is not I's, in the
# directory $LOCPATH; made once for all suites where tests/run names a place
a_locale() {
	LOCPATH=${LOCALES:-$BATS_RUN_TMPDIR/locales}
	mkdir -p "$LOCPATH"
	(
		flock 9
		[ -d "$LOCPATH/tr_TR.UTF-8" ] ||
		    localedef -i tr_TR -f UTF-8 "$LOCPATH/tr_TR.UTF-8"
	) 9>"$LOCPATH/lock"
}

# is_free LOCK: no as-loop is at work there
is_free() {
	(cd "$TMP" && as-log -L "$1" </dev/null 3<&- >/dev/null 2>&1)
}

# puts: how many PUTs the application has seen
puts() {
	[ -e "$TMP/requests" ] || { echo 0; return; }
	grep -c '^PUT ' "$TMP/requests" || :
}

# start_faultd: serves the script on its stdin; $fault is its URL
start_faultd() {
	cat >"$TMP/script"
	: >"$TMP/requests"
	rm -f "$TMP/port"
	faultd "$TMP/script" "$TMP/requests" >"$TMP/port" 3>&- &
	faultd=$!
	until_true test -s "$TMP/port"
	fault=http://127.0.0.1:$(cat "$TMP/port")
}

# Its connections are processes of its group.
stop_faultd() {
	kill -- -"$faultd"
	wait "$faultd" || :
}

# misses WORD CODE URL OPTION...: as-fetch prints err=WORD and one message
misses() {
	local word=$1 code=$2
	shift 2
	expect "$code" timeout 10 as-fetch "$@"
	[[ $out == $STAMP\ app\ -\ err=$word ]] || {
		printf 'want err=%s, got: %s (%s)\n' "$word" "$out" "$err"
		return 1
	}
	has "$err" "as-fetch: error: app: status: ${word%% *}: "
	same "$(wc -l <"$TMP/err")" 1
}

# reads JSON: COUNT and what follows, from a reply of these bytes (\0357 is one)
reads() {
	printf '%b' "$1" | as-fetch -i - 2>"$TMP/err" | cut -d' ' -f3-
}
