/* time.c - reads and prints times and durations, and reads the clocks */
#include <time.h>

#include "as.h"

#define LAST INT64_C(253402300799999) /* 9999-12-31T23:59:59.999Z */

static const char digits2[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536"
    "37383940414243444546474849505152535455565758596061626364656667686970717273"
    "7475767778798081828384858687888990919293949596979899";

/* Returns the number that the n digits at p stand for, or -1 if they are not
 * digits. */
static int
number(const char *p, int n)
{
	int value = 0;

	for (; n > 0; n--, p++) {
		if (*p < '0' || *p > '9')
			return -1;
		value = value * 10 + (*p - '0');
	}
	return value;
}

/* Returns the days from 1970-01-01 to a later date of the Gregorian calendar.
 * Years are counted from March, so that the leap day is the last day of a year. */
static int64_t
days_from_date(int year, int month, int day)
{
	int y = month > 2 ? year : year - 1;
	int m = month > 2 ? month - 3 : month + 9;

	return 365 * (int64_t)y + y / 4 - y / 100 + y / 400 +
	    (153 * m + 2) / 5 + day - 719469;
}

static void
date_from_days(int64_t days, int *year, int *month, int *day)
{
	int y = (int)(1970 + days / 366), m = 12;

	while (days_from_date(y + 1, 1, 1) <= days)
		y++;
	while (days_from_date(y, m, 1) > days)
		m--;
	*year = y;
	*month = m;
	*day = (int)(days - days_from_date(y, m, 1)) + 1;
}

static bool
is_date(int year, int month, int day)
{
	static const int length[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return year >= 1970 && month >= 1 && month <= 12 && day >= 1 &&
	    day <= length[month - 1] + (leap && month == 2 ? 1 : 0);
}

/* Reads an offset, "Z" or one like "+05:45", as minutes.  Returns false if it is
 * neither. */
static bool
parse_offset(const char *p, size_t len, int *minutes)
{
	int hour, minute;

	*minutes = 0;
	if (len == 1 && (*p == 'Z' || *p == 'z'))
		return true;
	if (len != 6 || (*p != '+' && *p != '-') || p[3] != ':')
		return false;
	hour = number(p + 1, 2);
	minute = number(p + 4, 2);
	*minutes = (*p == '-' ? -1 : 1) * (hour * 60 + minute);
	return hour >= 0 && hour < 24 && minute >= 0 && minute < 60;
}

/* Reads the digits after the point as milliseconds, and drops those after the third
 * digit.  Returns the place after the digits. */
static const char *
parse_fraction(const char *p, const char *end, int *ms)
{
	int scale = 100;

	for (*ms = 0; p < end && *p >= '0' && *p <= '9'; p++, scale /= 10)
		*ms += (*p - '0') * scale;
	return p;
}

const char *
as_time_parse(struct as_text text, int64_t *ms, bool *fraction)
{
	const char *p = text.at, *end = p + text.len;
	int year, month, day, hour, minute, second, offset, thousandths = 0;

	if (text.len < 20 || text.len > 35 || p[4] != '-' || p[7] != '-' ||
	    (p[10] != 'T' && p[10] != 't') || p[13] != ':' || p[16] != ':')
		return "TIME is not like 2026-11-23T17:41:00Z";
	year = number(p, 4);
	month = number(p + 5, 2);
	day = number(p + 8, 2);
	hour = number(p + 11, 2);
	minute = number(p + 14, 2);
	second = number(p + 17, 2);
	if (!is_date(year, month, day))
		return "TIME has no such date";
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
	    second > 60)
		return "TIME has no such time of day";
	p += 19;
	*fraction = *p == '.';
	if (*fraction &&
	    (p = parse_fraction(p + 1, end, &thousandths)) == text.at + 20)
		return "TIME has no digit behind its point";
	if (p == end || !parse_offset(p, (size_t)(end - p), &offset))
		return "TIME has no zone (Z or +hh:mm)";
	*ms = (days_from_date(year, month, day) * 86400 + hour * 3600 +
		  minute * 60 + second - offset * 60) *
		1000 +
	    thousandths;
	return *ms < 0 || *ms > LAST ? "TIME is outside 1970..9999" : NULL;
}

static char *
put2(char *p, int n)
{
	return as_put(p, digits2 + 2 * (n % 100), 2);
}

size_t
as_time_print(char *buf, int64_t ms, bool fraction)
{
	int64_t seconds = ms / 1000;
	int year, month, day, rest = (int)(seconds % 86400);
	char *p = buf;

	date_from_days(seconds / 86400, &year, &month, &day);
	p = put2(p, year / 100);
	p = put2(p, year);
	*p++ = '-';
	p = put2(p, month);
	*p++ = '-';
	p = put2(p, day);
	*p++ = 'T';
	p = put2(p, rest / 3600);
	*p++ = ':';
	p = put2(p, rest / 60 % 60);
	*p++ = ':';
	p = put2(p, rest % 60);
	if (fraction) {
		*p++ = '.';
		*p++ = (char)('0' + ms / 100 % 10);
		p = put2(p, (int)(ms % 100));
	}
	*p++ = 'Z';
	return (size_t)(p - buf);
}

const char *
as_time_duration(struct as_text text, int64_t *ms)
{
	static const struct {
		const char *suffix;
		int64_t ms;
	} units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000},
	    {"d", 86400000}, {"", 1000}};
	struct as_text digits = {text.at, 0}, suffix;
	int32_t n;

	while (digits.len < text.len && text.at[digits.len] >= '0' &&
	    text.at[digits.len] <= '9')
		digits.len++;
	suffix = (struct as_text){text.at + digits.len, text.len - digits.len};
	if (!as_num_count(digits, &n))
		return "is not a duration like 250ms, 15s, 5m, 1h or 7d";
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!as_text_is(suffix, as_text(units[i].suffix)))
			continue;
		*ms = n * units[i].ms;
		return *ms > 30 * INT64_C(86400000) ? "is longer than 30 days" :
						      NULL;
	}
	return "is not a duration like 250ms, 15s, 5m, 1h or 7d";
}

static int64_t
read_clock(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
as_time_now(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t
as_time_steady(void)
{
	return read_clock(CLOCK_MONOTONIC);
}
