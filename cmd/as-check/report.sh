
# report.sh - prints a table with a line for each app, then messages and requests

# Reads settings of as-fetch -G, samples, decisions, reports and messages, and
# prints all that as-check has to say.  The exit status is 65 if a reading is in
# doubt.
report='
function take_setting(	text) {
	if (/^\[app /) {
		app = substr($0, 6, length($0) - 6)
		listed[++n_listed] = app
	} else if (/^[a-z]/) {
		key = $1
		text = substr($0, index($0, " = ") + 3)
		sub(/ *# [^#]*$/, "", text)
		value[app, key] = text
		if (key ~ /^(target|total|value|step)\./)
			metrics[app] = metrics[app] " " key
	}
	if (match($0, / # [^#]*:[0-9]+$/)) {
		text = substr($0, RSTART + 3)
		sub(/.*\//, "", text)
		at[app, key] = text
	}
}

function take_sample(	i, eq) {
	if (!($2 in count))
		named[++n_named] = $2
	count[$2] = $3
	for (i = 4; i <= NF; i++) {
		eq = index($i, "=")
		reading[$2, substr($i, 1, eq - 1)] = substr($i, eq + 1)
		if ($i ~ /^err\./)
			lost[$2] = $i
		else
			readings[$2] = readings[$2] " " $i
	}
}

function word(key,	i) {
	for (i = 4; i <= NF; i++)
		if (index($i, key "=") == 1)
			return substr($i, length(key) + 2)
	return ""
}

# A message that several tools print is kept once.
function take_message(	text) {
	text = $0
	sub(/^[^ ]* /, "", text)
	if (match($0, /: dry run: /)) {
		app = substr($0, 17, RSTART - 17)
		request[app] = substr($0, RSTART + 11) (length($0) > 1022 ? "..." : "")
	} else if ($2 != "info:" && !seen[text]++)
		message[++n_messages] = $0
}

# Whether a reading r and the value v of its key (as target.cpu) seem to be in
# different units.  n is the count.
function is_odd(kind, name, r, v, n) {
	if (kind == "step")
		return 0
	if (kind == "total")
		return r > 100 * v * (n > 1 ? n : 1)
	if (name ~ /^(cpu|memory)$/ && v <= 1 && r > 3)
		return 1
	return r > 10 * v || r > 0 && r <= 1 && v > 5 && 20 * r < v
}

# What is wrong with the readings of an app, or "".  conf is the app whose settings
# it has.
function doubt(app, conf,	i, n, key, keys, dot, name) {
	n = split(metrics[conf], keys, " ")
	for (i = 1; i <= n; i++) {
		key = keys[i]
		dot = index(key, ".")
		name = substr(key, dot + 1)
		if (!((app, name) in reading))
			return "no " name " in the sample: see " place(conf, key)
		if (!((conf, "range." name) in value) && \
		    is_odd(substr(key, 1, dot - 1), name, reading[app, name] + 0, \
		    value[conf, key] + 0, count[app]))
			return "other unit? " name "=" reading[app, name] ", " \
			    place(conf, key, " = " value[conf, key])
	}
	if (why[app] == "zero")
		return by[app] "=0: set zero = ok if there may be no load"
	if (why[app] == "range")
		return by[app] "=" reading[app, by[app]] " is doubted: see below"
	return ""
}

# What a person should do about an app, or "" if the app is OK
function judge(app, conf,	text) {
	if (count[app] == "-" && (conf, "samples_command") in value)
		return explain(conf, reading[app, "err"], "samples_command", "samples_command")
	if (count[app] == "-")
		return explain(conf, reading[app, "err"], "status_url", "sample")
	if (app in lost)
		return lost[app] ": a part of the reply is missing, see below"
	if ((text = doubt(app, conf)) != "") {
		doubts++
		return text
	}
	if (refused[app] == "filter")
		return explain(conf, "filter", "", "replicas_body")
	if (refused[app] in refusal)
		return refused[app] ": " refusal[refused[app]]
	if (refused[app] != "")
		return "before the PUT: " explain(conf, refused[app], \
		    (conf, "before_url") in at ? "before_url" : "status_url", \
		    (conf, "before_url") in at ? "before_replicas" : "sample")
	if (orders && !(app in refused))
		return "no report of as-apply: see below"
	return ""
}

function policy(app,	i, n, keys, text) {
	text = value[app, "min"] ".." value[app, "max"] " replicas"
	n = split(metrics[app], keys, " ")
	for (i = 1; i <= n; i++)
		text = text ", " keys[i] " = " value[app, keys[i]]
	return text
}

function fill(app, conf) {
	cell[app] = count[app]
	if (decided[app] != count[app])
		cell[app] = count[app] " -> " decided[app]
	fault[app] = live ? judge(app, conf) : ""
	result[app] = fault[app] != "" ? fault[app] : \
	    live ? "OK " readings[app] " why=" why[app] : "OK  " policy(app)
	bad += fault[app] != ""
	name_width = widest(app, name_width, 20)
	cell_width = widest(cell[app], cell_width, 20)
}

function widest(text, width, most) {
	return length(text) > width && length(text) <= most ? length(text) : width
}

function row(app, cell, result,	line) {
	line = sprintf("%-" name_width "s  ", app)
	if (live)
		line = line sprintf("%-" cell_width "s  ", cell)
	line = line result
	if (length(line) > 80 && result ~ /^OK /)
		line = substr(line, 1, 77) "..."
	print line
}

# Sets order to the apps: first those of the settings, in their order, then those
# that only a reply names.  home[app] is the app whose settings it has.
function put_in_order(	i) {
	for (i = 1; i <= n_listed; i++)
		if (!live || listed[i] in count) {
			order[++n] = home[listed[i]] = listed[i]
		}
	for (i = 1; i <= n_named; i++)
		if (!(named[i] in home)) {
			order[++n] = named[i]
			home[named[i]] = n_listed == 1 ? listed[1] : named[i]
		}
}

function print_rows(is_bad,	i) {
	for (i = 1; i <= n; i++)
		if ((fault[order[i]] != "") == is_bad)
			row(order[i], cell[order[i]], result[order[i]])
}

function print_messages(	i, most) {
	most = verbose || n_messages <= 20 ? n_messages : 20
	if (most > 0)
		print ""
	for (i = 1; i <= most; i++)
		print message[i]
	if (most < n_messages)
		print "... and " (n_messages - most) " more messages: see as-check -v"
}

function print_requests(	i, shown, example, examples) {
	for (i = 1; i <= n; i++) {
		if (!(order[i] in request))
			continue
		if (!shown++)
			print "\nNothing was sent. as-apply would send:"
		if (shown > 3 && !verbose)
			continue
		example = decided[order[i]] == count[order[i]] ? " (example)" : ""
		examples = examples example
		print order[i] example ": " request[order[i]]
	}
	if (shown > 3 && !verbose)
		print "... and " (shown - 3) " more requests: see as-check -v"
	if (examples)
		print "(example): the count stays; this would order one replica more."
}

what == "settings" { take_setting(); next }
what == "said" { take_message(); next }
/^#/ { next }
what == "samples" { take_sample(); next }
what == "decisions" { decided[$2] = $3; why[$2] = word("why"); by[$2] = word("by") }
what == "reports" { refused[$2] = word("why") }

END {
	name_width = 3
	cell_width = 5
	put_in_order()
	for (i = 1; i <= n; i++)
		fill(order[i], home[order[i]])
	if (n > 0 && (bad || !quiet))
		row("APP", "COUNT", "RESULT")
	if (!quiet)
		print_rows(0)
	print_rows(1)
	print_messages()
	if (!quiet)
		print_requests()
	if (n > 0)
		print "\n" n (n > 1 ? " apps: " : " app: ") (n - bad) " OK" \
		    (bad ? ", " bad " not OK" : "")
	exit doubts ? 65 : 0
}
'

print_report() {
	awk -v live="$live" -v orders="$orders" -v quiet="$quiet" -v verbose="$verbose" \
	    "$hints$report" what=settings "$dir/settings" what=samples "$dir/samples" \
	    what=decisions "$dir/decisions" what=reports "$dir/reports" \
	    what=said "$dir/said" >"$dir/report"
	gravest $?
}

show() {
	cat "$dir/report" 2>/dev/null || {
		[ $? = 141 ] && exit 141
		die 74 "stdout: no space left"
	}
}
