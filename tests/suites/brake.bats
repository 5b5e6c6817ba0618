# brake: as-apply decides on whole ticks, while its input stays open
# P1 nothing is PUT on a part of a tick: A3 X4

# shellcheck disable=SC2154 # the helper's
load helper

now() {
	date -u +%Y-%m-%dT%H:%M:%SZ -d "${1:-now}"
}

# apply OPTION...: as-apply -n that reads from fd 4
apply() {
	mkfifo "$TMP/in"
	as-apply -n -c "$TMP/as.conf" "$@" <"$TMP/in" >"$TMP/out" 2>"$TMP/err" 3>&- &
	apply=$!
	exec 4>"$TMP/in"
}

ends() {	# CODE
	local status=0
	exec 4>&-
	wait "$apply" || status=$?
	same $status "$1"
}

# tick TIME COUNT...: a decision of each of a to e, which have 4; COUNT - is none
tick() {
	local time=$1 app
	local -a apps=(a b c d e)
	shift
	for app in "${!apps[@]}"; do
		[ "${1--}" = - ] || echo "$time ${apps[app]} $1 from=4"
		shift || break
	done >&4
}

reports() {	# TIME: the words behind applied= of its reports
	grep "^$1" "$TMP/out" | sed 's/.*applied=//; s/ since=.*//' | xargs
}

# soon N: so many reports come long before it gives up after 10 s
soon() {
	local begin=$EPOCHSECONDS
	until_true has_lines "$TMP/out" "$1"
	[ $((EPOCHSECONDS - begin)) -lt 9 ]
}

setup() {
	printf '[default]\nreplicas_url = http://127.0.0.1:1/{app}\nmax_age = 1h\n[app %s]\n' \
	    a >"$TMP/as.conf"
	printf '[app %s]\n' b c d e >>"$TMP/as.conf"
}

@test "brake: a tick of more than 20,000 apps is looked at as a whole" {
	local now
	now=$(now)
	printf '[default]\nreplicas_url = http://127.0.0.1:1/{app}\n[apps]\nlist = apps\n' >"$TMP/as.conf"
	seq -f 'app-%.0f' 25000 >"$TMP/apps"
	# 9,500 of the first 20,000 want down, one of them first, and then all
	awk -v now="$now" '{ print now, $1, (NR > 1 && NR <= 10501 ? 5 : 3), "from=4" }' "$TMP/apps" >"$TMP/decisions"
	sed -i "20500a$now nobody 5 from=4" "$TMP/decisions"
	apply
	head -n 20501 "$TMP/decisions" >&4
	until_true grep -q 'nobody: refused' "$TMP/err"
	tail -n +20502 "$TMP/decisions" >&4
	soon 25001
	same "$(sed 's/.*applied=//; s/ since=.*//' "$TMP/out" | sort | uniq -c | xargs)" \
	    '10500 dry 14500 refused why=brake 1 refused why=other-app'
	ends 75
}

@test "brake: the mark of a tick ends the wait" {
	local t1 t2 t3
	t1=$(now '2 minutes ago') t2=$(now '1 minute ago') t3=$(now)
	apply
	tick "$t1" 4 4 4 4 4
	echo "# tick $t1" >&4
	# e is slow: it was not asked in this tick
	tick "$t2" 3 3 4 4
	echo "# tick $t2" >&4
	soon 11
	same "$(reports "$t2")" 'dry dry same same'
	# what is read later is a tick of its own
	tick "$t3" 3 3 3
	kill -0 "$apply"
	same "$(reports "$t3")" ''
	tick "$t3" - - - 4 4
	until_true has_lines "$TMP/out" 16
	same "$(reports "$t3")" 'refused why=brake refused why=brake refused why=brake same same'
	ends 75
}

@test "brake: where no app is named the mark ends the wait, too" {
	local now
	now=$(now)
	sed -i '/^\[app/d' "$TMP/as.conf"
	apply
	tick "$now" 3 3 4 4 4
	echo "# tick $now" >&4
	soon 6
	same "$(reports "$now")" 'dry dry same same same'
	ends 0
}

@test "brake: in its first tick a process may see a part, and holds what goes down" {
	local t1 t2
	t1=$(now '1 minute ago') t2=$(now)
	# an earlier process had a, b and c in this tick
	printf "$(now '2 minutes ago') %s 4 from=4 applied=same\n" a b c d e >"$TMP/reports"
	printf "$t1 %s 3 from=4 applied=refused why=brake\n" a b c >>"$TMP/reports"
	apply -r "$TMP/reports"
	tick "$t1" - - - 3 4
	echo "# tick $t1" >&4
	until_true has_lines "$TMP/out" 3
	same "$(reports "$t1")" 'refused why=brake same'
	has "$(<"$TMP/err")" 'd: refused: brake: the tick ended before all apps had spoken'
	tick "$t2" 4 4 4 3 4
	until_true has_lines "$TMP/out" 8
	same "$(reports "$t2")" 'same same same dry same'
	ends 75
}

@test "brake: an app that has gone is not waited for" {
	local t1 t2 t3
	t1=$(now '4 minutes ago') t2=$(now '1 minute ago') t3=$(now)
	apply -o max_age=2m
	tick "$t1" 4 4 4 4 4
	tick "$t2" 4 4 4 4
	tick "$t3" 3 4 4 4
	until_true has_lines "$TMP/out" 13
	same "$(reports "$t3")" 'dry same same same'
	ends 0
}

@test "brake: after the first tick an app that never spoke is not waited for" {
	local i t
	apply
	for i in 3 2 1; do
		t[i]=$(now "$i minutes ago")
		tick "${t[i]}" 3 4 4 4
		echo "# tick ${t[i]}" >&4
		until_true has_lines "$TMP/out" $((5 * (4 - i)))
	done
	same "$(reports "${t[3]}")" 'refused why=brake same same same'
	same "$(reports "${t[2]}")" 'dry same same same'
	same "$(reports "${t[1]}")" 'dry same same same'
	ends 75
}

@test "brake: ticks may be longer than max_age" {
	local t1 t2
	t1=$(now '1 minute ago') t2=$(now)
	apply -o max_age=30s
	tick "$t1" 4 4 4 4 4
	tick "$t2" 3 4 4
	until_true has_lines "$TMP/out" 5
	exec 4>&-
	wait "$apply" || :
	same "$(reports "$t2")" 'refused why=brake same same'
	# nor does it matter if each tick has a process of its own
	printf "$(now '5 minutes ago') %s 4 from=4 applied=same\n" a b c d e >"$TMP/reports"
	rm "$TMP/in"
	apply -o max_age=30s -r "$TMP/reports"
	tick "$t2" 3 4 4
	exec 4>&-
	wait "$apply" || :
	same "$(reports "$t2")" 'refused why=brake same same'
}

# bats test_tags=slow
@test "brake: it waits as long as decisions of the tick come, and never goes on with a part" {
	local now i
	now=$(now)
	apply
	tick "$now" 3 4
	# another decision every 3 s; only with the last ones too many go down
	for i in 1 2 3 4; do
		sleep 3
		echo "$now b 4 from=4" >&4
	done
	same "$(reports "$now")" ''
	tick "$now" - - 3 3 4
	until_true has_lines "$TMP/out" 9
	same "$(grep -c 'refused why=brake' "$TMP/out")" 3
	# no more come, and e is missing
	now=$(now)
	tick "$now" 3 4 4 4
	until_true has_lines "$TMP/out" 13
	same "$(reports "$now")" 'refused why=brake same same same'
	has "$(tail -1 "$TMP/err")" 'a: refused: brake: the tick ended before all apps had spoken'
	ends 75
}

# bats test_tags=slow
@test "brake: apps may each have times of their own, if there are no marks" {
	local i app begin
	begin=$(($(date +%s) - 300))
	apply
	for ((i = 0; i < 22; i++)); do
		app=abcde
		echo "$(now "@$((begin + 12 * i))") ${app:i % 5:1} $((i < 20 ? 4 : 3)) from=4"
	done >&4
	until_true has_lines "$TMP/out" 22
	same "$(tail -2 "$TMP/out" | sed 's/.*Z //')" 'a 3 from=4 applied=dry
b 3 from=4 applied=dry'
	ends 0
}
