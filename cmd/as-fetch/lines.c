/* lines.c - appends lines to fleet->lines, which another file prints later */
#include <stdio.h>

#include "fetch.h"

struct as_text
as_lines_stamp(const struct as_fleet *fleet, const struct as_group *group,
    char time[AS_STAMP_MAX])
{
	return (struct as_text){
	    time, as_time_print(time, group->time, fleet->fraction)};
}

static void
put_head(
    struct as_fleet *fleet, const struct as_group *group, struct as_text app)
{
	char time[AS_STAMP_MAX];
	struct as_text stamp = as_lines_stamp(fleet, group, time);

	as_buf_add(&fleet->lines, stamp.at, stamp.len);
	as_buf_puts(&fleet->lines, " ");
	as_buf_add(&fleet->lines, app.at, app.len);
}

const char *
as_lines_until(const struct as_ask *ask, size_t i, char key[AS_UNTIL_SIZE])
{
	if (ask->what == AS_ASK_BEFORE)
		return AS_UNTIL_BEFORE;
	if (ask->n == 1)
		return "until";
	snprintf(key, AS_UNTIL_SIZE, "until.%zu", i);
	return key;
}

void
as_lines_put_until(struct as_buf *to, const struct as_ask *ask)
{
	char key[AS_UNTIL_SIZE], time[AS_STAMP_MAX];

	for (size_t i = 0; i < ask->n; i++) {
		int64_t until = as_lost_until(ask, i);

		if (until == 0)
			continue;
		as_buf_puts(to, " ");
		as_buf_puts(to, as_lines_until(ask, i, key));
		as_buf_puts(to, "=");
		as_buf_add(to, time, as_time_print(time, until, false));
	}
}

void
as_lines_add(
    struct as_fleet *fleet, const struct as_group *group, struct as_text line)
{
	as_buf_add(&fleet->lines, line.at, line.len);
	as_lines_put_until(&fleet->lines, &group->ask);
	as_buf_puts(&fleet->lines, "\n");
}

void
as_lines_count(struct as_fleet *fleet, const struct as_group *group,
    struct as_text app, int32_t count, struct as_text rest)
{
	char text[16];

	put_head(fleet, group, app);
	snprintf(text, sizeof(text), " %d", (int)count);
	as_buf_puts(&fleet->lines, text);
	as_lines_add(fleet, group, rest);
}

void
as_lines_fail(struct as_fleet *fleet, const struct as_group *group,
    struct as_text app, const char *word, struct as_text rest)
{
	put_head(fleet, group, app);
	as_buf_puts(&fleet->lines, " - err=");
	as_buf_puts(&fleet->lines, word);
	as_lines_add(fleet, group, rest);
}

void
as_lines_busy(struct as_fleet *fleet, const struct as_ask *ask)
{
	struct as_buf until = {0};

	as_lines_put_until(&until, ask);
	if (until.len > 0) {
		as_buf_puts(&fleet->lines, AS_BUSY);
		as_buf_add(&fleet->lines, until.at, until.len);
		as_buf_puts(&fleet->lines, "\n");
	}
	free(until.at);
}

void
as_lines_mark(struct as_fleet *fleet, int64_t time)
{
	char stamp[AS_STAMP_MAX];

	as_buf_puts(&fleet->lines, "# tick ");
	as_buf_add(
	    &fleet->lines, stamp, as_time_print(stamp, time, fleet->fraction));
	as_buf_puts(&fleet->lines, "\n");
}
