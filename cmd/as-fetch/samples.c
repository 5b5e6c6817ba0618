/* samples.c - writes the lines of a group's tick: one for each app of the group */
#include <stdio.h>

#include "fetch.h"

/* The app has no count.  If the count can be read at before_url, the line is
 * written later, and ends with rest. */
static void
fail_app(struct as_fleet *fleet, struct as_group *group, struct as_text app,
    const char *word, struct as_text rest)
{
	struct as_buf missing = {0};
	size_t number;

	if (rest.len == 0) {
		as_lost_put(&group->ask, &missing);
		if (missing.len == 0) {
			as_buf_puts(&missing, " err.0=");
			as_buf_puts(&missing, word);
		}
		rest = (struct as_text){missing.at, missing.len};
	}
	if (!as_table_has(&fleet->config->apps, app, &number) ||
	    !as_count_ask(fleet, group, number, word, rest))
		as_lines_fail(fleet, group, app, word, as_text(""));
	free(missing.at);
}

/* text is "!WORD APP DETAIL": the filter gave no sample; or "~WORD APP DETAIL": the
 * sample before this line lacks a metric.  taken: that sample was wanted. */
static void
take_fault(struct as_fleet *fleet, struct as_group *group, struct as_text text,
    bool taken)
{
	char word[16], time[AS_STAMP_MAX];
	const char *p = text.at + 1, *end = text.at + text.len;
	struct as_text app;

	snprintf(word, sizeof(word), "%.*s", (int)strcspn(p, " "), p);
	p += strlen(word) + 1;
	app = (struct as_text){p, strcspn(p, " ")};
	p += app.len + 1;
	if (*text.at == '~') {
		if (taken)
			as_msg(AS_WARNING, as_fleet_text(app),
			    "status: %s: left out: %.*s", word, (int)(end - p),
			    p);
		return;
	}
	if (as_text_is(app, as_text("-"))) {
		as_msg(AS_ERROR, NULL, "status: %s: %.*s", word, (int)(end - p),
		    p);
		as_fleet_fail(fleet, EX_UNAVAILABLE);
		return;
	}
	if (!as_wanted_is(
		fleet, group, as_lines_stamp(fleet, group, time), app))
		return;
	as_msg(AS_ERROR, as_fleet_text(app), "status: %s: %.*s", word,
	    (int)(end - p), p);
	as_fleet_fail(fleet, EX_UNAVAILABLE);
	fail_app(fleet, group, app, word, (struct as_text){NULL, 0});
}

/* The filter gave metrics, but no count. */
static void
take_uncounted(struct as_fleet *fleet, struct as_group *group,
    const struct as_line *line, struct as_text text)
{
	const struct as_ask *ask = &group->ask;
	const char *rest = line->app.at + line->app.len + 2; /* skips " -" */
	const char *word = "type";

	if (ask->n_lost > 0) {
		word = ask->lost[as_lost_first(ask)].word;
	} else {
		as_msg(AS_ERROR, as_fleet_text(line->app),
		    "status: %s: replicas is missing", word);
		as_fleet_fail(fleet, EX_UNAVAILABLE);
	}
	fail_app(fleet, group, line->app, word,
	    (struct as_text){rest, (size_t)(text.at + text.len - rest)});
}

/* Takes a line that the filter gave.  It is checked like any line of input, since a
 * stranger wrote the reply.  Returns whether its app is wanted. */
static bool
take_line(struct as_fleet *fleet, struct as_group *group, struct as_text text)
{
	struct as_line *line = &fleet->line;
	const char *why = as_line_parse(line, text.at), *rest;

	if (why != NULL) {
		as_msg(AS_ERROR, NULL, "status: filter: %s: \"%.*s\"", why,
		    text.len < 60 ? (int)text.len : 60, text.at);
		as_fleet_fail(fleet, EX_UNAVAILABLE);
		return false;
	}
	rest = line->app.at + line->app.len;
	if (as_wanted_has_secret(
		fleet, (struct as_text){rest, as_length(rest, line->end)}) ||
	    !as_wanted_is(fleet, group,
		(struct as_text){line->stamp, line->stamp_len}, line->app))
		return false;
	if (line->count == AS_UNKNOWN) {
		take_uncounted(fleet, group, line, text);
		return true;
	}
	if (as_line_get(line, "err") != NULL)
		as_fleet_fail(fleet, EX_UNAVAILABLE);
	as_lines_add(fleet, group, text);
	return true;
}

static void
take_answer(struct as_fleet *fleet, struct as_group *group)
{
	/* The parser may read this many bytes past the end of a line. */
	static const char slack[AS_SLACK];
	size_t len = fleet->answer.len;
	struct as_text text;
	bool taken = false;

	as_buf_add(&fleet->answer, slack, sizeof(slack));
	fleet->answer.len = len;
	for (size_t at = 0; at < len; at += text.len + 1) {
		text = (struct as_text){fleet->answer.at + at, 0};
		text.len = strcspn(text.at, "\n");
		if (*text.at == '!' || *text.at == '~')
			take_fault(fleet, group, text, taken);
		else
			taken = take_line(fleet, group, text);
	}
}

/* "web", or "web: and 3 others" */
static const char *
name_group(const struct as_fleet *fleet, const struct as_group *group)
{
	static char name[160];
	const char *first = as_fleet_name(fleet, group);

	if (group->n_apps == 1)
		return first;
	snprintf(
	    name, sizeof(name), "%s: and %zu others", first, group->n_apps - 1);
	return name;
}

static void
fail_all(struct as_fleet *fleet, struct as_group *group)
{
	const struct as_ask *ask = &group->ask;

	as_msg(AS_ERROR, name_group(fleet, group), "status: %s: %s", ask->err,
	    ask->detail);
	as_fleet_fail(fleet, ask->code);
	for (size_t i = 0; i < group->n_apps; i++) {
		size_t number = group->apps[i];
		struct as_text app = as_table_name(
		    &fleet->config->apps, number);

		if (!fleet->is_finder && as_roster_selects(fleet, app) &&
		    !as_past_has(fleet, number, group->time))
			fail_app(fleet, group, app, ask->err,
			    (struct as_text){NULL, 0});
	}
}

static void
fail_missing(struct as_fleet *fleet, struct as_group *group)
{
	if (fleet->is_finder) {
		as_msg(
		    AS_ERROR, NULL, "status: missing: the reply names no app");
		as_fleet_fail(fleet, EX_UNAVAILABLE);
		return;
	}
	for (size_t i = 0; i < group->n_apps; i++) {
		size_t number = group->apps[i];
		struct as_text app = as_table_name(
		    &fleet->config->apps, number);

		if (fleet->printed[number] == group->time ||
		    as_past_has(fleet, number, group->time))
			continue;
		as_msg(AS_ERROR, as_fleet_text(app),
		    "status: missing: the reply has nothing of it");
		as_fleet_fail(fleet, EX_UNAVAILABLE);
		fail_app(
		    fleet, group, app, "missing", (struct as_text){NULL, 0});
	}
}

/* Reports the replies that are lost; the filter made samples of the others. */
static void
report_lost(struct as_fleet *fleet, const struct as_group *group,
    const struct as_buf *notes)
{
	const struct as_ask *ask = &group->ask;
	const char *name = name_group(fleet, group);

	for (size_t i = 0; i < ask->n; i++) {
		if (!as_lost_is(ask, i))
			continue;
		as_msg(AS_ERROR, name, "status: source %zu: %s: %s", i,
		    ask->lost[i].word, ask->lost[i].detail);
		as_fleet_fail(fleet, ask->lost[i].code);
	}
	for (size_t at = 0, len; at < notes->len; at += len + 1) {
		len = strcspn(notes->at + at, "\n");
		as_msg(AS_ERROR, name, "status: source %.*s", (int)len,
		    notes->at + at);
		as_fleet_fail(fleet, EX_UNAVAILABLE);
	}
}

/* Whether the answer is one line with a count, of the group's only app: then it can
 * be printed without further checks. */
static bool
is_one_sample(const struct as_fleet *fleet, const struct as_scope *scope,
    struct as_text stamp)
{
	const struct as_buf *answer = &fleet->answer;
	size_t count = stamp.len + scope->app.len + 2;

	return answer->len > count && answer->at[0] != '!' &&
	    answer->at[count] != '-' &&
	    memchr(answer->at, '\n', answer->len) ==
	    answer->at + answer->len - 1;
}

bool
as_samples_add(struct as_fleet *fleet, struct as_group *group)
{
	struct as_scope scope = as_fleet_scope(fleet, group);
	char time[AS_STAMP_MAX];
	struct as_text stamp = as_lines_stamp(fleet, group, time);
	int how = group->n_apps > 1 ? AS_FOR_MANY : 0;
	bool plain = how == 0 && as_filter_is_plain(group->ask.filter);
	struct as_buf notes = {0};

	fleet->answer.len = 0;
	if (fleet->has_command && group->ask.err == NULL)
		as_command_lines(&group->ask.replies[0], &fleet->answer);
	else if (!fleet->has_command)
		as_ask_answer(
		    &group->ask, &scope, stamp, how, &fleet->answer, &notes);
	if (group->ask.err != NULL && as_wait_again(&group->ask)) {
		free(notes.at);
		return false;
	}
	if (group->ask.err != NULL) {
		fail_all(fleet, group);
	} else if (plain && !fleet->is_finder &&
	    is_one_sample(fleet, &scope, stamp)) {
		as_lines_add(fleet, group,
		    (struct as_text){fleet->answer.at, fleet->answer.len - 1});
	} else {
		report_lost(fleet, group, &notes);
		take_answer(fleet, group);
		/* If the settings name no app, the reply may have any apps, but
		 * must have one. */
		if (fleet->closed || fleet->config->n_named > 0 ||
		    fleet->answer.len == 0)
			fail_missing(fleet, group);
	}
	free(notes.at);
	return true;
}
