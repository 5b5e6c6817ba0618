/* chart.c - collects the lines of one app in columns of time */
#include <math.h>
#include <stdio.h>

#include "plot.h"

struct as_column *
as_chart_column(const struct as_chart *chart, int64_t number)
{
	return &chart->column[(uint64_t)number & chart->mask];
}

static void
merge_cell(struct as_cell *into, const struct as_cell *cell)
{
	into->missing |= cell->missing;
	if (cell->n == 0)
		return;
	if (into->n == 0 || cell->time < into->time)
		into->time = cell->time;
	into->low = into->n == 0 ? cell->low : fmin(into->low, cell->low);
	into->high = into->n == 0 ? cell->high : fmax(into->high, cell->high);
	into->sum += cell->sum;
	into->n += cell->n;
}

static void
merge_lines(struct as_column *into, int64_t time, uint32_t n, uint32_t words)
{
	if (n > 0 && (into->n_lines == 0 || time < into->time))
		into->time = time;
	into->n_lines += n;
	into->words |= words;
}

static void
widen(struct as_chart *chart)
{
	struct as_column *narrow = chart->column;

	chart->column = as_mem_need(
	    calloc(chart->mask + 1, sizeof(*chart->column)));
	for (int64_t i = chart->from; i <= chart->to; i++) {
		struct as_column *old = &narrow[(uint64_t)i & chart->mask];
		struct as_column *new = as_chart_column(chart, i / 2);

		for (int c = 0; c < AS_CURVES; c++)
			merge_cell(&new->cell[c], &old->cell[c]);
		merge_lines(new, old->time, old->n_lines, old->words);
	}
	free(narrow);
	chart->width *= 2;
	chart->from /= 2;
	chart->to /= 2;
}

static struct as_column *
column_at(struct as_chart *chart, int64_t time)
{
	int64_t number;

	if (chart->column == NULL) {
		chart->column = as_mem_need(
		    calloc(chart->mask + 1, sizeof(*chart->column)));
		chart->width = 1;
		chart->from = chart->to = time;
		chart->first = chart->last = time;
	}
	chart->first = time < chart->first ? time : chart->first;
	chart->last = time > chart->last ? time : chart->last;
	for (;;) {
		int64_t from = chart->from, to = chart->to;

		number = time / chart->width;
		from = number < from ? number : from;
		to = number > to ? number : to;
		if (to - from <= (int64_t)chart->mask) {
			chart->from = from;
			chart->to = to;
			return as_chart_column(chart, number);
		}
		widen(chart);
	}
}

#define TOO_GREAT 1e15 /* not drawn: it would make all else invisible */

static void
take(struct as_chart *chart, struct as_column *column, enum as_curve curve,
    int64_t time, double x)
{
	struct as_cell cell = {
	    .time = time, .n = 1, .sum = x, .low = x, .high = x};

	if (!(x < TOO_GREAT))
		cell = (struct as_cell){.missing = true};
	merge_cell(&column->cell[curve], &cell);
	merge_cell(&chart->whole[curve], &cell);
}

static double
count_of(const struct as_line *line)
{
	return line->count == AS_UNKNOWN ? NAN : (double)line->count;
}

static double
ready_of(const struct as_line *line)
{
	double count = count_of(line), ready = as_line_number(line, "ready");
	double unready = as_line_number(line, "unready");
	double missing = as_line_number(line, "missing");

	if (!isnan(ready) || isnan(count))
		return ready;
	count -= isnan(unready) ? 0 : unready;
	count -= isnan(missing) ? 0 : missing;
	return count > 0 ? count : 0;
}

static void
take_sample(struct as_chart *chart, struct as_column *column,
    const struct as_line *line)
{
	double ready = ready_of(line), cpu = as_line_number(line, "cpu");
	double demand = as_line_number(line, "demand");

	take(chart, column, AS_REPLICAS, line->time, count_of(line));
	take(
	    chart, column, AS_READY, line->time, as_line_number(line, "ready"));
	take(chart, column, AS_CPU, line->time, cpu);
	take(chart, column, AS_LOAD, line->time,
	    isnan(demand) ? cpu * ready : demand);
	take(chart, column, AS_SERVED, line->time,
	    isnan(demand) || isnan(ready) ? NAN : fmin(demand, ready));
}

static uint32_t
find_word(struct as_chart *chart, const char *key, struct as_text value)
{
	char word[AS_WORD_MAX + AS_SLACK];
	struct as_text text = {word, 0};
	size_t number;
	int len = snprintf(word, AS_WORD_MAX + 1, "%s%.*s", key,
	    value.len > AS_WORD_MAX ? AS_WORD_MAX : (int)value.len, value.at);

	text.len = len > AS_WORD_MAX ? AS_WORD_MAX : (size_t)len;
	if (!as_table_has(&chart->words, text, &number) &&
	    chart->words.n >= AS_WORDS - 1)
		text = as_text("others");
	number = as_table_find(&chart->words, text);
	chart->n_lines[number]++;
	return 1u << number;
}

static uint32_t
find_words(struct as_chart *chart, const struct as_line *line)
{
	static const char *const words[][2] = {
	    {"why", ""}, {"err", "err="}, {"applied", "applied="}};
	uint32_t bits = 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const struct as_pair *pair = as_line_get(line, words[i][0]);

		if (pair != NULL)
			bits |= find_word(chart, words[i][1], pair->value);
	}
	return bits;
}

void
as_chart_take(struct as_chart *chart, const struct as_line *line)
{
	struct as_column *column = column_at(chart, line->time);

	if (as_line_get(line, "from") == NULL) {
		take_sample(chart, column, line);
	} else {
		take(chart, column, AS_WANTED, line->time, count_of(line));
		take(chart, column, AS_REPLICAS, line->time,
		    as_line_number(line, "from"));
	}
	merge_lines(column, line->time, 1, find_words(chart, line));
}

/* A word comes from the input.  It may have a quote, after which gnuplot would run
 * the rest of it as commands.  An APP cannot: it has letters, digits and . _ : -
 * alone. */
void
as_chart_word(
    const struct as_chart *chart, size_t number, char word[AS_WORD_MAX + 1])
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789=._:-";
	struct as_text text = as_table_name(&chart->words, number);

	memcpy(word, text.at, text.len);
	word[text.len] = '\0';
	for (size_t i = 0; i < text.len; i++)
		if (strchr(plain, word[i]) == NULL)
			word[i] = '?';
}
