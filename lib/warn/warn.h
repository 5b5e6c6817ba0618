/* warn.h - reports what is odd about a decision.  Each warning is given once, or once
 * an hour. */
#ifndef AS_WARN_H
#define AS_WARN_H

#include "policy.h"

/* notes.c - what is kept of each app, by its number in the fold, besides its history */
enum as_warning { AS_WARN_GAP, AS_WARN_RATIO, AS_WARN_HELD, AS_WARNINGS };

struct as_note {
	char *last_line; /* its last decision, for -1; or NULL */
	bool absent;     /* warn_absent has reported it */
	/* First and last TIME of a row of decisions that hold the count since a
	 * metric is missing; held is 0 if there is none */
	int64_t held, held_last;
	int64_t gap_end; /* TIME of the sample after a gap; 0: none */
	/* TIME of the last such warning; 0: none */
	int64_t warned[AS_WARNINGS];
};

struct as_notes {
	struct as_note *note;
	size_t n;
};

/* Returns the note of an app, which it makes if there is none yet. */
struct as_note *as_notes_of(struct as_notes *notes, size_t app);

/* Moves the note of app number `from` to number `to`.  When apps are forgotten, later
 * apps get the numbers that became free. */
void as_notes_move(struct as_notes *notes, size_t from, size_t to);
void as_notes_free(struct as_notes *notes);

/* warnings.c - reports what is odd about a decision.  Returns 65 if a reading
 * was implausible, else 0. */
int as_warnings_check(struct as_note *note, const struct as_line *line,
    const struct as_policy *policy, const struct as_decision *decision);

/* A fast check whether as_warnings_check may find anything: for most decisions it
 * does not. */
static inline bool
as_warnings_needed(const struct as_line *line, const struct as_policy *policy,
    const struct as_decision *decision)
{
	return decision->gap > 0 || decision->why == AS_NO_DATA ||
	    decision->why == AS_ZERO_READ || policy->doubts ||
	    (decision->bound && decision->want > AS_RATIO_ODD * line->count);
}

#endif
