/* curves.c - writes the data of a chart (the lines of one app) for gnuplot */
#include "plot.h"

bool
as_curve_spreads(const struct as_chart *chart, enum as_curve curve)
{
	for (int64_t i = chart->from; i <= chart->to; i++) {
		const struct as_cell *cell =
		    &as_chart_column(chart, i)->cell[curve];

		if (cell->n > 1 && cell->low < cell->high)
			return true;
	}
	return false;
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

int64_t
as_curve_step(const struct as_chart *chart, enum as_curve curve)
{
	int64_t *steps = as_mem_need(calloc(chart->mask + 1, sizeof(*steps)));
	int64_t last = -1, median = 15000;
	size_t n = 0;

	for (int64_t i = chart->from; i <= chart->to; i++) {
		const struct as_column *column = as_chart_column(chart, i);
		const struct as_cell *cell = &column->cell[curve % AS_CURVES];
		int64_t time = curve == AS_CURVES ? column->time : cell->time;

		if (curve == AS_CURVES ? column->n_lines == 0 : cell->n == 0)
			continue;
		if (last >= 0)
			steps[n++] = time - last;
		last = time;
	}
	qsort(steps, n, sizeof(*steps), compare);
	if (n > 0)
		median = steps[(n - 1) / 2];
	free(steps);
	return median;
}

static double
seconds(int64_t ms)
{
	return (double)ms / 1000;
}

static void
put_point(FILE *script, int64_t time, const struct as_cell *cell)
{
	fprintf(script, "%.3f %.6g %.6g %.6g\n", seconds(time),
	    cell->sum / cell->n, cell->low, cell->high);
}

/* Ends a piece of a curve, which has a gap from here to the next piece.  The last
 * value of the piece is drawn for one step, but not beyond `end`. */
static void
end_piece(FILE *script, const struct as_cell *last, int64_t step, int64_t end)
{
	int64_t until = last->time + step;

	put_point(script, until < end ? until : end, last);
	fprintf(script, "\n");
}

void
as_curve_put(const struct as_chart *chart, enum as_curve curve,
    const char *name, FILE *script)
{
	int64_t step = as_curve_step(chart, curve);
	const struct as_cell *last = NULL;

	fprintf(script, "$%s << END\n", name);
	for (int64_t i = chart->from; i <= chart->to; i++) {
		const struct as_cell *cell =
		    &as_chart_column(chart, i)->cell[curve];
		bool there = cell->n > 0;
		int64_t time = there ? cell->time : i * chart->width;

		if (!there && !cell->missing)
			continue;
		if (last != NULL && (!there || time - last->time > 5 * step)) {
			end_piece(script, last, step, time);
			last = NULL;
		}
		if (there) {
			put_point(script, time, cell);
			last = cell;
		}
	}
	if (last != NULL)
		end_piece(script, last, step, INT64_MAX);
	fprintf(script, "END\n");
}

/* Writes one bar of a word.  It gets at least 1/500 of the whole time, so that it
 * can be seen. */
static void
put_run(const struct as_chart *chart, int64_t from, int64_t to, size_t row,
    FILE *script)
{
	int64_t least = (chart->last - chart->first) / 500;

	if (to < from + least)
		to = from + least;
	fprintf(script, "%.3f %.3f %zu\n", seconds(from), seconds(to), row);
}

static void
put_row(const struct as_chart *chart, uint32_t word, size_t row, FILE *script)
{
	int64_t step = as_curve_step(chart, AS_CURVES), from = -1, to = 0;

	for (int64_t i = chart->from; i <= chart->to; i++) {
		const struct as_column *column = as_chart_column(chart, i);

		if (column->n_lines == 0)
			continue;
		if (from >= 0 &&
		    (column->time > to || (column->words & word) == 0)) {
			to = column->time < to ? column->time : to;
			put_run(chart, from, to, row, script);
			from = -1;
		}
		if ((column->words & word) != 0) {
			from = from < 0 ? column->time : from;
			to = column->time + step * 3 / 2;
		}
	}
	if (from >= 0)
		put_run(chart, from, to - step / 2, row, script);
}

void
as_curves_words(const struct as_chart *chart, const size_t rows[AS_WORDS],
    const char *name, FILE *script)
{
	fprintf(script, "$%s << END\n", name);
	for (size_t i = 0; i < chart->words.n; i++)
		put_row(chart, 1u << rows[i], i + 1, script);
	fprintf(script, "END\n");
}
