# etcd.bats - one leader among several loops, by examples/leader and etcd
# shellcheck disable=SC2154 # variables of the helper
# P1 P10 one writer, across machines: A10    P7 kill -9 at any instant

load helper

LEADER=$BATS_TEST_DIRNAME/../../examples/leader
TTL=5

setup() {
	local client peer

	need etcd etcdctl setpriv pkill
	client=http://127.0.0.1:$(free_port)
	peer=http://127.0.0.1:$(free_port)
	etcd --data-dir "$TMP/etcd" --name one --log-level error --logger zap \
	    --listen-client-urls "$client" --advertise-client-urls "$client" \
	    --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" \
	    --initial-cluster "one=$peer" >"$TMP/etcd.out" 2>&1 3>&- &
	etcd=$!
	export ETCDCTL_API=3 ETCDCTL_ENDPOINTS=$client
	until_true etcdctl put ready yes >"$TMP/etcdctl" 2>&1
	start_app --speed 500 --at 06:00
	leaders=
}

teardown() {
	local pid

	for pid in ${app-} ${etcd-}; do
		kill -CONT "$pid"	# a test may have ended in between
	done
	for pid in ${leaders-}; do
		end "$pid"
	done
	# what a leader that was killed leaves ends by itself, within a tick
	until_true nobody_asks
	stop_app
	end "${etcd-}"
}

nobody_asks() {
	! pgrep -f "^(/bin/sh .*/)?as-(loop|fetch|apply) .*$base" >"$TMP/left"
}

# start_leader DIR: in the background; $leader is its pid
start_leader() {
	EVERY=1 sh "$LEADER" as/web $TTL as-loop -d "$TMP/$1" \
	    -o down_window=0s "$status_url" "$replicas_url" \
	    >"$TMP/$1.out" 2>&1 3>&- &
	leader=$!
	leaders+=" $leader"
}

# etcdctl_of PID: the one that the leader has started
etcdctl_of() {
	pgrep -P "$1" -x etcdctl
}

stands_by() {	# PID: its etcdctl runs, and no command of that
	local pid
	pid=$(etcdctl_of "$1") && ! pgrep -P "$pid" >"$TMP/commands"
}

in_a_tick() {
	pgrep -f "as-fetch .*$base" >"$TMP/asking"
}

oks() {		# DIR: the counts that it has ordered
	sed -n 's/.* app: \([0-9]*\) from=.* applied=ok .*/\1/p' \
	    "$TMP/$1/autoscaler.log"
}

has_ordered() {	# DIR N
	[ -e "$TMP/$1/autoscaler.log" ] && [ "$(oks "$1" | wc -l)" -ge "$2" ]
}

times() {	# DIR: of its decisions, without the marks
	sed -n '/^#/!s/ .*//p' "$TMP/$1/decisions.log"
}

# The application saw what one ordered and then what the other did, nothing
# twice and nothing besides; no tick of one lies among the other's.
one_after_the_other() {	# DIR DIR
	same "$(sed -n 's/^PUT .*"replicas": \([0-9]*\).*/\1/p' "$TMP/requests")" \
	    "$(oks "$1"; oks "$2")"
	[[ $(times "$1" | tail -n 1) < $(times "$2" | head -n 1) ]]
}

now() {
	date +%s%3N
}

# takes_over DIR START: its first PUT comes in time; says when
takes_over() {
	# the lease, half a second of etcd's to find it expired, and the wait
	within $((2 * TTL + 3)) has_ordered "$1" 1
	report "etcd: another leads, $(($(now) - $2)) ms later (TTL $TTL s)"
}

@test "etcd: of two loops one leads; kill -9 of its etcdctl ends it, the other takes over" {
	local first pid loop start

	start_leader a
	first=$leader
	until_true etcdctl_of "$first"
	within $((6 * TTL)) has_ordered a 3
	start_leader b
	until_true stands_by "$leader"
	pid=$(etcdctl_of "$first")
	loop=$(pgrep -P "$pid")

	# a tick is under way: the application takes its time
	kill -STOP "$app"
	until_true in_a_tick
	kill -9 "$pid"
	start=$(now)
	sleep 0.3
	kill -CONT "$app"
	within 2 gone "$loop"
	within 2 gone "$first"
	until_true nobody_asks
	[ ! -e "$TMP/b" ]

	takes_over b "$start"
	one_after_the_other a b
}

@test "etcd: a leader whose lease is lost while it lives PUTs no more" {
	local first start lease

	start_leader a
	first=$leader
	until_true etcdctl_of "$first"
	within $((6 * TTL)) has_ordered a 1
	start_leader b
	until_true stands_by "$leader"

	lease=$(etcdctl get --prefix --keys-only --sort-by CREATE as/web/ |
	    head -n 1)
	kill -STOP "$app"
	until_true in_a_tick
	etcdctl lease revoke "${lease##*/}" >"$TMP/etcdctl"
	start=$(now)
	sleep 0.3
	kill -CONT "$app"
	# of itself: its etcdctl would have gone on
	within $TTL gone "$first"
	has "$(<"$TMP/a.out")" 'leader: error: the lock as/web is lost'
	[ ! -e "$TMP/b" ]

	takes_over b "$start"
	one_after_the_other a b
}

@test "etcd: while etcd does not answer nothing is PUT" {
	local before

	start_leader a
	within $((6 * TTL)) has_ordered a 1
	kill -STOP "$etcd"
	# a tick may have asked just before
	until_true grep -q 'Error: context deadline exceeded' "$TMP/a.out"
	until_true nobody_asks
	before=$(<"$TMP/requests")
	: >"$TMP/a.out"
	until_true grep -q 'Error: context deadline exceeded' "$TMP/a.out"
	same "$(<"$TMP/requests")" "$before"
}

@test "etcd: SIGTERM ends a leader, after its tick, and frees the lock" {
	start_leader a
	within $((6 * TTL)) has_ordered a 1
	kill -STOP "$app"
	until_true in_a_tick
	kill "$leader"
	sleep 0.3
	alive "$leader"
	kill -CONT "$app"
	until_true gone "$leader"
	nobody_asks
	same "$(etcdctl get --prefix --keys-only as/web/)" ""
}

@test "etcd: bounds that do not go with the lease are refused, 64" {
	local arguments n=0

	while read -r arguments; do
		# shellcheck disable=SC2086 # words
		expect 64 sh "$LEADER" $arguments
		has "$err" "leader: error: "
		n=$((n + 1))
	done <<-END
		as/web 5
		as/web 4 as-loop
		as/web 5s as-loop
		as/web 5 as-loop -o max_age=1m $status_url $replicas_url
		as/web 5 as-loop -otimeout=5s $status_url $replicas_url
	END
	[ $n -eq 5 ]
}
