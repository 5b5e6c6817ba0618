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
	2: max_replicas: unknown key, did you mean max?|[default]\nmax_replicas = 5\n
	2: minReplicas: unknown key, did you mean min?|[default]\nminReplicas = 5\n
	2: url: unknown key, did you mean status_url?|[default]\nurl = http://a\n
	2: port: unknown key, did you mean set.port?|[default]\nport = 80\n
	2: cooldown: unknown key, did you mean down_cooldown?|[default]\ncooldown = 300\n
	2: stabilizationWindowSeconds: unknown key, did you mean down_window?|[default]\nstabilizationWindowSeconds = 300\n
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
	2: begins with a blank, and no value stands above|[default]\n max = 3\n
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
	local key tool
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
	(umask 077 && echo key >"$TMP/key")
	expect 78 timeout 5 as-decide -c "$TMP/fifo" </dev/null
	echo "list = $TMP/fifo" | sed '1i [apps]' >"$TMP/as.conf"
	expect 78 timeout 5 as-decide -c "$TMP/as.conf" </dev/null
	same "$err" "as-decide: error: $TMP/fifo: is not a regular file"
	for key in ca_file client_cert; do
		expect 78 timeout 5 as-fetch -o client_key="$TMP/key" -o $key="$TMP/fifo" https://127.0.0.1:1
		same "$err" "as-fetch: error: $key: $TMP/fifo: is not a regular file"
	done
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
header = C: \\#3 # as.conf:10
max = 8 # apps:2
tolerance = 0.2 # -o
[app b2]
min = 2 # profile:1
max = 7 # as.conf:7
header = B: 2 # as.conf:9
header = C: \\#3 # as.conf:10
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
	# all of them at once, and those of the file
	echo '[default' >"$TMP/as.conf"
	for tool in as-fetch as-decide as-apply as-schedule as-plot; do
		expect 78 $tool -o mx=50 -o min -o max=x -o mx=50 -c "$TMP/as.conf" </dev/null
		same "$err" "$tool: error: -o mx=50: unknown key, did you mean max?
$tool: error: -o min: is not KEY=VALUE
$tool: error: -o max=x: is not a number in 0..2147483647
$tool: error: $TMP/as.conf:1: [default: lacks its ]"
	done
	expect 78 as-decide -G -m x -M y -t z
	same "$err" 'as-decide: error: -m x: is not a number in 0..2147483647
as-decide: error: -M y: is not a number in 0..2147483647
as-decide: error: -t z: is not a number > 0'
	# which the usage does not make less
	expect 78 as-decide -o mx=50 --nothing
	has "$err" $'-o mx=50: unknown key, did you mean max?\nas-decide: error: option --nothing: unknown'
	expect 64 as-decide -c a -c b </dev/null
	has "$err" "-c b: one file is enough"
}

@test "config: all mistakes are reported at once, each once, and none that follows from another" {
	mkdir "$TMP/d"
	cat >"$TMP/d/as.conf" <<-'END'
	before = 1
	max = 3
	[default]
	mx = 50
	max = 3x
	status_url = ftp://a
	[app a]
	include = ./profile
	min = 50
	[app a]
	include = ./profile
	target = 0
	min
	[ap b]
	tolerance = -7
	[app c]
	include = ./none
	min = 4
	max = 3
	[app d]
	min = 300
	[app e*
	min = 500
	[app f
	[apps]
	lst = x
	list = apps
	END
	printf 'zero = perhaps\nmax_gap = 1m\n' >"$TMP/d/profile"
	printf 'x/y\ng up_window=1y\ng\n' >"$TMP/d/apps"
	expect 78 as-decide -c "$TMP/d/as.conf" <<<'2026-11-23T17:41:00Z a 8 cpu=2'
	same "$out" ""
	same "$(sed "s|$TMP/d/||; s/^as-decide: error: //" <<<"$err")" \
'as.conf:1: before: stands before the first [section]
as.conf:1: before: unknown key
as.conf:4: mx: unknown key, did you mean max?
as.conf:5: max: is not a number in 0..2147483647
as.conf:6: status_url: is not a URL that begins with http:// or https://
profile:1: zero: is not hold or ok
as.conf:10: a: has a section already
as.conf:12: target.cpu: is not a number > 0
as.conf:13: min: is not KEY = VALUE
as.conf:14: [ap b: is not [default], [app NAME] or [apps]
as.conf:15: tolerance: is not a fraction >= 0
none: No such file or directory
as.conf:22: [app e*: lacks its ]
as.conf:24: [app f: lacks its ]
as.conf:26: lst: is not list, the only key of [apps]
apps:1: x/y: APP is not 1 to 127 of A-Z a-z 0-9 . _ : -
apps:2: up_window: is not a duration like 250ms, 15s, 5m, 1h or 7d
apps:3: g: stands twice in this list'
	# conflicts of sections without another mistake
	printf '%s\n' '[app a]' 'mx = 1' '[app b]' min=200 '[app c]' max=0 '[apps]' list=apps >"$TMP/d/as.conf"
	printf 'd min=300\ne\n' >"$TMP/d/apps"
	expect 78 as-decide -c "$TMP/d/as.conf" </dev/null
	same "$(sed "s|$TMP/d/||; s/^as-decide: error: //" <<<"$err")" \
'as.conf:2: mx: unknown key, did you mean max?
as.conf: app b: min is greater than max
as.conf: app c: min is greater than max
as.conf: app d: min is greater than max'
	# one message for all apps of the same sections, and at most 100
	printf '%s\n' '[default]' min=200 '[apps]' list=apps >"$TMP/d/as.conf"
	expect 78 as-decide -c "$TMP/d/as.conf" </dev/null
	same "$(sed 's/.*: app//' <<<"$err")" $' d: min is greater than max\n e: min is greater than max'
	seq -f 'nonsense%.0f' 200 >"$TMP/d/as.conf"
	expect 78 as-decide -c "$TMP/d/as.conf" </dev/null
	same "$(wc -l <<<"$err")" 101
	same "$(tail -n 1 <<<"$err")" "as-decide: error: these are 100 mistakes, the rest is not printed"
}

@test "config: a last line without its end is read once the file stands still for 2 s" {
	printf '[default]\nmax = 5' >"$TMP/as.conf"
	expect 78 as-decide -c "$TMP/as.conf" </dev/null
	same "$err" "as-decide: error: $TMP/as.conf:2: has no end: was the file still being written?"
	touch -d '+1 hour' "$TMP/as.conf"
	expect 78 as-decide -c "$TMP/as.conf" </dev/null
	touch -d '-3 seconds' "$TMP/as.conf"
	expect 0 as-decide -c "$TMP/as.conf" -G
	has "$out" "max = 5 "
	# the list alike, and a comment at the end
	printf '[apps]\nlist = apps\n# end' >"$TMP/as.conf"
	printf 'web max=7' >"$TMP/apps"
	touch -d '-3 seconds' "$TMP/as.conf" "$TMP/apps"
	expect 0 as-decide -c "$TMP/as.conf" -G
	has "$out" "max = 7 "
	# lines of the grammar never
	printf '2026-11-23T17:41:00Z web 8 cpu=2' >"$TMP/in"
	touch -d '-3 seconds' "$TMP/in"
	expect 65 as-decide "$TMP/in"
}

@test "config: indented lines continue a filter, and nothing else" {
	cat >"$TMP/as.conf" <<-'END'
	[default]
	max = 7
	sample =
	    # all that runs
	    .items[]

	    | {app: .name, replicas: .n,   # the count
	# not indented, a comment all the same
	        cpu: (.c * 2)}
	min = 2
	[app web]
	END
	printf '{"items":[{"name":"web","n":3,"c":0.25}]}' >"$TMP/reply"
	expect 0 as-fetch -c "$TMP/as.conf" -i "$TMP/reply"
	same "${out#*Z }" "web 3 cpu=0.5"
	expect 0 as-fetch -c "$TMP/as.conf" -G
	has "$out" "sample = .items[]
    | {app: .name, replicas: .n,
    cpu: (.c * 2)}               # $TMP/as.conf:3
min = 2                          # $TMP/as.conf:10
"
	# what -G prints is read again
	sed 's/^.app web./[default]/; /built-in/d' <<<"$out" >"$TMP/again.conf"
	expect 0 as-fetch -c "$TMP/again.conf" -i "$TMP/reply"
	same "${out#*Z }" "web 3 cpu=0.5"
	refuses '3: min: indented: a key of its own, or the value above?' \
	    '[default]\nmax = 3\n  min = 2\n'
	refuses '3: set.zone: indented: a key of its own, or the value above?' \
	    '[default]\nsample = .a\n\tset.zone=a\n'
	refuses '2: max: goes on in a second line, which only filters and status_body may' \
	    '[default]\nmax = 3\n  4\n'
	refuses '2: header: goes on in a second line, which only filters and status_body may' \
	    '[default]\nheader = A: b\n  C: d\n'
	refuses '3: has a control byte' '[default]\nsample = .a\n | \001\n'
	expect 78 as-decide -o header=$'A: b\nC: d' </dev/null
	has "$err" 'goes on in a second line'
	# comparisons are none
	printf '[default]\nsample = .a | select(.min\n == 3)\n  == 4\n' >"$TMP/as.conf"
	expect 0 as-decide -c "$TMP/as.conf" </dev/null
	{ printf '[default]\nsample = .a\n'; for i in $(seq 17); do printf ' # %d\n' "$i"
	    printf ' | %04000d\n' "$i"; done; } >"$TMP/as.conf"
	expect 78 as-decide -c "$TMP/as.conf" </dev/null
	has "$err" "$TMP/as.conf:36: the value is over 64 KiB"
}

@test "config: root follows no link in a directory that others can write to" {
	[ "$(id -u)" -eq 0 ] || skip 'only root'
	mkdir "$TMP/theirs"
	echo '[default]' >"$TMP/as.conf"
	ln -s ../as.conf "$TMP/theirs/as.conf"
	ln -s as.conf "$TMP/link.conf"
	expect 0 as-decide -c "$TMP/theirs/as.conf" </dev/null
	expect 0 as-decide -c "$TMP/link.conf" </dev/null
	chown 12345 "$TMP/theirs"
	expect 78 as-decide -c "$TMP/theirs/as.conf" </dev/null
	same "$err" "as-decide: error: $TMP/theirs/as.conf: is a symbolic link in a directory that others than root can write to"
	rm "$TMP/theirs/as.conf"
	ln "$TMP/as.conf" "$TMP/theirs/as.conf"
	expect 78 as-decide -c "$TMP/theirs/as.conf" </dev/null
	has "$err" "is a hard link in a directory that others"
	cp "$TMP/as.conf" "$TMP/theirs/own.conf"
	expect 0 as-decide -c "$TMP/theirs/own.conf" </dev/null
	# the list and a profile are opened in the same way
	printf '[apps]\nlist = theirs/as.conf\n' >"$TMP/list.conf"
	expect 78 as-decide -c "$TMP/list.conf" </dev/null
	printf '[default]\ninclude = ./theirs/as.conf\n' >"$TMP/list.conf"
	expect 78 as-decide -c "$TMP/list.conf" </dev/null
	has "$err" "is a hard link in a directory that others"
}

# of_manuals: "KEY|DEFAULT" of each row of the manuals' tables of keys.  What
# has no default in the table of the tools is "-", which the manuals explain.
of_manuals() {
	sed -n 's/^[.]It Cm \([a-z0-9_]*\(.NAME\)\{0,1\}\) Ta [^\t]* Ta \(.*\) Ta .*/\1|\3/p' \
	    ../man/as-decide.1 ../man/as.conf.5 |
	    sed 's/|\(+\|off\|target\|.*: .*\)$/|-/; /^tolerance_/s/|0.1/|-/
	    s/^\(sample|\).*/\1{replicas, cpu: .cpu.highPriority}/' | sort -u
}

@test "config: -o help lists the keys that the manuals have, with the same defaults" {
	local tool want
	for tool in as-fetch as-decide as-apply as-schedule; do
		expect 0 $tool -o help </dev/null
		same "$err" ""
		same "$(md5sum <"$TMP/out")" "${want:=$(md5sum <"$TMP/out")}"
		expect 0 $tool --help
		has "$out" "-o help lists all"
	done
	as-decide -o help >"$TMP/table"
	# columns begin after two blanks
	awk -F '   *' 'NR > 1 { print $1 "|" $3 }' "$TMP/table" | sort >"$TMP/of-tools"
	of_manuals >"$TMP/of-manuals"
	[ "$(wc -l <"$TMP/of-tools")" -ge 50 ]
	diff -u "$TMP/of-manuals" "$TMP/of-tools"
	expect 74 sh -c 'as-decide -o help >/dev/full'
}

@test "config: a path after -o begins at the working directory, at start" {
	cd "$TMP"
	expect 0 as-apply -o pause_file=./stop -o ca_file=/etc/ca -G
	has "$out" "pause_file = $TMP/stop"
	has "$out" "ca_file = /etc/ca "
}

@test "config: a relative path begins at the directory of the file it stands in" {
	mkdir -p "$TMP/d/sub" "$TMP/d/lists"
	printf '[default]\ninclude = sub/prof\nnetrc_file = own\n[apps]\nlist = lists/apps\n' >"$TMP/d/as.conf"
	echo 'token_file = subtok' >"$TMP/d/sub/prof"
	echo 'web ca_file=./ca' >"$TMP/d/lists/apps"
	expect 0 as-decide -c "$TMP/d/as.conf" -G
	has "$out" "token_file = $TMP/d/sub/subtok "
	has "$out" "netrc_file = $TMP/d/own "
	has "$out" "ca_file = $TMP/d/lists/ca "
	cd "$TMP/d/sub"
	expect 0 as-decide -c ../as.conf -G
	has "$out" 'token_file = ../sub/subtok '
}

@test "config: of a line that cannot be read only the first word is shown" {
	local text
	echo 'web max=3 =s3cret' >"$TMP/apps"
	for text in 'password s3cret' 'token s3cret = x' '=s3cret' '= s3cret' \
	    'max = 3\n status_url = http://us:s3cret@h/' "\n[apps]\nlist = apps"; do
		printf '[default]\n%b\n' "$text" >"$TMP/as.conf"
		expect 78 as-decide -c "$TMP/as.conf" <<<''
		same "$err" "${err//s3cret/}"
		has "$err" ':[123]: '
	done
	printf '[default]\npassword s3cret\n' >"$TMP/as.conf"
	expect 78 as-decide -c "$TMP/as.conf" <<<''
	has "$err" ':2: password: is not KEY = VALUE'
}

@test "config: a message shows 60 bytes of a text that is wrong, and no value of a secret" {
	local long want text
	long=$(printf '%03000d' 0)
	while IFS='|' read -r want text; do
		refuses "$want" "${text/LONG/$long}"
	done <<-END
	1: [app ${long:0:55}...: lacks its ]|[app LONG\n
	1: [x ${long:0:57}...: is not [default], [app NAME] or [apps]|[x LONG]\n
	1: ${long:0:60}...: is longer than 127 bytes|[app LONG]\n
	2: ${long:0:60}...: unknown key|[default]\nLONG = 1\n
	2: ${long:0:60}...: is not KEY = VALUE|[default]\nLONG\n
	2: ${long:0:60}...: there is no such profile|[default]\ninclude = LONG\n
	END
	expect 78 as-decide -o "max=$long"
	same "$err" "as-decide: error: -o max=${long:0:60}...: is not a number in 0..2147483647"
	expect 64 as-decide -a "$long"
	has "$err" "-a ${long:0:60}...: is longer"
	expect 64 as-fetch -e "$long" http://h
	has "$err" "\"${long:0:60}...\" is not a duration"
	# what would be a secret is not shown at all
	for text in token=s3cret 'header=Authorization: s3cret' 'password s3cret'; do
		expect 78 as-decide -o "$text"
		same "$err" "${err//s3cret/}"
	done
}

pieces=(a ' ' '#' '\' ' #' ' \#' '\\#' ' \\' '	' '	#' = ' = ' '"')

# shown FILE: what -G prints of it, without the places
shown() {
	expect 0 as-fetch -G -c "$1"
	printf '%s\n' "$out" >"$1.again"
	sed 's/ *# [^#]*$//' "$1.again"
}

@test "config: what -G prints is read again as the same, whatever the values are" {
	local i seed=${SEED:-$RANDOM} text once
	echo "SEED=$seed"
	RANDOM=$seed
	for i in {1..30}; do
		{
			printf '[app web]\nsample =\n'
			for _ in 1 2 3; do
				text=
				for _ in {1..12}; do
					text+=${pieces[RANDOM % ${#pieces[@]}]}
				done
				printf '    .%s\n' "$text"
			done
			printf 'header = X:%s\nset.x = v%s\nset.y = \\#%s\n' "$text" "$text" "$text"
		} >"$TMP/as.conf"
		once=$(shown "$TMP/as.conf")
		has "$once" 'set.x = '
		same "$(shown "$TMP/as.conf.again")" "$once"
	done
	# each is what the tools work with
	printf '%s\n' '[app app]' 'sample = {replicas: 3, cpu: 0.5} # a comment' \
	    'set.a = \# \#a \\#b #c' 'replicas_body = [$a]' 'replicas_url = http://127.0.0.1:1/' >"$TMP/as.conf"
	for _ in 1 2; do
		expect 0 as-apply -nv -a app -c "$TMP/as.conf" <<<5
		has "$err" '["# #a \\#b"]'
		expect 0 as-apply -G -c "$TMP/as.conf"
		printf '%s\n' "$out" >"$TMP/as.conf"
	done
	# the buffer of the output is shorter than three long values
	text=$(head -c 120000 /dev/zero | tr '\0' '#')
	expect 0 as-fetch -G -o "header=A: $text" -o "header=B: $text" -o "header=C: $text"
	same "$(grep -c '^header = [ABC]: \\#*#  *# -o$\|^header = [ABC]: \\##* # -o$' "$TMP/out")" 3
}

@test "config: neither -G nor a message shows the login in a URL" {
	local tool text
	cat >"$TMP/as.conf" <<-'END'
	[default]
	status_url = http://us:s3cret@h:80/a?b=c@d
	status_url = https://s3cret@h/
	status_url = http://us:s3cr/s3cret@h/
	before_url = http://{host}:{port}/a@b
	replicas_url = http://us:s3c@s3cret@h/
	header = X-From: see http://us:s3cret@h and http://[::1]:8123/a@b
	set.url = http://us:s3cret@h
	sample = {replicas,
	    cpu: "http://us:s3cret@h"}
	END
	for tool in as-fetch as-decide as-apply as-schedule; do
		expect 0 $tool -G -c "$TMP/as.conf" -o status_body=http://us:s3cret@h </dev/null
		same "$out" "${out//s3c/}"
	done
	same "$(sed -n 's/ *# .*//; 2,11p' <<<"$out")" \
'status_url = http://***@h:80/a?b=c@d
status_url = https://***@h/
status_url = http://***@h/
before_url = http://{host}:{port}/a@b
replicas_url = http://***@h/
header = X-From: see http://***@h and http://[::1]:8123/a@b
set.url = http://***@h
sample = {replicas,
    cpu: "http://***@h"}
status_body = http://***@h'
	while IFS= read -r text; do
		printf '%b' "$text" >"$TMP/as.conf"
		expect 78 as-decide -c "$TMP/as.conf" </dev/null
		has "$err" '://\*\*\*@h'
		same "$err" "${err//s3c/}"
	done <<-'END'
	[default]\ninclude = http://us:s3cret@h/x\n
	[app http://us:s3cret@h\n
	[app http://us:s3cret@h]\n
	[app *http://us:s3cret@h]\n[app *http://us:s3cret@h]\n
	http://us:s3cret@h = 1\n
	END
	for text in 'max=http://us:s3cret@h' 'http://us:s3cret@h=x'; do
		expect 78 as-decide -o "$text" </dev/null
		has "$err" '://\*\*\*@h'
		same "$err" "${err//s3c/}"
	done
	expect 64 as-fetch -a http://us:s3cret@h http://h
	same "$err" "${err//s3c/}"
	# a message that ends in the middle of a login
	text=$(printf '%0990d' 0)
	expect 74 as-decide "$text http://us:s3cret-of-a-long-password@h"
	has "$err" '00 http://'
	same "$err" "${err//s3c/}"
}

@test "config: as-fetch -k copies all files of the settings, and -c takes the copy" {
	mkdir "$TMP/conf" "$TMP/conf/sub"
	cd "$TMP/conf"
	printf '\357\273\277[default]\nstatus_url = http://127.0.0.1:1/{app}\n[app b*]\ninclude = ./sub/prof\n[app bus]\n[app web]\ninclude = ./sub/prof\nmax = 4\n[apps]\nlist = list' >as.conf
	printf 'token_file = token\ntarget = 0.5\nsample = {replicas,\n\n  cpu}' >sub/prof
	printf 'a min=2\nb\n' >list
	(umask 077; echo secret >sub/token)
	touch -d '1 hour ago' as.conf sub/prof list	# their last lines have no LF
	umask 0
	expect 0 as-fetch -G -k ../copy -c "$PWD/as.conf"
	umask 022
	same "$(stat -c %a ../copy)" 600
	cp "$TMP/out" ../before
	has "$(<../before)" "token_file = $PWD/sub/token"
	rm as.conf sub/prof list
	cd /
	for tool in as-fetch as-decide as-apply; do
		expect 0 $tool -G -c "$TMP/copy"
		same "$out" "$(<"$TMP/before")"
	done
	# a copy of the copy; and wrong settings are not copied
	expect 0 as-fetch -G -k "$TMP/again" -c "$TMP/copy"
	same "$(cmp "$TMP/copy" "$TMP/again")" ''
	sed 's/max = 4/mx  = 4/' "$TMP/copy" >"$TMP/wrong"
	expect 78 as-fetch -k "$TMP/new" -c "$TMP/wrong"
	has "$err" "$TMP/conf/as.conf:8: mx: unknown key"
	[ ! -e "$TMP/new" ]
	head -c 300 "$TMP/copy" >"$TMP/wrong"
	expect 78 as-fetch -c "$TMP/wrong"
	has "$err" "$TMP/wrong: is damaged"
	expect 74 as-fetch -G -k /dev/null/copy -c "$TMP/copy"
}

# mistakes TOOL OPTION...: it reports these of $TMP/d/as.conf, given on stdin
mistakes() {
	expect 78 "$@" -c "$TMP/d/as.conf" </dev/null
	same "$out" ""
	diff -u --label want --label got - \
	    <(sed "s|$TMP/d/||g; s/^$1: error: //" <<<"$err")
}

@test "config: mistakes of all kinds are reported in one run, each once" {
	mkdir "$TMP/d"
	cat >"$TMP/d/as.conf" <<-'END'
	[default]
	status_url = http://h/{a}?{b}
	replicas_url = http://h:x/{app}
	status_query.q = {b}
	header = X: {c}
	sample = {replicas, cpu: $zone}
	replicas_body = $zone
	token_file = no-token
	ca_file = no-ca
	[app a]
	set.a = 1
	mx = 50
	[app b]
	set.zone = 1
	min = 200
	[app c]
	netrc_file = open
	set.c = 1
	max = few
	[app g*]
	max = 0
	[app d]
	include = ./none
	[ap e]
	[apps]
	list = apps
	END
	printf 'l1\nl2 set.a=1\ng1\nx/y\nl1\n' >"$TMP/d/apps"
	echo >"$TMP/d/open"
	chmod 644 "$TMP/d/open"
	mistakes as-decide -o nothing=1 <<-'END'
	-o nothing=1: unknown key
	as.conf:12: mx: unknown key, did you mean max?
	as.conf:19: max: is not a number in 0..2147483647
	none: No such file or directory
	as.conf:24: [ap e: is not [default], [app NAME] or [apps]
	apps:4: x/y: APP is not 1 to 127 of A-Z a-z 0-9 . _ : -
	apps:5: l1: stands twice in this list
	as.conf: app b: min is greater than max
	as.conf: app g1: min is greater than max
	END
	cp "$TMP/d/as.conf" "$TMP/d/all.conf"
	sed -i '/^mx\|few$\|none$\|^.ap e/d' "$TMP/d/as.conf"
	printf 'l1\nl2 set.a=1\ng1\n' >"$TMP/d/apps"
	mistakes as-schedule -o nothing=1 <<-'END'
	-o nothing=1: unknown key
	as.conf: app b: min is greater than max
	as.conf: app g1: min is greater than max
	END
	mistakes as-fetch -G <<-'END'
	as.conf: app b: min is greater than max
	as.conf: app g1: min is greater than max
	END
	# a variable that nobody sets is one mistake; else it is one of each section
	mistakes as-fetch <<-'END'
	as.conf: app b: min is greater than max
	as.conf: app g1: min is greater than max
	as.conf:2: status_url: {b} is not set for app a
	as.conf:3: replicas_url: is not a well-formed URL
	as.conf:5: header: {c} is not set for app a
	as.conf:6: sample: $zone is not set for app a
	token_file: no-token: No such file or directory
	ca_file: no-ca: No such file or directory
	as.conf:2: status_url: {a} is not set for app b
	as.conf:5: header: {c} is not set for app b
	as.conf:2: status_url: {a} is not set for app c
	as.conf:6: sample: $zone is not set for app c
	netrc_file: open: others can read it (chmod 600)
	as.conf:2: status_url: {a} is not set for app d
	as.conf:5: header: {c} is not set for app d
	as.conf:6: sample: $zone is not set for app d
	as.conf:2: status_url: {a} is not set for app l1
	as.conf:5: header: {c} is not set for app l1
	as.conf:6: sample: $zone is not set for app l1
	END
	mistakes as-apply <<-'END'
	as.conf: app b: min is greater than max
	as.conf: app g1: min is greater than max
	as.conf:3: replicas_url: is not a well-formed URL
	as.conf:5: header: {c} is not set for app a
	as.conf:7: replicas_body: $zone is not set for app a
	token_file: no-token: No such file or directory
	ca_file: no-ca: No such file or directory
	as.conf:2: status_url: {b} is not set for app a
	as.conf:5: header: {c} is not set for app b
	as.conf:2: status_url: {a} is not set for app b
	as.conf:7: replicas_body: $zone is not set for app c
	netrc_file: open: others can read it (chmod 600)
	as.conf:2: status_url: {a} is not set for app c
	as.conf:5: header: {c} is not set for app d
	as.conf:7: replicas_body: $zone is not set for app d
	as.conf:2: status_url: {a} is not set for app d
	as.conf:5: header: {c} is not set for app l1
	as.conf:7: replicas_body: $zone is not set for app l1
	as.conf:2: status_url: {a} is not set for app l1
	END
	# URLs that are missing, apps that cannot be told apart, and wrong filters
	cat >"$TMP/d/as.conf" <<-'END'
	[app a]
	status_url = http://h
	replicas_url = http://h
	[app b]
	status_url = http://h
	replicas_url = http://h
	sample = {replicas, cpu: .cpu.highPriority}
	[app c]
	token_file = no-token
	[app d]
	status_url = http://h
	replicas_url = http://h
	[app e]
	status_url = http://e
	replicas_url = http://e
	sample = {replicas, cpu: $nowhere}
	replicas_body = $nowhere
	END
	mistakes as-fetch <<-'END'
	apps a and b have the same status_url, and one load for both: see {app} and sample in as.conf(5)
	token_file: no-token: No such file or directory
	as.conf: app c: no status_url
	as.conf:16: sample: $nowhere is not defined
	END
	mistakes as-apply <<-'END'
	as.conf: apps a and b share the same replicas_url: they would fight
	token_file: no-token: No such file or directory
	as.conf: app c: no replicas_url
	as.conf:17: replicas_body: $nowhere is not defined
	as.conf:16: sample: $nowhere is not defined
	END
	printf '%s\n' '[default]' 'status_body = x' '[app a]' '[app b]' '[apps]' 'list = apps' >"$TMP/d/as.conf"
	mistakes as-fetch <<-'END'
	as.conf: app a: no status_url
	as.conf: app b: no status_url
	as.conf: app l1: no status_url
	END
	# the exit status is the worst one
	printf '[app a]\nstatus_url = http://a/\nnetrc_file = open\n[app b]\n%s\n%s\n' \
	    'status_url = http://b/' 'netrc_file = none' >"$TMP/d/as.conf"
	expect 77 as-fetch -c "$TMP/d/as.conf"
	same "$(wc -l <"$TMP/err")" 2
	echo 'ca_file = none' >>"$TMP/d/as.conf"
	expect 78 as-fetch -c "$TMP/d/as.conf"
	same "$(wc -l <"$TMP/err")" 3
}

@test "config: no mistake is reported that another one may be the reason for" {
	mkdir "$TMP/d"
	cat >"$TMP/d/as.conf" <<-'END'
	[default]
	status_ur = http://h/
	replicas_url http://{hots}/{app}
	[app a]
	[app b]
	status_url = htp://h
	[app c]
	status_url = http://{host}:{port}/{app}
	replicas_url = http://{hots}/{app}
	port = 80
	set.host
	[app d]
	replicas_url = http://d/
	include = nowhere
	min = 7
	max = 5
	[app e]
	status_url = http://e/
	min = few
	max = 0
	[app f]
	min = 5
	max = 2
	END
	mistakes as-fetch <<-'END'
	as.conf:2: status_ur: unknown key, did you mean status_url?
	as.conf:3: replicas_url: is not KEY = VALUE
	as.conf:6: status_url: is not a URL that begins with http:// or https://
	as.conf:10: port: unknown key, did you mean set.port?
	as.conf:11: set.host: is not KEY = VALUE
	as.conf:14: nowhere: there is no such profile
	as.conf:19: min: is not a number in 0..2147483647
	as.conf: app f: min is greater than max
	END
	mistakes as-apply -o tokn_file=x <<-'END'
	-o tokn_file=x: unknown key, did you mean token_file?
	as.conf:2: status_ur: unknown key, did you mean status_url?
	as.conf:3: replicas_url: is not KEY = VALUE
	as.conf:6: status_url: is not a URL that begins with http:// or https://
	as.conf:10: port: unknown key, did you mean set.port?
	as.conf:11: set.host: is not KEY = VALUE
	as.conf:14: nowhere: there is no such profile
	as.conf:19: min: is not a number in 0..2147483647
	as.conf: app f: min is greater than max
	as.conf:9: replicas_url: {hots} is not set for app c
	END
}
