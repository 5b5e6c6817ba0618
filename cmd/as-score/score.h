/* score.h - how well the replicas of a run followed its load; times are ms */
#ifndef AS_SCORE_H
#define AS_SCORE_H

#include "policy.h"

/* One line of a run; it is valid until the next line */
struct as_mark {
	int64_t time;
	double demand; /* replicas that the load keeps busy, or NaN */
	int32_t need;  /* replicas that would be enough */
	int32_t ready;
	int32_t count; /* ordered before, and so paid for */
	int32_t want;  /* ordered now */
};

/* score.c - sums over a run; begins with all zeros; times are in seconds */
struct as_score {
	struct as_mark last;
	bool begun;            /* last is valid */
	struct as_queue needs; /* of the last 20 minutes, for the greatest */
	int64_t step;          /* between the last two lines, ms */
	bool unsteady;         /* last: need and ready moved differently */
	size_t n;              /* lines that count for the score */
	double seconds, first;
	double under, over;             /* replica-seconds */
	double under_share, over_share; /* the same divided by need: seconds */
	double under_time, over_time, unstable_time, saturated_time;
	double supply_moves, need_moves; /* replicas */
	double demand, lost;             /* replica-seconds */
	double paid;
	size_t changes;
	int32_t order; /* the largest step up, replicas */
	double peak;   /* see AS_PEAK */
};

/* Adds a line.  counted: it counts for the score; else only as the line before the
 * next one. */
void as_score_add(
    struct as_score *score, const struct as_mark *mark, bool counted);
void as_score_end(struct as_score *score);

/* The measures by name, in this order */
enum as_measure {
	AS_J,          /* share + lost */
	AS_SHARE,      /* replica-hours divided by those of the base */
	AS_HOURS,      /* replica-hours */
	AS_LOST,       /* % of the demand that no replica served */
	AS_SATURATED,  /* % of the time when all replicas were full */
	AS_THETA_U,    /* replicas too few, mean % of the need */
	AS_THETA_O,    /* replicas too many, mean % of the need */
	AS_TAU_U,      /* % of the time with too few replicas */
	AS_TAU_O,      /* % of the time with too many replicas */
	AS_UPSILON,    /* % of the time when supply did not move as need */
	AS_ACCURACY_U, /* replicas too few, mean over time */
	AS_ACCURACY_O, /* replicas too many, mean over time */
	AS_JITTER,     /* (moves - need_moves) in a minute */
	AS_MOVES,      /* replicas that came or went */
	AS_NEED_MOVES, /* replicas by which the need changed */
	AS_CHANGES,    /* orders that change the count, in an hour */
	AS_ORDER,      /* replicas of the largest step up */
	AS_PEAK,       /* greatest of: count ordered / need of 20 minutes */
	AS_MEASURES
};

extern const char *const as_score_names[AS_MEASURES];

/* base is the oracle's run, or NULL.  A measure that cannot be computed is NaN. */
void as_score_measure(const struct as_score *score, const struct as_score *base,
    double measures[AS_MEASURES]);

/* runs.c - the runs of a stream, by their APP; begins with all zeros */
struct as_runs {
	double target;   /* of cpu, for lines without need= */
	int64_t skipped; /* the first ms of each run, which do not count */
	int64_t from;    /* TIME; older lines do not count */
	struct as_table table;
	struct as_run_score {
		struct as_score score;
		int64_t begin, last;
		int32_t count;
		char stamp[AS_STAMP_MAX]; /* TIME of the last line */
		size_t stamp_len;
	} * run; /* by the app's number */
	size_t room;
};

/* Adds the lines of a file.  Returns the exit status. */
int as_runs_read(struct as_runs *scored, const char *path);
void as_runs_end(struct as_runs *scored);

/* The oracle's run of the same app: for web:1 it is web:oracle, or in base also
 * web. NULL: there is none. */
const struct as_score *as_runs_base(const struct as_runs *scored,
    const struct as_runs *base, struct as_text app);

#endif
