/* step.c - steps: add or remove replicas while a metric is beyond a bound */
#include "policy.h"

#define NOT_STEPS "is not steps like >0.9:+3 >=0.95:+50% <0.3:-1 >0.99:=40"

/* Reads one step, such as ">0.9:+3", "<=0.3:-10%" or ">0.99:=40". */
static const char *
parse(struct as_step *step, struct as_text text)
{
	struct as_text bound;
	char sign;

	step->above = text.len > 0 && text.at[0] == '>';
	if (!as_text_cut(&text, ':', &bound) || bound.len < 2 ||
	    (!step->above && bound.at[0] != '<') || text.len < 2)
		return NOT_STEPS;
	step->inclusive = bound.at[1] == '=';
	bound.at += 1 + step->inclusive;
	bound.len -= 1 + (size_t)step->inclusive;
	if (!as_num_decimal(bound, &step->bound))
		return NOT_STEPS;
	sign = text.at[0];
	step->absolute = sign == '=';
	if (!step->absolute && sign != (step->above ? '+' : '-'))
		return "has a step that is not > with + or < with -";
	step->percent = !step->absolute && text.at[text.len - 1] == '%';
	text.at++;
	text.len -= 1 + (size_t)step->percent;
	if (!as_num_count(text, &step->amount) ||
	    (step->amount == 0 && !step->absolute))
		return NOT_STEPS;
	if (sign == '-')
		step->amount = -step->amount;
	return NULL;
}

/* Returns NULL, or why the new step does not go with the others.  A metric must not
 * have two steps at one bound, nor a value for which one step adds and another one
 * removes. */
static const char *
check(const struct as_policy *policy, const struct as_step *new)
{
	for (size_t i = 0; i < policy->n_steps; i++) {
		const struct as_step *old = &policy->steps[i];
		const struct as_step *up = new->above ? new : old;
		const struct as_step *down = new->above ? old : new;

		if (old->metric != new->metric)
			continue;
		if (old->above == new->above && old->bound == new->bound)
			return "has two steps at one bound";
		if (old->above != new->above &&
		    (up->bound < down->bound ||
			(up->bound == down->bound && up->inclusive &&
			    down->inclusive)))
			return "has a value that is to go up and down";
	}
	return NULL;
}

void
as_step_forget(struct as_policy *policy, size_t i)
{
	size_t kept = 0;

	for (size_t k = 0; k < policy->n_steps; k++)
		if (policy->steps[k].metric != i)
			policy->steps[kept++] = policy->steps[k];
	memset(policy->steps + kept, 0,
	    (policy->n_steps - kept) * sizeof(policy->steps[0]));
	policy->n_steps = kept;
}

const char *
as_step_set(void *settings, size_t at, const char *value)
{
	struct as_policy *policy = settings;
	struct as_metric *metric = as_key_place(settings, at);
	struct as_step step = {.metric = (uint8_t)(metric - policy->metrics)};
	struct as_text rest = as_text(value), one;
	const char *why;
	bool more = true, any = false;

	metric->target = 0;
	while (more) {
		more = as_text_cut(&rest, ' ', &one);
		if (one.len == 0)
			continue;
		if ((why = parse(&step, one)) != NULL ||
		    (why = check(policy, &step)) != NULL)
			return why;
		if (policy->n_steps == AS_STEPS)
			return "is one step more than 16";
		policy->steps[policy->n_steps++] = step;
		any = true;
	}
	return any ? NULL : NOT_STEPS;
}

static bool
holds(const struct as_step *step, double value)
{
	if (value == step->bound)
		return step->inclusive;
	return (value > step->bound) == step->above;
}

/* Returns the count that a step asks for.  As in AWS a percentage is rounded down
 * to whole replicas, but is at least one replica.  A percentage of 0 replicas is
 * 0. */
static int32_t
take(const struct as_step *step, int32_t count)
{
	int64_t change = step->amount, wanted;

	if (step->absolute)
		return step->amount;
	if (step->percent) {
		change = count * change / 100;
		if (change == 0 && count > 0)
			change = step->above ? 1 : -1;
	}
	wanted = count + change;
	wanted = wanted < AS_COUNT_MAX ? wanted : AS_COUNT_MAX;
	return wanted > 0 ? (int32_t)wanted : 0;
}

bool
as_step_take(const struct as_policy *policy, size_t i, double value,
    int32_t count, int32_t *wanted)
{
	const struct as_step *outermost = NULL;

	for (size_t k = 0; k < policy->n_steps; k++) {
		const struct as_step *step = &policy->steps[k];

		if (step->metric == i && holds(step, value) &&
		    (outermost == NULL ||
			(step->bound > outermost->bound) == step->above))
			outermost = step;
	}
	if (outermost != NULL)
		*wanted = take(outermost, count);
	return outermost != NULL;
}
