# json.bats - replies that are JSON, nearly
# P1 no number is guessed: J2 J3 J4 J8 J11 J12 J13    P4 bounded: J19
# P9 nothing of a reply gets out as it is: J20

load helper

with_name() {	# JSON TEXT: with a name in it
	printf '%s' '{"name": "'"$1"'", "cpu": {"highPriority": 0.5}, "replicas": 4}'
}

named() {	# the same through a filter that takes the name
	with_name "$1" >"$TMP/body"
	printf '%b' "$(<"$TMP/body")" |
	    as-fetch -i - -o 'sample={app: .name, replicas, cpu: .cpu.highPriority}' \
	    2>"$TMP/err" | cut -d' ' -f2-
}

@test "json: bytes that are no UTF-8, and U+0000, do not touch the numbers, and name no app (J2 J3)" {
	local bad n=0
	for bad in '\0377\0376' '\0300\0257' 'a\0355\0240\0200' '\\\\u0000' 'a\\\\u0000b'; do
		same "$(reads "$(with_name "$bad")")" '4 cpu=0.5'
		same "$(named "$bad")" ''
		has "$(<"$TMP/err")" 'as-fetch: error: '
		[ -z "$(tr -d '\n\40-\176\200-\377' <"$TMP/err")" ]
		n=$((n + 1))
	done
	[ $n -eq 5 ]
	same "$(named ok)" 'ok 4 cpu=0.5'
	# a raw NUL in a string is passed over, one behind the document is not
	same "$(reads "$(with_name 'a\0b')")" '4 cpu=0.5'
	same "$(named 'a\0b')" ''
	same "$(reads "$(with_name ok)\0")" '- err=not-json'
	same "$(reads "$(with_name ok)\0{}")" '- err=not-json'
}

@test "json: a byte order mark is accepted (J4)" {
	same "$(reads '\0357\0273\0277{"cpu": {"highPriority": 0.5}, "replicas": 4}')" '4 cpu=0.5'
	printf '\357\273\277{"cpu": {"highPriority": 0.5}, "replicas": 4}' |
	    as-fetch -i - -o 'sample={replicas, cpu: .cpu.highPriority} | .' >"$TMP/out"
	has "$(<"$TMP/out")" ' 4 cpu=0.5'
}

@test "json: a load that is negative is err=range, one that is a percentage is bounded (J8)" {
	same "$(reads '{"cpu": {"highPriority": -0.1}, "replicas": 10}')" '- err=range'
	# There is no metric_max: what bounds it is the policy, in each step.
	same "$(reads '{"cpu": {"highPriority": 83}, "replicas": 10}')" '10 cpu=83'
	same "$(reads '{"cpu": {"highPriority": 1e6}, "replicas": 10}')" '10 cpu=1000000'
	expect 0 as-decide <<<'2026-11-23T17:41:00Z web 10 cpu=1000000'
	same "$out" '2026-11-23T17:41:00Z web 20 from=10 why=rate by=cpu'
	expect 0 as-decide -M 15 <<<'2026-11-23T17:41:00Z web 10 cpu=83'
	same "$out" '2026-11-23T17:41:00Z web 15 from=10 why=max by=cpu'
}

@test "json: no replicas are a sample, and an app that was switched off (J11)" {
	same "$(reads '{"cpu": {"highPriority": 0.9}, "replicas": 0}')" '0 cpu=0.9'
	expect 0 as-decide <<<'2026-11-23T17:41:00Z web 0 cpu=0.9'
	same "$out" '2026-11-23T17:41:00Z web 0 from=0 why=disabled'
	expect 0 as-decide -m 0 -o total.queue=10 <<<'2026-11-23T17:41:00Z web 0 queue=35'
	same "$out" '2026-11-23T17:41:00Z web 4 from=0 why=target by=queue'
}

@test "json: of a key that stands twice the last counts (J12)" {
	same "$(reads '{"replicas": 10, "cpu": {"highPriority": 0.5}, "replicas": 1}')" '1 cpu=0.5'
	same "$(reads '{"cpu": {"highPriority": 0.5}, "replicas": 1, "cpu": {"highPriority": 0.7}}')" '1 cpu=0.7'
}

@test "json: numbers that are nearly JSON are what they look like, or none (J13)" {
	local number want n=0
	while read -r number want; do
		same "$(reads "{\"cpu\": {\"highPriority\": 0.5}, \"replicas\": $number}")" "$want"
		# in both ways to read it
		same "$(printf '{"cpu": 0.5, "replicas": %s}' "$number" |
		    as-fetch -i - -o 'sample={replicas, cpu} | .' 2>"$TMP/err" | cut -d' ' -f3-)" "$want"
		n=$((n + 1))
	done <<-'END'
		010 10 cpu=0.5
		10.0 10 cpu=0.5
		1e1 10 cpu=0.5
		0x10 - err=not-json
		1_000 - err=not-json
		1,5 - err=not-json
		ten - err=not-json
		--1 - err=not-json
		1e - err=not-json
	END
	[ $n -eq 9 ]
}

@test "json: strings, digits and keys without end are bounded (J19)" {
	local big
	head -c 67108864 /dev/zero | tr '\0' x >"$TMP/string"
	head -c 16777216 /dev/zero | tr '\0' 7 >"$TMP/digits"
	for big in string digits; do
		misses too-big 69 -i <(printf '{"replicas": 4, "x": '; cat "$TMP/$big")
	done
	# what fits into a megabyte
	head -c 1000000 "$TMP/string" >"$TMP/long"
	head -c 1000000 "$TMP/digits" >"$TMP/many"
	same "$(sh -c 'ulimit -v 200000; exec as-fetch -i -' < <(
	    printf '{"cpu": {"highPriority": 0.5}, "replicas": 4, "x": "'; cat "$TMP/long"
	    printf '"}') | cut -d' ' -f3-)" '4 cpu=0.5'
	same "$(timeout 5 as-fetch -i - 2>"$TMP/err" < <(
	    printf '{"cpu": {"highPriority": 0.5}, "replicas": '; cat "$TMP/many"
	    printf '}') | cut -d' ' -f3-)" '- err=range'
	for big in '' '| .'; do
		same "$(timeout 5 as-fetch -i - -o "sample={replicas, cpu: .cpu.highPriority}$big" < <(
		    printf '{"cpu": {"highPriority": 0.5}, "replicas": 4'
		    seq -f ',"k%.0f": 1' 70000 | tr -d '\n'
		    printf '}') | cut -d' ' -f3-)" '4 cpu=0.5'
	done
}

@test "json: a message shows the beginning of a reply alone, without its control bytes (J20)" {
	local filter
	{
		printf '{"note": "\033[2J'
		head -c 3000 /dev/zero | tr '\0' y
		printf 's3cret-t0ken"}'
	} >"$TMP/body"
	for filter in .note '{replicas: .note}' '{replicas: (.note | tonumber)}' \
	    '{replicas: 1, cpu: .note.a}' 'error(.note)' 'error(.)'; do
		expect 69 as-fetch -i - -o "sample=$filter" <"$TMP/body"
		has "$out" ' app - err='
		same "$err" "${err//s3cret/}"
		[ "$(wc -c <"$TMP/err")" -le 400 ]
		[ -z "$(tr -d '\n\40-\176' <"$TMP/err")" ]
	done
	start_faultd <<<"/|HTTP/1.1 200 OK\\r\\n\\r\\n$(printf '\033[2J%200s' s3cret)|close"
	misses not-json 69 "$fault/"
	same "$err" "${err//s3cret/}"
	stop_faultd
}
