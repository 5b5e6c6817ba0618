# helper.bash - what the suites against real systems share

load ../suites/helper

# in setup_file there is no test yet
export TMP=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY

# report TEXT...: a line of progress, shown while the suites run
report() {
	echo "# $(date -u +%T) $*" >&3
}

# need COMMAND...: they are installed
need() {
	local command missing=
	for command; do
		command -v "$command" >/dev/null || missing+=" $command"
	done
	[ -z "$missing" ] && return
	echo "not installed:$missing (see make deps-integration)"
	return 1
}

# free_port: one of the loopback's that nobody has, as the kernel says
free_port() {
	perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1,
	    LocalAddr => "127.0.0.1")->sockport'
}

# within SECONDS COMMAND...: waits for it no longer than that
within() {
	local end=$((SECONDS + $1))
	while ! "${@:2}"; do
		if [ "$SECONDS" -ge "$end" ]; then
			echo "not within $1 s: ${*:2}"
			return 1
		fi
		sleep 0.1
	done
}

# contained [UNSHARE-OPTION]... COMMAND...: becomes it, in the background, with
# mounts and processes of its own, none of which outlives it or the suite
contained() {
	exec setpriv --pdeathsig KILL unshare --mount --pid --fork \
	    --mount-proc --kill-child "$@"
}

alive() {	# PID
	[ -e "/proc/$1" ] && ! grep -q '^State:.*zombie' "/proc/$1/status"
}

gone() {	# PID
	! alive "$1"
}

# end PID...: ends processes that another shell has begun, too; -9 after 10 s
end() {
	local pid
	for pid; do
		gone "$pid" && continue
		kill "$pid"
		until_true gone "$pid" || kill -9 "$pid"
	done
}

# end_contained PID: and all that it has begun
end_contained() {
	local first
	gone "$1" && return
	first=$(<"/proc/$1/task/$1/children")
	kill -9 "$1"
	until_true gone "${first% }"
	# bash tells of a job that was killed
	{ wait "$1" || :; } 2>"$TMP/killed"
}
