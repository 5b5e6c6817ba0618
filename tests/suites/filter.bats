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
