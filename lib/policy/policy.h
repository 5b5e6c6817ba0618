/* policy.h - the policy of an app, and the engine that decides by it
 *
 * A sample is a line TIME APP COUNT KEY=VALUE...: at TIME the app APP had COUNT
 * replicas, and a metric KEY had the reading VALUE.  From each reading a metric
 * recommends a count.  The largest recommendation is what the app wants.  Windows,
 * limits and bounds then say how far the count may move now.  The policy has the
 * settings for all that.  as-decide(1) explains its keys and the rules; NAME in a
 * key, as in target.NAME, is a metric.  Times are milliseconds since 1970 UTC,
 * durations are milliseconds, and AS_UNKNOWN is a count that nobody knows. */
#ifndef AS_POLICY_H
#define AS_POLICY_H

#include "as.h"

enum { AS_WHY_MAX = 256 }; /* most bytes of a text that says what is wrong */

/* Which of several rate limits counts: that of the largest change (max) or that of
 * the smallest (min); off allows no change. */
enum as_select { AS_SELECT_MAX, AS_SELECT_MIN, AS_SELECT_OFF };

/* Which count a fallback recommends: its own (static), the app's current count, or
 * the higher or the lower of the two. */
enum as_fallback { AS_STATIC, AS_CURRENT, AS_HIGHER, AS_LOWER };

struct as_metric {
	char name[AS_KEY_MAX + AS_SLACK]; /* its other bytes are 0 */
	size_t len;
	char by[AS_KEY_MAX + 5 + AS_SLACK]; /* " by=NAME", as it is printed */
	size_t by_len;
	/* The row of as_metric_kinds that tells how it is used; NULL until a key
	 * sets it */
	const struct as_kind *kind;
	/* The V of target.NAME, total.NAME or value.NAME; 0 for step.NAME */
	double target;
	/* missing.NAME: the reading that is assumed for a replica without one.  If
	 * it is 0, the target is assumed. */
	double missing;
	/* saturation.NAME: a reading of this or more may hide a higher load; 0 if
	 * not set */
	double saturation;
	/* activation.NAME: a reading above it is activity; -1 if not set: the idle
	 * rule ignores the metric */
	double activation;
	bool has_range; /* range.NAME is set */
	/* The target seems to be a percentage: a reading of up to 1 that would
	 * scale down is not used. */
	bool is_percentage;
	/* saturation and range are not set, and is_percentage is false. */
	bool plain;
	double low, high; /* readings outside are not usable */
	/* fallback.NAME: after fallback_after ms without a usable reading, the
	 * metric recommends fallback_count, in the mode `fallback`.  fallback_after
	 * is 0 if the key is not set. */
	uint32_t fallback_after;
	int32_t fallback_count;
	enum as_fallback fallback;
	/* sustain.NAME: at least `sustain` of the last sustain_among samples must
	 * ask for a change.  Both are 0 if one sample is enough. */
	uint32_t sustain;
	uint32_t sustain_among;
};

enum { AS_STEPS = 16 }; /* most steps of one policy */

/* One step of step.NAME: what to do while the metric is beyond a bound */
struct as_step {
	double bound;
	/* Replicas, or percent of COUNT if `percent` is set: above 0 they are
	 * added, below 0 they are removed. */
	int32_t amount;
	/* The index of the metric */
	uint8_t metric;
	bool percent;
	bool absolute;  /* amount is the wanted count itself */
	bool above;     /* the step acts above the bound; if false, below it */
	bool inclusive; /* the step acts at the bound, too */
};

/* One rate limit, such as 4/15s or 50%/60s */
struct as_rate {
	int32_t amount; /* replicas, or percent of the COUNT of a period ago */
	bool percent;
	uint32_t period; /* ms */
	/* If amount is in percent: 1 + amount/100 and 1 - amount/100 */
	double up, down;
};

/* What the keys up_..., or the keys down_..., set for one direction */
struct as_direction {
	/* How far the ratio of reading and target may be from 1; >= 0 */
	double tolerance;
	uint32_t window;   /* ms; the stabilization window; 0 if off */
	uint32_t cooldown; /* ms; 0 if off */
	enum as_select select;
	size_t n_rates;             /* 0 if there is no limit */
	int32_t free, free_percent; /* what as_rate_free sets */
	struct as_rate rates[AS_RATES];
};

/* A policy: the values of the keys in POLICY of as-decide(1) */
struct as_policy {
	size_t n_metrics;
	struct as_metric metrics[AS_METRICS];
	size_t n_steps;
	struct as_step steps[AS_STEPS];
	int32_t min, max; /* as_policy_check rounds them to multiples */
	int32_t multiple; /* counts are multiples of this; 1: any count */
	struct as_direction up, down;
	/* ms; the longest of all rate periods and cooldowns */
	uint32_t memory;
	/* Ratios from low to high change nothing.  Both include AS_RATIO_SLACK. */
	double tolerated_low, tolerated_high;
	/* ms; each reading is replaced by the mean of so long; 0 if off. */
	uint32_t average;
	/* ms; after a longer time without a COUNT the history begins again. */
	uint32_t max_gap;
	/* ms; an app without a sample for so long is forgotten. */
	uint32_t forget;
	uint32_t startup; /* ms that a new replica takes until it serves */
	/* ms; after so long without activity the count goes to idle_count; 0 if
	 * off. */
	uint32_t idle;
	int32_t idle_count;
	/* ms; the mean of the readings of so long may begin a panic; 0 if off. */
	uint32_t panic;
	/* The share of the capacity whose use begins a panic; 1 is all of it */
	double panic_use;
	struct as_schedule *schedule; /* NULL if there is none */
	bool zero_ok;                 /* a reading of 0 is usable */
	/* startup or idle is set, so as_history_watch must be called. */
	bool watches;
	/* A metric has a range or is_percentage, so readings may be refused. */
	bool doubts;
	/* A key sustain.NAME, fallback.NAME or panic is set, so as_history_meet
	 * must be called. */
	bool minds;
	bool usual; /* usual.c may decide lines of this policy. */
	/* ms; max_gap, but short enough for the 32 bits of times in queues */
	uint32_t usual_gap;
	/* fallback: after fallback_after samples in a row without a usable metric,
	 * fallback_count is wanted, in the mode `fallback`.  fallback_after is 0 if
	 * the key is not set. */
	int32_t fallback_after;
	int32_t fallback_count;
	enum as_fallback fallback;
};

/* keys.c - the keys of a policy.  A table has a row for each key.  The keys of
 * requests have such a table in remote.c.  -G, -o help, completions and the tests
 * of the manuals use these tables. */
enum as_key_how {
	AS_KEY_REPEATS = 1, /* the key may stand several times */
	AS_KEY_PATH = 2,    /* its value is the path of a file */
	AS_KEY_POLICY = 4,  /* the key belongs to the policy */
	AS_KEY_METRIC = 8,  /* the name of a metric follows its point */
	/* The key sets the kind of its metric, and is the first member of a struct
	 * as_kind. */
	AS_KEY_KIND = 16,
	/* The name of a variable of filters follows its point. */
	AS_KEY_VARIABLE = 32,
	AS_KEY_LINES = 64 /* its value may have several lines */
};

struct as_key {
	const char *name;     /* ends with '.' if a NAME follows */
	const char *range;    /* what its value may be, in words */
	const char *standard; /* the default; "" if there is none */
	const char *about;    /* what the key does, in a few words */
	/* Reads the value into the member that begins `at` bytes after the
	 * beginning of the settings, a struct as_policy or as_remote.  Returns
	 * NULL, or why it cannot. */
	const char *(*set)(void *settings, size_t at, const char *value);
	/* The offset of the member in the settings; with AS_KEY_METRIC, in struct
	 * as_metric */
	size_t at;
	int how;
};

static inline void *
as_key_place(void *settings, size_t at)
{
	return (char *)settings + at;
}

extern const struct as_key as_keys[]; /* the last row has the name NULL */

/* Sets the default of each key of the table that has one. */
void as_keys_reset(const struct as_key *keys, void *settings);

/* The member `set` of keys whose value is a number > 0 */
const char *as_key_positive(void *settings, size_t at, const char *value);

/* policy.c - a whole policy.  as_policy_reset sets all defaults.  The policy has no
 * metric then. */
void as_policy_reset(struct as_policy *policy);

/* Sets a key.  name is the key in full: "target.cpu" where key->name is "target.".
 * Adds the metric if it is new.  Returns NULL, or what is wrong. */
const char *as_policy_set(struct as_policy *policy, const struct as_key *key,
    const char *name, const char *value);

/* Returns for how many ms a sample may influence later decisions: older samples
 * would change none.  A key that counts samples may need more, whatever their TIMEs
 * are: as_policy_counts returns whether there is one. */
int64_t as_policy_memory(const struct as_policy *policy);
bool as_policy_counts(const struct as_policy *policy);

/* Checks a policy when all its keys are set, and computes the members that follow
 * from others.  A policy without a metric gets target.cpu = 0.80.  Returns NULL, or
 * what is wrong; that text may be in `why`. */
const char *as_policy_check(struct as_policy *policy, char why[AS_WHY_MAX]);

/* Returns the smallest multiple that is not below count. */
int64_t as_policy_multiple(int32_t count, int32_t multiple);

/* average.c - the readings of one metric in a span of time, oldest first */
struct as_series {
	size_t len, room;
	struct as_reading {
		int64_t time;
		double value;
	} * at;
};

/* Drops the readings that are `span` ms old or older, and adds the reading of
 * now. */
void as_average_add(
    struct as_series *series, int64_t now, int64_t span, double value);

/* Returns the mean of the readings that are younger than `span` ms.  as_average_add
 * must have added the reading of now. */
double as_average_mean(
    const struct as_series *series, int64_t now, int64_t span);

/* rate.c - each of these returns the farthest count that the rate limits allow now.
 * COUNT is `count` now, and `changes` has its changes with their times. */
int32_t as_rate_limit_up(const struct as_policy *policy,
    struct as_queue *changes, uint32_t now, int32_t count);
int32_t as_rate_limit_down(const struct as_policy *policy,
    struct as_queue *changes, uint32_t now, int32_t count);

/* Sets free, the largest change that the rate limits of the direction allow at any
 * COUNT above 0 if there was no other change within their periods; and
 * free_percent: up to AS_FREE_MAX replicas they also allow so much of COUNT.
 * multiple is the key of that name: with one, both are 0. */
enum { AS_FREE_MAX = 1000000 };
void as_rate_free(struct as_direction *direction, int32_t multiple);

/* sample.c - reads from a line what the policy needs.  struct as_replicas says how
 * many replicas are in which state. */
struct as_replicas {
	/* They serve and have a reading; AS_UNKNOWN if the sample does not say. */
	int32_t ready;
	/* Unready ones still start; missing ones have no reading. */
	int32_t unready, missing;
};

/* How active the app is, for the idle rule */
enum as_activity {
	AS_ACTIVE, /* a metric reads more than its activation */
	AS_UNSURE, /* none does, but one of them is not usable */
	AS_QUIET,  /* none does, and all are usable */
	AS_IDLE,   /* quiet for as long as the key idle asks */
};

struct as_sample {
	int64_t time;
	int64_t count; /* AS_UNKNOWN if it could not be read */
	struct as_replicas replicas;
	/* Bit i is set if metric i has numbers of replicas of its own, such as
	 * ready.NAME. */
	uint32_t own;
	/* These numbers; of[i] is valid only if bit i of own is set. */
	struct as_replicas of[AS_METRICS];
	/* The tightest bounds of the policy, the schedule and the sample */
	int32_t min, max;
	bool paused; /* an open window of the schedule says pause */
	/* The app must not go to idle_count: it is paused, or the min of the sample
	 * or of an open window is above idle_count. */
	bool awake;
	/* Set only if the policy has the key idle */
	enum as_activity activity;
	/* The metric that makes the app AS_ACTIVE or AS_UNSURE */
	int acting;
	double values[AS_METRICS]; /* NaN if absent or not a number */
};

/* Reads a sample from a line.  Returns NULL, or why the line is no sample. */
const char *as_sample_read(struct as_sample *sample,
    const struct as_policy *policy, struct as_line *line);

/* Fills in the numbers of replicas that the sample does not say.  Its COUNT must be
 * known.  At most `started` replicas become ready, the others unready. */
void as_sample_complete_all(
    struct as_sample *sample, size_t n_metrics, int32_t started);

/* Does the same.  This is fast for most samples, which have none of these
 * numbers. */
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

/* Returns the numbers of replicas for metric i: its own, or those of the sample. */
static inline const struct as_replicas *
as_sample_replicas(const struct as_sample *sample, size_t i)
{
	return (sample->own >> i & 1) != 0 ? &sample->of[i] : &sample->replicas;
}

/* metric.c - what each metric recommends.  enum as_why has the words of why=, which
 * as-decide(1) explains in WHY WORDS. */
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
	AS_UNNEEDED, /* why=idle */
	AS_PANIC,
	AS_SUSTAIN,
	AS_MULTIPLE
};

/* Whether a reading can be used.  AS_ABSENT: there is none.  AS_ZERO: it is 0,
 * probably from a dead collector.  AS_IMPLAUSIBLE: it is out of range, or a doubted
 * percentage. */
enum as_usable { AS_USABLE, AS_ABSENT, AS_ZERO, AS_IMPLAUSIBLE };

struct as_recommendation {
	int32_t count;
	enum as_usable usable;
	enum as_why why; /* the rule that made this count */
	double ratio;    /* reading / target; NaN if there is none */
};

/* Returns the word of why= for a metric that cannot be used. */
enum as_why as_metric_why(enum as_usable usable);

/* Returns whether the reading of metric i in the sample can be used.  NaN is found
 * with value != value, because that needs no call of isnan. */
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

/* Sets *r to what metric i recommends.  value is its reading or, if the policy has
 * the key average, the mean of its readings. */
void as_metric_recommend(const struct as_policy *policy, size_t i,
    const struct as_sample *sample, double value, struct as_recommendation *r);

/* A kind of metric, such as target. or step.: its key, and how a usable reading
 * becomes a recommendation */
struct as_kind {
	struct as_key key;
	void (*recommend)(const struct as_policy *policy, size_t i,
	    const struct as_sample *sample, double value,
	    struct as_recommendation *r);
	/* Returns the share of the capacity that is used if `value` is the reading;
	 * 1 is all of it.  use is NULL if a reading of this kind shows no such
	 * share. */
	double (*use)(const struct as_metric *metric,
	    const struct as_replicas *replicas, int64_t count, double value);
	bool has_ratio; /* recommend divides the reading by a target */
	bool has_scale; /* reading and target have the same unit */
};

/* The rows of as_metric_kinds.  A last row has a key with the name NULL. */
enum { AS_AVERAGE, AS_TOTAL, AS_VALUE, AS_STEP };
extern const struct as_kind as_metric_kinds[];

/* step.c - metrics that have steps instead of a target.  as_step_set is the member
 * `set` of the key step.: settings is the policy, and the metric begins `at` bytes
 * after its beginning.  Returns NULL, or what is wrong with value. */
const char *as_step_set(void *settings, size_t at, const char *value);

/* Removes all steps of metric i. */
void as_step_forget(struct as_policy *policy, size_t i);

/* Sets *wanted to the count that the steps of metric i ask for if its reading is
 * `value`.  Returns false if value is beyond none of their bounds. */
bool as_step_take(const struct as_policy *policy, size_t i, double value,
    int32_t count, int32_t *wanted);

/* history.c - what is remembered of one app.  The first entries of each queue are
 * in the struct itself: with 100,000 apps, it costs time to follow a pointer. */
struct as_history {
	int64_t time;    /* TIME of its last sample; -1 if none */
	int64_t counted; /* TIME of its last sample with a COUNT */
	/* For keys that few policies have; NULL until it is needed */
	struct as_more *more;
	/* The history before TIME leapt ahead by more than a day, see fold.c; NULL
	 * if it did not */
	struct as_history *aside;
	int64_t seen;  /* fold->clock at its last sample */
	int32_t count; /* its last COUNT, or AS_UNKNOWN */
	/* How many samples in a row had no usable metric */
	int32_t unreadable;
	/* The count that was decided last, or AS_UNKNOWN */
	int32_t decided;
	/* TIME of that decision, low 32 bits */
	uint32_t decided_time;
	/* The recommendations of the last down_window */
	struct as_queue highest;
	struct as_queue changes; /* changes of COUNT between samples */
};

struct as_more {
	/* The recommendations of the last up_window, negated */
	struct as_queue lowest;
	/* COUNTs of the last `startup` ms, negated */
	struct as_queue counts;
	/* The last sample was AS_QUIET or AS_IDLE. */
	bool quiet;
	/* If so, the TIME of the first of these samples in a row */
	int64_t quiet_since;
	/* TIME of the last sample that showed too much use; -1 if none did */
	int64_t panicked;
	int64_t usable[AS_METRICS]; /* TIME of the last usable reading */
	/* Bit i tells whether the metric asked for more (ups) or less (downs) in
	 * the sample that came i samples before the newest. */
	uint32_t ups[AS_METRICS];
	uint32_t downs[AS_METRICS];
	struct as_series series[AS_METRICS];
};

/* Makes it the history of a new app. */
void as_history_begin(struct as_history *app);
void as_history_free(struct as_history *app);

/* Drops app->aside, because later samples have confirmed the new TIME. */
void as_history_confirm(struct as_history *app);

/* Returns app->more, which it makes if it is NULL. */
struct as_more *as_history_more(struct as_history *app);

/* Begins the waiting times of fallback.NAME.  Is called when an app is first seen,
 * if policy->minds is set. */
void as_history_meet(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample);

/* Takes the COUNT of a sample, which must be known.  Is called before the other
 * functions for this sample.  If the app had no COUNT for longer than max_gap, its
 * history begins again, and this returns how long that was, in ms.  Otherwise
 * returns 0. */
int64_t as_history_count(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample);

/* Adds a wanted count to up_window.  Returns the smallest one of the window. */
int32_t as_history_lowest(struct as_history *app,
    const struct as_policy *policy, uint32_t now, int32_t want);

/* Remembers what startup and idle need.  Is called after as_history_count, and also
 * if COUNT is unknown.  Sets the activity of the sample.  Returns how many replicas
 * have started; without startup this is AS_COUNT_MAX. */
int32_t as_history_watch(struct as_history *app, const struct as_policy *policy,
    struct as_sample *sample);

/* Adds the reading of metric i, and returns the mean of its readings in the time of
 * the key average.  Returns NaN if the reading is not usable. */
double as_history_mean(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, size_t i);

/* Remembers the count that was decided, unless it is AS_UNKNOWN, and its TIME. */
void as_history_decided(struct as_history *app, int64_t time, int64_t count);

/* decide.c - decides, rule by rule */
struct as_decision {
	/* The decided count; AS_UNKNOWN if none can be decided */
	int64_t count;
	enum as_why why;
	int by; /* index of the metric that decided, or -1 */
	/* The metrics were asked: raw and ready are set. */
	bool asked;
	/* Windows and limits were applied: low, high and limit are set. */
	bool bound;
	bool panicking; /* there is a panic, see panic.c */
	bool fell_back; /* want is the policy's fallback */
	int64_t gap;    /* what as_history_count returned */
	/* What each metric recommends */
	struct as_recommendation raw[AS_METRICS];
	int32_t ready; /* ready replicas of the sample */
	/* The count that all metrics together ask for */
	int32_t want;
	int32_t low, high; /* see as_rule_window */
	/* The farthest count that the rate limits allow; COUNT if no change is
	 * due.  It is set only to explain. */
	int32_t limit;
};

/* A reading over so many times its target is often in a wrong unit. */
enum { AS_RATIO_ODD = 10 };

/* Decides one sample, and remembers it in the history of the app.  explain: also sets
 * all members that as_print_decision needs to explain the decision. */
void as_decide(struct as_history *app, const struct as_policy *policy,
    struct as_sample *sample, bool explain, struct as_decision *decision);

/* Steps 13 to 16 of the algorithm: limits decision->count, which must differ from
 * the app's COUNT. */
void as_decide_limits(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, struct as_decision *decision);

/* fallback.c - which count is used if metrics cannot be read for too long */

/* Counts one more sample without a usable metric.  Returns true, and sets *count to
 * the policy's fallback, if there were enough of them in a row. */
bool as_fallback_due(
    struct as_history *app, const struct as_policy *policy, int32_t *count);

/* Counts a sample whose metrics did not matter for the decision.  If it has a
 * usable metric, or the app is switched off, it ends the row of samples without a
 * usable metric.  Otherwise it is one more of them. */
void as_fallback_skip(struct as_history *app, const struct as_policy *policy,
    const struct as_decision *decision);

/* fallback.NAME: replaces the recommendation of each metric that was not usable for
 * too long. */
void as_fallback_metrics(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, struct as_decision *decision);

/* sustain.c - sustain.NAME: a metric recommends COUNT if too few of the last
 * samples ask for its change.  A sample without COUNT asks for nothing. */
void as_sustain_metrics(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, struct as_decision *decision);

/* panic.c - sees whether there is a panic.  During a panic each metric recommends
 * what the mean of a short time asks for, if that is more, and the count never goes
 * down. */
void as_panic_metrics(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, struct as_decision *decision);

/* idle.c - the idle rule.  as_idle_activity returns the activity of this sample
 * alone: AS_ACTIVE, AS_UNSURE or AS_QUIET.  Unless it is AS_QUIET, sets *metric to
 * the metric that makes it so. */
enum as_activity as_idle_activity(const struct as_policy *policy,
    const struct as_sample *sample, int *metric);

/* Returns whether the idle rule allows the app a count below min. */
bool as_idle_may_rest(
    const struct as_policy *policy, const struct as_sample *sample);

/* Changes the decision as the idle rule asks.  Only this rule lets an app go down
 * to idle_count.  When the app leaves idle_count, it gets min replicas or more. */
void as_idle_decide(const struct as_policy *policy,
    const struct as_sample *sample, struct as_decision *decision);

/* fold.c - decides the samples of all apps of a stream */
struct as_fold {
	/* The policy of the app that was decided last; of all apps if policy_of is
	 * NULL */
	const struct as_policy *policy;
	/* Is called with owner for each new app, and returns its policy.  Returns
	 * NULL, with the reason in *why, if the app cannot be decided. */
	const struct as_policy *(*policy_of)(
	    void *owner, struct as_text app, const char **why);
	void *owner;
	bool explain;                      /* see as_decide */
	const struct as_policy **policies; /* by the app's number */
	struct as_table table;
	struct as_history *apps;
	size_t room;
	size_t last; /* the number of the app that was decided last */
	/* The time of the stream.  A later TIME moves it, but by max_gap at
	 * most. */
	int64_t clock;
	unsigned pause; /* for so many lines usual.c does not try again */
	size_t crowd;   /* at so many apps as_forget_apps is called */
	/* Is called for each app that is left after some were forgotten, in order.
	 * Its number was `from` and is `to`, which is smaller or the same.  NULL if
	 * nobody needs that. */
	void (*moved)(size_t from, size_t to);
};

/* Decides one sample, and puts a guess of the next line's app into line.  Returns
 * NULL, or why the line must be skipped. */
const char *as_fold_line(
    struct as_fold *fold, struct as_line *line, struct as_decision *decision);
void as_fold_free(struct as_fold *fold);

/* usual.c - decides the next lines of those that `in` has read already, and stops at
 * the first line that is not usual.  Remembers of each app what as_fold_line would
 * remember.  `line` is the struct with which the line before was read.  Prints the
 * decisions to `out`.  They have no arithmetic, as without -x. */
void as_usual_lines(struct as_fold *fold, struct as_in *in,
    struct as_line *line, struct as_out *out);

/* Does the same for lines of a history, and prints nothing.  Also stops at a line
 * whose TIME is `until`. */
void as_usual_past(struct as_fold *fold, struct as_in *in, struct as_line *line,
    int64_t until);

/* forget.c - as_forget_old moves fold->clock to time, and begins the history of the
 * app anew if its last sample is too old. */
void as_forget_old(struct as_fold *fold, struct as_history *app, int64_t time);

/* Forgets all apps whose last sample is too old.  Afterwards apps have other
 * numbers, so guesses of the next app are void. */
void as_forget_apps(struct as_fold *fold);

/* print.c - prints decisions as lines.  AS_DECISION_MAX is the most bytes of TIME,
 * APP, COUNT, from=, why= and by=. */
enum { AS_DECISION_MAX = 512, AS_PRINT_COUNTS = 100 };
extern const struct as_word as_print_counts[]; /* " 0 from=" to " 99 from=" */
extern const struct as_word as_print_whys[];   /* " why=WORD", by enum as_why */

/* Prints " COUNT from=". */
static inline char *
as_print_count(char *p, int64_t count)
{
	if (AS_RARELY((uint64_t)count >= AS_PRINT_COUNTS))
		return AS_PUT(as_put_count(AS_PUT(p, " "), count), " from=");
	return as_put_word(p, &as_print_counts[count]);
}

/* Prints " by=NAME". */
static inline char *
as_print_by(char *p, const struct as_metric *metric)
{
	return as_put_short(p, metric->by, metric->by_len);
}

/* Prints the whole line.  explain tells whether to append the arithmetic. */
void as_print_decision(struct as_out *out, const struct as_line *line,
    const struct as_decision *decision, const struct as_policy *policy,
    bool explain);

/* zone.c - local time in a time zone.  A zone is a file that the C library reads;
 * UTC needs no file. */
struct as_zone;

/* Returns the zone with this name, or NULL if there is none. */
struct as_zone *as_zone_find(struct as_text name);

/* Returns what the clocks of the zone show at `seconds`, which must be >= 0.  Both
 * are seconds since 1970.  Sets the environment variable TZ. */
int64_t as_zone_local(struct as_zone *zone, int64_t seconds);

/* hours.c - parses a window of time, "Mon-Fri 08:00-18:00 Europe/Berlin min=10";
 * see as-schedule(1).  AS_HOLD is a bound that keeps the COUNT of the sample, for
 * pause. */
enum { AS_HOLD = -2 };

struct as_hours {
	/* Its dates, in days since 1970; last is below 0 if it has none. */
	int64_t first, last;
	/* Seconds of the day; end may be on the next day, then it is over 86400. */
	int64_t begin, end;
	struct as_zone *zone;
	/* The weekdays on which it opens: bit 0 is Monday; 0 if on all days */
	unsigned weekdays;
	/* The days of the month: bit N is day N, bit 0 the last day; 0 if all
	 * days */
	unsigned month_days;
	int32_t min, max; /* AS_UNKNOWN if not set; AS_HOLD for pause */
	bool open;        /* it is open at schedule->seconds */
};

/* Parses a window.  Returns NULL, or what is wrong with text. */
const char *as_hours_parse(struct as_hours *hours, const char *text);

/* schedule.c - which windows are open, and which bounds they set */
struct as_schedule {
	struct as_hours *hours;
	size_t n, room;
	/* The time, in seconds since 1970, for which `open` of its windows is
	 * right; -1 if none */
	int64_t seconds;
};

struct as_bounds {
	int32_t min, max; /* AS_UNKNOWN if no open window sets it */
	bool paused;      /* an open window says pause: both are COUNT */
};

/* Adds a window.  as_hours_parse must have accepted text before. */
void as_schedule_add(struct as_schedule *schedule, const char *text);
void as_schedule_free(struct as_schedule *schedule); /* NULL does nothing */

/* Returns the bounds at a time for an app that has this count, which may be
 * AS_UNKNOWN. */
struct as_bounds as_schedule_at(
    struct as_schedule *schedule, int64_t time, int32_t count);

#endif
