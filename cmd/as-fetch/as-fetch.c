/* as-fetch - ask the APIs of applications for their status, print sample lines */
#include <stdio.h>
#include <unistd.h>

#include "fetch.h"

/* clang-format off */
static const struct as_option options[] = {
	{'a', "app", "GLOB", "only these apps; with a URL: the app's name (app)"},
	{'e', "every", "DUR", "fetch at each multiple of DUR; 250ms 15s 5m"},
	{'H', "history", "FILE", "with -l: the log before FILE of -l"},
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
    "[-Gqv] [-a GLOB] [-c FILE] [-e DUR [-Su] [-n TICKS]] [-H FILE] [-i FILE] "
    "[-j JOBS] [-k FILE] [-l FILE] [-o KEY=VALUE]... [-s I/N] [URL | APP...]",
    "Asks applications' APIs for their status and prints sample lines.",
    options, as_flags_options, AS_NEEDS_NETWORK};

static struct as_config config;
static struct as_fleet fleet = {.config = &config};
static struct as_out out;
static struct as_log log_file;
static const char *reply_file, *log_path, *copy_path, *older_log;
static struct as_rounds rounds = {.fleet = &fleet};
static int32_t jobs = AS_JOBS;
static bool failed; /* to print */

static void
parse_options(int *argc, char **argv[])
{
	const char *arg;
	int c;

	while ((c = as_flags_option(&config, argc, argv, &arg)) != 0) {
		switch (c) {
		case 'e': fleet.every = as_option_duration(arg, 1); break;
		case 'H': older_log = arg; break;
		case 'i': reply_file = arg; break;
		case 'j': jobs = as_option_count(arg, 1); break;
		case 'k':
			copy_path = arg;
			as_bundle_start();
			break;
		case 'l': log_path = arg; break;
		case 'n': rounds.ticks = as_option_count(arg, 1); break;
		case 'S': rounds.spread = true; break;
		case 's': as_roster_shard(&fleet, arg); break;
		case 'u': rounds.on_leash = true; break;
		}
	}
	fleet.fraction = fleet.every % 1000 != 0;
	if (rounds.ticks > 0 && fleet.every == 0)
		as_option_usage("-n/--ticks needs -e/--every");
	if (rounds.spread && fleet.every == 0)
		as_option_usage("-S/--spread needs -e/--every");
	if (rounds.on_leash && fleet.every == 0)
		as_option_usage("-u/--until-eof needs -e/--every");
	if (older_log != NULL && log_path == NULL)
		as_option_usage("-H/--history needs -l/--log");
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

	as_config_read(&config);
	if (config.is_shown) {
		as_mistake_end(&config.mistakes);
		return;
	}
	app = as_text(as_select_app(&config));
	if (reply_file != NULL && (has_url || fleet.every > 0))
		as_option_usage(
		    "-i/--reply-file takes neither a URL nor -e/--every");
	fleet.has_command = reply_file == NULL && as_command_ready(&config);
	if (reply_file == NULL && !fleet.has_command && config.path == NULL &&
	    as_config_look(&config, app)->remote.status_url == NULL) {
		as_mistake_end(&config.mistakes);
		as_option_usage("no URL");
	}
	fleet.from_reply = reply_file != NULL || fleet.has_command;
	as_roster_choose(&fleet, has_url ? 0 : argc, argv);
}

/* Lines go into the log, if there is one, and then to stdout.  Returns false if
 * one of these writes failed, now or earlier. */
static bool
print_lines(void)
{
	struct as_text text;

	if (fleet.lines.len == 0 || failed)
		return !failed;
	as_mark_again(&fleet, &log_file);
	text = (struct as_text){fleet.lines.at, fleet.lines.len};
	failed = log_path != NULL && !as_log_append(&log_file, text);
	if (failed)
		return false;
	for (size_t n; text.len > 0; text.at += n, text.len -= n) {
		n = text.len < AS_LINE_MAX ? text.len : AS_LINE_MAX;
		as_out_end(&out, as_put(as_out_room(&out, n), text.at, n));
	}
	fleet.lines.len = 0;
	failed = !as_out_flush(&out);
	return !failed;
}

static void
fetch_reply_file(void)
{
	struct as_group *group = &fleet.groups[0];
	int64_t most = as_fleet_scope(&fleet, group).settings->remote.reply_max;
	bool whole = as_reply_read(&group->ask, reply_file, most);
	char detail[64];

	fleet.round = as_tick_now(&fleet);
	as_tick_prepare(group, fleet.round);
	snprintf(detail, sizeof(detail), "the reply is over %lld bytes",
	    (long long)most);
	if (!whole)
		as_ask_fail(&group->ask, "too-big", EX_UNAVAILABLE, detail);
	else if (group->ask.replies[0].len == 0)
		as_ask_fail(
		    &group->ask, "empty", EX_UNAVAILABLE, "reply has no body");
	else
		group->ask.done(&group->ask);
	as_late_finish();
}

static bool
fetch_once(void)
{
	int64_t time = fleet.round = as_tick_now(&fleet);

	for (size_t i = 0; i < fleet.n; i++)
		as_tick_begin(&fleet.groups[i], time);
	while (as_wait_is_busy(&fleet)) {
		if (!print_lines())
			return false;
		as_wait_for(&fleet, -1, INT64_MAX);
	}
	return true;
}

static bool
fetch_all(void)
{
	if (fleet.every == 0)
		rounds.ticks = 1;
	if (fleet.has_command && fleet.n > 0)
		return as_feed_run(&rounds);
	return fleet.every > 0 ? as_rounds_run(&rounds) : fetch_once();
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
	as_turn_wait_with(as_http_pump, fleet.http);
	printed = fetch_all() && print_lines();
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
	if (rounds.on_leash ? !as_leash_is_held() : fleet.n == 0)
		return 0;
	if (log_path != NULL) {
		if (older_log != NULL)
			as_past_read(&fleet, older_log, fleet.every);
		as_past_read(&fleet, log_path, fleet.every);
		if (!as_log_open(&log_file, log_path))
			return EX_IOERR;
		as_mark_settings(&fleet, &log_file);
	}
	fleet.ended = as_tick_end;
	fleet.print = print_lines;
	if (!fetch())
		as_fleet_fail(&fleet, EX_IOERR);
	as_turn_end();
	return as_out_finish(&out, fleet.code);
}
