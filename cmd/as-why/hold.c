/* hold.c - says what each rule made of the count, and why */
#include "why.h"

static const struct as_policy *
policy_of(const struct as_story *story)
{
	return story->replay.fold.policy;
}

/* A queue has the low 32 bits of its times. */
static int64_t
time_of(const struct as_story *story, uint32_t time)
{
	int64_t now = story->replay.sample.time;

	return now - (int64_t)((uint32_t)now - time);
}

static bool
goes_up(const struct as_story *story, const struct as_rule *rule)
{
	return rule->from > story->replay.sample.count;
}

/* Adds "down_window = 300s: ". */
static void
put_key(struct as_buf *text, const struct as_story *story, const char *key)
{
	as_word_put(text, "%s = %s: ", key, as_say_setting(story, key));
}

static void
put_clock(struct as_buf *text, const struct as_story *story, int64_t time)
{
	as_word_clock(text, time, story->replay.sample.time);
}

static void
put_until(struct as_buf *text, const struct as_story *story, int64_t time)
{
	as_buf_puts(text, " until ");
	put_clock(text, story, time);
}

/* Returns whether the window has this count because the app had it when its history
 * began: at its first sample, or at this one after a gap. */
static bool
was_met(const struct as_story *story, int64_t time, int32_t count)
{
	const struct as_replay *replay = &story->replay;

	return (time == replay->met && count == replay->met_count) ||
	    (replay->decision.gap > 0 && time == replay->sample.time &&
		count == replay->sample.count);
}

static void
say_window(struct as_buf *text, struct as_story *story,
    const struct as_rule *rule, struct as_queue *queue, uint32_t window)
{
	const struct as_entry *first = as_queue_first(queue);
	int64_t time = time_of(story, first->time);
	bool down = rule->to > rule->from;
	int32_t count = down ? first->value : -first->value;

	put_key(text, story, down ? "down_window" : "up_window");
	as_word_put(text, "%d %s", count,
	    was_met(story, time, count) ? "was there at first sight, at " :
					  "was asked for at ");
	put_clock(text, story, time);
	as_word_put(text, ", so the count goes no %s than %lld",
	    down ? "lower" : "higher", (long long)rule->to);
	put_until(text, story, time + window);
	as_buf_puts(text, ".");
}

static void
say_stabilized(
    struct as_buf *text, struct as_story *story, const struct as_rule *rule)
{
	struct as_history *app = as_replay_history(&story->replay);
	const struct as_policy *policy = policy_of(story);

	if (rule->to > rule->from)
		say_window(
		    text, story, rule, &app->highest, policy->down.window);
	else
		say_window(
		    text, story, rule, &app->more->lowest, policy->up.window);
}

static void
say_cooldown(
    struct as_buf *text, struct as_story *story, const struct as_rule *rule)
{
	struct as_queue *changes = &as_replay_history(&story->replay)->changes;
	int64_t time = time_of(
	    story, as_queue_first(changes)[changes->len - 1].time);
	bool up = goes_up(story, rule);
	uint32_t cooldown = up ? policy_of(story)->up.cooldown :
				 policy_of(story)->down.cooldown;

	put_key(text, story, up ? "up_cooldown" : "down_cooldown");
	as_buf_puts(text, "COUNT changed at ");
	put_clock(text, story, time);
	as_word_put(text, ", so it stays %lld, and not %lld,",
	    (long long)rule->to, (long long)rule->from);
	put_until(text, story, time + cooldown);
	as_buf_puts(text, ".");
}

static void
say_rate(
    struct as_buf *text, struct as_story *story, const struct as_rule *rule)
{
	bool up = goes_up(story, rule);
	const struct as_direction *direction = up ? &policy_of(story)->up :
						    &policy_of(story)->down;

	if (direction->select == AS_SELECT_OFF)
		as_word_put(text,
		    "%s_select = off: the count does not go %s, "
		    "so it stays %lld, and not %lld.",
		    up ? "up" : "down", up ? "up" : "down", (long long)rule->to,
		    (long long)rule->from);
	else
		as_word_put(text,
		    "%s_policy = %s: now the count may be %lld "
		    "at %s, not %lld.",
		    up ? "up" : "down",
		    as_say_setting(story, up ? "up_policy" : "down_policy"),
		    (long long)rule->to, up ? "most" : "least",
		    (long long)rule->from);
}

static void
say_multiple(
    struct as_buf *text, struct as_story *story, const struct as_rule *rule)
{
	as_word_put(text, "multiple = %d: %lld is rounded up to %lld.",
	    (int)policy_of(story)->multiple, (long long)rule->from,
	    (long long)rule->to);
}

static void
say_disabled(
    struct as_buf *text, struct as_story *story, const struct as_rule *rule)
{
	const struct as_policy *policy = policy_of(story);
	bool idles = policy->idle > 0;

	(void)rule;
	as_word_put(text,
	    "COUNT is 0 and %s = %d: somebody has switched the "
	    "app off, and it stays so until it has replicas.",
	    idles ? "idle_count" : "min",
	    (int)(idles ? policy->idle_count : policy->min));
}

static void
say_panic(
    struct as_buf *text, struct as_story *story, const struct as_rule *rule)
{
	const struct as_policy *policy = policy_of(story);
	const struct as_more *more = as_replay_history(&story->replay)->more;
	int64_t lasts = policy->average > 60000 ? policy->average : 60000;

	as_word_put(text, "panic = %s: the load was too high at ",
	    as_say_setting(story, "panic"));
	put_clock(text, story, more->panicked);
	as_word_put(text, ", so the count stays %lld, and not %lld,",
	    (long long)rule->to, (long long)rule->from);
	put_until(text, story, more->panicked + lasts);
	as_buf_puts(text, ".");
}

static void
say_fallback(
    struct as_buf *text, struct as_story *story, const struct as_rule *rule)
{
	as_word_put(text,
	    "fallback = %s: no metric was usable in %d samples "
	    "in a row, so %lld is asked for.",
	    as_say_setting(story, "fallback"),
	    (int)policy_of(story)->fallback_after, (long long)rule->to);
}

/* A metric that is not usable: the others may only ask for more. */
static void
say_unusable(
    struct as_buf *text, struct as_story *story, const struct as_rule *rule)
{
	if (rule->to == AS_UNKNOWN)
		as_buf_puts(text,
		    "Without COUNT there is no count to hold: "
		    "nothing is decided.");
	else if (policy_of(story)->idle > 0 &&
	    rule->to < story->replay.sample.min)
		as_word_put(text,
		    "%s may hide activity: the app rests at "
		    "%lld.",
		    policy_of(story)->metrics[rule->metric].name,
		    (long long)rule->to);
	else if (story->trace.best < 0)
		as_word_put(text,
		    "No metric is usable: the count is held at "
		    "%lld.",
		    (long long)rule->to);
	else
		as_word_put(text,
		    "%s is not usable and might ask for more: "
		    "the count is held at %lld, not %lld.",
		    policy_of(story)->metrics[rule->metric].name,
		    (long long)rule->to, (long long)rule->from);
}

/* 17: the app rests, goes to rest, or wakes up. */
static void
say_idle(
    struct as_buf *text, struct as_story *story, const struct as_rule *rule)
{
	const struct as_more *more = as_replay_history(&story->replay)->more;

	if (story->replay.sample.activity == AS_ACTIVE) {
		as_word_put(text,
		    "There is activity again: the count is at "
		    "least %lld.",
		    (long long)rule->to);
		return;
	}
	as_word_put(text, "idle = %s: there is no activity since ",
	    as_say_setting(story, "idle"));
	put_clock(text, story, more->quiet_since);
	as_word_put(text,
	    rule->to == policy_of(story)->idle_count ?
		", so the count is idle_count = %lld." :
		", so the count stays %lld.",
	    (long long)rule->to);
}

static void (*const sentences[])(
    struct as_buf *, struct as_story *, const struct as_rule *) = {
    [AS_TARGET] = say_idle,
    [AS_STABILIZED] = say_stabilized,
    [AS_RATE] = say_rate,
    [AS_MIN] = as_bound_say,
    [AS_MAX] = as_bound_say,
    [AS_COOLDOWN] = say_cooldown,
    [AS_NO_DATA] = say_unusable,
    [AS_ZERO_READ] = say_unusable,
    [AS_RANGE] = say_unusable,
    [AS_FALLBACK] = say_fallback,
    [AS_DISABLED] = say_disabled,
    [AS_UNNEEDED] = say_idle,
    [AS_PANIC] = say_panic,
    [AS_MULTIPLE] = say_multiple,
};

void
as_hold_say(
    struct as_buf *text, struct as_story *story, const struct as_rule *rule)
{
	sentences[rule->why](text, story, rule);
}
