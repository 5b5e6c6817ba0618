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
set_tolerance_up(void *settings, size_t at, const char *value)
{
	return as_num_decimal(as_text(value), as_key_place(settings, at)) ?
	    NULL :
	    "is not a fraction >= 0";
}

/* A load of 0 is 1 below the target: to tolerate that is never to go down. */
static const char *
set_tolerance_down(void *settings, size_t at, const char *value)
{
	double x;

	if (!as_num_decimal(as_text(value), &x) || x >= 1)
		return "is not a fraction with 0 <= tolerance < 1";
	*(double *)as_key_place(settings, at) = x;
	return NULL;
}

static const char *
set_tolerance(void *settings, size_t at, const char *value)
{
	struct as_policy *policy = settings;
	const char *why = set_tolerance_down(settings, at, value);

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

/* "4/15s" or "100%/15s" */
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

/* N:COUNT[:MODE] */
static const char *
set_fallback(void *settings, size_t at, const char *value)
{
	static const char *const modes[] = {
	    "static", "current", "higher", "lower"};
	struct as_policy *policy = settings;
	struct as_text rest = as_text(value), after, count,
		       mode = as_text("static");

	(void)at;
	if (!as_text_cut(&rest, ':', &after))
		return "is not N:COUNT or N:COUNT:MODE";
	if (as_text_cut(&rest, ':', &count))
		mode = rest;
	if (!as_num_count(after, &policy->fallback_after) ||
	    policy->fallback_after == 0 ||
	    !as_num_count(count, &policy->fallback_count))
		return "is not N:COUNT or N:COUNT:MODE with N > 0";
	for (int i = 0; i < 4; i++)
		if (as_text_is(mode, as_text(modes[i]))) {
			policy->fallback = (enum as_fallback)i;
			return NULL;
		}
	return "has a MODE that is not static, current, higher or lower";
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
KEY("idle", set_duration, idle, "", "DUR",
    "down to 0 when there was nothing to do for DUR"),
KEY("max", set_count, max, "100", "0..2147483647",
    "at most so many replicas"),
KEY("max_gap", set_duration, max_gap, "10m", "DUR",
    "after a longer silence an app is as at first sight"),
KEY("min", set_count, min, "1", "0..2147483647",
    "at least so many replicas"),
METRIC("missing.", as_key_positive, missing, "V > 0",
    "what a silent replica is assumed to use on the way down"),
METRIC("saturation.", as_key_positive, saturation, "V > 0",
    "a reading of V or more may hide a higher load"),
KEY("startup", set_duration, startup, "0s", "DUR",
    "replicas take DUR until they serve"),
KEY("tolerance", set_tolerance, down.tolerance, "0.1", "0 <= X < 1",
    "sets tolerance_up and tolerance_down"),
KEY("tolerance_down", set_tolerance_down, down.tolerance, "", "0 <= X < 1",
    "no step down while the ratio is at least 1 - X"),
KEY("tolerance_up", set_tolerance_up, up.tolerance, "", "X >= 0",
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
