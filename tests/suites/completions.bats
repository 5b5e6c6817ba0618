# completions: what Tab offers in bash; integration/completions.bats has others
# shellcheck disable=SC2154 # variables of the helper

load helper

setup() {
	local tool
	for tool in $tools; do
		source "$B/completions/bash/$tool"
	done
	mkdir "$TMP/dir"
	touch "$TMP/file"
	cat >"$TMP/as.conf" <<-END
	[app shop]
	[app shed]
	[app batch-*]
	[app blog]
	END
}

compopt() {	# is for bash when it completes
	options+=" $*"
}

# offers WANT WORD...: Tab behind the last of the words, in $TMP
offers() {
	cd "$TMP"
	local COMP_WORDS=("${@:2}") COMP_CWORD=$(($# - 2)) COMPREPLY=()
	options=
	_as_tools "$2" "${@: -1}" "${@: -2:1}"
	if [[ $options == *filenames ]]; then	# in the directory's order
		mapfile -t COMPREPLY < <(printf '%s\n' "${COMPREPLY[@]}" | sort)
	fi
	same "${COMPREPLY[*]}$options" "$1"
}

@test "completions: each tool's options are offered, as its --help has them" {
	local tool names
	for tool in $tools; do
		has "$(complete -p $tool)" "-F _as_tools $tool"
		names=$($tool --help | sed -nE 's/^  (-.), (--[a-z-]+) .*/\1 \2/p')
		[ -n "$names" ]
		offers "$(echo $names)" $tool -
		names=$(tr ' ' '\n' <<<"$names" | grep ^--)
		offers "$(echo $names)" $tool --
	done
	offers "-x" as-decide -x
	offers "--min --max" as-decide --m
	offers "" as-decide -Z
	offers "" as-decide --max-
}

@test "completions: an argument is completed as what --help calls it" {
	offers "as.conf dir file -o filenames" as-decide -c ''
	offers "as.conf -o filenames" as-decide -x -c as
	offers "file -o filenames" as-apply -L f
	offers "as.conf dir file -o filenames" as-decide -1xH ''
	offers "dir -o filenames" as-loop -d ''
	offers "" as-decide -t ''
	offers "" as-loop -i 1
	offers "as.conf dir file -o filenames" as-sim ''
	offers "file -o filenames" as-decide -1 f
	offers "" as-apply http:
}

@test "completions: long names have the same arguments, also behind =" {
	offers "as.conf dir file -o filenames" as-decide --config ''
	offers "as.conf -o filenames" as-decide --explain --config = as
	offers "as.conf dir file -o filenames" as-decide --config =
	offers "dir -o filenames" as-loop --directory = d
	offers "" as-decide --target = 0
	offers "max= max_age= max_gap= -o nospace" as-decide --option = max
	offers "file -o filenames" as-fetch --option = token_file = f
}

@test "completions: behind -a are the apps of the file behind -c" {
	offers "shop shed blog" as-fetch -c as.conf -a ''
	offers "shop shed" as-fetch -c as.conf -a sh
	offers "blog" as-fetch -c as.conf b
	offers "shop" as-loop -c as.conf -1na sho
	offers "shop shed" as-fetch --config as.conf --app sh
	offers "shop shed" as-fetch --config = as.conf --app = sh
	offers "" as-fetch -a sh
	offers "" as-fetch -c nowhere -a sh
}

@test "completions: behind -o is every key that the manuals have" {
	local key n=0 manuals=$PWD/../man
	offers "max= max_age= max_gap= -o nospace" as-decide -o max
	offers "status_body= status_header= status_query. status_url= -o nospace" \
	    as-fetch -o status_
	offers "file -o filenames" as-fetch -o token_file = f
	offers "as.conf dir file -o filenames" as-fetch -o token_file =
	local COMP_WORDS=(as-fetch -o '') COMP_CWORD=2 COMPREPLY=()
	_as_tools as-fetch '' -o
	for key in $(sed -n '/^\.It Cm/{ s/^\.It Cm//; s/ Ta.*//; s/ ,//g; p; }' \
	    "$manuals/as.conf.5" "$manuals/as-decide.1"); do
		[[ $key == *.NAME ]] || key+==
		has " ${COMPREPLY[*]} " " ${key%NAME} "
		n=$((n + 1))
	done
	[ $n -gt 45 ]
}

@test "completions: a bash with a terminal completes words and goes on" {
	printf '%s\n' "PS1= PATH=$PATH; cd $TMP" "as-fetch() { echo \"<\$*>\" >>got; }" \
	    "source $B/completions/bash/as-fetch" \
	    $'as-fetch -c as.c\t-a bl\t-o token_f\tfi\t-e 1' exit >"$TMP/typed"
	cd "$TMP"
	TERM=dumb timeout 20 script -qec 'bash --norc --noprofile -i' \
	    shown <typed >shown.too
	same "$(cat got)" "<-c as.conf -a blog -o token_file=file -e 1>"
}
