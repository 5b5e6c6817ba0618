/* plot.h - lines as curves over columns of time, and gnuplot, which draws them */
#ifndef AS_PLOT_H
#define AS_PLOT_H

#include <stdio.h>

#include "as.h"

/* chart.c - all lines of an app in a bounded number of columns, in one pass.
 * A column is 1 ms wide at first; when the columns would not reach, two become
 * one.  Lines may come in any order. */
enum as_curve {
	AS_LOAD,   /* replicas kept busy, or that should be */
	AS_SERVED, /* of it, where the load is known */
	AS_WANTED,
	AS_READY,
	AS_REPLICAS,
	AS_CPU,
	AS_CURVES
};
enum { AS_WORDS = 16 }; /* different ones; the last stands for all others */

struct as_column {
	struct as_cell {
		int64_t time; /* of its first value, ms */
		uint32_t n;   /* values; 0: there is none */
		bool missing; /* a line should have had one */
		double sum, low, high;
	} cell[AS_CURVES];
	int64_t time;     /* of its first line */
	uint32_t n_lines; /* 0: there is none */
	uint32_t words;   /* that are in them, a bit for each */
};

struct as_chart {                 /* starts as all zeros, but for mask */
	size_t mask;              /* columns, a power of 2, less 1 */
	struct as_column *column; /* number i is at i & mask */
	int64_t width, from, to;  /* ms; the first number and the last */
	int64_t first, last;      /* times, ms */
	struct as_cell whole[AS_CURVES];
	struct as_table words; /* "target", "err=timeout" */
	size_t n_lines[AS_WORDS];
};

/* What a sample, decision, report or line of as-sim says */
void as_chart_take(struct as_chart *chart, const struct as_line *line);
struct as_column *as_chart_column(const struct as_chart *chart, int64_t number);

/* The word's bytes that may stand in a picture; others are '?' */
enum { AS_WORD_MAX = 20 };
void as_chart_word(
    const struct as_chart *chart, size_t number, char word[AS_WORD_MAX + 1]);

/* curves.c - what a chart holds, as data for gnuplot */

/* How long a value of the curve holds, or of AS_CURVES a line: the median of
 * the times to the next, ms */
int64_t as_curve_step(const struct as_chart *chart, enum as_curve curve);

/* Whether there are different values in one column */
bool as_curve_spreads(const struct as_chart *chart, enum as_curve curve);

/* A data block of lines "TIME MEAN LOW HIGH", cut where nothing is known: a line
 * said so, or there was none for five steps */
void as_curve_put(const struct as_chart *chart, enum as_curve curve,
    const char *name, FILE *script);

/* One of lines "FROM TO ROW"; the word rows[i] is in row i + 1 */
void as_curves_words(const struct as_chart *chart, const size_t rows[AS_WORDS],
    const char *name, FILE *script);

enum as_terminal { AS_PNG, AS_SVG, AS_DUMB };
enum { AS_CHARTS = 4 };

struct as_picture {
	enum as_terminal terminal;
	int width, height; /* height: of AS_DUMB alone, in characters */
	double target;     /* of cpu; 0: there is none */
	double low, high;  /* that is tolerated */
	double top;        /* of the axis of replicas; 0: what fits */
	size_t n;          /* 1 to AS_CHARTS */
	const struct as_chart *charts[AS_CHARTS];
	struct as_text names[AS_CHARTS];
};

/* page.c - panels, one below the other, over one axis of time */
struct as_page {
	const struct as_picture *picture;
	FILE *script;
	const struct as_measures *size;
	int height, y;        /* from the top; where the last panel ends */
	int load, cpu, words; /* heights of panels; 0: there is none */
	size_t to_come;       /* panels */
	int64_t from, to;     /* ms, of the axis */
	int64_t last;         /* line */
};

void as_page_begin(
    struct as_page *page, const struct as_picture *picture, FILE *script);

/* What is to be plotted next is in a panel of that height.  Of its y axis: the
 * greatest value, or 0: there is none. */
void as_page_panel(
    struct as_page *page, int height, const char *caption, double top);

/* draw.c - what is in the panels: the picture as a script for gnuplot */
void as_draw(const struct as_picture *picture, FILE *script);

/* gnuplot.c - runs a script and appends its picture, which is whole if it is 0.
 * Returns an exit code: 0, 69 or 71, and what was wrong is told. */
int as_gnuplot(FILE *script, struct as_buf *picture);

#endif
