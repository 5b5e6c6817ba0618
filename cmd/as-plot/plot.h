/* plot.h - the parts of as-plot.  A chart has what the lines of one app say; a
 * picture has one to four charts, and gnuplot draws it.  Times are in ms. */
#ifndef AS_PLOT_H
#define AS_PLOT_H

#include <stdio.h>

#include "as.h"

/* chart.c - collects all lines of an app in a limited number of columns.  A column
 * stands for a span of time, 1 ms at first.  When there are too few columns for a
 * new TIME, each two neighbours become one.  Lines may come in any order. */
enum as_curve {
	AS_LOAD,     /* replicas that the load could keep busy */
	AS_SERVED,   /* the part of AS_LOAD for which replicas were ready */
	AS_WANTED,   /* the COUNT of decisions and reports */
	AS_READY,    /* ready= */
	AS_REPLICAS, /* the COUNT of samples, from= of the others */
	AS_CPU,      /* cpu= */
	AS_CURVES
};

/* How many words (values of why=, err= and applied=) a chart tells apart.  When
 * there are more, the last one, "others", stands for the rest. */
enum { AS_WORDS = 16 };

struct as_column {
	struct as_cell {
		int64_t time; /* TIME of its first value */
		uint32_t n;   /* number of values */
		bool missing; /* a line that could have a value has none */
		double sum, low, high;
	} cell[AS_CURVES];
	int64_t time;     /* TIME of its first line */
	uint32_t n_lines; /* number of lines */
	uint32_t words;   /* bit i is set if a line has word i */
};

/* A TIME is in the column with the number TIME / width.  The struct starts as all
 * zeros, except mask. */
struct as_chart {
	size_t mask; /* number of columns - 1; this number is a power of 2 */
	struct as_column *column; /* column number i is column[i & mask] */
	int64_t width, from, to;  /* ms of a column; numbers of first, last */
	int64_t first, last;      /* first and last TIME of all lines */
	struct as_cell whole[AS_CURVES]; /* all columns together */
	struct as_table words;           /* as "target" and "err=timeout" */
	size_t n_lines[AS_WORDS];        /* lines with each word */
};

/* Adds a sample, a decision, a report or a line of as-sim. */
void as_chart_take(struct as_chart *chart, const struct as_line *line);

/* Returns the column with that number, which must be from chart->from to
 * chart->to. */
struct as_column *as_chart_column(const struct as_chart *chart, int64_t number);

/* Copies word number `number` of chart->words as a string.  Bytes that could make
 * gnuplot run commands become '?'. */
enum { AS_WORD_MAX = 20 };
void as_chart_word(
    const struct as_chart *chart, size_t number, char word[AS_WORD_MAX + 1]);

/* curves.c - writes a chart into a script for gnuplot, as blocks of data; times
 * there are in seconds */

/* Returns the step of a curve, which is how long one of its values is taken to
 * hold, in ms: the median of the times from one value to the next, or 15 s if there
 * are no two values.  For AS_CURVES returns the median from one line to the
 * next. */
int64_t as_curve_step(const struct as_chart *chart, enum as_curve curve);

/* Whether a column has two different values of the curve: then the picture shows a
 * band from the smallest to the largest. */
bool as_curve_spreads(const struct as_chart *chart, enum as_curve curve);

/* Writes the data block $name of lines "TIME MEAN LOW HIGH", one for each column
 * with values.  The curve has a gap where a line has no value, or where no value
 * comes for more than five steps. */
void as_curve_put(const struct as_chart *chart, enum as_curve curve,
    const char *name, FILE *script);

/* Writes the data block $name of lines "FROM TO ROW": a bar in row i + 1 for each
 * time in which lines have word rows[i]. */
void as_curves_words(const struct as_chart *chart, const size_t rows[AS_WORDS],
    const char *name, FILE *script);

enum as_terminal { AS_PNG, AS_SVG, AS_DUMB };
enum { AS_CHARTS = 4 };

struct as_picture {
	enum as_terminal terminal;
	/* In pixels, or of AS_DUMB in characters.  Only AS_DUMB uses height, and
	 * becomes higher if its panels need that. */
	int width, height;
	double target;    /* of cpu; 0: there is none */
	double low, high; /* cpu between these is tolerated */
	double top; /* end of the axis of replicas; 0: as the data needs */
	size_t n;   /* number of charts, 1 to AS_CHARTS */
	const struct as_chart *charts[AS_CHARTS];
	struct as_text names[AS_CHARTS];
};

/* page.c - places panels one below the other, over one axis of time.  Lengths are
 * in pixels, or of AS_DUMB in characters. */
struct as_page {
	const struct as_picture *picture;
	FILE *script;                   /* gets the commands for gnuplot */
	const struct as_measures *size; /* free space, sizes of panels */
	int height, y;        /* of the page; where the last panel ends */
	int load, cpu, words; /* heights of the panels; 0: there is none */
	size_t to_come;       /* panels that are not drawn yet */
	int64_t from, to;     /* begin and end of the axis of time, ms */
	int64_t last;         /* TIME of the last line */
};

/* Fills page, and writes what all panels share: size, axis of time and title. */
void as_page_begin(
    struct as_page *page, const struct as_picture *picture, FILE *script);

/* Begins a panel of that height below the last one; the next plot is drawn in it.
 * Its y axis goes from 0 to top.  If top is 0, the caller sets the y axis. */
void as_page_panel(
    struct as_page *page, int height, const char *caption, double top);

/* draw.c - writes the whole script with which gnuplot draws the picture */
void as_draw(const struct as_picture *picture, FILE *script);

/* gnuplot.c - runs gnuplot on the script, and appends to picture what it draws.
 * Returns 0.  If that fails, reports why and returns 69 or 71; then the picture may
 * be incomplete. */
int as_gnuplot(FILE *script, struct as_buf *picture);

#endif
