/* past.c - reads the end of as-fetch's own log: which samples it has, and which
 * servers want no requests for some time */
#include <sys/stat.h>

#include "fetch.h"

/* Ms: a server may ask for at most so long without requests */
enum { MEMORY = 600000 };

/* "err=busy" means all sources, "err.1=busy" only source 1. */
static void
bar_sources(struct as_group *group, const struct as_line *line, int64_t until)
{
	struct as_ask *ask = &group->ask;
	struct as_text busy = as_text("busy");
	const struct as_pair *err = as_line_get(line, "err");
	char key[16] = "err.";

	for (size_t i = 0; i < ask->n; i++) {
		const struct as_pair *one;

		key[4 + as_num_print(key + 4, (double)i)] = '\0';
		one = as_line_get(line, key);
		if ((err != NULL && as_text_is(err->value, busy)) ||
		    (one != NULL && as_text_is(one->value, busy)))
			as_lost_bar(ask, i, until);
	}
}

static void
take_until(struct as_fleet *fleet, size_t number, const struct as_line *line)
{
	const struct as_pair *until = as_line_get(line, "until");
	int64_t time;
	bool fraction;

	if (until == NULL ||
	    as_time_parse(until->value, &time, &fraction) != NULL ||
	    time <= as_time_now())
		return;
	bar_sources(&fleet->groups[fleet->group_of[number] - 1], line, time);
}

static void
take_line(struct as_fleet *fleet, const struct as_line *line)
{
	size_t number;

	if (!as_table_has(&fleet->config->apps, line->app, &number) ||
	    fleet->group_of[number] == 0)
		return;
	if (line->time > fleet->newest[number])
		fleet->newest[number] = line->time;
	take_until(fleet, number, line);
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
	as_seek_time(
	    &in, as_time_now() - (every > MEMORY ? every : MEMORY) - every);
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
