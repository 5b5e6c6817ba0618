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

@test "make: help has a line for each phony target, and for no other" {
	expect 0 make --no-print-directory -C .. help
	same "$(sed -n 's/^\([a-z-]*\)  *[^ ].*/\1/p' <<<"$out" | sort)" \
	    "$(sed -e ':more' -e '/\\$/N; s/\\\n//; t more' \
		../Makefile ../*/rules.mk ../*/*/rules.mk |
		sed -n 's/^.PHONY: //p' | tr -s '[:space:]' '\n' | sort)"
	[ "$(wc -l <<<"$out")" -gt 20 ]
	same "$(awk 'length > 79' <<<"$out")" ''
}

@test "make: the commands of tests/README.md exist" {
	local n=0 target path
	expect 0 make --no-print-directory -C .. help
	for target in $(grep -o '`make [a-z]*' README.md | cut -d' ' -f2); do
		grep -q "^$target " <<<"$out" || { echo "no make $target"; return 1; }
		n=$((n + 1))
	done
	for path in $(grep -oE '(sh|bats) tests/[a-z/.-]*' README.md | cut -d' ' -f2); do
		[ -f "../$path" ] || { echo "no $path"; return 1; }
		n=$((n + 1))
	done
	[ $n -gt 10 ]
}

@test "make: the map of the source names each file of lib and each tool, and no other" {
	expect 0 bash checks/map
	mkdir -p "$TMP/copy/tests"
	cp -r ../lib ../cmd ../man ../examples "$TMP/copy"
	cp -r checks suites golden conformance README.md "$TMP/copy/tests"
	: >"$TMP/copy/lib/stranger.c"
	rm -r "$TMP/copy/cmd/as-loop"
	expect 1 bash "$TMP/copy/tests/checks/map"
	has "$out" '+lib/stranger.c'
	has "$out" '-cmd/as-loop/'
}
