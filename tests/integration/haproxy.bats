# haproxy.bats - a request rate by the statistics of a real HAProxy
# shellcheck disable=SC2154 # variables of the helper
# P1 no PUT but for what is there    P3 nothing of it is not 0

load helper

setup() {
	need haproxy curl jq
	start_app --replicas 2
	front=$(free_port)
	port=$(free_port)
	haproxy_cfg >"$TMP/haproxy.cfg"
	haproxy -f "$TMP/haproxy.cfg" >"$TMP/haproxy.out" 2>&1 3>&- &
	haproxy=$!
	until_true stats >"$TMP/statistics"
	as_conf "$TMP/as.conf"
}

teardown() {
	[ -z "${load-}" ] || end "$load"
	end "${haproxy-}"
	stop_app
}

# Servers beyond the second one wait in maintenance until the application has
# as many replicas; one of half is not there at all.
haproxy_cfg() {
	local i

	cat <<-END
		defaults
		    mode http
		    timeout connect 1s
		    timeout client 5s
		    timeout server 5s
		listen statistics
		    bind 127.0.0.1:$port
		    stats enable
		    stats uri /stats
		    stats admin if TRUE
		frontend front
		    bind 127.0.0.1:$front
		    use_backend half if { path_beg /half }
		    default_backend web
		backend web
		    server spare ${base#*//} backup
		    server web1 ${base#*//}
		    server web2 ${base#*//}
	END
	for i in {3..20}; do
		echo "    server web$i ${base#*//} disabled"
	done
	cat <<-END
		backend half
		    server one ${base#*//} check inter 100ms
		    server two 127.0.0.1:1 check inter 100ms
	END
}

stats() {
	curl -s --max-time 5 "http://127.0.0.1:$port/stats;json"
}

as_conf() {	# FILE
	cat >"$1" <<-END
		[default]
		include = $BATS_TEST_DIRNAME/../../examples/profiles/haproxy
		set.port = $port
		total.rps = 10
		up_policy = none
		max = 20
		[app web]
		before_url = $status_url
		replicas_url = $replicas_url
		[app half]
		replicas_url = $base/none
	END
}

# drive SECONDS: 50 requests a second, in the background
drive() {
	curl -s --rate 50/s -o "$TMP/replies" \
	    "http://127.0.0.1:$front/app/status?[1-$(($1 * 50))]" 3>&- &
	load=$!
}

# sees PATTERN APP: as-fetch's sample matches it
sees() {
	as-fetch -c "$TMP/as.conf" "$2" >"$TMP/sample" 2>"$TMP/err"
	# shellcheck disable=SC2053 # a pattern
	[[ $(<"$TMP/sample") == *Z\ $2\ $1 ]]
}

# enable N: what a platform does, a server for each replica
enable() {
	local i

	for ((i = 3; i <= $1; i++)); do
		curl -s -o "$TMP/page" -d "s=web$i" -d action=ready -d b=web \
		    "http://127.0.0.1:$port/stats"
	done
}

@test "haproxy: requests make the rate, the rate the decision, and the replicas follow" {
	local rps wanted

	drive 20
	# at 20 to 22 the two replicas would be within the tolerance
	within 10 sees '2 ready=2 rps=[3-9][0-9]' web
	report "haproxy: $(<"$TMP/sample")"
	rps=$(sed 's/.*rps=//' "$TMP/sample")
	wanted=$(((rps + 9) / 10))
	expect 0 as-decide -c "$TMP/as.conf" "$TMP/sample"
	has "$out" " web $wanted from=2 why=target by=rps"
	expect 0 as-apply -c "$TMP/as.conf" <<<"$out"
	has "$out" " web $wanted from=2 applied=ok http=204"
	report "haproxy: $out"
	same "$(curl -s "$status_url" | jq .replicas)" "$wanted"
	enable "$wanted"
	sees "$wanted ready=$wanted rps=*" web
}

@test "haproxy: a server that is down is a replica that is not ready" {
	within 10 sees '2 ready=1 rps=0' half
}

@test "haproxy: a backend that is not there is err=missing, HAProxy down err.0=refused" {
	sed -i 's/half/eb/' "$TMP/as.conf"
	expect 69 as-fetch -c "$TMP/as.conf"
	has "$out" ' eb - err=missing'
	has "$out" ' web 2 ready=2 rps=0'
	end "$haproxy"
	expect 75 as-fetch -c "$TMP/as.conf" web
	has "$out" ' web 2 err.0=refused'
}

@test "haproxy: the count may come from a second reply" {
	cat >>"$TMP/as.conf" <<-END
		[app we*]
		status_url = http://127.0.0.1:$port/stats;json?scope=web
		status_url = $status_url
		sample = [.[0][] | map({(.field.name): .value.value}) | add | select(.type == 1)][0].rate as \$rps | {replicas: .[1].replicas, rps: \$rps}
	END
	expect 0 as-apply -f -c "$TMP/as.conf" <<<"$(date -u +%FT%TZ) web 5 from=2"
	expect 0 as-fetch -c "$TMP/as.conf" web
	has "$out" ' web 5 rps=0'
}

@test "haproxy: no requests hold the count, unless zero = ok" {
	expect 0 as-fetch -c "$TMP/as.conf" -l "$TMP/samples" web
	expect 0 as-decide -c "$TMP/as.conf" "$TMP/samples"
	has "$out" ' web 2 from=2 why=zero'
	expect 0 as-decide -c "$TMP/as.conf" -o zero=ok -o down_window=0 \
	    "$TMP/samples"
	has "$out" ' web 1 from=2 why='
}
