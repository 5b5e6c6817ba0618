# control.bats - wrong settings, wrong readings, others who scale
# P1 made against the count that the app still has: A10 A15; no decision by
#    readings that are not there or not true: A1 A2 A4 A5 A19 C15 C17
# P9 no other request by a name: A15    P10 one writer: A11

# shellcheck disable=SC2154 # variables of the helper
load helper

setup() {
	POLICY=()
	at_10=$(reply "$GOOD")
	start_faultd <<-END
		/at-10|$at_10
		/put|HTTP/1.1 204 No Content\r\n\r\n
		/slow|wait 400|HTTP/1.1 204 No Content\r\n\r\n
	END
}

teardown() {
	stop_faultd
	stop_app
	[ -z "${holder-}" ] || stop "$holder"
}

@test "control: a file of settings is read once, and half of it is refused (C5)" {
	local size n
	printf '[default]\nmax = 50\n[app web]\ntarget = 0.75\nmin = 10\n' >"$TMP/whole"
	size=$(wc -c <"$TMP/whole")
	for ((n = 1; n < size; n++)); do
		head -c $n "$TMP/whole" >"$TMP/as.conf"
		case $(tail -c 1 "$TMP/as.conf" | od -An -c | tr -d ' ') in
		'\n') continue ;;	# whole lines: a file with fewer of them
		esac
		expect 78 as-decide -c "$TMP/as.conf" <<<"$(at 0 '10 cpu=0.83')"
		same "$out" ""
	done
	# one open(2) and one read to its end: what is put into place later is
	# for the next tool
	[ -z "${SANITIZED-}" ] || return 0
	# (root opens it by its directory, so the name alone is not in the trace)
	expect 0 strace -qq -y -o "$TMP/trace" -e trace=open,openat,read,pread64 \
	    as-decide -c "$TMP/whole" </dev/null
	same "$(grep -c "^open.*whole\".* = [0-9]*<$TMP/whole>\$" "$TMP/trace")" 1
	same "$(grep -c "^p\?read.*<$TMP/whole>.* = $size\$" "$TMP/trace")" 1
	same "$(grep -c "whole" "$TMP/trace")" 2
}

@test "control: what was decided here counts from then, not from the sample that shows it (X1)" {
	local up='10 queue=100000'
	# 4/60s acts each minute, where each sample shows what the last one asked for
	POLICY=(-o total.queue=10 -M 10000 -o up_policy=4/60s)
	same "$(decides "$(at 0 "$up")" "$(at 60 "${up/10/14}")" "$(at 120 "${up/10/18}")")" \
	    'web 14 from=10 why=rate by=queue
web 18 from=14 why=rate by=queue
web 22 from=18 why=rate by=queue'
	# who else sets 18 uses the rate up from the sample that shows it
	same "$(decides "$(at 0 '10 queue=100')" "$(at 30 "${up/10/18}")" \
	    "$(at 89 "${up/10/18}")" "$(at 90 "${up/10/18}")" | cut -d' ' -f2 | xargs)" \
	    '10 18 18 22'
	# a cooldown of a minute is over a minute after the decision
	POLICY=(-o down_window=0 -o down_policy=none -o down_cooldown=60s)
	same "$(decides "$(at 0 '40 cpu=0.1')" "$(at 15 '5 cpu=0.1')" "$(at 59 '5 cpu=0.1')" \
	    "$(at 60 '5 cpu=0.1')" | cut -d' ' -f2 | xargs)" '5 5 5 1'
}

@test "control: a fraction for a percentage is held and said, the other way round said (X5)" {
	POLICY=(-t 80 -o down_window=0)
	expect 65 as-decide "${POLICY[@]}" <<<"$(at 0 '10 cpu=0.68')
$(at 15 '10 cpu=1')"
	same "$(cut -d' ' -f2- <<<"$out" | sort -u)" 'web 10 from=10 why=range by=cpu'
	same "$(grep -c '^as-decide: error: web: cpu=.* where the target is 80: ' "$TMP/err")" 2
	# what has been over 1 is a percentage, and a low one is obeyed
	expect 0 as-decide "${POLICY[@]}" <<<"$(at 0 '10 cpu=80')
$(at 15 '10 cpu=20')"
	same "$(tail -n 1 <<<"$out" | cut -d' ' -f2-)" 'web 5 from=10 why=rate by=cpu'
	# nor is it held where range.NAME says what a reading may be
	expect 0 as-decide "${POLICY[@]}" -o range.cpu=0..100 <<<"$(at 0 '10 cpu=0.68')"
	same "$(cut -d' ' -f2- <<<"$out")" 'web 5 from=10 why=rate by=cpu'
	POLICY=(-t 0.75 -M 20)
	expect 0 as-decide "${POLICY[@]}" <<<"$(at 0 '10 cpu=86.7')"
	same "$(cut -d' ' -f2- <<<"$out")" 'web 20 from=10 why=max by=cpu'
	has "$err" 'as-decide: warning: web: cpu is 116 times its target of 0.75'
}

@test "control: 0 replicas need an owner who said min = 0 (C15)" {
	# There is no allow_zero: min = 0 is what says it, and is not the default.
	POLICY=(-o down_window=0 -o zero=ok -o down_policy=none)
	same "$(decides "$(at 0 '3 cpu=0')")" 'web 1 from=3 why=min by=cpu'
	POLICY+=(-m 0)
	same "$(decides "$(at 0 '3 cpu=0')")" 'web 0 from=3 why=target by=cpu'
	applies 'applied=refused why=limit' 75 "$(now) web 0 from=1" "$fault/put"
	applies 'applied=refused why=limit' 75 0 "$fault/put"
	same "$(<"$TMP/requests")" ""
	applies 'applied=ok http=204' 0 "$(now) web 0 from=1" -o min=0 "$fault/put"
}

@test "control: limits that an app is outside of are what it is brought to (C17)" {
	# As the HPA does, at once; what a step is at most binds below max.
	POLICY=(-M 50)
	same "$(decides "$(at 0 '60 cpu=0.8')" "$(at 15 '60 cpu=9')" "$(at 30 '50 cpu=0.8')")" \
	    'web 50 from=60 why=max
web 50 from=60 why=max
web 50 from=50 why=tolerance by=cpu'
	POLICY=(-m 5)
	same "$(decides "$(at 0 '2 cpu=0.8')")" 'web 5 from=2 why=min'
	applies 'applied=refused why=limit' 75 "$(now) web 60 from=55" -o max=50 "$fault/put"
}

@test "control: what cannot be read is held, for one app or for all (A1)" {
	local i
	{
		for i in 0 15 30 45 60; do
			at $i $'10 cpu=0.8\n'
			at $i $'- err=timeout\n' | sed 's/ web / gone /'
		done
	} >"$TMP/one"
	expect 0 as-decide -m 2 "$TMP/one"
	same "$(grep ' gone ' <<<"$out" | cut -d' ' -f2- | sort -u)" 'gone - from=- why=no-data'
	same "$(grep ' web ' <<<"$out" | cut -d' ' -f2- | sort -u)" \
	    'web 10 from=10 why=tolerance by=cpu'
	sed 's/ 10 cpu=0.8/ - err=refused/' "$TMP/one" >"$TMP/all"
	expect 0 as-decide -m 2 "$TMP/all"
	same "$(cut -d' ' -f3- <<<"$out" | sort -u)" '- from=- why=no-data'
	# the count is there, the load is not
	same "$(decides "$(at 0 '10 rps=1')" "$(at 15 '10 cpu=nan')")" \
	    'web 10 from=10 why=no-data by=cpu
web 10 from=10 why=no-data by=cpu'
	# and nothing of it is PUT
	sed "s/^[^ ]*/$(now)/" "$TMP/out" >"$TMP/decisions"
	expect 0 as-apply -a gone "$fault/put" < <(
	    as-decide <<<"$(now) gone - err=timeout")
	has "$out" 'applied=hold'
	same "$(<"$TMP/requests")" ""
}

@test "control: one metric of two is missing: less is held, more is done (A2)" {
	POLICY=(-o target.cpu=0.8 -o total.rps=100 -o down_window=0)
	same "$(decides "$(at 0 '10 rps=300')" "$(at 15 '10 rps=1500')" \
	    "$(at 30 '10 cpu=0.2 rps=x')" "$(at 45 '10 cpu=1.6')" \
	    "$(at 60 '10 cpu=0.2 rps=300')" | cut -d' ' -f1-4)" \
	    'web 10 from=10 why=no-data
web 15 from=10 why=target
web 10 from=10 why=no-data
web 20 from=10 why=target
web 5 from=10 why=rate'
}

@test "control: a metric that is frozen asks for the same, however often (A4)" {
	# There is no stale_after.  Where COUNT follows, max is the bound.
	local i
	for ((i = 0; i < 3600; i += 15)); do at $i $'10 cpu=0.93\n'; done >"$TMP/frozen"
	expect 0 as-decide "$TMP/frozen"
	same "$(cut -d' ' -f2- <<<"$out" | sort | uniq -c | xargs)" \
	    '240 web 12 from=10 why=target by=cpu'
	for ((i = 0; i < 3600; i += 15)); do at $i $'10 cpu=0.31\n'; done >"$TMP/frozen"
	expect 0 as-decide "$TMP/frozen"
	same "$(cut -d' ' -f3 <<<"$out" | sort | uniq -c | xargs)" '20 10 220 5'
}

@test "control: a metric that jumps a hundredfold for one sample moves one step (A5)" {
	# There is no max_up: up_policy bounds a step, windows confirm it.
	set -- "$(at 0 '10 cpu=0.8')" "$(at 15 '10 cpu=80')" "$(at 30 '10 cpu=0.8')"
	same "$(decides "$@" | sed -n 2p)" 'web 20 from=10 why=rate by=cpu'
	POLICY=(-o up_policy=2/15s)
	same "$(decides "$@" | sed -n 2p)" 'web 12 from=10 why=rate by=cpu'
	POLICY=(-o up_window=30s)
	same "$(decides "$@" | sed -n 2p)" 'web 10 from=10 why=stabilized by=cpu'
	POLICY=()
	same "$(decides "$(at 0 '3 cpu=0.8')" "$(at 15 '3 cpu=80')" | sed -n 2p)" \
	    'web 7 from=3 why=rate by=cpu'
}

@test "control: an app that starts is not scaled down by what it reads first (A19)" {
	# There is no hold_after_start: first sight counts COUNT as asked for.
	local i
	for ((i = 0; i < 330; i += 15)); do at $i $'10 cpu=0.1\n'; done >"$TMP/start"
	expect 0 as-decide "$TMP/start"
	same "$(cut -d' ' -f3 <<<"$out" | uniq -c | xargs)" '20 10 2 5'
	# behind a gap again
	expect 0 as-decide < <(cat "$TMP/start"; at 7200 $'10 cpu=0.1\n')
	same "$(tail -n 1 <<<"$out" | cut -d' ' -f3-)" '10 from=10 why=stabilized by=cpu'
}

@test "control: two loops on two machines change a count once for each reading (A10)" {
	start_app --replicas 5
	expect 0 as-apply -L "$TMP/lock-1" -o status_url="$status_url" "$replicas_url" \
	    <<<"$(now) app 7 from=5"
	expect 75 as-apply -L "$TMP/lock-2" -o status_url="$status_url" "$replicas_url" \
	    <<<"$(now) app 8 from=5"
	has "$out" 'applied=refused why=conflict'
	same "$(puts)" 1
	expect 0 as-apply -L "$TMP/lock-2" -o status_url="$status_url" "$replicas_url" \
	    <<<"$(now) app 7 from=5"
	has "$out" 'applied=same'
	same "$(puts)" 1
}

@test "control: a lock that cannot be had is no lock (A11)" {
	expect 74 as-apply -L "$TMP" "$fault/put" <<<5
	has "$err" "as-apply: error: $TMP: Is a directory"
	expect 74 as-apply -L /proc/none/lock "$fault/put" <<<5
	same "$out$(<"$TMP/requests")" ""
	# one that was left behind by who was killed is free
	mkfifo "$TMP/in"
	as-apply -L "$TMP/lock" "$fault/put" <"$TMP/in" >"$TMP/reports" 3>&- &
	holder=$!
	exec 4>"$TMP/in"
	echo 4 >&4
	until_true grep -q applied "$TMP/reports"
	expect 75 as-apply -L "$TMP/lock" "$fault/put" <<<5
	kill -9 $holder
	wait $holder || :
	exec 4>&-
	expect 0 as-apply -L "$TMP/lock" "$fault/put" <<<5
	# one that is deleted while it is held: who comes makes a new one
	as-apply -L "$TMP/lock" "$fault/put" <"$TMP/in" >"$TMP/reports" 3>&- &
	holder=$!
	exec 4>"$TMP/in"
	echo 4 >&4
	until_true grep -q applied "$TMP/reports"
	rm "$TMP/lock"
	expect 0 as-apply -L "$TMP/lock" "$fault/put" <<<5
	[ -e "$TMP/lock" ]
	exec 4>&-
	wait $holder
	holder=
	# and one that is deleted between open and lock keeps nobody out: the
	# one that is there then is taken, not the one that is gone
	if [ -z "${SANITIZED-}" ]; then
		strace -qq -o "$TMP/trace" -e trace=fcntl \
		    -e inject=fcntl:delay_enter=500000:when=4+ \
		    as-apply -L "$TMP/lock" "$fault/put" <<<6 >"$TMP/reports" 3>&- &
		holder=$!
		until_true grep -q F_SETLK "$TMP/trace"
		rm "$TMP/lock"
		wait $holder
		holder=
		[ -e "$TMP/lock" ]
	fi
}

@test "control: no name of an app makes another request of it (A15)" {
	local app n=0 want
	printf '[app *]\nreplicas_url = %s/apps/{app}/replicas\nbrake = 100%%\n' "$fault" >"$TMP/as.conf"
	while IFS= read -r app; do
		: >"$TMP/requests"
		printf '%s %b 7 from=5\n' "$(now)" "$app" >"$TMP/decision"
		as-apply -c "$TMP/as.conf" <"$TMP/decision" >"$TMP/out" 2>"$TMP/err" || :
		if [ -s "$TMP/requests" ]; then
			want=$(printf '%b' "$app" | cut -d' ' -f1)
			same "$(<"$TMP/requests")" "PUT /apps/${want//:/%3A}/replicas {\"replicas\": 7}"
			[[ $want =~ ^[A-Za-z0-9_][A-Za-z0-9._:-]*$ && $want != *..* ]]
		else
			[ -s "$TMP/err" ]
		fi
		n=$((n + 1))
	done <<-'END'
		web
		a:b
		a.b-c_d
		..
		../admin
		a/../../admin
		a/b
		/etc/passwd
		%2e%2e%2fadmin
		%0d%0aX:%20y
		a\r\nX: y
		a\r\nDELETE /all HTTP/1.1
		a\nb
		a?x=1
		a#b
		a&b=c
		a;b
		a;rm -rf .
		`id`
		$(id)
		${HOME}
		{app}
		a{b}
		a@b
		@evil.invalid
		//evil.invalid
		http://evil.invalid/
		a\\b
		a"b
		a'b
		<script>
		a|b
		a>b
		*
		?
		[a-z]
		-rf
		--help
		.hidden
		:8080
		a..b
		wéb
		\0377\0376
		a\0b
		a\033[2J
		~root
		a,b
		a=b
		%
		+
	END
	[ $n -ge 40 ]
}
