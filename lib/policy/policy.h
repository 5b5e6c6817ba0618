/* policy.h - the policy and the decision engine; times are milliseconds */
#ifndef AS_POLICY_H
#define AS_POLICY_H

#include "as.h"

enum { AS_WHY_MAX = 256 }; /* bytes of an explanation */

/* A policy: what as-decide(1) tells under POLICY KEYS */
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
	double saturation;  /* such a reading may hide more; 0: none does */
	double activation;  /* above it is activity; -1: no say */
	bool has_range;     /* readings outside of it are unusable */
	bool is_percentage; /* a small reading may be a fraction */
	bool plain;         /* no saturation, range or percentage */
	double low, high;   /* the range */
	uint32_t fallback_after; /* this long unusable; 0: off */
	int32_t fallback_count;
	enum as_fallback fallback;
	uint32_t sustain; /* samples of that many that ask for a change; */
	uint32_t sustain_among; /* 0: each sample counts */
};

enum { AS_STEPS = 16 }; /* in one policy */

/* What to do while a metric is beyond a bound */
struct as_step {
	double bound;
	int32_t amount; /* replicas, or percent of COUNT; > 0: above it, up */
	uint8_t metric;
	bool percent;
	bool absolute;  /* amount is a count */
	bool above;     /* the bound; else below it */
	bool inclusive; /* at the bound, too */
};

struct as_rate {
	int32_t amount; /* replicas, or percent of them */
	bool percent;
	uint32_t period;
	double up, down; /* 1 + and 1 - percent/100 */
};

struct as_direction {
	double tolerance; /* >= 0 */
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
	int32_t min, max; /* multiples, once checked */
	int32_t multiple; /* of which counts are; 1: any */
	struct as_direction up, down;
	uint32_t memory; /* the longest of the periods and cooldowns */
	double tolerated_low, tolerated_high; /* ratios, slack included */
	uint32_t average;
	uint32_t max_gap;
	uint32_t forget;  /* an app that is not seen for so long */
	uint32_t startup; /* of a replica, until it serves */
	uint32_t idle;    /* so long, and few are needed; 0: off */
	int32_t idle_count;
	uint32_t panic;               /* the mean of so long; 0: off */
	double panic_use;             /* of capacity begins it */
	struct as_schedule *schedule; /* NULL: none */
	bool zero_ok;
	bool watches;           /* there is a startup or an idle */
	bool doubts;            /* a metric has a range, or may be a fraction */
	bool minds;             /* there is a sustain, fallback.NAME or panic */
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
	AS_KEY_VARIABLE = 32, /* behind the point is a name of filters */
	AS_KEY_LINES = 64     /* may have several lines */
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

/* The next multiple from count up */
int64_t as_policy_multiple(int32_t count, int32_t multiple);

/* average.c - the readings of a span of time */
struct as_series {
	size_t len, room;
	struct as_reading {
		int64_t time;
		double value;
	} * at;
};

/* Drops what is as old as span or older, and adds a reading of now. */
void as_average_add(
    struct as_series *series, int64_t now, int64_t span, double value);

/* The mean of the last span; there is a reading of now. */
double as_average_mean(
    const struct as_series *series, int64_t now, int64_t span);

/* rate.c - the count that the rate limits allow to reach from count.
 * changes holds what COUNT did between samples. */
int32_t as_rate_limit_up(const struct as_policy *policy,
    struct as_queue *changes, uint32_t now, int32_t count);
int32_t as_rate_limit_down(const struct as_policy *policy,
    struct as_queue *changes, uint32_t now, int32_t count);

/* sample.c - a line as the policy sees it */
struct as_replicas {
	int32_t ready; /* AS_UNKNOWN: not told */
	int32_t unready, missing;
};

enum as_activity {
	AS_ACTIVE, /* a metric is above its activation */
	AS_UNSURE, /* none is, but one cannot be read */
	AS_QUIET,  /* none is */
	AS_IDLE,   /* for long enough */
};

struct as_sample {
	int64_t time;
	int64_t count; /* AS_UNKNOWN: could not be read */
	struct as_replicas replicas;
	uint32_t own; /* metrics that have counts of their own, a bit each */
	struct as_replicas of[AS_METRICS]; /* where the bit is set */
	int32_t min, max;          /* the tighter of policy and sample */
	bool paused;               /* by a window of the schedule */
	bool awake;                /* bounds of the sample forbid to rest */
	enum as_activity activity; /* where the policy has an idle */
	int acting;                /* the metric that is not quiet */
	double values[AS_METRICS]; /* NaN: absent or not a number */
};

/* Returns why the line is no sample, or NULL. */
const char *as_sample_read(struct as_sample *sample,
    const struct as_policy *policy, struct as_line *line);

/* Fills in what the sample, whose COUNT is known, does not tell of its replicas:
 * at most `started` of them are ready.  Most samples tell nothing. */
void as_sample_complete_all(
    struct as_sample *sample, size_t n_metrics, int32_t started);

static inline void
as_sample_complete(struct as_sample *sample, size_t n_metrics, int32_t started)
{
	if (sample->replicas.ready == AS_UNKNOWN && sample->own == 0 &&
	    (sample->replicas.unready | sample->replicas.missing) == 0 &&
	    started == AS_COUNT_MAX)
		sample->replicas.ready = (int32_t)sample->count;
	else
		as_sample_complete_all(sample, n_metrics, started);
}

/* The counts that go with metric i */
static inline const struct as_replicas *
as_sample_replicas(const struct as_sample *sample, size_t i)
{
	return (sample->own >> i & 1) != 0 ? &sample->of[i] : &sample->replicas;
}

/* metric.c - what each metric recommends */
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
	AS_RANGE,
	AS_FALLBACK,
	AS_DISABLED,
	AS_UNNEEDED, /* idle */
	AS_PANIC,
	AS_SUSTAIN,
	AS_MULTIPLE
};

enum as_usable { AS_USABLE, AS_ABSENT, AS_ZERO, AS_IMPLAUSIBLE };

struct as_recommendation {
	int32_t count;
	enum as_usable usable;
	enum as_why why; /* what the count is due to */
	double ratio;    /* NaN: there is none */
};

/* The word for a metric that cannot be used */
enum as_why as_metric_why(enum as_usable usable);

/* Whether the sample's reading of metric i can be used.  NaN differs from itself. */
static inline enum as_usable
as_metric_usable(
    const struct as_policy *policy, size_t i, const struct as_sample *sample)
{
	const struct as_metric *metric = &policy->metrics[i];
	double value = sample->values[i];

	if (value != value)
		return AS_ABSENT;
	if (metric->has_range && (value < metric->low || value > metric->high))
		return AS_IMPLAUSIBLE;
	if (value == 0 && sample->count > 0 && !policy->zero_ok)
		return AS_ZERO;
	return AS_USABLE;
}

/* What metric i of the policy asks for; value is its reading, or their mean. */
void as_metric_recommend(const struct as_policy *policy, size_t i,
    const struct as_sample *sample, double value, struct as_recommendation *r);

/* The kinds of metrics.  A kind is a row: its key, and how a usable reading
 * becomes a recommendation. */
struct as_kind {
	struct as_key key;
	void (*recommend)(const struct as_policy *policy, size_t i,
	    const struct as_sample *sample, double value,
	    struct as_recommendation *r);
	/* The share of what is there that value uses; NULL: it tells none */
	double (*use)(const struct as_metric *metric,
	    const struct as_replicas *replicas, int64_t count, double value);
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

/* history.c - what is remembered of one app, the windows' first entries with it,
 * so that 100,000 apps are read from memory in one sweep */
struct as_history {
	int64_t time;         /* of its last sample; -1: none yet */
	int64_t counted;      /* of the last one with a COUNT */
	struct as_more *more; /* what rarer settings remember; NULL: nothing */
	struct as_history *aside; /* as it was before TIME leapt, or NULL */
	int64_t seen;             /* of the stream, see fold.c */
	int32_t count;            /* its last COUNT, or AS_UNKNOWN */
	int32_t unreadable;       /* samples in a row */
	int32_t decided;          /* its last decision, or AS_UNKNOWN */
	uint32_t decided_time;    /* of that, the low 32 bits */
	struct as_queue highest;  /* of the down window */
	struct as_queue changes;  /* of COUNT */
};

struct as_more {
	struct as_queue lowest; /* of the up window, negated */
	struct as_queue counts; /* of the last startup, negated */
	bool quiet;             /* since then there was no activity */
	int64_t quiet_since;
	int64_t panicked;           /* -1: never */
	int64_t usable[AS_METRICS]; /* time of the last usable reading */
	uint32_t ups[AS_METRICS];   /* samples that ask for more, newest */
	uint32_t downs[AS_METRICS]; /* first; and for less; a bit each */
	struct as_series series[AS_METRICS];
};

void as_history_begin(struct as_history *app); /* as never seen */
void as_history_free(struct as_history *app);
void as_history_confirm(struct as_history *app); /* drops what is aside */
struct as_more *as_history_more(struct as_history *app);

/* Sees an app for the first time; the policy minds. */
void as_history_meet(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample);

/* Takes the COUNT of a sample, which is known, before anything else.  Returns
 * how long the app had no COUNT if that was longer than max_gap, else 0: then
 * the app is as at first sight. */
int64_t as_history_count(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample);

/* After that, and where COUNT is unknown: what startup and idle look at.  Sets
 * the activity of the sample; returns how many replicas have started. */
int32_t as_history_watch(struct as_history *app, const struct as_policy *policy,
    struct as_sample *sample);

/* The mean of metric i, where the reading is usable; the policy has an average. */
double as_history_mean(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, size_t i);

/* Takes a recommendation into the windows; *low and *high are theirs. */
void as_history_window(struct as_history *app, const struct as_policy *policy,
    uint32_t now, int32_t want, int32_t *low, int32_t *high);

/* Remembers what was decided, and when. */
void as_history_decided(struct as_history *app, int64_t time, int64_t count);

/* decide.c - the decision, rule by rule */
struct as_decision {
	int64_t count; /* wanted; AS_UNKNOWN: no opinion */
	enum as_why why;
	int by;         /* metric, or -1 */
	bool asked;     /* the metrics have a say: raw and ready are set */
	bool bound;     /* by windows and limits: these are set */
	bool panicking; /* see panic.c */
	bool fell_back; /* the policy's fallback is wanted */
	int64_t gap;    /* see as_history_count */
	struct as_recommendation raw[AS_METRICS];
	int32_t ready;     /* replicas that the metrics are of */
	int32_t want;      /* the metrics together */
	int32_t low, high; /* of the windows */
	int32_t limit;     /* of the rates */
};

void as_decide(struct as_history *app, const struct as_policy *policy,
    struct as_sample *sample, struct as_decision *decision);

/* fallback.c - what is asked for in place of what cannot be read */

/* Counts the samples in a row without a usable metric; true: enough of them for
 * the policy's fallback, whose count is in *count. */
bool as_fallback_due(
    struct as_history *app, const struct as_policy *policy, int32_t *count);

/* After a sample on whose metrics nothing depended: the row of unusable samples
 * goes on, or ends. */
void as_fallback_skip(struct as_history *app, const struct as_policy *policy,
    const struct as_decision *decision);

/* fallback.NAME: replaces recommendations that were unusable for too long. */
void as_fallback_metrics(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, struct as_decision *decision);

/* sustain.c - sustain.NAME: takes back what too few of the last samples ask for.
 * Takes a sample that has no COUNT as one that asks for nothing. */
void as_sustain_metrics(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, struct as_decision *decision);

/* panic.c - the larger recommendation, and never down, after a short time of too
 * much use */
void as_panic_metrics(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, struct as_decision *decision);

/* idle.c - activity without the time that it lasts, *metric what it is due to,
 * unless quiet */
enum as_activity as_idle_activity(const struct as_policy *policy,
    const struct as_sample *sample, int *metric);

/* Whether the app may be below min */
bool as_idle_may_rest(
    const struct as_policy *policy, const struct as_sample *sample);

/* What idle makes of a decision: idle_count is reached by it, and left by it for
 * min at least. */
void as_idle_decide(const struct as_policy *policy,
    const struct as_sample *sample, struct as_decision *decision);

/* fold.c - all apps of a stream */
struct as_fold {
	const struct as_policy *policy; /* of the app decided last */
	/* Is asked for the policy of each new app.  NULL and *why: the app cannot
	 * be decided.  If policy_of is NULL all apps have the one policy. */
	const struct as_policy *(*policy_of)(
	    void *owner, struct as_text app, const char **why);
	void *owner;
	const struct as_policy **policies; /* by the app's number */
	struct as_table table;
	struct as_history *apps;
	size_t room;
	size_t last;   /* number of the app decided last */
	int64_t clock; /* the stream's time, which no line moves far */
	size_t crowd;  /* so many apps are too many, unless they are young */
	/* An app has another number now, a smaller one or the same: asked for
	 * all apps in their order, when some were forgotten.  May be NULL. */
	void (*moved)(size_t from, size_t to);
};

/* Decides one sample and guesses the next line's app.  Returns why it must be
 * skipped, or NULL. */
const char *as_fold_line(
    struct as_fold *fold, struct as_line *line, struct as_decision *decision);
void as_fold_free(struct as_fold *fold);

/* forget.c - moves the stream's time and forgets the app if it is old */
void as_forget_old(struct as_fold *fold, struct as_history *app, int64_t time);

/* Forgets all apps that are old; guesses of names are void after it. */
void as_forget_apps(struct as_fold *fold);

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
	unsigned weekdays;   /* it opens on, bit 0: Monday; 0: all */
	unsigned month_days; /* bit 0: the last day, bit N: day N; 0: all */
	int32_t min, max;    /* or AS_HOLD, or AS_UNKNOWN */
	bool open;           /* at the schedule's time */
};

/* Returns why text is no window, or NULL. */
const char *as_hours_parse(struct as_hours *hours, const char *text);

/* schedule.c - what holds */
struct as_schedule {
	struct as_hours *hours;
	size_t n, room;
	int64_t seconds; /* its time; -1: none yet */
};

struct as_bounds {
	int32_t min, max; /* or AS_UNKNOWN */
	bool paused;      /* both are COUNT, since a window says pause */
};

/* Adds a window, which was parsed without fault once. */
void as_schedule_add(struct as_schedule *schedule, const char *text);
void as_schedule_free(struct as_schedule *schedule); /* may be NULL */

/* The bounds at a time, ms, for an app of that COUNT; or AS_UNKNOWN. */
struct as_bounds as_schedule_at(
    struct as_schedule *schedule, int64_t time, int32_t count);

#endif
