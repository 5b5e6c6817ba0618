/* when.c - reads a TIME as people type it */
#include "why.h"

enum { DAY = 86400000 };

/* Reads HH:MM or HH:MM:SS as a time of 1970-01-01. */
static bool
read_clock(struct as_text text, int64_t *time)
{
	char stamp[] = "1970-01-01T00:00:00Z";
	bool fraction;

	if (text.len != 5 && text.len != 8)
		return false;
	memcpy(stamp + 11, text.at, text.len);
	return as_time_parse(as_text(stamp), time, &fraction) == NULL;
}

bool
as_when_parse(struct as_text text, int64_t last, int64_t *time, bool *relative)
{
	bool fraction;
	int64_t ms;

	*relative = false;
	if (as_time_parse(text, time, &fraction) == NULL)
		return true;
	*relative = true;
	if (text.len > 1 && text.at[0] == '-' &&
	    as_time_duration(
		(struct as_text){text.at + 1, text.len - 1}, &ms) == NULL) {
		*time = last - ms;
		return true;
	}
	if (!read_clock(text, &ms))
		return false;
	*time = last - last % DAY + ms;
	if (*time > last)
		*time -= DAY;
	return true;
}
