/* recommend.c - says what a metric asked for, and why */
#include <math.h>

#include "why.h"

static void
say_absent(struct as_buf *text, const struct as_story *story, size_t i)
{
	const struct as_replay *replay = &story->replay;
	const char *name = replay->fold.policy->metrics[i].name;

	if (as_line_get(&replay->line, name) == NULL)
		as_word_put(text, "%s is not in the sample", name);
	else if (isnan(replay->sample.values[i]))
		as_word_put(text, "%s is not a number >= 0", name);
	else
		as_word_put(
		    text, "%s counts for no replica, as none is ready", name);
	as_buf_puts(text, ", so it is not usable.");
}

static void
say_implausible(struct as_buf *text, const struct as_story *story, size_t i)
{
	const struct as_metric *metric = &story->replay.fold.policy->metrics[i];

	as_word_put(text, "%s reads ", metric->name);
	as_word_number(text, story->replay.sample.values[i]);
	if (metric->has_range) {
		as_word_put(text, ", outside of range.%s = ", metric->name);
		as_word_number(text, metric->low);
		as_buf_puts(text, "..");
		as_word_number(text, metric->high);
	} else {
		as_buf_puts(text, " and its target is ");
		as_word_number(text, metric->target);
		as_buf_puts(text,
		    ". It seems to be a fraction in place of a "
		    "percentage");
	}
	as_buf_puts(text, ", so it is not usable.");
}

static void
say_unusable(struct as_buf *text, const struct as_story *story, size_t i)
{
	const struct as_replay *replay = &story->replay;

	switch (replay->decision.raw[i].usable) {
	case AS_ZERO:
		as_word_put(text,
		    "%s reads 0 while COUNT is %lld, as from a dead collector "
		    "(zero = hold), so it is not usable.",
		    replay->fold.policy->metrics[i].name,
		    (long long)replay->sample.count);
		break;
	case AS_IMPLAUSIBLE: say_implausible(text, story, i); break;
	default: say_absent(text, story, i); break;
	}
}

/* Returns the mean of the key average, or else the reading. */
static double
value_of(struct as_story *story, size_t i)
{
	const struct as_policy *policy = story->replay.fold.policy;
	const struct as_history *app = as_replay_history(&story->replay);

	if (policy->average == 0)
		return story->replay.sample.values[i];
	return as_average_mean(
	    &app->more->series[i], story->replay.sample.time, policy->average);
}

static void
put_reading(struct as_buf *text, struct as_story *story, size_t i)
{
	const struct as_policy *policy = story->replay.fold.policy;
	const struct as_metric *metric = &policy->metrics[i];

	as_word_put(text, "%s reads ", metric->name);
	as_word_number(text, story->replay.sample.values[i]);
	if (policy->average > 0) {
		as_buf_puts(text, " (");
		as_word_number(text, value_of(story, i));
		as_buf_puts(text, " on average of ");
		as_word_seconds(text, policy->average);
		as_buf_puts(text, ")");
	}
	if (metric->target == 0)
		return;
	as_buf_puts(text, " and its target is ");
	as_word_number(text, metric->target);
	if (metric->kind == &as_metric_kinds[AS_TOTAL])
		as_buf_puts(text, " for each replica");
}

/* The ratio of the engine differs from the plain one in a panic, and if there are
 * replicas without a reading; see step 3 of ALGORITHM. */
static void
put_ratio(struct as_buf *text, struct as_story *story, size_t i, double ratio)
{
	const struct as_policy *policy = story->replay.fold.policy;
	const struct as_metric *metric = &policy->metrics[i];
	double plain = value_of(story, i) / metric->target;
	bool is_panic = story->replay.decision.raw[i].why == AS_PANIC;
	bool is_plain = metric->kind != &as_metric_kinds[AS_AVERAGE] ||
	    fabs(plain - ratio) <= AS_RATIO_SLACK * plain;

	as_buf_puts(text, ". ");
	if (is_panic) {
		as_buf_puts(text, "There is panic: in the last ");
		as_word_seconds(text, policy->panic);
		as_buf_puts(text, " the ratio is ");
	} else {
		as_buf_puts(text, "The ratio is ");
	}
	if (!is_panic && !is_plain) {
		as_word_number(text, plain);
		as_buf_puts(
		    text, ", and with the unready and missing replicas ");
	}
	as_word_number(text, ratio);
}

static void
put_tolerance(struct as_buf *text, const struct as_policy *policy)
{
	as_buf_puts(text, ", within the tolerance from ");
	as_word_number(text, 1 - policy->down.tolerance);
	as_buf_puts(text, " to ");
	as_word_number(text, 1 + policy->up.tolerance);
}

static int
bits(uint32_t samples, uint32_t among)
{
	int n = 0;

	for (uint32_t i = 0; i < among; i++)
		n += (int)(samples >> i & 1);
	return n;
}

static void
put_sustain(struct as_buf *text, struct as_story *story, size_t i)
{
	const struct as_metric *metric = &story->replay.fold.policy->metrics[i];
	const struct as_more *more = as_replay_history(&story->replay)->more;
	bool up = (more->ups[i] & 1) != 0;

	as_word_put(text,
	    ", but only %d of the last %u samples asked for %s "
	    "(sustain.%s = %u/%u)",
	    bits(up ? more->ups[i] : more->downs[i], metric->sustain_among),
	    (unsigned)metric->sustain_among, up ? "more" : "less", metric->name,
	    (unsigned)metric->sustain, (unsigned)metric->sustain_among);
}

static void
say_fallback(struct as_buf *text, const struct as_story *story, size_t i)
{
	const struct as_metric *metric = &story->replay.fold.policy->metrics[i];

	as_word_put(text, "%s was not usable for ", metric->name);
	as_word_seconds(text, metric->fallback_after);
	as_word_put(text, " or longer: fallback.%s asks for %d.", metric->name,
	    (int)story->replay.decision.raw[i].count);
}

/* Adds what the rule that made the recommendation says. */
static void
put_rule(struct as_buf *text, struct as_story *story, size_t i)
{
	const struct as_policy *policy = story->replay.fold.policy;
	const struct as_metric *metric = &policy->metrics[i];
	double reading = story->replay.sample.values[i];

	switch (story->replay.decision.raw[i].why) {
	case AS_TOLERANCE:
		if (metric->target > 0)
			put_tolerance(text, policy);
		else
			as_buf_puts(text, ". No bound of its steps is passed");
		break;
	case AS_SUSTAIN: put_sustain(text, story, i); break;
	default:
		if (metric->saturation == 0 || reading < metric->saturation)
			break;
		as_word_put(text,
		    ", and a higher load may hide behind it "
		    "(saturation.%s = ",
		    metric->name);
		as_word_number(text, metric->saturation);
		as_buf_puts(text, ")");
		break;
	}
}

/* Returns whether this metric decides, and others asked for something, too. */
static bool
is_most(const struct as_story *story, size_t i)
{
	const struct as_replay *replay = &story->replay;
	size_t n = 0;

	for (size_t k = 0; k < replay->fold.policy->n_metrics; k++)
		n += replay->decision.raw[k].usable == AS_USABLE ? 1 : 0;
	return n > 1 && (int)i == story->trace.best;
}

void
as_recommend_say(struct as_buf *text, struct as_story *story, size_t i)
{
	const struct as_recommendation *r = &story->replay.decision.raw[i];
	int64_t now = story->replay.sample.count;

	if (r->usable != AS_USABLE) {
		say_unusable(text, story, i);
		return;
	}
	if (r->why == AS_FALLBACK) {
		say_fallback(text, story, i);
		return;
	}
	put_reading(text, story, i);
	if (!isnan(r->ratio))
		put_ratio(text, story, i, r->ratio);
	put_rule(text, story, i);
	as_word_put(text, ", so it asks for %d%s.", (int)r->count,
	    is_most(story, i)   ? ", the most of all" :
		r->count == now ? ", no change" :
				  "");
}
