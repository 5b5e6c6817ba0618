/* policy.h - the policy and the decision engine; times are milliseconds */
#ifndef AS_POLICY_H
#define AS_POLICY_H

#include "as.h"

enum { AS_WHY_MAX = 256 }; /* bytes of an explanation */

/* policy.c, keys.c - see as-decide(1) for the keys */
enum as_select { AS_SELECT_MAX, AS_SELECT_MIN, AS_SELECT_OFF };
enum as_fallback { AS_STATIC, AS_CURRENT, AS_HIGHER, AS_LOWER };

struct as_metric {
	char name[AS_KEY_MAX + AS_SLACK]; /* zeros behind it */
	size_t len;
	char by[AS_KEY_MAX + 5 + AS_SLACK]; /* " by=NAME" */
	size_t by_len;
	const struct as_kind *kind; /* NULL: only `missing` or so until now */
	double target;              /* > 0; 0: steps */
	double missing;             /* use of a silent replica; 0: the target */
	double saturation; /* such a reading may hide more; 0: none does */
	double activation; /* above it there is something to do; -1: no say */
};

enum { AS_STEPS = 16 }; /* in one policy */

/* What to do while a metric is beyond a bound */
struct as_step {
	double bound;
	int32_t amount; /* replicas, or percent of COUNT; > 0: above it, up */
	uint8_t metric;
	bool percent;
	bool inclusive; /* at the bound, too */
};

struct as_rate {
	int32_t amount; /* replicas, or percent of them */
	bool percent;
	uint32_t period;
	double up, down; /* 1 + and 1 - percent/100 */
};

struct as_direction {
	double tolerance; /* 0 <= tolerance < 1 */
	uint32_t window;
	uint32_t cooldown;
	enum as_select select;
	size_t n_rates; /* 0: no limit */
	struct as_rate rates[AS_RATES];
};

struct as_policy {
	size_t n_metrics;
	struct as_metric metrics[AS_METRICS];
	size_t n_steps;
	struct as_step steps[AS_STEPS];
	int32_t min, max;
	struct as_direction up, down;
	uint32_t memory; /* the longest of the periods and cooldowns */
	double tolerated_low, tolerated_high; /* ratios, slack included */
	uint32_t average;
	uint32_t max_gap;
	uint32_t startup; /* of a replica, until it serves */
	uint32_t idle;    /* so long, and none is needed; 0: off */
	bool zero_ok;
	bool watches;           /* there is a startup or an idle */
	bool refines;           /* there is a startup or an average */
	int32_t fallback_after; /* unreadable samples; 0: off */
	int32_t fallback_count;
	enum as_fallback fallback;
};

/* keys.c - a key of the settings: the policy's are here, those of requests in
 * conf.h.  The table is what -G, -o help, completions and the tests of the
 * manuals go by. */
enum as_key_how {
	AS_KEY_REPEATS = 1, /* may stand more than once */
	AS_KEY_PATH = 2,
	AS_KEY_POLICY = 4,
	AS_KEY_METRIC = 8, /* policy: behind the point is a metric's name */
	AS_KEY_KIND = 16,  /* the metric is of that kind: see struct as_kind */
	AS_KEY_VARIABLE = 32 /* behind the point is a name of filters */
};

struct as_key {
	const char *name;     /* ends with '.' where a NAME is to follow */
	const char *range;    /* what its value may be, in words */
	const char *standard; /* the default, or "" */
	const char *about;    /* in a few words */
	/* Reads the value into a member of the settings, `at` bytes from their
	 * begin.  Returns why it cannot, or NULL. */
	const char *(*set)(void *settings, size_t at, const char *value);
	size_t at; /* of AS_KEY_METRIC: in struct as_metric */
	int how;
};

static inline void *
as_key_place(void *settings, size_t at)
{
	return (char *)settings + at;
}

extern const struct as_key as_keys[]; /* ends with a name of NULL */

/* Sets all defaults. */
void as_keys_reset(const struct as_key *keys, void *settings);

/* Readers of values */
const char *as_key_positive(void *settings, size_t at, const char *value);

/* policy.c - the whole policy.  All defaults, no metric yet. */
void as_policy_reset(struct as_policy *policy);

/* Sets the key, whose whole name is given; returns why not, or NULL.  A metric
 * that is new is added. */
const char *as_policy_set(struct as_policy *policy, const struct as_key *key,
    const char *name, const char *value);

/* How long a sample may have a say in decisions, ms: what came before this and
 * a day is not needed to go on as if all had been seen. */
int64_t as_policy_memory(const struct as_policy *policy);
const char *as_policy_check(struct as_policy *policy, char why[AS_WHY_MAX]);

/* average.c - the mean of the last span milliseconds, value included */
struct as_series {
	size_t len, room;
	struct as_reading {
		int64_t time;
		double value;
	} * at;
};

double as_average_mean(
    struct as_series *series, int64_t now, int64_t span, double value);

/* rate.c - the count that the rate limits allow to reach from count.
 * changes holds what COUNT did between samples. */
int32_t as_rate_limit_up(const struct as_direction *up,
    struct as_queue *changes, uint32_t now, int32_t count);
int32_t as_rate_limit_down(const struct as_direction *down,
    struct as_queue *changes, uint32_t now, int32_t count);

/* idle.c - whether there is anything to do */
enum as_activity {
	AS_ACTIVE, /* a metric is above its activation */
	AS_UNSURE, /* none is, but one cannot be read */
	AS_QUIET,  /* none is */
	AS_IDLE,   /* for long enough, or COUNT is 0 */
};

/* metric.c - what each metric recommends */
struct as_sample {
	int64_t time;
	int64_t count;                   /* AS_UNKNOWN: could not be read */
	int32_t ready, unready, missing; /* ready AS_UNKNOWN: not told */
	int32_t min, max;                /* the tighter of policy and sample */
	enum as_activity activity;       /* where the policy has an idle */
	int acting;                      /* the metric that is not quiet */
	double values[AS_METRICS];       /* NaN: absent or not a number */
};

enum as_usable { AS_USABLE, AS_ABSENT, AS_ZERO };

struct as_recommendation {
	int32_t count;
	enum as_usable usable;
	bool tolerated; /* count is COUNT since ratio is near 1 */
	double ratio;
};

/* What metric i of the policy asks for. */
void as_metric_recommend(const struct as_policy *policy, size_t i,
    const struct as_sample *sample, struct as_recommendation *r);

/* The kinds of metrics.  A kind is a row: its key, and how a usable reading
 * becomes a recommendation. */
struct as_kind {
	struct as_key key;
	void (*recommend)(const struct as_policy *policy,
	    const struct as_metric *metric, const struct as_sample *sample,
	    double value, struct as_recommendation *r);
	bool has_ratio; /* of the reading and a target */
	bool has_scale; /* reading and target can be compared as they are */
};

enum { AS_AVERAGE, AS_TOTAL, AS_VALUE, AS_STEP };
extern const struct as_kind
    as_metric_kinds[]; /* by these; ends with a name of NULL */

/* step.c - metrics that have steps instead of a target.  Adds those of the
 * metric `at` bytes from the policy's begin; returns why the value is none. */
const char *as_step_set(void *policy, size_t at, const char *value);
void as_step_forget(struct as_policy *policy, size_t i);

/* Where the value brings count to; false: it is within all bounds. */
bool as_step_take(const struct as_policy *policy, size_t i, double value,
    int32_t count, int32_t *wanted);

/* sample.c - a line as the policy sees it.  Returns why it is none. */
const char *as_sample_read(struct as_sample *sample,
    const struct as_policy *policy, struct as_line *line);

/* app.c - what is remembered of one app: 128 bytes, the windows' first entries
 * with it, so that 100,000 apps are read from memory in one sweep */
struct as_history {
	int64_t time;            /* of its last sample; -1: none yet */
	int64_t counted;         /* of the last one with a COUNT */
	struct as_more *more;    /* what rarer settings remember */
	int32_t count;           /* its last COUNT, or AS_UNKNOWN */
	int32_t unreadable;      /* samples in a row */
	struct as_queue highest; /* of the down window */
	struct as_queue changes; /* of COUNT */
};

void as_history_begin(struct as_history *app); /* as never seen */
void as_history_free(struct as_history *app);

/* Before anything else of a sample whose COUNT is known. */
void as_history_take_count(struct as_history *app,
    const struct as_policy *policy, const struct as_sample *sample);

/* Behind it, and where COUNT is unknown: what startup and idle look at.  Sets
 * the sample's activity; until the app is idle its last replica stays. */
void as_history_watch(struct as_history *app, const struct as_policy *policy,
    struct as_sample *sample);

/* What startup and average make of a sample, behind as_history_take_count: ready is
 * no more than the smallest COUNT of the last startup, the rest is unready,
 * unless the sample told; each usable value becomes a mean. */
void as_history_refine(struct as_history *app, const struct as_policy *policy,
    struct as_sample *sample);

/* Takes a recommendation into the windows, behind as_history_take_count; *low and
 * *high are theirs. */
void as_history_remember(struct as_history *app, const struct as_policy *policy,
    uint32_t now, int32_t want, int32_t *low, int32_t *high);

/* decide.c - the decision, rule by rule */
enum as_why {
	AS_TARGET,
	AS_TOLERANCE,
	AS_STABILIZED,
	AS_RATE,
	AS_MIN,
	AS_MAX,
	AS_COOLDOWN,
	AS_NO_DATA,
	AS_ZERO_READ,
	AS_FALLBACK,
	AS_DISABLED,
	AS_UNNEEDED
};

struct as_decision {
	int64_t count; /* wanted; AS_UNKNOWN: no opinion */
	enum as_why why;
	int by;     /* metric, or -1 */
	bool asked; /* the metrics: raw and ready are set */
	bool bound; /* by windows and limits: these are */
	struct as_recommendation raw[AS_METRICS];
	int32_t ready;     /* replicas that the metrics are of */
	int32_t want;      /* the metrics together */
	int32_t low, high; /* of the windows */
	int32_t limit;     /* of the rates */
};

void as_decide(struct as_history *app, const struct as_policy *policy,
    struct as_sample *sample, struct as_decision *decision);

/* idle.c again: activity without the time that it lasts, *metric what it is due
 * to, unless quiet; and what it makes of a decision by metrics: 0 is reached by
 * it, and left by it for 1 at least. */
enum as_activity as_idle_activity(const struct as_policy *policy,
    const struct as_sample *sample, int *metric);
void as_idle_decide(const struct as_policy *policy,
    const struct as_sample *sample, struct as_decision *decision);

/* fold.c - all apps of a stream */
struct as_fold {
	const struct as_policy *policy; /* of the app decided last */
	/* Asked once for each app; NULL: all apps have that one policy. */
	const struct as_policy *(*policy_of)(void *owner, struct as_text app);
	void *owner;
	const struct as_policy **policies; /* by the app's number */
	struct as_table table;
	struct as_history *apps;
	size_t room;
	size_t last; /* number of the app decided last */
};

/* Decides one sample and guesses the next line's app.  Returns why it must be
 * skipped, or NULL. */
const char *as_fold_line(
    struct as_fold *fold, struct as_line *line, struct as_decision *decision);
void as_fold_free(struct as_fold *fold);

/* print.c - a decision as a line; explain appends the arithmetic */
void as_print_decision(struct as_out *out, const struct as_line *line,
    const struct as_decision *decision, const struct as_policy *policy,
    bool explain);

/* zone.c - what clocks show.  A zone is a file of the C library's; UTC needs
 * none. */
struct as_zone;

struct as_zone *as_zone_find(struct as_text name); /* NULL: there is none */

/* Seconds since 1970, >= 0, as the zone's clocks show them.  Sets TZ. */
int64_t as_zone_local(struct as_zone *zone, int64_t seconds);

/* hours.c - a window, "Mon-Fri 08:00-18:00 Europe/Berlin min=10"; see
 * as-schedule(1) */
enum { AS_HOLD = -2 }; /* a bound: COUNT, whatever it is */

struct as_hours {
	int64_t first, last; /* day it opens on, since 1970; last < 0: any */
	int64_t begin, end;  /* second of that day, or end of the next one */
	struct as_zone *zone;
	unsigned weekdays; /* it opens on, bit 0: Monday; 0: all */
	int32_t min, max;  /* or AS_HOLD, or AS_UNKNOWN */
	bool open;         /* at the schedule's time */
};

/* Returns why text is no window, or NULL. */
const char *as_hours_parse(struct as_hours *opening, const char *text);

/* schedule.c - what holds */
struct as_schedule {
	struct as_hours *openings;
	size_t n, room;
	int64_t seconds; /* its time; -1: none yet */
};

struct as_bounds {
	int32_t min, max; /* or AS_UNKNOWN */
};

/* Adds a window, which was parsed without fault once. */
void as_schedule_add(struct as_schedule *schedule, const char *text);

/* The bounds at a time, ms, for an app of that COUNT; or AS_UNKNOWN. */
struct as_bounds as_schedule_at(
    struct as_schedule *schedule, int64_t time, int32_t count);

#endif
