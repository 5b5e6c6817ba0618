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
	{'j', "jobs", "JOBS", "so many processes share the runs (1)"},
	{'k', "key", "KEY", "the load is in KEY (demand, cpu or rps)"},
	{'L', "startup", "DUR", "replicas take DUR to start (1m)"},
	{'m', "min", "MIN", "at least so many replicas (1)"},
	{'M', "max", "MAX", "at most so many replicas (1000)"},
	{'N', "noise", "NOISE", "standard deviation of a reading (0.03)"},
	{'O', "oracle", NULL, "run the oracle, too: it knows the load to come"},
	{'P', "outside", NULL, "run as-decide as a program, not inside as-sim"},
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
    "[-OPqrsv] [-a GLOB] [-d DUR] [-e DUR] [-j JOBS] [-k KEY] [-L DUR] [-m MIN] [-M MAX] "
    "[-N NOISE] [-p BUSY | -u LOAD] [-S SEED] [-t TARGET] [-w DUR] LOAD... "
    "[-- DECIDER [ARG]...]...",
    "Runs deciders in a closed loop on a recorded load.", options, NULL,
    AS_NEEDS_PROGRAMS};

static struct as_plant_kind kind = {
    60000, 1, 1000, .target = 0.8, .noise = 0.03, .seed = 12345};
static struct as_loads loads;
static struct as_loop loop = {.patience = 5000, .jobs.n = 1};
static int64_t tick = 15000, longest = 2419200000;
static double p99, unit;

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
		case 'j': loop.jobs.n = (size_t)as_option_count(arg, 1); break;
		case 'k': loads.key = arg; break;
		case 'L': kind.startup = as_option_duration(arg, 0); break;
		case 'm': kind.min = as_option_count(arg, 0); break;
		case 'M': kind.max = as_option_count(arg, 0); break;
		case 'N': kind.noise = as_option_decimal(arg, true); break;
		case 'O': loop.oracle = true; break;
		case 'P': loop.outside = true; break;
		case 'p': p99 = as_option_decimal(arg, false); break;
		case 'r': loop.tell_ready = true; break;
		case 's': loop.only_samples = true; break;
		case 'S': kind.seed = (uint64_t)as_option_count(arg, 0); break;
		case 't': kind.target = as_option_decimal(arg, false); break;
		case 'u': unit = as_option_decimal(arg, false); break;
		case 'w': loop.patience = as_option_duration(arg, 1); break;
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
		if (loop.n_deciders == AS_DECIDERS)
			as_option_usage("more than %d deciders", AS_DECIDERS);
		loop.deciders[loop.n_deciders++].program.argv = argv + i + 1;
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
set_up_courses(void)
{
	loop.n_apps = loads.table.n;
	loop.courses = as_mem_need(
	    calloc(loop.n_apps + 1, sizeof(*loop.courses)));
	for (size_t i = 0; i < loop.n_apps; i++)
		set_up_course(&loop.courses[i], i);
}

static void
set_up_runs(void)
{
	static char oracle_name[] = "(the oracle)";
	static char *oracle_argv[] = {oracle_name, NULL};
	size_t n = loop.n_deciders + loop.oracle;

	loop.n_runs = loop.n_apps * n;
	loop.runs = as_mem_need(calloc(loop.n_runs + 1, sizeof(*loop.runs)));
	for (size_t i = 0; i < loop.n_runs; i++) {
		struct as_run *run = &loop.runs[i];
		size_t d = i / loop.n_apps;

		run->course = &loop.courses[i % loop.n_apps];
		if (run->course->n == 0)
			continue;
		as_run_name(run, d == loop.n_deciders ? 0 : d + 1, n == 1);
		as_plant_begin(&run->plant, &kind, run->course->app,
		    run->course->demand[0].milli);
		as_run_title(&loop.out, run,
		    d < loop.n_deciders ? loop.deciders[d].program.argv :
					  oracle_argv);
	}
}

int
main(int argc, char *argv[])
{
	int code = 0;

	as_option_start(&tool);
	argc = split(argc, argv);
	parse_options(&argc, &argv);
	if (argc == 0 || loop.n_deciders + loop.oracle == 0)
		as_option_usage(
		    "a LOAD is needed, and a decider or -O/--oracle");
	if (loop.only_samples && (loop.n_deciders != 1 || loop.oracle))
		as_option_usage("-s/--samples: of one decider alone");
	for (int i = 0; i < argc; i++)
		code = as_msg_worse(code, as_loads_read(&loads, argv[i]));
	if (code == EX_IOERR)
		return code;
	set_up_courses();
	set_up_runs();
	as_loop_start(&loop);
	as_loop_run(&loop);
	as_loop_end(&loop);
	if (loop.jobs.is_copy)
		code = 0; /* The process that prints has this code, too. */
	return as_out_finish(&loop.out, code);
}
