/* as-score - measures how well the replicas of runs followed their loads */
#include <math.h>
#include <stdio.h>

#include "score.h"

/* clang-format off */
static const struct as_option options[] = {
	{'b', "baseline", "FILE", "runs of the oracle, from as-sim -O"},
	{'f', "from", "DUR|TIME", "the score begins after so long, or then"},
	{'t', "table", NULL, "a table"},
	{'T', "target", "TARGET", "cpu that is asked for, where need= is missing (0.80)"},
	{0, NULL, NULL, NULL}
};
/* clang-format on */

static const struct as_tool tool = {"as-score",
    "[-qtv] [-b FILE] [-f DUR | -f TIME] [-T TARGET] [FILE]...",
    "Measures how well applications were scaled.", options, NULL,
    AS_NEEDS_FILES};

static struct as_runs scored, base;
static struct as_out out;
static const char *base_path;
static bool wants_table;

static void
parse_from(const char *arg)
{
	bool fraction;

	if (as_time_duration(as_text(arg), &scored.skipped) != NULL &&
	    as_time_parse(as_text(arg), &scored.from, &fraction) != NULL)
		as_option_refuse(
		    arg, "is neither a duration like 8d nor a TIME");
}

static void
parse_options(int *argc, char **argv[])
{
	const char *arg;
	int c;

	while ((c = as_option_next(argc, argv, &arg)) != 0) {
		switch (c) {
		case 'b': base_path = arg; break;
		case 'f': parse_from(arg); break;
		case 't': wants_table = true; break;
		case 'T': scored.target = as_option_decimal(arg, false); break;
		}
	}
}

static char *
put_measure(char *p, double x, int decimals, int width)
{
	double least = 0.5;

	for (int i = 0; i < decimals; i++)
		least /= 10;
	if (x < 0 && x > -least) /* no "-0.000" */
		x = 0;
	if (isfinite(x))
		return p + snprintf(p, 32, "%*.*f", width, decimals, x);
	return p + snprintf(p, 32, "%*s", width, "-");
}

/* Prints the measures m of a run, after TIME and COUNT of its last line. */
static void
print_line(const struct as_run_score *run, struct as_text app,
    const double m[AS_MEASURES])
{
	char *p = as_out_room(&out, 2048);

	p = as_put(p, run->stamp, run->stamp_len);
	*p++ = ' ';
	p = as_put(p, app.at, app.len);
	*p++ = ' ';
	p = as_put_count(p, run->count);
	for (int i = 0; i < AS_MEASURES; i++) {
		if (!isfinite(m[i]))
			continue;
		*p++ = ' ';
		p = as_put(p, as_score_names[i], strlen(as_score_names[i]));
		*p++ = '=';
		p = put_measure(p, m[i], i == AS_ORDER ? 0 : 4, 0);
	}
	*p++ = '\n';
	as_out_end(&out, p);
}

/* clang-format off */
static const struct column {
	const char *title;
	enum as_measure measure;
	int width, decimals;
} columns[] = {
	{"J", AS_J, 7, 3},
	{"share", AS_SHARE, 7, 3},
	{"lost%", AS_LOST, 7, 3},
	{"full%", AS_SATURATED, 7, 2},
	{"thetaU", AS_THETA_U, 7, 2},
	{"thetaO", AS_THETA_O, 7, 2},
	{"tauU", AS_TAU_U, 6, 1},
	{"tauO", AS_TAU_O, 6, 1},
	{"upsilon", AS_UPSILON, 8, 1},
	{"jitter", AS_JITTER, 8, 3},
	{"chg/h", AS_CHANGES, 6, 1},
	{"order", AS_ORDER, 6, 0},
	{"peak", AS_PEAK, 7, 2},
};
/* clang-format on */

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]), NAME = 16 };

static void
print_title(void)
{
	char *p = as_out_room(&out, 512);

	p += snprintf(p, 32, "%-*s", NAME, "run");
	for (int i = 0; i < COLUMNS; i++)
		p += snprintf(p, 32, "%*s", columns[i].width, columns[i].title);
	*p++ = '\n';
	as_out_end(&out, p);
}

static void
print_row(struct as_text app, const double m[AS_MEASURES])
{
	char *p = as_out_room(&out, 1024);

	p += snprintf(p, 256, "%-*.*s", NAME, (int)app.len, app.at);
	for (int i = 0; i < COLUMNS; i++)
		p = put_measure(p, m[columns[i].measure], columns[i].decimals,
		    columns[i].width);
	*p++ = '\n';
	as_out_end(&out, p);
}

static void
print_runs(void)
{
	double measures[AS_MEASURES];
	char name[AS_APP_SIZE];

	if (wants_table)
		print_title();
	for (size_t i = 0; i < scored.table.n; i++) {
		struct as_text app = as_table_name(&scored.table, i);

		if (scored.run[i].score.n == 0) {
			as_msg(AS_WARNING, as_text_copy(name, app),
			    "nothing to score");
			continue;
		}
		as_score_measure(&scored.run[i].score,
		    as_runs_base(&scored, &base, app), measures);
		if (wants_table)
			print_row(app, measures);
		else
			print_line(&scored.run[i], app, measures);
	}
}

int
main(int argc, char *argv[])
{
	char *standard[] = {"-", NULL};
	int code = 0;

	as_option_start(&tool);
	scored.target = 0.8;
	parse_options(&argc, &argv);
	base.target = scored.target;
	base.from = scored.from;
	base.skipped = scored.skipped;
	if (base_path != NULL)
		code = as_runs_read(&base, base_path);
	for (char **path = argc > 0 ? argv : standard; *path != NULL; path++)
		code = as_msg_worse(code, as_runs_read(&scored, *path));
	as_runs_end(&base);
	as_runs_end(&scored);
	print_runs();
	return as_out_finish(&out, code);
}
