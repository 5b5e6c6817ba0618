/* page.c - places panels one below the other, over one axis of time */
#include <math.h>

#include "plot.h"

/* Sizes in pixels, or in lines and letters of a terminal.  Where the lines say 0,
 * set_heights divides the terminal. */
static const struct as_measures {
	int margin, right; /* free space left (at least) and right of panels */
	/* Free space above the first panel, above the others, above that of words,
	 * and below the last */
	int head, above, above_words, foot;
	/* Width of a letter; heights of a row of words, of the panel of load if it
	 * is alone or one of several, and of the panel of cpu */
	int letter, row, load, small_load, cpu;
	int time_tics, tic; /* most tics of time; distance of tics of y */
} pixels = {50, 44, 56, 36, 14, 34, 7, 17, 230, 170, 130, 9, 40},
  lines = {8, 3, 2, 2, 1, 2, 1, 1, 0, 0, 0, 5, 3};

static const char *const terminals[] = {
    [AS_PNG] = "set terminal pngcairo size %d,%d noenhanced font 'Sans,10'\n",
    [AS_SVG] = ("set terminal svg size %d,%d noenhanced "
		"font 'sans-serif,12' background 'white'\n"),
    [AS_DUMB] = "set terminal dumb %d %d noenhanced\n",
};

/* Sets the heights of the panels and of the page.  There are panels of cpu and
 * words only if the picture has one app. */
static void
set_heights(struct as_page *page)
{
	const struct as_picture *picture = page->picture;
	const struct as_chart *chart = picture->charts[0];
	const struct as_measures *size = page->size;
	bool alone = picture->n == 1, cpu = alone && chart->whole[AS_CPU].n > 0;
	int n = (int)picture->n, rows = alone ? (int)chart->words.n : 0;
	int fixed = size->head + (n - 1 + cpu) * size->above + size->foot;

	page->words = rows * size->row;
	if (rows > 0)
		fixed += size->above_words + page->words;
	page->cpu = cpu ? size->cpu : 0;
	page->load = alone ? size->load : size->small_load;
	if (picture->terminal == AS_DUMB) {
		int least = 5 * (n + cpu), rest = picture->height - fixed;

		rest = rest < least ? least : rest;
		page->cpu = cpu ? rest * 2 / 5 : 0;
		page->load = (rest - page->cpu) / n;
	}
	page->height = fixed + n * page->load + page->cpu;
	page->to_come = picture->n + cpu + (rows > 0);
}

static void
set_times(struct as_page *page)
{
	page->from = INT64_MAX;
	for (size_t i = 0; i < page->picture->n; i++) {
		const struct as_chart *chart = page->picture->charts[i];

		if (chart->first < page->from)
			page->from = chart->first;
		if (chart->last > page->last)
			page->last = chart->last;
		for (int c = 0; c < AS_CURVES; c++) {
			int64_t to = chart->last +
			    as_curve_step(chart, (enum as_curve)c);

			if (chart->whole[c].n > 0 && to > page->to)
				page->to = to;
		}
	}
}

/* Returns a number near x that is 1, 2 or 5 times a power of ten. */
static double
round_step(double x)
{
	double power = pow(10, floor(log10(x)));

	if (x > 7 * power)
		return 10 * power;
	return x > 3 * power ? 5 * power : x > 1.5 * power ? 2 * power : power;
}

static int64_t
time_step(int64_t span, int n)
{
	static const int64_t steps[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600,
	    900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800,
	    1209600, 2419200};
	size_t i = 0, last = sizeof(steps) / sizeof(steps[0]) - 1;

	while (i < last && steps[i] * n * 1000 < span)
		i++;
	return i < last ? steps[i] :
			  steps[i] * (1 + span / steps[i] / n / 1000);
}

static void
put_time_axis(const struct as_page *page, bool labels)
{
	enum { MINUTE = 60, DAY = 86400 };
	int64_t span = page->to - page->from;
	int64_t step = time_step(span, page->size->time_tics);
	const char *format = step >= DAY ? "%m-%d" :
	    span > DAY * 1500LL          ? "%m-%d %H:%M" :
	    step >= MINUTE               ? "%H:%M" :
					   "%H:%M:%S";

	fprintf(page->script, "set xtics %lld nomirror\n", (long long)step);
	fprintf(
	    page->script, "set format x '%s' timedate\n", labels ? format : "");
}

static void
put_title(const struct as_page *page)
{
	char from[AS_STAMP_MAX], to[AS_STAMP_MAX];
	struct as_text app = page->picture->names[0];
	int len = page->picture->n == 1 ? (int)app.len : 0;
	int from_len = (int)as_time_print(from, page->from, false);
	int to_len = (int)as_time_print(to, page->last, false);

	fprintf(page->script,
	    "set label 2 '%.*s%s%.*s to %.*s' at screen %.5f,%.5f left%s\n",
	    len, app.at, len > 0 ? "   " : "", from_len, from, to_len, to,
	    page->size->letter / (double)page->picture->width,
	    1 - page->size->head / 4.0 / page->height,
	    page->picture->terminal == AS_DUMB ? "" : " font ',13'");
}

static int
left_margin(const struct as_page *page)
{
	const struct as_chart *chart = page->picture->charts[0];
	int len = 0;

	for (size_t i = 0; page->words > 0 && i < chart->words.n; i++)
		if (as_table_name(&chart->words, i).len > (size_t)len)
			len = (int)as_table_name(&chart->words, i).len;
	len = (len + 3) * page->size->letter;
	return len > page->size->margin ? len : page->size->margin;
}

void
as_page_begin(
    struct as_page *page, const struct as_picture *picture, FILE *script)
{
	*page = (struct as_page){.picture = picture, .script = script};
	page->size = picture->terminal == AS_DUMB ? &lines : &pixels;
	set_heights(page);
	set_times(page);
	fprintf(
	    script, terminals[picture->terminal], picture->width, page->height);
	fprintf(script,
	    "set multiplot\nset tics out\nset border 3 lc rgb '#606060'\n"
	    "set grid xtics ytics lt 1 lc rgb '#dcdcdc' lw 0.5\n"
	    "set key at graph 1,graph 1 right bottom horizontal maxrows 1 "
	    "samplen 3\n");
	if (picture->terminal == AS_DUMB)
		fprintf(script,
		    "unset grid\nunset key\nset tics in\n"
		    "set errorbars 0\n");
	fprintf(script, "set xrange [%.3f:%.3f]\n", (double)page->from / 1000,
	    (double)page->to / 1000);
	fprintf(script, "set lmargin at screen %.5f\n",
	    left_margin(page) / (double)picture->width);
	fprintf(script, "set rmargin at screen %.5f\n",
	    1 - page->size->right / (double)picture->width);
	put_title(page);
}

void
as_page_panel(struct as_page *page, int height, const char *caption, double top)
{
	double from = page->y +
	    (page->y == 0   ? page->size->head :
		    top > 0 ? page->size->above :
			      page->size->above_words);
	FILE *script = page->script;

	page->y = (int)from + height;
	fprintf(
	    script, "set tmargin at screen %.5f\n", 1 - from / page->height);
	fprintf(script, "set bmargin at screen %.5f\n",
	    1 - page->y / (double)page->height);
	fprintf(script,
	    "set label 1 '%s' at graph 0,graph 1 left offset character 0,%s\n",
	    caption, page->picture->terminal == AS_DUMB ? "1" : "0.7");
	put_time_axis(page, --page->to_come == 0);
	if (top > 0) {
		fprintf(script, "set yrange [0:%.6g]\n", top);
		fprintf(script, "set ytics %.6g nomirror\n",
		    round_step(top * page->size->tic / height));
	}
}
