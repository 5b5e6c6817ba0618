# system.bats - signals, limits, disks and places
# P5 exit 0 means that every output byte was accepted: O6 O7 O14
# P1 what was fresh before a stop is stale behind it: O10
# P8 P9 what root runs is root's: O16    needs nothing but itself: O17

load helper

setup() {
	start_faultd <<-END
		/good|$(reply "$GOOD")
		/at-10|wait 300|$(reply "$GOOD")
		/put|HTTP/1.1 204 No Content\r\n\r\n
		/put?a|HTTP/1.1 204 No Content\r\n\r\n
		/put?b|HTTP/1.1 204 No Content\r\n\r\n
		/put?c|HTTP/1.1 204 No Content\r\n\r\n
		/good?a|$(reply "$GOOD")
		/good?b|$(reply "$GOOD")
		/good?c|$(reply "$GOOD")
		/put-in-200|wait 200|HTTP/1.1 204 No Content\r\n\r\n
		/good-in-200|wait 200|$(reply "$GOOD")
	END
}

teardown() {
	stop_faultd
}

@test "system: calls that a signal interrupts are made again (O6)" {
	[ -z "${SANITIZED-}" ] || skip "strace and the sanitizers do not go together"
	local want when call
	sh "$BATS_TEST_DIRNAME/../generate/stream" 3000 3 >"$TMP/samples"
	want=$(as-decide "$TMP/samples" | md5sum)
	for call in read write; do
		for when in 1 1..3 2+2; do
			[ $call = read ] || [ $when != 2+2 ] || continue
			[ $call = read ] && set -- -P "$TMP/samples" || set --
			expect 0 strace -qq -o "$TMP/trace" "$@" -e trace=$call \
			    -e inject=$call:error=EINTR:when=$when \
			    as-decide "$TMP/samples"
			same "$(md5sum <<<"$out")" "$want"
			has "$(<"$TMP/trace")" 'EINTR'
		done
	done
	for call in poll write fdatasync; do
		: >"$TMP/requests"
		expect 0 timeout -s KILL 10 strace -qq -o "$TMP/trace" \
		    -e trace=$call -e inject=$call:error=EINTR:when=1 \
		    as-apply -l "$TMP/log" "$fault/put" <<<5
		has "$out" 'applied=ok'
		same "$(grep -c ^PUT "$TMP/requests")" 1
	done
}

@test "system: a slow reader gets all of it (O6)" {
	sh "$BATS_TEST_DIRNAME/../generate/stream" 20000 3 >"$TMP/samples"
	same "$(as-decide "$TMP/samples" | perl -e 'while (sysread STDIN, my $b, 4000) {
	    syswrite STDOUT, $b; select undef, undef, undef, 0.001 }' | md5sum)" \
	    "$(as-decide "$TMP/samples" | md5sum)"
}

@test "system: lines of several writers do not mix, in a log or a pipe (O7)" {
	local i n=4 pids=
	for ((i = 0; i < n; i++)); do
		as-fetch -a "app-$i" -e 3ms -n 100 -l "$TMP/log" "$fault/good" 3>&- &
		pids+=" $!"
	done | as-decide >"$TMP/decisions" 2>"$TMP/err"
	same "$(<"$TMP/err")" ''
	same "$(grep -vc '^#' "$TMP/decisions")" $((n * 100))
	same "$(grep -Evc '^([0-9-]*T[0-9:.]*Z app-[0-3] 10 cpu=0.68|# tick [0-9-]*T[0-9:.]*Z)$' "$TMP/log" || :)" 0
	same "$(grep -vc '^#' "$TMP/log")" $((n * 100))
}

@test "system: a decision that waited through a stop is stale (O10)" {
	local apply status=0
	as-apply -A 3s -o status_url="$fault/at-10" "$fault/put" \
	    <<<"$(now) web 12 from=10" >"$TMP/reports" 2>"$TMP/err" &
	apply=$!
	until_true grep -q 'GET /at-10' "$TMP/requests"
	kill -STOP $apply
	sleep 4.2
	kill -CONT $apply
	wait $apply || status=$?
	same $status 75
	has "$(<"$TMP/reports")" 'applied=refused why=stale'
	same "$(<"$TMP/requests")" 'GET /at-10 '
	# and SIGHUP, as the terminal goes: nothing is PUT behind it
	: >"$TMP/requests"
	as-apply -o status_url="$fault/at-10" "$fault/put" \
	    <<<"$(now) web 12 from=10" >"$TMP/reports" 2>"$TMP/err" &
	apply=$!
	until_true grep -q 'GET /at-10' "$TMP/requests"
	kill -HUP $apply
	wait $apply || status=$?
	same $status 129
	sleep 0.5
	same "$(grep -c ^PUT "$TMP/requests" || :)" 0
}

# stopped REQUEST COMMAND...: stops it from that request on, until its timeout of
# 600 ms is over and the reply is there; $status
stopped() {
	local request=$1 tool
	shift
	"$@" <&0 >"$TMP/out" 2>"$TMP/err" &
	tool=$!
	until_true grep -q "$request" "$TMP/requests"
	kill -STOP $tool
	sleep 0.8
	kill -CONT $tool
	status=0
	wait $tool || status=$?
}

@test "system: a reply that came during a stop counts, however late that ends (O10)" {
	local status
	stopped 'PUT /put-in-200' as-apply -f -o timeout=600ms "$fault/put-in-200" <<<5
	same "$(cut -d' ' -f2- "$TMP/out") $status" 'app 5 from=- applied=ok http=204 0'
	stopped 'GET /good-in-200' as-fetch -o timeout=600ms "$fault/good-in-200"
	same "$(cut -d' ' -f2- "$TMP/out") $status" 'app 10 cpu=0.68 0'
}

# full_queue: a server on $port whose queue of connections is full, so that one more
# has to wait.  After SIGUSR1 it takes all, and prints what it gets.
full_queue() {
	perl -MIO::Socket::INET -MIO::Select -e '$| = 1;
	    my $listener = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1");
	    listen $listener, 0;
	    my $go = 0;
	    $SIG{USR1} = sub { $go = 1 };
	    my @fill = map { IO::Socket::INET->new(PeerAddr => "127.0.0.1", Blocking => 0,
		PeerPort => $listener->sockport) } 1 .. 4;
	    open(my $file, ">", $ARGV[0]); print $file $listener->sockport; close $file;
	    select undef, undef, undef, 0.02 until $go;
	    my $all = IO::Select->new($listener);
	    while (1) {
		    for my $ready ($all->can_read) {
			    if ($ready == $listener) {
				    $all->add($listener->accept);
			    } elsif (sysread $ready, my $bytes, 4096) {
				    print $bytes;
			    } else {
				    $all->remove($ready);
			    }
		    }
	    }' "$TMP/queue.port" >"$TMP/seen" 3>&- &
	queue=$!
	until_true test -s "$TMP/queue.port"
	port=$(<"$TMP/queue.port")
}

# connecting N: so many connections to $port are not made yet
connecting() {
	[ "$(grep -c "$(printf '0100007F:%04X 02 ' "$port")" /proc/net/tcp || :)" -eq "$1" ]
}

# bats test_tags=slow
@test "system: a PUT that was not sent before a stop is not sent after it (O10)" {
	local apply port queue status=0
	full_queue
	until_true connecting 3
	as-apply -f -o timeout=2s -o connect_timeout=30s "http://127.0.0.1:$port/put" \
	    <<<5 >"$TMP/out" 2>"$TMP/err" &
	apply=$!
	until_true connecting 4
	kill -STOP $apply
	kill -USR1 $queue
	sleep 2
	until_true connecting 0
	kill -CONT $apply
	wait $apply || status=$?
	kill $queue
	same "$(cut -d' ' -f2- "$TMP/out") $status" 'app 5 from=- applied=failed err=timeout 75'
	same "$(<"$TMP/seen")" ''
}

@test "system: a limit of the size of files is 74, without a PUT (O14)" {
	head -c 1000 /dev/zero | tr '\0' '#' >"$TMP/log"
	echo >>"$TMP/log"
	cp "$TMP/log" "$TMP/other"
	expect 74 bash -c "ulimit -f 1; exec as-fetch -l '$TMP/log' $fault/good"
	same "$out" ""
	has "$err" "as-fetch: error: $TMP/log: write: File too large"
	: >"$TMP/requests"
	expect 74 bash -c "ulimit -f 1; exec as-apply -l '$TMP/other' $fault/put" <<<5
	has "$err" "as-apply: error: $TMP/other: write: File too large"
	same "$out$(<"$TMP/requests")" ""
	sh "$BATS_TEST_DIRNAME/../generate/stream" 100 1 >"$TMP/samples"
	expect 74 bash -c "ulimit -f 1; as-decide '$TMP/samples' >'$TMP/decisions'"
	has "$err" 'as-decide: error: stdout: File too large'
	# what was cut is no line for who comes next
	expect 0 as-apply -l "$TMP/other" "$fault/put" <<<5
	same "$(tail -c +1002 "$TMP/other" | as-decide 2>&1 >"$TMP/none" | grep -c skipped)" 2
	# the loop: no PUT, and each tick says so
	mkdir "$TMP/loop"
	cp "$TMP/log" "$TMP/loop/decisions.log"
	: >"$TMP/requests"
	expect 74 bash -c "ulimit -f 1; exec as-loop -1 -t 0.1 -d '$TMP/loop' $fault/good $fault/put"
	has "$(<"$TMP/loop/autoscaler.log")" 'ERROR as-apply: decisions.log: write: File too large'
	same "$(grep -c ^PUT "$TMP/requests" || :)" 0
}

@test "system: root is told so with -v, and its files are to be root's (O16)" {
	[ "$(id -u)" -eq 0 ] || skip "only root can give files away"
	expect 0 as-decide </dev/null
	same "$err" ""
	expect 0 as-decide -v </dev/null
	same "$err" 'as-decide: info: runs as root, which it does not need'
	printf '[app a]\nstatus_url = %s/good\n' "$fault" >"$TMP/as.conf"
	chown nobody "$TMP/as.conf"
	expect 78 as-fetch -c "$TMP/as.conf"
	has "$err" "$TMP/as.conf: its owner is not root"
	chown root "$TMP/as.conf"
	(umask 077; echo t0ken >"$TMP/token")
	chown nobody "$TMP/token"
	expect 77 as-fetch -c "$TMP/as.conf" -o token_file="$TMP/token"
	has "$err" "$TMP/token: belongs to another user"
	chown root "$TMP/token"
	expect 0 as-fetch -c "$TMP/as.conf" -o token_file="$TMP/token"
}

@test "system: no HOME, no /tmp, no file of the system, and nothing to write to (O17)" {
	[ "$(id -u)" -eq 0 ] || skip "chroot needs root"
	[ -z "${SANITIZED-}" ] || skip "the sanitizers need /proc"
	local tool file chroot
	chroot=$(PATH=$PATH:/usr/sbin command -v chroot)
	mkdir "$TMP/root"
	for tool in as-fetch as-decide as-apply; do
		cp "$B/$tool" "$TMP/root"
		for file in $(ldd "$B/$tool" | grep -o '/[^ ]*'); do
			mkdir -p "$TMP/root${file%/*}"
			[ -e "$TMP/root$file" ] || cp "$file" "$TMP/root$file"
		done
	done
	expect 0 env -i $chroot "$TMP/root" /as-fetch -a web "$fault/good"
	has "$out" ' web 10 cpu=0.68'
	expect 0 env -i $chroot "$TMP/root" /as-fetch -o 'sample={replicas, cpu: 1} | .' "$fault/good"
	has "$out" ' app 10 cpu=1'
	expect 0 env -i $chroot "$TMP/root" /as-decide -t 0.1 <<<"$(now) web 10 cpu=0.68"
	has "$out" ' web 20 from=10 why=rate'
	cp "$TMP/out" "$TMP/decision"
	expect 0 env -i $chroot "$TMP/root" /as-apply -o status_url="$fault/good" "$fault/put" <"$TMP/decision"
	has "$out" 'applied=ok http=204'
	# a file system that is read-only, and only the logs are missed
	unshare -m true 2>"$TMP/err" || return 0
	cat >"$TMP/inside" <<-'END'
		mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit
		cd "$1" && shift && exec env -i PATH="$PATH" "$@"
	END
	mkdir "$TMP/ro"
	expect 0 unshare -m bash "$TMP/inside" "$TMP/ro" as-fetch "$fault/good"
	: >"$TMP/requests"
	expect 74 unshare -m bash "$TMP/inside" "$TMP/ro" as-apply -l log "$fault/put" <<<5
	has "$err" 'log: open: Read-only file system'
	expect 74 unshare -m bash "$TMP/inside" "$TMP/ro" as-loop -1 -d loop "$fault/good" "$fault/put"
	has "$err" 'no place for logs'
	expect 74 unshare -m bash "$TMP/inside" "$TMP/ro" as-loop -1 "$fault/good" "$fault/put"
	same "$(<"$TMP/requests")" ""
}

@test "system: a limit of 1e9 files costs nothing, and what a fleet maps is not the filter's (X10 X20)" {
	${CC:-cc} -D_GNU_SOURCE -O1 -Wall -Wextra -shared -fPIC -o "$TMP/huge.so" faults/huge.c
	expect 0 timeout 5 env LD_PRELOAD="$TMP/huge.so" as-fetch -i - \
	    -o 'sample={replicas, cpu: (.cpu.highPriority + 0)}' <<<"$GOOD"
	[[ $out == $STAMP\ app\ 10\ cpu=0.68 ]]
	# a filter has its own limit all the same
	expect 69 timeout 20 env LD_PRELOAD="$TMP/huge.so" as-fetch -i - \
	    -o 'sample=[range(1e9)] | {replicas: length, cpu: 1}' <<<"$GOOD"
	has "$err" 'took too much'
}

# no_fork N COMMAND...: its fork number N fails
no_fork() {
	timeout -s KILL 20 strace -qq -o "$TMP/trace" -e trace=clone -e inject=clone:error=EAGAIN:when="$1" "${@:2}"
}

@test "system: without a process for filters only those asked for now fail (O13)" {
	[ -z "${SANITIZED-}" ] || skip "strace and the sanitizers do not go together"
	stop_faultd
	start_faultd <<-END
		/loop|$(reply '{"replicas": 4}')
		/b|wait 600|$(reply '{"replicas": 4}')
		/put|wait 900|HTTP/1.1 204 No Content\r\n\r\n
	END
	cat >"$TMP/as.conf" <<-END
		[default]
		status_url = $fault/{app}
		replicas_url = $fault/put/{app}
		sample = {replicas, cpu: (1 + 0)}
		[app loop]
		sample = def f: f; f
		[app b]
	END
	# at the start there is nothing to be lost
	expect 71 no_fork 1 as-fetch -c "$TMP/as.conf"
	has "$err" 'as-fetch: error: no process for filters: Resource temporarily unavailable'
	# the process for others that is to be started when one is slow
	expect 69 no_fork 2 as-fetch -c "$TMP/as.conf" -e 2s -n 3
	same "$(grep -o ' b .*' "$TMP/out" | sed -n '1p;$p')" $' b - err=filter\n b 4 cpu=1'
	has "$err" 'as-fetch: error: b: status: filter: sample: no process for filters: Resource temporarily unavailable'
	# nor does it end a PUT that is under way
	cat >"$TMP/as.conf" <<-END
		[app a]
		replicas_url = $fault/put
		[app loop]
		replicas_url = $fault/none
		replicas_body = def f: f; f
		[app b]
		status_url = $fault/b
		sample = {replicas: .replicas}
		replicas_url = $fault/none
		replicas_body = {n: .replicas}
	END
	printf '%s %s 5 from=4\n' "$(now)" a "$(now)" loop "$(now)" b >"$TMP/decisions"
	expect 69 no_fork 2 as-apply -c "$TMP/as.conf" <"$TMP/decisions"
	same "$(cut -d' ' -f2- "$TMP/out")" 'a 5 from=4 applied=ok http=204
loop 5 from=4 applied=refused why=filter
b 5 from=4 applied=refused why=filter'
}

# curl_fails HOW COMMAND...: a function of libcurl fails, see curl.c
curl_fails() {
	[ -z "${SANITIZED-}" ] || skip "a preloaded library and the sanitizers do not go together"
	[ -e "$TMP/curl.so" ] ||
	    ${CC:-cc} -D_GNU_SOURCE -O1 -Wall -Wextra -shared -fPIC -o "$TMP/curl.so" faults/curl.c
	CURL_FAILS=$1 LD_PRELOAD=$TMP/curl.so expect "${@:2}"
}

@test "system: a request that libcurl does not take costs its app alone" {
	local app how why
	printf '%s\n' '[default]' "status_url = $fault/good?{app}" '[app a]' '[app b]' '[app c]' >"$TMP/as.conf"
	for how in 2:'libcurl takes no more requests' init:'libcurl cannot be started'; do
		why=${how#*:} how=${how%%:*}
		[ $how = 2 ] && app=b || app=a
		curl_fails $how 71 as-fetch -c "$TMP/as.conf"
		same "$(grep -c ' 10 cpu=0.68$' "$TMP/out")" 2
		has "$out" " $app - err=local"
		same "$err" "as-fetch: error: $app: status: local: $why"
		curl_fails $how 71 as-apply "$fault/put?{app}" < <(
			for app in a b c; do
				echo "$(now) $app 7 from=5 why=target"
			done)
		same "$(grep -c 'applied=ok' "$TMP/out")" 2
		has "$out" "$app 7 from=5 applied=failed err=local"
		has "$err" "as-apply: error: $app: PUT 7: local: $why"
	done
}
