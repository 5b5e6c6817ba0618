/* rules.h - the rules that decide most samples, each in one place
 *
 * The numbers are the steps of ALGORITHM in as-decide(1).  Most rules are rules of
 * Kubernetes' HPA: a name in parentheses is the function with the same rule in its
 * pkg/controller/podautoscaler. */
#ifndef AS_RULES_H
#define AS_RULES_H

#include "policy.h"

static inline void
as_rule_settle(struct as_decision *decision, int64_t count, enum as_why why)
{
	decision->count = count;
	decision->why = why;
}

static inline void
as_rule_hold(struct as_recommendation *r, const struct as_sample *sample,
    enum as_why why)
{
	r->count = (int32_t)sample->count;
	r->why = why;
}

/* 4: a ratio at either end is tolerated, too. */
static inline bool
as_rule_tolerates(const struct as_policy *policy, double ratio)
{
	return ratio >= policy->tolerated_low &&
	    ratio <= policy->tolerated_high;
}

/* 2 and 4 (GetResourceReplicas): target.NAME, if all replicas that run are
 * ready and report */
static inline void
as_rule_average(const struct as_policy *policy, const struct as_metric *metric,
    const struct as_sample *sample, int32_t ready, double value,
    struct as_recommendation *r)
{
	r->ratio = value / metric->target;
	if (as_rule_tolerates(policy, r->ratio))
		as_rule_hold(r, sample, AS_TOLERANCE);
	else
		r->count = as_num_ceil(r->ratio * ready);
}

/* 2 and 4 (GetObjectPerPodMetricReplicas): total.NAME, if COUNT is above 0 */
static inline void
as_rule_total(const struct as_policy *policy, const struct as_metric *metric,
    const struct as_sample *sample, double value, struct as_recommendation *r)
{
	r->ratio = value / (metric->target * (double)sample->count);
	if (as_rule_tolerates(policy, r->ratio))
		as_rule_hold(r, sample, AS_TOLERANCE);
	else
		r->count = as_num_ceil(value / metric->target);
}

/* 9 (computeReplicasForMetrics): of equal recommendations the first one wins. */
static inline bool
as_rule_wins(
    const struct as_recommendation *r, const struct as_recommendation *best)
{
	return best == NULL || r->count > best->count;
}

/* 12 (stabilizeRecommendationWithBehaviors): adds the recommendation to the
 * windows.  Sets *high to the largest one in down_window and *low to the smallest
 * one in up_window. */
static inline void
as_rule_window(struct as_history *app, const struct as_policy *policy,
    uint32_t now, int32_t want, int32_t *low, int32_t *high)
{
	*low = *high = want;
	if (policy->down.window > 0)
		*high = as_queue_max(
		    &app->highest, now, policy->down.window, want);
	if (AS_RARELY(policy->up.window > 0))
		*low = as_history_lowest(app, policy, now, want);
}

/* 12: a recommendation to go down must be the largest of its window, and one to go
 * up the smallest.  So a short peak or dip does not make the count go up and
 * down. */
static inline void
as_rule_stabilize(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, struct as_decision *decision)
{
	int32_t stable = app->count;

	as_rule_window(app, policy, (uint32_t)sample->time, decision->want,
	    &decision->low, &decision->high);
	stable = stable > decision->low ? stable : decision->low;
	stable = stable < decision->high ? stable : decision->high;
	as_rule_settle(decision, stable,
	    stable == decision->want ? decision->why : AS_STABILIZED);
}

/* 13: COUNT changed less than a cooldown ago. */
static inline bool
as_rule_cools(struct as_history *app, uint32_t now, uint32_t cooldown)
{
	struct as_queue *changes = &app->changes;

	return changes->len > 0 &&
	    now - as_queue_first(changes)[changes->len - 1].time < cooldown;
}

/* 15: up to the next multiple */
static inline void
as_rule_round_up(const struct as_policy *policy, struct as_decision *decision)
{
	int64_t rounded = as_policy_multiple(
	    (int32_t)decision->count, policy->multiple);

	if (rounded != decision->count)
		as_rule_settle(decision, rounded, AS_MULTIPLE);
}

/* 14: no rate limit can bind the change, so none has to be computed.  This is so
 * while there was no change lately: then COUNT is what it was a period ago. */
static inline bool
as_rule_is_free(const struct as_history *app,
    const struct as_direction *direction, int64_t change)
{
	return app->changes.len == 0 && change <= direction->free;
}

/* 13 to 16, if the count goes up (convertDesiredReplicasWithBehaviorRate) */
static inline void
as_rule_go_up(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, bool explain, struct as_decision *decision)
{
	uint32_t now = (uint32_t)sample->time;

	if (as_rule_cools(app, now, policy->up.cooldown)) {
		as_rule_settle(decision, app->count, AS_COOLDOWN);
		return;
	}
	if (explain ||
	    !as_rule_is_free(app, &policy->up, decision->count - app->count)) {
		decision->limit = as_rate_limit_up(
		    policy, &app->changes, now, app->count);
		if (decision->count > decision->limit)
			as_rule_settle(decision, decision->limit, AS_RATE);
	}
	if (policy->multiple > 1 && decision->count != app->count)
		as_rule_round_up(policy, decision);
	if (decision->count > sample->max ||
	    (decision->why == AS_RATE && decision->count == sample->max))
		as_rule_settle(decision, sample->max, AS_MAX);
}

/* 13 to 16, if the count goes down.  If the app is below min, which only the idle
 * rule allows, this must not raise it to min. */
static inline void
as_rule_go_down(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, bool explain, struct as_decision *decision)
{
	uint32_t now = (uint32_t)sample->time;
	int32_t min = sample->min < app->count ? sample->min : app->count;

	if (as_rule_cools(app, now, policy->down.cooldown)) {
		as_rule_settle(decision, app->count, AS_COOLDOWN);
		return;
	}
	if (explain ||
	    !as_rule_is_free(
		app, &policy->down, app->count - decision->count)) {
		decision->limit = as_rate_limit_down(
		    policy, &app->changes, now, app->count);
		if (decision->count < decision->limit)
			as_rule_settle(decision, decision->limit, AS_RATE);
	}
	if (policy->multiple > 1 && decision->count != app->count)
		as_rule_round_up(policy, decision);
	if (decision->count > sample->max)
		as_rule_settle(decision, sample->max, AS_MAX);
	if (decision->count < min ||
	    (decision->why == AS_RATE && decision->count == min))
		as_rule_settle(decision, min, AS_MIN);
}

/* 12 to 16: from the wanted count to the ordered count */
static inline void
as_rule_bind(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, bool explain, struct as_decision *decision)
{
	as_rule_stabilize(app, policy, sample, decision);
	decision->bound = true;
	decision->limit = app->count;
	if (decision->count > app->count)
		as_rule_go_up(app, policy, sample, explain, decision);
	else if (decision->count < app->count)
		as_rule_go_down(app, policy, sample, explain, decision);
}

#endif
