/* schedule.c - which windows are open, and what holds then */
#include "policy.h"

enum { DAY = 86400, WEEK = 7 };

void
as_schedule_add(struct as_schedule *schedule, const char *text)
{
	if (schedule->n == schedule->room)
		schedule->openings = as_mem_grow(schedule->openings,
		    &schedule->room, sizeof(*schedule->openings));
	as_hours_parse(&schedule->openings[schedule->n++], text);
	schedule->seconds = -1;
}

static bool
opens_on(const struct as_hours *opening, int64_t day)
{
	enum { THURSDAY = 3 }; /* was 1970-01-01 */

	return (opening->last < 0 ||
		   (day >= opening->first && day <= opening->last)) &&
	    (opening->weekdays == 0 ||
		(opening->weekdays >> ((day + WEEK + THURSDAY) % WEEK) & 1) !=
		    0);
}

/* By what the zone's clocks show: an hour that they skip is none, one that they
 * show twice is open twice.  Before 1970-01-01 it is the day before. */
static bool
is_open(const struct as_hours *opening, int64_t seconds)
{
	int64_t local = as_zone_local(opening->zone, seconds) + DAY;
	int64_t day = local / DAY - 1, second = local % DAY;

	if (second >= opening->begin && second < opening->end)
		return opens_on(opening, day);
	return second < opening->end - DAY && opens_on(opening, day - 1);
}

static void
open_openings(struct as_schedule *schedule, int64_t seconds)
{
	for (size_t i = 0; i < schedule->n; i++)
		schedule->openings[i].open = is_open(
		    &schedule->openings[i], seconds);
	schedule->seconds = seconds;
}

/* What stands later counts: it sets the bounds that it names, and takes the
 * other one along where they would cross. */
static void
put_bounds(
    struct as_bounds *bounds, const struct as_hours *opening, int32_t count)
{
	if (opening->min == AS_HOLD && count == AS_UNKNOWN)
		return;
	if (opening->min != AS_UNKNOWN)
		bounds->min = opening->min == AS_HOLD ? count : opening->min;
	if (opening->max != AS_UNKNOWN)
		bounds->max = opening->max == AS_HOLD ? count : opening->max;
	if (bounds->max == AS_UNKNOWN || bounds->min <= bounds->max)
		return;
	if (opening->max == AS_UNKNOWN)
		bounds->max = bounds->min;
	else
		bounds->min = bounds->max;
}

struct as_bounds
as_schedule_at(struct as_schedule *schedule, int64_t time, int32_t count)
{
	struct as_bounds bounds = {AS_UNKNOWN, AS_UNKNOWN};

	if (schedule->seconds != time / 1000)
		open_openings(schedule, time / 1000);
	for (size_t i = 0; i < schedule->n; i++)
		if (schedule->openings[i].open)
			put_bounds(&bounds, &schedule->openings[i], count);
	return bounds;
}
