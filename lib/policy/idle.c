/* idle.c - whether there is anything to do, and none needed if there is not */
#include <math.h>

#include "policy.h"

/* Above is above, whatever the others say; a dead collector is not quiet. */
enum as_activity
as_idle_activity(
    const struct as_policy *policy, const struct as_sample *sample, int *metric)
{
	enum as_activity activity = AS_QUIET;

	for (int i = 0; i < (int)policy->n_metrics; i++) {
		double value = sample->values[i];

		if (policy->metrics[i].activation < 0)
			continue;
		if (value > policy->metrics[i].activation) {
			*metric = i;
			return AS_ACTIVE;
		}
		if (activity == AS_QUIET &&
		    (isnan(value) ||
			(value == 0 && sample->count > 0 &&
			    !policy->zero_ok))) {
			*metric = i;
			activity = AS_UNSURE;
		}
	}
	return activity;
}

static bool
is_one_unusable(
    const struct as_policy *policy, const struct as_decision *decision)
{
	for (size_t i = 0; i < policy->n_metrics; i++)
		if (decision->raw[i].usable != AS_USABLE)
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

/* A fallback is by no metric: it may leave 0, too. */
void
as_idle_decide(const struct as_policy *policy, const struct as_sample *sample,
    struct as_decision *decision)
{
	if (sample->activity == AS_IDLE) {
		if (sample->count == 0 || !is_one_unusable(policy, decision))
			settle(decision, 0, AS_UNNEEDED, -1);
	} else if (sample->count > 0) {
		return;
	} else if (sample->activity == AS_UNSURE) {
		if (decision->by >= 0)
			settle(decision, 0, AS_NO_DATA, sample->acting);
	} else if (decision->count == 0 && sample->max > 0) {
		settle(decision, 1, AS_TARGET, sample->acting);
	}
}
