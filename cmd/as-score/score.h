/* score.h - measures how well the replicas of a run followed its load.  A run is
 * the lines of one APP, from as-sim or a log of samples.  Need is the number of
 * replicas that are just enough for the load; supply is the number that serve. */
#ifndef AS_SCORE_H
#define AS_SCORE_H

#include "policy.h"

/* What one line of a run says.  It holds until the run's next line. */
struct as_mark {
	int64_t time;  /* ms since 1970 UTC */
	double demand; /* replicas that the load keeps busy, or NaN */
	int32_t need;  /* replicas that would be enough */
	int32_t ready; /* replicas that serve */
	int32_t count; /* replicas ordered before this line; paid for */
	int32_t want;  /* replicas ordered at this line */
};

/* score.c - sums over the lines of one run.  The struct starts as all zeros.
 * Replica-seconds are a number of replicas times the seconds that it lasted. */
struct as_score {
	struct as_mark last;   /* the line added last */
	bool begun;            /* there is a last line */
	struct as_queue needs; /* the largest need of the last 20 minutes */
	int64_t step;          /* ms between the last two lines */

	/* At the last line ready moved in another direction than need: up, down or
	 * not at all. */
	bool unsteady;
	size_t n;              /* lines that count for the score */
	double seconds, first; /* duration of these lines; of the first one */
	double under, over;    /* replica-seconds too few, and too many */
	double under_share, over_share; /* seconds: the same, divided by need */

	/* Seconds with too few replicas, with too many, of unsteady lines, and with
	 * demand above ready */
	double under_time, over_time, unstable_time, saturated_time;
	double supply_moves, need_moves; /* sums of the changes, replicas */
	double demand, lost;             /* replica-seconds; not served */
	double paid;                     /* replica-seconds of count */
	size_t changes;                  /* lines where want is not count */
	int32_t order;                   /* replicas of the largest step up */
	double peak;                     /* see AS_PEAK */
};

/* Adds a line.  If counted is false, it does not count for the score; only its need
 * counts, for the AS_PEAK of later lines. */
void as_score_add(
    struct as_score *score, const struct as_mark *mark, bool counted);

/* Adds the time that the last line lasts: as long as the line before it. */
void as_score_end(struct as_score *score);

/* The measures, in the order in which they are printed.  Time is the whole time of
 * the lines that count. */
enum as_measure {
	AS_J,         /* AS_SHARE + AS_LOST */
	AS_SHARE,     /* replica-hours, divided by those of the oracle */
	AS_HOURS,     /* replica-hours */
	AS_LOST,      /* % of the demand that no replica served */
	AS_SATURATED, /* % of the time with demand above the supply */
	AS_THETA_U,   /* replicas too few, as mean % of the need */
	AS_THETA_O,   /* replicas too many, as mean % of the need */
	AS_TAU_U,     /* % of the time with too few replicas */
	AS_TAU_O,     /* % of the time with too many replicas */
	AS_UPSILON,   /* % of the time after the first line that was unsteady */
	AS_ACCURACY_U, /* replicas too few, mean over time */
	AS_ACCURACY_O, /* replicas too many, mean over time */
	AS_JITTER,     /* (AS_MOVES - AS_NEED_MOVES) a minute */
	AS_MOVES,      /* replicas that came or went */
	AS_NEED_MOVES, /* replicas by which the need changed */
	AS_CHANGES,    /* orders that change the count, an hour */
	AS_ORDER,      /* replicas of the largest step up */
	AS_PEAK, /* of orders up: largest count / largest need of 20 minutes */
	AS_MEASURES
};

extern const char *const as_score_names[AS_MEASURES];

/* Computes all measures of a run.  base is the oracle's run of the same load, or
 * NULL.  A measure that cannot be computed becomes NaN. */
void as_score_measure(const struct as_score *score, const struct as_score *base,
    double measures[AS_MEASURES]);

/* runs.c - the scores of all runs in a stream of lines.  What the caller does not
 * set starts as zeros. */
struct as_runs {
	double target;   /* of cpu: gives the need if a line has no need= */
	int64_t skipped; /* ms after a run's first line which do not count */
	int64_t from;    /* TIME; lines before it do not count */
	struct as_table table;
	struct as_run_score {
		struct as_score score;
		int64_t begin, last;      /* TIME of its first and last line */
		int32_t count;            /* COUNT of the last line */
		char stamp[AS_STAMP_MAX]; /* TIME of the last line, as text */
		size_t stamp_len;
	} * run; /* indexed by the number of its APP in table */
	size_t room;
};

/* Adds the lines of a file.  Returns the exit status: 0; 65 if bad lines were
 * skipped; 74 if the file cannot be read. */
int as_runs_read(struct as_runs *scored, const char *path);

/* To be called after the last line of all runs. */
void as_runs_end(struct as_runs *scored);

/* Returns the oracle's run for app.  For web:1 it is web:oracle or else web of
 * base, or else web:oracle of scored.  Returns NULL if there is none of these. */
const struct as_score *as_runs_base(const struct as_runs *scored,
    const struct as_runs *base, struct as_text app);

#endif
