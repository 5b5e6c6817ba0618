/* as-status - says of each app how it is, the worst first, from the logs of
 * as-loop */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "status.h"

/* clang-format off */
static const struct as_option options[] = {
	{'d', "directory", "DIR", "the logs are here (.)"},
	{'t', "time", "TIME", "as it was at this TIME (now)"},
	{0, NULL, NULL, NULL}
};
/* clang-format on */

static const struct as_tool tool = {"as-status",
    "[-Gqv] [-a GLOB] [-c FILE] [-d DIR] [-o KEY=VALUE]... [-t TIME] [APP]...",
    "Says of each app how it is, the worst first, from the logs of as-loop.",
    options, as_flags_options, AS_NEEDS_FILES};

static struct as_config config;
static const char *directory = ".";
static int64_t now = -1; /* the time of -t, or -1 */
static char **wanted;    /* the operands */
static struct as_table table;
static struct as_seen *seen; /* by the number of the app in the table */
static size_t room;

static int64_t
parse_time(const char *arg)
{
	int64_t time;
	bool fraction;

	if (as_time_parse(as_text(arg), &time, &fraction) != NULL)
		as_option_refuse(arg, "is not a TIME");
	return time;
}

static void
parse_options(int *argc, char **argv[])
{
	const char *arg, *why;
	int c;

	while ((c = as_flags_option(&config, argc, argv, &arg)) != 0) {
		switch (c) {
		case 'd':
			if (*arg == '\0')
				as_option_refuse(arg, "is no directory");
			directory = arg;
			break;
		case 't': now = parse_time(arg); break;
		}
	}
	wanted = *argv;
	for (char **app = wanted; *app != NULL; app++)
		if ((why = as_line_app(as_text(*app))) != NULL)
			as_option_usage("%s: %s", *app, why);
}

/* Returns the path of a log, which lasts until the next call. */
static const char *
path_of(const char *name)
{
	static char path[4096];

	if (snprintf(path, sizeof(path), "%s/%s", directory, name) >=
	    (int)sizeof(path))
		as_option_usage("DIR is too long");
	return path;
}

static bool
is_wanted(struct as_text app)
{
	bool found = *wanted == NULL;

	for (char **name = wanted; *name != NULL; name++)
		found |= as_text_is(app, as_text(*name));
	return found && as_select_wants(&config, app) &&
	    as_select_knows(&config, app);
}

/* Makes room for what is seen of a new app. */
static void
meet(size_t number, struct as_text app)
{
	const struct as_settings *settings;
	const char *why;

	if (number == room)
		seen = as_mem_grow(seen, &room, sizeof(*seen));
	settings = as_config_find(&config, app, &why);
	as_seen_begin(
	    &seen[number], settings != NULL ? settings->policy : NULL);
}

/* Returns the number of the line's app. */
static size_t
number_of(struct as_text app)
{
	size_t known = table.n, number = as_table_find(&table, app);

	if (number == known)
		meet(number, app);
	return number;
}

enum log { DECISIONS, REPORTS, SAMPLES, LOGS };
static const char *const names[LOGS] = {
    "decisions.log", "reports.log", "samples.log"};

static const char *
take_line(enum log log, struct as_line *line)
{
	size_t i;

	if (!is_wanted(line->app))
		return NULL;
	i = number_of(line->app);
	if (log == DECISIONS)
		as_seen_decision(&seen[i], line);
	else if (log == REPORTS)
		as_seen_report(&seen[i], line);
	else
		return as_seen_sample(&seen[i], line);
	return NULL;
}

/* Reads the last hour of a log, before the time of -t.  Returns the exit status. */
static int
read_log(enum log log)
{
	struct as_in in = {0};
	struct as_line line = {0};
	const char *why, *path = path_of(names[log]);

	if (log != SAMPLES && access(path, F_OK) != 0)
		return 0;
	if (!as_in_open(&in, path, NULL))
		return in.code;
	if (now < 0)
		as_seek_span(&in, AS_STATUS_SPAN);
	else
		as_seek_time(&in, now - AS_STATUS_SPAN);
	while (as_in_line(&in, &line) && (now < 0 || line.time <= now))
		if ((why = take_line(log, &line)) != NULL)
			as_in_skip(&in, line.app, why);
	as_in_close(&in);
	free(line.pairs);
	return in.code;
}

/* The worst comes first; apps that are alike are sorted by name. */
static int
compare(const void *a, const void *b)
{
	const struct as_row *one = a, *two = b;

	return one->rank != two->rank ? two->rank - one->rank :
					as_text_order(one->app, two->app);
}

/* Returns the most bytes of a line: the variable COLUMNS or, without it, what the
 * terminal reports. */
static size_t
width_of_line(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size = {0};
	int32_t n;

	if (columns != NULL && as_num_count(as_text(columns), &n))
		return (size_t)n;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return 80;
}

static bool
has_colour(void)
{
	const char *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0');
}

/* Prints all rows.  Returns whether something is wrong. */
static bool
print_rows(struct as_out *out)
{
	struct as_row *rows = as_mem_need(calloc(table.n + 1, sizeof(*rows)));
	bool wrong;

	for (size_t i = 0; i < table.n; i++) {
		rows[i].app = as_table_name(&table, i);
		rows[i].seen = &seen[i];
		rows[i].rank = as_trouble_find(&seen[i], now, &rows[i].words);
	}
	qsort(rows, table.n, sizeof(*rows), compare);
	as_row_print(out, rows, table.n, now, width_of_line(), has_colour());
	if (table.n == 0)
		as_msg(AS_WARNING, NULL, "%s: no sample of the last hour",
		    path_of(names[SAMPLES]));
	wrong = table.n == 0 || rows[0].rank > 0;
	for (size_t i = 0; i < table.n; i++)
		free(rows[i].words.at);
	free(rows);
	return wrong;
}

static int
need_log(const char *path)
{
	if (access(path, F_OK) == 0)
		return 0;
	as_msg(AS_ERROR, NULL, "%s: %s", path, strerror(errno));
	return EX_NOINPUT;
}

int
main(int argc, char *argv[])
{
	struct as_out out = {0};
	int code;

	as_option_start(&tool);
	parse_options(&argc, &argv);
	if (config.path == NULL)
		config.path = as_mark_find(path_of(names[SAMPLES]));
	as_config_ready(&config);
	if (config.is_shown)
		return as_show_settings(&config);
	if ((code = need_log(path_of(names[SAMPLES]))) != 0)
		return code;
	for (char **app = wanted; *app != NULL; app++)
		number_of(as_text(*app));
	for (int log = 0; log < LOGS; log++)
		code = as_msg_worse(code, read_log((enum log)log));
	/* Without a part of the logs the rows would mislead. */
	if (code == EX_IOERR)
		return code;
	if (now < 0)
		now = as_time_now();
	if (print_rows(&out))
		code = as_msg_worse(code, EX_TEMPFAIL);
	return as_out_finish(&out, code);
}
