# fleet: many applications in one process, each for itself
# P1 A3 A18 H8 H9    P8 token files: C7
# P2 one app's server, body or line never delays or changes another's; also N21
#    in faults/network.bats
# P3 every app has its line in every tick: C11 C13 N22 A17
# P9 filters are fenced: J15 J16 J17 J18 C9

# shellcheck disable=SC2154,SC2016 # the helper's, and jq's variables
load helper

# shellcheck disable=SC2034 # for the helper
STAMP='[0-9-]*T[0-9:]*Z'

now() {
	date -u +%Y-%m-%dT%H:%M:%SZ -d "${1:-now}"
}

json() {	# BODY: an answer for the fault server's script
	printf 'HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%s' ${#1} "$1"
}

conf() {	# as.conf from stdin, {fault} in it is the server
	sed "s|FAULT|$fault|" >"$TMP/as.conf"
}

# fetched: the lines without TIME, sorted
fetched() {
	sed 's/^[^ ]* //' "$TMP/out" | sort
}

# reads FILTER JSON: what is behind TIME
reads() {
	as-fetch -i - -o "sample=$1" <<<"$2" 2>"$TMP/err" | cut -d' ' -f2-
}

setup() {
	good='{"cpu": {"highPriority": 0.5}, "replicas": 4}'
	start_faultd <<-END
		/a|$(json "$good")
		/b|$(json "$good")
		/c|$(json "$good")
		/slow|hang
		/late|wait 400|$(json '[{"n":"a","r":1,"c":0.5},{"n":"b","r":2,"c":1.5}]')
		/other|$(json '{"replicas": "four"}')
		/all|$(json '[{"n":"a","r":1,"c":0.5},{"n":"b","r":2,"c":1.5},{"n":"x","r":9,"c":1}]')
		/all?q=by%20%28app%29%7Bjob%3D%22a%26b%22%7D|$(json '[{"n":"a","r":1,"c":0.5}]')
		/count|$(json '{"spec": {"replicas": 4}, "version": 7}')
		/count/update?version=7|$(json '{}')
		/load|$(json '{"load": 0.9}')
		/wide|$(json '{ "spec": {"replicas": 4, "uid": 9007199254740993}, "t": 1.50, "n": "\u00e9 \" {" }')
		/wide?version=|$(json '{}')
		/here|HTTP/1.1 302 Found\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n
		/there|HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2:1/a\r\nContent-Length: 0\r\n\r\n
		/round|HTTP/1.1 302 Found\r\nLocation: /round\r\nContent-Length: 0\r\n\r\n
		/busy|HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n
		/forbidden|HTTP/1.1 403 No\r\nContent-Length: 196\r\n\r\n{"kind": "Status", "metadata": {"name": "$(printf '%0100d' 0)"}, "message": "no \\\\"patch\\\\" in \\\\u002fapps", "code": 1}
		/put/a|HTTP/1.1 204 No Content\r\n\r\n
		/put/b|HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n
		/put/c|HTTP/1.1 204 No Content\r\n\r\n
		/put/late|wait 2000|HTTP/1.1 204 No Content\r\n\r\n
		/put/slow|hang
		/put/busy|HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n
	END
}

teardown() {
	stop_faultd
}

@test "fleet: every app has its line, whatever the others' servers do (P2)" {
	conf <<-'END'
	[default]
status_url = FAULT/{app}
timeout = 3s
[app a]
[app slow]
[app other]
[app gone]
	END
	as-fetch -c "$TMP/as.conf" 2>"$TMP/err" >"$TMP/out" &
	local fetch=$! status=0
	until_true grep -q ' a 4 cpu=0.5' "$TMP/out"
	kill -0 $fetch	# the slow one is still being waited for
	wait $fetch || status=$?
	same $status 69
	same "$(fetched)" 'a 4 cpu=0.5
gone - err=http-404
other - err=type
slow - err=timeout'
	same "$(sort "$TMP/err" | cut -c1-60)" \
	    "as-fetch: error: gone: status: http-404: HTTP status 404 (12
as-fetch: error: other: status: type: replicas is not a numb
as-fetch: error: slow: status: timeout: Operation timed out "
}

@test "fleet: apps that would ask the same share one request, and none is silent" {
	conf <<-'END'
	[default]
status_url = FAULT/all
sample = .[] | {app: .n, replicas: .r, cpu: .c}
[app a]
[app b]
[app d]
	END
	expect 69 as-fetch -c "$TMP/as.conf"
	same "$(fetched)" 'a 1 cpu=0.5
b 2 cpu=1.5
d - err=missing'
	same "$err" 'as-fetch: error: d: status: missing: the reply has nothing of it'
	same "$(<"$TMP/requests")" 'GET /all '
	echo '[app x*]' >>"$TMP/as.conf"
	expect 69 as-fetch -c "$TMP/as.conf"
	has "$out" ' x 9 cpu=1'
	expect 0 as-fetch -c "$TMP/as.conf" b
	same "$(fetched)" 'b 2 cpu=1.5'
	expect 64 as-fetch -c "$TMP/as.conf" e
	has "$err" "e: $TMP/as.conf does not name this app"
	expect 64 as-fetch -c "$TMP/as.conf" -a 'z*'
	has "$err" 'no app is selected'
}

@test "fleet: an app of the command line that the reply lacks is err=missing" {
	conf <<-'END'
	[default]
status_url = FAULT/all
sample = .[] | {app: .n, replicas: .r, cpu: .c}
	END
	expect 69 as-fetch -c "$TMP/as.conf" b nosuchapp
	same "$(fetched)" $'b 2 cpu=1.5\nnosuchapp - err=missing'
	same "$err" 'as-fetch: error: nosuchapp: status: missing: the reply has nothing of it'
	expect 69 as-fetch -c "$TMP/as.conf" -i - b nosuchapp <<<'[{"n":"b","r":2,"c":1.5}]'
	same "$(fetched)" $'b 2 cpu=1.5\nnosuchapp - err=missing'
	expect 0 as-fetch -c "$TMP/as.conf" b a
	same "$(fetched)" $'a 1 cpu=0.5\nb 2 cpu=1.5'
	expect 0 as-fetch -c "$TMP/as.conf"
	same "$(fetched)" $'a 1 cpu=0.5\nb 2 cpu=1.5\nx 9 cpu=1'
}

@test "fleet: apps of one URL have each its own limits and credentials" {
	local limit
	umask 077
	echo t0ken-of-b >"$TMP/token"
	conf <<-'END'
	[default]
status_url = FAULT/late
sample = .[] | {app: .n, replicas: .r, cpu: .c}
[app a]
timeout = 100ms
[app b]
timeout = 5s
	END
	expect 75 as-fetch -c "$TMP/as.conf"
	same "$(fetched)" $'a - err=timeout\nb 2 cpu=1.5'
	for limit in reply_max=20 connect_timeout=3s retries=0 follow=same-host; do
		: >"$TMP/requests"
		sed "s|/late|/all|; s|^timeout = 100ms|$limit|; /^timeout/d" \
		    "$TMP/as.conf" >"$TMP/b.conf"
		as-fetch -c "$TMP/b.conf" >"$TMP/out" 2>"$TMP/err" || :
		same "$(fetched | tail -n 1)" 'b 2 cpu=1.5'
		same "$(grep -c . "$TMP/requests")" 2
	done
	: >"$TMP/requests.heads"
	sed "s|/late|/all|; s|^timeout = 100ms|replicas_url = http://127.0.0.2:1/|
	    s|^timeout.*|replicas_url = $fault/put|; s|^status|token_file = token\n&|" \
	    "$TMP/as.conf" >"$TMP/b.conf"
	expect 0 as-fetch -c "$TMP/b.conf"
	same "$(fetched)" $'a 1 cpu=0.5\nb 2 cpu=1.5'
	same "$(grep -c t0ken-of-b "$TMP/requests.heads")" 1
}

@test "fleet: apps whose loads nothing tells apart are refused (C11)" {
	conf <<-'END'
	[default]
status_url = FAULT/a
replicas_url = FAULT/put/a
[app a]
[app b]
	END
	expect 78 as-fetch -c "$TMP/as.conf"
	has "$err" 'apps a and b have the same status_url'
	sed '$a timeout = 5s' "$TMP/as.conf" >"$TMP/b.conf"
	expect 78 as-fetch -c "$TMP/b.conf"
	has "$err" 'apps a and b have the same status_url'
	expect 78 as-apply -c "$TMP/as.conf" </dev/null
	has "$err" 'apps a and b share the same replicas_url: they would fight'
	same "$(<"$TMP/requests")" ""
}

@test "fleet: apps of one URL fight, unless what they send tells them apart" {
	local want a b
	while IFS='|' read -r want a b; do
		printf '[default]\nreplicas_url = %s/put/a\n[app a]\n%b\n[app b]\n%b\n' \
		    "$fault" "$a" "$b" >"$TMP/as.conf"
		expect "$want" as-apply -c "$TMP/as.conf" </dev/null
		[ "$want" -eq 0 ] || has "$err" 'they would fight'
	done <<-'END'
		78||
		78|set.x = 1|set.x = 2
		0|replicas_header = X-App: a|replicas_header = X-App: b
		0|unix_socket = /run/a|unix_socket = /run/b
		0|replicas_body = {app, replicas}|replicas_body = {app, replicas}
		0|replicas_query.who = .app|replicas_query.who = .app
		0|replicas_body = $x\nset.x = 1|replicas_body = $x\nset.x = 2
		78|replicas_body = 1\nset.x = 1|replicas_body = 1\nset.x = 2
		78|replicas_body = {replicas, mapped: 1}|replicas_body = {replicas, mapped: 1}
		78|replicas_body = {app: "x", replicas}|replicas_body = {app: "x", replicas}
		78|replicas_body = "app \# $app"|replicas_body = "app \# $app"
		0|replicas_body = "n=\\(.app)"|replicas_body = "n=\\(.app)"
		78|replicas_body = {replicas}\nset.r = 1|replicas_body = {replicas}\nset.r = 2
		0|replicas_body = {replicas, $r}\nset.r = 1|replicas_body = {replicas, $r}\nset.r = 2
		0|replicas_body = {$r, $s}\nset.r = prod1\nset.s = 2web|replicas_body = {$r, $s}\nset.r = prod\nset.s = 12web
		0|replicas_header = X: 1\nreplicas_header = Y: 2|replicas_header = X: 1Y: 2
		0|replicas_query.a = .replicas|replicas_query.b = .replicas
	END
	same "$(cat "$TMP/requests")" ""
}

@test "fleet: an app without a replicas_url is refused, or its decision is" {
	conf <<-'END'
	[default]
status_url = FAULT/a
[app a]
	END
	expect 78 as-apply -c "$TMP/as.conf" </dev/null
	same "$err" "as-apply: error: $TMP/as.conf: app a: no replicas_url"
	sed -i 's/a\]$/a*]/' "$TMP/as.conf"
	expect 75 as-apply -c "$TMP/as.conf" <<<"$(now) a 5 from=4"
	has "$out" 'a 5 from=4 applied=refused why=other-app'
	has "$err" 'the settings have no replicas_url for it'
	# nor does a count alone say whose it is
	expect 65 as-apply -c "$TMP/as.conf" <<<5
	has "$err" '-:1: a COUNT alone needs -a APP: line skipped: "5"'
	same "$(cat "$TMP/requests")" ""
}

@test "fleet: templates take what is set, percent-encoded, or the file is refused" {
	conf <<-'END'
	[default]
status_url = FAULT/all
status_query.q = by ({label}){job="{job}"}
sample = .[] | {app: .n, replicas: .r, cpu: .c, x: ($job | length)}
set.label = app
[app a]
set.job = a&b
	END
	expect 0 as-fetch -c "$TMP/as.conf"
	same "$(fetched)" 'a 1 cpu=0.5 x=3'
	sed -i '/set.job/d' "$TMP/as.conf"
	expect 78 as-fetch -c "$TMP/as.conf"
	same "$err" "as-fetch: error: $TMP/as.conf:3: status_query.q: {job} is not set for app a"
	same "$(<"$TMP/requests")" 'GET /all?q=by%20%28app%29%7Bjob%3D%22a%26b%22%7D '
}

@test "fleet: a variable in a filter that only other apps set refuses the file" {
	conf <<-'END'
	[default]
replicas_url = FAULT/put/{app}
status_url = FAULT/all?{app}
sample = .[] | {app: .n, replicas: .r, cpu: .c, x: ($zone | length)}
replicas_body = {n: .replicas, zone: $zone}
[app a]
set.zone = one
[app b]
	END
	expect 78 as-apply -c "$TMP/as.conf" </dev/null
	same "$err" "as-apply: error: $TMP/as.conf:5: replicas_body: \$zone is not set for app b"
	expect 78 as-fetch -c "$TMP/as.conf"
	same "$err" "as-fetch: error: $TMP/as.conf:4: sample: \$zone is not set for app b"
	sed -i 's/^replicas_body.*/replicas_query.z = $zone/' "$TMP/as.conf"
	expect 78 as-apply -c "$TMP/as.conf" </dev/null
	has "$err" '5: replicas_query.z: $zone is not set for app b'
	# known only at run time, it alone is refused
	sed -i 's/\[app b\]/[app b*]/; s/.*query.z.*/replicas_body = {n: .replicas, zone: $zone}/' "$TMP/as.conf"
	expect 75 as-apply -f -c "$TMP/as.conf" <<-END
		$(now) b 5 from=4
		$(now) a 5 from=4
	END
	has "$out" 'b 5 from=4 applied=refused why=other-app'
	has "$out" 'a 5 from=4 applied=ok'
	has "$err" 'refused: other-app: sample: $zone is not set for app b'
	same "$(<"$TMP/requests")" 'PUT /put/a {"n":5,"zone":"one"}'
}

@test "fleet: what is wrong with before_replicas is found at the start, not in an outage" {
	conf <<-'END'
	[default]
status_url = FAULT/gone
[app a]
before_url = FAULT/count
before_replicas = .spec.replicas + ($zone | length)
[app b]
status_url = FAULT/b
set.zone = one
	END
	expect 78 as-fetch -c "$TMP/as.conf"
	same "$err" "as-fetch: error: $TMP/as.conf:5: before_replicas: \$zone is not set for app a"
	same "$out$(<"$TMP/requests")" ''
}

@test "fleet: a variable that a filter binds itself needs no set" {
	local want filter n=0
	while IFS='|' read -r want filter; do
		printf '[default]\nreplicas_url = %s/put/{app}\nreplicas_body = %s\n[app a]\nset.z = 1\n[app b]\n' \
		    "$fault" "${filter//!/|}" >"$TMP/as.conf"
		expect "$want" as-apply -c "$TMP/as.conf" </dev/null
		n=$((n + 1))
	done <<-'END'
		0|.replicas as $z ! $z
		0|. as {replicas: $z} ! {r: $z}
		0|. as [$a, {b: $z}] ?// {app: $z} ! $z
		0|reduce .replicas as $z (0; . + $z)
		0|def f($z): $z; f(.replicas)
		0|"$z \(.app)"
		0|{z: .z} # $z
		78|$z as $z ! $z
		78|"\($z)"
		78|.as ! $z
	END
	same $n 10
}

@test "fleet: a status_body is POSTed, be it empty" {
	expect 0 as-fetch -o 'status_body={"of":"{app}"}' "$fault/a"
	expect 0 as-fetch -o status_body= "$fault/a"
	same "$(cat "$TMP/requests")" 'POST /a {"of":"app"}
POST /a '
}

@test "fleet: several URLs are one array for the filter" {
	conf <<-'END'
	[app a]
status_url = FAULT/count
status_url = FAULT/load
sample = {replicas: .[0].spec.replicas, cpu: .[1].load}
	END
	expect 0 as-fetch -c "$TMP/as.conf"
	same "$(fetched)" 'a 4 cpu=0.9'
	sed -i 's|/load|/slow|' "$TMP/as.conf"
	expect 75 as-fetch -c "$TMP/as.conf" -o timeout=300ms
	same "$(fetched)" 'a 4 err.1=timeout'
	has "$err" 'as-fetch: error: a: status: source 1: timeout: '
}

@test "fleet: an app that no filter names is printed by one shard alone" {
	local filter shard
	for filter in '{replicas, cpu: .application.cpu}' \
	    '{replicas, cpu: (.application.cpu + 0)}'; do
		for shard in 0/2 1/2; do
			expect 0 as-fetch -i - -s $shard -o "sample=$filter" \
			    <<<'{"replicas": 4, "application": {"cpu": 0.5}}'
			echo "$out" >>"$TMP/lines"
		done
		same "$(grep -c ' app 4 cpu=0.5$' "$TMP/lines")" 1
		rm "$TMP/lines"
	done
}

@test "fleet: shards are a partition, and always the same" {
	local i all
	printf '[default]\nstatus_url = %s/a?{app}\n[apps]\nlist = apps\n' "$fault" >"$TMP/as.conf"
	seq -f 'app-%.0f' 40 >"$TMP/apps"
	for i in 0 1 2; do
		expect 0 as-fetch -c "$TMP/as.conf" -s $i/3 -o status_url="$fault/b?{app}"
		all+=$(cut -d' ' -f2 "$TMP/out")$'\n'
		[ "$(wc -l <"$TMP/out")" -ge 5 ]
	done
	same "$(sort <<<"$all" | sed '/^$/d')" "$(sort "$TMP/apps")"
	same "$(as-fetch -c "$TMP/as.conf" -s 0/3 -o status_url="$fault/c?{app}" | cut -d' ' -f2 | sort | head -3 | xargs)" \
	    "app-1 app-14 app-15"
	# the app is in the last of three; the other two have nothing to do
	for i in 0 1 2; do
		expect 0 as-fetch -i - -s $i/3 <<<"$good"
		same "$(cut -d' ' -f2- <<<"$out")" "$([ $i -lt 2 ] || echo 'app 4 cpu=0.5')"
	done
	for i in 3/3 1 a/2 1/0 -1/2; do expect 64 as-fetch -c "$TMP/as.conf" -s $i; done
}

@test "fleet: with few file descriptors all apps are fetched (N22)" {
	printf '[default]\nstatus_url = %s/a?{app}\n[apps]\nlist = apps\n' "$fault" >"$TMP/as.conf"
	seq -f 'app-%.0f' 60 >"$TMP/apps"
	expect 0 bash -c "ulimit -n 30; exec as-fetch -j 64 -c '$TMP/as.conf'"
	same "$(wc -l <"$TMP/out")" 60
	same "$(grep -c ' 4 cpu=0.5' "$TMP/out")" 60
}

# bats test_tags=slow
@test "fleet: -S spreads the requests over the interval, and each app keeps its grid" {
	conf <<-'END'
	[default]
status_url = FAULT/{app}
[app a]
[app b]
[app c]
	END
	# it starts within a round, whose samples may be late and in any order
	expect 0 as-fetch -c "$TMP/as.conf" -e 600ms -n 3 --spread
	grep -v '^#' "$TMP/out" | tail -n 6 >"$TMP/lines"
	same "$(cut -d' ' -f2- "$TMP/lines")" "$(printf '%s 4 cpu=0.5\n' a b c a b c)"
	same "$(sed 's/.*:\([0-9]*\)\.\([0-9]*\)Z.*/\1\2/' "$TMP/lines" | awk '
	    NR > 1 { printf "%d ", ($1 - last + 60000) % 60000 } { last = $1 }')" \
	    "200 200 200 200 200 "
}

@test "fleet: a server that asks for time is left alone (H9)" {
	expect 75 as-fetch -e 100ms -n 3 "$fault/busy"
	same "$(grep -v '^#' "$TMP/out" | cut -d' ' -f2-4)" "$(printf '%s\n' 'app - err=busy' 'app - err=busy' 'app - err=busy')"
	same "$(grep -v '^#' "$TMP/out" | cut -d= -f3 | uniq | wc -l)" 1
	same "$(<"$TMP/requests")" 'GET /busy '
}

@test "fleet: a GET is sent on to the same host alone, and only if that is set (H3 H4)" {
	expect 0 as-fetch -o follow=same-host "$fault/here"
	expect 69 as-fetch "$fault/here"
	expect 69 as-fetch -o follow=same-host "$fault/there"
	has "$err" 'to http://127.0.0.2:1/a, not followed'
	expect 69 as-fetch -o follow=same-host "$fault/round"
	same "$(grep -c round "$TMP/requests")" 4
}

@test "filter: outputs are samples, each for itself" {
	same "$(reads '.[] | {app: .a, replicas: .n, cpu: .c}' \
	    '[{"a":"x","n":1,"c":0.5},{"a":"y","n":2,"c":-1},{"a":"z","n":"3","c":1},{"a":"w","n":3,"c":true}]')" \
	    'x 1 cpu=0.5
y - err=range
z - err=type
w - err=type'
	same "$(reads '{replicas: 3, cpu: null, rps: 7.25}' '{}')" 'app 3 rps=7.25'
	same "$(reads '{replicas: 3, cpu: null}' '{}')" 'app - err=type'
	same "$(reads '{replicas: 3, cpu: nan}' '{}')" 'app - err=range'
	same "$(reads '{replicas: 3.5, cpu: 1}' '{}')" 'app - err=range'
	same "$(reads '{app: "a/../b", replicas: 3, cpu: 1}' '{}')" ''
	has "$(<"$TMP/err")" 'status: filter: app a/../b: '
	same "$(reads '{app: "a b", replicas: 3, cpu: 1}, {app: "ok", replicas: 1, cpu: 1}' '{}')" 'ok 1 cpu=1'
	same "$(reads '{app: "a\n2026-11-23T17:41:00Z web", replicas: 3, cpu: 1}' '{}')" ''
	same "$(reads '{replicas: 3, "Cpu Load": 1}' '{}')" 'app - err=filter'
	same "$(as-fetch -i - -o 'sample={time: 1800000000.5, replicas: 1, cpu: 1}' <<<'{}')" \
	    '2027-01-15T08:00:00.500Z app 1 cpu=1'
	same "$(reads '{time: "noon", replicas: 1, cpu: 1}' '{}')" 'app - err=type'
}

@test "filter: what is no sample is err=filter and told (J15)" {
	local filter n=0
	while read -r filter; do
		same "$(reads "$filter" '{}')" 'app - err=filter'
		has "$(<"$TMP/err")" 'as-fetch: error: app: status: filter: sample: '
		n=$((n + 1))
	done <<-'END'
		1
		null
		[{replicas: 1, cpu: 1}]
		error("no")
		halt
		input
		{replicas: 1, cpu: 1}, 7
		.a.b.c.d | keys
	END
	[ $n -eq 8 ]
	same "$(reads 'empty' '{}')" 'app - err=missing'
}

# bats test_tags=slow
@test "filter: a key that means something else in a line is left out" {
	local key
	for key in from applied err until err.1 until.0; do
		same "$(reads . "{\"replicas\": 3, \"cpu\": 1, \"$key\": 1}")" 'app 3 cpu=1'
		same "$(<"$TMP/err")" "as-fetch: warning: app: status: filter: left out: $key means something else in a line"
	done
	same "$(reads '{replicas, cpu, from: .x}' '{"replicas": 3, "cpu": 1, "x": 1}')" 'app 3 cpu=1'
	has "$(<"$TMP/err")" 'filter: left out: from means'
	same "$(reads '{replicas, from: .x}' '{"replicas": 3, "x": 1}')" 'app - err=filter'
	for key in min max ready unready missing ready.cpu; do
		same "$(reads . "{\"replicas\": 3, \"cpu\": 1, \"$key\": 1.5}")" 'app 3 cpu=1'
		has "$(<"$TMP/err")" "range: left out: $key is not a whole number in 0..2147483647"
		same "$(reads . "{\"replicas\": 3, \"cpu\": 1, \"$key\": 3e9}")" 'app 3 cpu=1'
		same "$(reads . "{\"replicas\": 3, \"cpu\": 1, \"$key\": 2147483647}")" "app 3 cpu=1 $key=2147483647"
	done
	# words that only begin so
	same "$(reads . '{"replicas": 3, "errors": 1.5, "from.x": 2, "max.ms": 1.5}')" 'app 3 errors=1.5 from.x=2 max.ms=1.5'
}

@test "filter: a line that would be over 64 KiB is err=too-big" {
	local filter='{replicas: 3} + ([range(.n) | {key: "metric_\(.)", value: 1}] | from_entries)'
	same "$(reads "$filter" '{"n": 10000}')" 'app - err=too-big'
	same "$(<"$TMP/err")" 'as-fetch: error: app: status: too-big: the line is over 63 KiB'
	expect 0 as-fetch -i - -o "sample=$filter" <<<'{"n": 4500}'
	[ ${#out} -gt 60000 ]
	expect 0 as-decide <"$TMP/out"
	# it costs no other app its line
	same "$(reads ".[] | {app: .a} + $filter" '[{"a": "a", "n": 10000}, {"a": "b", "n": 1}]' | sort)" $'a - err=too-big\nb 3 metric_0=1'
}

@test "filter: one that takes too long or too much ends alone (J16)" {
	[ -z "${SANITIZED-}" ] || skip "the sanitizers' shadow is over any limit of memory"
	conf <<-'END'
	[default]
status_url = FAULT/a?{app}
[app a]
[app b]
sample = def f: f; f
[app c]
sample = {replicas: ([range(1e9)] | length), cpu: 1}
[app other]
sample = {replicas: 2, cpu: 1}
	END
	expect 69 timeout 20 as-fetch -c "$TMP/as.conf"
	same "$(fetched)" 'a 4 cpu=0.5
b - err=filter
c - err=filter
other 2 cpu=1'
}

@test "filter: there are no modules, no environment, no files (J17 C9)" {
	expect 78 as-fetch -i - -o 'sample=import "a" as a; .' <<<'{}'
	has "$err" 'modules are not available'
	expect 78 as-fetch -i - -o 'sample=include "a"; .' <<<'{}'
	has "$err" 'modules are not available'
	SECRET=x expect 0 as-fetch -i - -o 'sample={replicas: ($ENV | length), cpu: (env | length)}' <<<'{}'
	has "$out" ' app 0 cpu=0'
}

@test "filter: one with an error is refused where it stands (J18)" {
	conf <<-'END'
	[app a]
status_url = FAULT/a
replicas_url = FAULT/put/a
sample = {replicas: .x
	END
	expect 78 as-fetch -c "$TMP/as.conf"
	same "$err" "as-fetch: error: $TMP/as.conf:4: sample: syntax error, unexpected \$end, expecting '}'"
	sed -i 's/^sample.*/replicas_body = $nothing/' "$TMP/as.conf"
	expect 78 as-apply -c "$TMP/as.conf" </dev/null
	same "$err" "as-apply: error: $TMP/as.conf:4: replicas_body: \$nothing is not defined"
	same "$(<"$TMP/requests")" ""
}

@test "filter: all that have an error are reported at once, each in its place" {
	local i
	{
		echo 'max = x'
		for i in {1..40}; do
			printf '[app a%s]\nstatus_url = FAULT/%s\nsample = [%s] | .[0]\n' $i $i $i
		done
	} | sed '1i [default]' | conf
	sed -i 's/ = \[\([1239]\|40\)\] .*/ = {/; s/ = \[33\].*/ = $b/' "$TMP/as.conf"
	expect 78 as-fetch -c "$TMP/as.conf"
	same "$(sed 's/[^:]*: error: [^:]*://' <<<"$err" | sort -n)" "2: max: is not a number in 0..2147483647
5: sample: syntax error, unexpected \$end
8: sample: syntax error, unexpected \$end
11: sample: syntax error, unexpected \$end
29: sample: syntax error, unexpected \$end
101: sample: \$b is not defined
122: sample: syntax error, unexpected \$end"
}

# bats test_tags=slow
@test "filter: a plain one and the jq language agree" {
	local body plain='{replicas, cpu: .cpu.highPriority, rps: .rps}' n=0
	while read -r body; do
		same "$(reads "$plain" "$body")" "$(reads "$plain | ." "$body")"
		n=$((n + 1))
	done <<-'END'
		{"replicas": 3, "cpu": {"highPriority": 0.5}, "rps": 7}
		{"replicas": 3, "cpu": {"highPriority": 0.5}}
		{"replicas": 3, "cpu": {"highPriority": null}, "rps": 7}
		{"rps": 1e2, "x": [{"replicas": 9}, {"cpu": 1}], "cpu": {"a": "}", "highPriority": 0}, "replicas": 0}
		{"replicas": 1, "replicas": 2, "cpu": {"highPriority": 0.5}}
		{"cpu": {"highPriority": 0.5}, "replicas": 2, "cpu": {"highPriority": 0.6}}
		{"\u0072eplicas": 5, "replicas": 2, "cpu": {"highPriority": 0.6}}
		{"replicas": 2.0, "cpu": {"highPriority": 6e-1}}
		{"replicas": -1, "cpu": {"highPriority": 6e-1}}
		{"replicas": 1e99, "cpu": {"highPriority": 6e-1}}
		{"replicas": 2, "cpu": {"highPriority": 1e999}}
	END
	[ $n -eq 11 ]
}

@test "credentials: a token goes from its file into the header, and nowhere else" {
	local mode
	umask 077
	printf 'first-t0ken\n' >"$TMP/token"
	conf <<-'END'
	[app a]
status_url = FAULT/a
token_file = token
header = X-Who: {app}
	END
	expect 0 as-fetch -vv -c "$TMP/as.conf"
	same "$(grep -c first-t0ken "$TMP/out" "$TMP/err" | xargs)" "$TMP/out:0 $TMP/err:0"
	has "$(tr -d '\r' <"$TMP/requests.heads")" 'X-Who: a'
	has "$(tr -d '\r' <"$TMP/requests.heads")" 'Authorization: Bearer first-t0ken'
	expect 0 as-fetch -c "$TMP/as.conf" -G
	same "$(grep -c first-t0ken "$TMP/out" || :)" 0
	: >"$TMP/requests"
	for mode in 644 640 604; do
		chmod $mode "$TMP/token"
		expect 77 as-fetch -c "$TMP/as.conf"
		same "$err" "as-fetch: error: token_file: $TMP/token: others can read it (chmod 600)"
	done
	chmod 600 "$TMP/token"
	local text
	for text in '' 'two\nlines' 'a b' 'a\r\nX: y'; do
		printf %b "$text" >"$TMP/token"
		expect 78 as-fetch -c "$TMP/as.conf"
	done
	rm "$TMP/token"
	expect 77 as-fetch -c "$TMP/as.conf"
	same "$(<"$TMP/requests")" ""
	expect 78 as-fetch -o 'header=Authorization: Bearer x' "$fault/a"
	has "$err" 'is a secret, which has its own file'
}

# bats test_tags=slow
@test "credentials: an app known by a glob alone is refused alone, also in the middle of a PUT (C7)" {
	local urls i settings why
	for i in {1..17}; do urls+="status_url = $fault/a?$i\n"; done
	(umask 077 && echo token >"$TMP/wide" && : >"$TMP/empty" && chmod 644 "$TMP/wide")
	while IFS='|' read -r settings why; do
		: >"$TMP/requests"
		printf '[default]\nreplicas_url = %s/put/{app}\n[app late]\n[app x*]\n%b\n' \
		    "$fault" "$settings" >"$TMP/as.conf"
		expect 75 bash -c "{ echo '$(now) late 5 from=4'
		    for i in {1..500}; do [ -s '$TMP/requests' ] && break; sleep 0.02; done
		    echo '$(now) x1 5 from=4'; } | as-apply -c '$TMP/as.conf'"
		has "$out" 'late 5 from=4 applied=ok http=204'
		has "$out" 'x1 5 from=4 applied=refused why=other-app'
		has "$err" "x1: refused: other-app: $why"
	done <<-END
		token_file = $TMP/none|token_file: $TMP/none: No such file
		token_file = $TMP/wide|token_file: $TMP/wide: others can read it
		token_file = $TMP/empty|token_file: $TMP/empty: is empty
		netrc_file = $TMP/wide|netrc_file: $TMP/wide: others can read it
		ca_file = $TMP/none|ca_file: $TMP/none: No such file
		$urls|status_url: is one URL more than 16
	END
}

@test "credentials: a token file that changes is read again (C7)" {
	umask 077
	printf one >"$TMP/token"
	as-fetch -e 100ms -n 20 -o token_file="$TMP/token" "$fault/a" >"$TMP/out" &
	local fetch=$! status=0
	until_true grep -q 'Bearer one' "$TMP/requests.heads"
	printf 'two\n' >"$TMP/new"
	mv "$TMP/new" "$TMP/token"
	until_true grep -q 'Bearer two' "$TMP/requests.heads"
	chmod 644 "$TMP/token"
	until_true grep -q 'err=auth' "$TMP/out"
	wait $fetch || status=$?
	same $status 77
}

# fleet_conf: apps a b c slow busy with a status and a replicas URL each
fleet_conf() {
	conf <<-'END'
	[default]
before_url = FAULT/count
before_replicas = .spec.replicas
replicas_url = FAULT/put/{app}
brake = 100%
timeout = 900ms
[app a]
[app b]
[app c]
[app slow]
[app busy]
	END
}

# bats test_tags=slow
@test "as-apply: a fleet's reports are in the order of its decisions (A17)" {
	fleet_conf
	expect 75 as-apply -c "$TMP/as.conf" <<-END
		$(now) slow 5 from=4
		$(now) a 5 from=4
		$(now) b 5 from=4
		$(now) c 5 from=3
		$(now) other 9 from=4
	END
	same "$(cut -d' ' -f2- "$TMP/out")" "slow 5 from=4 applied=unknown err=timeout
a 5 from=4 applied=ok http=204
b 5 from=4 applied=failed http=500
c 5 from=3 applied=refused why=conflict
other 9 from=4 applied=refused why=other-app"
}

# bats test_tags=slow
@test "as-apply: a slow app delays no other, and gets its newest decision next (P2)" {
	fleet_conf
	sed -i "s|^\[app c\]|&\nreplicas_url = $fault/put/late|" "$TMP/as.conf"
	mkfifo "$TMP/in"
	as-apply -c "$TMP/as.conf" -o timeout=9s <"$TMP/in" >"$TMP/reports" 2>"$TMP/err" &
	local apply=$! status=0
	exec 4>"$TMP/in"
	echo "$(now) c 5 from=4" >&4
	until_true grep -q 'PUT /put/late' "$TMP/requests"
	# while c's PUT is under way: others go on, c's waits for its turn
	printf '%s c 6 from=4\n%s c 7 from=4\n%s a 6 from=4\n' \
	    "$(now '1 second')" "$(now '2 seconds')" "$(now)" >&4
	until_true grep -q 'PUT /put/a' "$TMP/requests"
	same "$(grep -c 'PUT /put/late' "$TMP/requests")" 1
	exec 4>&-
	wait $apply || status=$?
	same $status 0
	same "$(grep 'PUT /put/late' "$TMP/requests")" 'PUT /put/late {"replicas": 5}
PUT /put/late {"replicas": 7}'
	same "$(cut -d' ' -f2- "$TMP/reports")" "c 5 from=4 applied=ok http=204
c 6 from=4 applied=superseded
c 7 from=4 applied=ok http=204
a 6 from=4 applied=ok http=204"
}

@test "as-apply: a source of the comparison that is missing is no part of a request" {
	conf <<-'END'
	[app a]
status_url = FAULT/count
status_url = FAULT/nowhere
sample = {replicas: .[0].spec.replicas, cpu: .[1].load}
replicas_url = FAULT/put/a
	END
	expect 0 as-apply -c "$TMP/as.conf" <<<"$(now) a 5 from=4"
	has "$(<"$TMP/requests")" 'PUT /put/a {"replicas": 5}'
	expect 69 as-apply -c "$TMP/as.conf" -o 'replicas_body=[$before[1], .replicas]' \
	    <<<"$(now) a 5 from=4"
	has "$out" 'a 5 from=4 applied=refused why=http-404'
	same "$(grep -c PUT "$TMP/requests")" 1
}

# bats test_tags=slow
@test "as-fetch: three bad replies do not bar the filter of others (X14)" {
	local app
	stop_faultd
	{
		for app in bad1 bad2 bad3; do echo "/$app|$(json '{"replicas": 4, "n": 1e9}')"; done
		for app in good1 good2; do echo "/$app|wait 300|$(json '{"replicas": 4, "n": 2}')"; done
	} >"$TMP/lines"
	start_faultd <"$TMP/lines"
	conf <<-'END'
	[default]
status_url = FAULT/{app}
sample = {replicas, cpu: (last(range(.n)) / 2)}
timeout = 9s
[app bad1]
[app bad2]
[app bad3]
[app good1]
[app good2]
	END
	expect 69 as-fetch -c "$TMP/as.conf"
	same "$(fetched)" "$(printf '%s - err=filter\n' bad1 bad2 bad3; printf '%s 4 cpu=0.5\n' good1 good2)"
	has "$err" 'bad1: status: filter: sample: took too much time, stopped for 10 s'
}

# bats test_tags=slow
@test "as-fetch: 100,000 apps in one reply are read (X20)" {
	seq -f 'app-%.0f' 100000 >"$TMP/apps"
	printf '[default]\nsample = .[] | {app: .a, replicas: .r, cpu: .c}\n[apps]\nlist = apps\n' >"$TMP/as.conf"
	awk '{ printf "%s{\"a\":\"%s\",\"r\":4,\"c\":0.5}", NR == 1 ? "[" : ",", $0 } END { print "]" }' "$TMP/apps" >"$TMP/reply"
	expect 0 as-fetch -c "$TMP/as.conf" -i "$TMP/reply"
	same "$(grep -c ' 4 cpu=0.5$' "$TMP/out")" 100000
}

@test "as-apply: a filter makes the request from what there was before" {
	conf <<-'END'
	[app a]
before_url = FAULT/count
before_replicas = .spec.replicas
replicas_url = FAULT/count/update
replicas_method = POST
replicas_query.version = $before.version
replicas_body = .replicas as $n | $before | .spec.replicas = $n
replicas_header = Content-Type: text/x-own
	END
	expect 0 as-apply -c "$TMP/as.conf" <<<"$(now) a 5 from=4"
	same "$(cut -d' ' -f2- "$TMP/out")" 'a 5 from=4 applied=ok http=200'
	same "$(<"$TMP/requests")" 'GET /count 
POST /count/update?version=7 {"spec":{"replicas":5},"version":7}'
	same "$(grep -ic '^content-type' "$TMP/requests.heads")" 1
	# without a look at what there is the filter has no $before
	expect 69 as-apply -f -c "$TMP/as.conf" -o 'replicas_body=$before.a.b' \
	    -o 'replicas_query.version=1' <<<"$(now) a 5 from=4"
	has "$out" 'applied=refused why=filter'
	# nor is what a query's filter said lost where the body has no filter
	expect 69 as-apply -f -o 'replicas_query.q=error("no q")' "$fault/put/a" <<<5
	has "$err" 'refused: filter: replicas_query.q: no q'
}

# puts_of FILTER: what as-apply PUTs for the document at /wide, or its report
puts_of() {
	: >"$TMP/requests"
	as-apply -o before_url="$fault/wide" -o before_replicas=.spec.replicas \
	    -o "replicas_body=$1" "${@:2}" "$fault/put/a" <<<5 >"$TMP/out" 2>"$TMP/err" || :
	sed -n 's/^PUT [^ ]* //p' "$TMP/requests" | grep . || cut -d' ' -f5- "$TMP/out"
}

@test "as-apply: a body that passes through keeps each value but the count (X21)" {
	local want='{"spec":{"replicas":5,"uid":9007199254740993},"t":1.50,"n":"\u00e9 \" {"}'
	local filter
	for filter in '$before | .spec.replicas = $replicas' \
	    '.replicas as $n | $before | .spec.replicas = $n' \
	    '  .replicas  as $replicas|$before|.spec.replicas=$replicas  '; do
		same "$(puts_of "$filter")" "$want"
	done
	same "$(puts_of '$before | .spec.replicas = $replicas | .t = $replicas')" "${want/1.50/5}"
	same "$(puts_of '$before.spec | .replicas = $replicas')" \
	    '{"replicas":5,"uid":9007199254740993}'
	# any other filter is libjq's, which would change the number
	for filter in '$before | .spec.replicas = ($replicas + 0)' \
	    '$before | .spec.new = $replicas' '$before.spec.uid' '[$before]' \
	    '$before | .t = .spec.replicas'; do
		same "$(puts_of "$filter")" 'applied=refused why=range'
		has "$(<"$TMP/err")" 'refused: range: replicas_body: jq would change the number 9007199254740993 of $before'
	done
	# what it does not use is no matter
	same "$(puts_of '{a: $before.t, b: ($before != null), c: $before.none}')" '{"a":1.5,"b":true,"c":null}'
	same "$(puts_of '$replicas + 1')" 6
	same "$(puts_of '$replicas' -o set.replicas=x)" x
	same "$(puts_of '$before | .t = $replicas' -o set.replicas=x)" 'applied=refused why=range'
}

@test "as-apply: numbers that libjq keeps are no reason to refuse" {
	local number reply want=same
	set -- 9007199254740992 0.1 1e20 100000000000000000000 -0 0.000 \
	    12345678901234567e3 -1.5E-7 0.30000000000000004
	for number in "$@" change 9007199254740993 -9007199254740993 \
	    0.12345678901234567890 1e400 1e-400 12345678901234567891; do
		[ "$number" != change ] || { want=change && continue; }
		reply='{"spec": {"replicas": 4}, "t": ['$number']}'
		stop_faultd
		start_faultd <<-END
			/wide|$(json "$reply")
			/put/a|HTTP/1.1 204 No Content\r\n\r\n
		END
		puts_of '[$before.t]' >"$TMP/put"
		[ $want = same ] || has "$(<"$TMP/err")" "jq would change the number $number of"
		[ $want = change ] || has "$(<"$TMP/put")" '[['
	done
}

@test "as-apply: apps that a glob names have filters, too, and several replies before" {
	conf <<-'END'
	[default]
status_url = FAULT/count
status_url = FAULT/load
sample = {replicas: .[0].spec.replicas, cpu: .[1].load}
replicas_url = FAULT/put/{app}
replicas_body = "\(.replicas) \($before[0].version) \($before[1].load)"
replicas_header = X-App: {app}
[app a*]
	END
	expect 0 as-apply -c "$TMP/as.conf" <<<"$(now) a 5 from=4"
	same "$(grep PUT "$TMP/requests")" 'PUT /put/a 5 7 0.9'
	same "$(grep -c '^X-App: a' "$TMP/requests.heads")" 1
	# one app alone, by its name; its settings are looked at first
	expect 0 as-apply -o 'replicas_header=X-App: {app}' -a b "$fault/put/c" <<<5
	has "$(cat "$TMP/requests.heads")" 'X-App: b'
}

@test "as-apply: what is no count is no base of a PUT" {
	local why what detail
	while IFS='|' read -r why detail what; do
		printf '[default]\nreplicas_url = %s/put/a\n[app a]\n%b\n' \
		    "$fault" "${what//FAULT/$fault}" >"$TMP/as.conf"
		expect 69 as-apply -c "$TMP/as.conf" <<<"$(now) a 5 from=4"
		same "$(cut -d' ' -f2- "$TMP/out")" "a 5 from=4 applied=refused why=$why"
		has "$err" "no count to compare with: $detail"
	done <<-'END'
		type|before_replicas is not a count: four|before_url = FAULT/count\nbefore_replicas = "four"
		type|before_replicas is not a count: -4|before_url = FAULT/count\nbefore_replicas = -4
		missing|the reply does not have this app|status_url = FAULT/all\nsample = .[1] | {app: .n, replicas: .r, cpu: .c}
		missing|filter - app a/b: |status_url = FAULT/all\nsample = {app: "a/b", replicas: 4, cpu: 1}
	END
	same "$(grep -c PUT "$TMP/requests" || :)" 0
}

@test "as-apply: too many apps that ask for less at once are held (A3)" {
	fleet_conf
	sed -i 's/^brake.*/brake = 50%/' "$TMP/as.conf"
	expect 75 as-apply -c "$TMP/as.conf" <<-END
		$(now) a 3 from=4
		$(now) b 3 from=4
		$(now) c 5 from=4
		$(now) slow 3 from=4
		$(now) busy 4 from=4
	END
	same "$(cut -d' ' -f2- "$TMP/out" | sed 's/ since=.*Z$/ since=*/')" "a 3 from=4 applied=refused why=brake since=*
b 3 from=4 applied=refused why=brake since=*
c 5 from=4 applied=ok http=204
slow 3 from=4 applied=refused why=brake since=*
busy 4 from=4 applied=same"
	same "$(grep PUT "$TMP/requests")" 'PUT /put/c {"replicas": 5}'
	: >"$TMP/requests"
	expect 0 as-apply -c "$TMP/as.conf" <<-END
		$(now) a 3 from=4
		$(now) b 4 from=4
		$(now) c 5 from=4
		$(now) slow 4 from=4
		$(now) busy 4 from=4
	END
	same "$(grep PUT "$TMP/requests" | sort)" 'PUT /put/a {"replicas": 3}
PUT /put/c {"replicas": 5}'
}

@test "as-apply: what goes down waits until the fleet has spoken" {
	fleet_conf
	sed -i 's/^brake.*/brake = 50%/' "$TMP/as.conf"
	mkfifo "$TMP/in"
	as-apply -c "$TMP/as.conf" <"$TMP/in" >"$TMP/reports" 2>"$TMP/err" &
	local apply=$! status=0
	exec 4>"$TMP/in"
	printf '%s a 3 from=4\n%s c 5 from=4\n' "$(now)" "$(now)" >&4
	until_true grep -q 'PUT /put/c' "$TMP/requests"
	same "$(grep -c 'PUT /put/a' "$TMP/requests" || :)" 0
	printf '%s %s 4 from=4\n' "$(now)" b "$(now)" slow "$(now)" busy >&4
	until_true grep -q 'PUT /put/a' "$TMP/requests"
	exec 4>&-
	wait $apply || status=$?
	same $status 0
}

# brake_conf: the apps a to e, which may not be scaled down all at once
brake_conf() {
	conf <<-'END'
	[default]
replicas_url = FAULT/put/a?{app}
max_age = 1h
[app a]
[app b]
[app c]
[app d]
[app e]
	END
}

# ticks CODE TIME WORDS...: one run of as-apply, as cron does it, with a decision
# for each app: COUNT from=10 and a WORD of its own; $marks are the pairs
# behind applied= of each report
ticks() {
	local code=$1 time=$2 app i=0
	local -a apps=(a b c d e)
	shift 2
	for app; do
		echo "$time ${apps[i++]} ${app%:*} from=10 why=${app#*:}"
	done >"$TMP/in"
	: >"$TMP/requests"
	expect "$code" as-apply -c "$TMP/as.conf" -r "$TMP/reports" <"$TMP/in"
	marks=$(sed 's/.* applied=//' "$TMP/out" | tr '\n' ',')
}

@test "as-apply: the brake spares what a bound or a group asks for (X4)" {
	local t
	t=$(now)
	brake_conf
	ticks 0 "$t" 3:max 3:max 3:max 3:share 3:share
	same "$(grep -c PUT "$TMP/requests")" 5
	same "$marks" "$(printf 'ok http=204,%.0s' 1 2 3 4 5)"
	# nor does it count them: two of five fall by their load
	ticks 0 "$(now '1 second')" 3:max 3:max 3:share 3:target 3:target
	same "$(grep -c PUT "$TMP/requests")" 5
	# a fallback is no bound
	rm "$TMP/reports"
	ticks 75 "$t" 3:fallback 3:fallback 3:fallback 3:max 10:tolerance
	has "$marks" "refused why=brake since=$t,refused why=brake since=$t,refused"
	same "$(grep -c PUT "$TMP/requests")" 1
}

@test "as-apply: the brake lets an app go after brake_hold, across runs (X4)" {
	local begin t held
	brake_conf
	begin=$(now '11 minutes ago')
	held="refused why=brake since=$begin,"
	ticks 75 "$begin" 3:target 3:rate 3:target 3:rate 10:tolerance
	same "$marks" "$held$held$held${held}same,"
	has "$err" "warning: a: brake: holds it; lets it go, if it still asks for less, at $(now "$begin + 10 minutes")"
	# b is content meanwhile, and begins anew; d cannot be read
	ticks 75 "$(now '6 minutes ago')" 3:rate 10:tolerance 3:rate -:no-data 3:target
	same "$marks" "${held}same,${held}hold since=$begin,refused why=brake since=$(cut -d' ' -f1 "$TMP/in" | head -n 1),"
	same "$(grep -c warning "$TMP/err")" 1
	t=$(now)
	ticks 75 "$t" 3:rate 3:rate 10:tolerance 3:rate 3:rate
	has "$err" "warning: a: brake: lets it go: it has asked for less since $begin"
	has "$marks" "ok http=204 since=$begin,refused why=brake since=$t,same,ok http=204 since=$begin,refused"
	same "$(sort "$TMP/requests")" 'PUT /put/a?a {"replicas": 3}
PUT /put/a?d {"replicas": 3}'
	# it stays free while it is content, without a further message, until it
	# wants more
	ticks 75 "$(now '1 second')" 10:tolerance 3:rate 12:target 3:rate 3:rate
	ticks 75 "$(now '2 seconds')" 3:rate 3:rate 3:rate 10:tolerance 3:rate
	has "$marks" "ok http=204 since=$begin,refused"
	same "$(grep -c 'lets it go:' "$TMP/err" || :)" 0
	same "$(<"$TMP/requests")" 'PUT /put/a?a {"replicas": 3}'
}

@test "as-apply: a process that stays lets go, too, and forgets by a silence (X4)" {
	local apply t
	brake_conf
	mkfifo "$TMP/in"
	as-apply -c "$TMP/as.conf" -o brake_hold=1m -o max_age=1d <"$TMP/in" >"$TMP/out" 2>"$TMP/err" &
	apply=$!
	exec 4>"$TMP/in"
	for t in 600 599 420 419 418; do
		t=$(now "$t minutes ago")
		printf "$t %s 3 from=10\n" a b c d e >&4
		until_true grep -q "$t e .*applied" "$TMP/out"
	done
	exec 4>&-
	wait $apply || :
	same "$(grep ' a ' "$TMP/out" | sed 's/.* \(applied=[a-z]*\).*/\1/' | xargs)" \
	    'applied=refused applied=ok applied=refused applied=ok applied=ok'
	same "$(grep -c 'a: brake: lets it go:' "$TMP/err")" 2
}

@test "as-apply: input that ends before the fleet has spoken holds what goes down (X4)" {
	brake_conf
	ticks 75 "$(now)" 3:target 12:target 10:tolerance
	same "$marks" 'refused why=brake,ok http=204,same,'
	has "$err" 'refused: brake: the tick ended before all apps had spoken'
	# who spoke a minute ago is expected; who did not, as in a shard, is not
	sed -i "s/^[^ ]*/$(now '1 minute ago')/" "$TMP/reports"
	ticks 0 "$(now)" 3:target 12:target 10:tolerance
	same "$marks" 'ok http=204,ok http=204,same,'
	sed -i "s/^[^ ]*/$(now '1 minute ago')/" "$TMP/reports"
	ticks 75 "$(now '1 second')" 3:target 12:target
	same "$marks" 'refused why=brake,ok http=204,'
	# with -a there is one app to wait for
	expect 0 as-apply -a a -c "$TMP/as.conf" <<<"$(now) a 3 from=10"
}

@test "as-apply: while the pause file is there nothing is PUT (A18)" {
	: >"$TMP/pause"
	expect 75 as-apply -o pause_file="$TMP/pause" "$fault/put/a" <<<"$(now) a 5 from=4"
	has "$out" 'applied=refused why=paused'
	same "$(<"$TMP/requests")" ""
	rm "$TMP/pause"
	expect 0 as-apply -o pause_file="$TMP/pause" "$fault/put/a" <<<"$(now) a 5 from=4"
}

@test "as-apply: a server that asks for time is left alone (H9)" {
	fleet_conf
	mkfifo "$TMP/in"
	as-apply -c "$TMP/as.conf" <"$TMP/in" >"$TMP/reports" 2>"$TMP/err" &
	local apply=$! status=0
	exec 4>"$TMP/in"
	echo "$(now) busy 5 from=4" >&4
	until_true grep -q 'busy 5 from=4 applied=failed http=503' "$TMP/reports"
	echo "$(now '1 second') busy 6 from=4" >&4
	until_true grep -q 'busy 6 from=4 applied=refused why=busy' "$TMP/reports"
	exec 4>&-
	wait $apply || status=$?
	same $status 75
	same "$(grep -c PUT "$TMP/requests")" 1
}

@test "as-apply: two apps of a glob with one URL: the second is refused" {
	conf <<-'END'
	[app *]
replicas_url = FAULT/put/a
brake = 100%
	END
	expect 75 as-apply -c "$TMP/as.conf" <<-END
		$(now) x 5 from=4
		$(now) y 5 from=4
	END
	same "$(cut -d' ' -f2- "$TMP/out")" "x 5 from=4 applied=ok http=204
y 5 from=4 applied=refused why=other-app"
	# one that an earlier run had may be gone
	echo "$(now '1 minute ago') x 5 from=4 applied=ok http=204" >"$TMP/reports"
	expect 0 as-apply -c "$TMP/as.conf" -r "$TMP/reports" <<<"$(now) y 5 from=4"
	has "$out" 'y 5 from=4 applied=ok'
}

@test "as-apply: a name that spoils a setting costs that app alone (X19)" {
	local name why
	while IFS='|' read -r name why; do
		conf <<-'END'
		[app *]
replicas_url = FAULT/put/a?{app}
[app *.up]
replicas_url = http://{app}.localhost/
[app lacks*]
status_url = FAULT/{nothing}
[app head*]
replicas_header = X-Of: {nothing}
		END
		: >"$TMP/requests"
		expect 75 as-apply -c "$TMP/as.conf" <<-END
			$(now) a 5 from=4
			$(now) $name 5 from=4
			$(now) b 5 from=4
		END
		same "$(cut -d' ' -f2- "$TMP/out")" "a 5 from=4 applied=ok http=204
$name 5 from=4 applied=refused why=other-app
b 5 from=4 applied=ok http=204"
		has "$err" "as-apply: error: $name: refused: other-app: $why"
	done <<-'END'
		x:y.up|replicas_url: is not a well-formed URL
		lacks|status_url: {nothing} is not set for app lacks
		head|replicas_header: {nothing} is not set for app head
	END
}

@test "fleet: a server speaks for the apps that it was asked about, no other (P9)" {
	conf <<-'END'
	[default]
sample = .[] | {app: .n, replicas: .r, cpu: .c}
[app b]
status_url = FAULT/all
[app a]
status_url = FAULT/mine
	END
	echo "/mine|$(json '[{"n":"a","r":7,"c":0.7}]')" >>"$TMP/script"
	expect 0 as-fetch -c "$TMP/as.conf"
	same "$(fetched)" 'a 7 cpu=0.7
b 2 cpu=1.5'
}

@test "fleet: a reply that names no app that is wanted gives no line (X8)" {
	conf <<-'END'
	[default]
status_url = FAULT/all
replicas_url = FAULT/put/{app}
sample = .[] | {app: .n, replicas: .r, cpu: .c}
	END
	# once, and as a process that goes on
	expect 0 as-fetch -c "$TMP/as.conf" -a 'z*'
	same "$out$err" ''
	expect 0 as-fetch -c "$TMP/as.conf" -a 'z*' -e 50ms -n 3
	same "$(grep -vc '^# tick' "$TMP/out") $(wc -l <"$TMP/out")" '0 3'
	same "$(grep -v 'ticks missed' "$TMP/err")" ''
	expect 0 as-fetch -c "$TMP/as.conf" -a 'z*' -i - <<<'[{"n": "a", "r": 1, "c": 0.5}]'
	same "$out$err" ''
	expect 0 as-loop -1 -c "$TMP/as.conf" -d "$TMP/loop" -a 'z*'
	same "$(grep -vhc '^#' "$TMP"/loop/{samples,decisions}.log | xargs)" '0 0'
	# an app that a later reply names is read
	as-fetch -c "$TMP/as.conf" -a 'z*' -e 50ms >"$TMP/later" 3>&- &
	local fetch=$!
	until_true test -s "$TMP/later"
	sed '/^.all|/s/"x"/"z"/' "$TMP/script" >"$TMP/new"
	mv "$TMP/new" "$TMP/script"
	until_true grep -q ' z 9 cpu=1' "$TMP/later"
	stop $fetch
}

# bats test_tags=slow
@test "fleet: a request that hangs holds up none to the same host (P2)" {
	conf <<-'END'
	[default]
status_url = FAULT/{app}
timeout = 900ms
[app slow]
[app a]
[app b]
	END
	expect 75 as-fetch -c "$TMP/as.conf"
	same "$(fetched)" 'a 4 cpu=0.5
b 4 cpu=0.5
slow - err=timeout'
}

# bats test_tags=slow
@test "fleet: a filter that loops costs no other app its reply (P2 J16)" {
	conf <<-'END'
	[default]
status_url = FAULT/later?{app}
timeout = 1500ms
[app loop]
status_url = FAULT/a
sample = def f: f; f
[app a]
[app b]
	END
	echo "/later|wait 500|$(json "$good")" >>"$TMP/script"
	expect 69 as-fetch -c "$TMP/as.conf"
	same "$(fetched)" 'a 4 cpu=0.5
b 4 cpu=0.5
loop - err=filter'
}

@test "as-apply: a decision from the future keeps none of the present out" {
	expect 75 as-apply "$fault/put/a" <<-END
		2099-01-01T00:00:00Z a 9 from=4
		$(now) a 5 from=4
	END
	same "$(cut -d' ' -f2- "$TMP/out")" "a 9 from=4 applied=refused why=future
a 5 from=4 applied=ok http=204"
}

# bats test_tags=slow
@test "as-apply: what waits for its turn is looked at again before it goes out" {
	conf <<-'END'
	[default]
replicas_url = FAULT/put/{app}
timeout = 900ms
pause_file = stop
[app slow]
status_url = FAULT/slow
status_url = FAULT/slow
[app a]
status_url = FAULT/a
	END
	as-apply -j 2 -c "$TMP/as.conf" >"$TMP/out" 2>"$TMP/err" <<-END &
		$(now) slow 5 from=4
		$(now) a 5 from=4
	END
	local apply=$! status=0
	until_true grep -q 'GET /slow' "$TMP/requests"
	: >"$TMP/stop"
	wait $apply || status=$?
	same $status 75
	same "$(grep -c PUT "$TMP/requests" || :)" 0
	has "$(<"$TMP/out")" 'a 5 from=4 applied=refused why=paused'
}

@test "as-loop: -c runs a fleet" {
	conf <<-'END'
	[default]
status_url = FAULT/{app}
replicas_url = FAULT/put/{app}
target = 0.2
brake = 100%
[app a]
[app c]
	END
	expect 0 as-loop -1 -c "$TMP/as.conf" -d "$TMP/loop"
	same "$(sed '/^#/d' "$TMP/loop/decisions.log" | cut -d' ' -f2- | sort)" 'a 8 from=4 why=rate by=cpu
c 8 from=4 why=rate by=cpu'
	same "$(grep -c 'applied=ok' "$TMP/loop/autoscaler.log")" 2
}

@test "fleet: a message begins with what the API says, and ends with the place" {
	expect 77 as-fetch "$fault/forbidden"
	same "$err" "as-fetch: error: app: status: auth: HTTP status 403: no \"patch\" in /apps (${fault#http://})"
	expect 77 as-apply -f "$fault/forbidden" <<<5
	has "$err" ": auth: HTTP status 403: no \"patch\" in /apps (${fault#http://})"
	# one of two servers
	conf <<-'END'
	[app a]
status_url = FAULT/a
status_url = http://127.0.0.1:1/secret-path
sample = {replicas: .[0].replicas, cpu: .[0].cpu.highPriority}
	END
	expect 75 as-fetch -c "$TMP/as.conf"
	has "$err" '(127.0.0.1:1)'
	! has "$err" 'secret-path' >/dev/null || return 1
	expect 75 as-fetch -o unix_socket="$TMP/none.sock" "$fault/a"
	has "$err" "($TMP/none.sock)"
}
