/* row.c - prints a row for each app, in columns that are as wide as they must be */
#include <stdio.h>

#include "status.h"

static const struct as_cells heads = {
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
	int name_width;
	int width[AS_CELLS]; /* 0 if the column is left out */
	bool colour;
};

static void
widen(int *width, size_t len)
{
	if ((int)len > *width)
		*width = (int)len;
}

static void
measure(struct page *page, const struct as_cells *cells, size_t name_len)
{
	widen(&page->name_width,
	    name_len < NAME_MAX_WIDTH ? name_len : NAME_MAX_WIDTH);
	for (int i = 0; i < AS_CELLS; i++)
		widen(&page->width[i], strlen(cells->at[i]));
}

/* Returns the length of the worst trouble, which stands first. */
static size_t
worst_len(const struct as_row *row)
{
	return row->words.len > 0 ? strcspn(row->words.at, ";") : 0;
}

/* The bytes that the longest row needs up to its worst trouble */
static size_t
longest(const struct page *page, const struct as_row *rows, size_t n)
{
	size_t most = 0, len = 1;

	for (int i = 0; i < AS_CELLS; i++)
		len += 1 + (size_t)page->width[i];
	for (size_t i = 0; i < n; i++) {
		size_t name = rows[i].app.len;

		if (name < (size_t)page->name_width)
			name = (size_t)page->name_width;
		if (name + len + worst_len(&rows[i]) > most)
			most = name + len + worst_len(&rows[i]);
	}
	return most;
}

/* What is wrong matters most: leaves out columns until that fits in all rows. */
static void
leave_out(struct page *page, const struct as_row *rows, size_t n)
{
	static const enum as_column spare[] = {
	    AS_CELL_CHANGE, AS_CELL_AGO, AS_CELL_TARGET};

	for (size_t i = 0; i < 3 && longest(page, rows, n) > page->limit; i++)
		page->width[spare[i]] = 0;
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
put_cells(struct page *page, const struct as_cells *cells)
{
	for (int i = 0; i < AS_CELLS; i++) {
		size_t len = strlen(cells->at[i]);

		if (page->width[i] == 0)
			continue;
		put_text(page, " ", 1);
		if (i == AS_CELL_TARGET || i == AS_CELL_CHANGE) {
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
put_row(
    struct page *page, const struct as_row *row, const struct as_cells *cells)
{
	if (row->rank > 0)
		put_colour(page, red);
	put_padded(page, row->app.at, row->app.len, page->name_width);
	put_colour(page, plain);
	put_cells(page, cells);
	put_words(page, row);
	end_line(page);
}

/* How it is in one line.  The last row is that of the app which is best off. */
static void
put_summary(struct page *page, const struct as_row *rows, size_t n, int64_t now)
{
	char text[128], stamp[AS_STAMP_MAX];
	size_t wrong = 0;
	int len;

	while (wrong < n && rows[wrong].rank > 0)
		wrong++;
	len = snprintf(text, sizeof(text),
	    "# %.*s: %zu app%s, %zu in trouble%s",
	    (int)as_time_print(stamp, now, false), stamp, n, n == 1 ? "" : "s",
	    wrong,
	    n > 0 && rows[n - 1].rank == AS_TROUBLE_SILENT ?
		": the loop is silent" :
		"");
	put_colour(page, wrong > 0 ? red : plain);
	put_text(page, text, (size_t)len);
	put_colour(page, plain);
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
	struct as_cells *cells = as_mem_need(calloc(n + 1, sizeof(*cells)));

	measure(&page, &heads, strlen(head));
	for (size_t i = 0; i < n; i++) {
		as_cells_fill(&cells[i], rows[i].seen, now);
		measure(&page, &cells[i], rows[i].app.len);
	}
	leave_out(&page, rows, n);
	put_summary(&page, rows, n, now);
	put_heads(&page);
	for (size_t i = 0; i < n; i++)
		put_row(&page, &rows[i], &cells[i]);
	free(cells);
}
