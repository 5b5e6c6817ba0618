/* as-fetch - ask the APIs of applications for their status, print sample lines */
#include <stdio.h>
#include <unistd.h>

#include "fetch.h"

/* clang-format off */
static const struct as_option options[] = {
	{'a', "app", "GLOB", "only these apps; with a URL: the app's name (app)"},
	{'e', "every", "DUR", "fetch at each multiple of DUR; 250ms 15s 5m"},
	{'i', "reply-file", "FILE", "read one JSON reply from FILE or -, not by HTTP"},
	{'j', "jobs", "JOBS", "at most so many requests at once (256)"},
	{'k', "keep", "FILE", "copy all files of the settings to FILE, for -c"},
	{'l', "log", "FILE", "append each line to FILE before it is printed"},
	{'n', "ticks", "TICKS", "with -e: stop after so many"},
	{'S', "spread", NULL, "with -e: spread the requests over DUR"},
	{'s', "shard", "I/N", "only the apps of shard I of N; I from 0"},
	{'u', "until-eof", NULL, "with -e: at the end of stdin begin no more ticks"},
	{0, NULL, NULL, NULL}
};
/* clang-format on */

static const struct as_tool tool = {"as-fetch",
    "[-Gqv] [-a GLOB] [-c FILE] [-e DUR [-Su] [-n TICKS]] [-i FILE] "
    "[-j JOBS] [-k FILE] [-l FILE] [-o KEY=VALUE]... [-s I/N] [URL | APP...]",
    "Asks applications' APIs for their status and prints sample lines.",
    options, as_flags_options, AS_NEEDS_NETWORK};

static struct as_config config;
static struct as_fleet fleet = {.config = &config};
static struct as_out out;
static struct as_log log_file;
static const char *reply_file, *log_path, *copy_path;
static bool spread;
static bool on_leash; /* -u: standard input has not ended */
/* Steady time at which requests end that have no reply */
static int64_t last = INT64_MAX;
static int64_t every; /* ms; 0: one tick */
static int32_t ticks, jobs = AS_JOBS;
static size_t n_done; /* groups that had all their ticks */

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
		case 'k':
			copy_path = arg;
			as_bundle_start();
			break;
		case 'l': log_path = arg; break;
		case 'n': ticks = as_option_count(arg, 1); break;
		case 'S': spread = true; break;
		case 's': as_roster_shard(&fleet, arg); break;
		case 'u': on_leash = true; break;
		}
	}
	fleet.fraction = every % 1000 != 0;
	if (ticks > 0 && every == 0)
		as_option_usage("-n/--ticks needs -e/--every");
	if (spread && every == 0)
		as_option_usage("-S/--spread needs -e/--every");
	if (on_leash && every == 0)
		as_option_usage("-u/--until-eof needs -e/--every");
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

/* Lines go into the log, if there is one, and then to stdout.  Returns false if
 * one of these writes failed. */
static bool
print_lines(void)
{
	struct as_text text = {fleet.lines.at, fleet.lines.len};

	if (text.len == 0)
		return true;
	if (log_path != NULL && !as_log_append(&log_file, text))
		return false;
	for (size_t n; text.len > 0; text.at += n, text.len -= n) {
		n = text.len < AS_LINE_MAX ? text.len : AS_LINE_MAX;
		as_out_end(&out, as_put(as_out_room(&out, n), text.at, n));
	}
	fleet.lines.len = 0;
	return as_out_flush(&out);
}

/* The mark comes after all lines of its tick, if it has any. */
static void
leave_tick(struct as_tick *tick)
{
	if (--tick->n_pending > 0)
		return;
	if (tick->asked)
		as_lines_mark(&fleet, tick->time);
	free(tick);
}

static void
end_tick(struct as_group *group)
{
	group->pending = false;
	if (group->tick != NULL)
		leave_tick(group->tick);
	group->tick = NULL;
}

static void
take_replies(struct as_ask *ask)
{
	struct as_group *group = ask->owner;
	size_t before = fleet.lines.len;

	group->n_counts = 1; /* this function */
	as_samples_add(&fleet, group);
	as_ask_forget(ask);
	if (fleet.lines.len > before)
		as_msg(AS_DEBUG, NULL, "%.*s",
		    (int)strcspn(fleet.lines.at + before, "\n"),
		    fleet.lines.at + before);
	as_fleet_end(&fleet, group);
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
	group->ask.done = take_replies;
	group->ask.owner = group;
	group->pending = true;
	as_ask_send(&group->ask, fleet.http);
}

/* TIME of a tick that is not on the grid.  Two of them in one second differ in
 * their milliseconds. */
static int64_t
time_now(void)
{
	int64_t now = as_time_now(), second = now - now % 1000;

	for (size_t i = 0; i < fleet.config->apps.n; i++)
		if (fleet.newest[i] >= second && fleet.newest[i] <= now)
			fleet.fraction = true;
	return fleet.fraction ? now : second;
}

static void
fetch_reply_file(void)
{
	struct as_group *group = &fleet.groups[0];
	int64_t most = as_fleet_scope(&fleet, group).settings->remote.reply_max;
	bool whole = as_reply_read(&group->ask, reply_file, most);
	char detail[64];

	group->time = fleet.round = time_now();
	group->ask.done = take_replies;
	group->ask.owner = group;
	snprintf(detail, sizeof(detail), "the reply is over %lld bytes",
	    (long long)most);
	if (!whole)
		as_ask_fail(&group->ask, "too-big", EX_UNAVAILABLE, detail);
	else if (group->ask.replies[0].len == 0)
		as_ask_fail(
		    &group->ask, "empty", EX_UNAVAILABLE, "reply has no body");
	else
		take_replies(&group->ask);
}

static bool
has_ended(const struct as_group *group)
{
	return ticks > 0 && group->n_sent >= ticks;
}

/* Asks the groups that are due, unless their last tick is still under way or the
 * log has this one. */
static void
begin_due(struct as_grid *grid, struct as_tick *tick)
{
	size_t i;
	int64_t time;

	fleet.round = grid->time;
	while (as_grid_due(grid, as_time_steady(), &i, &time)) {
		struct as_group *group = &fleet.groups[i];

		if (has_ended(group) || as_past_has_all(&fleet, group, time))
			continue;
		if (group->pending) {
			group->n_missed++;
			continue;
		}
		group->tick = tick;
		tick->n_pending++;
		tick->asked = true;
		begin_tick(group, time);
		n_done += has_ended(group) ? 1 : 0;
	}
}

static void
next_round(struct as_grid *grid)
{
	int32_t missed = as_grid_next(grid, as_time_steady(), as_time_now());

	for (size_t i = 0; missed > 0 && i < fleet.n; i++)
		fleet.groups[i].n_missed += missed;
}

static struct as_tick *
new_tick(const struct as_grid *grid)
{
	struct as_tick *tick = as_mem_need(calloc(1, sizeof(*tick)));

	*tick = (struct as_tick){.time = grid->stamp, .n_pending = 1};
	return tick;
}

static struct as_grid
start_grid(void)
{
	struct as_grid grid = {.every = every,
	    .n = fleet.n,
	    .spread = spread && ticks != 1,
	    .fraction = fleet.fraction};

	as_grid_start(&grid, as_time_steady(), as_time_now());
	if (ticks != 1)
		return grid;
	grid.begin = as_time_steady();
	grid.time = grid.stamp = time_now();
	return grid;
}

/* Waits for a reply, or until then.  At the end of the leash all groups are done
 * that are not under way.  These may go on until the next tick is due: another
 * as-fetch begins that one, and must not wait for a server that hangs. */
static void
wait_until(int64_t until, int64_t next)
{
	int fd = on_leash ? STDIN_FILENO : -1;

	if (as_http_wait(fleet.http, fd, until) && !as_leash_is_held()) {
		on_leash = false;
		n_done = fleet.n;
		last = next;
	}
	if (as_time_steady() >= last)
		as_http_end(fleet.http);
}

static bool
fetch_every(void)
{
	struct as_grid grid = start_grid();
	struct as_tick *tick = new_tick(&grid);

	while (n_done < fleet.n || as_http_busy(fleet.http) > 0) {
		if (tick != NULL && n_done < fleet.n)
			begin_due(&grid, tick);
		if (tick != NULL && grid.next == grid.n) {
			leave_tick(tick);
			tick = NULL;
		}
		if (!print_lines())
			return false;
		if (n_done < fleet.n)
			wait_until(as_grid_wait(&grid), as_grid_end(&grid));
		else if (as_http_busy(fleet.http) > 0)
			wait_until(last, last);
		if (n_done < fleet.n &&
		    as_grid_is_over(&grid, as_time_steady())) {
			next_round(&grid);
			tick = new_tick(&grid);
		}
	}
	free(tick);
	return true;
}

static bool
fetch_once(void)
{
	int64_t time = fleet.round = time_now();

	for (size_t i = 0; i < fleet.n; i++)
		begin_tick(&fleet.groups[i], time);
	while (as_http_busy(fleet.http) > 0) {
		if (!print_lines())
			return false;
		as_http_wait(fleet.http, -1, INT64_MAX);
	}
	return true;
}

static bool
fetch(void)
{
	bool printed;

	if (reply_file != NULL) {
		fetch_reply_file();
		return print_lines();
	}
	fleet.http = as_http_new((size_t)jobs, fleet.n);
	as_program_wait_with(as_http_pump, fleet.http);
	printed = (every > 0 ? fetch_every() : fetch_once()) && print_lines();
	as_http_free(fleet.http);
	return printed;
}

/* All settings are right. */
static void
copy_settings(void)
{
	const char *why = as_bundle_write(copy_path);

	if (why != NULL)
		as_msg_die(EX_IOERR, "%s: %s", copy_path, why);
}

int
main(int argc, char *argv[])
{
	as_option_start(&tool);
	parse_options(&argc, &argv);
	select_apps(argc, argv);
	if (copy_path != NULL)
		copy_settings();
	if (config.is_shown)
		return as_show_settings(&config);
	if (fleet.n == 0 && on_leash) /* the shard has no app */
		as_leash_wait();
	if (fleet.n == 0 || (on_leash && !as_leash_is_held()))
		return 0;
	if (log_path != NULL) {
		as_past_read(&fleet, log_path, every);
		if (!as_log_open(&log_file, log_path))
			return EX_IOERR;
	}
	fleet.ended = end_tick;
	if (!fetch())
		as_fleet_fail(&fleet, EX_IOERR);
	as_program_end();
	return as_out_finish(&out, fleet.code);
}
