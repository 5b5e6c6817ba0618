/* decide.c - the decision for one sample, rule by rule
 *
 * The numbers are the steps of ALGORITHM in as-decide(1).  Most rules are rules of
 * Kubernetes' HPA: a name in parentheses is the function with the same rule in its
 * pkg/controller/podautoscaler. */
#include "rules.h"

/* 1 (reconcileAutoscaler): if the app is switched off or outside of its bounds,
 * its metrics do not matter. */
static inline bool
decide_by_count(const struct as_policy *policy, const struct as_sample *sample,
    struct as_decision *decision)
{
	int32_t least = policy->idle > 0 ? policy->idle_count : policy->min;

	if (sample->count == 0 && least > 0)
		as_rule_settle(decision, 0, AS_DISABLED);
	else if (sample->count > sample->max)
		as_rule_settle(decision, sample->max, AS_MAX);
	else if (sample->count < sample->min &&
	    !as_idle_may_rest(policy, sample))
		as_rule_settle(decision, sample->min, AS_MIN);
	else
		return false;
	return true;
}

/* 2 to 8: what each metric recommends */
static inline void
ask_metrics(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, struct as_decision *decision)
{
	for (size_t i = 0; i < policy->n_metrics; i++) {
		double value = policy->average > 0 ?
		    as_history_mean(app, policy, sample, i) :
		    sample->values[i];

		as_metric_recommend(
		    policy, i, sample, value, &decision->raw[i]);
	}
	decision->panicking = false;
	if (!policy->minds)
		return;
	as_sustain_metrics(app, policy, sample, decision);
	if (policy->panic > 0)
		as_panic_metrics(app, policy, sample, decision);
	as_fallback_metrics(app, policy, sample, decision);
}

/* 9 (computeReplicasForMetrics): returns the metric with the largest
 * recommendation, or -1.  *unusable is the first metric that cannot be used, or
 * -1. */
static inline int
choose_metric(const struct as_policy *policy,
    const struct as_decision *decision, int *unusable)
{
	int best = -1;

	*unusable = -1;
	if (policy->n_metrics == 1 && decision->raw[0].usable == AS_USABLE)
		return 0;
	for (int i = 0; i < (int)policy->n_metrics; i++) {
		const struct as_recommendation *r = &decision->raw[i];

		if (r->usable != AS_USABLE)
			*unusable = *unusable < 0 ? i : *unusable;
		else if (best < 0 ||
		    as_rule_wins(r->count, decision->raw[best].count))
			best = i;
	}
	return best;
}

static void
hold_unusable(
    const struct as_sample *sample, int metric, struct as_decision *decision)
{
	decision->by = metric;
	as_rule_settle(decision, sample->count,
	    as_metric_why(decision->raw[metric].usable));
}

/* 11: no metric can be used.  Returns false if no fallback is due: then the
 * count is held. */
static bool
want_fallback(struct as_history *app, const struct as_policy *policy,
    struct as_decision *decision)
{
	if (!as_fallback_due(app, policy, &decision->want))
		return false;
	decision->by = -1;
	decision->why = AS_FALLBACK;
	decision->fell_back = true;
	return true;
}

/* 9 to 11: sets the wanted count, or holds the count and returns false.  A metric
 * that cannot be used may hide a need for more replicas, so the other metrics alone
 * never scale down (computeReplicasForMetrics). */
static bool
want(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, struct as_decision *decision)
{
	const struct as_recommendation *r;
	int best, unusable;

	decision->asked = true;
	decision->ready = sample->replicas.ready;
	best = choose_metric(policy, decision, &unusable);
	if (best < 0) {
		hold_unusable(sample, unusable, decision);
		return want_fallback(app, policy, decision);
	}
	app->unreadable = 0;
	r = &decision->raw[best];
	if (unusable >= 0 && r->count < sample->count) {
		hold_unusable(sample, unusable, decision);
		return false;
	}
	decision->by = best;
	decision->want = r->count;
	decision->why = r->why;
	if (decision->panicking && r->count < sample->count) {
		decision->want = (int32_t)sample->count;
		decision->why = AS_PANIC;
	}
	return true;
}

/* 15: up to the next multiple */
static void
round_up(const struct as_policy *policy, struct as_decision *decision)
{
	int64_t rounded = as_policy_multiple(
	    (int32_t)decision->count, policy->multiple);

	if (rounded != decision->count)
		as_rule_settle(decision, rounded, AS_MULTIPLE);
}

/* 13 to 16, if the count goes up (convertDesiredReplicasWithBehaviorRate) */
static void
limit_up(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, struct as_decision *decision)
{
	uint32_t now = (uint32_t)sample->time;

	if (as_rule_is_cooling(app, now, policy->up.cooldown)) {
		as_rule_settle(decision, app->count, AS_COOLDOWN);
		return;
	}
	decision->limit = as_rate_limit_up(
	    policy, &app->changes, now, app->count);
	if (decision->count > decision->limit)
		as_rule_settle(decision, decision->limit, AS_RATE);
	if (policy->multiple > 1 && decision->count != app->count)
		round_up(policy, decision);
	if (decision->count > sample->max ||
	    (decision->why == AS_RATE && decision->count == sample->max))
		as_rule_settle(decision, sample->max, AS_MAX);
}

/* 13 to 16, if the count goes down.  If the app is below min, which only the idle
 * rule allows, this must not raise it to min. */
static void
limit_down(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, struct as_decision *decision)
{
	uint32_t now = (uint32_t)sample->time;
	int32_t min = sample->min < app->count ? sample->min : app->count;

	if (as_rule_is_cooling(app, now, policy->down.cooldown)) {
		as_rule_settle(decision, app->count, AS_COOLDOWN);
		return;
	}
	decision->limit = as_rate_limit_down(
	    policy, &app->changes, now, app->count);
	if (decision->count < decision->limit)
		as_rule_settle(decision, decision->limit, AS_RATE);
	if (policy->multiple > 1 && decision->count != app->count)
		round_up(policy, decision);
	if (decision->count > sample->max)
		as_rule_settle(decision, sample->max, AS_MAX);
	if (decision->count < min ||
	    (decision->why == AS_RATE && decision->count == min))
		as_rule_settle(decision, min, AS_MIN);
}

void
as_decide_limits(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, struct as_decision *decision)
{
	if (decision->count > app->count)
		limit_up(app, policy, sample, decision);
	else
		limit_down(app, policy, sample, decision);
}

/* 12 to 16: from the wanted count to the ordered count */
static void
bind_by_limits(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, bool explain, struct as_decision *decision)
{
	decision->count = as_rule_stabilize(app, policy, (uint32_t)sample->time,
	    decision->want, &decision->low, &decision->high, &decision->why);
	decision->bound = true;
	decision->limit = app->count;
	if (decision->count != app->count &&
	    (explain ||
		!as_rule_is_free(
		    app, policy, sample->min, sample->max, decision->count)))
		as_decide_limits(app, policy, sample, decision);
}

/* COUNT itself could not be read.  There is no count to hold, so only a fallback
 * can give one. */
static void
decide_blind(struct as_history *app, const struct as_policy *policy,
    struct as_sample *sample, struct as_decision *decision)
{
	if (policy->watches)
		as_history_watch(app, policy, sample);
	if (policy->minds && app->time < 0)
		as_history_meet(app, policy, sample);
	if (policy->minds)
		as_sustain_metrics(app, policy, sample, decision);
	as_rule_settle(decision, AS_UNKNOWN, AS_NO_DATA);
	if (!want_fallback(app, policy, decision))
		return;
	as_rule_settle(decision, decision->want, AS_FALLBACK);
	if (policy->multiple > 1)
		round_up(policy, decision);
	if (decision->count > sample->max)
		as_rule_settle(decision, sample->max, AS_MAX);
	if (decision->count < sample->min)
		as_rule_settle(decision, sample->min, AS_MIN);
}

/* The metrics are asked, and so remembered, even if COUNT alone decides: later
 * samples need them. */
static void
decide_known(struct as_history *app, const struct as_policy *policy,
    struct as_sample *sample, bool explain, struct as_decision *decision)
{
	int32_t started = AS_COUNT_MAX;

	decision->gap = as_history_count(app, policy, sample);
	if (policy->watches)
		started = as_history_watch(app, policy, sample);
	as_sample_complete(sample, policy->n_metrics, started);
	ask_metrics(app, policy, sample, decision);
	if (decide_by_count(policy, sample, decision)) {
		as_fallback_skip(app, policy, decision);
		return;
	}
	if (want(app, policy, sample, decision))
		bind_by_limits(app, policy, sample, explain, decision);
	if (policy->idle > 0)
		as_idle_decide(policy, sample, decision);
}

void
as_decide(struct as_history *app, const struct as_policy *policy,
    struct as_sample *sample, bool explain, struct as_decision *decision)
{
	decision->by = -1;
	decision->asked = decision->bound = decision->fell_back = false;
	decision->gap = 0;
	if (sample->count == AS_UNKNOWN)
		decide_blind(app, policy, sample, decision);
	else
		decide_known(app, policy, sample, explain, decision);
	as_history_decided(app, sample->time, decision->count);
}
