/* score.c - computes how well the replicas of one run followed the load.  Thetas,
 * taus and upsilon are defined by the SPEC Research Group, accuracies and jitter by
 * the benchmark BUNGEE. */
#include <math.h>

#include "score.h"

enum { MEMORY = 20 * 60 * 1000, SECOND = 1000 };

/* clang-format off */
const char *const as_score_names[AS_MEASURES] = {
	[AS_J] = "j",
	[AS_SHARE] = "share",
	[AS_HOURS] = "hours",
	[AS_LOST] = "lost",
	[AS_SATURATED] = "saturated",
	[AS_THETA_U] = "theta_u",
	[AS_THETA_O] = "theta_o",
	[AS_TAU_U] = "tau_u",
	[AS_TAU_O] = "tau_o",
	[AS_UPSILON] = "upsilon",
	[AS_ACCURACY_U] = "accuracy_u",
	[AS_ACCURACY_O] = "accuracy_o",
	[AS_JITTER] = "jitter",
	[AS_MOVES] = "moves",
	[AS_NEED_MOVES] = "need_moves",
	[AS_CHANGES] = "changes",
	[AS_ORDER] = "order",
	[AS_PEAK] = "peak",
};
/* clang-format on */

static inline int
sign(int32_t x)
{
	return (x > 0) - (x < 0);
}

/* Adds the state of the last line to the sums; the line held for so many ms. */
static void
hold(struct as_score *score, int64_t ms)
{
	const struct as_mark *last = &score->last;
	double dt = (double)ms / SECOND;
	double need = last->need > 0 ? last->need : 1;
	double gap = last->need - last->ready;

	score->seconds += dt;
	if (score->n == 1)
		score->first = dt;
	if (gap > 0) {
		score->under += gap * dt;
		score->under_share += gap / need * dt;
		score->under_time += dt;
	} else if (gap < 0) {
		score->over -= gap * dt;
		score->over_share -= gap / need * dt;
		score->over_time += dt;
	}
	score->demand += last->demand * dt;
	if (last->demand > last->ready) {
		score->lost += (last->demand - last->ready) * dt;
		score->saturated_time += dt;
	}
	score->paid += last->count * dt;
}

/* Adds the changes of supply and need from the last line to this one.  Returns
 * whether they moved in different directions (up, down or not at all). */
static bool
move(struct as_score *score, const struct as_mark *mark)
{
	int32_t supply = mark->ready - score->last.ready;
	int32_t need = mark->need - score->last.need;

	score->supply_moves += supply < 0 ? -(double)supply : supply;
	score->need_moves += need < 0 ? -(double)need : need;
	return sign(supply) != sign(need);
}

static void
count_order(struct as_score *score, const struct as_mark *mark, int32_t most)
{
	int32_t order = mark->want - mark->count;

	score->changes += order != 0;
	if (order > score->order)
		score->order = order;
	if (order > 0 && most > 0 && (double)mark->want / most > score->peak)
		score->peak = (double)mark->want / most;
}

static void
close_last(struct as_score *score, int64_t ms)
{
	if (!score->begun || score->n == 0)
		return;
	hold(score, ms);
	if (score->unsteady)
		score->unstable_time += (double)ms / SECOND;
}

void
as_score_add(struct as_score *score, const struct as_mark *mark, bool counted)
{
	uint32_t now = (uint32_t)mark->time;
	int32_t most;

	if (score->begun) {
		score->step = mark->time - score->last.time;
		close_last(score, score->step);
		as_queue_pause(&score->needs, (uint32_t)score->last.time,
		    score->step, MEMORY);
	}
	most = as_queue_max(&score->needs, now, MEMORY, mark->need);
	if (counted) {
		if (score->n++ > 0)
			score->unsteady = move(score, mark);
		count_order(score, mark, most);
	}
	score->last = *mark;
	score->begun = true;
}

/* No line follows the last one and shows how long it held.  So it counts as long as
 * the line before it, or for one second if it is the only one. */
void
as_score_end(struct as_score *score)
{
	close_last(score, score->step > 0 ? score->step : SECOND);
	as_queue_clear(&score->needs);
}

void
as_score_measure(const struct as_score *score, const struct as_score *base,
    double measures[AS_MEASURES])
{
	double seconds = score->seconds, percent = 100 / seconds;

	measures[AS_HOURS] = score->paid / 3600;
	measures[AS_SHARE] = base != NULL ? score->paid / base->paid : NAN;
	measures[AS_LOST] = score->lost > 0 ?
	    100 * score->lost / score->demand :
	    0;
	if (isnan(score->demand))
		measures[AS_LOST] = NAN;
	measures[AS_J] = measures[AS_SHARE] + measures[AS_LOST];
	measures[AS_SATURATED] = isnan(score->demand) ?
	    NAN :
	    score->saturated_time * percent;
	measures[AS_THETA_U] = score->under_share * percent;
	measures[AS_THETA_O] = score->over_share * percent;
	measures[AS_TAU_U] = score->under_time * percent;
	measures[AS_TAU_O] = score->over_time * percent;
	measures[AS_UPSILON] = 100 * score->unstable_time /
	    (seconds - score->first);
	measures[AS_ACCURACY_U] = score->under / seconds;
	measures[AS_ACCURACY_O] = score->over / seconds;
	measures[AS_JITTER] = (score->supply_moves - score->need_moves) /
	    seconds * 60;
	measures[AS_MOVES] = score->supply_moves;
	measures[AS_NEED_MOVES] = score->need_moves;
	measures[AS_CHANGES] = (double)score->changes / seconds * 3600;
	measures[AS_ORDER] = score->order;
	measures[AS_PEAK] = score->peak;
}
