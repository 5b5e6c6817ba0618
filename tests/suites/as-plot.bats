# as-plot: lines as pictures
# P6 replay: "the same text in every locale and zone", "any order"
# P9 no code from outside: "what a word says is not run"
# shellcheck disable=SC2154 # variables of the helper

load helper

day=$BATS_TEST_DIRNAME/../golden/plot/day	# of as-sim: a gap at 13:00
gaps=$BATS_TEST_DIRNAME/../golden/plot/gaps

# dumb OPTION...: as text on a terminal of 80 by 25
dumb() {
	expect 0 env COLUMNS=80 LINES=25 as-plot -t dumb "$@"
}

# pixels TOP HEIGHT: how many of each colour, "R G B N", are there in $TMP/png
pixels() {
	pngtopnm <"$TMP/png" | pnmcut -left 98 -width 818 -top "$1" \
	    -height "$2" | ppmhist -noheader | awk '{ print $1, $2, $3, $5 }'
}

# are LEAST COLOUR...: at least so many pixels of $seen, near each of them
are() {
	local colour n least=$1
	shift
	for colour; do
		n=$(awk -v colour="$colour" 'BEGIN { split(colour, c, " ") }
		    function near(i) { return ($i - c[i]) ^ 2 < 400 }
		    near(1) && near(2) && near(3) { n += $4 }
		    END { print n + 0 }' <<<"$seen")
		[ "$n" -ge "$least" ] || { echo "$n pixels of $colour"; return 1; }
	done
}

# on_paths COLOUR PATTERN: how often it is in the svg's paths of that colour
on_paths() {
	awk -v colour="$1" -v pattern="$2" '/<path/ { on = index($0, colour) }
	    on { n += gsub(pattern, "") } /<\/g>/ { on = 0 }
	    END { print n + 0 }' "$TMP/out"
}

# shows TEXT...: the svg does
shows() {
	local text
	for text; do
		grep -q "<text[^>]*> *$text</text>" "$TMP/out" ||
		    { echo "no text $text"; return 1; }
	done
}

@test "as-plot: a day as text is as it was, in every locale and zone (P6)" {
	local zone
	a_locale
	for zone in UTC Asia/Kathmandu; do
		dumb "$day"
		diff -u "$day.text" "$TMP/out"
		export LOCPATH LC_ALL=tr_TR.UTF-8 TZ=$zone
	done
}

@test "as-plot: what is not known is a gap, not a line down to 0" {
	expect 0 sh -c "as-decide $gaps | COLUMNS=80 LINES=25 as-plot -t dumb $gaps -"
	diff -u "$gaps.text" "$TMP/out"
	expect 0 as-plot -t svg "$gaps"
	same "$(on_paths '47, 120, 180' M)" 10	# 4 pieces and a legend, twice
}

@test "as-plot: a png has pixels of each curve, and of each word" {
	expect 0 sh -c "as-plot '$day' >'$TMP/png'"
	same "$(pngtopnm <"$TMP/png" | sed -n 2p)" "960 585"
	seen=$(pixels 57 229)
	are 20000 '211 230 245'			# load
	are 200 '47 120 180' '16 16 16'		# its line, replicas
	are 10 '46 125 50' '176 48 48'		# ready, lost
	seen=$(pixels 323 129)
	are 5000 '226 226 226'			# tolerance
	are 50 '47 120 180' '16 16 16'		# cpu, target
	seen=$(pixels 465 85)
	are 4000 '80 80 80'			# words
}

@test "as-plot: an svg has as many points of each curve as there are lines" {
	expect 0 as-plot -t svg "$day"
	has "${out:0:5}" '<?xml'
	has "${out: -6}" '</svg>'
	[ "$(on_paths '47, 120, 180' L)" -gt 550 ]	# load, cpu
	[ "$(on_paths '16,  16,  16' L)" -gt 300 ]	# replicas
	[ "$(on_paths ' 46, 125,  50' L)" -gt 300 ]	# ready
	shows 'web *2026-11-04T00:00:00Z to 2026-11-04T23:55:00Z' 'load.*' lost \
	    ready replicas utilization tolerance 'target 0.8' cpu err=timeout
}

@test "as-plot: lines may come in any order, from any file (P6)" {
	dumb "$day"
	tac "$day" >"$TMP/back"
	dumb "$TMP/back"
	diff -u "$day.text" "$TMP/out"
	sed -n 'p;n' "$day" >"$TMP/odd"
	expect 0 sh -c "sed -n 'n;p' '$day' |
	    COLUMNS=80 LINES=25 as-plot -t dumb '$TMP/odd' -"
	diff -u "$day.text" "$TMP/out"
}

@test "as-plot: a week of 40,000 lines is thinned out, its only peak is there" {
	awk 'BEGIN { for (i = 0; i < 40320; i++)
	    printf "2026-11-%02dT%02d:%02d:%02dZ web %d cpu=0.%d\n", 2 + i / 5760,
	    i / 240 % 24, i / 4 % 60, i % 4 * 15, i == 30000 ? 90 : 10,
	    70 + i % 7 }' >"$TMP/week"
	expect 0 timeout 10 as-plot -t svg "$TMP/week"
	shows 80
	grep -q "fill = 'rgb(154, 154, 154)'" "$TMP/out"	# its band
	[ "$(on_paths '47, 120, 180' L)" -lt 2200 ]
	[ "$(wc -c <"$TMP/out")" -lt 300000 ]
}

@test "as-plot: reports of as-apply are words, too" {
	cat >"$TMP/reports" <<-END
		2026-11-23T17:41:00Z web 12 from=10 applied=ok http=204
		2026-11-23T17:41:15Z web 14 from=12 applied=refused why=stale
	END
	dumb "$TMP/reports"
	has "$out" "& wanted, # replicas"
	has "$out" " applied=ok +###"
	has "$out" " applied=refused |  "
	has "$out" " stale |  "
}

@test "as-plot: what a word says is not run; the 16th and more are others (P9)" {
	local i
	# shellcheck disable=SC2016 # for gnuplot
	printf '2026-11-23T17:%s:00Z web 4 cpu=0.5 why=%s\n' 41 '`>$TMP/bad`' \
	    42 "'.system(\">$TMP/bad\").'" 43 '%s\n{/Symbol' >"$TMP/words"
	for i in {10..24}; do
		echo "2026-11-23T18:$i:00Z web 4 cpu=0.5 why=w$i"
	done >>"$TMP/words"
	dumb "$TMP/words"
	[ "$(wc -l <"$TMP/out")" -gt 24 ]	# it takes what it needs
	has "$out" '??TMP?bad?'
	has "$out" '?s?n??Symbol'
	has "$out" '     w21 |'
	has "$out" '  others '
	[ ! -e "$TMP/bad" ]
}

@test "as-plot: what no axis holds is a gap, the rest is drawn" {
	printf '2026-11-23T17:41:00Z web %s\n' '2147483647 cpu=1e300' >"$TMP/great"
	printf '2026-11-23T17:4%s:00Z web 4 cpu=0.5\n' 2 3 >>"$TMP/great"
	dumb "$TMP/great"
	has "$out" '2e+09 |###'
	has "$out" '  1 +-+'
}

@test "as-plot: two to four apps are a panel each, of more a warning tells" {
	awk '/T0[0-2]/ { for (i = 1; i <= 6; i++) print $1, "app" i, $3, $4 }' \
	    "$day" >"$TMP/fleet"
	dumb -a 'app[25]' "$TMP/fleet"
	same "$(grep -c '^ *app[25]: \* load, # replicas$' "$TMP/out")" 2
	[[ $out != *utilization* ]]
	dumb "$TMP/fleet"
	same "$(grep -c '^ *app[1-4]: ' "$TMP/out")" 4
	same "$err" "as-plot: warning: not drawn: app5 and 1 others (-a chooses)"
	expect 65 as-plot -a none "$TMP/fleet"
	same "$err" "as-plot: error: nothing to draw of none"
}

@test "as-plot: the target is the policy's; the axis ends where -y says" {
	printf '[app web]\ntarget = 0.7\ntolerance = 0.5\n' >"$TMP/as.conf"
	expect 0 as-plot -c "$TMP/as.conf" -t svg -y 3000 "$day"
	shows 'target 0.7' 3000
	expect 0 as-plot -T 0.6 -t svg "$day"
	shows 'target 0.6'
	expect 0 as-plot -o total.rps=100 -t svg "$day"
	shows cpu
	[[ $out != *'target '* ]]
}

@test "as-plot: bad lines are told, the rest is drawn, 65; no line is 65, too" {
	{ cat "$day"; echo nonsense; } >"$TMP/bad"
	expect 65 env COLUMNS=80 LINES=25 as-plot -t dumb "$TMP/bad"
	has "$err" "as-plot: error: $TMP/bad:289: "
	diff -u "$day.text" "$TMP/out"
	expect 65 as-plot /dev/null
	same "$out$err" "as-plot: error: nothing to draw of any app"
	expect 74 as-plot "$TMP/none" "$day"
	has "$err" "as-plot: error: $TMP/none: No such file"
	expect 74 sh -c "as-plot '$day' >/dev/full"
	same "$err" "as-plot: error: stdout: No space left on device"
}

@test "as-plot: no gnuplot is 71; one that fails is told, prints nothing, 69" {
	mkdir "$TMP/bin"
	expect 71 env PATH="$B" as-plot "$day"
	same "$err" "as-plot: error: gnuplot: cannot be run: No such file or directory"
	printf '#!/bin/sh\necho half a picture\necho "line 3: no ink" >&2\nexit 3\n' \
	    >"$TMP/bin/gnuplot"
	chmod +x "$TMP/bin/gnuplot"
	expect 69 env PATH="$TMP/bin:$PATH" as-plot "$day"
	same "$out$err" "as-plot: error: gnuplot: failed with exit status 3: line 3: no ink"
	printf '#!/bin/sh\nkill -9 $$\n' >"$TMP/bin/gnuplot"
	expect 69 env PATH="$TMP/bin:$PATH" as-plot "$day"
	has "$err" "gnuplot: failed with signal 9: it does not say why"
}

@test "as-plot: a terminal gets text, never a png" {
	expect 0 env COLUMNS=80 LINES=25 script -qec "as-plot '$day'" /dev/null
	same "$(tr -d '\r' <"$TMP/out")" "$(cat "$day.text")"
	expect 64 script -qec "as-plot -t png '$day'" /dev/null
	has "$out" "png is not for a terminal"
	expect 64 as-plot -t gif "$day"
	has "$err" 'option -t: "gif" is not png, svg or dumb'
}

# bats test_tags=slow
@test "as-plot: examples/try/picture draws three deciders on one load" {
	local try=$BATS_TEST_DIRNAME/../../examples/try
	expect 0 sh -c "'$try/picture' 02 >'$TMP/png'"
	same "$err" ""
	same "$(pngtopnm <"$TMP/png" | sed -n 2p)" "960 672"
	same "$(pngtopnm <"$try/boot.png" | sed -n 2p)" "960 672"
	[ "$(wc -c <"$try/boot.png")" -lt 60000 ]
}
