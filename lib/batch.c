/* batch.c - decisions as they come, and which of them count */
#include <stdio.h>

#include "api.h"

/* "5" stands for a decision of now, made without a look at the count. */
static bool
is_bare(struct as_batch *batch, struct as_text *text)
{
	char stamp[AS_STAMP_MAX];
	size_t len = as_time_print(stamp, as_time_now(), false);
	int32_t count;

	if (!as_num_count(*text, &count))
		return false;
	snprintf(batch->bare, sizeof(batch->bare), "%.*s %s %d from=-\n",
	    (int)len, stamp, batch->only_app ? batch->only_app : "app", count);
	text->at = batch->bare;
	return true;
}

/* Why the line that was read is no decision, or NULL. */
static const char *
read_from(const struct as_line *line, int64_t *from)
{
	const struct as_pair *pair = as_line_get(line, "from");
	int32_t count;

	*from = AS_UNKNOWN;
	if (pair == NULL)
		return "has no from=: a sample, not a decision";
	if (as_text_is(pair->value, as_text("-")))
		return NULL;
	if (!as_num_count(pair->value, &count))
		return "from= is not - or a number in 0..2147483647";
	*from = count;
	return NULL;
}

static struct as_order *
add(struct as_batch *batch)
{
	const struct as_line *line = &batch->line;
	size_t most = AS_STAMP_MAX + (size_t)(line->end - line->app.at);
	struct as_order *order;

	if (batch->n == batch->room)
		batch->orders = as_grow(
		    batch->orders, &batch->room, sizeof(*batch->orders));
	order = &batch->orders[batch->n++];
	order->text = as_need(malloc(most + 2 + AS_SLACK));
	order->len = (size_t)(as_line_print(order->text, line) - order->text);
	order->stamp = (struct as_text){order->text, line->stamp_len};
	order->app = (struct as_text){
	    order->text + line->stamp_len + 1, line->app.len};
	order->time = line->time;
	order->count = line->count;
	return order;
}

static void
take(struct as_batch *batch, struct as_in *in, struct as_text text)
{
	struct as_text read = text;
	struct as_order *order;
	bool bare = is_bare(batch, &read);
	const char *why = as_line_parse(&batch->line, read.at);
	int64_t from;

	if (why == NULL)
		why = read_from(&batch->line, &from);
	if (why != NULL) {
		as_in_skip(in, text, why);
		return;
	}
	if (batch->only_app != NULL &&
	    !as_text_is(batch->line.app, as_text(batch->only_app)))
		return;
	order = add(batch);
	order->from = from;
	order->bare = bare;
	order->number = as_table_find(&batch->apps, order->app);
}

/* An app's newest order of all batches, too: one that was overtaken on its way
 * is not to undo what came after it. */
static void
mark_newest(struct as_batch *batch)
{
	struct as_order **newest = as_need(
	    calloc(batch->apps.n + 1, sizeof(struct as_order *)));

	for (; batch->n_last < batch->apps.n; batch->n_last++) {
		if (batch->n_last == batch->last_room)
			batch->last = as_grow(batch->last, &batch->last_room,
			    sizeof(*batch->last));
		batch->last[batch->n_last] = INT64_MIN;
	}
	for (size_t i = 0; i < batch->n; i++) {
		struct as_order *order = &batch->orders[i];
		struct as_order **best = &newest[order->number];

		order->newest = order->time >= batch->last[order->number];
		if (!order->newest)
			continue;
		if (*best != NULL)
			(*best)->newest = false;
		*best = order;
		batch->last[order->number] = order->time;
	}
	free(newest);
}

static void
clear(struct as_batch *batch)
{
	for (size_t i = 0; i < batch->n; i++)
		free(batch->orders[i].text);
	batch->n = 0;
}

bool
as_batch_read(struct as_batch *batch, struct as_in *in)
{
	enum { LINES_MAX = 100000, BYTES_MAX = 16777216 };
	size_t bytes = 0;
	struct as_text text;
	bool more;

	clear(batch);
	do {
		if ((more = as_in_text(in, &text))) {
			take(batch, in, text);
			bytes += text.len;
		}
	} while (more && batch->n < LINES_MAX && bytes < BYTES_MAX &&
	    as_in_ready(in));
	mark_newest(batch);
	return more;
}

void
as_batch_free(struct as_batch *batch)
{
	clear(batch);
	as_table_free(&batch->apps);
	free(batch->orders);
	free(batch->last);
	free(batch->line.pairs);
}
