
# main.sh - reads the command line, and begins

check() {	# OPTION...: those of the tools
	dir=$(mktemp -d) || die 74 "no place for a temporary directory"
	trap 'rm -rf "$dir"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	for name in said samples decisions reports; do
		: >"$dir/$name"
	done
	check_settings "$@"
	if [ "$failed" != 0 ]; then
		awk '{ text = $0; sub(/^[^ ]* /, "", text) } !seen[text]++' \
		    "$dir/said" >&2
		die "$failed" "these settings cannot be used"
	fi
	[ ! "$live" ] || ask "$@"
	print_report
	[ ! "$live" ] || print_proposal "$@"
	show
	exit "$failed"
}

# Checks that as-loop can keep its logs in the directory, or make it.
check_place() {	# DIR
	place=$1
	while [ ! -e "$place" ] && [ "$place" != . ]; do
		place=$(dirname -- "$place")
	done
	[ -d "$place" ] || die 74 "$1: no place for logs: Not a directory"
	[ -w "$place" ] || die 74 "$1: no place for logs: Permission denied"
}

# Looks for a long option in the help text at the top of as-check.
long_option() {	# --NAME[=VALUE]: sets typed, option, has_value and rest
	typed=${1%%=*} rest='' has_value='' row=''
	case $1 in *=*) rest=${1#*=} has_value=1 ;; esac
	case ${typed#--} in
	'' | *[!a-z-]*) ;;
	*) row=$(sed -n "s/^#   -\(.\), $typed \([^ ]*\) .*/\1\2/p" "$0") ;;
	esac
	option=${row%"${row#?}"}
	case $row:$has_value in
	:*) usage "option $typed: unknown" ;;
	?:1) usage "option $typed: takes no value" ;;
	esac
}

# Takes each word from the front of "$@", and puts the options for the tools at the
# end of "$@".  n counts the words that are still to be taken.
main() {
	failed=0 file='' live=1 orders=1 quiet='' verbose='' n_urls=0 n=$# ended=''
	while [ "$n" -gt 0 ]; do
		word=$1 rest='' has_value=''
		shift
		n=$((n - 1))
		case $ended$word in
		--) ended=1; continue ;;
		--*) long_option "$word" ;;
		-?*) option=${word#-} option=${option%"${option#?}"} typed=-$option
			rest=${word#-?} ;;
		*) option=url rest=$word has_value=1 ;;
		esac
		case $option in
		[acdmMoSt])
			if [ ! "$rest$has_value" ]; then
				[ "$n" -gt 0 ] || usage "option $typed: needs a value"
				rest=$1
				shift
				n=$((n - 1))
			fi ;;
		url) ;;
		*) [ ! "$rest" ] || {
				set -- "-$rest" "$@"
				n=$((n + 1))
			} ;;
		esac
		case $option in
		[ao]) set -- "$@" "-$option" "$rest" ;;
		c) file=$rest; set -- "$@" -c "$rest" ;;
		d) check_place "$rest" ;;
		G) live='' ;;
		m) set -- "$@" -o "min=$rest" ;;
		M) set -- "$@" -o "max=$rest" ;;
		q) quiet=1 ;;
		S) set -- "$@" -o "samples_command=$rest" ;;
		t) set -- "$@" -o "target=$rest" ;;
		v) verbose=1 ;;
		h) help; exit ;;
		V) echo "as-check @VERSION@"; exit ;;
		url) n_urls=$((n_urls + 1))
			case $n_urls in
			1) set -- "$@" -o "status_url=$rest" ;;
			2) set -- "$@" -o "replicas_url=$rest" ;;
			*) usage "too many operands" ;;
			esac ;;
		*) usage "option $typed: unknown" ;;
		esac
	done
	case $file$* in
	*status_url=* | *samples_command=*) ;;
	*) [ "$file" ] || usage "no STATUS_URL" ;;
	esac
	check "$@"
}

case $0 in */*) PATH=$(dirname "$(readlink -f "$0")"):$PATH ;; esac
main "$@"
