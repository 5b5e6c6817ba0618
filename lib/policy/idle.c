/* idle.c - the idle rule: without activity an app goes down to idle_count */
#include "policy.h"

/* One metric that reads more than its activation is enough for activity.  A metric
 * that cannot be read may hide activity: then the activity is AS_UNSURE. */
enum as_activity
as_idle_activity(
    const struct as_policy *policy, const struct as_sample *sample, int *metric)
{
	enum as_activity activity = AS_QUIET;

	for (size_t i = 0; i < policy->n_metrics; i++) {
		bool usable = as_metric_usable(policy, i, sample) == AS_USABLE;
		double level = policy->metrics[i].activation;

		if (level < 0)
			continue;
		if (usable && sample->values[i] > level) {
			*metric = (int)i;
			return AS_ACTIVE;
		}
		if (!usable && activity == AS_QUIET) {
			*metric = (int)i;
			activity = AS_UNSURE;
		}
	}
	return activity;
}

bool
as_idle_may_rest(const struct as_policy *policy, const struct as_sample *sample)
{
	return policy->idle > 0 && !sample->awake &&
	    sample->count >= policy->idle_count;
}

static bool
is_one_unusable(
    const struct as_policy *policy, const struct as_decision *decision)
{
	for (size_t i = 0; i < policy->n_metrics; i++)
		if (decision->raw[i].usable != AS_USABLE ||
		    decision->raw[i].why == AS_FALLBACK)
			return true;
	return false;
}

static void
settle(struct as_decision *decision, int64_t count, enum as_why why, int by)
{
	decision->count = count;
	decision->why = why;
	decision->by = by;
	decision->bound = false;
}

/* Decides for an app whose COUNT is below min.  Without activity it stays there.
 * With activity it goes to min or more.  If the activity is unknown, only a
 * fallback moves it. */
static void
decide_resting(const struct as_policy *policy, const struct as_sample *sample,
    struct as_decision *decision)
{
	size_t acting = (size_t)sample->acting;

	if (sample->activity == AS_ACTIVE) {
		if (decision->count < sample->min)
			settle(decision, sample->min,
			    sample->min == 1 ? AS_TARGET : AS_MIN,
			    sample->acting);
	} else if (sample->activity != AS_UNSURE) {
		settle(decision, sample->count, AS_UNNEEDED, -1);
	} else if (!decision->fell_back) {
		settle(decision, sample->count,
		    as_metric_why(as_metric_usable(policy, acting, sample)),
		    sample->acting);
	}
}

/* This is step 17 of ALGORITHM in as-decide(1). */
void
as_idle_decide(const struct as_policy *policy, const struct as_sample *sample,
    struct as_decision *decision)
{
	if (!as_idle_may_rest(policy, sample))
		return;
	if (sample->activity == AS_IDLE && !decision->panicking &&
	    (sample->count < sample->min || !is_one_unusable(policy, decision)))
		settle(decision, policy->idle_count, AS_UNNEEDED, -1);
	else if (sample->count < sample->min)
		decide_resting(policy, sample, decision);
}
