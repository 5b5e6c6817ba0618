/* loop.c - the closed loop: in each tick, samples go to the deciders, and their
 * decisions change the replicas */
#include <stdio.h>

#include "sim.h"

/* as-sim sends a decider at most BATCH samples before it reads the answers.  So
 * many fit into a pipe, so that as-sim never waits for the decider to read them. */
enum { BATCH = 64 };

/* With more apps than FEW, as-sim and its only decider gain from two CPUs: while one
 * works on a sample, the other works on the next. */
enum { FEW = 16 };

static AS_NORETURN void
give_up(struct as_loop *loop, const struct as_coproc *decider, const char *why)
{
	as_out_flush(&loop->out);
	as_msg_die(EX_UNAVAILABLE, "%s: %s", decider->argv[0], why);
}

static void
ask(struct as_loop *loop, struct as_coproc *decider, struct as_run *run,
    size_t n, size_t at)
{
	static char buf[BATCH * AS_SAMPLE_MAX];
	const char *why;
	char *p = buf;
	size_t len;

	for (; n > 0; n--, run++) {
		if (at >= run->course->n)
			continue;
		as_run_tick(run, at);
		p = as_run_sample(p, run, loop->tell_ready);
	}
	len = (size_t)(p - buf);
	why = as_coproc_send(decider, buf, len);
	if (why != NULL)
		give_up(loop, decider, why);
	if (loop->only_samples)
		as_out_end(
		    &loop->out, as_put(as_out_room(&loop->out, len), buf, len));
}

static void
take(struct as_loop *loop, struct as_coproc *decider, struct as_run *run,
    struct as_line *line)
{
	const char *text, *why = as_coproc_line(decider, &text);
	char nonsense[256];

	if (why != NULL)
		give_up(loop, decider, why);
	why = as_line_parse(line, text);
	if (why == NULL)
		why = as_run_refuse(run, line);
	if (why != NULL) {
		snprintf(nonsense, sizeof(nonsense),
		    "%.*s %s: no answer: %s: \"%.*s\"", (int)run->stamp_len,
		    run->stamp, run->course->app, why,
		    (int)strcspn(text, "\r\n") % 80, text);
		give_up(loop, decider, nonsense);
	}
	run->want = line->count == AS_UNKNOWN ? run->plant.spec :
						(int32_t)line->count;
}

static void
settle(struct as_loop *loop, struct as_run *run, const struct as_line *line)
{
	run->want = as_plant_bound(run->plant.kind, run->want);
	if (!loop->only_samples)
		as_run_print(&loop->out, run,
		    line != NULL ? as_line_get(line, "why") : NULL);
	as_plant_order(&run->plant, run->time, run->want);
}

/* Does tick number `at` of the n apps from number `from` on.  Sends all samples
 * before it reads an answer, so that the deciders work at the same time. */
static void
do_batch(struct as_loop *loop, size_t from, size_t n, size_t at)
{
	static struct as_line line[AS_DECIDERS];
	struct as_run *run = loop->runs + from;

	for (size_t d = 0; d < loop->n_deciders; d++)
		ask(loop, &loop->deciders[d], run + d * loop->n_apps, n, at);
	for (size_t d = 0; d < loop->n_deciders; d++, run += loop->n_apps)
		for (size_t i = 0; i < n; i++) {
			if (at >= run[i].course->n)
				continue;
			take(loop, &loop->deciders[d], &run[i], &line[d]);
			settle(loop, &run[i], &line[d]);
		}
	for (size_t i = 0; i < n && loop->oracle; i++) {
		if (at >= run[i].course->n)
			continue;
		as_run_tick(&run[i], at);
		run[i].want = as_run_foresee(&run[i], at);
		settle(loop, &run[i], NULL);
	}
}

void
as_loop_start(struct as_loop *loop)
{
	if (loop->n_deciders == 1 && loop->n_apps <= FEW)
		as_pin_here();
	for (size_t d = 0; d < loop->n_deciders; d++) {
		struct as_coproc *decider = &loop->deciders[d];
		const char *why;

		decider->wait = loop->patience;
		why = as_coproc_start(decider);
		if (why != NULL)
			as_msg_die(EX_OSERR, "%s: %s", decider->argv[0], why);
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
		for (size_t from = 0; from < n_apps; from += BATCH)
			do_batch(loop, from,
			    n_apps - from < BATCH ? n_apps - from : BATCH, at);
}

void
as_loop_end(struct as_loop *loop)
{
	const char *why;

	for (size_t d = 0; d < loop->n_deciders; d++)
		if ((why = as_coproc_end(&loop->deciders[d])) != NULL)
			give_up(loop, &loop->deciders[d], why);
}
