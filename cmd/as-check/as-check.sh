#!/bin/sh
# usage: as-check [-Gqv] [-a GLOB] [-c FILE] [-d DIR] [-m MIN] [-M MAX]
#                 [-o KEY=VALUE]... [-S COMMAND] [-t TARGET]
#                 [STATUS_URL [REPLICAS_URL]]
# Checks the settings and asks each app once. Nothing is ever ordered.
#
#   -a, --app GLOB          only these apps; without -c: the app's name (app)
#   -c, --config FILE       settings of all apps; see as.conf(5)
#   -d, --directory DIR     where as-loop is to keep its logs: may it be written?
#   -G, --settings          check the settings alone, ask no server
#   -m, --min MIN           at least so many replicas (1)
#   -M, --max MAX           at most so many replicas (100)
#   -o, --option KEY=VALUE  any setting; see as.conf(5)
#   -q, --quiet             print only the apps that are not OK
#   -S, --samples COMMAND   its output is the samples; nothing is asked for them
#   -t, --target TARGET     hold the average cpu at TARGET (0.80)
#   -v, --verbose           print all messages and all requests
#   -h, --help              this help
#   -V, --version           the version
#
# See as-check(1), as(7).

# shellcheck disable=SC2016 # programs of awk and jq
set -u
unset CDPATH
export LC_ALL=C PWD

help() {
	sed -n '2,/^$/s/^# \{0,1\}//p' "$0" || die 74 "stdout: no space left"
}

# Prints why, without the login of a URL that was given in a wrong place.
die() {		# CODE WHY
	printf '%s\n' "as-check: error: $2" | sed 's,://[^ "]*@,://***@,g' >&2
	exit "$1"
}

usage() {	# WHY
	die 64 "$1 (see as-check --help)"
}

gravest() {	# CODE: sets failed to the graver of CODE and failed
	for code in 74 71 78 64 77 69 65 75 "$1"; do
		case $code in "$1" | "$failed") break ;; esac
	done
	failed=$code
}
