# nginx.bats - TLS, HTTP/2 and credentials, by nginx before the demo-app
# shellcheck disable=SC2016,SC2154 # nginx's and the helper's variables
# P1 no PUT without the right credentials    P8 secrets stay where they are
# T1 T2 T3 T5 T7    C7 C10 secrets in files    H6

load helper

# Each server of nginx has a name of its own; libcurl knows *.localhost.
NAMES='tls client basic bearer'

# certificate NAME DAYS HOST...: made by the CA, as NAME.crt and NAME.key
certificate() {
	local names
	names=$(printf ',DNS:%s.localhost' "${@:3}")
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
	    -subj "/CN=$1" -addext "subjectAltName=${names#,}" \
	    -keyout "$1.key" -out "$1.csr"
	openssl x509 -req -in "$1.csr" -days "$2" -CA "${CA:-ca}.crt" \
	    -CAkey "${CA:-ca}.key" -copy_extensions copy -out "$1.crt"
	chmod 600 "$1.key"
}

authority() {	# NAME
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
	    -nodes -subj "/CN=$1" -days 2 -keyout "$1.key" -out "$1.crt" \
	    -addext subjectAltName=DNS:self.localhost
}

setup_file() {
	need nginx openssl curl jq
	export CERTIFICATES=$TMP
	(
		cd "$TMP" || exit
		authority ca
		authority self
		# shellcheck disable=SC2086 # words
		certificate good 2 $NAMES
		certificate expired -1 expired
		certificate wrong 2 elsewhere
		certificate user 2 user
		CA=self certificate stranger 2 user
	) >"$TMP/openssl.out" 2>&1
}

# server NAME CERTIFICATE [LINE...]: a block of nginx.conf
server() {
	printf '%s\n' 'server {' \
	    "listen 127.0.0.1:$port ssl http2;" \
	    "server_name $1.localhost;" \
	    "ssl_certificate $CERTIFICATES/$2.crt;" \
	    "ssl_certificate_key $CERTIFICATES/$2.key;" "${@:3}" \
	    "location / { proxy_pass $base; }" '}'
}

nginx_conf() {
	cat <<-END
		daemon off;
		master_process off;
		pid $TMP/nginx.pid;
		error_log $TMP/error.log;
		events { worker_connections 64; }
		http {
		log_format tests '\$server_name \$request_method \$uri '
		    '\$server_protocol \$status \$remote_user \$token';
		access_log $TMP/access tests;
		client_body_temp_path $TMP/body;
		proxy_temp_path $TMP/proxy;
		fastcgi_temp_path $TMP/fastcgi;
		uwsgi_temp_path $TMP/uwsgi;
		scgi_temp_path $TMP/scgi;
		map \$http_authorization \$token {
			default -;
			'Bearer first-secret' first;
			'Bearer second-secret' second;
		}
		server {
		listen 127.0.0.1:$plain_port ssl;
		server_name old.localhost;
		ssl_certificate $CERTIFICATES/good.crt;
		ssl_certificate_key $CERTIFICATES/good.key;
		location / { proxy_pass $base; }
		}
	END
	server tls good
	server expired expired
	server wrong wrong
	server self self
	server client good "ssl_client_certificate $CERTIFICATES/ca.crt;" \
	    'ssl_verify_client on;'
	server basic good 'auth_basic replicas;' \
	    "auth_basic_user_file $TMP/htpasswd;"
	# the token that is good is the one that a file is called after
	server bearer good 'set $ok no;' \
	    "if (-f $TMP/take-\$token) { set \$ok yes; }" \
	    'if ($ok != yes) { return 401; }'
	echo '}'
}

setup() {
	start_app --replicas 5 --at 12:00
	port=$(free_port)
	plain_port=$(free_port)
	nginx_conf >"$TMP/nginx.conf"
	: >"$TMP/access"
	: >"$TMP/take-first"
	echo "as:$(openssl passwd -apr1 right)" >"$TMP/htpasswd"
	nginx -p "$TMP" -e "$TMP/error.log" -c "$TMP/nginx.conf" \
	    >"$TMP/nginx.out" 2>&1 3>&- &
	nginx=$!
	until_true test -s "$TMP/nginx.pid"
	ca=ca_file=$CERTIFICATES/ca.crt
}

teardown() {
	[ -z "${fetch-}" ] || stop "$fetch"
	end "${nginx-}"
	stop_app
}

logged() {	# N: nginx has written so many lines
	[ "$(wc -l <"$TMP/access")" -ge "$1" ]
}

# What was asked before this is in nginx's log, which ends in a line of its own.
mark() {
	curl -s --cacert "$CERTIFICATES/ca.crt" -o "$TMP/reply" \
	    "https://tls.localhost:$port/mark"
	until_true grep -q ' /mark ' "$TMP/access"
}

forget() {	# what is in nginx's log
	mark
	: >"$TMP/access"
}

url() {		# NAME [PATH]
	echo "https://$1.localhost:$port/app/${2-status}"
}

secret() {	# FILE TEXT: readable by us alone
	printf '%s\n' "$2" >"$TMP/$1"
	chmod 600 "$TMP/$1"
}

# reads NAME OPTION...: as-fetch gets a sample
reads() {
	expect 0 as-fetch -o "$ca" "${@:2}" "$(url "$1")"
	has "$out" ' app 5 cpu=1'
	same "$err" ""
}

# orders NAME OPTION...: as-apply compares and PUTs, all by HTTP/2
orders() {
	forget
	expect 0 as-apply -o "$ca" "${@:2}" -o status_url="$(url "$1")" \
	    "$(url "$1" replicas)" <<<"$(date -u +%FT%TZ) app 7 from=5"
	has "$out" ' app 7 from=5 applied=ok http=204'
	until_true logged 2
	same "$(cut -d' ' -f1-5 "$TMP/access")" "$(printf '%s\n' \
	    "$1.localhost GET /app/status HTTP/2.0 200" \
	    "$1.localhost PUT /app/replicas HTTP/2.0 204")"
	same "$(curl -s "$status_url" | jq .replicas)" 7
}

# misses WORD CODE NAME OPTION...: neither is let through
misses() {
	expect "$2" as-fetch "${@:4}" "$(url "$3")"
	has "$out" " app - err=$1"
	has "$err" "as-fetch: error: app: status: $1: "
	expect "$2" as-apply -f "${@:4}" "$(url "$3" replicas)" <<<7
	has "$err" "as-apply: error: app: "
	same "$(puts)" 0
}

ends_in_a_sample() {
	[[ $(grep -v '^#' "$TMP/samples" | tail -n 1) == *' app 5 cpu=1' ]]
}

# tick APP FROM TO WHY: one of the whole pipe; as.conf has the credentials
tick() {
	forget
	expect 0 as-fetch -c "$TMP/as.conf" -l "$TMP/$1.samples" "$1"
	expect 0 as-decide -c "$TMP/as.conf" "$TMP/$1.samples"
	cp "$TMP/out" "$TMP/$1.decisions"
	has "$out" " $1 $3 from=$2 why=$4 by=cpu"
	expect 0 as-apply -c "$TMP/as.conf" -a "$1" <"$TMP/$1.decisions"
	cp "$TMP/out" "$TMP/$1.reports"
	has "$out" " $1 $3 from=$2 applied=ok http=204"
	same "$(curl -s "$status_url" | jq .replicas)" "$3"
	until_true logged 3
	same "$(grep -c "^$1.localhost .* HTTP/2.0 20[04] " "$TMP/access")" 3
	report "nginx: $out"
}

# refuses_secret KEY FILE NAME OPTION...: 77, and nobody is asked
refuses_secret() {
	forget
	chmod 644 "$2"
	expect 77 as-fetch -o "$ca" -o "$1=$2" "${@:4}" "$(url "$3")"
	has "$err" "$2: "
	expect 77 as-apply -f -o "$ca" -o "$1=$2" "${@:4}" \
	    "$(url "$3" replicas)" <<<7
	has "$err" "$2: "
	chmod 600 "$2"
	mark
	same "$(cut -d' ' -f1-3 "$TMP/access")" 'tls.localhost GET /mark'
}

@test "nginx: a CA file makes its certificate good; HTTP/2 is used" {
	reads tls
	orders tls
}

@test "nginx: a server without HTTP/2 is asked by HTTP/1.1" {
	: >"$TMP/access"
	expect 0 as-fetch -o "$ca" "https://tls.localhost:$plain_port/app/status"
	has "$out" ' app 5 cpu=1'
	until_true logged 1
	same "$(cut -d' ' -f2-5 "$TMP/access")" 'GET /app/status HTTP/1.1 200'
}

@test "nginx: a certificate that is unknown, of another host, expired or self-signed is err=tls (T1 T2 T3)" {
	local name

	misses tls 69 tls
	for name in wrong expired self; do
		misses tls 69 $name -o "$ca"
	done
	expect 0 as-fetch -o ca_file="$CERTIFICATES/self.crt" "$(url self)"
	has "$out" ' app 5 cpu=1'
}

@test "nginx: a CA file that is missing is a wrong setting, 78; one without certificates trusts nobody (T5)" {
	expect 78 as-fetch -o ca_file="$TMP/none" "$(url tls)"
	has "$err" "$TMP/none"
	echo text >"$TMP/text"
	misses tls 69 tls -o ca_file="$TMP/text"
}

@test "nginx: a client certificate lets in, and only one of the right CA" {
	local user=$CERTIFICATES/user stranger=$CERTIFICATES/stranger

	# nginx itself answers 400 to who has none
	misses http-400 69 client -o "$ca"
	misses http-400 69 client -o "$ca" -o client_cert="$stranger.crt" \
	    -o client_key="$stranger.key"
	set -- -o client_cert="$user.crt" -o client_key="$user.key"
	reads client "$@"
	orders client "$@"
	refuses_secret client_key "$user.key" client -o client_cert="$user.crt"
}

@test "nginx: a login and password from netrc_file let in (H6)" {
	misses auth 77 basic -o "$ca"
	secret netrc 'machine basic.localhost login as password wrong'
	misses auth 77 basic -o "$ca" -o netrc_file="$TMP/netrc"
	secret netrc 'machine other.localhost login as password right'
	misses auth 77 basic -o "$ca" -o netrc_file="$TMP/netrc"
	secret netrc 'machine basic.localhost login as password right'
	reads basic -o netrc_file="$TMP/netrc"
	orders basic -o netrc_file="$TMP/netrc"
	has "$(<"$TMP/access")" ' 204 as -'
	refuses_secret netrc_file "$TMP/netrc" basic
}

@test "nginx: a token from token_file lets in, and is told to nobody (P8 C10)" {
	misses auth 77 bearer -o "$ca"
	secret token second-secret
	misses auth 77 bearer -o "$ca" -o token_file="$TMP/token"
	secret token first-secret
	reads bearer -o token_file="$TMP/token"
	orders bearer -o token_file="$TMP/token"
	refuses_secret token_file "$TMP/token" bearer
	expect 0 as-fetch -vv -o "$ca" -o token_file="$TMP/token" "$(url bearer)"
	[[ $out$err != *first-secret* ]]
}

@test "nginx: a token that is replaced is read again, by as-fetch -e that goes on" {
	secret token first-secret
	as-fetch -e 100ms -o "$ca" -o token_file="$TMP/token" "$(url bearer)" \
	    >"$TMP/samples" 2>"$TMP/messages" 3>&- &
	fetch=$!
	until_true grep -q ' app 5 cpu=1' "$TMP/samples"
	# the server changes first
	mv "$TMP/take-first" "$TMP/take-second"
	until_true grep -q ' app - err=auth' "$TMP/samples"
	secret token.new second-secret
	mv "$TMP/token.new" "$TMP/token"
	until_true grep -q ' 200 - second' "$TMP/access"
	until_true ends_in_a_sample
	# what others can read is not sent
	chmod 644 "$TMP/token"
	until_true grep -q "$TMP/token: " "$TMP/messages"
	stop "$fetch"
	fetch=
	[[ $(cat "$TMP/samples" "$TMP/messages") != *-secret* ]]
}

@test "nginx: the whole pipe through TLS, HTTP/2, client certificate and token changes the replicas" {
	secret token first-secret
	cp "$CERTIFICATES/ca.crt" "$CERTIFICATES/user.crt" "$TMP"
	secret user.key "$(<"$CERTIFICATES/user.key")"
	cat >"$TMP/as.conf" <<-END
		[default]
		ca_file = ca.crt
		status_url = https://{app}.localhost:$port/app/status
		replicas_url = https://{app}.localhost:$port/app/replicas
		max = 6
		[app client]
		client_cert = user.crt
		client_key = user.key
		[app bearer]
		token_file = token
		max = 8
	END
	tick client 5 6 max
	tick bearer 6 8 target
	[[ $(cat "$TMP"/client.* "$TMP"/bearer.*) != *-secret* ]]
}
