# helper.bash - what the suites of faults share; ids are those of FAULTS.md

load ../suites/helper

unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY

HEAD='HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
GOOD='{"cpu": {"highPriority": 0.68}, "replicas": 10}'

# reply JSON: a line's actions for the fault server
reply() {
	printf '%s' "${HEAD}Content-Length: ${#1}\\r\\n\\r\\n$1"
}

now() {
	date -u +%Y-%m-%dT%H:%M:%SZ -d "${1:-now}"
}

# applies REPORT CODE LINE OPTION...: what follows from= in its report
applies() {
	local report=$1 code=$2 text=$3
	shift 3
	expect "$code" timeout 10 as-apply "$@" <<<"$text"
	same "$(sed 's/.* \(applied=\)/\1/' <<<"$out")" "$report"
}

# decides LINE...: the samples' decisions without TIME
decides() {
	printf '%s\n' "$@" | as-decide "${POLICY[@]}" 2>"$TMP/err" |
	    cut -d' ' -f2-
}

# sample N REST: of the app at N seconds of a day
at() {
	printf '2026-11-23T%02d:%02d:%02dZ web %s' $(($1 / 3600)) \
	    $(($1 / 60 % 60)) $(($1 % 60)) "$2"
}

# as_loop OPTION...: one tick of the demo application or the fault server
as_loop() {
	as-loop -1 -d "$TMP/loop" "$@"
}

# every PUT that was sent has its decision in decisions.log
puts_are_on_record() {
	local count
	grep -o '^PUT .*"replicas": [0-9]*' "$TMP/requests" |
	    sed 's/.*: //' | sort -u | while read -r count; do
		grep -q " app $count from=" "$TMP/loop/decisions.log" ||
			echo "PUT of $count is not on record"
	done
}

# blackhole ADDRESS PORT: listens there and answers no SYN; its queue is full
blackhole() {
	perl -e 'use Socket; use Fcntl; $| = 1;
	    my ($to, $port) = @ARGV;
	    my $six = $to =~ /:/;
	    my $family = $six ? AF_INET6 : AF_INET;
	    my $ip = Socket::inet_pton($family, $to);
	    my $at = sub { $six ? Socket::pack_sockaddr_in6($_[0], $ip) :
		Socket::pack_sockaddr_in($_[0], $ip) };
	    socket(my $listener, $family, SOCK_STREAM, 0) or die;
	    setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1);
	    bind($listener, $at->($port)) or die "bind: $!";
	    listen($listener, 0) or die;
	    $port = $six ? (Socket::unpack_sockaddr_in6(getsockname $listener))[0] :
		(Socket::unpack_sockaddr_in(getsockname $listener))[0];
	    my @fill;
	    for (1 .. 4) {
		    socket(my $fd, $family, SOCK_STREAM, 0) or die;
		    fcntl($fd, F_SETFL, O_NONBLOCK);
		    connect($fd, $at->($port));
		    push @fill, $fd;
	    }
	    select undef, undef, undef, 0.2;
	    print "$port\n";
	    sleep 60' "$1" "${2:-0}" >"$TMP/blackhole.port" 3>&- &
	blackhole=$!
	until_true test -s "$TMP/blackhole.port"
}
