/* schedule.c - which windows are open, and what holds then */
#include "policy.h"

enum { DAY = 86400, WEEK = 7 };

void
as_schedule_add(struct as_schedule *schedule, const char *text)
{
	if (schedule->n == schedule->room)
		schedule->hours = as_mem_grow(
		    schedule->hours, &schedule->room, sizeof(*schedule->hours));
	as_hours_parse(&schedule->hours[schedule->n++], text);
	schedule->seconds = -1;
}

void
as_schedule_free(struct as_schedule *schedule)
{
	if (schedule != NULL)
		free(schedule->hours);
	free(schedule);
}

static bool
opens_on(const struct as_hours *hours, int64_t day)
{
	enum { THURSDAY = 3 }; /* was 1970-01-01 */

	return (hours->last < 0 ||
		   (day >= hours->first && day <= hours->last)) &&
	    (hours->weekdays == 0 ||
		(hours->weekdays >> ((day + WEEK + THURSDAY) % WEEK) & 1) != 0);
}

/* By what the zone's clocks show: an hour that they skip is none, one that they
 * show twice is open twice.  Before 1970-01-01 it is the day before. */
static bool
is_open(const struct as_hours *hours, int64_t seconds)
{
	int64_t local = as_zone_local(hours->zone, seconds) + DAY;
	int64_t day = local / DAY - 1, second = local % DAY;

	if (second >= hours->begin && second < hours->end)
		return opens_on(hours, day);
	return second < hours->end - DAY && opens_on(hours, day - 1);
}

static void
open_hours(struct as_schedule *schedule, int64_t seconds)
{
	for (size_t i = 0; i < schedule->n; i++)
		schedule->hours[i].open = is_open(&schedule->hours[i], seconds);
	schedule->seconds = seconds;
}

/* What stands later counts: it sets the bounds that it names, and takes the
 * other one along where they would cross. */
static void
put_bounds(
    struct as_bounds *bounds, const struct as_hours *hours, int32_t count)
{
	if (hours->min == AS_HOLD && count == AS_UNKNOWN)
		return;
	bounds->paused = hours->min == AS_HOLD;
	if (hours->min != AS_UNKNOWN)
		bounds->min = hours->min == AS_HOLD ? count : hours->min;
	if (hours->max != AS_UNKNOWN)
		bounds->max = hours->max == AS_HOLD ? count : hours->max;
	if (bounds->max == AS_UNKNOWN || bounds->min <= bounds->max)
		return;
	if (hours->max == AS_UNKNOWN)
		bounds->max = bounds->min;
	else
		bounds->min = bounds->max;
}

struct as_bounds
as_schedule_at(struct as_schedule *schedule, int64_t time, int32_t count)
{
	struct as_bounds bounds = {AS_UNKNOWN, AS_UNKNOWN, false};

	if (schedule->seconds != time / 1000)
		open_hours(schedule, time / 1000);
	for (size_t i = 0; i < schedule->n; i++)
		if (schedule->hours[i].open)
			put_bounds(&bounds, &schedule->hours[i], count);
	return bounds;
}
