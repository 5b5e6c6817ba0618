
# ask.sh - runs as-fetch, as-decide and as-apply: they check the settings, and ask
# each app

# Runs a tool.  Its messages go to the file said.TOOL, and its exit status to
# status.TOOL.
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

# Has each tool check the settings that it needs.  as-fetch -u ends before its
# first tick, because its standard input is at its end.  After mistakes in the
# settings (78) the others go on, since they may find more.
check_settings() {
	stage as-fetch -G "$@" >"$dir/settings"
	end_stages
	case $failed in 0 | 78) ;; *) return ;; esac
	[ "$file" ] || grep -q '^replicas_url = ' "$dir/settings" || orders=''
	{
		stage as-decide "$@"
		stage as-fetch -e 1h -u "$@"
		[ ! "$orders" ] || stage as-apply "$@"
	} </dev/null
	end_stages
}

# Reads decisions.  Where the count would stay, asks for one replica more, so that
# as-apply -n shows a request for this app, too.
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
