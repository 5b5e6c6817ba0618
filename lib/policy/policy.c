/* policy.c - the policy: its metrics, its defaults, and which values it refuses */
#include <stdio.h>

#include "policy.h"

enum { WEEK = 604800000 }; /* ms */

/* Sets *i to the index of the metric with this name.  Adds the metric if there is
 * none.  Returns NULL, or what is wrong. */
static const char *
find_metric(struct as_policy *policy, struct as_text name, size_t *i)
{
	struct as_metric *metric;
	const char *why = as_line_metric(name);
	char *end;

	if (why != NULL)
		return why;
	for (*i = 0; *i < policy->n_metrics; ++*i) {
		metric = &policy->metrics[*i];
		if (as_text_is(
			name, (struct as_text){metric->name, metric->len}))
			return NULL;
	}
	if (*i == AS_METRICS)
		return "is one metric more than 16";
	metric = &policy->metrics[policy->n_metrics++];
	*metric = (struct as_metric){.len = name.len, .activation = -1};
	memcpy(metric->name, name.at, name.len);
	end = as_put(AS_PUT(metric->by, " by="), metric->name, metric->len);
	metric->by_len = (size_t)(end - metric->by);
	return NULL;
}

const char *
as_policy_set(struct as_policy *policy, const struct as_key *key,
    const char *name, const char *value)
{
	size_t at = key->at, i = 0;
	const char *why;

	if ((key->how & AS_KEY_METRIC) != 0) {
		why = find_metric(
		    policy, as_text(name + strlen(key->name)), &i);
		if (why != NULL)
			return why;
		at += offsetof(struct as_policy, metrics) +
		    i * sizeof(struct as_metric);
	}
	if ((key->how & AS_KEY_KIND) != 0) {
		as_step_forget(policy, i);
		policy->metrics[i].kind = (const struct as_kind *)key;
	}
	return key->set(policy, at, value);
}

void
as_policy_reset(struct as_policy *policy)
{
	*policy = (struct as_policy){0};
	as_keys_reset(as_keys, policy);
}

static uint32_t
longest(uint32_t longest, const struct as_direction *direction)
{
	if (direction->cooldown > longest)
		longest = direction->cooldown;
	for (size_t i = 0; i < direction->n_rates; i++)
		if (direction->rates[i].period > longest)
			longest = direction->rates[i].period;
	return longest;
}

int64_t
as_policy_multiple(int32_t count, int32_t multiple)
{
	return ((int64_t)count + multiple - 1) / multiple * multiple;
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

int64_t
as_policy_memory(const struct as_policy *policy)
{
	int64_t longest = later(policy->memory, policy->idle);

	longest = later(longest, policy->up.window);
	longest = later(longest, policy->down.window);
	if (policy->panic > 0)
		longest = later(longest, 60000);
	for (size_t i = 0; i < policy->n_metrics; i++)
		longest = later(longest, policy->metrics[i].fallback_after);
	return longest + policy->average + policy->startup + policy->max_gap;
}

bool
as_policy_counts(const struct as_policy *policy)
{
	bool counts = policy->fallback_after > 0;

	for (size_t i = 0; i < policy->n_metrics; i++)
		counts = counts || policy->metrics[i].sustain_among > 0;
	return counts;
}

/* Returns whether the target may be a percentage of the requested cpu or memory: it
 * is above 1.  It may also be a fraction, such as 1.2.  Then the user sets
 * range.NAME, and no reading is doubted. */
static bool
may_be_percentage(const struct as_metric *metric)
{
	return metric->kind == &as_metric_kinds[AS_AVERAGE] &&
	    metric->target > 1 && !metric->has_range &&
	    (strcmp(metric->name, "cpu") == 0 ||
		strcmp(metric->name, "memory") == 0);
}

/* Returns whether usual.c knows the kind of the metric, and all that it asks for. */
static bool
is_usual_metric(const struct as_metric *metric)
{
	return metric->plain &&
	    (metric->kind == &as_metric_kinds[AS_AVERAGE] ||
		metric->kind == &as_metric_kinds[AS_TOTAL] ||
		metric->kind == &as_metric_kinds[AS_VALUE]);
}

/* Returns whether usual.c knows all rules that the policy asks for. */
static bool
is_usual(const struct as_policy *policy)
{
	for (size_t i = 0; i < policy->n_metrics; i++)
		if (!is_usual_metric(&policy->metrics[i]))
			return false;
	return policy->average == 0 && policy->schedule == NULL &&
	    !policy->watches && !policy->minds;
}

static void
derive(struct as_policy *policy)
{
	int64_t memory;

	policy->memory = longest(longest(0, &policy->up), &policy->down);
	as_rate_free(&policy->up, policy->multiple);
	as_rate_free(&policy->down, policy->multiple);
	policy->watches = policy->startup > 0 || policy->idle > 0;
	policy->minds = policy->panic > 0;
	policy->doubts = false;
	for (size_t i = 0; i < policy->n_metrics; i++) {
		struct as_metric *metric = &policy->metrics[i];

		metric->is_percentage = may_be_percentage(metric);
		metric->plain = !metric->has_range && !metric->is_percentage &&
		    metric->saturation == 0;
		if (metric->has_range || metric->is_percentage)
			policy->doubts = true;
		if (metric->sustain_among > 0 || metric->fallback_after > 0)
			policy->minds = true;
	}
	policy->usual = is_usual(policy);
	policy->usual_gap = policy->max_gap < WEEK ? policy->max_gap : WEEK;
	policy->tolerated_low = 1.0 - policy->down.tolerance - AS_RATIO_SLACK;
	policy->tolerated_high = 1.0 + policy->up.tolerance + AS_RATIO_SLACK;
	memory = as_policy_memory(policy);
	if (policy->forget < memory)
		policy->forget = memory < UINT32_MAX ? (uint32_t)memory :
						       UINT32_MAX;
}

/* Returns a key that is set for this metric, for the message that the metric lacks
 * the target, total, value or step which that key needs. */
static const char *
attribute_of(const struct as_metric *metric)
{
	if (metric->missing > 0)
		return "missing";
	if (metric->saturation > 0)
		return "saturation";
	if (metric->activation >= 0)
		return "activation";
	if (metric->has_range)
		return "range";
	return metric->sustain_among > 0 ? "sustain" : "fallback";
}

static bool
needs_ratio(const struct as_metric *metric)
{
	return metric->missing > 0 || metric->saturation > 0;
}

static const char *
check_metric(const struct as_metric *metric, char why[AS_WHY_MAX])
{
	const struct as_kind *kind = metric->kind;

	if (kind == NULL || (!kind->has_ratio && needs_ratio(metric))) {
		snprintf(why, AS_WHY_MAX,
		    "%s.%s: no target, total%s value%s names this metric",
		    attribute_of(metric), metric->name,
		    needs_ratio(metric) ? " or" : ",",
		    needs_ratio(metric) ? "" : " or step");
		return why;
	}
	if (kind->has_scale && metric->saturation > 0 &&
	    metric->saturation <= metric->target) {
		snprintf(why, AS_WHY_MAX,
		    "saturation.%s: not above the metric's target",
		    metric->name);
		return why;
	}
	return NULL;
}

/* Returns NULL, or why the keys of the idle rule do not go together.  Without
 * "zero = ok" a reading of 0 means a dead collector.  So with an activation of 0
 * the app would never be found idle. */
static const char *
check_idle(const struct as_policy *policy, char why[AS_WHY_MAX])
{
	bool any = false;

	if (policy->idle == 0)
		return NULL;
	if (policy->idle_count > policy->min)
		return "idle_count is greater than min";
	for (size_t i = 0; i < policy->n_metrics; i++) {
		const struct as_metric *metric = &policy->metrics[i];

		any = any || metric->activation >= 0;
		if (metric->activation != 0 || policy->zero_ok)
			continue;
		snprintf(why, AS_WHY_MAX,
		    "activation.%s: 0 is no reading without zero = ok",
		    metric->name);
		return why;
	}
	return any ? NULL : "idle: needs an activation.NAME";
}

/* Rounds min up and max down to multiples.  A count that a window of the schedule
 * pins must be a multiple.  Returns NULL, or what is wrong. */
static const char *
check_multiple(struct as_policy *policy)
{
	int64_t min;

	if (policy->multiple < 1)
		return "multiple is not at least 1";
	min = as_policy_multiple(policy->min, policy->multiple);
	policy->max -= policy->max % policy->multiple;
	if (min > policy->max)
		return "multiple: none is between min and max";
	policy->min = (int32_t)min;
	for (size_t i = 0; policy->schedule != NULL && i < policy->schedule->n;
	     i++) {
		const struct as_hours *hours = &policy->schedule->hours[i];

		if (hours->min > 0 && hours->min == hours->max &&
		    hours->min % policy->multiple != 0)
			return "multiple: a window pins another count";
	}
	return NULL;
}

static const char *
check_panic(const struct as_policy *policy)
{
	return policy->panic > 0 && policy->average <= policy->panic ?
	    "panic: needs an average that is longer" :
	    NULL;
}

const char *
as_policy_check(struct as_policy *policy, char why[AS_WHY_MAX])
{
	bool named = false;
	const char *wrong;

	for (size_t i = 0; i < policy->n_metrics; i++)
		named = named || policy->metrics[i].kind != NULL;
	if (!named)
		as_policy_set(policy, &as_metric_kinds[AS_AVERAGE].key,
		    "target.cpu", "0.80");
	for (size_t i = 0; i < policy->n_metrics; i++)
		if (check_metric(&policy->metrics[i], why) != NULL)
			return why;
	if (policy->min > policy->max)
		return "min is greater than max";
	if ((wrong = check_multiple(policy)) != NULL ||
	    (wrong = check_panic(policy)) != NULL)
		return wrong;
	derive(policy);
	return check_idle(policy, why);
}
