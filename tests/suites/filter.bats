# filter: the locked processes that run filters, with many filters and slow ones
# P2 a slow filter costs no other app its line: J16
# P9 a filter that is not valid is refused at the start: J18

# shellcheck disable=SC2154,SC2016 # the helper's, and jq's variables
load helper

json() {	# BODY: an answer for the fault server's script
	printf 'HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%s' ${#1} "$1"
}

conf() {	# as.conf from stdin, {fault} in it is the server
	sed "s|FAULT|$fault|" >"$TMP/as.conf"
}

fetched() {	# the lines without TIME, sorted
	sed 's/^[^ ]* //' "$TMP/out" | sort
}

# takes 0.4 s, whatever the machine does
wait='(now as $begin | until(now - $begin > 0.4; .))'

teardown() {
	[ -z "${faultd-}" ] || stop_faultd
}

@test "filter: each of many is itself, whatever its neighbours are" {
	start_faultd <<<"/a|$(json '{"cpu": 0.5, "replicas": 4, "s": "a)b"}')"
	{
		echo '[default]'
		echo "status_url = $fault/a"
		for ((i = 0; i < 70; i++)); do
			printf '[app n%d]\nset.n = %d\nsample = {replicas: (%d + 0), cpu: ($n | tonumber)}\n' $i $i $i
		done
		printf '[app x%s]\nsample = %s\n' \
		    1 '{replicas, cpu: (1 + 0)} # a comment (' \
		    2 '{replicas, cpu: ("a(\("b)" | length)" | length)}' \
		    3 '{replicas, cpu: (if .s == "a)b" then 3 else 4 end)}' \
		    4 'def f: {replicas, cpu: 4}; f' \
		    5 'label $x | {replicas, cpu: 5}, break $x' \
		    6 '.cpu = 6 | {replicas, cpu}'
	} >"$TMP/as.conf"
	expect 0 as-fetch -c "$TMP/as.conf"
	same "$(fetched)" "$(
		for ((i = 0; i < 70; i++)); do echo "n$i $i cpu=$i"; done | sort
		printf 'x%s 4 cpu=%s\n' 1 1 2 3 3 3 4 4 5 5 6 6
	)"
}

@test "filter: one that is only valid with its neighbours is refused (J18)" {
	local wrong next
	while IFS='|' read -r wrong next; do
		{
			for ((i = 0; i < 9; i++)); do
				printf '[app n%d]\nstatus_url = http://127.0.0.1:1/\nsample = {replicas: (%d + 0)}\n' $i $i
			done
			printf '[app %s]\nstatus_url = http://127.0.0.1:1/\nsample = %s\n' x "$wrong" y "$next"
		} >"$TMP/as.conf"
		expect 78 as-fetch -c "$TMP/as.conf"
		has "$err" "as-fetch: error: $TMP/as.conf:30: sample: "
	done <<-'END'
		1) + (2|.
		{replicas, cpu: "1}|{replicas, cpu: 1}"
		.x = "\("1)|.x = ")"
		1 end|.
		$n|.
	END
}

# bats test_tags=slow
@test "filter: a start with 2,000 different ones takes seconds" {
	seq 2000 | sed 's|.*|[app a&]\
replicas_url = http://127.0.0.1:1/&\
replicas_body = {r: (.replicas * & / &)}|' >"$TMP/as.conf"
	expect 0 timeout 60 as-apply -c "$TMP/as.conf" </dev/null
	sed -i 's|1999 / 1999|x|' "$TMP/as.conf"
	expect 78 timeout 60 as-apply -c "$TMP/as.conf" </dev/null
	same "$err" "as-apply: error: $TMP/as.conf:5997: replicas_body: x/0 is not defined"
}

@test "filter: slow ones keep no other app waiting (P2 J16)" {
	local i
	{
		for i in 1 2 3; do echo "/slow$i|$(json '{"replicas": 4}')"; done
		for i in 1 2 3 4 5; do echo "/fast$i|wait 300|$(json '{"replicas": 4}')"; done
	} >"$TMP/lines"
	start_faultd <"$TMP/lines"
	{
		for i in 1 2 3; do printf '[app slow%d]\nsample = def f: f; f | %d\n' $i $i; done
		for i in 1 2 3 4 5; do printf '[app fast%d]\nsample = {replicas, cpu: (%d + 0)}\n' $i $i; done
		printf '[default]\nstatus_url = %s/{app}\n' "$fault"
	} >"$TMP/as.conf"
	expect 69 timeout 30 as-fetch -c "$TMP/as.conf"
	same "$(cut -d' ' -f2- "$TMP/out" | head -5 | sort)" \
	    "$(for i in 1 2 3 4 5; do echo "fast$i 4 cpu=$i"; done)"
	same "$(cut -d' ' -f2- "$TMP/out" | tail -n +6 | sort)" \
	    "$(for i in 1 2 3; do echo "slow$i - err=filter"; done)"
	same "$(sort "$TMP/err")" "$(for i in 1 2 3; do
		echo "as-fetch: error: slow$i: status: filter: sample: took too much time, stopped for 10 s"
	done)"
}

@test "filter: one that is slow, but not too slow, has its answer later" {
	local i
	for i in 1 2 3; do echo "/$i|$(json "{\"replicas\": $i}")"; done >"$TMP/lines"
	start_faultd <"$TMP/lines"
	printf '[default]\nstatus_url = %s/{app}\nsample = %s | {replicas, cpu: 2}\n[app 1]\n[app 2]\n[app 3]\n' \
	    "$fault" "$wait" >"$TMP/as.conf"
	expect 0 timeout 30 as-fetch -c "$TMP/as.conf"
	same "$(fetched | xargs)" '1 1 cpu=2 2 2 cpu=2 3 3 cpu=2'
	expect 0 timeout 30 as-fetch -i - -o "sample=$wait | {replicas, cpu: 2}" <<<'{"replicas": 4}'
	has "$out" ' app 4 cpu=2'
}

@test "filter: in as-apply, too, others go on while one is slow (P2 J16)" {
	local now
	now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	{
		echo "/late|$(json '{"replicas": 4}')"
		echo "/fast|wait 200|$(json '{"replicas": 4}')"
		printf '/put/%s|HTTP/1.1 204 No Content\\r\\n\\r\\n\n' fast 'late?a=1&b=2&c=3'
	} >"$TMP/lines"
	start_faultd <"$TMP/lines"
	cat >"$TMP/as.conf" <<-END
		[default]
		status_url = $fault/{app}
		replicas_url = $fault/put/{app}
		[app late]
		sample = $wait | {replicas: .replicas}
		replicas_query.a = 1 + 0
		replicas_query.b = $wait | 2
		replicas_query.c = 3 + 0
		replicas_body = $wait | {n: .replicas}
		[app fast]
		replicas_body = {n: (.replicas + 1)}
	END
	expect 0 timeout 30 as-apply -v -c "$TMP/as.conf" <<-END
		$now late 5 from=4
		$now fast 7 from=4
	END
	same "$(cut -d' ' -f2- "$TMP/out")" 'late 5 from=4 applied=ok http=204
fast 7 from=4 applied=ok http=204'
	same "$(grep -o '^PUT .*' "$TMP/requests")" 'PUT /put/fast {"n":8}
PUT /put/late?a=1&b=2&c=3 {"n":5}'
	same "$(grep -v root "$TMP/err" | head -1)" 'as-apply: info: fast: PUT 7: http 204'
}

# bats test_tags=slow
@test "filter: nothing is PUT on a count that slow filters let grow old (P1)" {
	local app now
	now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	{
		for app in 1 2 3; do echo "/$app|$(json '{"replicas": 4}')"; done
		echo "/last|wait 900|$(json '{"replicas": 4}')"
	} >"$TMP/lines"
	start_faultd <"$TMP/lines"
	{
		printf '[default]\nstatus_url = %s/{app}\nreplicas_url = %s/put\n' "$fault" "$fault"
		printf '[app %d]\nreplicas_body = def f: f; f + %d\n' 1 1 2 2 3 3
		printf '[app last]\nreplicas_body = %s | 5\n' "$wait"
	} >"$TMP/as.conf"
	for app in 1 2 3 last; do echo "$now $app 5 from=4"; done >"$TMP/decisions"
	expect 69 timeout 30 as-apply -c "$TMP/as.conf" <"$TMP/decisions"
	has "$(tail -1 "$TMP/out")" ' last 5 from=4 applied=refused why=stale'
	has "$err" 'last: refused: stale: the count was read '
	same "$(grep -c '^PUT' "$TMP/requests" || :)" 0
}
