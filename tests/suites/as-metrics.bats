# as-metrics: lines in, sums in a file that Prometheus reads
# P3 a heartbeat shows that the loop lives; also as-loop.bats, L11 in
#    faults/loop.bats, and what a disk does to FILE in faults/metrics.bats

load helper

setup() {
	cd "$TMP" || return
	golden=$BATS_TEST_DIRNAME/../golden/metrics
}

AT=2026-11-23T17:41

# said FILE: its series that are not 0, without loop= and the heartbeat, and
# without those that have tests of their own
said() {
	sed '/^#/d; / 0$/d; /_last_tick_/d; /^as_info/d; /^as_oldest/d; /^as_apps/d; s/loop="[^"]*",*//' "$1"
}

ticked() {	# FILE: with another heartbeat than that of now
	sed 's/^\(as_last_tick.* \)[0-9.]*$/\1NOW/' "$1"
}

@test "as-metrics: lines of all kinds become the golden file, at once or in parts" {
	expect 0 as-metrics mix.prom <"$golden/mix.in"
	same "$out$err" ""
	ticked mix.prom | diff "$golden/mix.out" -
	same "$(stat -c %a mix.prom) $(ls)" "$(printf '%s\n' '644 err' mix.prom out)"
	mkdir parts
	grep ' applied=' "$golden/mix.in" | as-metrics parts/mix.prom
	grep -v ' applied=' "$golden/mix.in" | as-metrics parts/mix.prom
	ticked parts/mix.prom | diff "$golden/mix.out" -
}

@test "as-metrics: with -a each app has its series, at once or in parts" {
	expect 0 as-metrics -a '*' mix.prom <"$golden/mix.in"
	ticked mix.prom | diff "$golden/apps.out" -
	mkdir parts
	while IFS= read -r line; do
		as-metrics -a '*' parts/mix.prom <<<"$line"
	done < <(grep '^2026' "$golden/mix.in"; grep '^# settings' "$golden/mix.in")
	ticked parts/mix.prom | diff "$golden/apps.out" -
}

# of FILE APP: the values of an app's series
of() {
	sed -n "s/^as_\([a-z_]*\){loop=\"[^\"]*\",app=\"$2\",*\(.*\)} \(.*\)/\1 \2 \3/p" "$1" |
	    sed 's/  */ /g'
}

@test "as-metrics: with -a and -c bounds and targets are those of each app" {
	cat >as.conf <<-END
	[default]
	min = 2
	max = 8
	[app web]
	max = 20
	target.cpu = 0.5
	total.rps = 100
	schedule = 17:00-18:00 min=5
	END
	expect 0 as-metrics -a 'w*' -c as.conf web.prom <<-END
	$AT:00Z web 10 cpu=0.95 rps=1523 unready=2 max=15
	$AT:00Z shop 3 cpu=0.4
	END
	same "$(of web.prom web | grep -v '_total\|_success')" "$(cat <<-END
	app_replicas 10
	app_ready_replicas 8
	app_min_replicas 5
	app_max_replicas 15
	app_metric metric="cpu" 0.95
	app_metric metric="rps" 1523
	app_target metric="cpu" 0.5
	app_target metric="rps" 100
	END
	)"
	same "$(of web.prom shop)" ""
	# no reading is no reading, and not the last one
	as-metrics -a 'w*' -c as.conf web.prom <<<"$AT:15Z web - err=dns"
	same "$(of web.prom web | grep 'metric\|target')" "$(printf '%s\n' \
	    'app_target metric="cpu" 0.5' 'app_target metric="rps" 100')"
	# without -a the series go, and come back with it
	as-metrics web.prom </dev/null
	same "$(of web.prom web)" ""
	expect 78 as-metrics -a '*' -o nokey=1 web.prom </dev/null
}

@test "as-metrics: with -N so many apps have series, and the counts are those of all" {
	for i in 1 2 3 4 5; do echo "$AT:00Z app-$i - err=dns"; done >lines
	expect 0 as-metrics -a '*' -N 3 web.prom <lines
	same "$(grep -c '^as_app_max_replicas{' web.prom)" 3
	same "$(blind web.prom)" '0 5'
	expect 64 as-metrics -N 0 web.prom <lines
}

@test "as-metrics: as_limited tells what limits an app now, and goes with it" {
	limits() { of web.prom web | sed -n 's/^limited //p' | tr -d '"' | xargs; }
	as-metrics -a '*' web.prom <<-END
	$AT:00Z web 10 from=10 why=max by=cpu
	$AT:00Z web 10 from=10 applied=refused why=conflict
	END
	same "$(limits)" 'stage=decide,why=max 1 stage=apply,why=conflict 1'
	as-metrics -a '*' web.prom <<<"$AT:15Z web 10 from=9 applied=superseded"
	same "$(limits)" 'stage=decide,why=max 1 stage=apply,why=conflict 1'
	as-metrics -a '*' web.prom <<-END
	$AT:15Z web 12 from=10 why=target by=cpu
	$AT:15Z web 12 from=10 applied=ok http=204
	END
	same "$(limits)" ''
}

@test "as-metrics: the heartbeat goes on where there is nothing, the last success stays" {
	local beat=as_last_tick_timestamp_seconds
	as-metrics web.prom <<<"$AT:00Z web 3 cpu=1"
	sed -i "s/^$beat.*/$beat{loop=\"web\"} 5/" web.prom
	chmod 640 web.prom
	expect 0 as-metrics web.prom </dev/null
	[ $(($(date +%s) - $(sed -n "s/^$beat.* \([0-9]*\).*/\1/p" web.prom))) -le 5 ]
	as-metrics web.prom <<<"$AT:15Z web - err=dns"
	same "$(said web.prom)" "$(printf '%s\n' \
	    'as_last_success_timestamp_seconds{stage="fetch"} 1795455660' \
	    'as_samples_total{result="ok"} 1' 'as_samples_total{result="dns"} 1')"
	same "$(stat -c %a web.prom)" 640
}

# blind FILE: how many apps have no data, and the oldest success
blind() {
	sed -n 's/^as_apps_without_data{.*} //p; s/^as_oldest.*{.*} //p' "$1" | sort -n | xargs
}

@test "as-metrics: apps without data are counted, and the oldest success stays known" {
	as-metrics web.prom <<-END
	$AT:00Z web 3 cpu=1
	$AT:00Z shop 3 cpu=1
	$AT:00Z blog - err=dns
	END
	same "$(blind web.prom)" '1 1795455660'
	# each run sees one tick
	as-metrics web.prom <<<"$AT:15Z web - err=dns"
	same "$(blind web.prom)" '2 1795455660'
	as-metrics web.prom < <(printf "$AT:30Z %s\n" 'web - err=dns' 'shop 4 cpu=1' \
	    'blog 2 cpu=1')
	same "$(blind web.prom)" '1 1795455690'
	# a run without samples changes nothing
	as-metrics web.prom <<<"$AT:30Z shop 4 from=4 why=target"
	same "$(blind web.prom)" '1 1795455690'
	as-metrics web.prom <<<"$AT:45Z web 3 cpu=1"
	same "$(blind web.prom)" '0 1795455705'
	! grep '^# app' web.prom
	# a deleted app is forgotten after an hour
	as-metrics web.prom <<<"$AT:45Z blog - err=dns"
	as-metrics web.prom <<<"2026-11-23T18:41:45Z web 3 cpu=1"
	same "$(blind web.prom)" '1 1795459305'
	as-metrics web.prom <<<"2026-11-23T18:41:46Z web 3 cpu=1"
	same "$(blind web.prom)" '0 1795459306'
}

@test "as-metrics: as_info has the version and the settings of the last samples" {
	local version
	version=$(as-metrics --version)
	version=${version#* }
	info() { sed -n 's/^as_info{loop="web",\(.*\)} 1$/\1/p' web.prom; }
	as-metrics web.prom </dev/null
	same "$(info)" "version=\"$version\",settings=\"\""
	as-metrics web.prom <<<"# settings 0123456789abcdef 1"
	as-metrics web.prom <<<"# settings \"}badbadbadbadbad 1"
	same "$(info)" "version=\"$version\",settings=\"0123456789abcdef\""
	as-metrics web.prom < <(printf '%s\n' "$AT:00Z web 3 cpu=1" '# settings 1111111111111111 1')
	same "$(info)" "version=\"$version\",settings=\"1111111111111111\""
}

@test "as-metrics: each word of the manuals has its series, others make none" {
	{
		sed -n '/^.Ss Error words/,/^.Sh/s/^.It \([a-z-]*\) Ta [0-9].*/x - err=\1/p' "$BATS_TEST_DIRNAME"/../../man/as-fetch.1
		sed -n 's/^.It applied=\([a-z]*\) Ta.*/x 1 from=1 applied=\1/p' "$BATS_TEST_DIRNAME"/../../man/as-apply.1
		grep -o '\[[a-z, -]*\]' "$BATS_TEST_DIRNAME"/../../man/as-decide.1 | tr -d '[],' | tr ' ' '\n' |
		    sed 's/.*/x 1 from=1 why=&/'
		sed -n '/^.Ss GUARDS/,/^.Ss/s/^.Pq \([a-z-]*\).*/x 1 from=1 applied=refused why=\1/p' "$BATS_TEST_DIRNAME"/../../man/as-apply.1 |
		    grep -v '=hold$\|=same$'
	} | sed "s/^/$AT:00Z /" >words
	[ "$(wc -l <words)" -ge 45 ]
	as-metrics web.prom <words
	same "$(said web.prom | awk '{ n += $2 < 1e9 ? $2 : 0 } END { print n }')" \
	    $(($(wc -l <words) + $(grep -c 'applied=\(refused\|failed\|unknown\)' words)))
	# as-apply's unapplied three have no reason in that list
	same "$(said web.prom | grep '"other"')" 'as_unapplied_total{why="other"} 3'
	local n
	n=$(grep -vc '^# app ' web.prom)
	awk -v at="$AT" 'BEGIN { for (i = 0; i < 1000; i++) print at ":00Z app-" i " - err=w-" i }' |
	    as-metrics web.prom
	same "$(grep -vc '^# app ' web.prom)" "$n"
	has "$(said web.prom)" 'as_samples_total{result="other"} 1000'
}

# drains CODE FILE: as much as no pipe holds is read, and nobody dies of it
drains() {
	# shellcheck disable=SC2016 # the other shell's
	expect "$1" bash -c 'yes "$1:00Z web 3 cpu=1" | head -n 5000 | as-metrics "$2"
	    status=("${PIPESTATUS[@]}")
	    [ "${status[1]}" -eq 0 ] && exit "${status[2]}"' - "$AT" "$2"
}

@test "as-metrics: a file of others is left as it is, and input read to its end, 78" {
	local n=0 text
	while IFS= read -r text; do
		printf '%b' "$text" >web.prom
		cp web.prom before
		expect 78 as-metrics web.prom <<<"$AT:00Z web 3 cpu=1"
		has "$err" "as-metrics: error: web.prom:"
		has "$err" " is not what as-metrics writes: left as it is"
		cmp before web.prom
		n=$((n + 1))
	done <<-'END'
		root:x:0:0:root:/root:/bin/bash\n
		# all of it comments\n
		\n
		as_samples_total{loop="other",result="ok"} 1\n
		as_samples_total{loop="web",result="ok"} -1\n
		as_samples_total{loop="web",result="ok"} 1 2\n
		as_samples_total{loop="web",result="ok"} 1\nas_samples_total{loop="web",result="ok"} 12
		as_samples_total{loop="web",result="nice"} 1\n
		as_samples_total{loop="web",result="ok"} 1\nas_other 1\n
	END
	[ $n -eq 9 ]
	mkdir dir.prom
	mkfifo fifo.prom
	for text in dir.prom fifo.prom; do
		expect 78 as-metrics $text </dev/null
		same "$err" "as-metrics: error: $text: is not a regular file"
	done
	[ -p fifo.prom ]
	drains 78 web.prom
	# an empty one is new
	: >web.prom
	expect 0 as-metrics web.prom <<<"$AT:00Z web 3 cpu=1"
	has "$(said web.prom)" 'as_samples_total{result="ok"} 1'
	same "$(echo *.tmp)" '*.tmp'
}

@test "as-metrics: where it cannot write, input is read to its end, 74" {
	drains 74 none/web.prom
	has "$err" 'as-metrics: error: none/: open: No such file'
	expect 74 bash -c 'ulimit -f 1; exec as-metrics web.prom' </dev/null
	has "$err" 'as-metrics: error: web.prom.tmp: write: File too large'
	same "$(ls)" "$(printf '%s\n' err out)"
}

@test "as-metrics: bad lines are told and skipped, 65, and the rest is counted" {
	expect 65 as-metrics web.prom < <(printf '%s\n' "$AT:00Z web 3 cpu=1" \
	    "$AT:00Z web three" "$AT:15Z web 3 cpu=1"; printf %s "$AT:30Z web 3")
	has "$err" 'as-metrics: error: -:2: COUNT is not'
	has "$err" 'as-metrics: error: -:4: incomplete line'
	has "$(said web.prom)" 'as_samples_total{result="ok"} 2'
}

# bats test_tags=slow
@test "as-metrics: in a stream it writes before it waits, not twice a second" {
	local first
	mkfifo in
	as-metrics -p web.prom <in >passed 3>&- &
	writer=$!
	exec 7>in
	echo "$AT:00Z web 3 cpu=1" >&7
	until_true test -s web.prom
	first=$(stat -c %i web.prom)
	same "$(cat passed)" "$AT:00Z web 3 cpu=1"
	# half a line is no reason to wait, or to count
	printf '%s\n%s' "$AT:15Z  web  4 cpu=1" "$AT:30Z web" >&7
	until_true grep -q '  web' passed
	same "$(stat -c %i web.prom)" "$first"
	until_true grep -q '{loop="web",result="ok"} 2' web.prom
	same "$(cat passed)" "$(printf '%s\n' "$AT:00Z web 3 cpu=1" "$AT:15Z  web  4 cpu=1")"
	echo " 5 cpu=1" >&7
	exec 7>&-
	wait "$writer"
	same "$(said web.prom | tail -n 1)" 'as_samples_total{result="ok"} 3'
}

@test "as-metrics: with -p comments pass in their place, without -p nothing does" {
	printf '%s\n' '# first' "$AT:00Z web 3 cpu=1" '# tick' "$AT:15Z web 3 cpu=1" '# last' >in
	expect 0 as-metrics -p web.prom <in
	same "$out" "$(cat in)"
	expect 0 as-metrics web.prom <in
	same "$out" ""
}

# bats test_tags=slow
@test "as-metrics: several writers of one file add up" {
	local i pids=
	yes "$AT:00Z web 3 cpu=1" | head -n 10 >lines
	for i in 1 2 3 4 5 6; do
		as-metrics web.prom <lines 3>&- &
		pids+=" $!"
	done
	for i in $pids; do wait "$i"; done
	has "$(said web.prom)" 'as_samples_total{result="ok"} 60'
	# who holds the directory's lock and does not let go stops nobody
	expect 75 flock . as-metrics web.prom <lines
	same "$err" 'as-metrics: error: ./: is locked by another'
	has "$(said web.prom)" 'as_samples_total{result="ok"} 60'
}

@test "as-metrics: FILE is one, and its name tells whose series they are" {
	local file
	expect 64 as-metrics
	expect 64 as-metrics a.prom b.prom
	for file in 'a b.prom' '"}.prom' .. dir/ ''; do
		expect 64 as-metrics "$file"
		has "$err" 'as-metrics: error: '
	done
	expect 0 as-metrics ./shop-1.eu </dev/null
	has "$(cat shop-1.eu)" 'as_samples_total{loop="shop-1.eu",result="ok"} 0'
}
