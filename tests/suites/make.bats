# make.bats - what make prints; nothing is compiled here

load helper

setup() {
	unset MAKEFLAGS MAKELEVEL MFLAGS V
}

# built OPTION...: makes as-loop, which needs no compiler, in a new place
built() {
	rm -rf "$TMP/build"
	expect 0 make --no-print-directory -C .. B="$TMP/build" "$@" "$TMP/build/as-loop"
	same "$err" ''
	"$TMP/build/as-loop" --version >"$TMP/version"
}

@test "make: a step is one short line, with V=1 its commands, with -s nothing" {
	built
	same "$out" 'GEN  as-loop'
	built -j2 V=0
	same "$out" 'GEN  as-loop'
	built V=1
	has "$out" 'sed '
	has "$out" 'chmod 755'
	[[ $out != *GEN* ]]
	built -s
	same "$out" ''
	built -sj2
	same "$out" ''
}
