/* as-plot - draws load, replicas and decisions as a picture */
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "conf.h"
#include "plot.h"

/* clang-format off */
static const struct as_option options[] = {
	{'t', "type", "TYPE", "png, svg or dumb (dumb on a terminal, png elsewhere)"},
	{'T', "target", "TARGET", "of cpu (0.80)"},
	{'y', "top", "TOP", "the axis of replicas ends there"},
	{0, NULL, NULL, NULL}
};
/* clang-format on */

static const struct as_tool tool = {"as-plot",
    "[-Gqv] [-a GLOB] [-c FILE] [-o KEY=VALUE]... [-t TYPE] [-T TARGET] "
    "[-y TOP] [FILE]...",
    "Draws load, replicas and decisions with gnuplot.", options,
    as_flags_options, AS_NEEDS_PROGRAMS};

enum { WIDTH = 960 };

/* How many columns of time a chart has, a power of 2.  A long log fills more than
 * half of them, which is about one for each pixel, or letter of a terminal. */
static const size_t columns[] = {
    [AS_PNG] = 2048, [AS_SVG] = 1024, [AS_DUMB] = 128};

static struct as_config config;
static struct as_picture picture = {.width = WIDTH};
static struct as_table apps; /* the first AS_CHARTS of them are drawn */
static struct as_chart charts[AS_CHARTS];
static struct as_out out;

static enum as_terminal
parse_type(const char *arg)
{
	static const char *const types[] = {"png", "svg", "dumb"};

	for (int i = AS_PNG; i <= AS_DUMB; i++)
		if (strcmp(arg, types[i]) == 0)
			return (enum as_terminal)i;
	as_option_refuse(arg, "is not png, svg or dumb");
}

static void
parse_options(int *argc, char **argv[])
{
	bool terminal = isatty(STDOUT_FILENO);
	const char *arg;
	int c;

	picture.terminal = terminal ? AS_DUMB : AS_PNG;
	while ((c = as_flags_option(&config, argc, argv, &arg)) != 0) {
		switch (c) {
		case 't': picture.terminal = parse_type(arg); break;
		case 'T': as_flags_set(&config, "target", arg); break;
		case 'y': picture.top = as_option_decimal(arg, false); break;
		}
	}
	if (terminal && picture.terminal == AS_PNG)
		as_option_usage("png is not for a terminal: send it to a file");
	as_config_ready(&config);
}

static int
clamp(int n, int low, int high)
{
	return n < low ? low : n > high ? high : n;
}

/* Returns the value of the variable COLUMNS or LINES; without it `known`, the size
 * that the terminal reports; or `standard` if known is 0. */
static int
terminal_size(const char *name, int known, int standard)
{
	const char *value = getenv(name);
	int32_t n;

	if (value != NULL && as_num_count(as_text(value), &n))
		return n;
	return known > 0 ? known : standard;
}

static void
set_terminal_size(void)
{
	struct winsize size = {0};

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
		size = (struct winsize){0};
	picture.width = clamp(
	    terminal_size("COLUMNS", size.ws_col, 80) - 1, 39, 499);
	picture.height = clamp(
	    terminal_size("LINES", size.ws_row, 25) - 1, 15, 199);
}

static const char *
take_line(void *table, struct as_line *line)
{
	size_t number;

	if (as_select_wants(&config, line->app)) {
		number = as_table_line(table, line);
		if (number < AS_CHARTS)
			as_chart_take(&charts[number], line);
	}
	return NULL;
}

static void
set_target(void)
{
	const struct as_policy *policy =
	    as_config_of(&config, picture.names[0])->policy;

	for (size_t i = 0; i < policy->n_metrics; i++)
		if (policy->metrics[i].kind == &as_metric_kinds[AS_AVERAGE] &&
		    strcmp(policy->metrics[i].name, "cpu") == 0)
			picture.target = policy->metrics[i].target;
	picture.low = picture.target * (1 - policy->down.tolerance);
	picture.high = picture.target * (1 + policy->up.tolerance);
}

static void
choose_charts(void)
{
	struct as_text first;

	for (size_t i = 0; i < apps.n && i < AS_CHARTS; i++) {
		bool drawn = false;

		for (int c = 0; c < AS_CURVES; c++)
			drawn |= charts[i].whole[c].n > 0;
		if (drawn) {
			picture.names[picture.n] = as_table_name(&apps, i);
			picture.charts[picture.n++] = &charts[i];
		}
	}
	if (apps.n > AS_CHARTS) {
		first = as_table_name(&apps, AS_CHARTS);
		as_msg(AS_WARNING, NULL,
		    "not drawn: %.*s and %zu others (-a chooses)",
		    (int)first.len, first.at, apps.n - AS_CHARTS - 1);
	}
}

/* Removes what gnuplot adds to text: a form feed, and blanks at the ends of
 * lines. */
static void
tidy(struct as_buf *text)
{
	size_t len = 0, full = 0;

	for (size_t i = 0; i < text->len; i++) {
		char c = text->at[i];

		if (c == '\f')
			continue;
		if (c == '\n')
			len = full;
		text->at[len++] = c;
		if (c != ' ')
			full = len;
	}
	text->len = len;
}

static int
draw(void)
{
	struct as_buf drawn = {0};
	FILE *script = tmpfile();
	int code;

	if (script == NULL)
		as_msg_die(EX_OSERR, "no temporary file");
	as_draw(&picture, script);
	code = as_gnuplot(script, &drawn);
	fclose(script);
	if (picture.terminal == AS_DUMB)
		tidy(&drawn);
	for (size_t at = 0, n; code == 0 && at < drawn.len; at += n) {
		n = drawn.len - at < AS_LINE_MAX ? drawn.len - at : AS_LINE_MAX;
		as_out_end(
		    &out, as_put(as_out_room(&out, n), drawn.at + at, n));
	}
	free(drawn.at);
	return code;
}

int
main(int argc, char *argv[])
{
	struct as_each each = {.owner = &apps};
	int code;

	as_option_start(&tool);
	parse_options(&argc, &argv);
	if (config.is_shown)
		return as_show_settings(&config);
	if (picture.terminal == AS_DUMB)
		set_terminal_size();
	for (size_t i = 0; i < AS_CHARTS; i++)
		charts[i].mask = columns[picture.terminal] - 1;
	code = as_in_each_operand(&each, argv, take_line);
	choose_charts();
	if (picture.n == 0)
		as_msg_die(as_msg_worse(code, EX_DATAERR),
		    "nothing to draw of %s",
		    config.only != NULL ? config.only : "any app");
	set_target();
	code = as_msg_worse(code, draw());
	return as_out_finish(&out, code);
}
