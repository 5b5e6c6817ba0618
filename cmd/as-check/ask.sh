
# ask.sh - runs the tools: they check the settings, and ask each app

# A tool's messages and its exit status go to files.
stage() {	# TOOL OPTION...
	"$@" 2>"$dir/said.$1"
	echo $? >"$dir/status.$1"
}

end_stages() {
	for tool in as-fetch as-decide as-apply; do
		[ ! -e "$dir/said.$tool" ] || cat "$dir/said.$tool" >>"$dir/said"
	done
	for status in "$dir"/status.*; do
		gravest "$(cat "$status")"
	done
	rm -f "$dir"/said.* "$dir"/status.*
}

# Each tool checks what it needs; as-fetch -u ends before its first tick.
check_settings() {
	stage as-fetch -G "$@" >"$dir/settings"
	end_stages
	[ "$failed" = 0 ] || return
	[ "$file" ] || grep -q '^replicas_url = ' "$dir/settings" || orders=''
	{
		stage as-decide "$@"
		stage as-fetch -e 1h -u "$@"
		[ ! "$orders" ] || stage as-apply "$@"
	} </dev/null
	end_stages
}

# Where the count stays, asks for one replica more: so a request is made anyway.
one_more() {
	while read -r time app count from rest; do
		if [ "from=$count" = "$from" ] && [ "${count#[-0]}" ]; then
			count=$((count + 1))
		fi
		echo "$time $app $count $from $rest"
	done
}

apply() {
	if [ "$orders" ]; then
		stage as-apply -nv "$@" -o max=2147483647
	else
		cat >/dev/null
	fi
}

ask() {
	stage as-fetch "$@" | tee "$dir/samples" |
	    stage as-decide "$@" | tee "$dir/decisions" |
	    one_more | apply "$@" >"$dir/reports"
	end_stages
}
