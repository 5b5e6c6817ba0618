# as-loop: the pipeline tick after tick, on the demo application
# P3 a heartbeat and every failure in autoscaler.log: O15 A20 L1 L12; also
#    faults/loop.bats L8 L11 L14    P6 replay, L10    P1 P7 no record, no PUT: L2
# P7 kill -9 at any instant: logs valid, no repair at restart; also O11 in
#    faults/kill.bats, L3 L4 in faults/loop.bats    P10 A9 L7    P11 dry run: -n

load helper

teardown() {
	[ -z "${loop-}" ] || stop "$loop"
	stop_app
}

# start_loop OPTION...: in the background, every 50 ms; $loop is its pid
start_loop() {
	as-loop -d "$TMP/loop" -i 50ms "$@" "$status_url" "$replicas_url" \
	    >"$TMP/loop.out" 2>&1 3>&- &
	loop=$!
}

lines() {
	grep -vc '^#' "$TMP/loop/$1" 2>/dev/null || :
}

# every PUT that was sent has its decision in decisions.log
puts_are_on_record() {
	grep -o '^PUT .*"replicas": [0-9]*' "$TMP/requests" |
	    sed 's/.*: //' | while read -r count; do
		grep -q " app $count from=" "$TMP/loop/decisions.log" ||
			echo "PUT of $count is not on record"
	done
}

replays() {
	as-decide "$@" "$TMP/loop/samples.log" | diff - "$TMP/loop/decisions.log"
}

@test "as-loop: one tick fetches, decides, applies and keeps its logs" {
	start_app --replicas 5 --at 12:00
	expect 0 as-loop -1 -d "$TMP/loop" "$status_url" "$replicas_url"
	same "$out$err" ""
	same "$(lines samples.log)" 1
	[[ $(<"$TMP/loop/samples.log") == *' app 5 cpu=1'$'\n'* ]]
	[[ $(<"$TMP/loop/decisions.log") == *' app 7 from=5 why=target by=cpu'$'\n'* ]]
	[[ $(<"$TMP/loop/autoscaler.log") == *'Z INFO as-apply: app: 7 from=5 applied=ok http=204' ]]
	same "$(cut -d' ' -f1-3 "$TMP/requests")" "$(printf 'GET /app/status 200\nGET /app/status 200\nPUT /app/replicas 204')"
}

@test "as-loop: -n asks, decides and PUTs nothing (P11)" {
	start_app --at 12:00
	expect 0 as-loop -1 -n -d "$TMP/loop" "$status_url" "$replicas_url"
	has "$(<"$TMP/loop/autoscaler.log")" 'INFO as-apply: app: 7 from=5 applied=dry'
	same "$(puts)" 0
}

@test "as-loop: long names are the options of the letters, with = or a blank" {
	start_app --replicas 5 --at 12:00
	expect 0 as-loop --once --dry-run --directory="$TMP/loop" --explain --app shop \
	    --max 6 --option=up_policy=none --every=1h --metrics "$TMP/shop.prom" -q \
	    "$status_url" "$replicas_url"
	has "$(<"$TMP/loop/decisions.log")" " shop 6 from=5 why=max by=cpu ratio="
	has "$(<"$TMP/shop.prom")" 'applied="dry"'
	same "$(cut -d' ' -f1 "$TMP/requests" | sort -u)" GET
}

@test "as-loop: an API that fails now and then is survived, logged, and replayed anywhere (P6)" {
	start_app --at 06:00 --speed 500 --errors 0.3 --hang 1
	start_loop -vx -o timeout=100ms -o down_window=1s
	until_true has_lines "$TMP/loop/decisions.log" 30
	until_true grep -q 'ERROR as-fetch: app: status: http-500: ' "$TMP/loop/autoscaler.log"
	until_true grep -q 'ERROR as-fetch: app: status: busy: ' "$TMP/loop/autoscaler.log"
	until_true grep -q 'ERROR as-fetch: app: status: timeout: ' "$TMP/loop/autoscaler.log"
	until_true grep -q 'INFO as-apply: app: .* applied=ok' "$TMP/loop/autoscaler.log"
	until_true grep -q 'DEBUG as-fetch: ' "$TMP/loop/autoscaler.log"
	stop "$loop"
	loop=
	# the samples of its log give the decisions of its log, in any locale and zone
	a_locale
	expect 0 replays -x -o down_window=1s
	for zone in UTC Asia/Kathmandu; do
		TZ=$zone LC_ALL=tr_TR.UTF-8 LOCPATH="$LOCPATH" \
		    expect 0 replays -x -o down_window=1s
	done
	expect 1 replays -x -o down_window=1s -t 0.5
	has "$(<"$TMP/loop/samples.log")" 'err='
	same "$(puts_are_on_record)" ""
}

@test "as-loop: an API that is away is a hold, not a scale-down" {
	start_app --at 12:00 --replicas 30
	start_loop
	until_true has_lines "$TMP/loop/samples.log" 3
	stop_app
	until_true grep -q 'app - err=refused' "$TMP/loop/samples.log"
	until_true grep -q 'app - from=- why=no-data' "$TMP/loop/decisions.log"
	until_true grep -q 'ERROR as-fetch: app: status: refused' "$TMP/loop/autoscaler.log"
	kill -0 "$loop"
}

# bats test_tags=slow
@test "as-loop: killed with -9 and started again it goes on as one long run (P7 L10)" {
	start_app --at 06:00 --speed 500
	for _ in 1 2 3; do
		start_loop -x -o down_window=2s
		local before
		before=$(lines samples.log 2>/dev/null | tail -1)
		until_true has_lines "$TMP/loop/decisions.log" $((before + 6))
		kill -9 "$loop"
		wait "$loop" || :
		# the tick under way ends by itself; it holds the lock until then
		until_true is_free "$TMP/loop/lock"
	done
	loop=
	expect 0 replays -x -o down_window=2s
	same "$(puts_are_on_record)" ""
	same "$(grep -Evc '^([0-9-]*T[0-9:.]*Z app |# (tick|settings) )' "$TMP/loop/samples.log" || :)" 0
}

@test "as-loop: a second one in the same directory does nothing, 75 (A9 L7)" {
	start_app
	start_loop
	until_true has_lines "$TMP/loop/samples.log" 1
	expect 75 as-loop -1 -d "$TMP/loop" "$status_url" "$replicas_url"
	has "$err" 'another process holds the lock'
}

# end_asleep: starts a loop, ends it asleep; sets $took, in ms
end_asleep() {
	local start status=0
	rm -rf "$TMP/loop"
	as-loop -d "$TMP/loop" -i 1h "$status_url" "$replicas_url" 3>&- &
	loop=$!
	until_true grep -qs as-apply "$TMP/loop/autoscaler.log"
	start=$(date +%s%3N)
	kill "$loop"
	wait "$loop" || status=$?
	took=$(($(date +%s%3N) - start))
	loop=
	same "$status" 143
}

@test "as-loop: SIGTERM while it sleeps ends it within 100 ms (L12)" {
	local took tries=0
	start_app
	# a busy machine may take its time once
	until end_asleep && [ "$took" -le 100 ]; do
		tries=$((tries + 1))
		[ $tries -lt 3 ]
	done
}

@test "as-loop: a stage that dies is named, and the loop goes on (O15 A20)" {
	start_app
	mkdir "$TMP/bin"
	cp "$B"/as-* "$TMP/bin"
	printf '#!/bin/sh\n[ "$1" = -H ] && kill -SEGV $$\nexit 0\n' >"$TMP/bin/as-decide"
	"$TMP/bin/as-loop" -d "$TMP/loop" -i 50ms "$status_url" "$replicas_url" 3>&- &
	loop=$!
	until_true grep -q 'ERROR as-loop: as-decide died: exit status 139' "$TMP/loop/autoscaler.log"
	cp "$B/as-decide" "$TMP/bin/new"
	mv "$TMP/bin/new" "$TMP/bin/as-decide"
	until_true grep -q 'INFO as-apply: app: ' "$TMP/loop/autoscaler.log"
}

@test "as-loop: without a record there is no PUT (L2)" {
	start_app --at 12:00
	mkdir "$TMP/loop"
	ln -s /dev/full "$TMP/loop/samples.log"
	expect 74 as-loop -1 -d "$TMP/loop" "$status_url" "$replicas_url"
	has "$(<"$TMP/loop/autoscaler.log")" 'ERROR as-fetch: samples.log: write: No space left'
	same "$(puts)" 0
	rm "$TMP/loop/samples.log" "$TMP/loop/decisions.log"
	ln -s /dev/full "$TMP/loop/decisions.log"
	expect 74 as-loop -1 -d "$TMP/loop" "$status_url" "$replicas_url"
	same "$(puts)" 0
}

@test "as-loop: what a tick says has the time at which it was said" {
	start_app --at 12:00
	{
		printf '[default]\nstatus_url = %s?{app}\nreplicas_url = %s?{app}\n' "$status_url" "$replicas_url"
		printf '[app web-%d]\n' 1 2 3 4 5 6 7 8
	} >"$TMP/as.conf"
	expect 0 as-loop -1n -c "$TMP/as.conf" -d "$TMP/loop"
	same "$(cut -d' ' -f2-5 "$TMP/loop/autoscaler.log" | sort -u | wc -l)" 8
	# a second may end meanwhile
	[ "$(cut -d' ' -f1 "$TMP/loop/autoscaler.log" | sort -u | wc -l)" -le 2 ]
}

# counts FILE: its sums and successes that are not 0
counts() {
	sed '/^#/d; / 0$/d; /_last_tick_/d; /^as_oldest/d; /^as_info/d; /^as_apps_/d; s/^as_last_success\(.*\) .*/as_last_success\1/
	    s/^as_//; s/_total//; s/_timestamp_seconds//; s/loop="web",//' "$1"
}

@test "as-loop: -p counts each tick and renews the heartbeat, also of one that failed (P3)" {
	local beat
	start_app --at 12:00
	cd "$TMP"
	expect 0 as-loop -1q -p web.prom -d "$TMP/loop" -i 50ms "$status_url" "$replicas_url"
	same "$(counts web.prom)" "$(printf '%s\n' 'last_success{stage="fetch"}' \
	    'last_success{stage="decide"}' 'last_success{stage="apply"}' \
	    'samples{result="ok"} 1' 'decisions{why="target"} 1' 'reports{applied="ok"} 1')"
	[ ! -e "$TMP/loop/autoscaler.log" ]
	stop_app
	beat=$(grep '^as_last' web.prom)
	expect 75 as-loop -1 -p web.prom -d "$TMP/loop" -i 50ms "$status_url" "$replicas_url"
	same "$(counts web.prom | grep -v last_)" "$(printf '%s\n' 'samples{result="ok"} 1' \
	    'samples{result="refused"} 1' 'decisions{why="no-data"} 1' 'decisions{why="target"} 1' \
	    'reports{applied="hold"} 1' 'reports{applied="ok"} 1')"
	# the heartbeat and as-decide's time moved, the others stay
	same "$(grep '^as_last' web.prom | diff - <(echo "$beat") | grep -c '^<.*\(tick\|decide\)')" 2
	same "$(grep '^as_last' web.prom | diff - <(echo "$beat") | grep -c '^<')" 2
	# nothing at all is a tick, too
	beat=$(grep _last_tick web.prom)
	ln -sf /dev/full "$TMP/loop/samples.log"
	expect 74 as-loop -1 -p web.prom -d "$TMP/loop" -i 50ms "$status_url" "$replicas_url"
	[ "$(grep _last_tick web.prom)" != "$beat" ]
}

# bats test_tags=slow
@test "as-loop: -A gives each app its series, with the bounds of its settings" {
	start_app --at 12:00 --replicas 4
	printf '%s\n' "[app web]" 'max = 7' "status_url = $status_url" "replicas_url = $replicas_url" >"$TMP/as.conf"
	expect 0 as-loop -1 -A '*' -p "$TMP/web.prom" -d "$TMP/loop" -c "$TMP/as.conf" -t 0.7
	has "$(cat "$TMP/web.prom")" 'as_app_max_replicas{loop="web",app="web"} 7'
	has "$(cat "$TMP/web.prom")" 'as_app_target{loop="web",app="web",metric="cpu"} 0.7'
	has "$(cat "$TMP/web.prom")" 'as_app_replicas{loop="web",app="web"} 4'
	# the resident loop runs with its copy of the settings
	start_loop -A '*' -p "$TMP/web.prom" -o max=9
	until_true grep -qs 'as_app_max_replicas{loop="web",app="app"} 9' "$TMP/web.prom"
	has "$(cat "$TMP/web.prom")" "settings=\"$(sed -n 's/^# settings \([^ ]*\) .*/\1/p' "$TMP/loop/samples.log" | tail -n 1)\"}"
	expect 64 as-loop -1 -A '*' "$status_url" "$replicas_url"
	has "$err" 'option -A: needs -p'
}

# bats test_tags=slow
@test "as-loop: -p that fails is told each time, and scaling goes on" {
	start_app --at 12:00 --speed 500
	echo 'root:x:0:0' >"$TMP/passwd"
	expect 78 as-loop -1 -p "$TMP/passwd" -d "$TMP/loop" -i 50ms "$status_url" "$replicas_url"
	has "$(cat "$TMP/loop/autoscaler.log")" "Z ERROR as-metrics: $TMP/passwd:1: is not what"
	same "$(puts) $(cat "$TMP/passwd")" '1 root:x:0:0'
	start_loop -p "$TMP/none/web.prom"
	until_true eval '[ "$(grep -c "ERROR as-metrics: .*/none/: open: No such" "$TMP/loop/autoscaler.log")" -ge 3 ]'
	until_true eval '[ "$(puts)" -ge 2 ]'
	mkdir "$TMP/none"
	until_true test -s "$TMP/none/web.prom"
	# and the tick in which a signal comes is counted, too
	stop "$loop"
	loop=
	rm -r "$TMP/loop" "$TMP/none/web.prom"
	start_loop -p "$TMP/none/web.prom"
	until_true has_lines "$TMP/loop/samples.log" 3
	stop "$loop"
	loop=
	same "$(counts "$TMP/none/web.prom" | awk '/^samples/ { n += $2 } END { print n }')" "$(lines samples.log)"
}

@test "as-loop: the exit status of one tick is the gravest of its stages" {
	expect 75 as-loop -1 -d "$TMP/loop" http://127.0.0.1:1/ http://127.0.0.1:1/
	start_app
	expect 69 as-loop -1 -d "$TMP/loop" "$base/none" "$replicas_url"
}

@test "as-loop: settings are checked before the first tick" {
	local option n=0
	while read -r option; do
		# shellcheck disable=SC2086 # words
		expect "${option%% *}" as-loop -1 -d "$TMP/loop" ${option#* }
		has "$err" "as-"
		[ ! -e "$TMP/loop" ]
		n=$((n + 1))
	done <<-END
		78 -o mx=50 http://127.0.0.1:1/ http://127.0.0.1:1/
		78 -m 5 -M 4 http://127.0.0.1:1/ http://127.0.0.1:1/
		78 http://127.0.0.1:1/ file:///etc/passwd
		64 http://127.0.0.1:1/
		64 -o timeout=1s
		64 -i 0 http://127.0.0.1:1/ http://127.0.0.1:1/
		64 -i soon http://127.0.0.1:1/ http://127.0.0.1:1/
		64 a b c
	END
	[ $n -eq 8 ]
}

@test "as-loop: settings with blanks and quotes reach the tools as they are" {
	start_app --at 12:00
	expect 0 as-loop -1 -d "$TMP/loop" -o 'up_policy=1/15s 10%/15s' \
	    "$status_url" "$replicas_url"
	[[ $(<"$TMP/loop/decisions.log") == *' app 6 from=5 why=rate by=cpu'$'\n'* ]]
	expect 78 as-loop -1 -d "$TMP/loop" -o "up_policy='; touch $TMP/bad; '" \
	    "$status_url" "$replicas_url"
	[ ! -e "$TMP/bad" ]
}

@test "as-loop: decisions keep to the windows of a schedule" {
	start_app --at 12:00
	set -- -o 'schedule=UTC min=9' -o 'schedule=00:00-24:00 max=12'
	expect 0 as-loop -1 -d "$TMP/loop" "$@" "$status_url" "$replicas_url"
	[[ $(<"$TMP/loop/samples.log") == *' app 5 cpu=1'$'\n'* ]]
	[[ $(<"$TMP/loop/decisions.log") == *' app 9 from=5 why=min'$'\n'* ]]
	replays "$@"
	expect 78 as-loop -1 -d "$TMP/none" -o 'schedule=Moon min=9' "$status_url" "$replicas_url"
	has "$err" 'Moon'
	[ ! -e "$TMP/none" ]
}

# bats test_tags=slow
@test "as-loop: a signal to its whole group loses no report of a PUT" {
	start_faultd <<-END
		/status|HTTP/1.1 200 OK\r\nContent-Length: 46\r\n\r\n{"cpu": {"highPriority": 0.9}, "replicas": 10}
		/slow|wait 700|HTTP/1.1 204 No Content\r\n\r\n
	END
	setsid as-loop -1 -d "$TMP/loop" -t 0.3 "$fault/status" "$fault/slow" 3>&- &
	loop=$!
	until_true grep -q '^PUT /slow' "$TMP/requests"
	kill -TERM -- -"$loop"
	wait "$loop" || :
	loop=
	until_true grep -q 'INFO as-apply: app: .*applied=ok http=204' "$TMP/loop/autoscaler.log"
	stop_faultd
}

@test "as-loop: finds its tools through a symbolic link, and its place despite CDPATH" {
	start_app --at 12:00
	ln -s "$B/as-loop" "$TMP/link"
	mkdir -p "$TMP/else/logs"
	(cd "$TMP" && PATH=/usr/bin:/bin CDPATH=$TMP/else expect 0 ./link -1 -d logs \
	    "$status_url" "$replicas_url")
	[ -s "$TMP/logs/samples.log" ]
	[ ! -e "$TMP/else/logs/samples.log" ]
}

@test "as-loop: -S: the samples are those of a command, and are on record" {
	start_app --at 12:00 --replicas 5
	printf '#!/bin/sh\necho "$(date -u +%%Y-%%m-%%dT%%H:%%M:%%SZ) app 5 cpu=1"\n' >"$TMP/source"
	chmod +x "$TMP/source"
	expect 64 as-loop -1 -d "$TMP/loop" -S "$TMP/source"
	expect 0 as-loop -1 -d "$TMP/loop" -S "$TMP/source" -o before_url="$status_url" -o replicas_url="$replicas_url"
	has "$(<"$TMP/loop/samples.log")" ' app 5 cpu=1'
	has "$(<"$TMP/loop/decisions.log")" ' app 7 from=5 why=target by=cpu'
	has "$(<"$TMP/loop/autoscaler.log")" 'INFO as-apply: app: 7 from=5 applied=ok http=204'
}

@test "as-loop: all that is wrong with the settings is printed once, and nothing starts" {
	printf '%s\n' '[app a]' 'status_url = http://127.0.0.1:1/' 'replicas_url = http://127.0.0.1:1/' \
	    'max = x' 'sample = {' 'replicas_body = (' >"$TMP/as.conf"
	for once in '' -1; do
		expect 78 as-loop $once -d "$TMP/none" -c "$TMP/as.conf"
		same "$err" "as-decide: error: $TMP/as.conf:4: max: is not a number in 0..2147483647
as-fetch: error: $TMP/as.conf:5: sample: syntax error, unexpected \$end
as-apply: error: $TMP/as.conf:6: replicas_body: syntax error, unexpected \$end"
		[ ! -e "$TMP/none" ]
	done
}

@test "as-loop: a login in a URL that stands in a wrong place is not shown" {
	local url=http://us@er:s3cret@h
	expect 64 as-loop -i "$url" "$url/" "$url/"
	same "$err" 'as-loop: error: option -i: "http://***@h" is not a duration like 250ms or 15s (see as-loop --help)'
	expect 64 as-loop "--$url/"
	same "$err" 'as-loop: error: option --http://***@h/: unknown (see as-loop --help)'
	expect 74 as-loop -d "/dev/null/$url" http://a/ http://b/
	same "$err" 'as-loop: error: /dev/null/http://***@h: no place for logs: Not a directory'
}
