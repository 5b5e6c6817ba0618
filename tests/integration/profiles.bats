# profiles: what they ask and order, against replies from the documentation
#
# A folder of recorded is a platform: as.conf is what its user writes, *.http
# are exchanges (see recorder.py), token and netrc are secrets, and lines has,
# for each tick, the sample, the decision and the report, each behind its tool's
# exit status and without its TIME.  "+ TEXT" is appended to the sample, as by a
# filter.

load helper

recorded=$BATS_TEST_DIRNAME/recorded

# A CA, and a certificate for every host
setup_file() {
	local hosts
	need openssl python3
	cd "$BATS_FILE_TMPDIR" || return
	hosts=$(sed -n 's|^[A-Z]* https://\([^/]*\)/.*|DNS:\1|p' \
	    "$recorded"/*/*.http | sort -u | paste -sd ,)
	echo "subjectAltName=$hosts" >names
	openssl ecparam -genkey -name prime256v1 -out key.pem
	openssl req -x509 -key key.pem -subj /CN=ca -days 2 -out ca.pem
	openssl req -x509 -key key.pem -subj /CN=other -days 2 -out other.pem
	openssl req -new -key key.pem -subj /CN=recorded -out request.pem
	openssl x509 -req -in request.pem -CA ca.pem -CAkey key.pem -days 2 \
	    -extfile names -out cert.pem
}

teardown() {
	leave
}

leave() {
	[ -z "${recorder-}" ] || end "$recorder"
	recorder=
}

# play FOLDER: a copy of it, in $dir, whose servers answer and want the secrets
# that the folder has
play() {
	local secrets=()
	dir=$TMP/$1
	cp -r "$recorded/$1" "$TMP"
	mkdir "$dir/got"
	[ ! -e "$dir/token" ] || chmod 600 "$dir/token"
	if [ -e "$dir/netrc" ]; then
		chmod 600 "$dir/netrc"
		secrets=(-n "$recorded/$1/netrc")
	fi
	python3 "$BATS_TEST_DIRNAME/recorder.py" -c "$BATS_FILE_TMPDIR/cert.pem" \
	    -k "$BATS_FILE_TMPDIR/key.pem" "${secrets[@]}" \
	    "$dir" "$dir/got" >"$dir/port" 3>&- &
	recorder=$!
	until_true test -s "$dir/port"
	ca=$BATS_FILE_TMPDIR/ca.pem
}

# tool STATUS TOOL...: with the as.conf; every host is the recorder
tool() {
	local proxy
	proxy=http://127.0.0.1:$(<"$dir/port")
	expect "$1" env -u no_proxy -u NO_PROXY http_proxy="$proxy" \
	    https_proxy="$proxy" "${@:2}" -c "$dir/as.conf" -o ca_file="$ca"
}

# ticks: all lines, each from the one before it
ticks() {
	local status text n=0 tools=(as-fetch as-decide as-apply)
	out=
	while read -r status text; do
		if [ "$status" = + ]; then
			out+=" $text"
			continue
		fi
		tool "$status" "${tools[n++ % 3]}" <<<"$out"
		same "${out#* }" "$text"
	done <"$dir/lines"
	[ $n -gt 0 ]
}

# asked: each request was sent, to the byte, and the count ordered once
asked() {
	local file
	for file in "$dir"/*.http; do
		diff <(sed '/^---$/,$d; /^# /d' "$file") \
		    "$dir/got/$(basename "$file")"
	done
	same "$(grep -c unexpected "$dir/got/log")" 0
	[ ! -e "$dir/replicas.http" ] ||
	    same "$(grep -c '^replicas' "$dir/got/log")" 1
}

@test "profiles: each asks and orders what its platform's documentation says" {
	local folder n=0
	for folder in "$recorded"/*/; do
		play "$(basename "$folder")"
		ticks
		asked
		leave
		n=$((n + 1))
	done
	[ $n -ge 10 ]
}

@test "profiles: each is tested, here or against the real system" {
	local profile name n=0
	for profile in "$recorded"/../../../examples/profiles/*; do
		name=$(basename "$profile")
		n=$((n + 1))
		[ -d "$recorded/$name" ] ||
		    grep -qE "include = (.*/)?$name\"?\$" \
			"$BATS_TEST_DIRNAME"/*.bats
	done
	[ $n -ge 8 ]
}

@test "kubernetes: another token is refused with 401" {
	play kubernetes
	echo another >"$dir/token"
	tool 77 as-fetch
	same "${out#* }" "nginx-deployment - err=auth"
}

@test "kubernetes: another CA is not trusted, and the token stays here" {
	play kubernetes
	ca=$BATS_FILE_TMPDIR/other.pem
	tool 69 as-fetch
	same "${out#* }" "nginx-deployment - err=tls"
	[ ! -e "$dir/got/log" ]
}

later() {	# than that second
	[ "$(date +%s)" -gt "$1" ]
}

@test "kubernetes: as-loop is refused what somebody changed, and its next tick goes through" {
	play kubernetes-conflict
	tool 75 as-loop -1 -d "$TMP/loop"
	until_true later "$(date +%s)"
	tool 0 as-loop -1 -d "$TMP/loop"
	has "$(<"$TMP/loop/autoscaler.log")" \
	    " ERROR as-apply: nginx-deployment: *409*
* INFO as-apply: nginx-deployment: 5 from=4 applied=ok http=200"
	asked
}

@test "aws-ecs: a signature with another secret is refused" {
	play aws-ecs
	sed -i 's/ password .*/ password another/' "$dir/netrc"
	tool 77 as-fetch
	same "${out#* }" "test-service - err=auth"
}
