/* suggest.c - finds the known word that is most like a mistyped one */
#include "as.h"

/* Returns how many edits make b of a.  An edit adds, removes or changes a byte.  If
 * one of the words has more than 24 bytes, returns 24, which is too far for a
 * suggestion. */
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
	/* If so many edits are needed, another word was meant. */
	enum { FAR = 3 };
	size_t edits = distance(typed, as_text(word));

	if (edits < (best->word != NULL ? best->edits : FAR)) {
		best->edits = edits;
		best->word = word;
	}
}
