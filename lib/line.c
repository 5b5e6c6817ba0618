/* line.c - reads and prints a line: TIME APP COUNT KEY=VALUE... */
#include <math.h>

#include "as.h"

enum { APP_MAX = 127 };

/* Returns whether the line begins with the TIME of the line before.  Such a TIME is
 * not parsed again.  That is usual, because as-fetch gives one TIME to the lines of
 * all apps that it asks at the same time. */
static inline bool
same_time(const struct as_line *line, const char *text)
{
	/* "2026-11-23T17:41:00Z " has 21 bytes: memcmp of a fixed length is
	 * fast. */
	if (line->raw_len == 21)
		return memcmp(text, line->raw, 21) == 0;
	return line->raw_len != 0 && as_same(text, line->raw, line->raw_len);
}

static const char *
parse_time(struct as_line *line, const char *text)
{
	const char *p = text, *why;
	struct as_text field;
	bool fraction;

	while (as_byte_is(*p, AS_IN_VALUE))
		p++;
	field = (struct as_text){text, as_length(text, p)};
	line->raw_len = 0;
	if ((why = as_time_parse(field, &line->time, &fraction)) != NULL)
		return why;
	if (!as_byte_is(*p, AS_BLANK))
		return "there is no APP";
	line->raw_len = field.len + 1;
	memcpy(line->raw, field.at, line->raw_len);
	line->stamp_len = as_time_print(line->stamp, line->time, fraction);
	return NULL;
}

/* Returns whether the APP at p is the guess of table.c.  That name was parsed
 * before, so it is not parsed again. */
static inline bool
is_guess(struct as_text guess, const char *p)
{
	return guess.len > 0 && as_same(p, guess.at, guess.len);
}

static inline const char *
parse_app(const char **at, struct as_text *app)
{
	const char *p = *at;

	if (!as_byte_is(*p, AS_APP_FIRST))
		return "APP must begin with a letter, digit or _";
	for (; as_byte_is(*p, AS_IN_APP); p++)
		if (p[0] == '.' && p[1] == '.')
			return "APP must not have ..";
	if (as_byte_is(*p, AS_IN_VALUE) || as_length(*at, p) > APP_MAX)
		return "APP is not 1 to 127 of A-Z a-z 0-9 . _ : -";
	*app = (struct as_text){*at, as_length(*at, p)};
	*at = p;
	return NULL;
}

static inline const char *
parse_count(const char **at, int64_t *count)
{
	static const char why[] = "COUNT is not - or a number in 0..2147483647";
	const char *p = *at;
	uint64_t n = 0;

	while (as_digit(*p) <= 9)
		n = n * 10 + as_digit(*p++);
	if (p == *at && *p == '-') {
		n = (uint64_t)AS_UNKNOWN;
		p++;
	} else if (n > AS_COUNT_MAX || p == *at || as_length(*at, p) > 10 ||
	    (**at == '0' && as_length(*at, p) > 1)) {
		return why;
	}
	if (as_byte_is(*p, AS_IN_VALUE))
		return why;
	*count = (int64_t)n;
	*at = p;
	return NULL;
}

const char *
as_line_parse(struct as_line *line, const char *text)
{
	const char *p, *why = NULL;

	if (!same_time(line, text) && !as_hour_parse(line, text) &&
	    (why = parse_time(line, text)) != NULL)
		return why;
	p = as_skip_blanks(text + line->raw_len);
	line->guessed = is_guess(line->guess, p);
	if (line->guessed) {
		line->app = (struct as_text){p, line->guess.len - 1};
		p += line->guess.len;
	} else if ((why = parse_app(&p, &line->app)) != NULL) {
		return why;
	}
	p = as_skip_blanks(p);
	if ((why = parse_count(&p, &line->count)) != NULL)
		return why;
	return as_pairs_parse(line, p);
}

char *
as_line_print(char *p, const struct as_line *line)
{
	p = as_put(p, line->stamp, line->stamp_len);
	*p++ = ' ';
	p = as_put(p, line->app.at, line->app.len);
	*p++ = ' ';
	p = as_put_count(p, line->count);
	for (size_t i = 0; i < line->n_pairs; i++) {
		const struct as_pair *pair = &line->pairs[i];

		*p++ = ' ';
		p = as_put(p, pair->key.at, pair->key.len);
		*p++ = '=';
		p = as_put(p, pair->value.at, pair->value.len);
	}
	*p++ = '\n';
	return p;
}

const char *
as_line_app(struct as_text name)
{
	char copy[APP_MAX + 1 + AS_SLACK];
	const char *p = copy, *why;
	struct as_text app;

	if (name.len > APP_MAX)
		return "is longer than 127 bytes";
	memcpy(copy, name.at, name.len);
	copy[name.len] = '\n';
	if ((why = parse_app(&p, &app)) != NULL)
		return why;
	return app.len == name.len ? NULL : "has a blank or control byte";
}

/* Returns whether a line uses the KEY for something else than a metric.  A word
 * that ends with a point stands for all KEYs that begin with it.  want= and other=
 * are missing here: no tool reads them in a sample, and tests of the HPA have such
 * metrics. */
static bool
is_taken(struct as_text key)
{
	static const char *const words[] = {"ready", "unready", "missing",
	    "min", "max", "err", "until", "from", "why", "by", "ratio", "raw",
	    "window", "limit", "applied", "http", "since", "ready.", "unready.",
	    "missing.", "err.", "until.", "raw."};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct as_text word = as_text(words[i]), begin = key;

		if (words[i][word.len - 1] == '.' && key.len > word.len)
			begin.len = word.len;
		if (as_text_is(begin, word))
			return true;
	}
	return false;
}

const char *
as_line_metric(struct as_text name)
{
	size_t n = 0;

	if (name.len == 0 || name.len > AS_KEY_MAX)
		return "has a metric name that is not 1 to 64 bytes";
	if (is_taken(name))
		return "has a metric name that means something else in a line";
	while (n < name.len &&
	    as_byte_is(name.at[n], n == 0 ? AS_KEY_FIRST : AS_IN_KEY))
		n++;
	return n == name.len ? NULL :
			       "has a metric name that is not a-z 0-9 _ .";
}

struct as_pair *
as_line_get(const struct as_line *line, const char *key)
{
	for (size_t i = 0; i < line->n_pairs; i++)
		if (as_text_is(line->pairs[i].key, as_text(key)))
			return &line->pairs[i];
	return NULL;
}

bool
as_line_says(const struct as_line *line, const char *key, const char *word)
{
	const struct as_pair *pair = as_line_get(line, key);

	return pair != NULL && as_text_is(pair->value, as_text(word));
}

double
as_line_number(const struct as_line *line, const char *key)
{
	const struct as_pair *pair = as_line_get(line, key);
	double x = NAN;

	if (pair == NULL)
		return NAN;
	if (!isnan(pair->number))
		return pair->number;
	return as_num_decimal(pair->value, &x) ? x : NAN;
}

int32_t
as_line_count(const struct as_line *line, const char *key, int32_t otherwise)
{
	const struct as_pair *pair = as_line_get(line, key);
	int32_t n;

	return pair != NULL && as_num_count(pair->value, &n) ? n : otherwise;
}

bool
as_line_mark(struct as_text text, int64_t *time, bool *fraction)
{
	static const char mark[] = "# tick ";
	size_t len = sizeof(mark) - 1;

	if (text.len < len || memcmp(text.at, mark, len) != 0)
		return false;
	text.at += len;
	text.len -= len;
	return as_time_parse(text, time, fraction) == NULL;
}
