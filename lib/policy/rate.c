/* rate.c - how far COUNT may move within the periods of the rate policies */
#include "policy.h"

static int32_t
clamp(int64_t n)
{
	if (n < 0)
		return 0;
	return n > AS_COUNT_MAX ? AS_COUNT_MAX : (int32_t)n;
}

/* COUNT a period ago.  All changes since then count, also those made by hand. */
static int64_t
count_ago(
    struct as_queue *changes, uint32_t now, uint32_t period, int32_t count)
{
	const struct as_entry *first = as_queue_first(changes);
	int64_t then = count;

	for (uint32_t i = changes->len; i-- > 0;) {
		if (now - first[i].time >= period)
			break;
		then -= first[i].value;
	}
	return then;
}

/* Returns the highest count that the rate limit allows.  `then` is the COUNT of a
 * period ago.  If it is 0, any percentage of it is 0, so one replica is allowed.  The
 * next multiple of the policy is always allowed, because a smaller limit would hold
 * the count for ever. */
static int32_t
reach_up(
    const struct as_policy *policy, const struct as_rate *rate, int64_t then)
{
	int64_t reach = then + rate->amount;

	if (rate->percent)
		reach = then > 0 ? as_num_ceil((double)then * rate->up) : 1;
	if (policy->multiple > 1 && reach < then + policy->multiple)
		reach = then + policy->multiple;
	return clamp(reach);
}

/* Returns the lowest count that the rate limit allows. */
static int32_t
reach_down(
    const struct as_policy *policy, const struct as_rate *rate, int64_t then)
{
	int64_t reach = then - rate->amount;

	if (rate->percent)
		reach = as_num_floor((double)then * rate->down);
	if (policy->multiple > 1 && reach > then - policy->multiple)
		reach = then - policy->multiple;
	return clamp(reach);
}

/* A percentage above 0 allows one replica at least, because of rounding.  Up to
 * AS_FREE_MAX replicas the slack of rounding is less than 1 % of a replica.  So there
 * the percentage allows all whole replicas of that part of COUNT. */
void
as_rate_free(struct as_direction *direction, int32_t multiple)
{
	bool most = direction->select == AS_SELECT_MAX;
	int32_t free = most ? 0 : AS_COUNT_MAX, percent = most ? 0 : 100;

	if (direction->n_rates == 0)
		free = AS_COUNT_MAX;
	for (size_t i = 0; i < direction->n_rates; i++) {
		const struct as_rate *rate = &direction->rates[i];
		int32_t one = rate->percent && rate->amount > 1 ? 1 :
								  rate->amount;
		int32_t part = rate->percent ? rate->amount : 0;

		if ((one > free) == most)
			free = one;
		if ((part > percent) == most)
			percent = part;
	}
	if (direction->select == AS_SELECT_OFF || multiple > 1)
		free = percent = 0;
	direction->free = free;
	direction->free_percent = percent < 100 ? percent : 100;
}

/* Returns `count` if it is beyond the limit already. */
int32_t
as_rate_limit_up(const struct as_policy *policy, struct as_queue *changes,
    uint32_t now, int32_t count)
{
	const struct as_direction *up = &policy->up;
	int32_t limit = up->select == AS_SELECT_MIN ? AS_COUNT_MAX : 0;

	if (up->select == AS_SELECT_OFF)
		return count;
	if (up->n_rates == 0)
		return AS_COUNT_MAX;
	for (size_t i = 0; i < up->n_rates; i++) {
		const struct as_rate *rate = &up->rates[i];
		int32_t reach = reach_up(
		    policy, rate, count_ago(changes, now, rate->period, count));

		if ((reach > limit) == (up->select == AS_SELECT_MAX))
			limit = reach;
	}
	return limit > count ? limit : count;
}

/* "max" selects the limit of the greatest change, which is the lowest count. */
int32_t
as_rate_limit_down(const struct as_policy *policy, struct as_queue *changes,
    uint32_t now, int32_t count)
{
	const struct as_direction *down = &policy->down;
	int32_t limit = down->select == AS_SELECT_MIN ? 0 : AS_COUNT_MAX;

	if (down->select == AS_SELECT_OFF)
		return count;
	if (down->n_rates == 0)
		return 0;
	for (size_t i = 0; i < down->n_rates; i++) {
		const struct as_rate *rate = &down->rates[i];
		int32_t reach = reach_down(
		    policy, rate, count_ago(changes, now, rate->period, count));

		if ((reach < limit) == (down->select == AS_SELECT_MAX))
			limit = reach;
	}
	return limit < count ? limit : count;
}
