# as-loop that stays: stages and the script that are killed, servers that never
# answer, settings that change
# P7 kill -9 at any instant: X11 X13

load helper

setup() {
	start_app --at 12:00
	cat >"$TMP/as.conf" <<-END
		[default]
		status_url = $status_url?{app}
		replicas_url = $replicas_url?{app}
		down_window = 1s
		[app web]
		target = 0.8
	END
}

teardown() {
	[ -z "${loop-}" ] || stop "$loop"
	[ -z "${faultd-}" ] || stop_faultd
	stop_app
}

log=$TMP/loop/autoscaler.log

start_loop() {
	as-loop -d "$TMP/loop" -i 100ms "$@" >"$TMP/loop.out" 2>&1 3>&- &
	loop=$!
}

lines() {
	grep -vc '^#' "$TMP/loop/$1" 2>/dev/null || :
}

# comes N MORE: at least so many decisions more than N
comes() {
	local lines
	lines=$(lines decisions.log)
	[ "${lines:-0}" -ge $(($1 + $2)) ]
}

# stage NAME: its pid
stage() {
	pgrep -f "^$1 .*$TMP/loop/settings"
}

# nothing_is_at_work: no process is in the directory of the loop
nothing_is_at_work() {
	local at
	for at in /proc/[0-9]*/cwd; do
		[ "$(readlink "$at")" != "$TMP/loop" ] || return
	done
}

# gaps APP: where two samples of it are not 500 ms apart
gaps() {
	sed -n "/ $1 /"'{s/.*:\([0-9]*\)\.\([0-9]*\)Z.*/\1\2/; s/.*:\([0-9]*\)Z.*/\1000/; p}' \
	    "$TMP/loop/samples.log" |
	    awk 'NR > 1 && ($1 - last + 60000) % 60000 != 500 { print last, $1 } { last = $1 }'
}

# no TIME twice, and what was decided is what a replay decides
is_one_run() {
	same "$(grep -v '^#' "$TMP/loop/samples.log" | cut -d' ' -f1 | uniq -d)" ""
	# a loop that is at work may have a sample whose decision comes in a moment
	until_true is_replayed "$@"
}

is_replayed() {
	as-decide "$@" "$TMP/loop/samples.log" >"$TMP/out" 2>"$TMP/err" &&
	    cmp "$TMP/out" "$TMP/loop/decisions.log"
}

# what the loop complains of; a busy machine may miss a tick
complaints() {
	grep 'WARNING\|ERROR' "$log" | grep -v 'ticks missed: the last one took' || :
}

@test "resident: the processes stay from tick to tick" {
	local fetch
	start_loop -c "$TMP/as.conf"
	until_true comes 0 1
	fetch=$(stage as-fetch)
	until_true comes "$(lines decisions.log)" 5
	same "$(stage as-fetch)" "$fetch"
	stop "$loop"
	loop=
	is_one_run -c "$TMP/as.conf"
	same "$(<"$TMP/loop.out")" ""
}

# wakes: how often the script was woken so far
wakes() {
	awk '/^voluntary/ { print $2 }' "/proc/$loop/status"
}

@test "resident: the script sleeps from tick to tick, until it has to remind of wrong settings" {
	local wakes
	start_loop -c "$TMP/as.conf"
	until_true comes 0 2
	wakes=$(wakes)
	until_true comes "$(lines decisions.log)" 5
	same "$(wakes)" "$wakes"
	echo 'taget = 0.7' >>"$TMP/as.conf"
	until_true grep -q 'ERROR as-loop: the settings are wrong' "$log"
	wakes=$(wakes)
	until_true comes "$(lines decisions.log)" 5
	[ "$(wakes)" -ge $((wakes + 3)) ]
	sed -i /taget/d "$TMP/as.conf"
	until_true grep -q 'INFO as-loop: the settings are right again' "$log"
	until_true comes "$(lines decisions.log)" 2
	wakes=$(wakes)
	until_true comes "$(lines decisions.log)" 5
	same "$(wakes)" "$wakes"
}

@test "resident: a stage that is killed with -9 is named, and the pipe goes on" {
	local name
	start_loop -c "$TMP/as.conf"
	until_true comes 0 2
	for name in as-fetch as-decide as-apply; do
		kill -9 "$(stage $name)"
		until_true grep -q "ERROR as-loop: $name died: exit status 137" "$log"
		until_true grep -q "WARNING as-loop: $name ended with status 137: the pipe starts again in " "$log"
		until_true comes "$(lines decisions.log)" 2
	done
	same "$(pgrep -fc "^as-.*$TMP/(loop/settings|as.conf)")" 4
}

@test "resident: a stage that ends again and again is started less and less often" {
	mkdir "$TMP/bin"
	cp "$B"/as-* "$TMP/bin"
	printf '#!/bin/sh\n[ "$1" = -H ] && echo >>%s && exit 9\nexit 0\n' "$TMP/starts" >"$TMP/bin/as-decide"
	"$TMP/bin/as-loop" -d "$TMP/loop" -i 100ms -c "$TMP/as.conf" 3>&- &
	loop=$!
	until_true grep -q 'as-decide ended with status 9: .* in [1-9][0-9][0-9][0-9] ms' "$log"
	[ "$(wc -l <"$TMP/starts")" -le 5 ]
	# a signal does not wait for the pause
	local start
	start=$(date +%s%3N)
	stop "$loop"
	loop=
	[ $(($(date +%s%3N) - start)) -lt 1000 ]
	# and -9 in the pause leaves nothing
	"$TMP/bin/as-loop" -d "$TMP/loop" -i 1h -c "$TMP/as.conf" 3>&- &
	loop=$!
	until_true eval '[ "$(grep -c "starts again in [0-9]\{5\}" "$log")" -ge 1 ]'
	kill -9 "$loop"
	wait "$loop" || :
	loop=
	until_true nothing_is_at_work
}

@test "resident: a lock that is deleted is taken again, and so is a directory that is made again (X16)" {
	start_loop -c "$TMP/as.conf"
	until_true comes 0 2
	rm "$TMP/loop/lock"
	until_true grep -q 'WARNING as-loop: the lock is gone: everything starts again' "$log"
	until_true comes "$(lines decisions.log)" 2
	expect 75 as-loop -1 -c "$TMP/as.conf" -d "$TMP/loop"
	same "$(wc -l <"$TMP/err")" 1
	is_one_run -c "$TMP/as.conf"
	mv "$TMP/loop" "$TMP/gone"	# rm -r alone might meet a log that is made again
	rm -r "$TMP/gone"
	until_true comes 0 2
	expect 75 as-loop -1 -c "$TMP/as.conf" -d "$TMP/loop"
	# a link in its place is refused
	stop "$loop"
	loop=
	ln -sf "$TMP/as.conf" "$TMP/loop/lock"
	expect 74 as-loop -1 -c "$TMP/as.conf" -d "$TMP/loop"
	same "$err" "as-log: error: lock: is a symbolic link"
}

@test "resident: a shard without apps has its ticks, and is not started again" {
	local shard
	for shard in 0 1; do
		as-loop -d "$TMP/shard$shard" -i 50ms -s $shard/2 -c "$TMP/as.conf" 3>&- &
		loop+=" $!"
	done
	for shard in 0 1; do
		until_true has_lines "$TMP/shard$shard/decisions.log" 10
		same "$(cat "$TMP/shard$shard/autoscaler.log" | grep -c 'starts again')" 0
	done
	# shellcheck disable=SC2086 # two
	stop $loop
	loop=
	same "$(cat "$TMP"/shard?/decisions.log | grep -vc '^#')" "$(cat "$TMP"/shard?/samples.log | grep -vc '^#')"
	same "$(for shard in 0 1; do grep -c '^#' "$TMP/shard$shard/samples.log"; grep -vc '^#' "$TMP/shard$shard/samples.log"; done | grep -c '^0$')" 1
}

# bats test_tags=slow
@test "resident: a stage that hangs is named, ended, and the pipe starts again; a changed timeout counts" {
	sed -i 's/^\[default\]/&\ntimeout = 10m/' "$TMP/as.conf"
	start_loop -c "$TMP/as.conf"
	until_true comes 0 2
	sed -i 's/^timeout = 10m/timeout = 100ms/' "$TMP/as.conf"
	until_true grep -q 'INFO as-loop: web: timeout 10m -> 100ms' "$log"
	until_true comes "$(lines decisions.log)" 2
	kill -STOP "$(stage as-decide)"
	until_true grep -q 'ERROR as-log: as-decide hangs: no report for 25 s, it is ended' "$log"
	until_true comes "$(lines decisions.log)" 2
	has "$(<"$log")" 'WARNING as-loop: as-decide ended with status 143: the pipe starts again in '
}

@test "resident: as-loop that is killed with -9 leaves nothing at work after a tick" {
	start_loop -c "$TMP/as.conf"
	until_true comes 0 2
	kill -9 "$loop"
	wait "$loop" || :
	loop=
	until_true is_free "$TMP/loop/lock"
	until_true nothing_is_at_work
	until_true eval '! pgrep -f "^as-.*$TMP/(loop/settings|as.conf)"'
	is_one_run -c "$TMP/as.conf"
	start_loop -c "$TMP/as.conf"
	until_true comes "$(lines decisions.log)" 2
	stop "$loop"
	loop=
	is_one_run -c "$TMP/as.conf"
}

@test "resident: SIGTERM ends it while a server does not answer, and that is on record" {
	local start
	start_faultd <<<'/silent|hang'
	start_loop -o timeout=1m "$fault/silent" "$fault/silent"
	until_true grep -q silent "$TMP/requests"
	start=$(date +%s%3N)
	stop "$loop"
	loop=
	[ $(($(date +%s%3N) - start)) -lt 2000 ]
	has "$(<"$TMP/loop/samples.log")" ' err=ended'
	same "$(grep -c 'starts again' "$log")" 0
}

@test "resident: one server that never answers holds neither the others, nor an edit, nor SIGTERM" {
	local start
	start_faultd <<<'/silent|hang'
	printf '[app dead]\nstatus_url = %s/silent\ntimeout = 30s\n' "$fault" >>"$TMP/as.conf"
	start_loop -i 500ms -c "$TMP/as.conf"
	until_true comes 0 4
	same "$(grep -c ' dead ' "$TMP/loop/decisions.log")" 0
	sed -i 's/target = 0.8/target = 0.5/' "$TMP/as.conf"
	until_true grep -q 'INFO as-loop: web: target.cpu 0.8 -> 0.5' "$log"
	until_true comes "$(lines decisions.log)" 4
	start=$(date +%s%3N)
	stop "$loop"
	loop=
	[ $(($(date +%s%3N) - start)) -lt 2000 ]
	same "$(gaps web)" ""
	same "$(grep -c ' dead - err=ended' "$TMP/loop/samples.log")" 2
}

@test "resident: a PUT that hangs does not hold an edit, and its app gets no second PUT (P1)" {
	local start old target
	start_faultd <<-'END'
		/silent|hang
		/busy|HTTP/1.1 200 OK\r\nContent-Length: 47\r\n\r\n{"cpu": {"highPriority": 0.99}, "replicas": 10}
	END
	printf '[app hang]\nstatus_url = %s/busy\nreplicas_url = %s/silent\ntimeout = 40s\n' \
	    "$fault" "$fault" >>"$TMP/as.conf"
	start_loop -i 500ms -c "$TMP/as.conf"
	until_true grep -qs silent "$TMP/requests"
	old=$(stage as-apply)
	start=$(date +%s%3N)
	for target in 0.5 0.6; do
		sed -i "s/target = 0.*/target = $target/" "$TMP/as.conf"
		until_true grep -qs "INFO as-loop: web: target.cpu .* -> $target" "$log"
		until_true grep -qs 'WARNING as-loop: as-apply still waits' "$log"
		until_true comes "$(lines decisions.log)" 8
	done
	[ $(($(date +%s%3N) - start)) -lt 25000 ]
	same "$(grep -c 'as-loop: as-apply still waits' "$log")" 1	# but the pipe between them has ended
	same "$(grep -c '^PUT /silent' "$TMP/requests")" 1
	grep -q ' hang .*applied=refused why=other-put' "$TMP/loop/reports.log"
	# when it has ended, its app is as any other
	kill -9 "$old"
	until_true eval '[ "$(grep -c "^PUT /silent" "$TMP/requests")" -eq 2 ]'
	stop_faultd
	faultd=
	stop "$loop"
	loop=
	same "$(gaps web)" ""
	same "$(grep -c 'ERROR as-lo' "$log")" 0
	same "$(grep -v '^#' "$TMP/loop/samples.log" | cut -d' ' -f1,2 | sort | uniq -d)" ""
}

@test "resident: a good edit of as.conf changes the pipe over, and no tick is lost (X13)" {
	start_loop -i 500ms -c "$TMP/as.conf"
	until_true comes 0 2
	sed -i 's/target = 0.8/target = 0.5/' "$TMP/as.conf"
	until_true grep -q 'INFO as-loop: web: target.cpu 0.8 -> 0.5' "$log"
	until_true comes "$(lines decisions.log)" 3
	# by its replacement, as editors and Kubernetes do
	sed 's/target = 0.5/max = 50/' "$TMP/as.conf" >"$TMP/new"
	ln -sf new "$TMP/as.conf"
	until_true grep -q 'INFO as-loop: web: max 100 -> 50' "$log"
	until_true comes "$(lines decisions.log)" 3
	stop "$loop"
	loop=
	same "$(gaps web)" ""
	same "$(complaints)" ""
}

@test "resident: a bad edit of as.conf is reported with its line, and the old settings go on (X13)" {
	start_loop -c "$TMP/as.conf"
	until_true comes 0 2
	printf 'mx = 4\nreplicas_body = {\nsample = {\n' >>"$TMP/as.conf"
	until_true grep -q "ERROR as-fetch: $TMP/as.conf:7: mx: unknown key" "$log"
	until_true grep -q "ERROR as-loop: the settings are wrong, the old ones go on" "$log"
	# all of it, each once
	until_true grep -q "ERROR as-apply: $TMP/as.conf:8: replicas_body: syntax error" "$log"
	same "$(grep -c "ERROR as-fetch: $TMP/as.conf:9: sample: syntax error" "$log")" 1
	same "$(grep -c "ERROR .*: $TMP/as.conf:" "$log")" 3
	until_true comes "$(lines decisions.log)" 2
	# also over the restart of a stage
	kill -9 "$(stage as-decide)"
	until_true grep -q 'as-decide ended with status 137' "$log"
	until_true comes "$(lines decisions.log)" 3
	sed -i 's/^mx/max/; /= {$/d' "$TMP/as.conf"
	until_true grep -q 'INFO as-loop: the settings are right again' "$log"
	until_true grep -q 'INFO as-loop: web: max 100 -> 4' "$log"
	until_true comes "$(lines decisions.log)" 2
	same "$(grep -c 'settings are wrong' "$log")" 1
	# what they were is not for others to read
	same "$(stat -c %a "$TMP/loop/settings")" 600
}

@test "resident: a file that a later edit names is watched, and a secret is not shown" {
	printf 'header = X-Key: secret\nmax = 50\n' >"$TMP/profile"
	start_loop -c "$TMP/as.conf"
	until_true comes 0 2
	echo "include = ./profile" >>"$TMP/as.conf"
	until_true grep -q 'INFO as-loop: web: max 100 -> 50' "$log"
	sed -i 's/secret/Secret/; s/max = 50/max = 60/' "$TMP/profile"
	until_true grep -q 'INFO as-loop: web: max 50 -> 60' "$log"
	until_true grep -q 'INFO as-loop: web: header has changed' "$log"
	# it is deleted: the old settings go on, also over the restart of a stage
	rm "$TMP/profile"
	until_true grep -q "ERROR as-fetch: $TMP/profile: No such file" "$log"
	kill -9 "$(stage as-decide)"
	until_true grep -q 'as-decide ended with status 137' "$log"
	until_true comes "$(lines decisions.log)" 3
	same "$(grep -ci 'secret' "$log")" 0
}

@test "resident: a file that a wrong edit names is watched: put right, it is taken" {
	local before
	start_loop -c "$TMP/as.conf"
	until_true comes 0 2
	printf 'max = 50\ninclude = ./profile\ntoken_file = %s\n' "$TMP/token" >>"$TMP/as.conf"
	until_true grep -q "ERROR as-fetch: $TMP/profile: No such file" "$log"
	echo 'mn = 2' >"$TMP/profile"
	until_true grep -q "ERROR as-fetch: $TMP/profile:1: mn: unknown key" "$log"
	until_true comes "$(lines decisions.log)" 7	# the file is new to as-log
	same "$(grep -c 'mn: unknown key' "$log")" 1
	echo 'min = 2' >"$TMP/profile"
	until_true grep -q "ERROR as-fetch: token_file: $TMP/token: No such file" "$log"
	(umask 077 && echo secret >"$TMP/token")
	until_true grep -q 'INFO as-loop: web: max 100 -> 50' "$log"
	has "$(<"$log")" 'INFO as-loop: web: min 1 -> 2'
}

@test "resident: SIGHUP reads the settings at once" {
	local fetch
	start_loop -c "$TMP/as.conf"
	until_true comes 0 2
	fetch=$(stage as-fetch)
	kill -HUP "$loop"
	until_true eval '[ "$(stage as-fetch)" ] && [ "$(stage as-fetch)" != "$fetch" ]'
	until_true comes "$(lines decisions.log)" 2
	same "$(complaints)" ""
}

@test "resident: -e writes the log to standard error, too" {
	expect 0 as-loop -1e -c "$TMP/as.conf" -d "$TMP/loop"
	same "$err" "$(<"$log")"
	has "$err" 'INFO as-apply: web: '
}

@test "resident: the logs name the settings, and a replay with others says so (P6)" {
	local digest
	printf 'max = 50\n[app b*]\nmin = 2\n' >>"$TMP/as.conf"
	start_loop -c "$TMP/as.conf" -o up_window=1s
	until_true comes 0 2
	sed -i 's/max = 50/max = 60/' "$TMP/as.conf"
	until_true grep -q 'INFO as-loop: web: max 50 -> 60' "$log"
	until_true comes "$(lines decisions.log)" 2
	stop "$loop"
	loop=
	same "$(complaints)" ""
	same "$(grep '^# settings' "$TMP/loop/samples.log")" "$(grep '^# settings' "$TMP/loop/decisions.log")"
	same "$(grep '^# settings' "$TMP/loop/samples.log" | uniq | wc -l)" 2
	# the last settings, then those before them
	expect 0 as-decide -c "$TMP/as.conf" -o up_window=1s "$TMP/loop/samples.log"
	same "$(grep -c '^as-decide: warning: the samples are of other settings or another version: ' "$TMP/err")" 1
	digest=$(sed -n 's/^# settings \([^ ]*\) .*/\1/p' "$TMP/loop/samples.log" | head -n 1)
	has "$err" "version: $digest "
	same "$(stat -c %a "$TMP/loop/settings.$digest")" 600
	expect 0 as-decide -c "$TMP/loop/settings.$digest" "$TMP/loop/samples.log"
	[[ $err != *"version: $digest "* ]]
	same "$(wc -l <"$TMP/err")" 1
	# those before them, with all that decides and nothing else
	same "$(grep -h 'max = \|min = \|up_window\|^\[\|url' "$TMP/loop/settings.$digest" | xargs)" \
	    '[default] up_window = 1s [app b*] min = 2 [app web] max = 50 up_window = 1s'
	# -1 says so, too, and prints no comment
	expect 0 as-decide -1 "$TMP/loop/samples.log"
	same "$(wc -l <"$TMP/err")$(grep -c '^#' "$TMP/out" || :)" 20
}

@test "resident: -S: a command that stays has its ticks, and ends with the loop" {
	local ticker
	printf '%s\n' '#!/bin/sh' 'while sleep 0.1; do' '	time=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)' \
	    '	echo "$time app 5 cpu=0.8"' '	echo "# tick $time"' 'done' >"$TMP/ticker"
	chmod +x "$TMP/ticker"
	start_loop -S "$TMP/ticker" -o replicas_url="$replicas_url"
	until_true comes 0 3
	ticker=$(pgrep -f "^/bin/sh $TMP/ticker")
	until_true comes "$(lines decisions.log)" 3
	same "$(pgrep -f "^/bin/sh $TMP/ticker")" "$ticker"
	stop "$loop"
	loop=
	same "$(pgrep -fc "^/bin/sh $TMP/ticker" || :)" 0
	same "$(complaints)" ""
	is_one_run
}

@test "resident: a log that was rotated begins with the mark of its settings, too (P6)" {
	start_loop -c "$TMP/as.conf"
	until_true comes 0 2
	mv "$TMP/loop/samples.log" "$TMP/first"
	until_true has_lines "$TMP/loop/samples.log" 4
	cp "$TMP/loop/samples.log" "$TMP/second"
	: >"$TMP/loop/samples.log"	# as logrotate's copytruncate does
	until_true has_lines "$TMP/loop/samples.log" 4
	stop "$loop"
	loop=
	same "$(head -qn 1 "$TMP/second" "$TMP/loop/samples.log" | uniq)" "$(head -n 1 "$TMP/first")"
	same "$(cat "$TMP/first" "$TMP/second" "$TMP/loop/samples.log" | grep -c '^# settings')" 3
	same "$(grep -c '^# settings' "$TMP/loop/decisions.log")" 3
	expect 0 as-decide "$TMP/second"
	has "$err" 'the samples are of other settings'
}

@test "resident: history goes over a rotation, whatever the old log is called" {
	local name
	start_loop -c "$TMP/as.conf" -o down_window=1h -o max_gap=1h
	until_true comes 0 3
	stop "$loop"
	loop=
	: >"$TMP/loop/samples.log.9"	# an older one
	touch -d yesterday "$TMP/loop/samples.log.9"
	cp "$TMP/loop/samples.log" "$TMP/all"
	for name in .1 -20261123; do
		mv "$TMP/loop/samples.log" "$TMP/loop/samples.log$name"
		echo x >"$TMP/loop/samples.log-20261124.gz"
		expect 0 as-loop -1 -x -c "$TMP/as.conf" -d "$TMP/loop" -o down_window=1h -o max_gap=1h
		cat "$TMP/loop/samples.log" >>"$TMP/all"
		grep -v '^#' "$TMP/all" | as-decide -x -c "$TMP/as.conf" -o down_window=1h -o max_gap=1h >"$TMP/want"
		same "$(grep -v '^#' "$TMP/loop/decisions.log" | tail -n 1)" "$(tail -n 1 "$TMP/want")"
		mv "$TMP/loop/samples.log$name" "$TMP/loop/before"
		cat "$TMP/loop/samples.log" >>"$TMP/loop/before"
		mv "$TMP/loop/before" "$TMP/loop/samples.log"
	done
}
