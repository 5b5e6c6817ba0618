/* hours.c - "Mon-Fri 08:00-18:00 Europe/Berlin min=10" */
#include <stdio.h>

#include "policy.h"

enum { MINUTE = 60, DAY = 86400, WEEK = 7 };

#define TWICE "stands twice"

static bool
begins(struct as_text word, const char *prefix)
{
	size_t len = strlen(prefix);

	return word.len >= len && memcmp(word.at, prefix, len) == 0;
}

static struct as_text
behind(struct as_text text, size_t n)
{
	return (struct as_text){text.at + n, text.len - n};
}

/* 0 to 6, or -1 */
static int
weekday_of(struct as_text word)
{
	static const char *const names[WEEK] = {
	    "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

	for (int i = 0; i < WEEK; i++)
		if (begins(word, names[i]))
			return i;
	return -1;
}

/* Mon Mon-Fri Fri-Mon Sat,Sun Mon-Wed,Fri */
static const char *
take_weekdays(struct as_hours *hours, struct as_text word)
{
	static const char why[] = "is not weekdays like Mon-Fri or Sat,Sun";
	int from, to;

	if (hours->weekdays != 0)
		return TWICE;
	for (;;) {
		if ((from = to = weekday_of(word)) < 0)
			return why;
		word = behind(word, 3);
		if (begins(word, "-")) {
			if ((to = weekday_of(behind(word, 1))) < 0)
				return why;
			word = behind(word, 4);
		}
		for (; from != to; from = (from + 1) % WEEK)
			hours->weekdays |= 1U << from;
		hours->weekdays |= 1U << to;
		if (word.len == 0)
			return NULL;
		if (!begins(word, ","))
			return why;
		word = behind(word, 1);
	}
}

static bool
read_date(struct as_text word, int64_t *day)
{
	char text[32];
	int64_t ms;
	bool fraction;

	if (word.len != 10)
		return false;
	snprintf(text, sizeof(text), "%.10sT00:00:00Z", word.at);
	if (as_time_parse(as_text(text), &ms, &fraction) != NULL)
		return false;
	*day = ms / 1000 / DAY;
	return true;
}

/* 2026-12-24 2026-12-24..2026-12-26 */
static const char *
take_dates(struct as_hours *hours, struct as_text word)
{
	struct as_text first = {word.at, 10}, last;

	if (hours->last >= 0)
		return TWICE;
	if (word.len > 12 && begins(behind(word, 10), ".."))
		last = behind(word, 12);
	else
		first = last = word;
	if (!read_date(first, &hours->first) || !read_date(last, &hours->last))
		return "is not dates like 2026-12-24 or 2026-12-24..2026-12-26";
	return hours->last < hours->first ? "ends before it begins" : NULL;
}

/* Two digits, or over 99 */
static unsigned
read_two(const char *at)
{
	return as_digit(at[0]) > 9 || as_digit(at[1]) > 9 ?
	    100 :
	    as_digit(at[0]) * 10 + as_digit(at[1]);
}

/* HH:MM in seconds; 24:00 is the greatest */
static bool
read_time(const char *at, int64_t *second)
{
	unsigned hour = read_two(at), minute = read_two(at + 3);

	*second = (int64_t)(hour * 60 + minute) * MINUTE;
	return at[2] == ':' && minute < 60 && *second <= DAY;
}

/* 08:00-18:00 22:00-06:00 00:00-24:00 */
static const char *
take_times(struct as_hours *hours, struct as_text word)
{
	if (hours->end > 0)
		return TWICE;
	if (word.len != 11 || word.at[5] != '-' ||
	    !read_time(word.at, &hours->begin) ||
	    !read_time(word.at + 6, &hours->end) || hours->begin == DAY)
		return "is not times of day like 08:00-18:00";
	if (hours->end == hours->begin)
		return "is never open, a whole day is 00:00-24:00";
	if (hours->end < hours->begin)
		hours->end += DAY;
	return NULL;
}

static const char *
take_zone(struct as_hours *hours, struct as_text word)
{
	if (hours->zone != NULL)
		return "is a second zone";
	hours->zone = as_zone_find(word);
	return hours->zone != NULL ?
	    NULL :
	    "is no zone, nor weekdays, dates, times, min=N, max=N, pin=N or "
	    "pause";
}

static const char *
set_bound(int32_t *bound, int32_t to)
{
	if (*bound != AS_UNKNOWN)
		return "sets a bound that is set already";
	*bound = to;
	return NULL;
}

/* min=N max=N pin=N pause */
static const char *
take_bound(struct as_hours *hours, struct as_text word)
{
	const char *why = NULL;
	int32_t n = AS_HOLD;

	if (!as_text_is(word, as_text("pause")) &&
	    !as_num_count(behind(word, 4), &n))
		return "has no number in 0..2147483647";
	if (!begins(word, "max="))
		why = set_bound(&hours->min, n);
	if (!begins(word, "min=") && why == NULL)
		why = set_bound(&hours->max, n);
	return why;
}

static const char *
take_word(struct as_hours *hours, struct as_text word)
{
	if (as_text_is(word, as_text("pause")) || begins(word, "min=") ||
	    begins(word, "max=") || begins(word, "pin="))
		return take_bound(hours, word);
	if (as_digit(*word.at) <= 9)
		return word.len < 8 || memchr(word.at, ':', word.len) != NULL ?
		    take_times(hours, word) :
		    take_dates(hours, word);
	if (weekday_of(word) >= 0)
		return take_weekdays(hours, word);
	return take_zone(hours, word);
}

const char *
as_hours_parse(struct as_hours *hours, const char *text)
{
	static char buf[AS_WHY_MAX];
	const char *why;

	*hours = (struct as_hours){
	    .last = -1, .min = AS_UNKNOWN, .max = AS_UNKNOWN};
	for (text += strspn(text, " \t"); *text != '\0';
	     text += strspn(text, " \t")) {
		struct as_text word = {text, strcspn(text, " \t")};

		if ((why = take_word(hours, word)) != NULL) {
			snprintf(buf, sizeof(buf), "\"%.*s\" %s",
			    word.len < 99 ? (int)word.len : 99, word.at, why);
			return buf;
		}
		text += word.len;
	}
	if (hours->min == AS_UNKNOWN && hours->max == AS_UNKNOWN)
		return "has none of min=N, max=N, pin=N and pause";
	if (hours->max != AS_UNKNOWN && hours->min > hours->max)
		return "min is greater than max";
	if (hours->zone == NULL)
		hours->zone = as_zone_find(as_text("UTC"));
	if (hours->end == 0)
		hours->end = DAY;
	return NULL;
}
