/* decide.c - the decision for one sample, each rule in its turn */
#include "policy.h"

static inline void
settle(struct as_decision *decision, int64_t count, enum as_why why)
{
	decision->count = count;
	decision->why = why;
}

/* The largest recommendation wins: its metric, or -1; the first metric that
 * says nothing in *unusable, or -1. */
static int
ask_metrics(const struct as_policy *policy, const struct as_sample *sample,
    struct as_decision *decision, int *unusable)
{
	int best = -1;

	*unusable = -1;
	for (int i = 0; i < (int)policy->n_metrics; i++) {
		struct as_recommendation *r = &decision->raw[i];

		as_metric_recommend(policy, (size_t)i, sample, r);
		if (r->usable != AS_USABLE)
			*unusable = *unusable < 0 ? i : *unusable;
		else if (best < 0 || r->count > decision->raw[best].count)
			best = i;
	}
	decision->asked = true;
	return best;
}

static void
hold_unusable(
    const struct as_sample *sample, int metric, struct as_decision *decision)
{
	decision->by = metric;
	settle(decision, sample->count,
	    decision->raw[metric].usable == AS_ZERO ? AS_ZERO_READ :
						      AS_NO_DATA);
}

/* Nothing could be read for some samples in a row: what to ask for instead.
 * False: hold. */
static bool
fall_back(struct as_history *app, const struct as_policy *policy,
    struct as_decision *decision)
{
	int32_t count = policy->fallback_count;

	if (app->unreadable < policy->fallback_after)
		app->unreadable++;
	if (policy->fallback_after == 0 ||
	    app->unreadable < policy->fallback_after)
		return false;
	if (app->count != AS_UNKNOWN &&
	    (policy->fallback == AS_CURRENT ||
		(policy->fallback == AS_HIGHER && app->count > count) ||
		(policy->fallback == AS_LOWER && app->count < count)))
		count = app->count;
	decision->by = -1;
	decision->want = count;
	decision->why = AS_FALLBACK;
	return true;
}

static inline bool
is_cooling(struct as_history *app, uint32_t now, uint32_t cooldown)
{
	struct as_queue *changes = &app->changes;

	return changes->len > 0 &&
	    now - as_queue_first(changes)[changes->len - 1].time < cooldown;
}

static void
limit_up(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, struct as_decision *decision)
{
	uint32_t now = (uint32_t)sample->time;

	if (is_cooling(app, now, policy->up.cooldown)) {
		settle(decision, app->count, AS_COOLDOWN);
		return;
	}
	decision->limit = as_rate_limit_up(
	    &policy->up, &app->changes, now, app->count);
	if (decision->count > decision->limit)
		settle(decision, decision->limit, AS_RATE);
	if (decision->count > sample->max ||
	    (decision->why == AS_RATE && decision->count == sample->max))
		settle(decision, sample->max, AS_MAX);
}

static void
limit_down(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, struct as_decision *decision)
{
	uint32_t now = (uint32_t)sample->time;

	if (is_cooling(app, now, policy->down.cooldown)) {
		settle(decision, app->count, AS_COOLDOWN);
		return;
	}
	decision->limit = as_rate_limit_down(
	    &policy->down, &app->changes, now, app->count);
	if (decision->count < decision->limit)
		settle(decision, decision->limit, AS_RATE);
	if (decision->count < sample->min ||
	    (decision->why == AS_RATE && decision->count == sample->min))
		settle(decision, sample->min, AS_MIN);
}

/* From what is wanted to what is ordered: windows, cooldown and rates, then
 * bounds. */
static void
bind_by_limits(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, struct as_decision *decision)
{
	int32_t count = app->count, stable;

	as_history_remember(app, policy, (uint32_t)sample->time, decision->want,
	    &decision->low, &decision->high);
	decision->bound = true;
	decision->limit = count;
	stable = count > decision->low ? count : decision->low;
	stable = stable < decision->high ? stable : decision->high;
	settle(decision, stable,
	    stable == decision->want ? decision->why : AS_STABILIZED);
	if (stable > count)
		limit_up(app, policy, sample, decision);
	else if (stable < count)
		limit_down(app, policy, sample, decision);
}

/* COUNT itself could not be read: there is nothing to hold but the word. */
static void
decide_blind(struct as_history *app, const struct as_policy *policy,
    struct as_sample *sample, struct as_decision *decision)
{
	int64_t count = AS_UNKNOWN;

	if (policy->watches)
		as_history_watch(app, policy, sample);
	settle(decision, count, AS_NO_DATA);
	if (!fall_back(app, policy, decision))
		return;
	count = decision->want;
	count = count > sample->max ? sample->max : count;
	count = count < sample->min ? sample->min : count;
	settle(decision, count, AS_FALLBACK);
}

static inline void
default_ready(struct as_sample *sample)
{
	int64_t ready = sample->count - sample->unready - sample->missing;

	if (sample->ready == AS_UNKNOWN)
		sample->ready = ready > 0 ? (int32_t)ready : 0;
}

/* Sets what is wanted, or holds and returns false.  A metric that says nothing
 * may hide a need: then the others alone never scale down. */
static bool
want_by_metrics(struct as_history *app, const struct as_policy *policy,
    struct as_sample *sample, struct as_decision *decision)
{
	const struct as_recommendation *r;
	int best, unusable;

	if (policy->refines)
		as_history_refine(app, policy, sample);
	default_ready(sample);
	decision->ready = sample->ready;
	best = ask_metrics(policy, sample, decision, &unusable);
	if (best < 0) {
		hold_unusable(sample, unusable, decision);
		return fall_back(app, policy, decision);
	}
	app->unreadable = 0;
	r = &decision->raw[best];
	if (unusable >= 0 && r->count < sample->count) {
		hold_unusable(sample, unusable, decision);
		return false;
	}
	decision->by = best;
	decision->want = r->count;
	decision->why = r->tolerated ? AS_TOLERANCE : AS_TARGET;
	return true;
}

void
as_decide(struct as_history *app, const struct as_policy *policy,
    struct as_sample *sample, struct as_decision *decision)
{
	decision->by = -1;
	decision->asked = decision->bound = false;
	if (sample->count == AS_UNKNOWN) {
		decide_blind(app, policy, sample, decision);
		return;
	}
	as_history_take_count(app, policy, sample);
	if (policy->watches)
		as_history_watch(app, policy, sample);
	if (sample->count == 0 && policy->min > 0)
		settle(decision, 0, AS_DISABLED);
	else if (sample->count > sample->max)
		settle(decision, sample->max, AS_MAX);
	else if (sample->count < sample->min)
		settle(decision, sample->min, AS_MIN);
	else {
		if (want_by_metrics(app, policy, sample, decision))
			bind_by_limits(app, policy, sample, decision);
		if (policy->idle > 0)
			as_idle_decide(policy, sample, decision);
	}
}
