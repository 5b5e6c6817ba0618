/* as-forecast - reads samples, prints them with the load to expect a little
 * later */
#include <errno.h>
#include <math.h>
#include <unistd.h>

#include "conf.h"
#include "forecast.h"

/* clang-format off */
static const struct as_option options[] = {
	{'a', "app", "GLOB", "forecast these apps alone, pass others through"},
	{'H', "horizon", "HORIZON", "look so far ahead: STARTUP and a tick (75s)"},
	{'L', "startup", "STARTUP", "replicas take so long to serve (HORIZON less 15s)"},
	{'l', "history", "FILE", "learn from the samples in FILE first"},
	{'p', "period", "PERIOD", "what may come back; 0: nothing does (1d and 7d)"},
	{'Q', "quantile", "SHARE", "of errors that hi covers (0.985)"},
	{'S', "saturation", "CPU", "such a reading may hide more (0.95)"},
	{0, NULL, NULL, NULL}
};
/* clang-format on */

static const struct as_tool tool = {"as-forecast",
    "[-qv] [-a GLOB] [-H HORIZON] [-L STARTUP] [-l FILE] [-p PERIOD]... "
    "[-Q SHARE] [-S CPU] [FILE]...",
    "Reads samples, prints them with the load to expect a horizon ahead.",
    options, NULL, AS_NEEDS_FILES};

enum {
	TICK = 15000,             /* ms from sample to sample, usually */
	SHORTEST_PERIOD = 600000, /* ms */
	GROWTH = 256              /* bytes that a line may gain */
};

static struct as_forecast_settings settings = {
    .saturation = 0.95,
    .share = 0.985,
    .n_periods = 2,
    .periods = {86400000, 604800000},
};
static struct as_config config; /* only for -a: which apps are forecast */
static const char *past;
static struct as_out out;

static struct as_table table;
static struct outlook {
	struct as_outlook *of;
	int64_t time; /* TIME of the last sample; -1: none yet */
} * outlooks;
static size_t room;

static void
parse_period(const char *arg)
{
	static bool given;
	int64_t period;

	if (!given)
		settings.n_periods = 0;
	given = true;
	if (strcmp(arg, "0") == 0)
		return;
	period = as_option_duration(arg, SHORTEST_PERIOD);
	if (settings.n_periods == AS_PERIODS)
		as_option_usage("option %s: given more than %d times",
		    as_option_typed(), AS_PERIODS);
	settings.periods[settings.n_periods++] = period;
}

static double
parse_share(const char *arg)
{
	double share = as_option_decimal(arg, true);

	if (share >= 1)
		as_option_refuse(arg, "is not below 1");
	return share;
}

static void
parse_options(int *argc, char **argv[])
{
	int64_t horizon = -1, startup = -1;
	const char *arg;
	int c;

	while ((c = as_option_next(argc, argv, &arg)) != 0) {
		switch (c) {
		case 'a': config.only = arg; break;
		case 'H': horizon = as_option_duration(arg, 1); break;
		case 'L': startup = as_option_duration(arg, 0); break;
		case 'l': past = as_option_history(arg); break;
		case 'p': parse_period(arg); break;
		case 'Q': settings.share = parse_share(arg); break;
		case 'S':
			settings.saturation = as_option_decimal(arg, false);
			break;
		}
	}
	if (horizon < 0)
		horizon = (startup < 0 ? 60000 : startup) + TICK;
	if (startup < 0)
		startup = horizon > TICK ? horizon - TICK : 0;
	settings.horizon = horizon;
	settings.startup = startup;
}

static struct outlook *
find_outlook(struct as_line *line)
{
	size_t known = table.n;
	size_t number = as_table_line(&table, line);

	if (number == known) {
		if (number == room)
			outlooks = as_mem_grow(
			    outlooks, &room, sizeof(*outlooks));
		outlooks[number] = (struct outlook){NULL, -1};
	}
	return &outlooks[number];
}

/* Returns the number of ready replicas, as as-decide finds it: ready=, or else
 * COUNT less unready= and missing=.  Returns AS_UNKNOWN if the sample does not
 * say. */
static int32_t
read_ready(const struct as_line *line)
{
	int64_t ready = as_line_count(line, "ready", AS_UNKNOWN);
	int64_t silent = (int64_t)as_line_count(line, "unready", 0) +
	    as_line_count(line, "missing", 0);

	if (ready == AS_UNKNOWN && silent > 0)
		ready = silent < line->count ? line->count - silent : 0;
	return (int32_t)ready;
}

/* Forecasts the cpu of each replica: the load, which is a number of busy replicas,
 * divided by ready= or, if that is unknown, by COUNT.  as-decide will multiply by
 * the same number.  Returns false if the sample shows no load. */
static bool
forecast(struct outlook *outlook, const struct as_line *line,
    struct as_forecast *forecast)
{
	int32_t count = (int32_t)line->count, ready = read_ready(line);
	double x = as_line_number(line, "cpu");

	if (!(x > 0) || ready == 0)
		return false;
	if (outlook->of == NULL)
		outlook->of = as_outlook_new(&settings);
	*forecast = as_outlook_take(
	    outlook->of, &settings, line->time, count, ready, x);
	count = ready == AS_UNKNOWN ? count : ready;
	forecast->load /= count;
	forecast->high /= count;
	return true;
}

/* Prints three decimals, but never 0: as-decide takes a 0 for a dead collector. */
static struct as_text
print_use(char text[32], double use)
{
	int64_t thousandths = (int64_t)(use * 1000 + 0.5);
	char *p = text;

	if (thousandths == 0)
		thousandths = 1;
	p = as_put_count(p, thousandths / 1000);
	*p++ = '.';
	for (int unit = 100; unit > 0; unit /= 10)
		*p++ = (char)('0' + thousandths / unit % 10);
	return (struct as_text){text, (size_t)(p - text)};
}

/* Prints the line.  cpu is its pair cpu=, which gets the value of the forecast; if
 * cpu is NULL, the line is printed unchanged. */
static void
print_line(const struct as_line *line, struct as_pair *cpu,
    const struct as_forecast *forecast)
{
	struct as_pair *hi = cpu != NULL ? as_line_get(line, "hi") : NULL;
	char load[32], high[32], *p = as_out_room(&out, AS_LINE_MAX);
	struct as_text text = print_use(high, forecast->high);

	if (cpu != NULL)
		cpu->value = print_use(load, forecast->load);
	if (hi != NULL)
		hi->value = text;
	p = as_line_print(p, line);
	if (cpu != NULL && hi == NULL) {
		p = as_put(AS_PUT(p - 1, " hi="), text.at, text.len);
		*p++ = '\n';
	}
	as_out_end(&out, p);
}

/* Learns from a line, and if print is set, prints it with its forecast.  A line
 * that shows no load is printed unchanged.  Returns why the line must be skipped,
 * or NULL. */
static const char *
take_line(struct as_line *line, bool print)
{
	struct outlook *outlook;
	struct as_forecast expected = {0, 0};
	struct as_pair *cpu = NULL;

	if (line->end - line->app.at > AS_LINE_MAX - GROWTH)
		return "line leaves no room for a forecast";
	if (as_select_wants(&config, line->app)) {
		outlook = find_outlook(line);
		if (line->time <= outlook->time)
			return "TIME is not after the app's last";
		outlook->time = line->time;
		if (line->count > 0)
			cpu = as_line_get(line, "cpu");
		if (cpu != NULL && !forecast(outlook, line, &expected))
			cpu = NULL;
	}
	if (print)
		print_line(line, cpu, &expected);
	return NULL;
}

static const char *
learn_line(void *first, struct as_line *line)
{
	if (line->time < *(int64_t *)first)
		take_line(line, false);
	return NULL;
}

/* Learns from the lines of the file of -l that are older than `first`.  Its bad
 * lines are not reported: they were when they were new.  If the file cannot be read
 * to the end, forecasts would be wrong, so this ends as-forecast. */
static void
learn(int64_t first)
{
	struct as_each each = {.owner = &first, .quiet = true};

	if (access(past, F_OK) != 0 && errno == ENOENT)
		return;
	if (as_in_each(&each, past, learn_line) == EX_IOERR)
		exit(as_out_finish(&out, EX_IOERR));
}

static const char *
forecast_line(void *begun, struct as_line *line)
{
	if (past != NULL && !*(bool *)begun)
		learn(line->time);
	*(bool *)begun = true;
	return take_line(line, true);
}

int
main(int argc, char *argv[])
{
	bool begun = false;
	struct as_each each = {
	    .owner = &begun, .out = &out, .comments = as_in_copy};
	int code;

	as_option_start(&tool);
	parse_options(&argc, &argv);
	code = as_in_each_operand(&each, argv, forecast_line);
	for (size_t i = 0; i < table.n; i++)
		as_outlook_free(outlooks[i].of);
	free(outlooks);
	as_table_free(&table);
	return as_out_finish(&out, code);
}
