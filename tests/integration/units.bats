# units.bats - what starts the loop: runit, s6; see systemd.bats and cron.bats;
# and what puts its logs away: logrotate
# shellcheck disable=SC2154 # the helper's variables
# P7 killed and started again it goes on

load helper

EXAMPLES=$BATS_TEST_DIRNAME/../../examples

setup() {
	need runsv s6-svscan logrotate
}

teardown() {
	[ -z "${supervisor-}" ] || stop "$supervisor"
	stop_app
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
	[ ! -e "$TMP/as/samples.log" ] || n=$(grep -vc '^#' "$TMP/as/samples.log")
	until_true eval "[ -e '$TMP/as/samples.log' ] &&
	    [ \"\$(grep -vc '^#' '$TMP/as/samples.log')\" -ge $((n + $1)) ]"
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
	is_free "$TMP/as/lock"
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

@test "logrotate: the logs are put away, and no tick is lost" {
	start_app --replicas 5 --at 12:00
	sed "s|/var/lib|$TMP|" "$EXAMPLES/logrotate/as-loop" >"$TMP/conf"
	chmod 644 "$TMP/conf"
	# each place that a unit has for logs
	mkdir "$TMP/as" "$TMP/as-loop" "$TMP/as-loop@web"
	tee "$TMP/as/a.log" "$TMP/as-loop/a.log" "$TMP/as-loop@web/a.log" <<<log
	expect 0 logrotate -f -s "$TMP/state" "$TMP/conf"
	same "$(cat "$TMP/as/a.log.1" "$TMP"/as-loop*/a.log.1 | wc -l)" 3
	as-loop -i 100ms -d "$TMP/as/web" "$status_url" "$replicas_url" 3>&- &
	supervisor=$!
	for _ in 1 2 3; do
		until_true test -s "$TMP/as/web/samples.log"
		until_true test -s "$TMP/as/web/decisions.log"
		expect 0 logrotate -f -s "$TMP/state" "$TMP/conf"
		same "$err" ""
	done
	until_true test -s "$TMP/as/web/decisions.log"
	stop "$supervisor"
	supervisor=
	cd "$TMP/as/web"
	zcat -f decisions.log* | cut -d" " -f1 | sort >"$TMP/decided"
	zcat -f samples.log* | cut -d" " -f1 | sort >"$TMP/sampled"
	diff "$TMP/sampled" "$TMP/decided"
	[ "$(wc -l <"$TMP/sampled")" -ge 4 ]
	test -s samples.log.3.gz
}

@test "cron: the README's line is the example's" {
	local line
	line=$(grep '^\* ' "$EXAMPLES/cron/crontab")
	has "$line" 'as-loop -1 '
	grep -qxF "$line" "$EXAMPLES/../README.md"
}
