/* rules.h - the rules that the fast way (usual.c) and the full way (decide.c,
 * metric.c, forget.c) share, one function each
 *
 * The numbers are the steps of ALGORITHM in
 * as-decide(1).  Most rules are rules of Kubernetes' HPA: a name in parentheses is
 * the function with the same rule in its pkg/controller/podautoscaler. */
#ifndef AS_RULES_H
#define AS_RULES_H

#include "policy.h"

/* forget: returns the new time of the stream: TIME, but at most max_gap after the
 * old one, because one wrong TIME must not make all other apps old.  The first line
 * sets it. */
AS_INLINE int64_t
as_rule_clock(const struct as_policy *policy, int64_t clock, int64_t time)
{
	if (time <= clock)
		return clock;
	if (clock == 0 || time - clock <= policy->max_gap)
		return time;
	return clock + policy->max_gap;
}

/* max_gap, forget: returns whether the sample goes on with the history of the app:
 * it is newer, neither time has passed, and no history is put aside.  fold.c and
 * history.c check the same for other lines. */
AS_INLINE bool
as_rule_goes_on(const struct as_history *app, const struct as_policy *policy,
    int64_t time, int64_t clock)
{
	return app->aside == NULL && time > app->time &&
	    time - app->counted <= policy->usual_gap &&
	    clock - app->seen < policy->forget;
}

/* 4: returns whether the ratio is within the tolerance, both ends included.  Then
 * the metric recommends COUNT. */
AS_INLINE bool
as_rule_tolerates(
    const struct as_policy *policy, int64_t count, struct as_recommendation *r)
{
	if (!(r->ratio >= policy->tolerated_low &&
		r->ratio <= policy->tolerated_high))
		return false;
	r->count = (int32_t)count;
	r->why = AS_TOLERANCE;
	return true;
}

/* 2 and 4 (GetResourceReplicas): target.NAME, if no reading has to be assumed for a
 * silent replica; and value.NAME */
AS_INLINE void
as_rule_average(const struct as_policy *policy, const struct as_metric *metric,
    int64_t count, int32_t ready, double value, struct as_recommendation *r)
{
	r->ratio = value / metric->target;
	if (!as_rule_tolerates(policy, count, r))
		r->count = as_num_ceil(r->ratio * ready);
}

/* 2 and 4 (GetObjectPerPodMetricReplicas): total.NAME, if COUNT is above 0 */
AS_INLINE void
as_rule_total(const struct as_policy *policy, const struct as_metric *metric,
    int64_t count, double value, struct as_recommendation *r)
{
	r->ratio = value / (metric->target * (double)count);
	if (!as_rule_tolerates(policy, count, r))
		r->count = as_num_ceil(value / metric->target);
}

/* 9 (computeReplicasForMetrics): of equal recommendations the first one wins. */
AS_INLINE bool
as_rule_wins(int32_t count, int32_t best)
{
	return count > best;
}

AS_INLINE void
as_rule_settle(struct as_decision *decision, int64_t count, enum as_why why)
{
	decision->count = count;
	decision->why = why;
}

/* 12: adds the wanted count to the windows.  Sets *high to the largest one in
 * down_window and *low to the smallest one in up_window. */
AS_INLINE void
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

/* 13: returns whether COUNT changed less than a cooldown ago. */
AS_INLINE bool
as_rule_is_cooling(struct as_history *app, uint32_t now, uint32_t cooldown)
{
	struct as_queue *changes = &app->changes;

	return changes->len > 0 &&
	    now - as_queue_first(changes)[changes->len - 1].time < cooldown;
}

/* 12 (stabilizeRecommendationWithBehaviors): a COUNT above the largest wanted count
 * of down_window goes down to that, and a COUNT below the smallest one of up_window
 * goes up to that.  Any other COUNT stays.  So a short peak or dip does not make it
 * go up and down.  Sets *low and *high as as_rule_window does.  Returns the count, and sets *why if that is not the
 * wanted one. */
AS_INLINE int32_t
as_rule_stabilize(struct as_history *app, const struct as_policy *policy,
    uint32_t now, int32_t want, int32_t *low, int32_t *high, enum as_why *why)
{
	int32_t stable = app->count;

	as_rule_window(app, policy, now, want, low, high);
	stable = stable > *low ? stable : *low;
	stable = stable < *high ? stable : *high;
	if (stable != want)
		*why = AS_STABILIZED;
	return stable;
}

/* 14: returns true if the rate limits surely allow this change when there was no
 * other one lately.  If it returns false, they must be computed. */
AS_INLINE bool
as_rule_is_small(
    const struct as_direction *direction, int64_t count, int64_t change)
{
	return change <= direction->free ||
	    (count <= AS_FREE_MAX &&
		100 * change <= count * direction->free_percent);
}

/* 13 to 16: returns true if these steps surely change nothing: there was no change
 * lately, so there is no cooldown, and COUNT was the same a period ago; the change
 * is small, and within min and max.  If it returns false, they must be taken. */
AS_INLINE bool
as_rule_is_free(const struct as_history *app, const struct as_policy *policy,
    int32_t min, int32_t max, int64_t count)
{
	if (app->changes.len > 0)
		return false;
	if (count > app->count)
		return count <= max &&
		    as_rule_is_small(
			&policy->up, app->count, count - app->count);
	return count >= min &&
	    as_rule_is_small(&policy->down, app->count, app->count - count);
}

#endif
