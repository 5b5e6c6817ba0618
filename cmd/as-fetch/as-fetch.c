/* as-fetch - ask the APIs of applications for their status, print sample lines */
#include "fetch.h"

/* clang-format off */
static const struct as_option options[] = {
	{'a', "app", "GLOB", "only these apps; with a URL: the app's name (app)"},
	{'e', "every", "DUR", "fetch every DUR, on a fixed grid; 250ms 15s 5m"},
	{'i', "reply-file", "FILE", "read one JSON reply from FILE or -, not by HTTP"},
	{'j', "jobs", "JOBS", "at most so many requests at once (256)"},
	{'l', "log", "FILE", "append each line to FILE before it is printed"},
	{'n', "ticks", "TICKS", "with -e: stop after so many"},
	{'s', "shard", "I/N", "only the apps of shard I of N; I from 0"},
	{0, NULL, NULL, NULL}
};
/* clang-format on */

static const struct as_tool tool = {"as-fetch",
    "[-Gqv] [-a GLOB] [-c FILE] [-e DUR [-n TICKS]] [-i FILE] [-j JOBS] "
    "[-l FILE] [-o KEY=VALUE]... [-s I/N] [URL | APP...]",
    "Asks applications' APIs for their status and prints sample lines.",
    options, as_flags_options, AS_NEEDS_NETWORK};

static struct as_config config;
static struct as_fleet fleet = {.config = &config};
static struct as_out out;
static struct as_log log_file;
static struct as_http *http;
static struct as_buf lines; /* of requests that are done */
static const char *reply_file, *log_path;
static bool fraction;
static int64_t every; /* ms; 0: one tick */
static int32_t ticks, jobs = AS_JOBS;
static size_t n_done; /* groups that had all their ticks */
static int code;

static void
parse_options(int *argc, char **argv[])
{
	const char *arg;
	int c;

	while ((c = as_flags_option(&config, argc, argv, &arg)) != 0) {
		switch (c) {
		case 'e': every = as_option_duration(arg, 1); break;
		case 'i': reply_file = arg; break;
		case 'j': jobs = as_option_count(arg, 1); break;
		case 'l': log_path = arg; break;
		case 'n': ticks = as_option_count(arg, 1); break;
		case 's': as_roster_shard(&fleet, arg); break;
		}
	}
	fraction = every % 1000 != 0;
	if (ticks > 0 && every == 0)
		as_option_usage("-n/--ticks needs -e/--every");
}

/* Without a file an operand is a URL, with one an app. */
static bool
take_url(int argc, char *argv[])
{
	if (argc == 0 ||
	    (config.path != NULL && strstr(argv[0], "://") == NULL))
		return false;
	if (argc > 1)
		as_option_usage("one URL is enough");
	as_flags_set(&config, "status_url", argv[0]);
	return true;
}

static void
select_apps(int argc, char *argv[])
{
	bool has_url = take_url(argc, argv);
	struct as_text app;

	as_config_ready(&config);
	if (config.is_shown)
		return;
	app = as_text(as_select_app(&config));
	if (reply_file != NULL && (has_url || every > 0))
		as_option_usage(
		    "-i/--reply-file takes neither a URL nor -e/--every");
	if (reply_file == NULL && config.path == NULL &&
	    as_config_of(&config, app)->remote.status_url == NULL)
		as_option_usage("no URL");
	fleet.from_reply = reply_file != NULL;
	as_roster_choose(&fleet, has_url ? 0 : argc, argv);
}

/* What is done goes into the log, if there is one, and then to stdout; false:
 * our own output failed. */
static bool
print_lines(void)
{
	struct as_text text = {lines.at, lines.len};

	if (lines.len == 0)
		return true;
	if (log_path != NULL && !as_log_append(&log_file, text))
		return false;
	for (size_t n; text.len > 0; text.at += n, text.len -= n) {
		n = text.len < AS_LINE_MAX ? text.len : AS_LINE_MAX;
		as_out_end(&out, as_put(as_out_room(&out, n), text.at, n));
	}
	lines.len = 0;
	return as_out_flush(&out);
}

/* A server that asks to be left alone is. */
static void
finish_tick(struct as_ask *ask)
{
	enum { LONGEST = 600000 };
	struct as_group *group = ask->owner;
	size_t before = lines.len;
	int64_t wait = ask->retry_after < LONGEST ? ask->retry_after : LONGEST;

	group->pending = false;
	code = as_msg_worse(
	    code, as_samples_add(&fleet, group, fraction, &lines));
	as_ask_forget(ask);
	if (wait > 0)
		group->barred = as_time_steady() + wait;
	if (lines.len > before)
		as_msg(AS_DEBUG, NULL, "%.*s",
		    (int)strcspn(lines.at + before, "\n"), lines.at + before);
}

static void
begin_tick(struct as_group *group, int64_t time)
{
	group->time = time;
	group->n_sent++;
	if (group->n_missed > 0)
		as_msg(AS_WARNING, as_fleet_name(&fleet, group),
		    "%d ticks missed: the last one took longer than %lld ms",
		    (int)group->n_missed, (long long)every);
	group->n_missed = 0;
	group->ask.done = finish_tick;
	group->ask.owner = group;
	if (group->barred > as_time_steady()) {
		as_ask_fail(&group->ask, "busy", EX_TEMPFAIL,
		    "left alone, as it asked for");
		return;
	}
	group->pending = true;
	as_ask_send(&group->ask, http);
}

static int
fetch_reply_file(void)
{
	struct as_group *group = &fleet.groups[0];
	bool whole = as_reply_read(&group->ask, reply_file);

	group->time = as_time_now();
	group->ask.done = finish_tick;
	group->ask.owner = group;
	if (whole)
		finish_tick(&group->ask);
	else
		as_ask_fail(&group->ask, "too-big", EX_UNAVAILABLE,
		    "the reply is over 1 MiB");
	return print_lines() ? code : EX_IOERR;
}

/* What is due is sent, unless its last one is still under way. */
static void
begin_due(struct as_grid *grid)
{
	size_t i;
	int64_t time;

	while (as_grid_due(grid, as_time_steady(), &i, &time)) {
		struct as_group *group = &fleet.groups[i];

		if (ticks > 0 && group->n_sent == ticks)
			continue;
		if (group->pending)
			group->n_missed++;
		else
			begin_tick(group, time);
		if (ticks > 0 && group->n_sent == ticks)
			n_done++;
	}
}

static void
next_round(struct as_grid *grid)
{
	int32_t missed = as_grid_next(grid, as_time_steady(), as_time_now());

	for (size_t i = 0; missed > 0 && i < fleet.n; i++)
		fleet.groups[i].n_missed += missed;
}

static int
fetch_every(void)
{
	struct as_grid grid = {.every = every,
	    .n = fleet.n,
	    .spread = ticks != 1,
	    .fraction = fraction,
	    .begin = as_time_steady(),
	    .time = as_time_now()};

	while (n_done < fleet.n || as_http_busy(http) > 0) {
		begin_due(&grid);
		if (!print_lines())
			return EX_IOERR;
		as_http_wait(http, -1, as_grid_wait(&grid));
		if (as_grid_is_over(&grid, as_time_steady()))
			next_round(&grid);
	}
	return print_lines() ? code : EX_IOERR;
}

static int
fetch_once(void)
{
	int64_t time = as_time_now();

	for (size_t i = 0; i < fleet.n; i++)
		begin_tick(&fleet.groups[i], time);
	while (as_http_busy(http) > 0) {
		as_http_wait(http, -1, INT64_MAX);
		if (!print_lines())
			return EX_IOERR;
	}
	return print_lines() ? code : EX_IOERR;
}

int
main(int argc, char *argv[])
{
	as_option_start(&tool);
	parse_options(&argc, &argv);
	select_apps(argc, argv);
	if (config.is_shown)
		return as_show_settings(&config);
	if (fleet.n == 0) /* the shard has none of the apps */
		return 0;
	if (log_path != NULL && !as_log_open(&log_file, log_path))
		return EX_IOERR;
	if (reply_file != NULL) {
		code = fetch_reply_file();
	} else {
		http = as_http_new((size_t)jobs, fleet.n);
		as_program_wait_with(as_http_pump, http);
		code = every > 0 ? fetch_every() : fetch_once();
		as_http_free(http);
	}
	as_program_end();
	return as_out_finish(&out, code);
}
