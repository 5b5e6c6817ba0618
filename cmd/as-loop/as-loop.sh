#!/bin/sh
# usage: as-loop [-1enqvx] [-A GLOB] [-a GLOB] [-c FILE] [-d DIR] [-i DUR]
#                [-m MIN] [-M MAX] [-o KEY=VALUE]... [-p FILE] [-S COMMAND]
#                [-s I/N] [-t TARGET] [STATUS_URL [REPLICAS_URL]]
# Keeps as-fetch | as-decide | as-apply at work, tick after tick.
#
#   -1, --once              one tick, for cron
#   -A, --app-metrics GLOB  with -p: these apps have series of their own, too
#   -a, --app GLOB          only these apps; without -c: the app's name (app)
#   -d, --directory DIR     keep the logs of samples and decisions here (.)
#   -e, --stderr            log to standard error, too
#   -i, --every DUR         from tick to tick: 250ms 15s 5m 1h (15s)
#   -m, --min MIN           at least so many replicas (1)
#   -M, --max MAX           at most so many replicas (100)
#   -n, --dry-run           nothing is PUT
#   -p, --metrics FILE      heartbeat, counts for Prometheus; see as-metrics(1)
#   -S, --samples COMMAND   its output is the samples; nothing is asked for them
#   -s, --shard I/N         only the apps of shard I of N; I from 0
#   -t, --target TARGET     hold the average cpu at TARGET (0.80)
#   -x, --explain           decisions.log gets the arithmetic
#   -c, --config FILE       settings of all apps; see as.conf(5)
#   -o, --option KEY=VALUE  any setting; see as.conf(5)
#   -q, --quiet             log errors only
#   -v, --verbose           log details, too
#   -h, --help              this help
#   -V, --version           the version
#
# See as-loop(1), as(7).

# The pipe, its messages, and the events that this script reads:
#
#   fd 6 leash -> as-fetch | as-decide | as-apply -> fd 5 reports -> as-log
#   standard error of each stage, "pid N NAME PID", "exit N NAME CODE"
#                                  -> fd 4 messages -> as-log -> fd 7 events
#
# Only this script holds the writing end of the leash, so as-fetch ends in order
# when the script closes it, and also when the script is killed.  Lines "end",
# "wake", "limit" and "watch" on fd 4 are for as-log, see as-log(1).

# shellcheck disable=SC2317 # called by eval and trap
set -u
unset CDPATH
trap '' XFSZ	# a log at its size limit is reported like a full disk
trap : PIPE	# do not die if as-log has ended: supervise notices it

help() {
	sed -n '2,/^$/s/^# \{0,1\}//p' "$0" || die 74 "stdout: no space left"
}

# Prints why, without the login of a URL that was given in a wrong place.
die() {		# CODE WHY
	printf '%s\n' "as-loop: error: $2" | sed 's,://[^ "]*@,://***@,g' >&2
	exit "$1"
}

usage() {	# WHY
	die 64 "$1 (see as-loop --help)"
}

# Adds words to a list, in quotes, so that eval can read them back.  sed is run
# only for a word that has a quote, which is rare.
add() {		# LIST WORD...
	list=$1
	shift
	for word; do
		case $word in
		*\'*) word=$(printf '%s\n' "$word" | sed "s/'/'\\\\''/g") ;;
		esac
		eval "$list=\"\$$list '\$word'\""
	done
}

# Looks for a long option in the help text at the top of this file.
long_option() {	# NAME[=VALUE] NEXT...: sets typed, option, OPTARG and n_taken
	name=${1%%=*} row='' n_taken=0
	case $name in
	'' | *[!a-z-]*) ;;
	*) row=$(sed -n "s/^#   -\(.\), --$name \([^ ]*\) .*/\1\2/p" "$0") ;;
	esac
	typed=--$name option=${row%"${row#?}"}
	case $row:$1 in
	:*) usage "option $typed: unknown" ;;
	?:*=*) usage "option $typed: takes no value" ;;
	?:*) ;;
	*:*=*) OPTARG=${1#*=} ;;
	*) [ $# -gt 1 ] || usage "option $typed: needs a value"
		OPTARG=$2 n_taken=1 ;;
	esac
}
