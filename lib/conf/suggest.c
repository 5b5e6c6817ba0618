/* suggest.c - the key that was meant */
#include "conf.h"

/* Edits (a byte more, less or other) that make a of b; small words only */
static size_t
distance(struct as_text a, struct as_text b)
{
	enum { WORD_MAX = 24 };
	size_t row[WORD_MAX + 1], left, above;

	if (a.len > WORD_MAX || b.len > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		above = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			left = above + (a.at[i - 1] == b.at[j - 1] ? 0 : 1);
			above = row[j];
			if (row[j] + 1 < left)
				left = row[j] + 1;
			if (row[j - 1] + 1 < left)
				left = row[j - 1] + 1;
			row[j] = left;
		}
	}
	return row[b.len];
}

static void
consider(const char *key, const char *name, const char **best, size_t *least)
{
	size_t edits = distance(as_text(key), as_text(name));

	if (edits < *least) {
		*least = edits;
		*best = name;
	}
}

const char *
as_key_suggest(const char *key)
{
	const char *best = NULL;
	const struct as_key *other;
	size_t least = 3;

	consider(key, "target", &best, &least);
	for (size_t i = 0; (other = as_setting_key(i)) != NULL; i++)
		consider(key, other->name, &best, &least);
	return best;
}
