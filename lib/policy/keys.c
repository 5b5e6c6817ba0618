/* keys.c - the policy's keys and their grammar */
#include "policy.h"

#define NOT_A_COUNT "is not a number in 0..2147483647"

static const char *
set_count(void *at, struct as_text value)
{
	return as_num_count(value, at) ? NULL : NOT_A_COUNT;
}

static const char *
set_duration(void *at, struct as_text value)
{
	int64_t ms;
	const char *why = as_duration_parse(value, &ms);

	if (why == NULL)
		*(uint32_t *)at = (uint32_t)ms;
	return why;
}

static const char *
set_tolerance_up(void *at, struct as_text value)
{
	struct as_policy *policy = at;

	return as_num_decimal(value, &policy->up.tolerance) ?
	    NULL :
	    "is not a fraction >= 0";
}

/* A load of 0 is 1 below the target: to tolerate that is never to go down. */
static const char *
set_tolerance_down(void *at, struct as_text value)
{
	struct as_policy *policy = at;
	double x;

	if (!as_num_decimal(value, &x) || x >= 1)
		return "is not a fraction with 0 <= tolerance < 1";
	policy->down.tolerance = x;
	return NULL;
}

static const char *
set_tolerance(void *at, struct as_text value)
{
	const char *why = set_tolerance_down(at, value);

	return why != NULL ? why : set_tolerance_up(at, value);
}

static const char *
set_select(void *at, struct as_text value)
{
	static const char *const words[] = {"max", "min", "off"};

	for (int i = 0; i < 3; i++)
		if (as_text_is(value, as_text(words[i]))) {
			*(enum as_select *)at = (enum as_select)i;
			return NULL;
		}
	return "is not max, min or off";
}

static const char *
set_zero(void *at, struct as_text value)
{
	*(bool *)at = as_text_is(value, as_text("ok"));
	return *(bool *)at || as_text_is(value, as_text("hold")) ?
	    NULL :
	    "is not hold or ok";
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
	if ((why = set_duration(&rate->period, period)) != NULL)
		return why;
	return rate->period == 0 ? "has a period of 0" : NULL;
}

static const char *
set_rates(void *at, struct as_text value)
{
	struct as_direction *direction = at;
	struct as_text one;
	const char *why = NULL;
	bool more = true;

	direction->n_rates = 0;
	if (as_text_is(value, as_text("none")))
		return NULL;
	while (more && why == NULL) {
		more = as_text_cut(&value, ' ', &one);
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
set_fallback(void *at, struct as_text value)
{
	static const char *const modes[] = {
	    "static", "current", "higher", "lower"};
	struct as_policy *policy = at;
	struct as_text after, count, mode = as_text("static");

	if (!as_text_cut(&value, ':', &after))
		return "is not N:COUNT or N:COUNT:MODE";
	if (as_text_cut(&value, ':', &count))
		mode = value;
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

/* clang-format off */
static const struct key {
	const char *name;
	const char *(*set)(void *at, struct as_text value);
	size_t at;
	const char *value; /* the default, or "" */
} keys[] = {
#define KEY(name, set, member, value) \
	{name, set, offsetof(struct as_policy, member), value}
	KEY("average", set_duration, average, "0s"),
	KEY("down_cooldown", set_duration, down.cooldown, "0s"),
	KEY("down_policy", set_rates, down, "50%/60s"),
	KEY("down_select", set_select, down.select, "max"),
	KEY("down_window", set_duration, down.window, "300s"),
	{"fallback", set_fallback, 0, ""},
	KEY("idle", set_duration, idle, ""),
	KEY("max", set_count, max, "100"),
	KEY("max_gap", set_duration, max_gap, "10m"),
	KEY("min", set_count, min, "1"),
	{"tolerance", set_tolerance, 0, "0.1"},
	{"tolerance_down", set_tolerance_down, 0, ""},
	{"tolerance_up", set_tolerance_up, 0, ""},
	KEY("startup", set_duration, startup, "0s"),
	KEY("up_cooldown", set_duration, up.cooldown, "0s"),
	KEY("up_policy", set_rates, up, "4/15s 100%/15s"),
	KEY("up_select", set_select, up.select, "max"),
	KEY("up_window", set_duration, up.window, "0s"),
	KEY("zero", set_zero, zero_ok, "hold"),
#undef KEY
};
/* clang-format on */

enum { N_KEYS = sizeof(keys) / sizeof(keys[0]) };

const char *
as_key_set(struct as_policy *policy, struct as_text key, struct as_text value,
    bool *known)
{
	*known = true;
	for (size_t i = 0; i < N_KEYS; i++)
		if (as_text_is(key, as_text(keys[i].name)))
			return keys[i].set((char *)policy + keys[i].at, value);
	*known = false;
	return NULL;
}

const char *
as_policy_key(size_t i, const char **value)
{
	*value = i < N_KEYS ? keys[i].value : "";
	return i < N_KEYS ? keys[i].name : NULL;
}

void
as_policy_default(struct as_policy *policy)
{
	*policy = (struct as_policy){0};
	for (size_t i = 0; i < N_KEYS; i++)
		if (keys[i].value[0] != '\0')
			keys[i].set((char *)policy + keys[i].at,
			    as_text(keys[i].value));
}
