/* loop.c - the closed loop: in each tick, samples go to the deciders, and their
 * decisions change the replicas */
#include "sim.h"

/* With more apps than FEW, as-sim and its only decider gain from two CPUs: while one
 * works on a sample, the other works on the next. */
enum { FEW = 16 };

static AS_NORETURN void
give_up(struct as_loop *loop, const struct as_decider *decider, const char *why)
{
	as_out_flush(&loop->out);
	as_msg_die(EX_UNAVAILABLE, "%s: %s", decider->program.argv[0], why);
}

static bool
is_mine(const struct as_loop *loop, size_t r)
{
	return loop->jobs.n <= 1 || r % loop->jobs.n == loop->jobs.number;
}

/* Asks a decider about tick number `at` of the n runs from number r on. */
static void
ask(struct as_loop *loop, struct as_decider *decider, size_t r, size_t n,
    size_t at)
{
	char *p = decider->samples;
	const char *why;
	size_t len;

	for (; n > 0; n--, r++) {
		struct as_run *run = &loop->runs[r];

		if (at >= run->course->n || !is_mine(loop, r))
			continue;
		as_run_tick(run, at);
		p = as_run_sample(p, run, loop->tell_ready);
	}
	len = (size_t)(p - decider->samples);
	why = as_decider_ask(decider, len);
	if (why != NULL)
		give_up(loop, decider, why);
	if (loop->only_samples)
		as_out_end(&loop->out,
		    as_put(
			as_out_room(&loop->out, len), decider->samples, len));
}

static void
settle(struct as_loop *loop, struct as_run *run, const struct as_answer *answer)
{
	run->want = answer->count == AS_UNKNOWN ?
	    run->plant.spec :
	    as_plant_bound(run->plant.kind, (int32_t)answer->count);
	if (!loop->only_samples)
		as_run_print(&loop->out, run, answer->why);
	as_plant_order(&run->plant, run->time, run->want);
}

/* Does tick number `at` of a run of decider d, which was asked about it. */
static void
do_run(struct as_loop *loop, size_t d, struct as_run *run, size_t at)
{
	struct as_answer answer = {0};
	const char *why = NULL;

	if (d < loop->n_deciders) {
		why = as_decider_answer(&loop->deciders[d], run, &answer);
	} else {
		as_run_tick(run, at);
		answer.count = as_run_foresee(run, at);
	}
	if (why != NULL)
		give_up(loop, &loop->deciders[d], why);
	settle(loop, run, &answer);
}

/* Does tick number `at` of the n apps from number `from` on.  Sends all samples
 * before it reads an answer, so that the deciders work at the same time. */
static void
do_batch(struct as_loop *loop, size_t from, size_t n, size_t at)
{
	size_t n_apps = loop->n_apps;

	for (size_t d = 0; d < loop->n_deciders && loop->jobs.job == NULL; d++)
		if (!loop->deciders[d].idle)
			ask(loop, &loop->deciders[d], d * n_apps + from, n, at);
	for (size_t d = 0; d < loop->n_deciders + loop->oracle; d++)
		for (size_t r = d * n_apps + from; r < d * n_apps + from + n;
		     r++) {
			struct as_run *run = &loop->runs[r];

			if (at >= run->course->n)
				continue;
			if (loop->jobs.job != NULL)
				as_jobs_print(&loop->jobs, r, &loop->out);
			else if (is_mine(loop, r))
				do_run(loop, d, run, at);
		}
}

/* Lets the deciders decide inside of as-sim that can. */
static void
start_inside(struct as_loop *loop)
{
	for (size_t d = 0; d < loop->n_deciders && !loop->outside; d++)
		loop->deciders[d].inside = as_inside_start(
		    loop->deciders[d].program.argv, loop->courses,
		    loop->n_apps);
}

/* Starts jobs, but no more than there are runs. */
static void
start_jobs(struct as_loop *loop)
{
	struct as_jobs *jobs = &loop->jobs;

	if (jobs->n > loop->n_runs)
		jobs->n = loop->n_runs;
	if (jobs->n <= 1)
		return;
	as_out_flush(&loop->out);
	as_jobs_start(jobs);
}

/* Notes which deciders have no run in this process.  Returns how many programs it
 * must start. */
static size_t
count_programs(struct as_loop *loop)
{
	size_t n = 0;

	for (size_t d = 0; d < loop->n_deciders; d++) {
		struct as_decider *decider = &loop->deciders[d];

		decider->idle = true;
		for (size_t i = 0; i < loop->n_apps; i++)
			if (is_mine(loop, d * loop->n_apps + i))
				decider->idle = false;
		n += !decider->idle && decider->inside == NULL;
	}
	return n;
}

static void
start_programs(struct as_loop *loop)
{
	if (count_programs(loop) == 1 && loop->n_apps <= FEW)
		as_pin_here();
	for (size_t d = 0; d < loop->n_deciders; d++) {
		struct as_decider *decider = &loop->deciders[d];
		struct as_coproc *program = &decider->program;
		const char *why;

		if (decider->idle || decider->inside != NULL)
			continue;
		program->wait = loop->patience;
		why = as_coproc_start(program);
		if (why != NULL)
			as_msg_die(EX_OSERR, "%s: %s", program->argv[0], why);
	}
}

void
as_loop_start(struct as_loop *loop)
{
	start_inside(loop);
	start_jobs(loop);
	if (loop->jobs.job == NULL)
		start_programs(loop);
}

void
as_loop_run(struct as_loop *loop)
{
	size_t longest = 0, n_apps = loop->n_apps;

	for (size_t i = 0; i < n_apps; i++)
		if (loop->courses[i].n > longest)
			longest = loop->courses[i].n;
	for (size_t at = 0; at < longest && !loop->out.failed; at++)
		for (size_t from = 0; from < n_apps; from += AS_BATCH)
			do_batch(loop, from,
			    n_apps - from < AS_BATCH ? n_apps - from : AS_BATCH,
			    at);
}

void
as_loop_end(struct as_loop *loop)
{
	const char *why;

	if (loop->jobs.job != NULL && loop->out.failed)
		as_jobs_stop(&loop->jobs);
	else if (loop->jobs.job != NULL)
		as_jobs_end(&loop->jobs, &loop->out);
	for (size_t d = 0; d < loop->n_deciders && loop->jobs.job == NULL; d++)
		if (!loop->deciders[d].idle &&
		    (why = as_decider_end(&loop->deciders[d])) != NULL)
			give_up(loop, &loop->deciders[d], why);
}
