/* line.c - the line grammar: TIME APP COUNT KEY=VALUE... */
#include <math.h>

#include "as.h"

enum { APP_MAX = 127, VALUE_MAX = 1024 };

/* What a byte may be: 1 begins an APP, 2 in an APP, 4 begins a KEY, 8 in a
 * KEY, 16 in a VALUE, 32 a blank.  CR, LF and NUL are nothing and so end every
 * loop below without a look at the length. */
enum {
	APP_FIRST = 1,
	IN_APP = 2,
	KEY_FIRST = 4,
	IN_KEY = 8,
	IN_VALUE = 16,
	BLANK = 32
};

/* clang-format off */
static const unsigned char class[256] = {
	 0,  0,  0,  0,  0,  0,  0,  0,  0, 32,  0,  0,  0,  0,  0,  0,
	 0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
	32, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 18, 26, 16,
	27, 27, 27, 27, 27, 27, 27, 27, 27, 27, 18, 16, 16, 16, 16, 16,
	16, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19,
	19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 16, 16, 16, 16, 27,
	16, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31,
	31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 16, 16, 16, 16,  0,
	16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16,
	16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16,
	16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16,
	16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16,
	16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16,
	16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16,
	16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16,
	16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16
};
/* clang-format on */

static inline bool
is(char c, int what)
{
	return (class[(unsigned char)c] & what) != 0;
}

static inline const char *
skip_blanks(const char *p)
{
	while (is(*p, BLANK))
		p++;
	return p;
}

static inline size_t
length(const char *from, const char *to)
{
	return (size_t)(to - from);
}

/* Ticks repeat their TIME from line to line: then it is known already. */
static inline bool
same_time(const struct as_line *line, const char *text)
{
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

	while (is(*p, IN_VALUE))
		p++;
	field = (struct as_text){text, length(text, p)};
	line->raw_len = 0;
	if ((why = as_time_parse(field, &line->time, &fraction)) != NULL)
		return why;
	if (!is(*p, BLANK))
		return "there is no APP";
	line->raw_len = field.len + 1;
	memcpy(line->raw, field.at, line->raw_len);
	line->stamp_len = as_time_print(line->stamp, line->time, fraction);
	return NULL;
}

/* The app that the reader expects was looked at when it came first. */
static inline bool
is_guess(struct as_text guess, const char *p)
{
	return guess.len > 0 && as_same(p, guess.at, guess.len);
}

static inline const char *
parse_app(const char **at, struct as_text *app)
{
	const char *p = *at;

	if (!is(*p, APP_FIRST))
		return "APP must begin with a letter, digit or _";
	for (; is(*p, IN_APP); p++)
		if (p[0] == '.' && p[1] == '.')
			return "APP must not have ..";
	if (is(*p, IN_VALUE) || length(*at, p) > APP_MAX)
		return "APP is not 1 to 127 of A-Z a-z 0-9 . _ : -";
	*app = (struct as_text){*at, length(*at, p)};
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
	} else if (n > AS_COUNT_MAX || p == *at || length(*at, p) > 10 ||
	    (**at == '0' && length(*at, p) > 1)) {
		return why;
	}
	if (is(*p, IN_VALUE))
		return why;
	*count = (int64_t)n;
	*at = p;
	return NULL;
}

/* Lines repeat the KEYs of the line before: then they need no second look. */
static inline bool
is_seen(const struct as_pair *pair, const char *p)
{
	return pair->seen_len > 0 && as_same(p, pair->seen, pair->seen_len);
}

static void
remember_key(struct as_pair *pair, size_t len)
{
	pair->meaning = 0;
	pair->seen_len = len < AS_SHORT ? len + 1 : 0;
	memcpy(pair->seen, pair->key.at, pair->seen_len);
}

static const char *
parse_key(const char **at, struct as_pair *pair)
{
	const char *p = *at;

	if (!is(*p, KEY_FIRST))
		return "a KEY must begin with a-z";
	while (is(*p, IN_KEY))
		p++;
	if (*p != '=' || length(*at, p) > AS_KEY_MAX)
		return "a field is not KEY=VALUE";
	pair->key = (struct as_text){*at, length(*at, p)};
	remember_key(pair, pair->key.len);
	*at = p + 1;
	return NULL;
}

/* Most are numbers, which are read on the way. */
static inline const char *
parse_value(const char **at, struct as_pair *pair)
{
	const char *p = as_num_short(*at, &pair->number);

	if (p == *at || is(*p, IN_VALUE)) {
		pair->number = NAN;
		while (is(*p, IN_VALUE))
			p++;
		if (p == *at || length(*at, p) > VALUE_MAX)
			return "a VALUE is not 1 to 1024 bytes";
	}
	pair->value = (struct as_text){*at, length(*at, p)};
	*at = p;
	return NULL;
}

static int
compare_keys(const void *a, const void *b)
{
	const struct as_text *x = &((const struct as_pair *)a)->key;
	const struct as_text *y = &((const struct as_pair *)b)->key;

	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return memcmp(x->at, y->at, x->len);
}

/* Few keys are compared in place; many are sorted, lest a line of 16,000 keys
 * take a second. */
static bool
has_duplicate(struct as_line *line)
{
	enum { FEW = 32 };

	if (line->n_pairs > FEW)
		qsort(line->pairs, line->n_pairs, sizeof(*line->pairs),
		    compare_keys);
	for (size_t i = 1; i < line->n_pairs; i++)
		for (size_t j = line->n_pairs > FEW ? i - 1 : 0; j < i; j++)
			if (as_text_is(line->pairs[i].key, line->pairs[j].key))
				return true;
	return false;
}

/* The n-th pair, as the line before left it */
static inline struct as_pair *
pair_at(struct as_line *line, size_t n)
{
	if (n == line->n_known) {
		if (n == line->room)
			line->pairs = as_grow(
			    line->pairs, &line->room, sizeof(*line->pairs));
		line->pairs[n] = (struct as_pair){0};
		line->n_known++;
	}
	return &line->pairs[n];
}

static inline const char *
parse_pairs(struct as_line *line, const char *p)
{
	const char *why;
	size_t n = 0;

	for (; *(p = skip_blanks(p)) != '\n'; n++) {
		struct as_pair *pair;

		if (p[0] == '\r' && p[1] == '\n') {
			p++;
			break;
		}
		pair = pair_at(line, n);
		if (is_seen(pair, p)) {
			pair->key = (struct as_text){p, pair->seen_len - 1};
			p += pair->seen_len;
		} else {
			if (line->n_distinct > n)
				line->n_distinct = n;
			if ((why = parse_key(&p, pair)) != NULL)
				return why;
		}
		if ((why = parse_value(&p, pair)) != NULL)
			return why;
	}
	line->n_pairs = n;
	line->end = p;
	if (n > line->n_distinct) {
		if (has_duplicate(line))
			return "a KEY stands twice";
		line->n_distinct = n;
	}
	return NULL;
}

const char *
as_line_parse(struct as_line *line, const char *text)
{
	const char *p, *why = NULL;

	if (!same_time(line, text) && (why = parse_time(line, text)) != NULL)
		return why;
	p = skip_blanks(text + line->raw_len);
	line->guessed = is_guess(line->guess, p);
	if (line->guessed) {
		line->app = (struct as_text){p, line->guess.len - 1};
		p += line->guess.len;
	} else if ((why = parse_app(&p, &line->app)) != NULL) {
		return why;
	}
	p = skip_blanks(p);
	if ((why = parse_count(&p, &line->count)) != NULL)
		return why;
	return parse_pairs(line, p);
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

struct as_pair *
as_line_get(const struct as_line *line, const char *key)
{
	for (size_t i = 0; i < line->n_pairs; i++)
		if (as_text_is(line->pairs[i].key, as_text(key)))
			return &line->pairs[i];
	return NULL;
}
