# table.awk - lines "DELAY DECIDER TRACE weeks|short KEY=VALUE..." as tables

function name(decider) {
	return decider == "rule" ? "ceil(n cpu / 0.80)" : \
	    decider == "hpa" ? "HPA defaults, 0.80" : \
	    decider == "decide" ? "as-decide" : \
	    decider == "forecast" ? "as-forecast | as-decide" : "the oracle"
}

function row(decider, of,   i, at) {
	printf "%-24s", name(decider)
	for (i = 1; i <= 2; i++) {
		at = delay[i] " " decider " " of
		n = of == "" ? count[at] : 1
		printf "  %7.3f %6.3f %7.3f %6.1f %6.2f", sum[at, "j"] / n, \
		    sum[at, "share"] / n, sum[at, "lost"] / n, \
		    sum[at, "changes"] / n, most[at]
	}
	printf "\n"
}

function table(title, of,   i) {
	printf "\n%-24s", title
	for (i = 1; i <= 2; i++)
		printf "  %-36s", delay[i] " s to start"
	printf "\n%-24s", ""
	for (i = 1; i <= 2; i++)
		printf "  %7s %6s %7s %6s %6s", "J", "hours", "lost %", "chg/h", "peak"
	printf "\n"
	for (i = 1; i <= 5; i++)
		if ((delay[1] " " order[i] " " of) in most)
			row(order[i], of)
}

function take(at,   i, pair) {
	count[at]++
	for (i = 5; i <= NF; i++) {
		split($i, pair, "=")
		sum[at, pair[1]] += pair[2]
		if (pair[1] == "peak" && pair[2] >= most[at])
			most[at] = pair[2]
	}
}

BEGIN {
	split("60 300", delay, " ")
	split("oracle rule hpa decide forecast", order, " ")
}

seen[$1, $2, $3]++ { next }	# each job has an oracle of its own

{
	if (!($3 in known)) {
		known[$3]
		trace[++n_traces] = $3
	}
	take($1 " " $2 " " $3)
	if ($4 == "weeks")
		take($1 " " $2 " ")
}

END {
	print "J = hours + lost %; hours: replica-hours, the oracle's are 1; lost: of the demand;"
	print "peak: the largest count ordered, by the greatest need of the 20 minutes before it;"
	print "mean: of traces of two weeks and more, of peak the greatest"
	table("mean", "")
	for (i = 1; i <= n_traces; i++)
		table(trace[i], trace[i])
}
