/* as-sim - tries deciders (programs like as-decide) on recorded loads: each decider
 * scales simulated apps of its own */
#include <stdio.h>

#include "policy.h"
#include "sim.h"

/* clang-format off */
static const struct as_option options[] = {
	{'a', "app", "GLOB", "the load of these apps alone"},
	{'d', "duration", "DUR", "the load's first DUR alone (28d)"},
	{'e', "every", "DUR", "a tick every DUR (15s)"},
	{'k', "key", "KEY", "the load is in KEY (demand, cpu or rps)"},
	{'L', "startup", "DUR", "replicas take DUR to start (1m)"},
	{'m', "min", "MIN", "at least so many replicas (1)"},
	{'M', "max", "MAX", "at most so many replicas (1000)"},
	{'N', "noise", "NOISE", "standard deviation of a reading (0.03)"},
	{'O', "oracle", NULL, "run the oracle, too: it knows the load to come"},
	{'p', "busy", "BUSY", "scale the load: 99% of it is under BUSY replicas (32)"},
	{'r', "ready", NULL, "write ready= and unready= into the samples"},
	{'s', "samples", NULL, "print the samples that deciders see, no more"},
	{'S', "seed", "SEED", "of the noise (12345)"},
	{'t', "target", "TARGET", "cpu that is asked for (0.80)"},
	{'u', "capacity", "LOAD", "scale the load: so much keeps one replica busy"},
	{'w', "timeout", "DUR", "wait so long for an answer (5s)"},
	{0, NULL, NULL, NULL}
};
/* clang-format on */

static const struct as_tool tool = {"as-sim",
    "[-Oqrsv] [-a GLOB] [-d DUR] [-e DUR] [-k KEY] [-L DUR] [-m MIN] [-M MAX] "
    "[-N NOISE] [-p BUSY | -u LOAD] [-S SEED] [-t TARGET] [-w DUR] LOAD... "
    "[-- DECIDER [ARG]...]...",
    "Runs deciders in a closed loop on a recorded load.", options, NULL,
    AS_NEEDS_PROGRAMS};

/* as-sim sends a decider at most BATCH samples before it reads the answers.  So
 * many fit into a pipe, so that as-sim never waits for the decider to read them. */
enum { DECIDERS = 64, BATCH = 64 };

static struct as_plant_kind kind = {
    60000, 1, 1000, .target = 0.8, .noise = 0.03, .seed = 12345};
static struct as_loads loads;
static struct as_coproc deciders[DECIDERS];
static size_t n_deciders;
static struct as_course *courses;
static size_t n_apps;
/* runs[d * n_apps + i] is the run of decider d with app i.  The oracle's runs come
 * after those of the last decider. */
static struct as_run *runs;
static struct as_out out;
static int64_t tick = 15000, longest = 2419200000, patience = 5000;
static double p99, unit;
static bool oracle, tell_ready, only_samples;

static void
parse_options(int *argc, char **argv[])
{
	const char *arg;
	int c;

	while ((c = as_option_next(argc, argv, &arg)) != 0) {
		switch (c) {
		case 'a': loads.only = arg; break;
		case 'd': longest = as_option_duration(arg, 0); break;
		case 'e': tick = as_option_duration(arg, 1); break;
		case 'k': loads.key = arg; break;
		case 'L': kind.startup = as_option_duration(arg, 0); break;
		case 'm': kind.min = as_option_count(arg, 0); break;
		case 'M': kind.max = as_option_count(arg, 0); break;
		case 'N': kind.noise = as_option_decimal(arg, true); break;
		case 'O': oracle = true; break;
		case 'p': p99 = as_option_decimal(arg, false); break;
		case 'r': tell_ready = true; break;
		case 's': only_samples = true; break;
		case 'S': kind.seed = (uint64_t)as_option_count(arg, 0); break;
		case 't': kind.target = as_option_decimal(arg, false); break;
		case 'u': unit = as_option_decimal(arg, false); break;
		case 'w': patience = as_option_duration(arg, 1); break;
		}
	}
	if (p99 > 0 && unit > 0)
		as_option_usage("give -p/--busy or -u/--capacity, not both");
	if (kind.min > kind.max)
		as_option_usage("-m/--min %d is more than -M/--max %d",
		    (int)kind.min, (int)kind.max);
	if (loads.key != NULL && strlen(loads.key) > AS_KEY_MAX)
		as_option_usage("-k/--key: longer than %d bytes", AS_KEY_MAX);
}

/* Ends argv at each "--", after which the command of a decider begins.  Returns the
 * number of arguments before the first "--", argv[0] included. */
static int
split(int argc, char *argv[])
{
	int before = argc;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--") != 0)
			continue;
		before = before < i ? before : i;
		argv[i] = NULL;
		if (i + 1 == argc || strcmp(argv[i + 1], "--") == 0)
			as_option_usage("no decider behind --");
		if (n_deciders == DECIDERS)
			as_option_usage("more than %d deciders", DECIDERS);
		deciders[n_deciders++].argv = argv + i + 1;
	}
	return before;
}

static double
scale_of(const struct as_load *load, const char *name)
{
	double scale = as_load_scale(load, unit, p99);

	if (!(scale > 0))
		as_msg_die(EX_DATAERR, "%s: its load is 0", name);
	if (load->n_censored > 0)
		as_msg(AS_WARNING, name,
		    "%zu of %zu readings are of full replicas: the load was "
		    "that or more (censored=1)",
		    load->n_censored, load->n_points);
	return scale;
}

static void
set_up_course(struct as_course *course, size_t number)
{
	const struct as_load *load = &loads.load[number];
	struct as_text name = as_table_name(&loads.table, number);

	course->app = as_mem_need(strndup(name.at, name.len));
	if (load->n_points == 0)
		as_msg(AS_WARNING, course->app, "no line has a load");
	else
		as_load_course(
		    course, load, scale_of(load, course->app), tick, longest);
}

static void
set_up_runs(void)
{
	static char oracle_name[] = "(the oracle)";
	static char *oracle_argv[] = {oracle_name, NULL};
	size_t n = n_deciders + oracle;

	n_apps = loads.table.n;
	courses = as_mem_need(calloc(n_apps + 1, sizeof(*courses)));
	runs = as_mem_need(calloc(n_apps * n + 1, sizeof(*runs)));
	for (size_t i = 0; i < n_apps; i++)
		set_up_course(&courses[i], i);
	for (size_t i = 0; i < n_apps * n; i++) {
		struct as_run *run = &runs[i];
		size_t d = i / n_apps;

		run->course = &courses[i % n_apps];
		if (run->course->n == 0)
			continue;
		as_run_name(run, d == n_deciders ? 0 : d + 1, n == 1);
		as_plant_begin(
		    &run->plant, &kind, run->course->demand[0].milli);
		as_run_title(
		    &out, run, d < n_deciders ? deciders[d].argv : oracle_argv);
	}
}

static AS_NORETURN void
give_up(const struct as_coproc *decider, const char *why)
{
	as_out_flush(&out);
	as_msg_die(EX_UNAVAILABLE, "%s: %s", decider->argv[0], why);
}

static void
ask(struct as_coproc *decider, struct as_run *run, size_t n, size_t at)
{
	static char buf[BATCH * AS_SAMPLE_MAX];
	const char *why;
	char *p = buf;
	size_t len;

	for (; n > 0; n--, run++) {
		if (at >= run->course->n)
			continue;
		as_run_tick(run, at);
		p = as_run_sample(p, run, tell_ready);
	}
	len = (size_t)(p - buf);
	why = as_coproc_send(decider, buf, len);
	if (why != NULL)
		give_up(decider, why);
	if (only_samples)
		as_out_end(&out, as_put(as_out_room(&out, len), buf, len));
}

static void
take(struct as_coproc *decider, struct as_run *run, struct as_line *line)
{
	const char *text, *why = as_coproc_line(decider, &text);
	char nonsense[256];

	if (why != NULL)
		give_up(decider, why);
	why = as_line_parse(line, text);
	if (why == NULL)
		why = as_run_refuse(run, line);
	if (why != NULL) {
		snprintf(nonsense, sizeof(nonsense),
		    "%.*s %s: no answer: %s: \"%.*s\"", (int)run->stamp_len,
		    run->stamp, run->course->app, why,
		    (int)strcspn(text, "\r\n") % 80, text);
		give_up(decider, nonsense);
	}
	run->want = line->count == AS_UNKNOWN ? run->plant.spec :
						(int32_t)line->count;
}

static void
settle(struct as_run *run, const struct as_line *line)
{
	run->want = as_plant_bound(run->plant.kind, run->want);
	if (!only_samples)
		as_run_print(
		    &out, run, line != NULL ? as_line_get(line, "why") : NULL);
	as_plant_order(&run->plant, run->time, run->want);
}

/* Does tick number `at` of the n apps from number `from` on.  Sends all samples
 * before it reads an answer, so that the deciders work at the same time. */
static void
do_batch(size_t from, size_t n, size_t at)
{
	static struct as_line line[DECIDERS];
	struct as_run *run = runs + from;

	for (size_t d = 0; d < n_deciders; d++)
		ask(&deciders[d], run + d * n_apps, n, at);
	for (size_t d = 0; d < n_deciders; d++, run += n_apps)
		for (size_t i = 0; i < n; i++) {
			if (at >= run[i].course->n)
				continue;
			take(&deciders[d], &run[i], &line[d]);
			settle(&run[i], &line[d]);
		}
	for (size_t i = 0; i < n && oracle; i++) {
		if (at >= run[i].course->n)
			continue;
		as_run_tick(&run[i], at);
		run[i].want = as_run_foresee(&run[i], at);
		settle(&run[i], NULL);
	}
}

static void
run_all(void)
{
	size_t longest_course = 0;

	for (size_t i = 0; i < n_apps; i++)
		if (courses[i].n > longest_course)
			longest_course = courses[i].n;
	for (size_t at = 0; at < longest_course && !out.failed; at++)
		for (size_t from = 0; from < n_apps; from += BATCH)
			do_batch(from,
			    n_apps - from < BATCH ? n_apps - from : BATCH, at);
}

static void
start_deciders(void)
{
	const char *why;

	for (size_t d = 0; d < n_deciders; d++) {
		deciders[d].wait = patience;
		why = as_coproc_start(&deciders[d]);
		if (why != NULL)
			as_msg_die(
			    EX_OSERR, "%s: %s", deciders[d].argv[0], why);
	}
}

int
main(int argc, char *argv[])
{
	const char *why;
	int code = 0;

	as_option_start(&tool);
	argc = split(argc, argv);
	parse_options(&argc, &argv);
	if (argc == 0 || n_deciders + oracle == 0)
		as_option_usage(
		    "a LOAD is needed, and a decider or -O/--oracle");
	if (only_samples && n_deciders + oracle > 1)
		as_option_usage("-s/--samples: of one decider alone");
	for (int i = 0; i < argc; i++)
		code = as_msg_worse(code, as_loads_read(&loads, argv[i]));
	if (code == EX_IOERR)
		return code;
	set_up_runs();
	start_deciders();
	run_all();
	for (size_t d = 0; d < n_deciders; d++)
		if ((why = as_coproc_end(&deciders[d])) != NULL)
			give_up(&deciders[d], why);
	return as_out_finish(&out, code);
}
