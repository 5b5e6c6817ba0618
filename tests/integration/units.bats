# units.bats - what starts the loop: systemd's units, runit, s6; see cron.bats
# shellcheck disable=SC2154 # the helper's variables
# P7 killed and started again it goes on    P8 P9 what a service may not do

load helper

EXAMPLES=$BATS_TEST_DIRNAME/../../examples
# a unit's name as it is started, and the file that it is by
SERVICES='as-loop.service as-tick.service as-loop@web.service'

setup() {
	need systemd-analyze runsv s6-svscan strace
}

teardown() {
	[ -z "${supervisor-}" ] || stop "$supervisor"
	stop_app
}

# units: those of the examples, for the tools under test, in $TMP/units
units() {
	local unit
	mkdir "$TMP/units"
	for unit in "$EXAMPLES"/systemd/*; do
		sed "s|/usr/local/bin|$B|" "$unit" >"$TMP/units/${unit##*/}"
	done
	cp "$TMP/units/as-loop@.service" "$TMP/units/as-loop@web.service"
	cd "$TMP/units" || return
}

verify() {
	systemd-analyze verify --man=no "./$1" 2>&1
}

# calls SET...: the names of systemd's sets of system calls
calls() {
	systemd-analyze syscall-filter | awk -v sets="$*" '
	function expand(set,    names, n, i) {
		n = split(members[set], names)
		for (i = 1; i <= n; i++)
			if (names[i] ~ /^@/)
				expand(names[i])
			else
				print names[i]
	}
	/^@/ { set = $1 }
	/^ +[^ #]/ { members[set] = members[set] " " $1 }
	END {
		n = split(sets, wanted)
		for (i = 1; i <= n; i++)
			expand(wanted[i])
	}' | sort -u
}

# filter @|~: the unit's sets of calls that are let, or not
filter() {
	sed -n "s/^SystemCallFilter=\($1\)/\1/p" \
	    "$EXAMPLES/systemd/as-loop.service"
}

@test "systemd: verify accepts the units, and security scores each below 2.0" {
	local unit
	units
	for unit in $SERVICES as-tick.timer; do
		same "$(verify "$unit")" ''
	done
	for unit in $SERVICES; do
		expect 0 systemd-analyze security --offline=yes --no-pager \
		    --threshold=20 "./$unit"
		report "$(tail -n 1 "$TMP/out")"
		# what it must not do is the same for all
		sed -n '/^# Its own user/,/^$/p' "$unit" >"$TMP/$unit"
		same "$(cat "$TMP/$unit")" "$(cat "$TMP/as-loop.service")"
		[ "$(wc -l <"$TMP/$unit")" -gt 20 ]
	done
	# and both do look
	sed -i 's/^ExecStart=.*/&\nRestrat=no/' as-loop.service
	has "$(verify as-loop.service)" "Unknown key 'Restrat'"
	sed -i '/^Restrict\|^Protect/d' as-loop.service
	expect 1 systemd-analyze security --offline=yes --no-pager \
	    --threshold=20 ./as-loop.service
}

@test "systemd: a tick makes no call and maps no memory that the units forbid" {
	start_app --replicas 5 --at 12:00
	expect 0 strace -f -qq -o "$TMP/trace" as-loop -1 -d "$TMP/as" \
	    -o 'sample={replicas, cpu: .cpu.highPriority} | .' \
	    "$status_url" "$replicas_url"
	has "$(cat "$TMP/as/autoscaler.log")" 'applied=ok http=204'
	sed -n 's/^[0-9]* *\([a-z0-9_]*\)(.*/\1/p' "$TMP/trace" | sort -u >"$TMP/made"
	comm -23 <(calls "$(filter '@')") <(calls "$(filter '~' | tr -d '~')") \
	    >"$TMP/let"
	[ "$(wc -l <"$TMP/let")" -gt 200 ]
	grep -qx prctl "$TMP/made"
	same "$(comm -23 "$TMP/made" "$TMP/let")" ''
	same "$(grep 'PROT_WRITE|PROT_EXEC' "$TMP/trace" || :)" ''
	same "$(grep ' socket(' "$TMP/trace" |
	    grep -v 'socket(AF_INET6\?,\|socket(AF_UNIX,' || :)" ''
}

# service KIND: the example's directory, for the tools and places of the test
service() {
	start_app --replicas 5 --at 12:00
	printf '%s\n' '[app web]' "status_url = $status_url" \
	    "replicas_url = $replicas_url" >"$TMP/as.conf"
	mkdir "$TMP/scan" "$TMP/log"
	cp -r "$EXAMPLES/$1/as-loop" "$TMP/scan"
	sed -i "s|chpst -u as ||; s|s6-setuidgid as ||; s|/usr/local/bin|$B|
	    s|/etc/as/as.conf|$TMP/as.conf|; s|/var/lib/as|$TMP/as|
	    s|/var/log/as|$TMP/log|; s|as-loop -c|as-loop -i 200ms -c|" \
	    "$TMP"/scan/as-loop/run "$TMP"/scan/as-loop/log/run
	directory=$TMP/scan/as-loop
}

ticks() {	# MORE: so many than there are
	local n=0
	[ ! -e "$TMP/as/samples.log" ] || n=$(wc -l <"$TMP/as/samples.log")
	until_true eval "[ -e '$TMP/as/samples.log' ] &&
	    [ \"\$(wc -l <'$TMP/as/samples.log')\" -ge $((n + $1)) ]"
}

# is up, with another pid than $pid
is_anew() {
	[ -n "$(pid_of)" ] && [ "$(pid_of)" != "$pid" ]
}

is_down() {
	[ -z "$(pid_of)" ]
}

# comes_back DOWN UP: killed, ended and started again, with wrong settings and
# with good ones; the commands take it down and up
comes_back() {
	local pid
	ticks 2
	pid=$(pid_of)
	kill -9 "$pid"
	until_true is_anew
	ticks 2
	$1 "$directory"
	until_true is_down
	flock -n "$TMP/as/lock" true
	echo 'mx = 5' >>"$TMP/as.conf"
	$2 "$directory"
	until_true grep -qs 'mx: unknown key, did you mean max' "$TMP/log/current"
	until_true is_down
	# either would have tried again within a second
	sleep 1.5
	is_down
	same "$(grep -c 'unknown key' "$TMP/log/current")" 1
	sed -i '/^mx/d' "$TMP/as.conf"
	$2 "$directory"
	until_true is_anew
	ticks 1
	same "$(as-decide -c "$TMP/as.conf" "$TMP/as/samples.log")" \
	    "$(cat "$TMP/as/decisions.log")"
	report "$(tail -n 1 "$TMP/as/autoscaler.log")"
}

@test "runit: the loop is started again, but for what only somebody can mend" {
	pid_of() {
		sv status "$directory" | sed -n 's/^run: [^ ]* (pid \([0-9]*\)).*/\1/p'
	}
	service runit
	runsv "$directory" >"$TMP/runsv.out" 2>&1 3>&- &
	supervisor=$!
	comes_back 'sv down' 'sv up'
}

@test "s6: the loop is started again, but for what only somebody can mend" {
	pid_of() {
		s6-svstat -o pid "$directory" | grep -v -- -1
	}
	service s6
	s6-svscan "$TMP/scan" >"$TMP/s6.out" 2>&1 3>&- &
	supervisor=$!
	until_true s6-svok "$directory"
	comes_back 's6-svc -d' 's6-svc -u'
}

@test "cron: the README's line is the example's" {
	local line
	line=$(grep '^\* ' "$EXAMPLES/cron/crontab")
	has "$line" 'as-loop -1 '
	grep -qxF "$line" "$EXAMPLES/../README.md"
}
