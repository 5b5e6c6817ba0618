# docker: the replicas of a real Docker Swarm service follow its real CPU
# P1 no update but of what the decision was made for    P3 no reading, no zero

load helper
PATH=$BATS_TEST_DIRNAME/../../examples:$PATH

# The daemon is the first process of namespaces of its own, so that its end is
# that of all containers, mounts and interfaces, and a daemon that the machine
# has runs on beside it.
setup_file() {
	[ "$(id -u)" -eq 0 ] || return 0
	need dockerd docker unshare busybox jq curl
	export cgroup=as-tools-test-$$
	export DOCKER_CONFIG=$BATS_FILE_TMPDIR/config
	export socket=$BATS_FILE_TMPDIR/docker.sock
	export DOCKER_HOST=unix://$socket
	contained --net sh -c "$(start_daemon)" \
	    >"$BATS_FILE_TMPDIR/dockerd.log" 2>&1 3>&- &
	echo $! >"$BATS_FILE_TMPDIR/namespace"
	within 30 answers || { tail "$BATS_FILE_TMPDIR/dockerd.log"; return 1; }
	docker swarm init --advertise-addr 127.0.0.1 \
	    --listen-addr 127.0.0.1:2377 >"$BATS_FILE_TMPDIR/swarm"
	make_image
	report "docker: $(docker version -f 'engine {{.Server.Version}}')," \
	    'a swarm of one node'
}

start_daemon() {
	cat <<-END
		busybox ip link set lo up &&
		mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /etc/docker &&
		exec dockerd -H $DOCKER_HOST --cgroup-parent /$cgroup \
		    --exec-opt native.cgroupdriver=cgroupfs \
		    --data-root $BATS_FILE_TMPDIR/data \
		    --exec-root $BATS_FILE_TMPDIR/exec \
		    --pidfile $BATS_FILE_TMPDIR/pid --iptables=false \
		    --ip6tables=false --bridge=none --storage-driver vfs
	END
}

answers() {
	[ -S "$socket" ] && docker info >"$BATS_FILE_TMPDIR/info" 2>&1
}

# busybox, and a program that is busy while /control/busy exists
make_image() {
	local root=$BATS_FILE_TMPDIR/root
	mkdir -p "$root/bin" "$BATS_FILE_TMPDIR/control"
	cp "$(command -v busybox)" "$root/bin/busybox"
	ln -s busybox "$root/bin/sh"
	ln -s busybox "$root/bin/sleep"
	cat >"$root/work" <<-'END'
		while :; do
			[ -e /control/busy ] || sleep 0.5
			while [ -e /control/busy ]; do :; done
		done
	END
	tar -C "$root" -c . | docker import - burn >"$BATS_FILE_TMPDIR/image"
}

teardown_file() {
	if [ -e "$BATS_FILE_TMPDIR/namespace" ]; then
		end_contained "$(<"$BATS_FILE_TMPDIR/namespace")"
		until_true remove_cgroups
	fi
}

remove_cgroups() {
	find /sys/fs/cgroup -depth -type d -path "*/$cgroup*" \
	    -exec rmdir {} + 2>"$BATS_FILE_TMPDIR/cgroups"
}

setup() {
	[ "$(id -u)" -eq 0 ] || skip 'only root can run a docker daemon'
	cat >"$TMP/as.conf" <<-END
		[default]
		target = 0.3
		max = 5
		down_window = 0s
		up_policy = none
		down_policy = none
		[app web]
		include = docker-swarm
		unix_socket = $socket
	END
}

teardown() {
	rm -f "$TMP/on"
	[ -z "${loop-}" ] || wait "$loop"
}

# create NAME OPTION...: a service whose containers may use a fifth of a CPU
create() {
	docker service create -d -q --name "$1" --limit-cpu 0.2 \
	    --network host --no-resolve-image --stop-signal KILL "${@:2}" \
	    --mount "type=bind,src=$BATS_FILE_TMPDIR/control,dst=/control" \
	    burn sh /work
}

# order COUNT OPTION...: by hand
order() {
	docker service update -d -q --replicas "$@" web
}

# web FILTER: of the service as the API shows it
web() {
	docker service inspect web | jq -c ".[0] | $1"
}

# running: how many tasks of web run, as docker sees it
running() {
	docker service ps web -f desired-state=running \
	    --format '{{.CurrentState}}' | grep -c '^Running ' || :
}

# follow COUNT: waits until so many run; shows what it comes through
follow() {
	local i now last=
	for ((i = 0; i < 200; i++)); do
		now=$(running)
		[ "$now" = "$last" ] || report "docker: $now replicas of web" \
		    "run; $(tail -n 1 "$TMP/samples")"
		[ "$now" -ne "$1" ] || return 0
		last=$now
		sleep 0.2
	done
	echo "$now run, want $1"
	told
	return 1
}

told() {
	tail "$TMP/samples" "$TMP/decisions" "$TMP/reports" "$TMP/messages"
}

# start_loop: tick after tick until $TMP/on is gone
start_loop() {
	touch "$TMP/on"
	(
		set -o pipefail
		while [ -e "$TMP/on" ]; do
			docker-stats -s "$socket" web || [ $? -eq 75 ]
			sleep 1
		done | tee "$TMP/samples" | as-decide -c "$TMP/as.conf" |
		    tee "$TMP/decisions" |
		    as-apply -c "$TMP/as.conf" >"$TMP/reports"
	) 2>"$TMP/messages" 3>&- &
	loop=$!
	until_true test -s "$TMP/samples"
}

# decide COUNT FROM: a decision made now, in $TMP/decision
decide() {
	echo "$(date -u +%FT%TZ) web $1 from=$2" >"$TMP/decision"
}

apply() {
	as-apply -c "$TMP/as.conf" "$@" <"$TMP/decision"
}

@test "docker: replicas follow the CPU that their containers burn, up and down" {
	create web --replicas 2 --env SECRET=hunter2
	touch "$BATS_FILE_TMPDIR/control/busy"
	start_loop
	follow 5
	rm "$BATS_FILE_TMPDIR/control/busy"
	report 'docker: the load is gone'
	follow 1
	rm "$TMP/on"
	# a tick may be too early to see what the last one ordered
	wait "$loop" || [ $? -eq 75 ]
	loop=
	same "$(grep -v ' web: refused: conflict: ' "$TMP/messages")" ''
	has "$(<"$TMP/reports")" ' web 5 from=? applied=ok http=200'
	has "$(<"$TMP/reports")" ' web 1 from=? applied=ok http=200'
	same "$(as-decide -c "$TMP/as.conf" "$TMP/samples")" \
	    "$(<"$TMP/decisions")"
}

@test "docker: an update of a version that somebody has changed does no harm" {
	order 2
	version=$(web .Version.Index)
	order 2 --label-add by=hand
	spec=$(web .Spec)
	decide 4 2
	expect 75 apply -o replicas_query.version="$version"
	has "$out" ' web 4 from=2 applied=failed http=500'
	same "$(web .Spec)" "$spec"
	expect 0 apply
	has "$out" ' web 4 from=2 applied=ok http=200'
	same "$(web .Spec)" \
	    "$(jq -c '.Mode.Replicated.Replicas = 4' <<<"$spec")"
	report "docker: 500 for version $version, then 4 replicas ordered"
}

@test "docker: no message shows what else is in a service (P8)" {
	order 2
	decide 4 2
	expect 0 apply -vv
	! grep hunter2 "$TMP/err" || return
	decide 5 4
	expect 75 apply -vv -o replicas_query.version=1
	! grep hunter2 "$TMP/err" || return
}

@test "docker: a count that somebody changed meanwhile stays" {
	order 3
	version=$(web .Version.Index)
	decide 4 2
	expect 75 apply
	has "$out" ' web 4 from=2 applied=refused why=conflict'
	same "$(web .Version.Index)" "$version"
}

@test "docker: a dry run changes nothing" {
	order 3
	version=$(web .Version.Index)
	decide 4 3
	expect 0 apply -n
	has "$out" ' web 4 from=3 applied=dry'
	same "$(web .Version.Index)" "$version"
}

@test "docker: what cannot be read is err=, not 0, and holds the count" {
	create everywhere --mode global
	expect 75 docker-stats -s "$socket" nobody everywhere
	has "$out" ' nobody - err=http-404'
	has "$out" ' everywhere - err=missing'
	expect 75 docker-stats -s "$TMP/nothing" web
	has "$out" ' web - err=no-answer'
	as-decide -c "$TMP/as.conf" <"$TMP/out" >"$TMP/decision"
	has "$(<"$TMP/decision")" ' web - from=- why=no-data'
	expect 0 apply
	has "$out" ' web - from=- applied=hold'
	docker service rm everywhere
}
