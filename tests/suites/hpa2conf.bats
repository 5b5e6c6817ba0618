# hpa2conf: HorizontalPodAutoscalers as sections of as.conf

load helper

PATH=$BATS_TEST_DIRNAME/../../examples:$PATH

@test "hpa2conf: each golden manifest gives its settings, which as-decide takes" {
	local n=0 manifest
	for manifest in golden/hpa/*.yaml golden/hpa/*.json; do
		echo "$manifest"
		expect 0 hpa2conf "$manifest"
		same "$err" ""
		diff "${manifest%.*}.conf" "$TMP/out"
		cp "$TMP/out" "$TMP/as.conf"
		expect 0 as-decide -c "$TMP/as.conf" -G
		n=$((n + 1))
	done
	[ $n -eq 4 ]
	# several at once, and what kubectl prints by a pipe
	hpa2conf golden/hpa/php-apache.yaml golden/hpa/list.json >"$TMP/both"
	same "$(cat "$TMP/both")" "$(cat golden/hpa/php-apache.conf golden/hpa/list.conf)"
	same "$(hpa2conf <golden/hpa/list.json)" "$(cat golden/hpa/list.conf)"
}

@test "hpa2conf: what README says makes a file that as-fetch takes, too" {
	mkdir "$TMP/bin"
	printf '#!/bin/sh\n[ "$*" = "get hpa -A -o json" ] && cat "%s"\n' \
	    "$PWD/golden/hpa/php-apache.yaml" >"$TMP/bin/kubectl"
	chmod +x "$TMP/bin/kubectl"
	ln -s "$BATS_TEST_DIRNAME/../../examples" "$TMP/examples"
	cd "$TMP"
	printf '[default]\ninclude = kubernetes\nset.selector = run=php-apache\nset.cpu_request = 500m\n' >as.conf
	PATH=$TMP/bin:$PATH eval "$(grep -o 'kubectl get hpa [^`]*' "$BATS_TEST_DIRNAME/../../README.md")"
	expect 0 as-fetch -c as.conf -G
	has "$out" '[[]app php-apache]'
	# of one name in two namespaces, and of no Deployment: its own URLs
	{ printf '[default]\ninclude = kubernetes\nset.selector = a=b\nset.cpu_request = 1\n'
		hpa2conf "$BATS_TEST_DIRNAME/../golden/hpa/list.json" \
		    "$BATS_TEST_DIRNAME/../golden/hpa/several.yaml"; } >many.conf
	same "$(as-fetch -c many.conf -G -a green.web | grep -c '^[a-z]*_url = .*/deployments/web/scale')" 3
	same "$(as-fetch -c many.conf -G -a worker | grep -c '^[a-z]*_url = .*/statefulsets/worker/scale')" 3
	same "$(as-fetch -c many.conf -G -a worker | grep -c '^[a-z]*_url = ')" 4
	expect 0 as-fetch -c as.conf -G
	has "$out" 'set.namespace = default'
}

# 80 replicas that should be 10, with 4 and 10% a minute: the HPA's documentation
# has 80, 72, then 64 for 7.2 is rounded up, and 4 each from 40 on
@test "hpa2conf: the policies act as the HPA's documentation says" {
	printf '2026-11-23T%s:00Z slow-down - demand=%s\n' 17:00 80 17:01 80 17:02 10 \
	    17:30 10 >"$TMP/load"
	as-sim -q -N 0 -t 1 "$TMP/load" -- as-decide -c golden/hpa/behavior.conf >"$TMP/run"
	same "$(awk '!/^#/ { print $3 }' "$TMP/run" | uniq | paste -sd ' ')" \
	    '80 72 64 57 51 45 40 36 32 28 24 20 16 12 10'
	# Disabled: never down
	expect 0 as-decide -c golden/hpa/behavior.conf <<-'END'
	2026-11-23T17:00:00Z fast-up 10 cpu=0.10
	2026-11-23T18:00:00Z fast-up 10 cpu=0.10
	END
	same "$(cut -d' ' -f3 <<<"$out" | sort -u)" 10
	# 200m of 100m doubles, 50m of 100m halves
	expect 0 as-decide -c golden/hpa/list.conf -o down_window=0 -o up_policy=none <<-'END'
	2026-11-23T17:00:00Z blue.web 6 cpu=1.500
	2026-11-23T18:00:00Z blue.web 6 cpu=0.375
	END
	same "$(cut -d' ' -f3 <<<"$out" | paste -sd ' ')" '12 3'
}

@test "hpa2conf: what it does not understand is told, 65" {
	local text why n=0
	while IFS='|' read -r text why; do
		expect 65 hpa2conf < <(printf '%b\n' "$text")
		has "$err" "hpa2conf: *$why"
		same "$out" ""
		n=$((n + 1))
	done <<-'END'
	{"kind": "Service"}|there is no HorizontalPodAutoscaler
	kind: [|no YAML: 
	- just\n- a list|there is no HorizontalPodAutoscaler
	{"kind":|
	kind: HorizontalPodAutoscaler\nmetadata: {name: a}\nspec: {scaleTargetRef: {kind: Deployment, name: a}}|a has no maxReplicas
	kind: HorizontalPodAutoscaler\nmetadata: {name: a}\nspec: {maxReplicas: 3, metrics: [{type: Resource, resource: {name: cpu, targetAverageUtilization: 50}}], scaleTargetRef: {kind: Deployment, name: a}}|Resource: has no target, is it of v2beta1?
	kind: HorizontalPodAutoscaler\nmetadata: {name: a}\nspec: {maxReplicas: 3, metrics: [{type: Pods, pods: {metric: {name: x}, target: {averageValue: 3mi}}}], scaleTargetRef: {kind: Deployment, name: a}}|3mi is no quantity
	kind: HorizontalPodAutoscaler\nmetadata: {name: a}\nspec: {maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: "a]\\npause_file = x"}}|is more than a line
	END
	[ $n -eq 8 ]
	expect 65 hpa2conf "$TMP/none"
}
