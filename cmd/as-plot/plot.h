/* plot.h - charts of apps, and pictures that gnuplot draws */
#ifndef AS_PLOT_H
#define AS_PLOT_H

#include <stdio.h>

#include "as.h"

/* chart.c - collects all lines of an app in a limited number of columns, in one
 * pass. A column is 1 ms wide at first.  When there are too few columns for a new
 * TIME, each two become one.  Lines may come in any order. */
enum as_curve {
	AS_LOAD,   /* replicas that the load keeps busy, or would */
	AS_SERVED, /* the part of AS_LOAD that is served */
	AS_WANTED,
	AS_READY,
	AS_REPLICAS,
	AS_CPU,
	AS_CURVES
};
enum { AS_WORDS = 16 }; /* different words; the last means all others */

struct as_column {
	struct as_cell {
		int64_t time; /* TIME of its first value */
		uint32_t n;   /* number of values */
		bool missing; /* a line should have a value, but has none */
		double sum, low, high;
	} cell[AS_CURVES];
	int64_t time;     /* TIME of its first line */
	uint32_t n_lines; /* number of lines */
	uint32_t words;   /* bit i: a line has word i */
};

struct as_chart {                 /* begins with all zeros, except mask */
	size_t mask;              /* columns - 1; columns is a power of 2 */
	struct as_column *column; /* number i is at i & mask */
	int64_t width, from, to;  /* ms of a column; first and last number */
	int64_t first, last;      /* first and last TIME of all lines */
	struct as_cell whole[AS_CURVES]; /* all columns together */
	struct as_table words;           /* "target", "err=timeout" */
	size_t n_lines[AS_WORDS];        /* lines with each word */
};

/* Adds a sample, a decision, a report or a line of as-sim. */
void as_chart_take(struct as_chart *chart, const struct as_line *line);
struct as_column *as_chart_column(const struct as_chart *chart, int64_t number);

/* Copies a word.  Bytes that must not be in a picture become '?'. */
enum { AS_WORD_MAX = 20 };
void as_chart_word(
    const struct as_chart *chart, size_t number, char word[AS_WORD_MAX + 1]);

/* curves.c - writes a chart as data for gnuplot */

/* How long a value of the curve is valid, in ms: the median of the times from one
 * value to the next.  With AS_CURVES: the same for lines. */
int64_t as_curve_step(const struct as_chart *chart, enum as_curve curve);

/* Whether there are different values in one column */
bool as_curve_spreads(const struct as_chart *chart, enum as_curve curve);

/* Writes a data block of lines "TIME MEAN LOW HIGH".  The curve has a gap where a
 * line has no value, or where there is no line for five steps. */
void as_curve_put(const struct as_chart *chart, enum as_curve curve,
    const char *name, FILE *script);

/* Writes a data block of lines "FROM TO ROW".  Word rows[i] is in row i + 1. */
void as_curves_words(const struct as_chart *chart, const size_t rows[AS_WORDS],
    const char *name, FILE *script);

enum as_terminal { AS_PNG, AS_SVG, AS_DUMB };
enum { AS_CHARTS = 4 };

struct as_picture {
	enum as_terminal terminal;
	int width, height; /* height is only for AS_DUMB, in characters */
	double target;     /* of cpu; 0: there is none */
	double low, high;  /* cpu between these is tolerated */
	double top; /* end of the axis of replicas; 0: as the data needs */
	size_t n;   /* charts, 1 to AS_CHARTS */
	const struct as_chart *charts[AS_CHARTS];
	struct as_text names[AS_CHARTS];
};

/* page.c - places panels one below the other, over one axis of time */
struct as_page {
	const struct as_picture *picture;
	FILE *script;
	const struct as_measures *size;
	int height, y;        /* of the page; where the last panel ends */
	int load, cpu, words; /* heights of panels; 0: there is none */
	size_t to_come;       /* panels that are not drawn yet */
	int64_t from, to;     /* ms: begin and end of the axis of time */
	int64_t last;         /* TIME of the last line */
};

void as_page_begin(
    struct as_page *page, const struct as_picture *picture, FILE *script);

/* Begins a panel of that height; the next plot is drawn in it.  The y axis of the
 * panel goes from 0 to top.  If top is 0, the panel has no y axis. */
void as_page_panel(
    struct as_page *page, int height, const char *caption, double top);

/* draw.c - writes the picture as a script for gnuplot */
void as_draw(const struct as_picture *picture, FILE *script);

/* gnuplot.c - runs a script, and appends its picture.  Returns 0; or reports an
 * error and returns 69 or 71: then the picture may be incomplete. */
int as_gnuplot(FILE *script, struct as_buf *picture);

#endif
