/* decide.h - the parts of as-decide: what it says of each app besides decisions */
#ifndef AS_DECIDE_H
#define AS_DECIDE_H

#include "conf.h"

/* notes.c - what is kept of an app besides its history, by its number */
enum as_warning { AS_WARN_GAP, AS_WARN_RATIO, AS_WARN_HELD, AS_WARNINGS };

struct as_note {
	char *last_line;             /* with -1; NULL: none */
	bool absent;                 /* a missing metric was reported */
	int64_t held, held_last;     /* for want of a metric: first and last */
	int64_t gap_end;             /* TIME after the last gap; 0: none */
	int64_t warned[AS_WARNINGS]; /* TIME of the last one; 0: none */
};

struct as_note *as_notes_of(size_t app);
void as_notes_move(size_t from, size_t to);
void as_notes_free(void);

/* warnings.c - reports what is odd about a decision.  Returns 65 where a reading
 * was implausible, else 0. */
int as_warnings_check(struct as_note *note, const struct as_line *line,
    const struct as_policy *policy, const struct as_decision *decision);

/* Whether a decision may be odd at all: most are not. */
static inline bool
as_warnings_needed(const struct as_line *line, const struct as_policy *policy,
    const struct as_decision *decision)
{
	return decision->gap > 0 || decision->why == AS_NO_DATA ||
	    decision->why == AS_ZERO_READ || policy->doubts ||
	    (decision->bound && decision->want > 10 * line->count);
}

#endif
