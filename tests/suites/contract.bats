# contract: what every tool does alike
# P5 exit 0 means that every output byte was accepted: O1 O2 O3 O4 O5; also
#    O6 O7 O14 in faults/system.bats, O12 O13 in faults/torture.bats

load helper

filters='as-fetch as-decide as-apply as-plot as-schedule'
judges='as-sim as-score as-forecast as-metrics as-log'		# know no settings
scripts='as-loop as-check'

@test "contract: --help and -h go to stdout, with the purpose and the manual's name" {
	local tool
	for tool in $tools; do
		expect 0 $tool --help
		has "$out" "usage: $tool "
		[ "$(wc -L <<<"$out")" -le 80 ]
		same "${out##*$'\n'}" "See $tool(1), as(7)."
		same "$err" ""
		same "$($tool -h)" "$out"
	done
}

# options TOOL: "-c --config FILE" of each line of its --help
options() {
	"$1" --help | sed -nE 's/^  (-.), (--[a-z-]+) ([^ ]*) +[^ ].*/\1 \2 \3/p'
}

@test "contract: --help has a letter, a long name and a text for each option, in columns" {
	local tool
	for tool in $tools; do
		$tool --help >"$TMP/help"
		[ "$(options $tool | wc -l)" -ge 5 ]
		same "$(sed -nE '/^  -., --[a-z-]+ [^ ]* *[^ ]/{
		    /^.{24}  [^ ]/d; p; }' "$TMP/help")" ""
		same "$(grep -c '^ \+-' "$TMP/help")" "$(options $tool | wc -l)"
		same "$(options $tool | cut -d' ' -f1 | sort | uniq -d)" ""
		same "$(options $tool | cut -d' ' -f2 | sort | uniq -d)" ""
	done
}

@test "contract: the options that many tools have are called alike in all of them" {
	local tool
	for tool in $tools; do
		options $tool
	done | grep -E '^-[acomMGjqvhV] |^-s .*/' | sort -u >"$TMP/names"
	diff - "$TMP/names" <<-END
	-G --settings 
	-M --max MAX
	-V --version 
	-a --app GLOB
	-c --config FILE
	-h --help 
	-j --jobs JOBS
	-m --min MIN
	-o --option KEY=VALUE
	-q --quiet 
	-s --shard I/N
	-v --verbose 
	END
}

@test "contract: --version and -V name the tool and the version" {
	local tool
	for tool in $tools; do
		expect 0 $tool --version
		[[ $out =~ ^$tool\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
		same "$($tool -V)" "$out"
	done
}

@test "contract: an unknown option, a missing value and a bad duration are usage, 64" {
	local tool
	for tool in $tools; do
		expect 64 $tool -Z
		same "$err" "$tool: error: option -Z: unknown (see $tool --help)"
	done
	for tool in $filters $scripts; do
		expect 64 $tool -o
		has "$err" "option -o: needs a value"
	done
	expect 64 as-score -f
	has "$err" "option -f: needs a value"
	for tool in $tools; do
		expect 64 $tool --nonsense
		has "$err" "$tool: error: option --nonsense: unknown"
		expect 64 $tool --help=me
		has "$err" "$tool: error: option --help: takes no value"
	done
	for tool in $filters $scripts; do
		expect 64 $tool --option
		has "$err" "$tool: error: option --option: needs a value"
	done
}

@test "contract: a beginning of a long name is refused, and nothing of its value is told" {
	local tool
	for tool in $tools; do
		expect 64 $tool --vers
		has "$err" "$tool: error: option --vers: unknown"
		[[ " $scripts " == *" $tool "* ]] || has "$err" ", did you mean --version?"
		expect 64 $tool --ver=s3cret
		[[ $err != *s3cret* ]]
		expect 64 $tool -x--version
		has "$err" "option -"
	done
	expect 64 as-decide --h		# --help, --history
	same "$err" "as-decide: error: option --h: unknown (see as-decide --help)"
	expect 64 as-decide --targt 0.5
	has "$err" "option --targt: unknown, did you mean --target? (see"
	expect 64 as-decide --targ
	has "$err" "option --targ: unknown, did you mean --target? (see"
}

@test "contract: what is wrong with a value names the option as it was typed" {
	local tool typed value why
	while read -r tool typed value why; do
		expect 64 $tool ${typed}$value
		same "$err" "$tool: error: option ${typed%[ =]}: $why (see $tool --help)"
	done <<-END
		as-fetch --jobs= 0 "0" is not a number in 1..2147483647
		as-apply -j 0 "0" is not a number in 1..2147483647
		as-fetch --every= 0 "0" is too short
		as-fetch --shard= 3/3 "3/3" is not I/N with I < N
		as-sim --startup= soon "soon" is not a duration like 250ms, 15s, 5m, 1h or 7d
		as-sim -L soon "soon" is not a duration like 250ms, 15s, 5m, 1h or 7d
		as-forecast --quantile= 1 "1" is not below 1
		as-score --from= 8x "8x" is neither a duration like 8d nor a TIME
		as-plot --type= gif "gif" is not png, svg or dumb
		as-loop -i soon "soon" is not a duration like 250ms or 15s
		as-loop --every= soon "soon" is not a duration like 250ms or 15s
	END
	while IFS='|' read -r typed why; do
		expect 78 as-decide $typed
		same "$err" "as-decide: error: $typed: $why"
	done <<-END
		-m x|is not a number in 0..2147483647
		--max x|is not a number in 0..2147483647
		--target 0|is not a number > 0
		--option target.cpu=0|is not a number > 0
		--option x|is not KEY=VALUE
	END
	expect 64 as-plot --type gif
	has "$err" 'option --type: "gif" is not png'
}

@test "contract: a setting with a typo is refused by every tool, 78" {
	local tool
	for tool in $filters; do
		expect 78 $tool -o mx=50 http://127.0.0.1:1/ </dev/null
		same "$err" "$tool: error: -o mx=50: unknown key, did you mean max?"
	done
}

@test "contract: every tool with settings prints them, and one -c and -a is checked alike" {
	local tool
	for tool in $filters; do
		expect 0 $tool -o max=7 --settings </dev/null
		has "$out" "[[]app app]"
		has "$out" $'\nmax = 7 '
		expect 0 $tool --app shop -G </dev/null
		has "$out" "[[]app shop]"
		expect 64 $tool --app ../shop -G
		has "$err" "$tool: error: --app ../shop: APP must begin with"
		expect 64 $tool -c as.conf --config other.conf
		has "$err" "$tool: error: --config other.conf: one file is enough"
	done
}

@test "contract: a full disk behind stdout is 74, told once (O1)" {
	local tool
	for tool in $tools; do
		expect 74 sh -c "exec $tool --help >/dev/full"
		[[ " $scripts " == *" $tool "* ]] ||
		    has "$err" "$tool: error: stdout: No space left"
	done
	expect 74 sh -c 'echo "2026-11-23T17:41:00Z web 10 cpu=0.8" | as-decide >/dev/full'
	has "$err" 'as-decide: error: stdout: No space left'
	expect 74 sh -c "echo '{}' | as-fetch -i - >/dev/full"
	has "$err" 'as-fetch: error: stdout: No space left'
	expect 74 sh -c 'echo "2026-11-23T17:41:00Z web 10 from=10" | as-apply http://127.0.0.1:1/ >/dev/full'
	has "$err" 'as-apply: error: stdout: No space left'
}

@test "contract: a closed stdout is 74 and nothing goes elsewhere (O2)" {
	expect 74 sh -c 'echo "2026-11-23T17:41:00Z web 10 cpu=0.8" | as-decide >&-'
	has "$err" 'as-decide: error: stdout: '
	expect 74 sh -c "echo '{}' | as-fetch -i - >&-"
	expect 74 sh -c 'echo "2026-11-23T17:41:00Z web 10 from=10" | as-apply http://127.0.0.1:1/ >&-'
	start_app
	expect 74 sh -c "as-fetch $status_url >&-"
	has "$err" 'as-fetch: error: stdout: '
	expect 74 sh -c "as-fetch $status_url >&- 2>&- <&-"
	stop_app
	same "$(cut -d' ' -f1,2 "$TMP/requests" | sort -u)" "GET /app/status"
}

@test "contract: a closed stdin is an end of input, not a hang (O3)" {
	expect 0 timeout 5 sh -c 'as-decide <&-'
	expect 0 timeout 5 sh -c 'as-apply http://127.0.0.1:1/ <&-'
	same "$out" ""
}

@test "contract: filters end by SIGPIPE when the reader is gone (O4)" {
	expect 141 bash -c 'set -o pipefail; yes "# comment" | head -c 100000 |
	    awk "{ printf \"2026-11-23T%02d:%02d:%02dZ web 10 cpu=0.8\\n\",
	    NR / 3600, NR / 60 % 60, NR % 60 }" | as-decide | true'
	same "$err" ""
}

@test "contract: with SIGPIPE ignored it is 74, not an endless loop (O5)" {
	expect 74 timeout 5 bash -c 'trap "" PIPE; set -o pipefail
	    { sleep 0.2; echo "2026-11-23T17:41:00Z web 10 cpu=0.8"; } | as-decide | true'
	has "$err" 'as-decide: error: stdout: Broken pipe'
}

@test "contract: an empty name and empty values are no crash (O18)" {
	local tool
	for tool in $filters; do
		expect 64 timeout 5 bash -c "exec -a '' $tool -Z"
		expect 78 timeout 5 $tool -o '' -Z
	done
}

@test "contract: each tool's manual has the synopsis that the tool prints" {
	local tool printed manual
	for tool in $tools; do
		printed=$($tool --help | sed '/^[A-Z]/q' | sed '$d')
		[ -n "$printed" ]
		manual=$(mandoc -T ascii -O width=70 ../man/$tool.1 | sed $'s/.\b//g' |
		    sed -n '/^SYNOPSIS/,/^DESCRIPTION/p' | sed '1d;$d')
		same "$(echo $manual)" "$(echo ${printed#usage: })"
	done
}

@test "contract: each option of a tool stands in its manual by both names, and no other" {
	local tool
	for tool in $tools; do
		options $tool | sed 's/ *$//; s/|TIME//' | sort >"$TMP/printed"
		mandoc -T ascii ../man/$tool.1 | sed $'s/.\b//g' |
		    sed -n '/^DESCRIPTION/,$p' | grep -E '^ +-., --' |
		    grep -oE -- '-., --[a-z-]+( [A-Z][^ ,]*)?' |
		    sed 's/,//' | sort >"$TMP/manual"
		diff "$TMP/printed" "$TMP/manual"
	done
}

@test "contract: tools without HTTP link libc and libm alone" {
	[ -z "${SANITIZED-}" ] || skip "the sanitizers link libraries of their own"
	local tool
	for tool in as-decide as-plot as-schedule as-status $judges; do
		expect 0 ldd "$B/$tool"
		[ -z "$(grep -v 'linux-vdso\|libc\.so\|libm\.so\|ld-linux' <<<"$out")" ]
		has "$out" "libc.so"
	done
}
