/* schedule.h - windows of time, and the bounds that hold while they are open */
#ifndef AS_SCHEDULE_H
#define AS_SCHEDULE_H

#include "conf.h"

/* zone.c - what clocks show.  A zone is a file of the C library's; UTC needs
 * none. */
struct as_zone;

struct as_zone *as_zone_find(struct as_text name); /* NULL: there is none */

/* Seconds since 1970, >= 0, as the zone's clocks show them.  Sets TZ. */
int64_t as_zone_local(struct as_zone *zone, int64_t seconds);

/* opening.c - a window, "Mon-Fri 08:00-18:00 Europe/Berlin min=10"; see
 * as-schedule(1) */
enum { AS_HOLD = -2 }; /* a bound: COUNT, whatever it is */

struct as_opening {
	int64_t first, last; /* day it opens on, since 1970; last < 0: any */
	int64_t begin, end;  /* second of that day, or end of the next one */
	struct as_zone *zone;
	unsigned weekdays; /* it opens on, bit 0: Monday; 0: all */
	int32_t min, max;  /* or AS_HOLD, or AS_UNKNOWN */
	bool open;         /* at the schedule's time */
};

/* Returns why text is no window, or NULL. */
const char *as_opening_parse(struct as_opening *opening, const char *text);

/* schedule.c - what holds */
struct as_schedule {
	struct as_opening *openings;
	size_t n, room;
	int64_t seconds; /* its time; -1: none yet */
};

struct as_bounds {
	int32_t min, max; /* or AS_UNKNOWN */
};

/* Adds a window, which was parsed without fault once. */
void as_schedule_add(struct as_schedule *schedule, const char *text);

/* The bounds at a time, ms, for an app of that COUNT; or AS_UNKNOWN. */
struct as_bounds as_schedule_at(
    struct as_schedule *schedule, int64_t time, int32_t count);

#endif
