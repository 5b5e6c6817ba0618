/* cells.c - the texts of the columns of an app */
#include <stdio.h>

#include "status.h"

static void
put_count(char *cell, int64_t count)
{
	if (count == AS_UNKNOWN)
		snprintf(cell, AS_CELL_SIZE, "-");
	else
		snprintf(cell, AS_CELL_SIZE, "%lld", (long long)count);
}

static void
put_since(char *cell, int64_t now, int64_t time)
{
	char span[AS_SPAN_SIZE];

	snprintf(cell, AS_CELL_SIZE, "%s",
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
put_load(struct as_cells *cells, const struct as_seen *seen)
{
	double ratio = seen->load.ratio;

	snprintf(cells->at[AS_CELL_LOAD], AS_CELL_SIZE, "-");
	snprintf(cells->at[AS_CELL_TARGET], AS_CELL_SIZE, "-");
	if (seen->has_load && ratio != ratio) {
		snprintf(
		    cells->at[AS_CELL_LOAD], AS_CELL_SIZE, "%.4g", seen->value);
	} else if (seen->has_load) {
		snprintf(cells->at[AS_CELL_LOAD], AS_CELL_SIZE, "%.0f%%",
		    ratio < 99.99 ? ratio * 100 : 9999);
		put_bar(cells->at[AS_CELL_TARGET], ratio);
	}
}

void
as_cells_fill(struct as_cells *cells, const struct as_seen *seen, int64_t now)
{
	put_since(cells->at[AS_CELL_AGE], now, seen->time);
	put_count(cells->at[AS_CELL_COUNT], seen->count);
	put_count(cells->at[AS_CELL_WANT], seen->want);
	put_load(cells, seen);
	put_since(cells->at[AS_CELL_AGO], now, seen->changed);
	if (seen->changed < 0)
		snprintf(cells->at[AS_CELL_CHANGE], AS_CELL_SIZE, "-");
	else
		snprintf(cells->at[AS_CELL_CHANGE], AS_CELL_SIZE, "%d>%d",
		    (int)seen->from, (int)seen->count);
}
