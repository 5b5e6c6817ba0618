/* score.h - how well a run followed its load; times are milliseconds */
#ifndef AS_SCORE_H
#define AS_SCORE_H

#include "policy.h"

/* One line of a run, which holds until the next */
struct as_mark {
	int64_t time;
	double demand; /* replicas kept busy, or NaN */
	int32_t need;  /* replicas that would do */
	int32_t ready;
	int32_t count; /* commanded, and so paid for */
	int32_t want;
};

/* score.c - sums over a run; starts as all zeros, times are seconds */
struct as_score {
	struct as_mark last;
	bool begun;            /* last is one */
	struct as_queue needs; /* the greatest of 20 minutes */
	int64_t step;          /* between the last two lines, ms */
	bool unsteady;         /* the last did not move as its need did */
	size_t n;              /* lines that count */
	double seconds, first;
	double under, over;             /* replica-seconds */
	double under_share, over_share; /* of the need, seconds */
	double under_time, over_time, unstable_time, saturated_time;
	double supply_moves, need_moves; /* replicas */
	double demand, lost;             /* replica-seconds */
	double paid;
	size_t changes;
	int32_t order; /* the largest step up */
	double peak;   /* the largest count ordered, by the need before it */
};

/* A line counts if it is counted, and in any case it is what the next one
 * came from. */
void as_score_add(
    struct as_score *score, const struct as_mark *mark, bool counted);
void as_score_end(struct as_score *score);

/* The measures by name, in this order */
enum as_measure {
	AS_J,          /* share + lost */
	AS_SHARE,      /* of the base's replica-hours */
	AS_HOURS,      /* replica-hours */
	AS_LOST,       /* % of the demand that nobody served */
	AS_SATURATED,  /* % of the time with all replicas full */
	AS_THETA_U,    /* %, too few, as a share of the need */
	AS_THETA_O,    /* %, too many */
	AS_TAU_U,      /* % of the time with too few */
	AS_TAU_O,      /* % of the time with too many */
	AS_UPSILON,    /* % of the time not moving as the need does */
	AS_ACCURACY_U, /* replicas too few, mean */
	AS_ACCURACY_O, /* replicas too many, mean */
	AS_JITTER,     /* moves of supply less those of need, a minute */
	AS_MOVES,      /* replicas that came or went */
	AS_NEED_MOVES, /* the same of the need */
	AS_CHANGES,    /* an hour */
	AS_ORDER,      /* replicas, the largest step up */
	AS_PEAK,       /* largest count ordered, by the need of 20 minutes */
	AS_MEASURES
};

extern const char *const as_score_names[AS_MEASURES];

/* base is the oracle's run, or NULL; what cannot be told is NaN. */
void as_score_measure(const struct as_score *score, const struct as_score *base,
    double measures[AS_MEASURES]);

/* runs.c - the runs of a stream, by their APP; starts as all zeros */
struct as_runs {
	double target;   /* where need= is missing */
	int64_t skipped; /* of each run's begin, ms */
	int64_t from;    /* what is older does not count */
	struct as_table table;
	struct as_run_score {
		struct as_score score;
		int64_t begin, last;
		int32_t count;
		char stamp[AS_STAMP_MAX]; /* the last line's */
		size_t stamp_len;
	} * run; /* by the app's number */
	size_t room;
};

int as_runs_read(struct as_runs *scored, const char *path); /* exit code */
void as_runs_end(struct as_runs *scored);

/* The oracle's run of the same app: web:oracle for web:1, or in base web, too;
 * NULL if there is none. */
const struct as_score *as_runs_base(const struct as_runs *scored,
    const struct as_runs *base, struct as_text app);

#endif
