/* status.h - the parts of as-status.  What the logs say of an app is collected in a
 * struct as_seen.  Its troubles are found in that, and a row is printed of both.
 * Times are milliseconds since 1970 UTC, durations are milliseconds. */
#ifndef AS_STATUS_H
#define AS_STATUS_H

#include "conf.h"

enum {
	AS_STATUS_SPAN = 3600000, /* so much of each log is read */
	AS_SEEN_WORD = 24,        /* a word of a line, with its '\0' */
	AS_SEEN_GAPS = 3
};

/* Each member that is a TIME is -1 if there is none. */
struct as_seen {
	const struct as_policy *policy; /* NULL if its settings conflict */
	int64_t time;                   /* of the last sample */
	int64_t counted;                /* of the last sample with a COUNT */
	/* From one sample to the next; the newest gap is gaps[0]. */
	int64_t gaps[AS_SEEN_GAPS];
	char err[AS_SEEN_WORD]; /* err= of the last sample; "" without it */
	int32_t count;          /* the last COUNT that is known */
	/* The last change of COUNT.  All changes of the last hour are in `changes`:
	 * 1 for a change up, -1 for one down. */
	int64_t changed;
	int32_t from;
	struct as_queue changes;

	int64_t want; /* the COUNT of the last decision */
	char why[AS_SEEN_WORD];
	char by[AS_KEY_MAX + 1]; /* "" if no metric led to the decision */
	int64_t why_since; /* of the first decision in a row with this why= */
	/* Of the first decision in a row with why=max.  A decision without COUNT does
	 * not end this row. */
	int64_t max_since;
	int32_t more; /* want= of the last decision; AS_UNKNOWN without it */

	/* How many of the last reports in a row were not applied, and how and why
	 * the last one was not */
	int32_t unapplied;
	char applied[AS_SEEN_WORD];
	char reason[AS_SEEN_WORD];
	struct as_queue others; /* one entry for each report with other= */

	/* The reading of the metric that led to the decision */
	bool has_load;
	struct as_recommendation load;
	double value;
};

/* seen.c - takes the lines of the three logs.  Decisions must be taken before
 * samples: they say which metric counts. */
void as_seen_begin(struct as_seen *seen, const struct as_policy *policy);
const char *as_seen_sample(struct as_seen *seen, struct as_line *line);
void as_seen_decision(struct as_seen *seen, const struct as_line *line);
void as_seen_report(struct as_seen *seen, const struct as_line *line);

/* The times from one sample to the next are probably this; 0 if unknown. */
int64_t as_seen_rhythm(const struct as_seen *seen);

/* trouble.c - finds what is wrong with an app at the time `now`.  Adds it in words to
 * `words`, the worst first.  Returns how bad the worst is; 0 if nothing is wrong, and
 * AS_TROUBLE_SILENT, which is the worst, if samples no longer come. */
enum { AS_TROUBLE_SILENT = 9 };
int as_trouble_find(struct as_seen *seen, int64_t now, struct as_buf *words);

/* span.c - a duration in a few bytes: 15s, 3m, 5h, 8d.  In words there is a blank
 * before the unit.  Returns buf. */
enum { AS_SPAN_SIZE = 32 };
const char *as_span_print(
    char buf[AS_SPAN_SIZE], int64_t ms, const char *blank);

/* cells.c - the texts of the columns between the name of the app and the words */
enum as_column {
	AS_CELL_AGE,
	AS_CELL_COUNT,
	AS_CELL_WANT,
	AS_CELL_LOAD,
	AS_CELL_TARGET,
	AS_CELL_AGO,
	AS_CELL_CHANGE,
	AS_CELLS
};
enum { AS_CELL_SIZE = 40 };

struct as_cells {
	char at[AS_CELLS][AS_CELL_SIZE];
};

void as_cells_fill(
    struct as_cells *cells, const struct as_seen *seen, int64_t now);

/* row.c - prints a row for each app, in columns.  The texts last as long as the
 * row. */
struct as_row {
	struct as_text app;
	struct as_seen *seen;
	struct as_buf words; /* what is wrong */
	int rank;            /* as_trouble_find returned it. */
};

/* The rows are sorted, the worst first.  width is the most bytes of a line, or 0 if
 * there is no limit. */
void as_row_print(struct as_out *out, const struct as_row *rows, size_t n,
    int64_t now, size_t width, bool colour);

/* mark.c - finds the settings that the last mark "# settings DIGEST VERSION" of a
 * log names.  Returns the path of their file, or NULL if there is no mark, or no file
 * that can be read; the latter is reported.  Dies with 74 if the log cannot be
 * read. */
const char *as_mark_find(const char *log);

#endif
