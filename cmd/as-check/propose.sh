
# propose.sh - proposes the key sample if a reply has another shape than this key
# expects

# Turns the settings that as-fetch -G prints into a file that as-fetch can read,
# also if it lies in another directory: files get their full paths.
again='
{
	place = match($0, / # [^#]*$/) ? substr($0, RSTART) : ""
	text = substr($0, 1, length($0) - length(place))
	value = index(text, " = ") + 3
	if (text ~ /^[a-z_]*_(file|cert|key|socket) = [^\/]/)
		text = substr(text, 1, value - 1) ENVIRON["PWD"] "/" substr(text, value)
	print text place
}
'

# A filter that can read a reply of any shape.  It gives a sample for each number
# and each text.  The APP of a sample is the path to it, as r:data:-:cpu, where "-"
# means the first element of an array.
numbers='
. as $reply
| limit(500; paths(type == "number" or type == "string")
    | select(all(. == 0 or type == "string" and . != "-" and (contains(":") | not))))
| . as $path
| ($reply | getpath($path)) as $value
| ($value | tonumber? // null) as $number
| {app: (["r"] + map(if . == 0 then "-" else . end) | join(":")), replicas: 0}
    + if $number == null then {name: 1}
    elif $value == $number then {number: $number}
    else {text: $number} end
'

# Reads these samples.  Guesses from the paths which number is the count, and which
# the load, and proposes a filter that gives both.
propose='
function path(i, last,	text) {
	for (; i <= last; i++)
		text = text (part[i] == "-" ? "[0]" : \
		    part[i] ~ /^[A-Za-z_][A-Za-z0-9_]*$/ ? "." part[i] : ".\"" part[i] "\"")
	return text ~ /^\[/ ? "." text : text
}

function count_score(last, all, v) {
	if (v != int(v) || v > 100000 || last ~ /id$|port|version|err|fail|max|min|limit/)
		return 0
	return last ~ /replica/ ? 9 : \
	    last ~ /instance|dyno|pod|task|worker|machine|container|scale/ ? 7 : \
	    last ~ /running|ready|current|desired|available|size|count|quantity/ ? 5 : \
	    all ~ /replica|instance|scale/ ? 3 : 0
}

function load_score(last, all) {
	if (last ~ /id$|port|version|max|min|limit|cores|count/)
		return 0
	return all ~ /cpu/ ? 9 : all ~ /util/ ? 8 : all ~ /load/ ? 7 : \
	    all ~ /usage|busy/ ? 6 : all ~ /mem/ ? 4 : all ~ /queue|backlog|pending/ ? 3 : \
	    all ~ /rps|requests|rate/ ? 2 : all ~ /latency|duration/ ? 1 : 0
}

# Gives {replicas: PATH, cpu: PATH} without the first brace, and with each PATH cut
# at its front: begin is how many bytes are left out.
function sample(begin,	load) {
	load = number(l, begin)
	if (metric == "cpu" && shown[l] > 2)
		load = "(" load " / 100)"
	return "replicas: " number(c, begin) ", " metric ": " load "}"
}

function number(i, begin,	text) {
	text = substr(where[i], begin + 1)
	return is_text[i] ? "(" text " | tonumber)" : text
}

split($2, part, ":") > 1 && part[1] == "r" {
	n = split($2, part, ":")
	for (last = n; last > 1 && part[last] != "-";)
		last--
	begin = last > 1 ? path(2, last) : ""
	if ($4 ~ /^name=/) {	# perhaps the name of one of several apps
		if (begin != "" && last == n - 1 && part[n] ~ /^(name|app|id|service)$/ && \
		    !(begin in names))
			names[begin] = path(n, n)
		next
	}
	where[++found] = path(2, n)
	array[found] = begin
	shown[found] = substr($4, index($4, "=") + 1) + 0
	is_text[found] = $4 ~ /^text=/
	counts[found] = count_score(tolower(part[n]), tolower($2), shown[found])
	loads[found] = counts[found] ? 0 : load_score(tolower(part[n]), tolower($2))
	if (counts[found] > counts[c])
		c = found
	if (loads[found] > loads[l])
		l = found
}

END {
	if (!found && json)
		print "\nThe reply has no number."
	if (!found)
		exit
	print "\nThe reply has these numbers:"
	for (i = 1; i <= found && i <= 20; i++)
		print "    " where[i] " = " shown[i] \
		    (i == c ? "    the count?" : i == l ? "    the load?" : "")
	if (found > 20)
		print "    ... and " (found - 20) " more"
	if (!c)
		print "None has a name like a count of replicas."
	if (!l)
		print "None has a name like a load. It may be at another URL."
	if (!c || !l) {
		print "Write sample = {replicas: PATH, cpu: PATH}, see as.conf(5)."
		exit
	}
	print "This line may be right, in as.conf or after -o:"
	split("latency rps queue memory", metrics)
	metric = loads[l] > 4 ? "cpu" : metrics[loads[l]]
	kind["memory"] = "target"
	kind["queue"] = kind["rps"] = "total"
	kind["latency"] = "value"
	begin = array[c]
	if (begin != "" && array[l] == begin && begin in names)
		print "    sample = " substr(begin, 1, length(begin) - 2) "] | {app: " \
		    names[begin] ", " sample(length(begin))
	else
		print "    sample = {" sample(0)
	if (kind[metric] != "")
		print "and with it " kind[metric] "." metric ": see as-decide(1)."
}
'

# Adds a proposal to the report, if there is only one sample, and its err= says
# that the reply has another shape.  Then tries the proposal.
print_proposal() {
	[ "$(wc -l <"$dir/samples")" = 1 ] &&
	    grep -Eq ' err(\.0)?=(type|missing|filter|not-json)( |$)' "$dir/samples" || return 0
	{
		awk "$again" "$dir/settings"
		echo '[app *]'
	} >"$dir/as.conf"
	as-fetch -c "$dir/as.conf" -o "sample=$numbers" 2>/dev/null |
	    awk -v json="$(grep -v =not-json "$dir/samples")" "$propose" >>"$dir/report"
	sample=$(sed -n 's/^    sample = //p' "$dir/report")
	[ "$sample" ] || return 0
	as-fetch "$@" -o "sample=$sample" 2>/dev/null |
	    sed 's/^[^ ]* /It gives: /; 3q' >>"$dir/report"
}
