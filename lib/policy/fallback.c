/* fallback.c - recommends another count if metrics cannot be read for too long */
#include <math.h>

#include "policy.h"

static int32_t
count_of(enum as_fallback mode, int32_t count, int64_t now)
{
	if (now != AS_UNKNOWN &&
	    (mode == AS_CURRENT || (mode == AS_HIGHER && now > count) ||
		(mode == AS_LOWER && now < count)))
		return (int32_t)now;
	return count;
}

bool
as_fallback_due(
    struct as_history *app, const struct as_policy *policy, int32_t *count)
{
	if (app->unreadable < policy->fallback_after)
		app->unreadable++;
	if (policy->fallback_after == 0 ||
	    app->unreadable < policy->fallback_after)
		return false;
	*count = count_of(policy->fallback, policy->fallback_count, app->count);
	return true;
}

void
as_fallback_skip(struct as_history *app, const struct as_policy *policy,
    const struct as_decision *decision)
{
	int32_t unused;

	if (decision->why == AS_DISABLED) {
		app->unreadable = 0;
		return;
	}
	for (size_t i = 0; i < policy->n_metrics; i++)
		if (decision->raw[i].usable == AS_USABLE) {
			app->unreadable = 0;
			return;
		}
	as_fallback_due(app, policy, &unused);
}

void
as_fallback_metrics(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, struct as_decision *decision)
{
	int64_t *usable = as_history_more(app)->usable;

	for (size_t i = 0; i < policy->n_metrics; i++) {
		const struct as_metric *metric = &policy->metrics[i];
		struct as_recommendation *r = &decision->raw[i];

		if (r->usable == AS_USABLE) {
			usable[i] = sample->time;
			continue;
		}
		if (metric->fallback_after == 0 ||
		    sample->time - usable[i] < metric->fallback_after)
			continue;
		*r = (struct as_recommendation){
		    .count = count_of(metric->fallback, metric->fallback_count,
			sample->count),
		    .why = AS_FALLBACK,
		    .ratio = NAN};
	}
}
