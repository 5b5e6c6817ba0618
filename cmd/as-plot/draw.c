/* draw.c - writes the script with which gnuplot draws the panels of a picture */
#include <math.h>

#include "plot.h"

/* How each curve looks.  Without colours the curves still differ, by brightness,
 * width or dash.  On a terminal gnuplot draws lines of this type with that
 * character. */
/* clang-format off */
static const struct look {
	const char *title, *style;
	const char *band, *line;
	char character;
	int type;
} looks[AS_CURVES] = {
	[AS_LOAD] = {"load", "lines", "#9cc5e6",
	    "lc rgb '#2f78b4' lw 1.2", '*', 1},
	[AS_SERVED] = {.title = "served"},
	[AS_WANTED] = {"wanted", "steps", "#fce4b8",
	    "lc rgb '#f5b94e' lw 4", '&', 6},
	[AS_READY] = {"ready", "steps", "#f0b8a0",
	    "lc rgb '#2e7d32' lw 1.8 dt (6,3)", '%', 4},
	[AS_REPLICAS] = {"replicas", "steps", "#9a9a9a",
	    "lc rgb '#101010' lw 1.5", '#', 2},
	[AS_CPU] = {"cpu", "lines", "#9cc5e6",
	    "lc rgb '#2f78b4' lw 1.2", '*', 1},
};
/* clang-format on */

/* The curves of the first panel, from back to front */
enum { N_CAPACITY = 4, CAPTION_MAX = 256 };
static const enum as_curve capacity[N_CAPACITY] = {
    AS_LOAD, AS_WANTED, AS_READY, AS_REPLICAS};

static bool
has(const struct as_page *page, size_t i, enum as_curve curve)
{
	return page->picture->charts[i]->whole[curve].n > 0;
}

static void
draw_curve(const struct as_page *page, size_t i, enum as_curve curve)
{
	const struct look *look = &looks[curve];
	FILE *script = page->script;

	if (!has(page, i, curve))
		return;
	if (page->picture->terminal == AS_DUMB) {
		fprintf(script, "$%s%zu using 1:2 with %s lt %d, ", look->title,
		    i, look->style, look->type);
		return;
	}
	if (as_curve_spreads(page->picture->charts[i], curve))
		fprintf(script,
		    "$%s%zu using 1:3:4 with filledcurves fc rgb '%s' notitle, ",
		    look->title, i, look->band);
	fprintf(script, "$%s%zu using 1:2 with %s %s title '%s', ", look->title,
	    i, look->style, look->line, look->title);
}

/* Draws the area of the whole load, and over it the area of the load that was
 * served.  What remains visible of the first area was lost. */
static void
draw_areas(const struct as_page *page, size_t i)
{
	static const char area[] =
	    "$%s%zu using 1:2 with filledcurves y=0 fc rgb '%s' %s, ";
	bool served = has(page, i, AS_SERVED);

	if (page->picture->terminal == AS_DUMB)
		return;
	if (has(page, i, AS_LOAD))
		fprintf(page->script, area, looks[AS_LOAD].title, i,
		    served ? "#b03030" : "#d3e6f5",
		    served ? "title 'lost'" : "notitle");
	if (served)
		fprintf(page->script, area, looks[AS_SERVED].title, i,
		    "#d3e6f5", "notitle");
}

/* Writes the caption of the first panel of app i.  On a terminal it says which
 * character draws which curve, because gnuplot prints no legend there. */
static void
put_caption(char caption[CAPTION_MAX], const struct as_page *page, size_t i)
{
	const struct as_picture *picture = page->picture;
	struct as_text name = picture->names[i];
	bool dumb = picture->terminal == AS_DUMB;
	const char *between = "";
	int len = picture->n == 1 ?
	    0 :
	    snprintf(caption, CAPTION_MAX, "%.*s: ", (int)name.len, name.at);

	if (!dumb)
		snprintf(caption + len, (size_t)(CAPTION_MAX - len),
		    "load (replicas kept busy) and replicas");
	for (int c = 0; dumb && c < N_CAPACITY; c++)
		if (has(page, i, capacity[c])) {
			len += snprintf(caption + len,
			    (size_t)(CAPTION_MAX - len), "%s%c %s", between,
			    looks[capacity[c]].character,
			    looks[capacity[c]].title);
			between = ", ";
		}
}

static void
draw_load(struct as_page *page, size_t i)
{
	char caption[CAPTION_MAX];
	double top = 1;

	for (int c = 0; c < N_CAPACITY; c++)
		if (has(page, i, capacity[c]))
			top = fmax(top,
			    page->picture->charts[i]->whole[capacity[c]].high);
	top = page->picture->top > 0 ? page->picture->top : top * 1.05;
	put_caption(caption, page, i);
	as_page_panel(page, page->load, caption, top);
	fprintf(page->script, "plot ");
	draw_areas(page, i);
	for (int c = 0; c < N_CAPACITY; c++)
		draw_curve(page, i, capacity[c]);
	fprintf(page->script, "\n");
}

static void
draw_cpu(struct as_page *page)
{
	const struct as_picture *picture = page->picture;
	FILE *script = page->script;
	bool dumb = picture->terminal == AS_DUMB;

	as_page_panel(page, page->cpu,
	    dumb ? "utilization: * cpu, = target" : "utilization",
	    fmax(1, picture->charts[0]->whole[AS_CPU].high) * 1.05);
	fprintf(script, "plot ");
	if (picture->target > 0 && !dumb)
		fprintf(script,
		    "'+' using 1:(%.6g):(%.6g) with filledcurves fc "
		    "rgb '#e2e2e2' title 'tolerance', ",
		    picture->low, picture->high);
	if (picture->target > 0)
		fprintf(script, "%.6g with lines %s title 'target %.6g', ",
		    picture->target,
		    dumb ? "lt 7" : "lc rgb '#101010' lw 1.2 dt (8,4)",
		    picture->target);
	draw_curve(page, 0, AS_CPU);
	fprintf(script, "\n");
}

static bool
comes_before(const struct as_chart *chart, size_t a, size_t b)
{
	char x[AS_WORD_MAX + 1], y[AS_WORD_MAX + 1];

	if (chart->n_lines[a] != chart->n_lines[b])
		return chart->n_lines[a] > chart->n_lines[b];
	as_chart_word(chart, a, x);
	as_chart_word(chart, b, y);
	return strcmp(x, y) < 0;
}

static void
sort_words(const struct as_chart *chart, size_t rows[AS_WORDS])
{
	for (size_t i = 0; i < chart->words.n; i++) {
		size_t at = i;

		for (; at > 0 && comes_before(chart, i, rows[at - 1]); at--)
			rows[at] = rows[at - 1];
		rows[at] = i;
	}
}

/* Draws a row of bars for each word.  The most frequent word is in the top row. */
static void
draw_words(struct as_page *page)
{
	const struct as_chart *chart = page->picture->charts[0];
	bool dumb = page->picture->terminal == AS_DUMB;
	FILE *script = page->script;
	size_t rows[AS_WORDS];
	char word[AS_WORD_MAX + 1];

	sort_words(chart, rows);
	as_curves_words(chart, rows, "words", script);
	as_page_panel(page, page->words, "", 0);
	fprintf(script, "set yrange [%zu%s\nset ytics scale 0 (",
	    chart->words.n, dumb ? "+1:1]" : "+0.5:0.5]");
	for (size_t i = 0; i < chart->words.n; i++) {
		as_chart_word(chart, rows[i], word);
		fprintf(script, "%s'%s' %zu", i == 0 ? "" : ", ", word, i + 1);
	}
	fprintf(script, ")\nplot $words using %s notitle\n",
	    dumb ? "1:3:1:2 with xerrorbars lt 2 pt '#'" :
		   "1:3:1:2:($3-0.3):($3+0.3) with boxxyerror fs solid "
		   "noborder fc rgb '#505050'");
}

void
as_draw(const struct as_picture *picture, FILE *script)
{
	struct as_page page;
	char name[32];

	for (size_t i = 0; i < picture->n; i++)
		for (int c = 0; c < AS_CURVES; c++) {
			snprintf(
			    name, sizeof(name), "%s%zu", looks[c].title, i);
			if (picture->charts[i]->whole[c].n > 0)
				as_curve_put(picture->charts[i],
				    (enum as_curve)c, name, script);
		}
	as_page_begin(&page, picture, script);
	for (size_t i = 0; i < picture->n; i++) {
		draw_load(&page, i);
		fprintf(script, "unset label 2\n");
	}
	if (page.cpu > 0)
		draw_cpu(&page);
	if (page.words > 0)
		draw_words(&page);
	fprintf(script, "unset multiplot\n");
}
