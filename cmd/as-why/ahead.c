/* ahead.c - decides on from the moment, as if its sample came again and again */
#include <math.h>

#include "why.h"

enum { HOUR = 3600000, STANDARD_TICK = 15000 }; /* ms */

/* The line is the last one of the replay.  COUNT follows the decisions: each order is
 * carried out before the next sample. */
void
as_ahead_run(struct as_ahead *ahead, const struct as_policy *policy,
    const struct as_buf *lines)
{
	int level = as_msg_level(AS_ERROR);
	struct as_replay replay;
	struct as_line *line = &replay.line;
	int64_t end;

	as_replay_run(&replay, policy, lines);
	*ahead = (struct as_ahead){
	    .tick = replay.tick > 0 ? replay.tick : STANDARD_TICK};
	end = line->time + HOUR;
	while (line->time + ahead->tick <= end) {
		int64_t count = replay.decision.count;

		line->time += ahead->tick;
		if (count != AS_UNKNOWN)
			line->count = count;
		if (as_fold_line(&replay.fold, line, &replay.decision) != NULL)
			break;
		if (replay.decision.count == count)
			continue;
		ahead->last = (struct as_change){
		    line->time, replay.decision.count};
		if (ahead->n < AS_CHANGES)
			ahead->changes[ahead->n] = ahead->last;
		ahead->n++;
	}
	as_replay_free(&replay);
	as_msg_level(level);
}

static void
put_condition(struct as_buf *text, const struct as_story *story)
{
	static const char *const states[] = {"ready", "unready", "missing"};
	const struct as_replay *replay = &story->replay;
	const char *before = "if ";

	for (size_t i = 0; i < replay->fold.policy->n_metrics; i++) {
		if (isnan(replay->sample.values[i]))
			continue;
		as_word_put(text, "%s%s stays at ", before,
		    replay->fold.policy->metrics[i].name);
		as_word_number(text, replay->sample.values[i]);
		before = ", ";
	}
	if (before[0] == 'i')
		as_buf_puts(text, "if the samples stay like this");
	for (size_t i = 0; i < 3; i++) {
		const struct as_pair *pair = as_line_get(
		    &replay->line, states[i]);

		if (pair != NULL)
			as_word_put(text, ", %s at %.*s", states[i],
			    (int)pair->value.len, pair->value.at);
	}
}

static void
put_change(struct as_buf *text, const struct as_change *change, int64_t now)
{
	if (change->count == AS_UNKNOWN)
		as_buf_puts(text, "no count");
	else
		as_word_put(text, "%lld", (long long)change->count);
	as_buf_puts(text, " at ");
	as_word_clock(text, change->time, now);
}

void
as_ahead_say(struct as_buf *text, const struct as_story *story,
    const struct as_ahead *ahead)
{
	int64_t now = story->replay.sample.time;
	size_t listed = ahead->n < AS_CHANGES ? ahead->n : AS_CHANGES;

	put_condition(text, story);
	as_buf_puts(text, ": ");
	for (size_t i = 0; i < listed; i++) {
		as_buf_puts(text, i > 0 ? ", " : "");
		put_change(text, &ahead->changes[i], now);
	}
	if (ahead->n > listed) {
		as_buf_puts(text, " and so on, ");
		put_change(text, &ahead->last, now);
	}
	if (ahead->n > 0)
		return;
	if (story->replay.decision.count == AS_UNKNOWN)
		as_buf_puts(text, "there is no count for an hour");
	else
		as_word_put(text, "it stays %lld for an hour",
		    (long long)story->replay.decision.count);
}
