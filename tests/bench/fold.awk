# The window and the formula alone over a stream of samples
{
	split($1, t, /[-T:Z]/)
	now = ((t[3] * 24 + t[4]) * 60 + t[5]) * 60 + t[6]
	app = $2; count = $3; ratio = substr($4, 5) / 0.8
	want = count * ratio
	want = (ratio > 0.9 && ratio < 1.1) ? count : int(want) + (want > int(want))
	n = ++last[app]; when[app, n] = now; what[app, n] = want
	if (n == 1) { first[app] = 1; what[app, 1] = want > count ? want : count }
	while (when[app, first[app]] <= now - 300) {
		delete when[app, first[app]]; delete what[app, first[app]]
		first[app]++
	}
	if (want < count) {
		for (i = first[app]; i < n; i++)
			if (what[app, i] > want)
				want = what[app, i]
		if (want > count)
			want = count
	}
	print $1, app, want, "from=" count
}
