/* keys.c - the table of the policy's keys, and how their values are read */
#include "policy.h"

#define NOT_A_COUNT "is not a number in 0..2147483647"

static const char *
set_count(void *settings, size_t at, const char *value)
{
	return as_num_count(as_text(value), as_key_place(settings, at)) ?
	    NULL :
	    NOT_A_COUNT;
}

static const char *
read_duration(uint32_t *ms, struct as_text value)
{
	int64_t n;
	const char *why = as_time_duration(value, &n);

	if (why == NULL)
		*ms = (uint32_t)n;
	return why;
}

static const char *
set_duration(void *settings, size_t at, const char *value)
{
	return read_duration(as_key_place(settings, at), as_text(value));
}

static const char *
set_fraction(void *settings, size_t at, const char *value)
{
	return as_num_decimal(as_text(value), as_key_place(settings, at)) ?
	    NULL :
	    "is not a fraction >= 0";
}

static const char *
set_tolerance(void *settings, size_t at, const char *value)
{
	struct as_policy *policy = settings;
	const char *why = set_fraction(settings, at, value);

	if (why == NULL)
		policy->up.tolerance = policy->down.tolerance;
	return why;
}

static const char *
set_select(void *settings, size_t at, const char *value)
{
	static const char *const words[] = {"max", "min", "off"};
	enum as_select *select = as_key_place(settings, at);

	for (int i = 0; i < 3; i++)
		if (strcmp(value, words[i]) == 0) {
			*select = (enum as_select)i;
			return NULL;
		}
	return "is not max, min or off";
}

static const char *
set_zero(void *settings, size_t at, const char *value)
{
	bool *ok = as_key_place(settings, at);

	*ok = strcmp(value, "ok") == 0;
	return *ok || strcmp(value, "hold") == 0 ? NULL : "is not hold or ok";
}

/* Reads a rate limit, such as "4/15s" or "100%/15s". */
static const char *
parse_rate(struct as_rate *rate, struct as_text text)
{
	struct as_text amount, period = text;
	const char *why = "is not none, or limits like 4/15s and 100%/15s";

	if (!as_text_cut(&period, '/', &amount) || amount.len == 0)
		return why;
	rate->percent = amount.at[amount.len - 1] == '%';
	if (rate->percent)
		amount.len--;
	if (!as_num_count(amount, &rate->amount) || rate->amount == 0)
		return why;
	rate->up = 1 + rate->amount / 100.0;
	rate->down = 1 - rate->amount / 100.0;
	if ((why = read_duration(&rate->period, period)) != NULL)
		return why;
	return rate->period == 0 ? "has a period of 0" : NULL;
}

static const char *
set_rates(void *settings, size_t at, const char *value)
{
	struct as_direction *direction = as_key_place(settings, at);
	struct as_text rest = as_text(value), one;
	const char *why = NULL;
	bool more = true;

	direction->n_rates = 0;
	if (strcmp(value, "none") == 0)
		return NULL;
	while (more && why == NULL) {
		more = as_text_cut(&rest, ' ', &one);
		if (more && one.len == 0)
			continue;
		if (direction->n_rates == AS_RATES)
			return "has more than 8 limits";
		why = parse_rate(&direction->rates[direction->n_rates++], one);
	}
	return why;
}

/* Reads COUNT[:MODE], where MODE is static, current, higher or lower. */
static const char *
read_fallback(struct as_text text, int32_t *n, enum as_fallback *fallback)
{
	static const char *const modes[] = {
	    "static", "current", "higher", "lower"};
	struct as_text count, mode = text;

	if (!as_text_cut(&mode, ':', &count))
		mode = as_text("static");
	if (!as_num_count(count, n))
		return "has no COUNT in 0..2147483647 after its first :";
	for (int i = 0; i < 4; i++)
		if (as_text_is(mode, as_text(modes[i]))) {
			*fallback = (enum as_fallback)i;
			return NULL;
		}
	return "has a MODE that is not static, current, higher or lower";
}

/* Reads N:COUNT[:MODE], the value of fallback. */
static const char *
set_fallback(void *settings, size_t at, const char *value)
{
	struct as_policy *policy = settings;
	struct as_text rest = as_text(value), after;

	(void)at;
	if (!as_text_cut(&rest, ':', &after) ||
	    !as_num_count(after, &policy->fallback_after) ||
	    policy->fallback_after == 0)
		return "is not N:COUNT or N:COUNT:MODE with N > 0";
	return read_fallback(rest, &policy->fallback_count, &policy->fallback);
}

/* Reads DUR:COUNT[:MODE], the value of fallback.NAME. */
static const char *
set_metric_fallback(void *settings, size_t at, const char *value)
{
	struct as_metric *metric = as_key_place(settings, at);
	struct as_text rest = as_text(value), after;

	if (!as_text_cut(&rest, ':', &after) ||
	    read_duration(&metric->fallback_after, after) != NULL ||
	    metric->fallback_after == 0)
		return "is not DUR:COUNT or DUR:COUNT:MODE with DUR > 0";
	return read_fallback(rest, &metric->fallback_count, &metric->fallback);
}

/* Reads LOW..HIGH, the value of range.NAME. */
static const char *
set_range(void *settings, size_t at, const char *value)
{
	struct as_metric *metric = as_key_place(settings, at);
	const char *dots = strstr(value, "..");

	if (dots == NULL ||
	    !as_num_decimal((struct as_text){value, (size_t)(dots - value)},
		&metric->low) ||
	    !as_num_decimal(as_text(dots + 2), &metric->high) ||
	    metric->low > metric->high)
		return "is not LOW..HIGH with 0 <= LOW <= HIGH";
	metric->has_range = true;
	return NULL;
}

/* Reads N/M, the value of sustain.NAME. */
static const char *
set_sustain(void *settings, size_t at, const char *value)
{
	struct as_metric *metric = as_key_place(settings, at);
	struct as_text among = as_text(value), n;
	int32_t needed, of;

	if (!as_text_cut(&among, '/', &n) || !as_num_count(n, &needed) ||
	    !as_num_count(among, &of) || needed < 1 || of < needed || of > 32)
		return "is not N/M with 1 <= N <= M <= 32";
	metric->sustain = of > 1 ? (uint32_t)needed : 0;
	metric->sustain_among = of > 1 ? (uint32_t)of : 0;
	return NULL;
}

/* Reads DUR:PERCENT, the value of panic. */
static const char *
set_panic(void *settings, size_t at, const char *value)
{
	struct as_policy *policy = settings;
	struct as_text percent = as_text(value), span;

	(void)at;
	if (!as_text_cut(&percent, ':', &span) ||
	    read_duration(&policy->panic, span) != NULL || policy->panic == 0)
		return "is not DUR:PERCENT like 6s:200%";
	if (percent.len > 0 && percent.at[percent.len - 1] == '%')
		percent.len--;
	if (!as_num_decimal(percent, &policy->panic_use) ||
	    policy->panic_use <= 0)
		return "is not DUR:PERCENT like 6s:200%";
	policy->panic_use /= 100;
	return NULL;
}

static const char *
set_schedule(void *settings, size_t at, const char *value)
{
	struct as_policy *policy = settings;
	struct as_hours unused;
	const char *why = as_hours_parse(&unused, value);

	(void)at;
	if (why != NULL)
		return why;
	if (policy->schedule == NULL)
		policy->schedule = as_mem_need(
		    calloc(1, sizeof(*policy->schedule)));
	as_schedule_add(policy->schedule, value);
	return NULL;
}

static const char *
set_number(void *settings, size_t at, const char *value)
{
	return as_num_decimal(as_text(value), as_key_place(settings, at)) ?
	    NULL :
	    "is not a number >= 0";
}

const char *
as_key_positive(void *settings, size_t at, const char *value)
{
	double x;

	if (!as_num_decimal(as_text(value), &x) || x <= 0)
		return "is not a number > 0";
	*(double *)as_key_place(settings, at) = x;
	return NULL;
}

/* clang-format off */
#define KEY(name, set, member, standard, range, about) \
	{name, range, standard, about, set, \
	    offsetof(struct as_policy, member), AS_KEY_POLICY}
#define METRIC(name, set, member, range, about) \
	{name, range, "", about, set, \
	    offsetof(struct as_metric, member), \
	    AS_KEY_POLICY | AS_KEY_METRIC}
const struct as_key as_keys[] = {
METRIC("activation.", set_number, activation, "V >= 0",
    "above V there is something to do"),
KEY("average", set_duration, average, "0s", "DUR",
    "metrics are averaged over the last DUR"),
KEY("down_cooldown", set_duration, down.cooldown, "0s", "DUR",
    "no step down for DUR after any change"),
KEY("down_policy", set_rates, down, "50%/60s", "N/DUR... N%/DUR... or none",
    "at most N replicas, or percent, down in DUR"),
KEY("down_select", set_select, down.select, "max", "max, min or off",
    "which of several limits down holds"),
KEY("down_window", set_duration, down.window, "300s", "DUR",
    "the largest recommendation of the last DUR counts"),
{"fallback", "N:COUNT[:static|current|higher|lower]", "",
    "after N unreadable samples in a row ask for COUNT",
    set_fallback, 0, AS_KEY_POLICY},
METRIC("fallback.", set_metric_fallback, name,
    "DUR:COUNT[:static|current|higher|lower]",
    "after DUR without a usable NAME it recommends COUNT"),
KEY("forget", set_duration, forget, "1d", "DUR",
    "an app that is not seen for DUR is forgotten"),
KEY("idle", set_duration, idle, "", "DUR",
    "down to idle_count after DUR without activity"),
KEY("idle_count", set_count, idle_count, "0", "0..min",
    "replicas that stay while the app is idle"),
KEY("max", set_count, max, "100", "0..2147483647",
    "at most so many replicas"),
KEY("max_gap", set_duration, max_gap, "10m", "DUR",
    "after a longer silence an app is as at first sight"),
KEY("min", set_count, min, "1", "0..2147483647",
    "at least so many replicas"),
METRIC("missing.", as_key_positive, missing, "V > 0",
    "what a silent replica is assumed to use on the way down"),
KEY("multiple", set_count, multiple, "1", "1..2147483647",
    "counts are multiples of this, rounded up"),
{"panic", "DUR:PERCENT", "",
    "never down while the mean of DUR uses PERCENT of capacity",
    set_panic, 0, AS_KEY_POLICY},
METRIC("range.", set_range, name, "LOW..HIGH",
    "a reading outside is not usable"),
METRIC("saturation.", as_key_positive, saturation, "V > 0",
    "a reading of V or more may hide a higher load"),
{"schedule", "[WHEN]... min=N, max=N, pin=N or pause", "",
    "bounds while a window of time is open",
    set_schedule, 0, AS_KEY_POLICY | AS_KEY_REPEATS},
KEY("startup", set_duration, startup, "0s", "DUR",
    "replicas take DUR until they serve"),
METRIC("sustain.", set_sustain, name, "N/M, at most 32",
    "a change that N of the last M samples ask for"),
KEY("tolerance", set_tolerance, down.tolerance, "0.1", "X >= 0",
    "sets tolerance_up and tolerance_down"),
KEY("tolerance_down", set_fraction, down.tolerance, "", "X >= 0",
    "no step down while the ratio is at least 1 - X"),
KEY("tolerance_up", set_fraction, up.tolerance, "", "X >= 0",
    "no step up while the ratio is at most 1 + X"),
KEY("up_cooldown", set_duration, up.cooldown, "0s", "DUR",
    "no step up for DUR after any change"),
KEY("up_policy", set_rates, up, "4/15s 100%/15s", "N/DUR... N%/DUR... or none",
    "at most N replicas, or percent, up in DUR"),
KEY("up_select", set_select, up.select, "max", "max, min or off",
    "which of several limits up holds"),
KEY("up_window", set_duration, up.window, "0s", "DUR",
    "the smallest recommendation of the last DUR counts"),
KEY("zero", set_zero, zero_ok, "hold", "hold or ok",
    "what a reading of exactly 0 is: a dead collector, or 0"),
{NULL, NULL, NULL, NULL, NULL, 0, 0}
};
#undef KEY
#undef METRIC
/* clang-format on */

void
as_keys_reset(const struct as_key *keys, void *settings)
{
	for (; keys->name != NULL; keys++)
		if (keys->standard[0] != '\0')
			keys->set(settings, keys->at, keys->standard);
}
