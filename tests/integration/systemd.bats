# systemd.bats - the units of the examples: what they may not do, and at work
# shellcheck disable=SC2154 # the helper's variables
# P7 killed and started again it goes on    P8 P9 what a service may not do

load helper

EXAMPLES=$BATS_TEST_DIRNAME/../../examples
SERVICES='as-loop.service as-tick.service as-loop@web.service'

setup() {
	need systemd-analyze strace unshare nsenter
}

teardown() {
	stop_app
	[ -z "${systemd-}" ] || end_contained "$systemd"
	[ ! -d "${cgroup-}" ] || find "$cgroup" -depth -type d -exec rmdir '{}' +
}

# units [DIR]: those of the examples, for tools in DIR, in $TMP/units
units() {
	local unit
	mkdir "$TMP/units"
	for unit in "$EXAMPLES"/systemd/*; do
		sed "s|/usr/local/bin|${1-$B}|" "$unit" >"$TMP/units/${unit##*/}"
	done
	cp "$TMP/units/as-loop@.service" "$TMP/units/as-loop@web.service"
	cd "$TMP/units" || return
}

verify() {
	systemd-analyze verify --man=no "./$1" 2>&1
}

# calls SET...: the names of systemd's sets of system calls
calls() {
	systemd-analyze syscall-filter | awk -v sets="$*" '
	function expand(set,    names, n, i) {
		n = split(members[set], names)
		for (i = 1; i <= n; i++)
			if (names[i] ~ /^@/)
				expand(names[i])
			else
				print names[i]
	}
	/^@/ { set = $1 }
	/^ +[^ #]/ { members[set] = members[set] " " $1 }
	END {
		n = split(sets, wanted)
		for (i = 1; i <= n; i++)
			expand(wanted[i])
	}' | sort -u
}

# filter @|~: the unit's sets of calls that are let, or not
filter() {
	sed -n "s/^SystemCallFilter=\($1\)/\1/p" \
	    "$EXAMPLES/systemd/as-loop.service"
}

@test "systemd: verify accepts the units, and security scores each below 2.0" {
	local unit
	units
	for unit in $SERVICES as-tick.timer; do
		same "$(verify "$unit")" ''
	done
	for unit in $SERVICES; do
		expect 0 systemd-analyze security --offline=yes --no-pager \
		    --threshold=20 "./$unit"
		report "$(tail -n 1 "$TMP/out")"
		# what it must not do is the same for all
		sed -n '/^# Its own user/,/^$/p' "$unit" >"$TMP/$unit"
		same "$(cat "$TMP/$unit")" "$(cat "$TMP/as-loop.service")"
		[ "$(wc -l <"$TMP/$unit")" -gt 20 ]
	done
	# and both do look
	sed -i 's/^ExecStart=.*/&\nRestrat=no/' as-loop.service
	has "$(verify as-loop.service)" "Unknown key 'Restrat'"
	sed -i '/^Restrict\|^Protect/d' as-loop.service
	expect 1 systemd-analyze security --offline=yes --no-pager \
	    --threshold=20 ./as-loop.service
}

@test "systemd: a tick makes no call and maps no memory that the units forbid" {
	start_app --replicas 5 --at 12:00
	expect 0 strace -f -qq -o "$TMP/trace" as-loop -1 -d "$TMP/as" \
	    -o 'sample={replicas, cpu: .cpu.highPriority} | .' \
	    "$status_url" "$replicas_url"
	has "$(cat "$TMP/as/autoscaler.log")" 'applied=ok http=204'
	sed -n 's/^[0-9]* *\([a-z0-9_]*\)(.*/\1/p' "$TMP/trace" | sort -u >"$TMP/made"
	comm -23 <(calls "$(filter '@')") <(calls "$(filter '~' | tr -d '~')") \
	    >"$TMP/let"
	[ "$(wc -l <"$TMP/let")" -gt 200 ]
	grep -qx prctl "$TMP/made"
	same "$(comm -23 "$TMP/made" "$TMP/let")" ''
	same "$(grep 'PROT_WRITE|PROT_EXEC' "$TMP/trace" || :)" ''
	same "$(grep ' socket(' "$TMP/trace" |
	    grep -v 'socket(AF_INET6\?,\|socket(AF_UNIX,' || :)" ''
}

# inside: a script that becomes systemd, with nothing but the units, and with
# files of its own
inside() {
	local target
	for target in sysinit basic shutdown network-online multi-user; do
		printf '[Unit]\nDefaultDependencies=no\n' >"$TMP/units/$target.target"
	done
	printf '[Service]\nExecStart=/run/bin/demo-app --replicas 5 --at 12:00\n' \
	    >"$TMP/units/app.service"
	sed -i 's|/etc/as/|/run/etc/|; s/^#Load/Load/
	    s/^RestartSec=.*/RestartSec=100ms/
	    s/as-loop -c/as-loop -i 200ms -c/' "$TMP"/units/as-loop*.service
	sed -i 's|/etc/as/as.conf|/run/etc/web.conf|' "$TMP/units/as-tick.service"
	mkdir "$TMP/etc"
	(umask 077; echo t0ken | tee "$TMP/etc/token" >"$TMP/etc/web.token")
	printf '%s\n' '[app web]' 'status_url = http://127.0.0.1:8123/app/status' \
	    'replicas_url = http://127.0.0.1:8123/app/replicas' \
	    'sample = {replicas, cpu: .cpu.highPriority} | .' >"$TMP/etc/web.conf"
	cp "$TMP/etc/web.conf" "$TMP/etc/as.conf"
	echo 'token_file = /run/credentials/as-loop.service/token' >>"$TMP/etc/as.conf"
	cat <<-END
		ip link set lo up
		mount --make-rprivate / && mount --make-rshared / &&
		mount -t tmpfs -o mode=755 tmpfs /run && mkdir /run/bin &&
		cp $B/as-* $B/demo-app /run/bin &&
		cp -pr $TMP/etc $TMP/units /run && cd / &&
		mount -t tmpfs tmpfs /tmp && mount -t tmpfs tmpfs /var/tmp &&
		mount -t tmpfs -o mode=755 tmpfs /var/lib &&
		mount -t sysfs sysfs /sys && mount -t cgroup2 cgroup2 /sys/fs/cgroup &&
		exec env container=lxc SYSTEMD_UNIT_PATH=/run/units \
		    /lib/systemd/systemd --system --unit=app.service \
		    --log-target=console --show-status=no
	END
}

# start_systemd: in a control group and namespaces of its own; $init is its pid
start_systemd() {
	local root=/sys/fs/cgroup
	[ "$(id -u)" -eq 0 ] || skip 'only root can start it'
	[ -e $root/cgroup.procs ] || root+=/unified
	cgroup=$root/as-units-$$
	mkdir "$cgroup" 2>"$TMP/err" || skip "no control group: $(cat "$TMP/err")"
	unshare --mount --net --cgroup true 2>"$TMP/err" ||
	    skip "no namespaces: $(cat "$TMP/err")"
	units /run/bin
	inside >"$TMP/inside"
	(
		echo "$BASHPID" >"$cgroup/cgroup.procs"
		contained --net --uts --ipc --cgroup bash "$TMP/inside"
	) >"$TMP/systemd.out" 2>&1 3>&- &
	systemd=$!
	within 20 has_begun || { cat "$TMP/systemd.out"; return 1; }
}

has_begun() {
	init=$(tr -d ' ' <"/proc/$systemd/task/$systemd/children")
	[ -n "$init" ] && ctl is-active -q app.service 2>"$TMP/err"
}

ctl() {
	nsenter -t "$init" -m -p -n systemctl "$@"
}

is() {		# UNIT PROPERTY VALUE
	[ "$(ctl show -P "$2" "$1")" = "$3" ]
}

is_over() {	# SECOND
	[[ $(date -u +%FT%T) > $1 ]]
}

ticks() {	# DIR N: it has so many, or more
	local log=/proc/$init/root/var/lib/private/$1/samples.log
	[ -e "$log" ] && [ "$(wc -l <"$log")" -ge "$2" ]
}

@test "systemd: the units scale, come back, and stay down for what is wrong" {
	local state logs
	start_systemd
	logs=/proc/$init/root/var/lib/private
	# with a token that is handed over, and as nobody else
	ctl start as-loop.service
	until_true ticks as-loop 3
	has "$(cat "$logs/as-loop/autoscaler.log")" 'applied=ok http=204'
	state=/proc/$(ctl show -P MainPID as-loop.service)/status
	state=$(nsenter -t "$init" -m -p cat "$state")
	has "$state" $'NoNewPrivs:\t1'
	has "$state" $'CapBnd:\t0000000000000000'
	[ "$(sed -n 's/^Uid:\t\([0-9]*\).*/\1/p' <<<"$state")" -gt 60000 ]
	# it reports each tick, and a reload takes changed settings
	has "$(ctl show -P StatusText as-loop.service)" 'tick '
	[ -n "$(ctl show -P WatchdogTimestamp as-loop.service)" ]
	nsenter -t "$init" -m -p sh -c 'echo "max = 50" >>/run/etc/as.conf'
	ctl reload as-loop.service
	until_true grep -q 'INFO as-loop: web: max 100 -> 50' "$logs/as-loop/autoscaler.log"
	# killed
	ctl kill -s KILL --kill-who main as-loop.service
	within 20 is as-loop.service NRestarts 1
	within 20 ticks as-loop $(($(grep -vc '^#' "$logs/as-loop/samples.log") + 2))
	# stopped, and no failure
	ctl stop as-loop.service
	is as-loop.service ActiveState inactive
	# a tick goes on where it stopped; its TIME is in whole seconds
	state=$(grep -vc '^#' "$logs/as-loop/samples.log")
	until_true is_over "$(grep -v '^#' "$logs/as-loop/samples.log" | tail -n 1 | cut -c1-19)"
	ctl start as-tick.service
	same "$(grep -vc '^#' "$logs/as-loop/samples.log")" $((state + 1))
	ctl start as-tick.timer
	is as-tick.timer ActiveState active
	ctl stop as-tick.timer
	# the tick that was killed may have left its sample alone
	same "$(as-decide -M 50 "$logs/as-loop/samples.log" |
	    grep -vxFf - "$logs/as-loop/decisions.log" || :)" ''
	# wrong settings
	nsenter -t "$init" -m -p sh -c 'echo "mx = 5" >>/run/etc/as.conf'
	expect 1 ctl start as-loop.service
	within 20 is as-loop.service ActiveState failed
	is as-loop.service ExecMainStatus 78
	is as-loop.service NRestarts 0
	# one of many
	ctl start as-loop@web.service
	within 20 ticks as-loop@web 2
	report "systemd: $(tail -n 1 "$logs/as-loop@web/autoscaler.log")"
	ctl stop as-loop@web.service
	is as-loop@web.service Result success
}

@test "systemd: the watchdog ends a loop whose stage hangs, and it comes back" {
	local log main
	start_systemd
	log=/proc/$init/root/var/lib/private/as-loop
	nsenter -t "$init" -m -p sed -i 's/^WatchdogSec=.*/WatchdogSec=2/' /run/units/as-loop.service
	ctl daemon-reload
	ctl start as-loop.service
	until_true ticks as-loop 3
	main=$(ctl show -P MainPID as-loop.service)
	# a hang of as-decide is noticed by as-log itself only after 25 s
	nsenter -t "$init" -m -p pkill -STOP -x as-decide
	within 20 is as-loop.service NRestarts 1
	[ "$(ctl show -P MainPID as-loop.service)" != "$main" ]
	within 20 ticks as-loop $(($(wc -l <"$log/samples.log") + 4))
	# nothing of the old one is left
	same "$(nsenter -t "$init" -m -p pgrep -xc as-decide)" 1
	ctl stop as-loop.service
}
