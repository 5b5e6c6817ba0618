# as-status: each app in a line, the worst first, and what is wrong in words

load helper

setup() {
	cd "$TMP" || return
	export COLUMNS=0
	unset NO_COLOR
}

# ticks COMMAND: what awk prints at each tick of 17:00:00 to 17:40:00; t is in
# seconds, `at` is TIME
ticks() {
	awk "BEGIN { for (t = 0; t <= 2400; t += 15) {
		at = sprintf(\"2026-11-23T17:%02d:%02dZ\", t / 60, t % 60)
		$1
	} }"
}

# night: a DIR of as-loop after a bad night
night() {
	mkdir night
	cat >as.conf <<-END
		[default]
		max = 10
		down_window = 0
		[app api]
		[app batch]
		[app blog]
		[app cart]
		[app gone]
		[app mail]
		[app queue]
		[app search]
		[app shop]
	END
	ticks 'print at, "api 4 cpu=0.95"
	    print at, "batch", int(t / 60) % 2 ? 4 : 8, "cpu=" (int(t / 60) % 2 ? 1.6 : 0.4)
	    print at, "blog", t < 1500 ? 5 : 6, "cpu=0.78"
	    print at, "cart 6 cpu=0.8"
	    if (t < 1800) print at, "gone 3 cpu=0.8"
	    print at, "mail 3", t < 2100 ? "cpu=0.8" : "cpu=0"
	    print at, "queue 2", t < 2000 ? "cpu=0.8" : "rps=3"
	    print at, "search", t < 2220 ? "7 cpu=0.6" : "- err=timeout"
	    print at, "shop", t < 900 ? "9 cpu=0.8" : "10 cpu=1.07"
	    print "# tick", at' >samples
	as-decide -q -c as.conf samples >night/decisions.log || [ $? -eq 65 ]
	ticks 'put = t < 2340 ? "ok http=204" : "refused why=conflict"
	    print at, "api 5 from=4 applied=" put
	    print at, "cart 6 from=6 applied=same" (t == 2100 ? " other=20" : "")
	    print at, "search - from=- applied=hold"' >night/reports.log
	mv samples night/samples.log
}

@test "as-status: a bad night, the worst first" {
	night
	expect 75 as-status -d night -c as.conf -t 2026-11-23T17:40:00Z
	same "$err" ""
	diff "$BATS_TEST_DIRNAME/../golden/status/night" out
}

# status OPTION...: of a small DIR, as it was at the time of its last sample
status() {
	as-status -d . -t 2026-11-23T17:42:00Z "$@"
}

# quiet_day: two apps that are well
quiet_day() {
	cat >samples.log <<-END
		2026-11-23T17:41:00Z shop 8 cpu=0.8
		2026-11-23T17:41:00Z blog 3 cpu=0.8
		2026-11-23T17:42:00Z shop 10 cpu=0.6
		2026-11-23T17:42:00Z blog 3 cpu=0.8
	END
	as-decide samples.log >decisions.log
}

@test "as-status: nothing is wrong: 0, sorted by name; samples.log is enough" {
	quiet_day
	expect 0 status
	same "$out" "$(cat <<-END
		# 2026-11-23T17:42:00Z: 2 apps, 0 in trouble
		# APP AGE COUNT WANT LOAD TARGET    AGO CHANGE WHY
		blog   0s     3    3 100% ####|....   - -      tolerance by cpu
		shop   0s    10    8  75% ###.|....  0s 8>10   target by cpu
	END
	)"
	rm decisions.log
	expect 0 status -a 'b*'
	has "$out" $'\nblog   0s     3    - 100% ####|....   - -      -'
}

@test "as-status: the apps that are asked for, and one that has no sample" {
	quiet_day
	expect 0 status shop
	same "$(cut -d' ' -f1 out)" $'#\n#\nshop'
	expect 75 status shop shup
	has "$out" $'\nshup    -     -    -    - -           - -      no sample; -'
	expect 64 status ../shop
	has "$err" 'as-status: error: ../shop: APP must begin with'
}

@test "as-status: no log is 66, no sample and a wrong TIME are told" {
	expect 66 as-status -d "$TMP"
	same "$err" "as-status: error: $TMP/samples.log: No such file or directory"
	expect 64 as-status -d ''
	has "$err" 'option -d: "" is no directory'
	: >samples.log
	expect 75 as-status
	has "$err" 'as-status: warning: ./samples.log: no sample of the last hour'
	expect 64 as-status -t 17:42
	has "$err" 'option -t: "17:42" is not a TIME'
}

@test "as-status: colours on a terminal alone, and not with NO_COLOR" {
	local red=$'\e[31m' plain=$'\e[m'
	quiet_day
	declare -f status >functions
	expect 75 script -qec "bash -c '. ./functions; status shop shup'" /dev/null
	has "$out" "${red}shup $plain"
	has "$out" "${red}no sample$plain"
	expect 75 env NO_COLOR=1 \
	    script -qec "bash -c '. ./functions; status shop shup'" /dev/null
	[[ $out != *$'\e'* ]]
}

@test "as-status: a line is no longer than COLUMNS, else the terminal, else 80" {
	quiet_day
	sed -i s/blog/a-blog-with-a-name-of-about-fifty-bytes-all-in-all/ ./*.log
	local want
	declare -f status >functions
	for want in 80 60 50; do
		case $want in
		80) expect 0 env -u COLUMNS bash -c '. ./functions; status' ;;
		60) expect 0 env COLUMNS=60 bash -c '. ./functions; status' ;;
		50) expect 0 env -u COLUMNS NO_COLOR=1 script -qec \
		    "stty cols 50; bash -c '. ./functions; status'" /dev/null ;;
		esac
		same "$(tr -d '\r' <out | wc -L)" $want
	done
}

@test "as-status: columns are left out before words of what is wrong" {
	local columns heads
	quiet_day
	while read -r columns heads; do
		expect 75 env COLUMNS=$columns \
		    as-status -t 2026-11-23T17:45:00Z blog shop
		same "$(sed -n 's/ \+/ /g; s/^# APP //p' out)" "$heads"
		same "$(grep -c 'no sample for 3 m' out)" 2
	done <<-END
		0 AGE COUNT WANT LOAD TARGET AGO CHANGE WHY
		64 AGE COUNT WANT LOAD TARGET AGO CHANGE WHY
		63 AGE COUNT WANT LOAD TARGET AGO WHY
		57 AGE COUNT WANT LOAD TARGET WHY
		54 AGE COUNT WANT LOAD WHY
	END
	# the worst of several is enough
	hour 'print at, "web", 5 + (t > 1800 && t % 120 < 60), "cpu=0.8"'
	ticks 'print at, "web 6 from=5 applied=ok other=9"' >reports.log
	COLUMNS=80 told 'somebody else orders: 40 times'
}

# told PATTERN OPTION...: what is wrong with the app web, or nothing
told() {
	local want=$1 code=75
	shift
	[ -n "$want" ] || code=0
	expect $code as-status -t 2026-11-23T17:40:00Z "$@"
	same "$(sed -nE 's/^web .*( -|>[0-9]+) +(.*); .*/\2/p' out)" "$want"
}

# hour COMMAND [KEY=VALUE]...: the logs of web with these samples
hour() {
	ticks "$1" >samples.log
	rm -f reports.log
	as-decide -q "${@:2}" samples.log >decisions.log || [ $? -eq 65 ]
}

@test "as-status: each trouble has its words" {
	hour 'print at, "web 5", t < 2000 ? "cpu=0.8" : "cpu=7"' -o range.cpu=0..4
	told 'cpu is out of range for 6 m' -o range.cpu=0..4
	hour 'print at, "web 5", t < 2000 ? "cpu=0.8" : "x=1"' -o fallback=4:6
	told 'each metric is replaced by its fallback for 5 m'
	hour 'print at, "web 5 cpu=0.8"'
	ticks 'print at, "web 6 from=5 applied=failed http=503"' >reports.log
	told 'failed 161 times: http-503'
	ticks 'print at, "web 6 from=5 applied=unknown err=timeout"' >reports.log
	told 'unknown 161 times: timeout'
	ticks 'put = t > 2000 ? "refused why=stale" : "ok"
	    print at, "web 6 from=5 applied=" (t > 2340 ? "superseded" : put)' \
	    >reports.log
	told 'refused 23 times: stale'
	ticks 'if (t >= 2070)
		print at, "web 6 from=5 applied=ok", t % 300 ? "" : "other=9"
	' >reports.log
	told 'somebody else orders: 2 times'
	ticks 'if (t > 2370) print at, "web 6 from=5 applied=refused why=conflict"' \
	    >reports.log
	told ''
}

@test "as-status: at max is a trouble after 15 minutes, if more is wanted" {
	hour 'print at, "web 10 cpu=" (t < 1500 ? 0.8 : 0.96)' -x -o max=10
	told 'at max for 15 m and wants 12'
	hour 'print at, "web 10 cpu=" (t <= 1500 ? 0.8 : 0.96)' -o max=10
	told ''
	# a lost sample does not begin the time anew
	hour 'print at, "web", t == 2100 ? "- err=timeout" : "10 cpu=0.96"' -o max=10
	told 'at max for 40 m and wants 12'
	hour 'print at, "web 10 cpu=0.96"' -o max=10
	told 'at max for 40 m and wants more' -o target.rps=1
	rm decisions.log
	told ''
}

@test "as-status: flapping is up and down, not a long way up" {
	hour 'print at, "web", t < 2100 ? 5 : 5 + int((t - 2100) / 15), "cpu=0.8"'
	told ''
	hour 'print at, "web", 5 + (t > 1800 && t % 120 < 60), "cpu=0.8"'
	told 'flapping: 11 changes in 10 m'
	hour 'print at, "web", 5 + (t < 1800 && t % 120 < 60), "cpu=0.8"'
	told ''
}

@test "as-status: three ticks without data, and a minute, are too long" {
	hour 'if (t % 900 == 0 && t < 900 * 2) print at, "web 5 cpu=0.8"'
	told ''
	hour 'if (t <= 2325) print at, "web 5 cpu=0.8"'
	told 'no sample for 75 s'
	hour 'if (t <= 2355) print at, "web 5 cpu=0.8"'
	told ''
	hour 'print at, "web", t <= 2355 ? "5 cpu=0.8" : "- err=dns"'
	told ''
	hour 'print at, "web - err=dns"'
	told 'no data: dns'
}

@test "as-status: the settings are those of the last mark; a file that is gone is told" {
	local digest=0123456789abcdef
	hour 'print at, "web 5 rps=80 cpu=0.1"' -o total.rps=10 -o min=8
	sed -i "1i # settings 0000000000000000 0.1.0
		80i # settings $digest 0.1.0" samples.log
	expect 0 as-status -t 2026-11-23T17:40:00Z
	has "$err" "as-status: warning: ./settings.$digest: No such file or directory: built-in defaults are used"
	has "$out" ' 12% #...|....'
	printf '[default]\ntotal.rps = 10\n' >settings.$digest
	expect 0 as-status -t 2026-11-23T17:40:00Z
	same "$err" ""
	has "$out" ' 160% ####|##..'
	expect 0 as-status -t 2026-11-23T17:40:00Z -o total.rps=8
	has "$out" ' 200% ####|####'
	expect 0 as-status -t 2026-11-23T17:40:00Z -o step.rps='>50:+1'
	has "$out" '  80 - '
}

@test "as-status: an app that the settings name no longer is left out" {
	quiet_day
	printf '[app blog]\n' >as.conf
	expect 0 status -c as.conf
	same "$(cut -d' ' -f1 out)" $'#\n#\nblog'
	printf '[app shop]\n[app blog]\nmin = 5\nmax = 4\n' >as.conf
	expect 78 status -c as.conf
}

@test "as-status: of a long log the last hour is read" {
	awk 'BEGIN { print "a line that would be reported"
	    for (t = 0; t < 500000; t += 15)
	    printf "2026-11-%02dT%02d:%02d:%02dZ web %d cpu=0.8\n", 1 + t / 86400,
		t / 3600 % 24, t / 60 % 60, t % 60, t < 490000 ? 5 : 6 }' >samples.log
	expect 75 as-status
	has "$out" ' - -      no sample for'
	expect 0 as-status -t 2026-11-06T16:20:00Z
	has "$out" ' 13m 5>6 '
	expect 75 as-status -t 2026-11-06T19:00:00Z
	has "$out" 'no sample for 6 m'
	has "$out" '# 2026-11-06T19:00:00Z: 1 app, 1 in trouble: the loop is silent'
}

@test "as-status: what as-loop keeps is read, with its settings" {
	start_app --replicas 10
	cat >as.conf <<-END
		[app web]
		status_url = $status_url
		replicas_url = $replicas_url
		target = 0.40
		max = 12
	END
	expect 0 as-loop -1n -c as.conf -d loop
	rm as.conf
	expect 0 as-status -d loop
	same "$err" ""
	has "$out" $'\nweb '
	has "$out" ' 10   12 '
	has "$out" ' max by cpu'
	stop_app
}

@test "as-status: a log that cannot be read is 74, and no row is printed" {
	quiet_day
	rm decisions.log
	mkdir decisions.log
	expect 74 status
	has "$err" 'as-status: error: ./decisions.log: read: Is a directory'
	same "$out" ""
}
