/* report.c - says what as-apply did with the decision */
#include <unistd.h>

#include "why.h"

/* What a word of applied= or why= in a report means */
struct meaning {
	const char *word, *text;
};

static const struct meaning results[] = {
    {"ok", "The API has accepted the order."},
    {"same", "The app had that count already: nothing was ordered."},
    {"hold", "There was no count to order."},
    {"dry", "It was a dry run: nothing was ordered."},
    {"superseded", "A newer decision took its place."},
    {"failed", "The API did not accept the order."},
    {"unknown", "The order was sent, but no answer came."}, {NULL, NULL}};

static const struct meaning reasons[] = {
    {"brake", "The brake held it: too many apps were to scale down at once."},
    {"busy", "The server had asked to be left alone."},
    {"conflict", "The app no longer had the count that was decided for."},
    {"filter", "A filter made no request of it."},
    {"future", "The decision was of the future: the clocks differ."},
    {"limit", "The count was beyond the min or max of as-apply."},
    {"no-data", "The count of the app was not known."},
    {"other-app", "The settings of as-apply do not know the app."},
    {"other-put", "Another as-apply still waited for an answer about the app."},
    {"paused", "The pause_file was there."},
    {"stale", "The decision was too old when it came."}, {NULL, NULL}};

/* Reads the last line of the lines into the report. */
static void
take_last(struct as_report *report, const struct as_buf *lines)
{
	size_t at = lines->len - 1; /* its LF */

	while (at > 0 && lines->at[at - 1] != '\n')
		at--;
	if (as_line_parse(&report->line, lines->at + at) != NULL)
		report->line.n_pairs = 0;
}

void
as_report_read(struct as_report *report, const struct as_moment *moment)
{
	struct as_moment order = {.app = moment->app};
	char *path = as_moment_beside(moment, "reports.log");

	*report = (struct as_report){.is_kept = access(path, F_OK) == 0};
	order.path = path;
	if (report->is_kept && as_moment_find(&order, moment->time, 0)) {
		as_moment_read(&order, NULL, 0);
		if (order.lines.len > 0)
			take_last(report, &order.lines);
		report->text = order.lines;
	}
	free(path);
}

static const char *
find_text(const struct meaning *meanings, const struct as_pair *pair)
{
	for (; pair != NULL && meanings->word != NULL; meanings++)
		if (as_text_is(pair->value, as_text(meanings->word)))
			return meanings->text;
	return NULL;
}

static const char *
text_of(const struct as_line *report)
{
	const char *text = find_text(results, as_line_get(report, "applied"));

	if (text == NULL)
		text = find_text(reasons, as_line_get(report, "why"));
	return text != NULL ? text : "It was not ordered.";
}

/* Adds the words of the report, for those who know them. */
static void
put_pairs(struct as_buf *text, const struct as_line *report)
{
	const char *before = " (";

	for (size_t i = 0; i < report->n_pairs; i++) {
		const struct as_pair *pair = &report->pairs[i];

		if (as_text_is(pair->key, as_text("from")))
			continue;
		as_buf_puts(text, before);
		as_buf_add(text, pair->key.at, pair->key.len);
		as_buf_puts(text, "=");
		as_buf_add(text, pair->value.at, pair->value.len);
		before = " ";
	}
	as_buf_puts(text, ")");
}

/* The log of samples is what as-fetch read.  Filters after it, as as-forecast, are
 * not replayed. */
static void
put_other(struct as_buf *text, const struct as_story *story)
{
	const struct as_line *report = &story->report.line;

	if (report->count == story->replay.decision.count)
		return;
	as_word_put(text,
	    " It got the count %lld, which is not that of this replay: other "
	    "settings, another version or a filter in between decided it.",
	    (long long)report->count);
}

void
as_report_say(struct as_buf *text, const struct as_story *story)
{
	const struct as_line *report = &story->report.line;
	const char *result = text_of(report);

	if (report->n_pairs == 0) {
		as_buf_puts(text, "reports.log has no report of this moment.");
		return;
	}
	as_buf_add(text, result, strlen(result) - 1);
	put_pairs(text, report);
	as_buf_puts(text, ".");
	put_other(text, story);
}
