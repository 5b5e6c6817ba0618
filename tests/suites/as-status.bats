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
