/* metric.c - what one metric recommends, as the HPA's replica calculator does */
#include <math.h>

#include "rules.h"

/* For a replica without a reading this assumes the load that makes the change
 * smaller.  One that does not report is busy if the count would go down, and idle
 * if it would go up.  One that starts is idle if it would go up.  The ratio is
 * computed again with these loads.  If it now asks for the other direction, or is
 * within tolerance, the count is held. */
static void
recommend_with_silent(const struct as_policy *policy,
    const struct as_metric *metric, const struct as_sample *sample,
    const struct as_replicas *replicas, double value,
    struct as_recommendation *r)
{
	double first = value / metric->target;
	double total = value * replicas->ready;
	double n = replicas->ready;
	double busy = metric->missing > metric->target ? metric->missing :
							 metric->target;
	int32_t count;

	if (first < 1.0)
		total += replicas->missing * busy;
	if (first != 1.0)
		n += replicas->missing;
	if (first > 1.0)
		n += replicas->unready;
	r->ratio = total / n / metric->target;
	if (as_rule_tolerates(policy, sample->count, r))
		return;
	count = as_num_ceil(r->ratio * n);
	if ((first < 1.0) != (r->ratio < 1.0) ||
	    (r->ratio < 1.0 && count > sample->count) ||
	    (r->ratio > 1.0 && count < sample->count))
		count = (int32_t)sample->count;
	r->count = count;
}

/* target.NAME: the reading is a mean over the replicas that are ready and
 * report. */
static void
recommend_average(const struct as_policy *policy, size_t i,
    const struct as_sample *sample, double value, struct as_recommendation *r)
{
	const struct as_metric *metric = &policy->metrics[i];
	const struct as_replicas *replicas = as_sample_replicas(sample, i);

	if (replicas->ready <= 0)
		r->usable = AS_ABSENT;
	else if (replicas->missing > 0 ||
	    (replicas->unready > 0 && value / metric->target > 1.0))
		recommend_with_silent(
		    policy, metric, sample, replicas, value, r);
	else
		as_rule_average(
		    policy, metric, sample->count, replicas->ready, value, r);
}

/* total.NAME: the reading is the load of the whole app, the target the load of one
 * replica. */
static void
recommend_total(const struct as_policy *policy, size_t i,
    const struct as_sample *sample, double value, struct as_recommendation *r)
{
	const struct as_metric *metric = &policy->metrics[i];

	if (sample->count == 0) {
		r->ratio = value / metric->target;
		r->count = as_num_ceil(r->ratio);
	} else {
		as_rule_total(policy, metric, sample->count, value, r);
	}
}

/* value.NAME: the reading belongs to the whole app.  The count is changed by the
 * ratio of reading to target. */
static void
recommend_value(const struct as_policy *policy, size_t i,
    const struct as_sample *sample, double value, struct as_recommendation *r)
{
	const struct as_metric *metric = &policy->metrics[i];
	int32_t ready = as_sample_replicas(sample, i)->ready;

	r->ratio = value / metric->target;
	if (sample->count == 0)
		r->count = as_num_ceil(r->ratio);
	else if (ready > 0)
		as_rule_average(policy, metric, sample->count, ready, value, r);
	else if (!as_rule_tolerates(policy, sample->count, r))
		r->usable = AS_ABSENT;
}

/* step.NAME: of all bounds that the value is beyond, the farthest one counts. */
static void
recommend_steps(const struct as_policy *policy, size_t i,
    const struct as_sample *sample, double value, struct as_recommendation *r)
{
	r->ratio = NAN;
	if (as_step_take(policy, i, value, (int32_t)sample->count, &r->count))
		return;
	r->count = (int32_t)sample->count;
	r->why = AS_TOLERANCE;
}

/* The load may be higher than a saturated reading shows.  So this recommends the
 * largest of: the count of the reading, COUNT, and ready * 2 or ready + 4.  It uses
 * ready replicas, not COUNT: replicas that were ordered and still start must not
 * be doubled again at each sample. */
static void
saturate(
    const struct as_sample *sample, double ready, struct as_recommendation *r)
{
	int32_t more = as_num_ceil(ready > 4 ? 2 * ready : ready + 4);

	if (more < sample->count)
		more = (int32_t)sample->count;
	if (more > r->count)
		r->count = more;
	r->why = AS_TARGET;
}

enum as_why
as_metric_why(enum as_usable usable)
{
	switch (usable) {
	case AS_ZERO: return AS_ZERO_READ;
	case AS_IMPLAUSIBLE: return AS_RANGE;
	default: return AS_NO_DATA;
	}
}

/* A reading of 0.68 with a target of 80: the target is a percentage, but the
 * reading is probably a fraction.  It would bring the app down to its min. */
static inline bool
is_in_doubt(const struct as_metric *metric, const struct as_sample *sample,
    double value, const struct as_recommendation *r)
{
	return metric->is_percentage && value > 0 && value <= 1 &&
	    r->count < sample->count;
}

/* Corrects the recommendation of a metric that is not plain. */
static void
correct(const struct as_metric *metric, const struct as_sample *sample,
    size_t i, struct as_recommendation *r)
{
	double value = sample->values[i];

	if (metric->saturation > 0 && value >= metric->saturation)
		saturate(sample, as_sample_replicas(sample, i)->ready, r);
	if (is_in_doubt(metric, sample, value, r))
		r->usable = AS_IMPLAUSIBLE;
}

void
as_metric_recommend(const struct as_policy *policy, size_t i,
    const struct as_sample *sample, double value, struct as_recommendation *r)
{
	const struct as_metric *metric = &policy->metrics[i];

	r->usable = as_metric_usable(policy, i, sample);
	if (r->usable != AS_USABLE)
		return;
	r->why = AS_TARGET;
	metric->kind->recommend(policy, i, sample, value, r);
	if (!metric->plain && r->usable == AS_USABLE)
		correct(metric, sample, i, r);
}

static double
use_of_average(const struct as_metric *metric,
    const struct as_replicas *replicas, int64_t count, double value)
{
	(void)replicas;
	(void)count;
	return value / metric->target;
}

static double
use_of_total(const struct as_metric *metric, const struct as_replicas *replicas,
    int64_t count, double value)
{
	if (replicas->ready > 0)
		return value / (metric->target * replicas->ready);
	return count > 0 ? INFINITY : 0;
}

#define KIND(word, set, member, range, about)                                  \
	{                                                                      \
		word ".", range, "", about, set,                               \
		    offsetof(struct as_metric, member),                        \
		    AS_KEY_POLICY | AS_KEY_METRIC | AS_KEY_KIND                \
	}
/* clang-format off */
const struct as_kind as_metric_kinds[] = {
[AS_AVERAGE] = {KIND("target", as_key_positive, target, "V > 0",
    "NAME is an average over replicas: hold it at V"),
    recommend_average, use_of_average, true, true},
[AS_TOTAL] = {KIND("total", as_key_positive, target, "V > 0",
    "NAME is a total for the app: V for each replica"),
    recommend_total, use_of_total, true, false},
[AS_VALUE] = {KIND("value", as_key_positive, target, "V > 0",
    "NAME moves in proportion to the count: hold it at V"),
    recommend_value, NULL, true, true},
[AS_STEP] = {KIND("step", as_step_set, name, ">V:+N <V:-N >V:=N, N or N%",
    "N replicas more or fewer while NAME is beyond V"),
    recommend_steps, NULL, false, false},
{{NULL, NULL, NULL, NULL, NULL, 0, 0}, NULL, NULL, false, false}
};
/* clang-format on */
