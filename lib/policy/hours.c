/* hours.c - parses a window of time, "Mon-Fri 08:00-18:00 Europe/Berlin min=10" */
#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "policy.h"

/* MINUTE and DAY are in seconds, WEEK is in days, and LAST is the last day of a
 * month. */
enum { MINUTE = 60, DAY = 86400, WEEK = 7, LAST = 32 };

#define TWICE "stands twice"
#define NOT_WEEKDAYS "is not weekdays like Mon-Fri or Sat,Sun"
#define NOT_DAYS "is not days of the month like 1-7, 15 or last"

static bool
begins(struct as_text word, const char *prefix)
{
	size_t len = strlen(prefix);

	return word.len >= len && memcmp(word.at, prefix, len) == 0;
}

static struct as_text
after(struct as_text text, size_t n)
{
	return (struct as_text){text.at + n, text.len - n};
}

/* Splits "from-to".  Without a "-" both are set to the whole text. */
static void
split_range(struct as_text text, struct as_text *from, struct as_text *to)
{
	*to = text;
	if (!as_text_cut(to, '-', from))
		*to = *from;
}

/* Does the same as split_range(), but also splits "from..to", because dates are
 * written so. */
static void
split_dots(struct as_text text, struct as_text *from, struct as_text *to)
{
	split_range(text, from, to);
	for (size_t i = 0; i + 1 < text.len; i++)
		if (text.at[i] == '.' && text.at[i + 1] == '.') {
			from->len = i;
			*to = after(text, i + 2);
			return;
		}
}

static const char *const weekdays[WEEK] = {"Monday", "Tuesday", "Wednesday",
    "Thursday", "Friday", "Saturday", "Sunday"};

/* Returns 0 for "Mon", "mon" or "Monday", and so on up to 6.  Returns -1 if word is
 * no weekday. */
static int
weekday_of(struct as_text word)
{
	for (int i = 0; i < WEEK; i++)
		if ((word.len == 3 || word.len == strlen(weekdays[i])) &&
		    strncasecmp(word.at, weekdays[i], word.len) == 0)
			return i;
	return -1;
}

/* Reads weekdays: Mon Mon-Fri Fri-Mon Sat,Sun Mon-Wed,Fri */
static const char *
take_weekdays(struct as_hours *hours, struct as_text rest)
{
	struct as_text item, first, last;
	bool more;

	if (hours->weekdays != 0)
		return TWICE;
	do {
		int day, end;

		more = as_text_cut(&rest, ',', &item);
		split_range(item, &first, &last);
		day = weekday_of(first);
		end = weekday_of(last);
		if (day < 0 || end < 0)
			return NOT_WEEKDAYS;
		for (; day != end; day = (day + 1) % WEEK)
			hours->weekdays |= 1U << day;
		hours->weekdays |= 1U << end;
	} while (more);
	return NULL;
}

/* Returns 1 to 31, or LAST for "last".  Returns 0 if word is no day of a month. */
static int
month_day_of(struct as_text word)
{
	int32_t n;

	if (as_text_is(word, as_text("last")))
		return LAST;
	return as_num_count(word, &n) && n <= 31 ? n : 0;
}

/* Reads days of a month: 15 1-7 1..7 1,15 25-last last */
static const char *
take_month_days(struct as_hours *hours, struct as_text rest)
{
	struct as_text item, first, last;
	bool more;

	if (hours->month_days != 0)
		return TWICE;
	do {
		int day, end;

		more = as_text_cut(&rest, ',', &item);
		split_dots(item, &first, &last);
		day = month_day_of(first);
		end = month_day_of(last);
		if (day == 0 || end == 0)
			return NOT_DAYS;
		if (end < day)
			return "ends before it begins";
		if (day == LAST)
			hours->month_days |= 1U;
		for (; day <= end && day < LAST; day++)
			hours->month_days |= 1U << day;
	} while (more);
	return NULL;
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

/* Reads dates: 2026-12-24 2026-12-24..2026-12-26 */
static const char *
take_dates(struct as_hours *hours, struct as_text word)
{
	struct as_text first = {word.at, 10}, last;

	if (hours->last >= 0)
		return TWICE;
	if (word.len > 12 && begins(after(word, 10), ".."))
		last = after(word, 12);
	else
		first = last = word;
	if (!read_date(first, &hours->first) || !read_date(last, &hours->last))
		return "is not dates like 2026-12-24 or 2026-12-24..2026-12-26";
	return hours->last < hours->first ? "ends before it begins" : NULL;
}

/* Returns a number of one or two digits.  Returns 100 if text is no such number. */
static unsigned
read_two(struct as_text text)
{
	unsigned n = 0;

	if (text.len != 1 && text.len != 2)
		return 100;
	for (size_t i = 0; i < text.len; i++) {
		if (as_digit(text.at[i]) > 9)
			return 100;
		n = n * 10 + as_digit(text.at[i]);
	}
	return n;
}

/* Reads HH:MM or H:MM, at most 24:00, as seconds.  Returns false if it is no such
 * time. */
static bool
read_time(struct as_text minutes, int64_t *second)
{
	struct as_text hours;
	unsigned hour, minute;

	if (!as_text_cut(&minutes, ':', &hours) || minutes.len != 2)
		return false;
	hour = read_two(hours);
	minute = read_two(minutes);
	*second = (int64_t)(hour * 60 + minute) * MINUTE;
	return minute < 60 && *second <= DAY;
}

/* Reads times: 08:00-18:00 8:00-18:00 22:00-06:00 00:00-24:00 */
static const char *
take_times(struct as_hours *hours, struct as_text word)
{
	struct as_text begin, end;

	if (hours->end > 0)
		return TWICE;
	split_range(word, &begin, &end);
	if (!read_time(begin, &hours->begin) || hours->begin == DAY ||
	    !read_time(end, &hours->end))
		return "is not times of day like 08:00-18:00";
	if (begin.len == word.len)
		return "lacks the time of its end, as in 08:00-18:00";
	if (hours->end == hours->begin)
		return "is never open, a whole day is 00:00-24:00";
	if (hours->end < hours->begin)
		hours->end += DAY;
	return NULL;
}

/* Returns the weekday that a mistyped word probably means, or NULL.  Short names
 * are similar to many words, so a short word may differ in one letter only. */
static const char *
near_weekday(struct as_text typed)
{
	static const char *const names[] = {"mon", "tue", "wed", "thu", "fri",
	    "sat", "sun", "monday", "tuesday", "wednesday", "thursday",
	    "friday", "saturday", "sunday"};
	struct as_suggestion best = {0};
	char lower[16];

	if (typed.len < 2 || typed.len >= sizeof(lower))
		return NULL;
	for (size_t i = 0; i < typed.len; i++)
		lower[i] = (char)tolower((unsigned char)typed.at[i]);
	typed.at = lower;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		as_suggest_word(&best, typed, names[i]);
	return best.word != NULL && (best.edits <= 1 || typed.len > 4) ?
	    best.word :
	    NULL;
}

/* Returns a message for a word that may be mistyped weekdays, such as Mon-Fry.  It
 * names the part that is wrong.  Returns `standard` if no part is similar to a
 * weekday. */
static const char *
refuse_weekdays(struct as_text rest, const char *standard)
{
	static char why[128];

	while (rest.len > 0) {
		size_t len = 0;
		struct as_text part = rest;
		const char *near;

		while (len < rest.len && !strchr(",-", rest.at[len]))
			len++;
		part.len = len;
		rest = after(rest, len < rest.len ? len + 1 : len);
		near = weekday_of(part) < 0 ? near_weekday(part) : NULL;
		if (near == NULL)
			continue;
		snprintf(why, sizeof(why),
		    "is no weekday, did you mean %s, not %.*s?", near,
		    (int)part.len, part.at);
		return why;
	}
	return standard;
}

static const char *
take_zone(struct as_hours *hours, struct as_text word)
{
	struct as_zone *zone = as_zone_find(word);

	if (zone == NULL)
		return refuse_weekdays(word,
		    "is no zone, nor weekdays, dates, times, days of the "
		    "month, min=N, max=N, pin=N or pause");
	if (hours->zone != NULL)
		return "is a second zone";
	hours->zone = zone;
	return NULL;
}

static const char *
set_bound(int32_t *bound, int32_t to)
{
	if (*bound != AS_UNKNOWN)
		return "sets a bound that is set already";
	*bound = to;
	return NULL;
}

/* Reads bounds: min=N max=N pin=N pause */
static const char *
take_bound(struct as_hours *hours, struct as_text word)
{
	const char *why = NULL;
	int32_t n = AS_HOLD;

	if (!as_text_is(word, as_text("pause")) &&
	    !as_num_count(after(word, 4), &n))
		return "has no number in 0..2147483647";
	if (!begins(word, "max="))
		why = set_bound(&hours->min, n);
	if (!begins(word, "min=") && why == NULL)
		why = set_bound(&hours->max, n);
	return why;
}

static bool
begins_with_year(struct as_text word)
{
	for (size_t i = 0; i < 4; i++)
		if (i == word.len || as_digit(word.at[i]) > 9)
			return false;
	return true;
}

static const char *
take_word(struct as_hours *hours, struct as_text word)
{
	struct as_text first = {
	    word.at, strcspn(word.at, ",- \t")}; /* word.len at most */
	const char *why;

	if (as_text_is(word, as_text("pause")) || begins(word, "min=") ||
	    begins(word, "max=") || begins(word, "pin="))
		return take_bound(hours, word);
	if (as_digit(*word.at) <= 9 && memchr(word.at, ':', word.len) != NULL)
		return take_times(hours, word);
	if (begins_with_year(word))
		return take_dates(hours, word);
	if (as_digit(*word.at) <= 9 || as_text_is(first, as_text("last")))
		return take_month_days(hours, word);
	if (weekday_of(first) < 0)
		return take_zone(hours, word);
	why = take_weekdays(hours, word);
	return why == NULL ? NULL : refuse_weekdays(word, why);
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
