/* suggest.c - the known word that is nearest to a mistyped one */
#include "as.h"

/* How many edits make b of a.  An edit adds, removes or changes a byte.  Words of
 * over 24 bytes count as far from all others. */
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

void
as_suggest_word(
    struct as_suggestion *best, struct as_text typed, const char *word)
{
	enum { FAR = 3 }; /* so many edits: another word was meant */
	size_t edits = distance(typed, as_text(word));

	if (edits < (best->word != NULL ? best->edits : FAR)) {
		best->edits = edits;
		best->word = word;
	}
}
