/* bound.c - says which bound held the count */
#include "why.h"

const char *
as_bound_source(const struct as_story *story, bool is_max)
{
	const struct as_policy *policy = story->replay.fold.policy;
	const struct as_sample *sample = &story->replay.sample;
	int32_t bound = is_max ? sample->max : sample->min;
	struct as_bounds open = {AS_UNKNOWN, AS_UNKNOWN, false};

	if (policy->schedule != NULL)
		open = as_schedule_at(
		    policy->schedule, sample->time, (int32_t)sample->count);
	if (bound == (is_max ? open.max : open.min))
		return "schedule";
	if (bound ==
	    as_line_count(
		&story->replay.line, is_max ? "max" : "min", AS_UNKNOWN))
		return "sample";
	if (!is_max && bound > policy->min)
		return "idle";
	return is_max ? "max" : "min";
}

static void
put_source(struct as_buf *text, const struct as_story *story, bool is_max)
{
	const char *source = as_bound_source(story, is_max);
	const char *name = is_max ? "max" : "min";
	bool paused = story->replay.sample.paused;
	int bound = (int)(is_max ? story->replay.sample.max :
				   story->replay.sample.min);

	if (strcmp(source, "schedule") == 0)
		as_word_put(text, "The schedule %s now: %s = %d",
		    paused ? "pauses the app" : "sets a bound", name, bound);
	else if (strcmp(source, "sample") == 0)
		as_word_put(text, "The sample has %s=%d", name, bound);
	else if (strcmp(source, "idle") == 0)
		as_word_put(text, "Only idle takes the last replica: %s = %d",
		    name, bound);
	else
		as_word_put(text, "%s = %d", name, bound);
}

void
as_bound_say(
    struct as_buf *text, struct as_story *story, const struct as_rule *rule)
{
	bool is_max = rule->why == AS_MAX;

	put_source(text, story, is_max);
	if (!story->replay.decision.asked)
		as_word_put(text,
		    ", and COUNT is %s it: the count goes there "
		    "at once, whatever the metrics ask for.",
		    is_max ? "above" : "below");
	else if (rule->from == rule->to)
		as_buf_puts(text, ", which is as far as the rate limit goes.");
	else
		as_word_put(text, ": the count is %lld, not %lld.",
		    (long long)rule->to, (long long)rule->from);
}
