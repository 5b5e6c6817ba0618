/* past.c - reads the end of as-fetch's own log: which samples it has, and which
 * servers want no requests for some time */
#include <sys/stat.h>

#include "fetch.h"

/* For so many ms, at most, a server can want no requests. */
enum { MEMORY = 600000 };

static void
take_until(struct as_ask *ask, const struct as_line *line)
{
	char key[AS_UNTIL_SIZE];
	int64_t time;
	bool fraction;

	for (size_t i = 0; i < ask->n; i++) {
		const struct as_pair *until = as_line_get(
		    line, as_lines_until(ask, i, key));

		if (until != NULL &&
		    as_time_parse(until->value, &time, &fraction) == NULL &&
		    time > as_time_now())
			as_lost_bar(ask, i, time);
	}
}

/* Takes a line whose app is not named in the settings.  If they name no app at
 * all, a reply to the only group has named it, and an until= of the line is about
 * the servers of this group. */
static void
take_found(struct as_fleet *fleet, const struct as_line *line)
{
	struct as_ask *ask = &fleet->groups[0].ask;

	if (fleet->config->n_named == 0 && !fleet->closed &&
	    !as_filter_is_plain(ask->filter) &&
	    as_roster_selects(fleet, line->app) &&
	    as_select_knows(fleet->config, line->app))
		take_until(ask, line);
}

static void
take_line(struct as_fleet *fleet, const struct as_line *line)
{
	struct as_ask *before;
	size_t number;

	if (!as_table_has(&fleet->config->apps, line->app, &number)) {
		take_found(fleet, line);
		return;
	}
	if (fleet->group_of[number] == 0)
		return;
	if (line->time > fleet->newest[number])
		fleet->newest[number] = line->time;
	take_until(&fleet->groups[fleet->group_of[number] - 1].ask, line);
	if (as_line_get(line, AS_UNTIL_BEFORE) != NULL &&
	    (before = as_count_requests(fleet, number)) != NULL)
		take_until(before, line);
}

/* The only group had no line of an app in that tick. */
static void
take_comment(void *at, struct as_text comment)
{
	struct as_fleet *fleet = at;
	struct as_line line = {0};
	size_t len = sizeof(AS_BUSY) - 1;

	if (fleet->is_finder && comment.len > len &&
	    memcmp(comment.at, AS_BUSY, len) == 0 && comment.at[len] == ' ' &&
	    as_pairs_parse(&line, comment.at + len) == NULL)
		take_until(&fleet->groups[0].ask, &line);
	free(line.pairs);
}

/* Reads nothing if the log is new, or not a regular file. */
void
as_past_read(struct as_fleet *fleet, const char *path, int64_t every)
{
	static struct as_in in = {.fd = -1};
	struct as_line line = {0};
	struct stat st;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0 ||
	    !as_in_open(&in, path, NULL))
		return;
	in.quiet = true;
	in.pass = take_comment;
	in.to = fleet;
	as_seek_span(&in, (every > MEMORY ? every : MEMORY) + every);
	while (as_in_line(&in, &line))
		take_line(fleet, &line);
	as_in_close(&in);
	free(line.pairs);
}

bool
as_past_has(const struct as_fleet *fleet, size_t app, int64_t time)
{
	int64_t newest = fleet->newest[app];

	return newest > 0 && newest >= fleet->round && newest <= time;
}

bool
as_past_has_all(
    const struct as_fleet *fleet, const struct as_group *group, int64_t time)
{
	for (size_t i = 0; i < group->n_apps; i++)
		if (!as_past_has(fleet, group->apps[i], time))
			return false;
	return true;
}
