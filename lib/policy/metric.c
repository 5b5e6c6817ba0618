/* metric.c - what one metric recommends, as the HPA's replica calculator */
#include <math.h>

#include "policy.h"

/* Both ends belong to it. */
static inline bool
is_tolerated(const struct as_policy *policy, double ratio)
{
	return ratio >= policy->tolerated_low &&
	    ratio <= policy->tolerated_high;
}

static inline void
hold(
    struct as_recommendation *r, const struct as_sample *sample, bool tolerated)
{
	r->count = (int32_t)sample->count;
	r->tolerated = tolerated;
}

/* Silent replicas are assumed to do what makes the move smaller: those that
 * do not report are busy when it goes down and idle when it goes up; those
 * that start are idle when it goes up.  Then the ratio is taken again, and a
 * move that this turned around, or brought within tolerance, is not made. */
static void
recommend_with_silent(const struct as_policy *policy,
    const struct as_metric *metric, const struct as_sample *sample,
    double value, struct as_recommendation *r)
{
	double first = r->ratio, total = value * sample->ready;
	double n = sample->ready;
	double busy = metric->missing > metric->target ? metric->missing :
							 metric->target;
	int32_t count;

	if (first < 1.0)
		total += sample->missing * busy;
	if (first != 1.0)
		n += sample->missing;
	if (first > 1.0)
		n += sample->unready;
	r->ratio = total / n / metric->target;
	if (is_tolerated(policy, r->ratio)) {
		hold(r, sample, true);
		return;
	}
	count = as_num_ceil(r->ratio * n);
	if ((first < 1.0) != (r->ratio < 1.0) ||
	    (r->ratio < 1.0 && count > sample->count) ||
	    (r->ratio > 1.0 && count < sample->count))
		hold(r, sample, false);
	else
		r->count = count;
}

/* target.NAME: the mean over the replicas that are ready and report */
static void
recommend_average(const struct as_policy *policy,
    const struct as_metric *metric, const struct as_sample *sample,
    double value, struct as_recommendation *r)
{
	if (sample->ready <= 0) {
		r->usable = AS_ABSENT;
		return;
	}
	r->ratio = value / metric->target;
	if (sample->missing > 0 || (sample->unready > 0 && r->ratio > 1.0))
		recommend_with_silent(policy, metric, sample, value, r);
	else if (is_tolerated(policy, r->ratio))
		hold(r, sample, true);
	else
		r->count = as_num_ceil(r->ratio * sample->ready);
}

/* total.NAME: to be shared out, the target is for each replica */
static void
recommend_total(const struct as_policy *policy, const struct as_metric *metric,
    const struct as_sample *sample, double value, struct as_recommendation *r)
{
	if (sample->count == 0) {
		r->ratio = value / metric->target;
		r->count = as_num_ceil(r->ratio);
		return;
	}
	r->ratio = value / (metric->target * (double)sample->count);
	if (is_tolerated(policy, r->ratio))
		hold(r, sample, true);
	else
		r->count = as_num_ceil(value / metric->target);
}

/* value.NAME: one number that moves in proportion to the count */
static void
recommend_value(const struct as_policy *policy, const struct as_metric *metric,
    const struct as_sample *sample, double value, struct as_recommendation *r)
{
	r->ratio = value / metric->target;
	if (sample->count == 0)
		r->count = as_num_ceil(r->ratio);
	else if (is_tolerated(policy, r->ratio))
		hold(r, sample, true);
	else if (sample->ready <= 0)
		r->usable = AS_ABSENT;
	else
		r->count = as_num_ceil(r->ratio * sample->ready);
}

/* step.NAME: the action of the outermost bound that the value is beyond */
static void
recommend_steps(const struct as_policy *policy, const struct as_metric *metric,
    const struct as_sample *sample, double value, struct as_recommendation *r)
{
	size_t i = (size_t)(metric - policy->metrics);

	hold(r, sample, true);
	if (as_step_take(policy, i, value, (int32_t)sample->count, &r->count))
		r->tolerated = false;
}

/* A saturated reading may hide more than it tells: at least as much as it says
 * and as COUNT, and twice what is ready or 4 more.  What was asked for is asked
 * for again only once it is ready, so that nothing compounds. */
static void
saturate(const struct as_sample *sample, struct as_recommendation *r)
{
	double ready = sample->ready;
	int32_t more = as_num_ceil(ready > 4 ? 2 * ready : ready + 4);

	if (more < sample->count)
		more = (int32_t)sample->count;
	if (more > r->count)
		r->count = more;
	r->tolerated = false;
}

void
as_metric_recommend(const struct as_policy *policy, size_t i,
    const struct as_sample *sample, struct as_recommendation *r)
{
	const struct as_metric *metric = &policy->metrics[i];
	double value = sample->values[i];

	r->tolerated = false;
	r->usable = AS_USABLE;
	if (isnan(value)) {
		r->usable = AS_ABSENT;
		return;
	}
	if (value == 0 && sample->count > 0 && !policy->zero_ok) {
		r->usable = AS_ZERO;
		return;
	}
	metric->kind->recommend(policy, metric, sample, value, r);
	if (metric->saturation > 0 && value >= metric->saturation &&
	    r->usable == AS_USABLE)
		saturate(sample, r);
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
    recommend_average, true, true},
[AS_TOTAL] = {KIND("total", as_key_positive, target, "V > 0",
    "NAME is a total for the app: V for each replica"),
    recommend_total, true, false},
[AS_VALUE] = {KIND("value", as_key_positive, target, "V > 0",
    "NAME moves in proportion to the count: hold it at V"),
    recommend_value, true, true},
[AS_STEP] = {KIND("step", as_step_set, name, ">V:+N <V:-N, N or N%",
    "N replicas more or fewer while NAME is beyond V"),
    recommend_steps, false, false},
{{NULL, NULL, NULL, NULL, NULL, 0, 0}, NULL, false, false}
};
/* clang-format on */
