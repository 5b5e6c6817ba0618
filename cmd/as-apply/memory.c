/* memory.c - reads the reports of earlier runs, so that this run goes on from
 * them */
#include <fcntl.h>
#include <sys/stat.h>

#include "apply.h"

/* ms: TIME may be so far ahead; reports so old are of an earlier tick */
enum { SKEW = 5000, TICK = 10000 };

static bool
read_time(const struct as_line *line, const char *key, int64_t *time)
{
	const struct as_pair *pair = as_line_get(line, key);
	bool fraction;

	return pair != NULL &&
	    as_time_parse(pair->value, time, &fraction) == NULL;
}

/* Whether the report shows neither what the app wanted nor what was done */
static bool
is_empty(const struct as_line *line)
{
	return as_line_get(line, "applied") == NULL ||
	    as_line_says(line, "applied", "superseded") ||
	    as_line_says(line, "applied", "dry") ||
	    as_line_says(line, "why", "future") ||
	    as_line_says(line, "why", "other-app");
}

/* A report has since= while the brake holds the app: then it has why=brake, too.
 * Without why=brake the brake has let the app go. */
static void
take_hold(struct as_app *app, const struct as_line *line)
{
	if (as_line_says(line, "applied", "hold"))
		return;
	if (!read_time(line, "since", &app->since) || app->since > line->time)
		app->since = AS_NEVER;
	app->let_go = app->since != AS_NEVER &&
	    !as_line_says(line, "why", "brake");
}

static bool
read_count(const struct as_line *line, const char *key, int64_t *count)
{
	const struct as_pair *pair = as_line_get(line, key);
	int32_t n;

	*count = AS_UNKNOWN;
	if (pair == NULL || !as_num_count(pair->value, &n))
		return false;
	*count = n;
	return true;
}

static bool
was_sent(const struct as_line *line)
{
	return as_line_get(line, "http") != NULL ||
	    as_line_says(line, "applied", "ok") ||
	    as_line_says(line, "applied", "unknown") ||
	    as_line_says(line, "applied", "failed");
}

/* Notes the counts that another program has set, but prints no warnings about
 * them: the earlier run has printed these. */
static void
take_count(struct as_app *app, const struct as_line *line)
{
	int64_t from, other;

	if (read_count(line, "from", &from))
		as_other_look(&app->other, from, true);
	if (read_count(line, "other", &other))
		as_other_note(&app->other, line->time, other,
		    other == from ? AS_UNKNOWN : from);
	if (was_sent(line))
		as_other_order(&app->other, line->count, from);
}

static void
take(struct as_apps *apps, struct as_brake_state *brake,
    const struct as_line *line, int64_t begin, int64_t now)
{
	char why[AS_DETAIL_MAX];
	struct as_app *app;
	int64_t until;

	if (is_empty(line) || line->time < begin || line->time > now + SKEW ||
	    !as_select_wants(apps->config, line->app) ||
	    !as_select_knows(apps->config, line->app))
		return;
	app = as_app_of(apps, line->app, why);
	if (app == NULL)
		return;
	if (line->time > app->remembered)
		app->remembered = line->time;
	if (line->time > brake->reported)
		brake->reported = line->time;
	if (line->time <= now - TICK)
		brake->remembers = true;
	take_hold(app, line);
	take_count(app, line);
	if (read_time(line, "until", &until))
		as_app_bar_until(app, until);
}

/* Whether the reports can be read: a device has no earlier ones. */
static bool
is_readable(const struct as_log *reports)
{
	struct stat st;

	return fstat(reports->fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* Bad lines are skipped without a message: each run would repeat it. */
bool
as_memory_read(struct as_apps *apps, struct as_brake_state *brake,
    const struct as_log *reports)
{
	struct as_in in = {.fd = -1};
	struct as_line line = {0};
	int64_t now = as_time_now(), memory = as_brake_memory(apps->config);

	if (!is_readable(reports))
		return true;
	if (!as_in_open(&in, reports->path, NULL))
		return false;
	in.quiet = true;
	as_seek_span(&in, memory);
	while (as_in_line(&in, &line))
		take(apps, brake, &line, now - memory, now);
	as_in_close(&in);
	free(line.pairs);
	free(in.buf);
	return in.code != EX_IOERR;
}
