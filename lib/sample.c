/* sample.c - a line as the policy sees it */
#include <math.h>

#include "policy.h"

#define KEY_IS(key, word)                                                      \
	as_text_is(key, (struct as_text){word, sizeof(word) - 1})

/* The keys that mean the same in every policy; the length decides before a
 * byte is compared. */
static void
read_known(
    struct as_sample *sample, const struct as_pair *pair, const char **why)
{
	struct as_text key = pair->key;
	int32_t *n = NULL;

	switch (key.len) {
	case 3:
		if (KEY_IS(key, "min"))
			n = &sample->min;
		else if (KEY_IS(key, "max"))
			n = &sample->max;
		break;
	case 4:
		if (KEY_IS(key, "from"))
			*why = "has from=: a decision, not a sample";
		break;
	case 5:
		if (KEY_IS(key, "ready"))
			n = &sample->ready;
		break;
	case 7:
		if (KEY_IS(key, "unready"))
			n = &sample->unready;
		else if (KEY_IS(key, "missing"))
			n = &sample->missing;
		break;
	}
	if (n != NULL && !as_num_count(pair->value, n))
		*why = "ready= unready= missing= min= max= take a whole number";
}

static void
warn_unusable(const struct as_line *line, const struct as_pair *pair)
{
	as_msg(AS_WARNING, NULL,
	    "%.*s: %.*s: not a finite decimal number >= "
	    "0, taken as missing: \"%.*s\"",
	    (int)line->app.len, line->app.at, (int)pair->key.len, pair->key.at,
	    (int)pair->value.len, pair->value.at);
}

/* False: the policy has no such metric. */
static inline bool
read_metric(struct as_sample *sample, const struct as_policy *policy,
    const struct as_line *line, const struct as_pair *pair)
{
	for (size_t i = 0; i < policy->n_metrics; i++) {
		const struct as_metric *metric = &policy->metrics[i];

		if (pair->key.len != metric->len ||
		    !as_same(pair->key.at, metric->name, metric->len))
			continue;
		if (!as_num_decimal(pair->value, &sample->values[i])) {
			warn_unusable(line, pair);
			sample->values[i] = NAN;
		}
		return true;
	}
	return false;
}

/* The policy's bounds are the outer fence, and of two that cross the lower
 * count is taken: a schedule may not order more than its owner allowed. */
static inline void
tighten_bounds(struct as_sample *sample, const struct as_policy *policy)
{
	if (sample->max > policy->max)
		sample->max = policy->max;
	if (sample->max < policy->min)
		sample->max = policy->min;
	if (sample->min < policy->min)
		sample->min = policy->min;
	if (sample->min > sample->max)
		sample->min = sample->max;
}

static inline void
default_ready(struct as_sample *sample)
{
	int64_t ready = sample->count - sample->unready - sample->missing;

	if (sample->ready == AS_UNKNOWN)
		sample->ready = ready > 0 ? (int32_t)ready : 0;
}

const char *
as_sample_read(struct as_sample *sample, const struct as_policy *policy,
    const struct as_line *line)
{
	const char *why = NULL;

	sample->time = line->time;
	sample->count = line->count;
	sample->ready = AS_UNKNOWN;
	sample->unready = sample->missing = 0;
	sample->min = policy->min;
	sample->max = policy->max;
	for (size_t i = 0; i < policy->n_metrics; i++)
		sample->values[i] = NAN;
	for (size_t i = 0; i < line->n_pairs && why == NULL; i++)
		if (!read_metric(sample, policy, line, &line->pairs[i]))
			read_known(sample, &line->pairs[i], &why);
	tighten_bounds(sample, policy);
	default_ready(sample);
	return why;
}
