# tls.bats - certificates and servers that are not what they say
# P1 nothing is told to whom the certificates do not name: T4 T6 T7 T8

load helper

setup_file() {
	export CERTS=$BATS_FILE_TMPDIR
	cd "$CERTS" || return
	{
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
		    -nodes -subj /CN=ca -days 30 -keyout ca.key -out ca.crt
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
		    -nodes -subj /CN=tls -addext subjectAltName=DNS:tls.localhost \
		    -keyout tls.key -out tls.csr
		openssl x509 -req -in tls.csr -days 2 -CA ca.crt -CAkey ca.key \
		    -copy_extensions copy -out good.crt
		faketime '+5 days' openssl x509 -req -in tls.csr -days 2 \
		    -CA ca.crt -CAkey ca.key -copy_extensions copy -out early.crt
	} >openssl.out 2>&1
}

# tls_server CERTIFICATE OPTION...: serves files of $TMP; sets $url
tls_server() {
	local port
	port=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(
	    Listen => 1, LocalAddr => "127.0.0.1")->sockport')
	printf '%s' "$GOOD" >"$TMP/status"
	(cd "$TMP" && exec openssl s_server -accept "127.0.0.1:$port" -WWW \
	    -cert "$CERTS/$1.crt" -key "$CERTS/tls.key" "${@:2}") \
	    >"$TMP/server.out" 2>&1 3>&- &
	server=$!
	until_true grep -q ACCEPT "$TMP/server.out"
	url=https://tls.localhost:$port/status
}

teardown() {
	[ -z "${server-}" ] || stop "$server"
	[ -z "${faultd-}" ] || stop_faultd
}

@test "tls: a certificate that is not valid yet, or a clock that is wrong, is err=tls (T4)" {
	tls_server early
	misses tls 69 -o ca_file="$CERTS/ca.crt" "$url"
	has "$err" 'not yet valid'
	applies 'applied=failed err=tls' 69 5 -o ca_file="$CERTS/ca.crt" "$url"
	stop "$server"
	tls_server good
	expect 0 as-fetch -o ca_file="$CERTS/ca.crt" "$url"
	expect 69 faketime '1 year ago' as-fetch -o ca_file="$CERTS/ca.crt" "$url"
	has "$out" ' err=tls'
	# and no setting makes it good
	expect 64 as-fetch -k "$url"
	expect 64 as-fetch --insecure "$url"
	expect 78 as-fetch -o insecure=yes "$url"
}

@test "tls: TLS spoken to a plain port is an error within the timeout (T6)" {
	start_faultd <<<'/|hang'
	misses timeout 75 -o timeout=500ms "https://${fault#http://}/"
	applies 'applied=failed err=timeout' 75 5 -o timeout=500ms "https://${fault#http://}/"
	# one that answers at once, in plain text
	perl -MIO::Socket::INET -e '$| = 1;
	    my $l = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1");
	    print $l->sockport, "\n";
	    while (my $c = $l->accept) { sysread $c, my $b, 9; print $c "HTTP/1.0 400 Bad\r\n\r\n"; }' \
	    >"$TMP/plain" 3>&- &
	server=$!
	until_true test -s "$TMP/plain"
	misses tls 69 "https://127.0.0.1:$(<"$TMP/plain")/"
}

@test "tls: a client key that others can read, or nobody, is not used (T7)" {
	local tool
	cp "$CERTS/tls.key" "$TMP/key"
	start_faultd <<<'/|hang'
	set -- -o client_cert="$CERTS/good.crt" -o client_key="$TMP/key" "$fault/"
	chmod 644 "$TMP/key"
	for tool in as-fetch as-apply; do
		expect 77 $tool "$@" <<<5
		same "$err" "$tool: error: client_key: $TMP/key: others can read it (chmod 600)"
	done
	rm "$TMP/key"
	for tool in as-fetch as-apply; do
		expect 77 $tool "$@" <<<5
		same "$err" "$tool: error: client_key: $TMP/key: No such file or directory"
	done
	# the same file holds the key of a certificate alone
	cat "$CERTS/good.crt" "$CERTS/tls.key" >"$TMP/both"
	chmod 640 "$TMP/both"
	expect 77 as-fetch -o client_cert="$TMP/both" "$fault/"
	same "$(<"$TMP/requests")" ""
	# one that is no key
	(umask 077; echo text >"$TMP/key")
	tls_server good
	misses tls 69 -o ca_file="$CERTS/ca.crt" -o client_cert="$CERTS/good.crt" \
	    -o client_key="$TMP/key" "$url"
}

@test "tls: a server that speaks no TLS newer than 1.1 is err=tls (T8)" {
	local version
	for version in tls1 tls1_1; do
		tls_server good -$version -cipher ALL:@SECLEVEL=0
		misses tls 69 -o ca_file="$CERTS/ca.crt" "$url"
		applies 'applied=failed err=tls' 69 5 -o ca_file="$CERTS/ca.crt" "$url"
		stop "$server"
	done
	tls_server good -tls1_2
	expect 0 as-fetch -o ca_file="$CERTS/ca.crt" "$url"
}
