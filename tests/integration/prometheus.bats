# prometheus.bats - samples of a fleet from a real Prometheus, by one query
# shellcheck disable=SC2154 # variables of the helper
# P2 P3 what one app's series lack is that app's miss alone: A1 J6 J7

load helper

# One Prometheus serves all tests: it takes 5 s to begin to scrape.  Each test
# has apps of its own, in a file of series that node-exporter reads.
setup_file() {
	local exporter prometheus

	need prometheus prometheus-node-exporter curl jq
	exporter=$(free_port)
	prometheus=$(free_port)
	mkdir "$TMP/series"
	export SERIES=$TMP/series PORT=$prometheus
	cat >"$TMP/prometheus.yml" <<-END
		global:
		  scrape_interval: 200ms
		  scrape_timeout: 200ms
		scrape_configs:
		- job_name: applications
		  static_configs:
		  - targets: ['127.0.0.1:$exporter']
	END
	prometheus-node-exporter --web.listen-address="127.0.0.1:$exporter" \
	    --web.disable-exporter-metrics --collector.disable-defaults \
	    --collector.textfile --collector.textfile.directory="$SERIES" \
	    >"$TMP/exporter.out" 2>&1 3>&- &
	EXPORTER=$!
	prometheus --web.listen-address="127.0.0.1:$prometheus" \
	    --config.file="$TMP/prometheus.yml" \
	    --storage.tsdb.path="$TMP/data" >"$TMP/prometheus.out" 2>&1 3>&- &
	PROMETHEUS=$!
	export EXPORTER PROMETHEUS
	report "prometheus: waits for its first scrape"
	within 30 has_series 'up == 1' 1
}

teardown_file() {
	end "${PROMETHEUS-}" "${EXPORTER-}"
}

teardown() {
	end ${loop:+"$loop"}
	stop_app
}

# has_series PROMQL N: the query yields so many
has_series() {
	[ "$(curl -s --max-time 5 --data-urlencode "query=$1" \
	    "http://127.0.0.1:$PORT/api/v1/query" |
	    jq '.data.result | length')" -eq "$2" ]
}

# series N: what the applications tell, on stdin; waits until N are known
series() {
	cat >"$SERIES/new"
	mv "$SERIES/new" "$SERIES/apps.prom"
	within 10 has_series '{__name__=~"app_.*"}' "$1"
}

# as_conf: the settings, on stdin behind those of all tests
as_conf() {
	{
		echo '[default]'
		echo "include = $BATS_TEST_DIRNAME/../../examples/profiles/prometheus"
		echo "set.port = $PORT"
		cat
	} >"$TMP/as.conf"
}

# samples: as as-fetch sees them, without TIME and comments, in the order of apps
samples() {
	grep -v '^#' <<<"$out" | cut -d' ' -f2- | sort
}

@test "prometheus: one instant query yields the samples of all apps" {
	series 6 <<-END
		app_cpu{app="web",instance="1"} 0.9
		app_cpu{app="web",instance="2"} 1.0
		app_replicas{app="web"} 4
		app_cpu{app="api"} 1e-1
		app_replicas{app="api"} 12
		app_cpu{app="nobody-asked"} 1
	END
	as_conf <<-END
		[app web]
		[app api]
	END
	expect 0 as-fetch -c "$TMP/as.conf"
	same "$(samples)" "$(printf 'api 12 cpu=0.1\nweb 4 cpu=0.95')"
	same "$err" ""
}

# queries: how many the server has answered
queries() {
	local name='prometheus_http_requests_total{code="200",handler="/api/v1/query"}'

	curl -s --max-time 5 "http://127.0.0.1:$PORT/metrics" |
	    sed -n "s|^$name ||p"
}

@test "prometheus: a fleet costs one request" {
	local before

	series 2 <<-END
		app_cpu{app="app-7"} 0.9
		app_replicas{app="app-7"} 4
	END
	as_conf <<-END
		[apps]
		list = apps
	END
	seq -f 'app-%.0f' 100 >"$TMP/apps"
	before=$(queries)
	expect 69 as-fetch -q -c "$TMP/as.conf"
	same $(($(queries) - before)) 1
	same "$(wc -l <<<"$out")" 100
	same "$(samples | grep -v err=missing)" 'app-7 4 cpu=0.9'
}

@test "prometheus: a series that is missing, NaN or infinite is that app's miss, and no 0" {
	series 8 <<-END
		app_cpu{app="web"} 0.95
		app_replicas{app="web"} 4
		app_replicas{app="no-cpu"} 2
		app_cpu{app="no-replicas"} 0.5
		app_cpu{app="nan"} NaN
		app_replicas{app="nan"} 3
		app_cpu{app="inf"} +Inf
		app_replicas{app="inf"} 3
	END
	as_conf <<-END
		[app web]
		[app no-cpu]
		[app no-replicas]
		[app none]
		[app nan]
		[app inf]
	END
	expect 69 as-fetch -c "$TMP/as.conf"
	same "$(samples)" "inf - err=range
nan - err=range
no-cpu - err=missing
no-replicas - err=missing
none - err=missing
web 4 cpu=0.95"
	same "$(grep -cE '^as-fetch: error: [a-z-]+: status: (missing|range): ' \
	    "$TMP/err")" 5
}

@test "prometheus: a series that ended is missing, its last value is not repeated" {
	series 2 <<-END
		app_cpu{app="web"} 0.95
		app_replicas{app="web"} 4
	END
	as_conf <<<'[app web]'
	expect 0 as-fetch -c "$TMP/as.conf"
	same "$(samples)" 'web 4 cpu=0.95'
	series 1 <<<'app_replicas{app="web"} 4'
	expect 69 as-fetch -c "$TMP/as.conf"
	same "$(samples)" 'web - err=missing'
}

@test "prometheus: down, or asked nonsense, it is every app's miss" {
	as_conf <<-END
		[app web]
		[app api]
	END
	expect 75 as-fetch -c "$TMP/as.conf" -o set.port=1
	same "$(samples)" "$(printf 'api - err=refused\nweb - err=refused')"
	expect 69 as-fetch -c "$TMP/as.conf" -o set.cpu='sum(('
	same "$(samples)" "$(printf 'api - err=http-400\nweb - err=http-400')"
}

@test "prometheus: its samples change the demo application's replicas" {
	start_app --replicas 4
	series 4 <<-END
		app_cpu{app="web"} 0.95
		app_replicas{app="web"} 4
		app_cpu{app="api"} 0.80
		app_replicas{app="api"} 12
	END
	as_conf <<-END
		before_url = $base/{app}/status
		replicas_url = $base/{app}/replicas
		[app web]
		before_url = $status_url
		replicas_url = $replicas_url
		[app api]
	END
	expect 0 as-fetch -c "$TMP/as.conf" -l "$TMP/samples"
	expect 0 as-decide -c "$TMP/as.conf" "$TMP/samples"
	cp "$TMP/out" "$TMP/decisions"
	expect 0 as-apply -c "$TMP/as.conf" <"$TMP/decisions"
	report "prometheus: $(grep web "$TMP/samples")"
	report "prometheus: $(grep web "$TMP/out")"
	same "$(samples)" "api 12 from=12 applied=same
web 5 from=4 applied=ok http=204"
	same "$(curl -s "$status_url" | jq .replicas)" 5
	same "$(puts)" 1

	# Prometheus still says 4: what was done is not done again
	expect 75 as-apply -c "$TMP/as.conf" <<<"$(date -u +%FT%TZ) web 6 from=4"
	has "$out" 'web 6 from=4 applied=refused why=conflict'
	same "$(puts)" 1
}

@test "prometheus: metrics of two loops, by one exporter, and promtool's approval (L11)" {
	local loop
	need promtool
	start_app --at 12:00 --replicas 4
	for loop in web api; do
		as-loop -1 -p "$SERIES/$loop.prom" -d "$TMP/$loop" "$status_url" "$replicas_url"
		expect 0 promtool check metrics <"$SERIES/$loop.prom"
		same "$out$err" ''
	done
	within 10 has_series 'as_samples_total{result="ok"} == 1' 2
	within 10 has_series 'time() - as_last_tick_timestamp_seconds < 60' 2
	within 10 has_series 'node_textfile_scrape_error == 0' 1
	# what is not there yet is 0: the first failure is an increase
	within 10 has_series 'as_unapplied_total{loop="web",why="stale"} == 0' 1
	rm "$SERIES/web.prom" "$SERIES/api.prom"
}

@test "prometheus: the rules of examples/prometheus say what promtool's tests want" {
	need promtool
	cd "$BATS_TEST_DIRNAME"
	expect 0 promtool check rules ../../examples/prometheus/*.yml
	expect 0 promtool test rules rules.yml
	# each alert has a test in which it comes
	same "$(sed -n '/a bad night/,$s/.*alertname: \(As[A-Za-z]*\)$/\1/p' rules.yml | sort -u)" \
	    "$(sed -n 's/.*alert: //p' ../../examples/prometheus/alerts.yml | sort)"
}

# has_answer PROMQL: the query yields something
has_answer() {
	[ "$(curl -s --max-time 5 --data-urlencode "query=$1" \
	    "http://127.0.0.1:$PORT/api/v1/query" |
	    jq '.data.result | length')" -gt 0 ]
}

# dashboard FILTER: what jq finds in the dashboard, with all loops and apps chosen
dashboard() {
	jq -r "$1" "$BATS_TEST_DIRNAME/../../examples/grafana/as-tools.json" |
	    sed 's/\$\(loop\|app\)\>/.*/g'
}

@test "grafana: each query of the dashboard is answered after a run with troubles" {
	local query n=0

	start_app --at 12:00 --replicas 4
	cat >"$TMP/as.conf" <<-END
		[default]
		status_url = $status_url?{app}
		replicas_url = $base/{app}/none
		[app web]
		replicas_url = $replicas_url
		[app shop]
		min = 50
		[app blog]
		status_url = http://127.0.0.1:1/
	END
	as-loop -q -i 200ms -A '*' -p "$SERIES/fleet.prom" -d "$TMP/loop" \
	    -c "$TMP/as.conf" 3>&- &
	loop=$!
	within 10 has_answer 'as_app_changes_total{app="web"} > 0'
	# another hand, which as-apply notices
	echo 17 | as-apply -f "$replicas_url"
	while IFS= read -r query; do
		within 20 has_answer "$query"
		n=$((n + 1))
	done < <(dashboard '.. | .expr? // empty')
	report "grafana: $n queries"
	[ $n -ge 20 ]
	# label_values(SERIES, LABEL) fills the menus
	while IFS= read -r query; do
		query=${query#label_values(}
		has_answer "count by (${query##*, } (${query%, *})"
	done < <(dashboard '.templating.list[].definition // empty')
	expect 0 promtool check metrics <"$SERIES/fleet.prom"
	same "$out$err" ''
	kill "$loop"
	wait "$loop" || [ $? -eq 143 ]
	rm "$SERIES/fleet.prom"
}
