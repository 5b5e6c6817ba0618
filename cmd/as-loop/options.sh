
# options.sh - reads the command line

milliseconds() {	# DUR: sets ms, to 0 if DUR is not a duration
	number=${1%%[!0-9]*}
	case ${1#"$number"} in
	ms) unit=1 ;; s | '') unit=1000 ;; m) unit=60000 ;;
	h) unit=3600000 ;; d) unit=86400000 ;; *) unit=0 ;;
	esac
	case $number in '' | 0* | ????????*) unit=0 ;; esac
	ms=0
	[ $unit = 0 ] || ms=$((number * unit))
}

set_interval() {	# DUR
	milliseconds "$1"
	[ $ms -gt 0 ] ||
	    usage "option $typed: \"$1\" is not a duration like 250ms or 15s"
	interval=$1 every=$ms
}

parse() {
	while getopts :1A:a:c:d:ehi:m:M:no:p:qs:S:t:vVx-: option; do
		typed=-$option
		# getopts reads --NAME as the option - with the value NAME.
		if [ "$option" = - ]; then
			eval "word=\${$((OPTIND - 1))}"
			[ "$word" = "--$OPTARG" ] || usage "option --: unknown"
			shift $((OPTIND - 1))
			long_option "$OPTARG" "$@"
			shift "$n_taken"
			OPTIND=1
		fi
		case $option in
		1) once=1 ;;
		A) series='' && add series -a "$OPTARG" ;;
		c) case $OPTARG in /*) file=$OPTARG ;; *) file=$PWD/$OPTARG ;; esac
			add logging -w "$file" ;;
		d) dir=$OPTARG ;;
		e) add logging -e ;;
		i) set_interval "$OPTARG" ;;
		m) add options -o "min=$OPTARG" ;;
		M) add options -o "max=$OPTARG" ;;
		p) metrics=$(readlink -f -- "$OPTARG") || metrics=$OPTARG
			add logging -t ;;
		s) add shard -s "$OPTARG" ;;
		S) add options -o "samples_command=$OPTARG" ;;
		t) add options -o "target=$OPTARG" ;;
		[ao]) add options "-$option" "$OPTARG" ;;
		n) dry=-n ;;
		q) add options -q; add logging -q ;;
		v) add options -vv; add logging -v ;;
		x) explain=-x ;;
		h) help; exit ;;
		V) echo "as-loop @VERSION@"; exit ;;
		:) usage "option -$OPTARG: needs a value" ;;
		*) usage "option -$OPTARG: unknown" ;;
		esac
	done
	shift $((OPTIND - 1))
	case $dir in /*) ;; *) dir=$PWD/$dir ;; esac
	[ ! -t 2 ] || add logging -e
	[ "$metrics" ] || [ ! "$series" ] || usage "option -A: needs -p"
	[ $# -le 2 ] || usage "too many operands"
	[ $# -lt 1 ] || add options -o "status_url=$1"
	[ $# -lt 2 ] || add options -o "replicas_url=$2"
	case $file$options in *status_url=* | *samples_command=* | /*) ;; *) usage "no STATUS_URL" ;; esac
	case $file$options in *replicas_url=* | /*) ;; *) usage "no REPLICAS_URL" ;; esac
}
