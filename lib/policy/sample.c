/* sample.c - reads from a line what the policy needs: COUNT, metrics, bounds */
#include <math.h>

#include "policy.h"

/* What a KEY means.  The metric with the index i in the policy is METRIC + i.  The
 * numbers of replicas for this metric alone, ready.NAME, unready.NAME and
 * missing.NAME, are READY_OF + i, UNREADY_OF + i and MISSING_OF + i. */
enum {
	OTHER = 1,
	FROM,
	READY,
	UNREADY,
	MISSING,
	MIN,
	MAX,
	METRIC,
	READY_OF = METRIC + AS_METRICS,
	UNREADY_OF = READY_OF + AS_METRICS,
	MISSING_OF = UNREADY_OF + AS_METRICS
};

static const struct as_text words[METRIC] = {[FROM] = {"from", 4},
    [READY] = {"ready", 5},
    [UNREADY] = {"unready", 7},
    [MISSING] = {"missing", 7},
    [MIN] = {"min", 3},
    [MAX] = {"max", 3}};

static int
metric_of(struct as_text name, const struct as_policy *policy)
{
	for (size_t i = 0; i < policy->n_metrics; i++)
		if (as_text_is(name,
			(struct as_text){
			    policy->metrics[i].name, policy->metrics[i].len}))
			return (int)i;
	return -1;
}

/* Returns the meaning of a key like "ready.cpu", or OTHER if key is none of
 * these. */
static int
meaning_of_counts(struct as_text key, const struct as_policy *policy)
{
	static const int first[] = {READY_OF, UNREADY_OF, MISSING_OF};
	struct as_text word;
	int metric;

	if (!as_text_cut(&key, '.', &word) ||
	    (metric = metric_of(key, policy)) < 0)
		return OTHER;
	for (int i = READY; i <= MISSING; i++)
		if (as_text_is(word, words[i]))
			return first[i - READY] + metric;
	return OTHER;
}

static int
meaning_of(struct as_text key, const struct as_policy *policy)
{
	int metric = metric_of(key, policy);

	if (metric >= 0)
		return METRIC + metric;
	for (int i = FROM; i < METRIC; i++)
		if (as_text_is(key, words[i]))
			return i;
	return meaning_of_counts(key, policy);
}

/* Keeps the meanings of keys for the next line, as long as the policy is the same.
 * So each key is looked up only once. */
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

/* Returns the numbers of replicas for this metric alone.  They are AS_UNKNOWN until
 * the line gives them. */
static struct as_replicas *
own(struct as_sample *sample, int metric)
{
	if ((sample->own >> metric & 1) == 0) {
		sample->own |= UINT32_C(1) << metric;
		sample->of[metric] = (struct as_replicas){
		    AS_UNKNOWN, AS_UNKNOWN, AS_UNKNOWN};
	}
	return &sample->of[metric];
}

static int32_t *
count_of(struct as_sample *sample, int meaning)
{
	switch (meaning) {
	case READY: return &sample->replicas.ready;
	case UNREADY: return &sample->replicas.unready;
	case MISSING: return &sample->replicas.missing;
	case MIN: return &sample->min;
	case MAX: return &sample->max;
	default: break;
	}
	if (meaning >= MISSING_OF)
		return &own(sample, meaning - MISSING_OF)->missing;
	if (meaning >= UNREADY_OF)
		return &own(sample, meaning - UNREADY_OF)->unready;
	return &own(sample, meaning - READY_OF)->ready;
}

static const char *
read_known(struct as_sample *sample, const struct as_pair *pair)
{
	if (pair->meaning == OTHER)
		return NULL;
	if (pair->meaning == FROM)
		return "has from=: a decision, not a sample";
	return as_num_count(pair->value, count_of(sample, pair->meaning)) ?
	    NULL :
	    "ready= unready= missing= min= max= take a whole number";
}

/* Sets *bound to the tighter one of the two bounds: the smaller max, or the greater
 * min. */
static void
tighten(int32_t *bound, int32_t other, bool is_max)
{
	if (other != AS_UNKNOWN &&
	    (*bound == AS_UNKNOWN ||
		(is_max ? other < *bound : other > *bound)))
		*bound = other;
}

static void
apply_schedule(struct as_sample *sample, const struct as_policy *policy)
{
	struct as_bounds bounds = as_schedule_at(
	    policy->schedule, sample->time, (int32_t)sample->count);

	tighten(&sample->min, bounds.min, false);
	tighten(&sample->max, bounds.max, true);
	sample->paused = bounds.paused;
}

static int32_t
clamp(int32_t n, int32_t low, int32_t high)
{
	if (n < low)
		return low;
	return n > high ? high : n;
}

/* Rounds min up and max down to multiples, unless no multiple is between them. */
static void
round_bounds(struct as_sample *sample, int32_t multiple)
{
	int64_t min = as_policy_multiple(sample->min, multiple);
	int32_t max = sample->max - sample->max % multiple;

	if (min > max)
		return;
	sample->min = (int32_t)min;
	sample->max = max;
}

/* Makes all bounds stay within those of the policy: a schedule must not order more
 * than the owner allowed.  If min is above max then, both become max.  With the key
 * idle, a paused app may stay below the min of the policy, and for other apps a min
 * of 0 becomes 1, because only the idle rule may take away the last replica. */
static void
bound(struct as_sample *sample, const struct as_policy *policy)
{
	int32_t least = sample->paused && policy->idle > 0 ?
	    policy->idle_count :
	    policy->min;

	sample->awake = sample->paused || sample->min > policy->idle_count;
	sample->max = sample->max == AS_UNKNOWN ?
	    policy->max :
	    clamp(sample->max, least, policy->max);
	sample->min = sample->min == AS_UNKNOWN ?
	    least :
	    clamp(sample->min, least, policy->max);
	if (policy->idle > 0 && sample->min == 0 && !sample->paused &&
	    sample->count != AS_UNKNOWN)
		sample->min = 1;
	if (sample->min > sample->max)
		sample->min = sample->max;
	if (policy->multiple > 1)
		round_bounds(sample, policy->multiple);
}

static inline void
begin(struct as_sample *sample, const struct as_policy *policy,
    const struct as_line *line)
{
	sample->time = line->time;
	sample->count = line->count;
	sample->replicas = (struct as_replicas){AS_UNKNOWN, 0, 0};
	sample->own = 0;
	sample->min = sample->max = AS_UNKNOWN;
	sample->paused = sample->awake = false;
	for (size_t i = 0; i < policy->n_metrics; i++)
		sample->values[i] = NAN;
}

const char *
as_sample_read(struct as_sample *sample, const struct as_policy *policy,
    struct as_line *line)
{
	const char *why;

	keep_meanings(line, policy);
	begin(sample, policy, line);
	for (size_t i = 0; i < line->n_pairs; i++) {
		struct as_pair *pair = &line->pairs[i];
		int metric;

		if (pair->meaning == 0)
			pair->meaning = meaning_of(pair->key, policy);
		metric = pair->meaning - METRIC;
		if (metric >= 0 && metric < AS_METRICS)
			read_metric(&sample->values[metric], line, pair);
		else if ((why = read_known(sample, pair)) != NULL)
			return why;
	}
	if (policy->schedule != NULL)
		apply_schedule(sample, policy);
	if (sample->min == AS_UNKNOWN && sample->max == AS_UNKNOWN &&
	    policy->idle == 0) {
		sample->min = policy->min;
		sample->max = policy->max;
	} else {
		bound(sample, policy);
	}
	return NULL;
}

/* Fills in numbers of replicas.  Those that are not given for one metric are those
 * for all metrics.  If ready is not given at all, it is the rest of COUNT, but not
 * more than the replicas that have started; the others become unready. */
static void
complete(struct as_replicas *replicas, const struct as_replicas *all,
    int64_t count, int32_t started)
{
	int64_t rest;

	if (replicas->unready == AS_UNKNOWN)
		replicas->unready = all->unready;
	if (replicas->missing == AS_UNKNOWN)
		replicas->missing = all->missing;
	if (replicas->ready == AS_UNKNOWN)
		replicas->ready = all->ready;
	if (replicas->ready != AS_UNKNOWN)
		return;
	rest = count - replicas->unready - replicas->missing;
	replicas->ready = rest > 0 ? (int32_t)rest : 0;
	if (replicas->ready > started) {
		replicas->unready += replicas->ready - started;
		replicas->ready = started;
	}
}

void
as_sample_complete_all(
    struct as_sample *sample, size_t n_metrics, int32_t started)
{
	struct as_replicas all = sample->replicas;

	complete(&sample->replicas, &all, sample->count, started);
	for (size_t i = 0; sample->own != 0 && i < n_metrics; i++)
		if ((sample->own >> i & 1) != 0)
			complete(&sample->of[i], &all, sample->count, started);
}
