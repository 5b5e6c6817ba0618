# config: as.conf, read by every tool alike
# P1 P9 nothing is done by a file that is not understood, or not ours: C1 C2 C3
#    C4 C6 C8 C13 C14 C16; also C5 C15 C17 in faults/control.bats, O16 in
#    faults/system.bats

load helper

# refuses WHY FILE_TEXT [TOOL]...: it says so and exits 78; \n and \0 are read
refuses() {
	local tool
	printf '%b' "$2" >"$TMP/as.conf"
	for tool in as-decide "${@:3}"; do
		expect 78 $tool -c "$TMP/as.conf" </dev/null
		same "$err" "$tool: error: $TMP/as.conf:$1"
		same "$out" ""
	done
}

@test "config: what is wrong in a file is told with its line, and nothing is done (C1 C2 C3 C14)" {
	local why text n=0
	while IFS='|' read -r why text; do
		# one reader for all: the others, which start slowly, now and then
		if ((n++ % 8 == 0)); then
			refuses "$why" "$text" as-fetch as-apply
		else
			refuses "$why" "$text"
		fi
	done <<-'END'
	2: mx: unknown key, did you mean max?|[default]\nmx = 50\n
	2: tagret: unknown key, did you mean target?|[default]\ntagret = 0.5\n
	2: frobnicate: unknown key|[default]\nfrobnicate = 1\n
	2: token: a secret has its own file: token_file or netrc_file, mode 0600|[default]\ntoken = x\n
	3: max: stands twice in this section|[default]\nmax = 3\nmax = 4\n
	3: target.cpu: stands twice in this section|[default]\ntarget = 0.7\ntarget.cpu = 0.8\n
	3: default: has a section already|[default]\nmax = 3\n[default]\n
	2: web: has a section already|[app web]\n[app web]\n
	2: w*: has a section already|[app w*]\n[app w*]\n
	1: [default: lacks its ]|[default\n
	1: [apps: lacks its ]|[apps\n
	1: [foo: is not [default], [app NAME] or [apps]|[foo]\n
	1: ../x: APP must begin with a letter, digit or _|[app ../x]\n
	1: max: stands before the first [section]|max = 3\n
	2: begins with a blank: values do not go on here|[default]\n max = 3\n
	2: max: is not KEY = VALUE|[default]\nmax\n
	2: max: has no VALUE|[default]\nmax =\n
	2: max: has no VALUE|[default]\nmax = # none\n
	2: has a control byte|[default]\nm\0ax = 3\n
	2: max: is not a number in 0..2147483647|[default]\nmax = 1e3\n
	2: max: is not a number in 0..2147483647|[default]\nmax = 50 replicas\n
	2: max: is not a number in 0..2147483647|[default]\nmax = 0x32\n
	2: target.cpu: is not a number > 0|[default]\ntarget = 80%\n
	2: target.cpu: is not a number > 0|[default]\ntarget = 0\n
	2: brake: is not a share in 0%..100%|[default]\nbrake = 0.5\n
	2: follow: is not no or same-host|[default]\nfollow = yes\n
	2: replicas_method: is not a method like PUT, POST or PATCH|[default]\nreplicas_method = put\n
	2: header: is not Name: value|[default]\nheader = X\n
	2: status_url: is not a URL that begins with http:// or https://|[default]\nstatus_url = file:///etc/passwd\n
	2: set.a/b: has a NAME that is not 1 to 64 of A-Z a-z 0-9 _ - .|[default]\nset.a/b = 1\n
	2: lst: is not list, the only key of [apps]|[apps]\nlst = x\n
	2: nowhere: there is no such profile|[default]\ninclude = nowhere\n
	 app web: min is greater than max|[app web]\nmin = 200\n
	END
	[ $n -ge 30 ]
	head -c 5000 /dev/zero | tr '\0' x >"$TMP/long"
	refuses '2: the line is over 4 KiB' "[default]\nheader = A: $(<"$TMP/long")\n"
}

@test "config: a file that is missing, empty, no file or open to others is refused (C4 C6)" {
	local tool
	for tool in as-fetch as-decide as-apply; do
		expect 78 $tool -c "$TMP/none" </dev/null
		same "$err" "$tool: error: $TMP/none: No such file or directory"
		expect 78 $tool -c "$TMP" </dev/null
		same "$err" "$tool: error: $TMP: is not a regular file"
		: >"$TMP/empty"
		expect 78 $tool -c "$TMP/empty" </dev/null
		same "$err" "$tool: error: $TMP/empty: is empty"
	done
	mkfifo "$TMP/fifo"
	expect 78 timeout 5 as-decide -c "$TMP/fifo" </dev/null
	[ "$(id -u)" -eq 0 ] || return 0
	echo '[default]' >"$TMP/open"
	chmod 664 "$TMP/open"
	expect 78 as-decide -c "$TMP/open" </dev/null
	same "$err" "as-decide: error: $TMP/open: others than root can write to it (chmod go-w)"
}

@test "config: later sections override earlier ones, then the list, then flags; -G says where from" {
	mkdir "$TMP/d"
	cat >"$TMP/d/as.conf" <<-'END'
	[default]
max = 20                 # for all
header = A: 1
[app web]
target = 0.75
[app b*]
max = 7
	include = ./profile
header = B: 2
header = C: \#3 # a comment
[apps]
	list = apps
	END
	printf 'min = 2\nmax = 9\n' >"$TMP/d/profile"
	printf '# name and settings\nb1 max=8\r\nb2\nother set.zone=x\n' >"$TMP/d/apps"
	expect 0 as-decide -c "$TMP/d/as.conf" -G -o tolerance=0.2
	same "$(grep -v '# built-in' <<<"$out" | sed "s|$TMP/d/||; s/   *# / # /")" \
	    "[app web]
max = 20 # as.conf:2
header = A: 1 # as.conf:3
target.cpu = 0.75 # as.conf:5
tolerance = 0.2 # -o
[app b1]
min = 2 # profile:1
header = B: 2 # as.conf:9
header = C: #3 # as.conf:10
max = 8 # apps:2
tolerance = 0.2 # -o
[app b2]
min = 2 # profile:1
max = 7 # as.conf:7
header = B: 2 # as.conf:9
header = C: #3 # as.conf:10
tolerance = 0.2 # -o
[app other]
max = 20 # as.conf:2
header = A: 1 # as.conf:3
set.zone = x # apps:4
tolerance = 0.2 # -o"
	expect 0 as-apply -c "$TMP/d/as.conf" -G -a 'b*' -o tolerance=0.2
	same "$(grep -c '^\[' <<<"$out")" 2
}

@test "config: each app is decided by its own policy" {
	printf '[default]\nmax = 20\n[app a]\nmax = 9\n[app b*]\nmetric = x\n' \
	    >"$TMP/as.conf"
	expect 78 as-decide -c "$TMP/as.conf" </dev/null
	printf '[default]\nmax = 20\n[app a]\nmax = 9\n[app b*]\ntotal.queue = 10\nup_policy = none\n' \
	    >"$TMP/as.conf"
	expect 0 as-decide -c "$TMP/as.conf" <<-END
	2026-11-23T17:41:00Z a 8 cpu=2
	2026-11-23T17:41:00Z b1 8 queue=150 cpu=9
	2026-11-23T17:41:00Z other 8 cpu=2
	2026-11-23T17:41:15Z b1 8 cpu=9 queue=300
	2026-11-23T17:41:15Z a 8 cpu=9 queue=300
	END
	same "$out" "2026-11-23T17:41:00Z a 9 from=8 why=max by=cpu
2026-11-23T17:41:00Z b1 15 from=8 why=target by=queue
2026-11-23T17:41:00Z other 16 from=8 why=rate by=cpu
2026-11-23T17:41:15Z b1 20 from=8 why=max by=queue
2026-11-23T17:41:15Z a 9 from=8 why=max by=cpu"
}

@test "config: CRLF and a BOM are read, and a list of 10,000 apps (C3 C13)" {
	printf '\357\273\277[default]\r\nmax = 3\r\n[apps]\r\nlist = apps\r\n' >"$TMP/as.conf"
	seq -f 'app-%.0f' 10000 >"$TMP/apps"
	expect 0 as-decide -c "$TMP/as.conf" <<<'2026-11-23T17:41:00Z app-7 2 cpu=9'
	has "$out" "app-7 3 from=2 why=max"
	echo app-7 >>"$TMP/apps"
	expect 78 as-decide -c "$TMP/as.conf" </dev/null
	same "$err" "as-decide: error: $TMP/apps:10001: app-7: stands twice in this list"
	echo 'app 1' >"$TMP/apps"
	expect 78 as-decide -c "$TMP/as.conf" </dev/null
	same "$err" "as-decide: error: $TMP/apps:1: 1: is not KEY = VALUE"
}

@test "config: flags name what is wrong with them (C16)" {
	expect 78 as-decide -o mx=50 </dev/null
	same "$err" "as-decide: error: -o mx=50: unknown key, did you mean max?"
	expect 78 as-decide -m 5 -M 3 </dev/null
	same "$err" "as-decide: error: min is greater than max"
	expect 64 as-decide -c a -c b </dev/null
	has "$err" "-c b: one file is enough"
}
