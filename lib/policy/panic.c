/* panic.c - acts fast on a short time of too much use, as Knative does */
#include "policy.h"

/* ms; a panic lasts at least so long after the last sample that shows too much
 * use. */
enum { LEAST = 60000 };

static double
mean_of(const struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, size_t i)
{
	return as_average_mean(
	    &app->more->series[i], sample->time, policy->panic);
}

/* Returns whether this sample shows too much use: by the mean of the last
 * policy->panic ms, a metric uses panic_use or more of the capacity. */
static bool
is_moment(const struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, const struct as_decision *decision)
{
	for (size_t i = 0; i < policy->n_metrics; i++) {
		const struct as_metric *metric = &policy->metrics[i];

		if (decision->raw[i].usable == AS_USABLE &&
		    metric->kind->use != NULL &&
		    metric->kind->use(metric, as_sample_replicas(sample, i),
			sample->count,
			mean_of(app, policy, sample, i)) >= policy->panic_use)
			return true;
	}
	return false;
}

void
as_panic_metrics(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, struct as_decision *decision)
{
	struct as_more *more = as_history_more(app);
	int64_t lasts = policy->average > LEAST ? policy->average : LEAST;

	if (is_moment(app, policy, sample, decision))
		more->panicked = sample->time;
	decision->panicking = more->panicked >= 0 &&
	    sample->time - more->panicked < lasts;
	for (size_t i = 0; decision->panicking && i < policy->n_metrics; i++) {
		const struct as_metric *metric = &policy->metrics[i];
		struct as_recommendation soon = {.why = AS_TARGET};

		if (decision->raw[i].usable != AS_USABLE ||
		    decision->raw[i].why == AS_FALLBACK ||
		    metric->kind->use == NULL)
			continue;
		metric->kind->recommend(
		    policy, i, sample, mean_of(app, policy, sample, i), &soon);
		if (soon.usable == AS_USABLE &&
		    soon.count > decision->raw[i].count) {
			soon.why = AS_PANIC;
			decision->raw[i] = soon;
		}
	}
}
