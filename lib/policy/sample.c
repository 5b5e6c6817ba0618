/* sample.c - a line as the policy sees it */
#include <math.h>

#include "policy.h"

/* What a KEY means; the policy's metrics count on from METRIC. */
enum { OTHER = 1, FROM, READY, UNREADY, MISSING, MIN, MAX, METRIC };

static const char *const words[METRIC] = {[FROM] = "from",
    [READY] = "ready",
    [UNREADY] = "unready",
    [MISSING] = "missing",
    [MIN] = "min",
    [MAX] = "max"};

static int
meaning_of(struct as_text key, const struct as_policy *policy)
{
	for (size_t i = 0; i < policy->n_metrics; i++)
		if (key.len == policy->metrics[i].len &&
		    as_same(key.at, policy->metrics[i].name, key.len))
			return METRIC + (int)i;
	for (int i = FROM; i < METRIC; i++)
		if (as_text_is(key, as_text(words[i])))
			return i;
	return OTHER;
}

/* Meanings last from line to line, as long as the policy is the same. */
static inline void
keep_meanings(struct as_line *line, const struct as_policy *policy)
{
	if (line->meant_for == policy)
		return;
	line->meant_for = policy;
	for (size_t i = 0; i < line->n_known; i++)
		line->pairs[i].meaning = 0;
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

static inline void
read_metric(
    double *value, const struct as_line *line, const struct as_pair *pair)
{
	if (!isnan(pair->number))
		*value = pair->number;
	else if (!as_num_decimal(pair->value, value)) {
		warn_unusable(line, pair);
		*value = NAN;
	}
}

static const char *
read_count(int32_t *n, const struct as_pair *pair)
{
	return as_num_count(pair->value, n) ?
	    NULL :
	    "ready= unready= missing= min= max= take a whole number";
}

static const char *
read_known(struct as_sample *sample, const struct as_pair *pair)
{
	switch (pair->meaning) {
	case FROM: return "has from=: a decision, not a sample";
	case READY: return read_count(&sample->ready, pair);
	case UNREADY: return read_count(&sample->unready, pair);
	case MISSING: return read_count(&sample->missing, pair);
	case MIN: return read_count(&sample->min, pair);
	case MAX: return read_count(&sample->max, pair);
	default: return NULL;
	}
}

/* The policy's bounds are the outer fence, and of two that cross the lower
 * count is taken: a schedule may not order more than its owner allowed. */
static inline void
tighten_bounds(struct as_sample *sample, const struct as_policy *policy)
{
	if (sample->min == policy->min && sample->max == policy->max)
		return;
	if (sample->max > policy->max)
		sample->max = policy->max;
	if (sample->max < policy->min)
		sample->max = policy->min;
	if (sample->min < policy->min)
		sample->min = policy->min;
	if (sample->min > sample->max)
		sample->min = sample->max;
}

const char *
as_sample_read(struct as_sample *sample, const struct as_policy *policy,
    struct as_line *line)
{
	const char *why;

	keep_meanings(line, policy);
	sample->time = line->time;
	sample->count = line->count;
	sample->ready = AS_UNKNOWN;
	sample->unready = sample->missing = 0;
	sample->min = policy->min;
	sample->max = policy->max;
	for (size_t i = 0; i < policy->n_metrics; i++)
		sample->values[i] = NAN;
	for (size_t i = 0; i < line->n_pairs; i++) {
		struct as_pair *pair = &line->pairs[i];

		if (pair->meaning == 0)
			pair->meaning = meaning_of(pair->key, policy);
		if (pair->meaning >= METRIC)
			read_metric(&sample->values[pair->meaning - METRIC],
			    line, pair);
		else if ((why = read_known(sample, pair)) != NULL)
			return why;
	}
	tighten_bounds(sample, policy);
	return NULL;
}
