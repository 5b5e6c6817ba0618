/* lost.c - which replies to an ask did not come, why, and which servers want no
 * requests for some time */
#include <stdio.h>

#include "http.h"

enum { LONGEST = 600000, SECOND = 1000 }; /* ms */

bool
as_lost_is(const struct as_ask *ask, size_t i)
{
	return ask->n_lost > 0 && ask->lost[i].word[0] != '\0';
}

size_t
as_lost_first(const struct as_ask *ask)
{
	size_t i = 0;

	while (!as_lost_is(ask, i))
		i++;
	return i;
}

/* The texts are copied, because those of a reply are freed after done(). */
void
as_lost_note(struct as_ask *ask, size_t i, const char *word, int code,
    const char *detail)
{
	struct as_lost *lost = &ask->lost[i];

	snprintf(lost->word, sizeof(lost->word), "%s", word);
	free(lost->detail);
	lost->detail = as_mem_need(strdup(detail));
	lost->code = code;
	lost->status = 0;
	ask->n_lost++;
}

void
as_lost_all(struct as_ask *ask, const char *word, int code, const char *detail)
{
	snprintf(ask->word, sizeof(ask->word), "%s", word);
	snprintf(ask->detail, sizeof(ask->detail), "%s", detail);
	ask->err = ask->word;
	ask->code = code;
}

void
as_lost_blame(struct as_ask *ask)
{
	const struct as_lost *lost = &ask->lost[as_lost_first(ask)];

	as_lost_all(ask, lost->word, lost->code, lost->detail);
}

/* Requests wait by the steady clock, which nobody can set back.  The log needs the
 * time of day, which is kept, too.  Computed again from the two clocks it could
 * differ by a millisecond, and then, rounded up, each process would log a time that
 * is a second later. */
void
as_lost_bar(struct as_ask *ask, size_t i, int64_t until)
{
	int64_t now = as_time_now();

	if (ask->lost == NULL)
		return;
	if (until > now + LONGEST)
		until = now + LONGEST;
	ask->lost[i].until = as_time_steady() + (until - now);
	ask->lost[i].time = (until + SECOND - 1) / SECOND * SECOND;
}

int64_t
as_lost_until(const struct as_ask *ask, size_t i)
{
	if (ask->lost == NULL || ask->lost[i].until <= as_time_steady())
		return 0;
	return ask->lost[i].time;
}

void
as_lost_put(const struct as_ask *ask, struct as_buf *to)
{
	char text[48];

	for (size_t i = 0; i < ask->n; i++) {
		if (!as_lost_is(ask, i))
			continue;
		snprintf(
		    text, sizeof(text), " err.%zu=%s", i, ask->lost[i].word);
		as_buf_puts(to, text);
	}
}
