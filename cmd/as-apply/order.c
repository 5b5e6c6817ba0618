/* order.c - reads decisions, and prints their reports in the same order */
#include <fnmatch.h>
#include <stdio.h>

#include "apply.h"

static bool
is_app(const char *name)
{
	return name != NULL && !as_select_is_glob(name);
}

/* If the line is a COUNT alone, as in "echo 5 | as-apply URL", sets *text to a
 * decision with that count, the TIME of now, and from=-.  Else returns false. */
static bool
is_bare(struct as_orders *orders, struct as_text *text)
{
	char stamp[AS_STAMP_MAX];
	size_t len = as_time_print(stamp, as_time_now(), false);
	int32_t count;

	if (!as_num_count(*text, &count))
		return false;
	snprintf(orders->bare, sizeof(orders->bare), "%.*s %s %d from=-\n",
	    (int)len, stamp, is_app(orders->only) ? orders->only : "app",
	    count);
	text->at = orders->bare;
	return true;
}

/* Sets *from to the count of from=, or AS_UNKNOWN for from=-.  Returns why the line
 * is not a decision, or NULL. */
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

/* Whether the brake must not hold the decision.  The brake is for metrics that may
 * be wrong; but why=max and why=share follow from bounds and groups that people
 * set. */
static bool
is_spared(const struct as_line *line)
{
	const struct as_pair *why = as_line_get(line, "why");

	return why != NULL &&
	    (as_text_is(why->value, as_text("max")) ||
		as_text_is(why->value, as_text("share")));
}

static bool
is_wanted(const struct as_orders *orders)
{
	char name[128];

	snprintf(name, sizeof(name), "%.*s", (int)orders->line.app.len,
	    orders->line.app.at);
	return orders->only == NULL || fnmatch(orders->only, name, 0) == 0;
}

static struct as_order *
append(struct as_orders *orders)
{
	struct as_order *order = as_mem_need(calloc(1, sizeof(*order)));

	if (orders->first == NULL)
		orders->first = order;
	else
		orders->last->next = order;
	orders->last = order;
	orders->n++;
	return order;
}

/* Adds an order for a comment, such as the mark of a tick.  So it keeps its place
 * in the log and among the reports.  A comment may have bytes '\0'. */
static struct as_order *
add_comment(struct as_orders *orders, struct as_text text)
{
	struct as_order *order = append(orders);
	struct as_buf copy = {0}, report = {0};

	as_buf_add(&copy, text.at, text.len);
	as_buf_puts(&copy, "\n");
	order->comment = true;
	order->text = copy.at;
	order->len = copy.len;
	as_buf_add(&report, copy.at, copy.len);
	order->report = report.at;
	order->report_len = report.len;
	return order;
}

static struct as_order *
add(struct as_orders *orders)
{
	const struct as_line *line = &orders->line;
	size_t most = AS_STAMP_MAX + (size_t)(line->end - line->app.at);
	struct as_order *order = append(orders);

	order->text = as_mem_need(malloc(most + 2 + AS_SLACK));
	order->len = (size_t)(as_line_print(order->text, line) - order->text);
	order->stamp = (struct as_text){order->text, line->stamp_len};
	order->app = (struct as_text){
	    order->text + line->stamp_len + 1, line->app.len};
	order->time = line->time;
	order->count = line->count;
	order->other = AS_UNKNOWN;
	order->read = as_time_steady();
	return order;
}

static struct as_order *
take(struct as_orders *orders, struct as_in *in, struct as_text text)
{
	struct as_text read = text;
	struct as_order *order;
	bool bare = is_bare(orders, &read);
	const char *why = as_line_parse(&orders->line, read.at);
	int64_t from;

	if (bare && orders->needs_name && !is_app(orders->only))
		why = "a COUNT alone needs -a APP";
	if (why == NULL)
		why = read_from(&orders->line, &from);
	if (why != NULL) {
		as_in_skip(in, text, why);
		return NULL;
	}
	if (!is_wanted(orders))
		return NULL;
	order = add(orders);
	order->from = from;
	order->bare = bare;
	order->spared = is_spared(&orders->line);
	return order;
}

bool
as_orders_read(
    struct as_orders *orders, struct as_in *in, struct as_order **fresh)
{
	enum { LINES_MAX = 100000, BYTES_MAX = 16777216 };
	size_t bytes = 0, n = 0;
	struct as_order *order;
	struct as_text text;
	bool more;

	*fresh = NULL;
	do {
		if ((more = as_in_text(in, &text))) {
			order = *as_skip_blanks(text.at) == '#' ?
			    add_comment(orders, text) :
			    take(orders, in, text);
			if (*fresh == NULL)
				*fresh = order;
			bytes += text.len;
		}
	} while (
	    more && ++n < LINES_MAX && bytes < BYTES_MAX && as_in_ready(in));
	return more;
}

static void
add_count(struct as_buf *report, const char *key, int64_t count)
{
	char number[24];

	as_buf_puts(report, key);
	as_buf_add(
	    report, number, (size_t)(as_put_count(number, count) - number));
}

static void
add_time(struct as_buf *report, const char *key, int64_t time)
{
	char stamp[AS_STAMP_MAX];

	as_buf_puts(report, key);
	as_buf_add(report, stamp, as_time_print(stamp, time, time % 1000 != 0));
}

/* Adds the pairs that the next run will read back from the file of -r. */
static void
add_memory(struct as_buf *report, const struct as_app *app)
{
	if (app->since != AS_NEVER)
		add_time(report, " since=", app->since);
	if (app->barred > as_time_steady())
		add_time(report, " until=", app->until);
}

void
as_order_settle(struct as_order *order, const struct as_app *app,
    const char *applied, const char *more, const char *word)
{
	struct as_buf report = {0};

	as_buf_add(&report, order->stamp.at, order->stamp.len);
	as_buf_puts(&report, " ");
	as_buf_add(&report, order->app.at, order->app.len);
	add_count(&report, " ", order->count);
	add_count(&report, " from=", order->from);
	as_buf_puts(&report, " applied=");
	as_buf_puts(&report, applied);
	as_buf_puts(&report, more);
	as_buf_puts(&report, word);
	if (app != NULL)
		add_memory(&report, app);
	if (order->other != AS_UNKNOWN)
		add_count(&report, " other=", order->other);
	as_buf_puts(&report, "\n");
	order->report = report.at;
	order->report_len = report.len;
}

static void
forget_first(struct as_orders *orders)
{
	struct as_order *order = orders->first;

	orders->first = order->next;
	orders->n--;
	free(order->report);
	free(order->text);
	free(order);
}

bool
as_orders_report(
    struct as_orders *orders, struct as_log *reports, struct as_out *out)
{
	struct as_buf text = {0};
	bool written = true;

	for (const struct as_order *order;
	     (order = orders->first) != NULL && order->report != NULL;
	     forget_first(orders)) {
		size_t len = order->report_len;

		if (reports->path != NULL)
			as_buf_add(&text, order->report, len);
		as_out_end(
		    out, as_put(as_out_room(out, len), order->report, len));
	}
	if (text.len > 0)
		written = as_log_append(
		    reports, (struct as_text){text.at, text.len});
	free(text.at);
	return written;
}
