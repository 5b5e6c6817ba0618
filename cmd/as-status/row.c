/* row.c - prints a row for each app, in columns that are as wide as they must be */
#include <stdio.h>

#include "status.h"

/* The columns between the name of the app and the words */
enum { AGE, COUNT, WANT, LOAD, BAR, AGO, CHANGE, COLUMNS };
enum { CELL = 40 };

struct cells {
	char at[COLUMNS][CELL];
};

static const struct cells heads = {
    {"AGE", "COUNT", "WANT", "LOAD", "TARGET", "AGO", "CHANGE"}};

/* The name's column is as wide as the longest name, but at most so wide: a longer
 * name moves the other columns of its row. */
enum { NAME_MAX_WIDTH = 20 };
static const char head[] = "# APP", why_head[] = "WHY";
static const char red[] = "\033[31m", bold[] = "\033[1m", plain[] = "\033[m";

struct page {
	struct as_out *out;
	size_t limit; /* of a line, SIZE_MAX if there is none */
	size_t used;  /* of the line */
	int name_width, width[COLUMNS];
	bool colour;
};

static void
put_count(char *cell, int64_t count)
{
	if (count == AS_UNKNOWN)
		snprintf(cell, CELL, "-");
	else
		snprintf(cell, CELL, "%lld", (long long)count);
}

static void
put_since(char *cell, int64_t now, int64_t time)
{
	char span[AS_SPAN_SIZE];

	snprintf(cell, CELL, "%s",
	    time < 0 ? "-" : as_span_print(span, now - time, ""));
}

/* Four bytes from 0 to the target and four from there to twice the target; ">" in
 * the last of these is a load beyond that. */
static void
put_bar(char *cell, double ratio)
{
	enum { HALF = 4, FULL = 2 * HALF };
	int n = ratio < 3 ? (int)(ratio * HALF + 0.5) : FULL + 1;

	for (int i = 0; i < FULL; i++)
		cell[i + (i >= HALF)] = i < n ? '#' : '.';
	cell[HALF] = '|';
	if (n > FULL)
		cell[FULL] = '>';
	cell[FULL + 1] = '\0';
}

/* A metric with steps has no target: its reading is shown. */
static void
put_load(struct cells *cells, const struct as_seen *seen)
{
	double ratio = seen->load.ratio;

	snprintf(cells->at[LOAD], CELL, "-");
	snprintf(cells->at[BAR], CELL, "-");
	if (seen->has_load && ratio != ratio) {
		snprintf(cells->at[LOAD], CELL, "%.4g", seen->value);
	} else if (seen->has_load) {
		snprintf(cells->at[LOAD], CELL, "%.0f%%",
		    ratio < 99.99 ? ratio * 100 : 9999);
		put_bar(cells->at[BAR], ratio);
	}
}

static void
fill(struct cells *cells, const struct as_seen *seen, int64_t now)
{
	put_since(cells->at[AGE], now, seen->time);
	put_count(cells->at[COUNT], seen->count);
	put_count(cells->at[WANT], seen->want);
	put_load(cells, seen);
	put_since(cells->at[AGO], now, seen->changed);
	if (seen->changed < 0)
		snprintf(cells->at[CHANGE], CELL, "-");
	else
		snprintf(cells->at[CHANGE], CELL, "%d>%d", (int)seen->from,
		    (int)seen->count);
}

static void
widen(int *width, size_t len)
{
	if ((int)len > *width)
		*width = (int)len;
}

static void
measure(struct page *page, const struct cells *cells, size_t name_len)
{
	widen(&page->name_width,
	    name_len < NAME_MAX_WIDTH ? name_len : NAME_MAX_WIDTH);
	for (int i = 0; i < COLUMNS; i++)
		widen(&page->width[i], strlen(cells->at[i]));
}

/* Puts as much of the text as fits in the line. */
static void
put_text(struct page *page, const char *text, size_t len)
{
	size_t left = page->limit - page->used;
	size_t n = len < left ? len : left;

	as_out_end(page->out, as_put(as_out_room(page->out, n), text, n));
	page->used += n;
}

/* A colour takes no place. */
static void
put_colour(struct page *page, const char *colour)
{
	size_t len = page->colour ? strlen(colour) : 0;

	as_out_end(page->out, as_put(as_out_room(page->out, len), colour, len));
}

static void
put_padded(struct page *page, const char *text, size_t len, int width)
{
	put_text(page, text, len);
	for (; (int)len < width; len++)
		put_text(page, " ", 1);
}

static void
put_cells(struct page *page, const struct cells *cells)
{
	for (int i = 0; i < COLUMNS; i++) {
		size_t len = strlen(cells->at[i]);

		put_text(page, " ", 1);
		if (i == BAR || i == CHANGE) {
			put_padded(page, cells->at[i], len, page->width[i]);
		} else {
			put_padded(page, "", 0, page->width[i] - (int)len);
			put_text(page, cells->at[i], len);
		}
	}
	put_text(page, " ", 1);
}

static void
end_line(struct page *page)
{
	page->used = 0;
	put_text(page, "\n", 1);
	page->used = 0;
}

/* The rule that decided last, and its metric.  After words about what is wrong it
 * is left out if it does not fit. */
static void
put_why(struct page *page, const struct as_row *row)
{
	const struct as_seen *seen = row->seen;
	char text[AS_SEEN_WORD + AS_KEY_MAX + 16];
	int len = snprintf(text, sizeof(text), "%s%s%s%s",
	    row->rank > 0 ? "; " : "", seen->why[0] != '\0' ? seen->why : "-",
	    seen->by[0] != '\0' ? " by " : "", seen->by);

	if (row->rank == 0 || (size_t)len <= page->limit - page->used)
		put_text(page, text, (size_t)len);
}

static void
put_words(struct page *page, const struct as_row *row)
{
	if (row->rank > 0) {
		put_colour(page, red);
		put_text(page, row->words.at, row->words.len);
		put_colour(page, plain);
	}
	put_why(page, row);
}

static void
put_row(struct page *page, const struct as_row *row, const struct cells *cells)
{
	if (row->rank > 0)
		put_colour(page, red);
	put_padded(page, row->app.at, row->app.len, page->name_width);
	put_colour(page, plain);
	put_cells(page, cells);
	put_words(page, row);
	end_line(page);
}

static void
put_heads(struct page *page)
{
	put_colour(page, bold);
	put_padded(page, head, strlen(head), page->name_width);
	put_cells(page, &heads);
	put_text(page, why_head, strlen(why_head));
	put_colour(page, plain);
	end_line(page);
}

void
as_row_print(struct as_out *out, const struct as_row *rows, size_t n,
    int64_t now, size_t width, bool colour)
{
	struct page page = {.out = out,
	    .limit = width > 0 ? width : SIZE_MAX,
	    .colour = colour};
	struct cells *cells = as_mem_need(calloc(n + 1, sizeof(*cells)));

	measure(&page, &heads, strlen(head));
	for (size_t i = 0; i < n; i++) {
		fill(&cells[i], rows[i].seen, now);
		measure(&page, &cells[i], rows[i].app.len);
	}
	put_heads(&page);
	for (size_t i = 0; i < n; i++)
		put_row(&page, &rows[i], &cells[i]);
	free(cells);
}
