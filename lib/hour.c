/* hour.c - reads a TIME fast if the TIME before it was in the same hour */
#include "as.h"

/* HOUR_LEN is the length of "2026-11-23T17:", and STAMP_LEN that of
 * "2026-11-23T17:41:00Z". */
enum { HOUR_LEN = 14, STAMP_LEN = 20 };

/* Returns the difference of two numbers, each of two digits. */
static inline int
apart(const char *now, const char *then)
{
	return 10 * (now[0] - then[0]) + (now[1] - then[1]);
}

/* Returns whether two digits are at p, from 00 to 59. */
static inline bool
is_sixtieth(const char *p)
{
	return as_digit(p[0]) <= 5 && as_digit(p[1]) <= 9;
}

/* line->stamp is the last TIME as it is printed, always in UTC.  A TIME that
 * begins with the same hour, and goes on with 00:00Z to 59:59Z, is printed as it
 * was read, so it becomes the stamp without a change. */
bool
as_hour_parse(struct as_line *line, const char *text)
{
	char *stamp = line->stamp;

	if (line->raw_len == 0 || line->stamp_len != STAMP_LEN ||
	    memcmp(text, stamp, HOUR_LEN) != 0 || !is_sixtieth(text + 14) ||
	    text[16] != ':' || !is_sixtieth(text + 17) || text[19] != 'Z' ||
	    !as_byte_is(text[20], AS_BLANK))
		return false;
	line->time += INT64_C(1000) *
	    (60 * apart(text + 14, stamp + 14) + apart(text + 17, stamp + 17));
	line->raw_len = STAMP_LEN + 1;
	memcpy(line->raw, text, STAMP_LEN + 1);
	memcpy(stamp, text, STAMP_LEN);
	return true;
}
