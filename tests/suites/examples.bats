# examples: what README.md and the man pages show is what happens
# shellcheck disable=SC2154 # variables of the helper

load helper

teardown() {
	[ -z "${second-}" ] || stop "$second"
	stop_app
}

# Times and the load of an application that runs are never the same twice.
blur() {	# FILE...
	sed -i -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z/TIME/g
	    s/ cpu=[0-9.]+/ cpu=LOAD/g' "$@"
}

# Runs each session of a document in a directory of the document's own, with
# the demo application at the port that the documents call 8123, and a second
# one that needs no more replicas at 8124.
run_examples() {	# DOCUMENT
	local dir=$TMP/examples port session failed=0 n=0
	mkdir -p "$dir/work"
	"$BATS_TEST_DIRNAME/examples-of" "$BATS_TEST_DIRNAME/../../$1" "$dir"
	start_app --replicas 10
	second=$app port=${base##*:}
	start_app
	for session in "$dir"/*.sh; do
		[ -e "$session" ] || break
		session=${session%.sh}
		sed -i "s/\<8123\>/${base##*:}/g; s/\<8124\>/$port/g" \
		    "$session.sh" "$session.want"
		(cd "$dir/work" && sh "$session.sh") >"$session.got" 2>&1 3>&-
		if grep -q 127.0.0.1 "$session.sh"; then
			blur "$session.want" "$session.got"
		fi
		diff -u "$session.want" "$session.got" || failed=1
		n=$((n + 1))
	done
	[ "$n" -gt 0 ] || echo "$1: no session"
	[ "$n" -gt 0 ] && [ "$failed" -eq 0 ]
}

@test "README.md: each session shows what happens" {
	run_examples README.md
}

@test "as(7): each session shows what happens" {
	run_examples man/as.7
}

@test "as-apply(1): each session shows what happens" {
	run_examples man/as-apply.1
}

@test "as-check(1): each session shows what happens" {
	run_examples man/as-check.1
}

@test "as-decide(1): each session shows what happens" {
	run_examples man/as-decide.1
}

@test "as-forecast(1): each session shows what happens" {
	run_examples man/as-forecast.1
}

@test "as-fetch(1): each session shows what happens" {
	run_examples man/as-fetch.1
}

@test "as-line(5): each session shows what happens" {
	run_examples man/as-line.5
}

@test "as-log(1): each session shows what happens" {
	run_examples man/as-log.1
}

@test "as-loop(1): each session shows what happens" {
	run_examples man/as-loop.1
}

@test "as-metrics(1): each session shows what happens" {
	run_examples man/as-metrics.1
}

@test "as-plot(1): each session shows what happens" {
	run_examples man/as-plot.1
}

@test "as-schedule(1): each session shows what happens" {
	run_examples man/as-schedule.1
}

@test "as-score(1): each session shows what happens" {
	run_examples man/as-score.1
}

@test "as-sim(1): each session shows what happens" {
	run_examples man/as-sim.1
}

@test "as-status(1): each session shows what happens" {
	run_examples man/as-status.1
}

@test "as-why(1): each session shows what happens" {
	run_examples man/as-why.1
}

@test "as.conf(5): each session shows what happens" {
	run_examples man/as.conf.5
}
