# as-check: what is wrong is said before anything runs, and nothing is ordered
# P3 nothing is silent: a word for each fault    P11 dry run by construction

load helper

GOOD='{"cpu": {"highPriority": 0.68}, "replicas": 10}'

# reply JSON: what the fault server sends
reply() {
	printf 'HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%s' ${#1} "$1"
}

setup() {
	start_faultd <<-END
		/good|$(reply "$GOOD")
		/six|$(reply '{"replicas": 6}')
		/put|HTTP/1.1 204 No Content\r\n\r\n
		/auth|HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n
		/busy|HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n
		/empty|HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n
		/html|$(reply '<html>')
		/404|HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n
		/500|HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n
		/moved|HTTP/1.1 302 Found\r\nLocation: /good\r\nContent-Length: 0\r\n\r\n
		/noise|x|close
		/reset|reset
		/silent|hang
		/odd|$(reply '{"n": 4, "pct": 68}')
		/half|$(reply '{"replicas": 4, "cpu": {"highPriority": -1}}')
		/list|$(reply '{"items": [{"name": "web", "replicas": 3, "load": "0.71"}, {"name": "api", "replicas": 2, "load": "1"}]}')
		/stats|$(reply '{"service": "x", "instances": 4, "stats": {"cpuPercent": 68, "port": 80}, "1 x": 5}')
		/top|$(reply '[{"worker-count": 5, "queue": {"length": 12}}]')
		/text|$(reply '{"say": "hello"}')
		/load|$(reply '{"load": 0.4}')
	END
}

teardown() {
	stop_faultd
	stop_app
}

# asks: METHODs of what the server has seen
asks() {
	cut -d' ' -f1 "$TMP/requests" | sort -u
}

# row STATUS TEXT OPTION...: the app has this line in the table, as the only one
row() {
	local status=$1 text=$2
	shift 2
	expect "$status" timeout 20 as-check "$@"
	same "$(sed -n 's/^app  //; 2p' "$TMP/out")" "$text"
	same "$err" ""
}

@test "as-check: an app that is OK has its sample, its decision and its request" {
	start_app --replicas 5 --at 12:00
	expect 0 as-check -t 0.75 "$status_url" "$replicas_url"
	same "$out" "APP  COUNT   RESULT
app  5 -> 7  OK  cpu=1 why=target

Nothing was sent. as-apply would send:
app: PUT $replicas_url {\"replicas\": 7}

1 app: 1 OK"
	same "$err" ""
	same "$(cut -d' ' -f1,2 "$TMP/requests" | sort -u)" 'GET /app/status'
}

@test "as-check: where the count stays, the request is an example" {
	expect 0 as-check -M 10 -o replicas_method=PATCH -o 'replicas_body={n: .replicas}' \
	    "$fault/good" "$fault/put"
	has "$out" $'\napp  10     OK  cpu=0.68 why=stabilized\n'
	has "$out" $'\n'"app (example): PATCH $fault/put {\"n\":11}"$'\n(example): the count stays'
	same "$(asks)" GET
	row 0 '0      OK  cpu=0.5 why=disabled' -o 'sample={replicas: 0, cpu: 0.5}' "$fault/good" "$fault/put"
	[[ $out != *PATCH* && $out != *'would send'* ]]
}

@test "as-check: without a replicas_url what would be sent is left out" {
	row 0 '10     OK  cpu=0.68 why=stabilized' "$fault/good"
	[[ $out != *'would send'* ]]
}

@test "as-check: --settings asks nobody, and shows bounds and targets" {
	cat >"$TMP/as.conf" <<-END
		[default]
		status_url = $fault/silent?{app}
		replicas_url = $fault/put?{app}
		[app web]
		target = 0.75
		total.rps = 100
		[app b]
		max = 7
	END
	expect 0 as-check --settings -c "$TMP/as.conf"
	same "$out" 'APP  RESULT
web  OK  1..100 replicas, target.cpu = 0.75, total.rps = 100
b    OK  1..7 replicas, target.cpu = 0.80

2 apps: 2 OK'
	same "$err$(<"$TMP/requests")" ""
}

@test "as-check: a warning of several tools is printed once" {
	expect 0 as-check -o 'schedule=Mon-Fri min=200' "$fault/good" "$fault/put"
	same "$(grep -c 'warning: .*200' "$TMP/out")" 1
	expect 0 as-check -G -o 'schedule=Mon-Fri min=200' "$fault/good" "$fault/put"
	same "$(grep -c 'warning: .*200' "$TMP/out")" 1
}

@test "as-check: mistakes are printed once each, and nobody is asked" {
	cat >"$TMP/as.conf" <<-END
		[default]
		status_url = $fault/good?{app}
		replicas_url = $fault/put?{app}
		taget = 0.75
		[app web]
		mx = 4
		max = two
		sample = {
		[app api]
		sample = }
		replicas_body = (
	END
	expect 78 as-check -c "$TMP/as.conf"
	same "$err" "as-fetch: error: $TMP/as.conf:4: taget: unknown key, did you mean target?
as-fetch: error: $TMP/as.conf:6: mx: unknown key, did you mean max?
as-fetch: error: $TMP/as.conf:7: max: is not a number in 0..2147483647
as-fetch: error: $TMP/as.conf:8: sample: syntax error, unexpected \$end
as-fetch: error: $TMP/as.conf:10: sample: syntax error, unexpected INVALID_CHARACTER
as-apply: error: $TMP/as.conf:11: replicas_body: syntax error, unexpected \$end
as-check: error: these settings cannot be used"
	same "$out$(<"$TMP/requests")" ""
}

@test "as-check: filters are compiled, and files of secrets looked at" {
	local key
	for key in sample before_replicas replicas_body replicas_query.n; do
		expect 78 as-check -G -o "$key={" -o before_url="$fault/good" "$fault/good" "$fault/put"
		has "$err" "error: -o $key={: syntax error"
	done
	echo secret >"$TMP/token"
	for key in token_file netrc_file client_key; do
		chmod 644 "$TMP/token"
		expect 77 as-check -o "$key=$TMP/token" "$fault/good" "$fault/put"
		has "$err" "$key: $TMP/token: others can read it (chmod 600)"
		same "$(wc -l <"$TMP/err")" 2
	done
	expect 78 as-check -G -o ca_file="$TMP/none" "$fault/good"
	expect 78 as-check -G -c "$TMP/none"
	has "$err" "$TMP/none: No such file"
	same "$(<"$TMP/requests")" ""
}

@test "as-check: of a fleet each app has a line, those that are not OK last" {
	local i
	{
		printf '%s\n' '[default]' "status_url = $fault/good" \
		    "replicas_url = $fault/put?{app}" 'sample = {replicas, $app, cpu: 0.9}'
		for i in {11..50}; do
			echo "[app shop-$i]"
			case $i in
			17) echo 'target = 80' ;;
			29) echo 'status_url = http://127.0.0.1:1/' ;;
			33) echo 'sample = {replicas: .count, cpu: .load, $app}' ;;
			esac
		done
	} >"$TMP/as.conf"
	expect 69 as-check -c "$TMP/as.conf"
	has "$(sed -n 37,43p "$TMP/out")" 'shop-49  10 -> 12  OK  cpu=0.9 why=target
shop-50  10 -> 12  OK  cpu=0.9 why=target
shop-17  10        other unit? cpu=0.9, target.cpu = 80 (as.conf:12)
shop-29  -         refused: start the server, or mend status_url (as.conf:25)
shop-33  -         type: the reply has another shape: mend sample (as.conf:30)'
	same "$(sed -n '1,41{/^.\{81\}/p}' "$TMP/out")" ""
	same "$(tail -n 1 "$TMP/out")" '40 apps: 37 OK, 3 not OK'
	has "$out" $'\n'"shop-13: PUT $fault/put?shop-13 {\"replicas\": 12}
... and 35 more requests: see as-check -v"
	expect 69 as-check -qc "$TMP/as.conf"
	same "$(sed -n '2,/^$/p' "$TMP/out" | cut -c 1-8)" $'shop-17 \nshop-29 \nshop-33 '
	[[ $out != *PUT* ]]
	expect 65 as-check --verbose --config="$TMP/as.conf" --app='shop-1*'
	same "$(grep -c ': PUT ' "$TMP/out")" 9
}

@test "as-check: each word that a status may get has a hint" {
	local path status text n=0
	while IFS='|' read -r path status text; do
		row "$status" "-      $text" -o timeout=300ms "$fault$path" "$fault/put"
		n=$((n + 1))
	done <<-END
		/auth|77|auth: other credentials are needed: see token_file
		/busy|75|busy: the server is busy: run as-check again later
		/empty|69|empty: the reply is empty: is status_url right?
		/html|69|not-json: is status_url right?
		/404|69|http-404: is status_url right?
		/500|75|http-500: the server failed: run as-check again
		/moved|69|redirect: the server is elsewhere: mend status_url
		/noise|69|protocol: no HTTP there: is the port right in status_url?
		/reset|75|reset: the reply broke off: run as-check again
		/silent|75|timeout: a slow server, or a wrong status_url?
		/odd|69|type: the reply has another shape: mend sample
		/half|69|range: a number in the reply is wrong: see sample
	END
	[ $n -eq 12 ]
	row 75 '-      dns: no such host: mend status_url' http://no-such-host.invalid/
	row 69 '-      filter: sample fails on this reply: see below' \
	    -o 'sample=.[] | error("x")' "$fault/good"
}

@test "as-check: readings and targets in different units are asked about" {
	local reading target text n=0
	while IFS='|' read -r reading target text; do
		expect 65 as-check -o "sample={replicas: 10, ${reading/=/: }}" -o "$target" "$fault/good"
		has "$out" "  other unit? $reading, $text"
		n=$((n + 1))
	done <<-END
		cpu=0.68|target=80|target.cpu = 80
		cpu=68|target=0.80|target.cpu = 0.80
		cpu=5|target=0.80|target.cpu = 0.80
		memory=0.5|target.memory=70|target.memory = 70
		latency=0.25|value.latency=200|value.latency = 200
		latency=250|value.latency=0.2|value.latency = 0.2
		rps=200000|total.rps=100|total.rps = 100
	END
	[ $n -eq 7 ]
	while read -r reading target; do
		expect 0 as-check -o "sample={replicas: 10, ${reading/=/: }}" -o "$target" "$fault/good"
		has "$out" "OK  $reading"
	done <<-END
		cpu=68 target=80
		cpu=1.4 target=0.80
		queue=1 total.queue=10
		queue=900 total.queue=10
		queue=0.6 target.queue=10
		latency=150 value.latency=200
	END
	expect 0 as-check -o 'sample={replicas: 10, latency: 0.25}' -o value.latency=200 \
	    -o range.latency=0..9 "$fault/good"
}

@test "as-check: a metric that is missing, and one that is 0, are not OK" {
	row 65 '10     no mem in the sample: see target.mem' -o target.mem=0.5 "$fault/good"
	row 65 '10     cpu=0: set zero = ok if there may be no load' \
	    -o 'sample={replicas, cpu: 0}' "$fault/good"
	expect 0 as-check -o 'sample={replicas, cpu: 0}' -o zero=ok "$fault/good"
}

@test "as-check: what as-apply would refuse is not OK" {
	row 75 '10     conflict: another count right before the PUT: see below' \
	    -o before_url="$fault/six" "$fault/good" "$fault/put"
	has "$out" 'decided from 10 replicas, there are 6'
	row 75 '10     before the PUT: http-500: the server failed: run as-check again' \
	    -o before_url="$fault/500" "$fault/good" "$fault/put"
	row 75 '10     paused: remove the pause_file to let it order' \
	    -o pause_file="$TMP" "$fault/good" "$fault/put"
	row 69 '10     filter: replicas_body fails on this reply: see below' \
	    -o 'replicas_body=error("x")' "$fault/good" "$fault/put"
	row 75 '10     stale: the sample is old: are the clocks right?' \
	    -o 'sample={replicas, cpu: 0.5, time: 1000000000}' "$fault/good" "$fault/put"
	row 75 '-      timeout: a slow server, or a wrong status_url?' \
	    -o timeout=200ms -o before_url="$fault/good" "$fault/silent" "$fault/put"
}

@test "as-check: a part of a reply that is missing is not OK" {
	row 75 '10     err.1=http-500: a part of the reply is missing, see below' \
	    -o 'sample={replicas: .[0].replicas, cpu: 0.8}' -o status_url="$fault/good" \
	    -o status_url="$fault/500"
}

# proposes PATH LINE GIVES: for the reply at this path
proposes() {
	expect 69 as-check "$fault/$1"
	same "$(sed -n 's/^    sample = //p' "$TMP/out")" "$2"
	same "$(sed -n 's/^It gives: //p' "$TMP/out")" "$3"
}

@test "as-check: of a reply of another shape it shows the numbers and proposes a sample" {
	proposes stats '{replicas: .instances, cpu: (.stats.cpuPercent / 100)}' 'app 4 cpu=0.68'
	has "$out" '
The reply has these numbers:
    .instances = 4    the count?
    .stats.cpuPercent = 68    the load?
    .stats.port = 80
This line may be right'
	proposes list '.items[] | {app: .name, replicas: .replicas, cpu: (.load | tonumber)}' \
	    $'web 3 cpu=0.71\napi 2 cpu=1'
	proposes top '{replicas: .[0]."worker-count", queue: .[0].queue.length}' 'app 5 queue=12'
	has "$out" 'and with it total.queue: see as-decide(1).'
	# what it says is a line of a file, too
	echo "sample = $(sed -n 's/^    sample = //p' "$TMP/out")" | sed '1i [default]' >"$TMP/as.conf"
	printf '%s\n' "status_url = $fault/top" '[app app]' 'total.queue = 3' >>"$TMP/as.conf"
	expect 0 as-check -c "$TMP/as.conf" -o replicas_url="$fault/put"
	same "$(asks)" GET
}

@test "as-check: where it cannot propose a sample it says what it saw" {
	proposes odd '' ''
	has "$out" '    .pct = 68
None has a name like a count of replicas.
None has a name like a load. It may be at another URL.
Write sample = '
	proposes load '' ''
	has "$out" '    .load = 0.4    the load?
None has a name like a count of replicas.
Write'
	proposes text '' ''
	has "$out" 'The reply has no number.'
	proposes html '' ''
	[[ $out != *'number'* ]]
}

@test "as-check: for an app of a file the proposal uses its settings" {
	mkdir "$TMP/conf"
	echo token-1 >"$TMP/conf/token"
	chmod 600 "$TMP/conf/token"
	cat >"$TMP/conf/as.conf" <<-END
		[default]
		status_url = $fault/{app}
		replicas_url = $fault/put?{app}
		header = X-Note: a \# b
		token_file = token
		[app stats]
		[app good]
	END
	cd "$TMP"
	expect 69 as-check -c conf/as.conf -a stats
	has "$out" 'sample = {replicas: .instances, cpu:'
	has "$out" 'It gives: stats 4 cpu=0.68'
	same "$(grep -c '^X-Note: a # b' "$TMP/requests.heads")" 3
	same "$(grep -c '^Authorization: Bearer token-1' "$TMP/requests.heads")" 3
	expect 69 as-check -c conf/as.conf
	[[ $out != *'sample = {'* ]]
}

@test "as-check: apps that a reply names are in the table" {
	expect 0 as-check -o 'sample=.items[] | {app: .name, replicas, cpu: (.load | tonumber)}' "$fault/list"
	has "$out" 'web  3       OK  cpu=0.71'
	has "$out" 'api  2 -> 3  OK  cpu=1'
	expect 65 as-check -t 80 -o 'sample=.items[] | {app: .name, replicas, cpu: 0.9}' "$fault/list"
	has "$out" 'api  2      other unit? cpu=0.9, target.cpu = 80'
}

@test "as-check: --directory says whether as-loop can keep its logs there" {
	expect 0 as-check -qd "$TMP" "$fault/good" "$fault/put"
	expect 0 as-check -qd "$TMP/made/later" "$fault/good" "$fault/put"
	[ ! -e "$TMP/made" ]
	expect 74 as-check -d /dev/null "$fault/good"
	same "$err" "as-check: error: /dev/null: no place for logs: Not a directory"
	expect 74 as-check --directory /dev/null/x "$fault/good"
	same "$err" "as-check: error: /dev/null/x: no place for logs: Not a directory"
}

@test "as-check: samples may come from a command" {
	printf '#!/bin/sh\necho "$(date -u +%%FT%%TZ) app 5 cpu=1"\n' >"$TMP/samples"
	chmod +x "$TMP/samples"
	row 0 '5 -> 7  OK  cpu=1 why=target' -S "$TMP/samples" -o replicas_url="$fault/put"
	same "$(<"$TMP/requests")" ""
	row 75 '-      command: samples_command failed: see below' --samples "$TMP/none"
	row 69 '-      missing: this app is not in the reply: see samples_command' -S /bin/true
}

@test "as-check: options may be joined, long, and after operands" {
	expect 0 as-check -qa shop "$fault/good" -omin=12 --max=14 -- "$fault/put"
	same "$out" $'\n1 app: 1 OK'
	expect 0 as-check --app shop --min 12 --max 14 "$fault/good" "$fault/put"
	has "$out" 'shop  10 -> 12  OK  cpu=0.68 why=min'
	expect 64 as-check
	has "$err" 'as-check: error: no STATUS_URL (see'
	expect 64 as-check a b c
	has "$err" 'too many operands'
	expect 64 as-check -q -a
	has "$err" 'option -a: needs a value'
}

@test "as-check: a report that cannot be printed is 74, and no file stays behind" {
	mkdir "$TMP/temporary"
	export TMPDIR=$TMP/temporary
	expect 74 sh -c "as-check $fault/good >/dev/full"
	has "$err" 'as-check: error: stdout: no space left'
	expect 0 as-check "$fault/good"
	expect 69 as-check "$fault/odd"
	expect 78 as-check -o mx=3 "$fault/good"
	same "$(ls "$TMPDIR")" ""
	expect 74 env TMPDIR="$TMP/none" as-check "$fault/good"
}

@test "as-check: 1,000 apps are a matter of a second or two" {
	start_app --replicas 5 --at 12:00
	{
		printf '%s\n' '[default]' "status_url = $status_url?{app}" \
		    "replicas_url = $replicas_url?{app}"
		printf '[app shop-%s]\n' {1000..1999}
	} >"$TMP/as.conf"
	expect 0 timeout 15 as-check -c "$TMP/as.conf"
	same "$(tail -n 1 "$TMP/out")" '1000 apps: 1000 OK'
	same "$(grep -c ' 5 -> 7  OK  cpu=1 why=target$' "$TMP/out")" 1000
	same "$(puts)" 0
}

# in_force: the settings of each app without their places, from a file
in_force() {
	as-decide -G -c "$1" | sed 's/ *# [^#]*$//; /^\[app/d' | sort
}

@test "as-check: examples/as.conf is right, and its defaults are the defaults" {
	local conf=../examples/as.conf port
	expect 0 as-check --settings -c $conf
	same "$out" 'APP           RESULT
web           OK  2..40 replicas, target.cpu = 0.75
batch-mail    OK  1..10 replicas, target.cpu = 0.90
batch-report  OK  1..10 replicas, target.cpu = 0.90

3 apps: 3 OK'
	sed 's/^#\([a-z_]* = \)/\1/' $conf >"$TMP/defaults.conf"
	[ "$(diff $conf "$TMP/defaults.conf" | grep -c '^>')" -ge 14 ]
	diff <(in_force $conf) <(in_force "$TMP/defaults.conf")
	# and so are its examples, without those that need a file or a target
	sed '/include\|list =\|token_file/!s/^# \(\[apps\]\|[a-z_]*[.a-z]* = \)/\1/
	    /^list =/d; /^\[apps\]/d' $conf >"$TMP/examples.conf"
	[ "$(diff $conf "$TMP/examples.conf" | grep -c '^>')" -ge 4 ]
	expect 0 as-check --settings -c "$TMP/examples.conf"
	start_app --replicas 5 --at 12:00
	port=${base##*:}
	sed "s/8123/$port/" $conf >"$TMP/as.conf"
	expect 0 as-check -c "$TMP/as.conf"
	has "$out" 'web           5 -> 7  OK  cpu=1 why=target'
}

@test "as-check: a login in a URL that stands in a wrong place is not shown" {
	expect 64 as-check --http://us@er:s3cret@h/
	same "$err" 'as-check: error: option --http://***@h/: unknown (see as-check --help)'
}
