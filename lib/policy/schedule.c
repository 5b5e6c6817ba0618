/* schedule.c - which windows of time are open, and the bounds that they set */
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
is_weekday(unsigned weekdays, int64_t day)
{
	enum { THURSDAY = 3 }; /* the weekday of 1970-01-01; Monday is 0 */

	return (weekdays >> ((day + WEEK + THURSDAY) % WEEK) & 1) != 0;
}

/* Returns the day of the month, 1 to 31.  `day` is in days since 1970-01-01. */
static unsigned
month_day(int64_t day)
{
	/* The calendar repeats after these, and as_time_print needs a day from 1970
	 * on. */
	enum { DAYS_OF_400_YEARS = 146097 };
	char stamp[AS_STAMP_MAX];

	if (day < 0)
		day += DAYS_OF_400_YEARS;
	as_time_print(stamp, day * DAY * 1000, false);
	return as_digit(stamp[8]) * 10 + as_digit(stamp[9]);
}

/* Returns whether the day is one of these days of the month.  Bit 0 means the last
 * day of a month: the next day is the 1st. */
static bool
is_month_day(unsigned days, int64_t day)
{
	return (days >> month_day(day) & 1) != 0 ||
	    ((days & 1) != 0 && month_day(day + 1) == 1);
}

/* Returns whether the window opens on this day: its dates, its weekdays and its
 * days of the month must all fit. */
static bool
opens_on(const struct as_hours *hours, int64_t day)
{
	return (hours->last < 0 ||
		   (day >= hours->first && day <= hours->last)) &&
	    (hours->weekdays == 0 || is_weekday(hours->weekdays, day)) &&
	    (hours->month_days == 0 || is_month_day(hours->month_days, day));
}

/* A window is open while the clocks of its zone show a time in it.  So an hour that
 * the clocks skip never opens it, and an hour that they repeat opens it twice.
 * Local time may be before 1970: so a day is added, because a division of a
 * negative number would round the wrong way. */
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
open_windows(struct as_schedule *schedule, int64_t seconds)
{
	for (size_t i = 0; i < schedule->n; i++)
		schedule->hours[i].open = is_open(&schedule->hours[i], seconds);
	schedule->seconds = seconds;
}

/* Applies an open window.  It overrides earlier windows in the bounds that it sets.
 * If min is above max then, the bound that it does not set moves to the one that it
 * sets. */
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
		open_windows(schedule, time / 1000);
	for (size_t i = 0; i < schedule->n; i++)
		if (schedule->hours[i].open)
			put_bounds(&bounds, &schedule->hours[i], count);
	return bounds;
}
