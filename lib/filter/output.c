/* output.c - writes the sample line of an app from the values that a filter
 * gave */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "filter.h"

void
as_output_begin(struct as_output *output, struct as_buf *to,
    struct as_text stamp, struct as_text app)
{
	*output = (struct as_output){
	    .to = to, .begin = to->len, .stamp = stamp, .app = app};
	as_buf_add(to, stamp.at, stamp.len);
	as_buf_add(to, " ", 1);
	as_buf_add(to, app.at, app.len);
}

void
as_output_wrong(
    struct as_output *output, const char *word, const char *fmt, ...)
{
	va_list args;

	if (output->word != NULL)
		return;
	output->word = word;
	va_start(args, fmt);
	vsnprintf(output->detail, sizeof(output->detail), fmt, args);
	va_end(args);
}

void
as_output_count(struct as_output *output, double replicas)
{
	char text[16];

	output->has_count = true;
	if (!(replicas >= 0 && replicas <= AS_COUNT_MAX) ||
	    replicas != floor(replicas)) {
		as_output_wrong(output, "range",
		    "replicas is not a whole number in 0..2147483647");
		return;
	}
	as_buf_add(output->to, text,
	    (size_t)snprintf(text, sizeof(text), " %.0f", fabs(replicas)));
}

void
as_output_no_count(struct as_output *output)
{
	as_buf_puts(output->to, " -");
}

/* Leaves out a metric that is null or bad, so that the other metrics can be used.
 * Keeps the reason for one of them: for the first bad one, or else for the first
 * null. */
void
as_output_leave_out(struct as_output *output, bool warns, const char *word,
    const char *fmt, ...)
{
	va_list args;

	output->n_left_out++;
	if (output->metric_word != NULL && (output->warns || !warns))
		return;
	output->metric_word = word;
	output->warns = warns;
	va_start(args, fmt);
	vsnprintf(
	    output->metric_detail, sizeof(output->metric_detail), fmt, args);
	va_end(args);
}

/* Returns whether the key is one of the words.  A word that ends with a point,
 * like "err.", means all keys that begin with it. */
static bool
is_one_of(struct as_text key, const char *const words[])
{
	for (size_t i = 0; words[i] != NULL; i++) {
		struct as_text word = as_text(words[i]), begin = key;

		if (word.at[word.len - 1] == '.' && key.len > word.len)
			begin.len = word.len;
		if (as_text_is(begin, word))
			return true;
	}
	return false;
}

/* Checks a metric whose key has another meaning in a line, as err has, or must be
 * a count, as ready must: no reader would accept the line if it were wrong.
 * Returns false if the metric was left out for that. */
static bool
check_metric(struct as_output *output, struct as_text key, double value)
{
	static const char *const taken[] = {
	    "applied", "err", "err.", "from", "until", "until.", NULL};
	static const char *const counts[] = {"max", "min", "missing",
	    "missing.", "ready", "ready.", "unready", "unready.", NULL};

	if (is_one_of(key, taken))
		as_output_leave_out(output, true, "filter",
		    "%.*s means something else in a line", (int)key.len,
		    key.at);
	else if (is_one_of(key, counts) &&
	    (value > AS_COUNT_MAX || value != floor(value)))
		as_output_leave_out(output, true, "range",
		    "%.*s is not a whole number in 0..2147483647", (int)key.len,
		    key.at);
	else
		return true;
	return false;
}

void
as_output_metric(struct as_output *output, struct as_text key, double value)
{
	char number[32];

	if (!check_metric(output, key, value))
		return;
	as_buf_add(output->to, " ", 1);
	as_buf_add(output->to, key.at, key.len);
	as_buf_add(output->to, "=", 1);
	as_buf_add(output->to, number,
	    as_num_print(number, fabs(value))); /* fabs makes 0 of -0 */
	output->n_metrics++;
}

/* Refuses a line that is too long: each reader skips a line over 64 KiB.  1 KiB
 * less is allowed, because as-fetch may add until.N= for each of up to 16
 * requests. */
static void
check_length(struct as_output *output)
{
	enum { MOST = AS_LINE_MAX - 1024 };

	if (output->to->len - output->begin + output->lost.len > MOST)
		as_output_wrong(output, "too-big", "the line is over 63 KiB");
}

static void
put_wrong(struct as_buf *to, char mark, const char *word, struct as_text app,
    const char *detail)
{
	as_buf_add(to, &mark, 1);
	as_buf_puts(to, word);
	as_buf_puts(to, " ");
	as_buf_add(to, app.at, app.len);
	as_buf_puts(to, " ");
	for (; *detail != '\0'; detail++)
		as_buf_add(to, *detail == '\n' ? " " : detail, 1);
	as_buf_puts(to, "\n");
}

/* Decides whether a line without a metric can be a sample line.  It needs a count.
 * If metrics were left out, there must also be several replies, or a lost one,
 * which may have another metric; then as-decide may use a fallback. */
static void
judge(struct as_output *output)
{
	bool partial = output->lost.len > 0 || output->several;

	if (output->n_metrics > 0)
		return;
	if (!output->has_count)
		as_output_wrong(output, "type", "replicas is missing");
	else if (output->n_left_out > 0 && !partial)
		as_output_wrong(output, output->metric_word, "%s",
		    output->warns ? output->metric_detail :
				    "every metric is null");
}

void
as_output_end(struct as_output *output)
{
	judge(output);
	check_length(output);
	if (output->word != NULL) {
		output->to->len = output->begin;
		put_wrong(
		    output->to, '!', output->word, output->app, output->detail);
		return;
	}
	as_buf_add(output->to, output->lost.at, output->lost.len);
	if (output->n_metrics == 0 && output->n_left_out > 0 &&
	    output->lost.len == 0) {
		as_buf_puts(output->to, " err=");
		as_buf_puts(output->to, output->metric_word);
		output->warns = true;
	}
	as_buf_puts(output->to, "\n");
	if (output->warns)
		put_wrong(output->to, '~', output->metric_word, output->app,
		    output->metric_detail);
}

void
as_output_refuse(struct as_buf *to, const char *word, const char *detail)
{
	put_wrong(to, '!', word, as_text("-"), detail);
}
