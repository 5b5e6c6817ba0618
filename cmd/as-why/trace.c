/* trace.c - finds which rules had a say in a decision
 *
 * The engine tells only which rule had the last word.  This goes through the same
 * steps with what the engine has found at each: the numbers are those of ALGORITHM
 * in as-decide(1). */
#include "rules.h"
#include "why.h"

static void
add(struct as_trace *trace, enum as_why why, int metric, int64_t to)
{
	if (trace->n < AS_RULES)
		trace->rules[trace->n++] = (struct as_rule){
		    why, metric, trace->count, to};
	trace->count = to;
}

/* 15 */
static void
round_up(struct as_trace *trace, const struct as_policy *policy)
{
	int64_t rounded = as_policy_multiple(
	    (int32_t)trace->count, policy->multiple);

	if (rounded != trace->count)
		add(trace, AS_MULTIPLE, -1, rounded);
}

/* 16 */
static void
bound(struct as_trace *trace, int32_t min, int32_t max)
{
	if (trace->count > max)
		add(trace, AS_MAX, -1, max);
	if (trace->count < min)
		add(trace, AS_MIN, -1, min);
}

/* 1 and 11, if COUNT is unknown */
static void
trace_blind(struct as_trace *trace, const struct as_replay *replay)
{
	const struct as_sample *sample = &replay->sample;

	if (!replay->decision.fell_back) {
		add(trace, AS_NO_DATA, -1, AS_UNKNOWN);
		return;
	}
	add(trace, AS_FALLBACK, -1, replay->decision.want);
	round_up(trace, replay->fold.policy);
	bound(trace, sample->min, sample->max);
}

/* 9 */
static void
choose(struct as_trace *trace, const struct as_replay *replay)
{
	const struct as_recommendation *raw = replay->decision.raw;

	for (int i = 0; i < (int)replay->fold.policy->n_metrics; i++) {
		if (raw[i].usable != AS_USABLE)
			trace->unusable = trace->unusable < 0 ? i :
								trace->unusable;
		else if (trace->best < 0 ||
		    as_rule_wins(raw[i].count, raw[trace->best].count))
			trace->best = i;
	}
}

/* 10 and 11.  Returns false if the count is held. */
static bool
trace_want(struct as_trace *trace, const struct as_replay *replay)
{
	const struct as_decision *decision = &replay->decision;
	int64_t now = replay->sample.count;
	bool less;

	if (trace->best < 0 && decision->fell_back) {
		add(trace, AS_FALLBACK, -1, decision->want);
		return true;
	}
	if (trace->best >= 0)
		trace->count = decision->raw[trace->best].count;
	less = trace->count < now;
	if (trace->best < 0 || (trace->unusable >= 0 && less)) {
		add(trace, as_metric_why(decision->raw[trace->unusable].usable),
		    trace->unusable, now);
		return false;
	}
	if (decision->panicking && less)
		add(trace, AS_PANIC, -1, now);
	return true;
}

/* 14 to 16.  A rate limit that is equal to the bound gives the word of the bound. */
static void
trace_limits(struct as_trace *trace, const struct as_replay *replay, bool up)
{
	const struct as_sample *sample = &replay->sample;
	int32_t limit = replay->decision.limit;
	int32_t min = sample->min < sample->count ? sample->min :
						    (int32_t)sample->count;
	bool limited = up ? trace->count > limit : trace->count < limit;

	if (limited)
		add(trace, AS_RATE, -1, limit);
	if (trace->count != sample->count)
		round_up(trace, replay->fold.policy);
	if (limited && up && trace->count == sample->max)
		add(trace, AS_MAX, -1, sample->max);
	if (limited && !up && trace->count == min)
		add(trace, AS_MIN, -1, min);
	bound(trace, up ? 0 : min, sample->max);
}

/* 12 to 16 */
static void
trace_bounds(struct as_trace *trace, struct as_replay *replay)
{
	const struct as_decision *decision = &replay->decision;
	const struct as_policy *policy = replay->fold.policy;
	int64_t now = replay->sample.count;
	int64_t stable = now;
	bool up;

	stable = stable > decision->low ? stable : decision->low;
	stable = stable < decision->high ? stable : decision->high;
	up = stable > now;
	if (stable != trace->count)
		add(trace, AS_STABILIZED, -1, stable);
	if (stable == now)
		return;
	if (as_rule_is_cooling(as_replay_history(replay),
		(uint32_t)replay->sample.time,
		up ? policy->up.cooldown : policy->down.cooldown))
		add(trace, AS_COOLDOWN, -1, now);
	else
		trace_limits(trace, replay, up);
}

/* 17: what the idle rule made of the count of the steps before */
static void
trace_idle(struct as_trace *trace, const struct as_replay *replay)
{
	const struct as_decision *decision = &replay->decision;

	if (!as_idle_may_rest(replay->fold.policy, &replay->sample))
		return;
	if (decision->why == AS_UNNEEDED || decision->count != trace->count)
		add(trace, decision->why, decision->by, decision->count);
}

void
as_trace_make(struct as_trace *trace, struct as_replay *replay)
{
	const struct as_decision *decision = &replay->decision;

	*trace = (struct as_trace){
	    .count = replay->sample.count, .best = -1, .unusable = -1};
	if (replay->sample.count == AS_UNKNOWN) {
		trace_blind(trace, replay);
		return;
	}
	choose(trace, replay);
	if (!decision->asked) {
		add(trace, decision->why, -1, decision->count);
		return;
	}
	if (trace_want(trace, replay))
		trace_bounds(trace, replay);
	if (replay->fold.policy->idle > 0)
		trace_idle(trace, replay);
}
