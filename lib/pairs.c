/* pairs.c - reads the KEY=VALUEs of a line */
#include <math.h>

#include "as.h"

enum { VALUE_MAX = 1024 };

/* Returns whether the KEY at p is the one that the line before had in this place.
 * That is usual, and such a KEY is not parsed again. */
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

	if (!as_byte_is(*p, AS_KEY_FIRST))
		return "a KEY must begin with a-z";
	while (as_byte_is(*p, AS_IN_KEY))
		p++;
	if (*p != '=' || as_length(*at, p) > AS_KEY_MAX)
		return "a field is not KEY=VALUE";
	pair->key = (struct as_text){*at, as_length(*at, p)};
	remember_key(pair, pair->key.len);
	*at = p + 1;
	return NULL;
}

/* Most VALUEs are numbers.  For these as_num_short finds the end and the number in
 * one pass. */
static inline const char *
parse_value(const char **at, struct as_pair *pair)
{
	const char *p = as_num_short(*at, &pair->number);

	if (p == NULL || as_byte_is(*p, AS_IN_VALUE)) {
		pair->number = NAN;
		for (p = *at; as_byte_is(*p, AS_IN_VALUE); p++)
			;
		if (p == *at || as_length(*at, p) > VALUE_MAX)
			return "a VALUE is not 1 to 1024 bytes";
	}
	pair->value = (struct as_text){*at, as_length(*at, p)};
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

/* Returns whether two pairs have the same KEY.  A few keys are each compared with
 * all others.  Many are sorted first: otherwise a line of 16,000 keys would take a
 * second. */
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

/* Returns the pair with the index n.  It still holds the KEY that an earlier line
 * had in this place, for is_seen(). */
static inline struct as_pair *
pair_at(struct as_line *line, size_t n)
{
	if (n == line->n_known) {
		if (n == line->room)
			line->pairs = as_mem_grow(
			    line->pairs, &line->room, sizeof(*line->pairs));
		line->pairs[n] = (struct as_pair){0};
		line->n_known++;
	}
	return &line->pairs[n];
}

const char *
as_pairs_parse(struct as_line *line, const char *p)
{
	const char *why;
	size_t n = 0;

	for (; *(p = as_skip_blanks(p)) != '\n'; n++) {
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
