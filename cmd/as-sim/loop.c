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

static void
ask(struct as_loop *loop, struct as_decider *decider, struct as_run *run,
    size_t n, size_t at)
{
	char *p = decider->samples;
	const char *why;
	size_t len;

	for (; n > 0; n--, run++) {
		if (at >= run->course->n)
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

/* Does tick number `at` of the n apps from number `from` on.  Sends all samples
 * before it reads an answer, so that the deciders work at the same time. */
static void
do_batch(struct as_loop *loop, size_t from, size_t n, size_t at)
{
	struct as_run *run = loop->runs + from;
	struct as_answer answer;
	const char *why;

	for (size_t d = 0; d < loop->n_deciders; d++)
		ask(loop, &loop->deciders[d], run + d * loop->n_apps, n, at);
	for (size_t d = 0; d < loop->n_deciders; d++, run += loop->n_apps)
		for (size_t i = 0; i < n; i++) {
			if (at >= run[i].course->n)
				continue;
			why = as_decider_answer(
			    &loop->deciders[d], &run[i], &answer);
			if (why != NULL)
				give_up(loop, &loop->deciders[d], why);
			settle(loop, &run[i], &answer);
		}
	for (size_t i = 0; i < n && loop->oracle; i++) {
		if (at >= run[i].course->n)
			continue;
		as_run_tick(&run[i], at);
		answer = (struct as_answer){
		    .count = as_run_foresee(&run[i], at)};
		settle(loop, &run[i], &answer);
	}
}

/* Lets the deciders decide inside of as-sim that can. */
static size_t
start_inside(struct as_loop *loop)
{
	size_t n = 0;

	for (size_t d = 0; d < loop->n_deciders; d++) {
		struct as_decider *decider = &loop->deciders[d];

		decider->inside = as_inside_start(
		    decider->program.argv, loop->courses, loop->n_apps);
		n += decider->inside != NULL;
	}
	return n;
}

void
as_loop_start(struct as_loop *loop)
{
	size_t n_programs = loop->n_deciders;

	if (!loop->outside)
		n_programs -= start_inside(loop);
	if (n_programs == 1 && loop->n_apps <= FEW)
		as_pin_here();
	for (size_t d = 0; d < loop->n_deciders; d++) {
		struct as_coproc *program = &loop->deciders[d].program;
		const char *why;

		if (loop->deciders[d].inside != NULL)
			continue;
		program->wait = loop->patience;
		why = as_coproc_start(program);
		if (why != NULL)
			as_msg_die(EX_OSERR, "%s: %s", program->argv[0], why);
	}
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

	for (size_t d = 0; d < loop->n_deciders; d++)
		if ((why = as_decider_end(&loop->deciders[d])) != NULL)
			give_up(loop, &loop->deciders[d], why);
}
