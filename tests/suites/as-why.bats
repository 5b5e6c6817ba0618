# as-why: one decision in words
# shellcheck disable=SC2154 # variables of the helper

load helper

three() {
	cat >"$TMP/samples.log" <<-'END'
	2026-11-23T17:41:00Z web 10 cpu=0.83
	2026-11-23T17:41:00Z mail 2 cpu=0.8
	2026-11-23T17:41:15Z web 10 cpu=1.02
	2026-11-23T17:41:30Z web 13 cpu=0.31
	2026-11-23T17:41:30Z mail 2 cpu=0.8
	END
}

# why OPTION...: TIME and COUNT of the sample in samples.log
why() {
	as-why -s "$TMP/samples.log" "$@" | cut -d' ' -f1,3
}

# options CASE: its arguments, each in the form -o KEY=VALUE
options() {
	[ ! -e "$1.args" ] || sed -E 's/(^| )-x//; s/-t ([^ ]+)/-o target=\1/
	    s/-m ([^ ]+)/-o min=\1/; s/-M ([^ ]+)/-o max=\1/' "$1.args"
}

@test "as-why: decides each line of the golden cases as as-decide does" {
	local n=0 case line time app rest
	for case in golden/decide/*.in; do
		eval "set -- $(options "${case%.in}")"
		as-decide "$@" "$case" >"$TMP/want" 2>"$TMP/err" || :
		while read -r time app rest; do
			expect 0 as-why -q -s "$@" "$case" "$app" "$time"
			line="$time $app $rest"
			same "$case: ${out%% next=*}" "$case: $line"
			n=$((n + 1))
		done < <(grep -v '^#' "$TMP/want")
	done
	[ "$n" -ge 200 ]
}

@test "as-why: TIME is the last sample that is not after it" {
	three
	same "$(why web)" "2026-11-23T17:41:30Z 13"
	same "$(why web 17:41)" "2026-11-23T17:41:00Z 10"
	same "$(why web 17:41:29)" "2026-11-23T17:41:15Z 13"
	same "$(why web -15s)" "2026-11-23T17:41:15Z 13"
	same "$(why web 2026-11-23T18:41:20+01:00)" "2026-11-23T17:41:15Z 13"
	same "$(why web 2026-11-23T18:30:00Z)" "2026-11-23T17:41:30Z 13"
	same "$(why mail)" "2026-11-23T17:41:30Z 2"
}

@test "as-why: no such app or time is 66, a time that is none 64" {
	three
	expect 66 as-why "$TMP/samples.log" blog
	same "$err" "as-why: error: $TMP/samples.log: blog: no sample of this app"
	expect 66 as-why "$TMP/samples.log" web 17:40
	same "$err" "as-why: error: $TMP/samples.log: web: no sample in the hour up to 17:40"
	expect 66 as-why "$TMP/samples.log" web 2026-11-23T19:00:00Z
	expect 66 as-why -d "$TMP" web -1h
	expect 64 as-why "$TMP/samples.log" web noon
	has "$err" 'TIME "noon": is not like 2026-11-23T17:41:00Z, 17:41 or -20m'
	expect 64 as-why
	expect 64 as-why "$TMP/samples.log" a/b
	expect 64 as-why -d "$TMP" web 17:41 more
	expect 64 as-why -d "$TMP" web 17:41 -1m
	expect 74 as-why -d "$TMP/nowhere" web
	expect 78 as-why -o tarrget=1 -d "$TMP" web
}

@test "as-why: a TIME of the future in the log is not the end of it" {
	cat >"$TMP/samples.log" <<-'END'
	2026-11-23T17:41:00Z web 10 cpu=0.83
	2027-11-23T17:41:15Z web 10 cpu=0.83
	2026-11-23T17:41:30Z web 10 cpu=1.02
	END
	same "$(why web 2026-11-23T17:41:30Z)" "2026-11-23T17:41:30Z 13"
}

@test "as-why: what was before a rotation of the log counts" {
	three
	head -n 3 "$TMP/samples.log" >"$TMP/samples.log-20261123"
	sed -i 1,3d "$TMP/samples.log"
	has "$(as-why -d "$TMP" web)" "13 was asked for at 17:41:15"
	touch "$TMP/samples.log.2.gz" "$TMP/samples.log.note"
	touch -d '1 hour ago' "$TMP/samples.log.note"
	has "$(cd "$TMP" && as-why web)" "13 was asked for at 17:41:15"
	rm "$TMP/samples.log-20261123"
	has "$(as-why -d "$TMP" web)" "13 was there at first sight, at 17:41:30"
}

@test "as-why: the settings are those of then" {
	local mark
	three
	printf '[app web]\nup_policy = none\ntarget.cpu = 0.5\n' >"$TMP/as.conf"
	mark=$(as-fetch -c "$TMP/as.conf" -l "$TMP/one.log" -i - \
	    <<<'{"replicas": 3, "cpu": {"highPriority": 0.5}}' | grep '^# settings')
	sed -i "3i $mark" "$TMP/samples.log"
	same "$(why web)" "2026-11-23T17:41:30Z 13"
	same "$(why web 17:41:15)" "2026-11-23T17:41:15Z 21"
	same "$(why web 17:41:00)" "2026-11-23T17:41:00Z 10"	# before the mark
	same "$(why -o target.cpu=1 web 17:41:15)" "2026-11-23T17:41:15Z 10"
	same "$(why -c "$TMP/as.conf" web 17:41)" "2026-11-23T17:41:00Z 17"
	sed -i 's/^max.*//; $a\min = 2' "$TMP"/settings.*
	expect 0 as-why -d "$TMP" web
	has "$err" "as-why: warning: decided with other settings or another version: ${mark#*settings }, and this is "
	rm "$TMP"/settings.*
	expect 78 as-why "$TMP/samples.log" web
	has "$err" ": the settings of then are not there (-c FILE gives them)"
	same "$(why -o target.cpu=1 web 17:41:15)" "2026-11-23T17:41:15Z 10"
}

@test "as-why: every golden case gives its sentences" {
	local n=0 case args
	for case in golden/why/*.in; do
		case=${case%.in} args=''
		[ ! -e "$case.args" ] || args=$(<"$case.args")
		eval "set -- $args"
		expect 0 as-why "$@" "$case.in" web
		same "$case: $out" "$case: $(<"$case.out")"
		same "$err" ""
		n=$((n + 1))
	done
	[ "$n" -ge 40 ]
}

@test "as-why: each word of why= has a golden case" {
	local word n=0
	while read -r word; do
		[ "$word" != share ] || continue	# is of other filters
		grep -qh "(why=$word[,)]" golden/why/*.out || {
			echo "no case of $word"
			return 1
		}
		n=$((n + 1))
	done < <(sed -n '/^.Sh WHY WORDS/,/^.Sh WHAT/s/^.It Sy //p' ../man/as-decide.1)
	[ "$n" -ge 16 ]
}

# reported WORDS: what is said of a report with these words
reported() {
	echo "2026-11-23T17:41:15Z web 13 from=10 $1" >"$TMP/reports.log"
	as-why -d "$TMP" web 17:41:15 | sed -n '/^What as-apply did/{n;p;}'
}

@test "as-why: what as-apply did, by its report" {
	local word n=0
	three
	same "$(as-why -d "$TMP" web | grep -c as-apply)" 0
	same "$(reported 'applied=ok http=204')" \
	    "  The API has accepted the order (applied=ok http=204)."
	same "$(reported 'applied=refused why=brake')" \
	    "  The brake held it: too many apps were to scale down at once (applied=refused why=brake)."
	same "$(reported 'applied=refused why=timeout')" \
	    "  It was not ordered (applied=refused why=timeout)."
	has "$(as-why -d "$TMP" web)" "reports.log has no report of this moment."
	while read -r word; do
		[[ $word != *=refused ]] || continue
		[[ $(reported "$word") != *"It was not ordered"* ]]
		n=$((n + 1))
	done < <(sed -n 's/^.It \(applied=[a-z]*\|why=[a-z-]*\) .*/\1/p' ../man/as-apply.1)
	[ "$n" -ge 16 ]
}

@test "as-why: a count that the replay does not give is named" {
	three
	echo "2026-11-23T17:41:15Z web 12 from=10 applied=ok" >"$TMP/reports.log"
	has "$(as-why -d "$TMP" web 17:41:15)" \
	    "It got the count 12, which is not that of this replay: "
}

@test "as-why: --json has the same facts, and its last rule the count" {
	local case args n=0
	for case in golden/why/*.in; do
		case=${case%.in} args=''
		[ ! -e "$case.args" ] || args=$(<"$case.args")
		eval "set -- $args"
		expect 0 as-why --json "$@" "$case.in" web
		same "$(jq -r '"\(.time) \(.app) \(.count // "-") from=\(.from // "-") why=\(.why)"' <<<"$out")" \
		    "$(as-decide -q "$@" "$case.in" 2>&1 | tail -n 1 | sed 's/ by=.*//')"
		same "$(jq '(.rules[-1] // {to: (.metrics | map(.asks) | max)}).to == .count' <<<"$out")" true
		same "$(jq -r '(.measured, .metrics[], .rules[]) | .text' <<<"$out")" \
		    "$(sed -n '/^What would\|^When/q; s/^  //p' "$case.out" | grep -v '^No rule')"
		n=$((n + 1))
	done
	[ "$n" -ge 40 ]
}

@test "as-why: --json is JSON whatever the sample has" {
	printf '2026-11-23T17:41:00Z web 10 cpu=0.8 note="a\\b\303\050\n' >"$TMP/samples.log"
	expect 0 as-why -J -d "$TMP" web
	same "$(jq -r .measured.pairs.note <<<"$out")" '"a\b?('
}

@test "as-why: -s names the first change to come" {
	three
	same "$(as-why -s -d "$TMP" web)" \
	    "2026-11-23T17:41:30Z web 13 from=13 why=stabilized by=cpu next=2026-11-23T17:46:15Z/6"
	same "$(as-why -s -d "$TMP" mail)" \
	    "2026-11-23T17:41:30Z mail 2 from=2 why=tolerance by=cpu"
}

# goes_on: the lines of a loop whose samples are all cpu=0.31 after the moment
goes_on() {
	local count=13 second stamp
	as-decide "$TMP/samples.log" >"$TMP/decided" # its last line is the moment's
	for ((second = 105; second <= 1290; second += 15)); do
		stamp=$(date -u -d "2026-11-23 17:40:00 $second seconds" +%FT%TZ)
		echo "$stamp web $count cpu=0.31" >>"$TMP/samples.log"
		line=$(tail -n 1 "$TMP/samples.log" | as-decide -H "$TMP/samples.log")
		read -r _ _ now _ <<<"$line"
		[ "$now" = "$count" ] || printf '%s at %s\n' "$now" "${stamp:11:8}"
		count=$now
	done
}

@test "as-why: when it changes is when as-decide changes it" {
	local said
	three
	sed -i '/mail/d' "$TMP/samples.log"
	said=$(as-why -d "$TMP" web | tail -n 1)
	same "$(tr ',' '\n' <<<"${said#*: }" | sed 's/^ //' | head -n 4)" "$(goes_on)"
}

@test "as-why: what would have been otherwise is what as-decide decides with it" {
	local case args key value count why n=0
	for case in golden/why/*.out; do
		case=${case%.out} args=''
		[ ! -e "$case.args" ] || args=$(<"$case.args")
		while IFS='|' read -r key value count why; do
			eval "set -- $args"
			expect 0 as-decide -q "$@" -o "$key=$value" "$case.in"
			has "$(tail -n 1 <<<"$out")" " $count from=* why=$why"
			n=$((n + 1))
		done < <(sed -n 's/^  with \([^ ]*\) = \([^:]*\): \([0-9]*\).*(why=\(.*\))$/\1|\2|\3|\4/p' "$case.out")
	done
	[ "$n" -ge 20 ]
}

# bats test_tags=slow
@test "as-why: an answer takes less than 0.2 s of work on a month of log" {
	local TIMEFORMAT='%3U %3S' spent
	awk 'BEGIN {
		for (day = 1; day <= 30; day++)
			for (i = 0; i < 5760; i++)
				printf "2026-11-%02dT%02d:%02d:%02dZ web %d cpu=0.%d\n",
				    day, i / 240, i / 4 % 60, i % 4 * 15,
				    10 + i / 240 % 3, 50 + i % 50
	}' >"$TMP/samples.log"
	for time in -1m -15d -29d; do
		spent=$({ time as-why -d "$TMP" web $time >"$TMP/out"; } 2>&1)
		[ -s "$TMP/out" ]
		[ -n "${SANITIZED-}" ] ||
		    awk '{ exit !($1 + $2 < 0.2) }' <<<"$spent"
	done
}

@test "as-why: explains what as-loop did, with nothing but its directory" {
	start_app --replicas 4 --at 12:00
	cat >"$TMP/as.conf" <<-END
	[default]
	status_url = $status_url
	replicas_url = $replicas_url
	[app web]
	target.cpu = 0.2
	up_policy = 2/15s
	END
	expect 0 as-loop -1 -d "$TMP/loop" -c "$TMP/as.conf"
	stop_app
	rm "$TMP/as.conf"
	expect 0 as-why -d "$TMP/loop" web
	same "$err" ""
	has "$out" "the count is to go from 4 to 6 (why=rate, by=cpu)."
	has "$out" "up_policy = 2/15s: now the count may be 6 at most, not "
	has "$out" "The API has accepted the order (applied=ok http="
	[[ $out != *"It got the count"* ]]
}

@test "as-why: bad lines of the app before the moment are passed over" {
	{
		printf '2026-11-23T17:41:00Z web 10 cpu=0.83\n'
		printf '2026-11-23T17:41:05Z web 1\0000 cpu=0.83\n'
		printf '2026-11-23T17:41:10Z web ten cpu=0.83\n'
		printf '2026-11-23T17:41:15Z web 10 cpu=1.02\n'
		printf '2026-11-23T17:41:20Z web 10 from=10\n'
	} >"$TMP/samples.log"
	same "$(as-why -s -d "$TMP" web 17:41:19)" \
	    "2026-11-23T17:41:15Z web 13 from=10 why=target by=cpu next=2026-11-23T17:41:30Z/17"
	expect 65 as-why -d "$TMP" web
	has "$err" "web: has from=: a decision, not a sample"
}
