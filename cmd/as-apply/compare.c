/* compare.c - reads the count that an app has right before its PUT */
#include <stdio.h>

#include "apply.h"

bool
as_compare_ask(struct as_app *app)
{
	return as_ask_make(&app->ask, &app->scope, AS_ASK_BEFORE) ||
	    as_ask_make(&app->ask, &app->scope, AS_ASK_STATUS);
}

/* Finds the count of the app in what the filter of the status gave: lines, which
 * may be of many apps, and messages, which begin with "!".  Returns false, with a
 * reason in detail, if no line has it. */
static bool
find_count(struct as_text app, const struct as_buf *answer, int64_t *count,
    char *detail)
{
	struct as_line line = {0};
	bool found = false;

	snprintf(detail, AS_DETAIL_MAX, "the reply does not have this app");
	for (size_t at = 0; at < answer->len && !found;
	     at += strcspn(answer->at + at, "\n") + 1) {
		const char *text = answer->at + at;

		found = *text != '!' && as_line_parse(&line, text) == NULL &&
		    line.count != AS_UNKNOWN && as_text_is(line.app, app);
		if (*text == '!')
			snprintf(detail, AS_DETAIL_MAX, "%.*s",
			    (int)strcspn(text + 1, "\n"), text + 1);
	}
	*count = found ? line.count : AS_UNKNOWN;
	free(line.pairs);
	return found;
}

/* Keeps what filters get as $before: the reply or, if there are several, an array
 * of them.  null stands for a reply that did not come. */
static void
keep_before(struct as_app *app)
{
	app->before.len = 0;
	for (size_t i = 0; i < app->ask.n; i++) {
		const struct as_buf *reply = &app->ask.replies[i];

		if (app->ask.n > 1)
			as_buf_puts(&app->before, i == 0 ? "[" : ",");
		if (as_lost_is(&app->ask, i))
			as_buf_puts(&app->before, "null");
		else
			as_buf_add(&app->before, reply->at, reply->len);
	}
	if (app->ask.n > 1)
		as_buf_puts(&app->before, "]");
}

int64_t
as_compare_count(struct as_app *app, const char **word)
{
	static const char slack[AS_SLACK];
	struct as_buf answer = {0};
	int64_t count = AS_UNKNOWN;
	int32_t n;

	*word = as_ask_answer(&app->ask, &app->scope,
	    as_text("1970-01-01T00:00:00Z"), AS_COUNTS, &answer, NULL);
	if (*word == NULL && app->ask.what == AS_ASK_STATUS) {
		as_buf_add(&answer, slack, sizeof(slack));
		answer.len -= sizeof(slack);
		if (!find_count(
			app->scope.app, &answer, &count, app->ask.detail))
			*word = "missing";
	} else if (*word == NULL) {
		if (as_num_count((struct as_text){answer.at, answer.len}, &n))
			count = n;
		else
			*word = "type";
		snprintf(app->ask.detail, AS_DETAIL_MAX,
		    "before_replicas is not a count: %.60s", answer.at);
	}
	if (*word == NULL)
		keep_before(app);
	else if (app->ask.code == 0)
		app->ask.code = EX_UNAVAILABLE;
	free(answer.at);
	return count;
}
