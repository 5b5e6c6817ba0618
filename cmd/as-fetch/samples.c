/* samples.c - the lines of a fleet's tick: one for each app, whatever came */
#include <stdio.h>

#include "fetch.h"

static void
put_failure(struct as_buf *lines, struct as_text stamp, struct as_text app,
    const char *word)
{
	as_buf_add(lines, stamp.at, stamp.len);
	as_buf_puts(lines, " ");
	as_buf_add(lines, app.at, app.len);
	as_buf_puts(lines, " - err=");
	as_buf_puts(lines, word);
	as_buf_puts(lines, "\n");
}

static const char *
name_of(struct as_text app)
{
	static char name[128];

	snprintf(name, sizeof(name), "%.*s", (int)app.len, app.at);
	return name;
}

/* Whether the line is the first of its app in this tick, and somebody asked for
 * it.  An app that the file does not name is known by a glob, or where the
 * file names none. */
static bool
is_for_us(struct as_fleet *fleet, const struct as_group *group,
    struct as_text app, int *code)
{
	struct as_config *config = fleet->config;
	size_t number;

	if (!as_roster_selects(fleet, app))
		return false;
	if (!as_table_has(&config->apps, app, &number))
		return !fleet->closed && as_select_knows(config, app);
	if (fleet->group_of[number] != (size_t)(group - fleet->groups) + 1)
		return false;
	if (fleet->told[number] == group->time) {
		as_msg(AS_ERROR, name_of(app),
		    "status: filter: a second output is passed over");
		*code = EX_UNAVAILABLE;
		return false;
	}
	fleet->told[number] = group->time;
	return true;
}

/* "!WORD APP DETAIL" */
static int
take_wrong(struct as_fleet *fleet, const struct as_group *group,
    struct as_text text, struct as_text stamp, struct as_buf *lines)
{
	char word[16];
	const char *p = text.at + 1, *end = text.at + text.len;
	struct as_text app;
	int code = 0;

	snprintf(word, sizeof(word), "%.*s", (int)strcspn(p, " "), p);
	p += strlen(word) + 1;
	app = (struct as_text){p, strcspn(p, " ")};
	p += app.len + 1;
	if (as_text_is(app, as_text("-"))) {
		as_msg(AS_ERROR, NULL, "status: %s: %.*s", word, (int)(end - p),
		    p);
		return EX_UNAVAILABLE;
	}
	if (!is_for_us(fleet, group, app, &code))
		return code;
	as_msg(AS_ERROR, name_of(app), "status: %s: %.*s", word, (int)(end - p),
	    p);
	put_failure(lines, stamp, app, word);
	return EX_UNAVAILABLE;
}

/* What came through the fence is read like a line of anybody. */
static int
take_line(struct as_fleet *fleet, const struct as_group *group,
    struct as_text text, struct as_buf *lines)
{
	const char *why = as_line_parse(&fleet->line, text.at);
	int code = 0;

	if (why != NULL) {
		as_msg(AS_ERROR, NULL, "status: filter: %s: \"%.*s\"", why,
		    text.len < 60 ? (int)text.len : 60, text.at);
		return EX_UNAVAILABLE;
	}
	if (is_for_us(fleet, group, fleet->line.app, &code))
		as_buf_add(lines, text.at, text.len + 1);
	return code;
}

static int
take_records(struct as_fleet *fleet, const struct as_group *group,
    struct as_text stamp, struct as_buf *lines)
{
	static const char slack[AS_SLACK]; /* behind a line that is parsed */
	size_t len = fleet->answer.len;
	struct as_text text;
	int code = 0;

	as_buf_add(&fleet->answer, slack, sizeof(slack));
	fleet->answer.len = len;
	for (size_t at = 0; at < len; at += text.len + 1) {
		text = (struct as_text){fleet->answer.at + at, 0};
		text.len = strcspn(text.at, "\n");
		code = as_msg_worse(code,
		    *text.at == '!' ?
			take_wrong(fleet, group, text, stamp, lines) :
			take_line(fleet, group, text, lines));
	}
	return code;
}

static int
tell_all_failed(struct as_fleet *fleet, const struct as_group *group,
    struct as_text stamp, struct as_buf *lines)
{
	const struct as_ask *ask = &group->ask;
	struct as_text first = as_table_name(
	    &fleet->config->apps, group->apps[0]);

	if (group->n_apps == 1)
		as_msg(AS_ERROR, name_of(first), "status: %s: %s", ask->err,
		    ask->detail);
	else
		as_msg(AS_ERROR, name_of(first),
		    "and %zu others: status: %s: %s", group->n_apps - 1,
		    ask->err, ask->detail);
	for (size_t i = 0; i < group->n_apps; i++) {
		struct as_text app = as_table_name(
		    &fleet->config->apps, group->apps[i]);

		if (as_roster_selects(fleet, app))
			put_failure(lines, stamp, app, ask->err);
	}
	return ask->code;
}

static int
tell_missing(struct as_fleet *fleet, const struct as_group *group,
    struct as_text stamp, struct as_buf *lines)
{
	int code = 0;

	for (size_t i = 0; i < group->n_apps; i++) {
		size_t number = group->apps[i];
		struct as_text app = as_table_name(
		    &fleet->config->apps, number);

		if (fleet->told[number] == group->time)
			continue;
		as_msg(AS_ERROR, name_of(app),
		    "status: missing: the reply has nothing of it");
		put_failure(lines, stamp, app, "missing");
		code = EX_UNAVAILABLE;
	}
	return code;
}

int
as_samples_add(struct as_fleet *fleet, struct as_group *group, bool fraction,
    struct as_buf *lines)
{
	struct as_scope scope = as_fleet_scope(fleet, group);
	char time[AS_STAMP_MAX];
	struct as_text stamp = {
	    time, as_time_print(time, group->time, fraction)};
	int how = group->n_apps > 1 ? AS_FOR_MANY : 0;
	int code;

	if (how == 0 && as_filter_is_plain(group->ask.filter)) {
		if (as_ask_answer(&group->ask, &scope, stamp, how, lines))
			return tell_all_failed(fleet, group, stamp, lines);
		return 0; /* one line of the only app: nothing to sort out */
	}
	fleet->answer.len = 0;
	if (as_ask_answer(&group->ask, &scope, stamp, how, &fleet->answer))
		return tell_all_failed(fleet, group, stamp, lines);
	code = take_records(fleet, group, stamp, lines);
	if (fleet->config->n_named == 0 && fleet->answer.len > 0)
		return code; /* whatever apps there are */
	return as_msg_worse(code, tell_missing(fleet, group, stamp, lines));
}
