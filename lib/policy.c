/* policy.c - the policy's keys, their grammar and defaults */
#include <stdio.h>

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

/* Cuts off the part before the first sep; false if there is no sep. */
static bool
split(struct as_text *rest, char sep, struct as_text *part)
{
	const char *found = memchr(rest->at, sep, rest->len);

	*part = *rest;
	if (found == NULL)
		return false;
	part->len = (size_t)(found - rest->at);
	rest->at = found + 1;
	rest->len -= part->len + 1;
	return true;
}

/* "4/15s" or "100%/15s" */
static const char *
parse_rate(struct as_rate *rate, struct as_text text)
{
	struct as_text amount, period = text;
	const char *why = "is not none, or limits like 4/15s and 100%/15s";

	if (!split(&period, '/', &amount) || amount.len == 0)
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
		more = split(&value, ' ', &one);
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

	if (!split(&value, ':', &after))
		return "is not N:COUNT or N:COUNT:MODE";
	if (split(&value, ':', &count))
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
} keys[] = {
#define KEY(name, set, member) {name, set, offsetof(struct as_policy, member)}
	KEY("average", set_duration, average),
	KEY("down_cooldown", set_duration, down.cooldown),
	KEY("down_policy", set_rates, down),
	KEY("down_select", set_select, down.select),
	KEY("down_window", set_duration, down.window),
	{"fallback", set_fallback, 0},
	KEY("max", set_count, max),
	KEY("max_gap", set_duration, max_gap),
	KEY("min", set_count, min),
	{"tolerance", set_tolerance, 0},
	{"tolerance_down", set_tolerance_down, 0},
	{"tolerance_up", set_tolerance_up, 0},
	KEY("up_cooldown", set_duration, up.cooldown),
	KEY("up_policy", set_rates, up),
	KEY("up_select", set_select, up.select),
	KEY("up_window", set_duration, up.window),
	KEY("zero", set_zero, zero_ok),
#undef KEY
	{NULL, NULL, 0}
};
/* clang-format on */

/* A metric is a KEY of the line grammar that means nothing else there. */
static const char *
check_name(struct as_text name)
{
	static const char *const taken[] = {
	    "ready", "unready", "missing", "min", "max", "err", "from", NULL};
	struct as_line line = {0};
	char text[160];
	const char *why;

	if (name.len == 0 || name.len > AS_KEY_MAX)
		return "has a metric name that is not 1 to 64 bytes";
	for (size_t i = 0; taken[i] != NULL; i++)
		if (as_text_is(name, as_text(taken[i])))
			return "has a metric name that means something else";
	snprintf(text, sizeof(text), "1970-01-01T00:00:00Z x 1 %.*s=1\n",
	    (int)name.len, name.at);
	why = as_line_parse(&line, text);
	free(line.pairs);
	return why == NULL ? NULL : "has a metric name that is not a-z 0-9 _ .";
}

/* target.NAME total.NAME value.NAME missing.NAME */
static const char *
set_metric(struct as_policy *policy, int kind, struct as_text name,
    struct as_text value)
{
	enum { MISSING = AS_VALUE + 1 };
	struct as_metric *metric = policy->metrics;
	struct as_metric *end = metric + policy->n_metrics;
	const char *why;
	double x;

	if (!as_num_decimal(value, &x) || x <= 0)
		return "is not a number > 0";
	if ((why = check_name(name)) != NULL)
		return why;
	while (metric < end &&
	    !as_text_is(name, (struct as_text){metric->name, metric->len}))
		metric++;
	if (metric == policy->metrics + AS_METRICS)
		return "is one metric more than 16";
	if (metric == end) {
		*metric = (struct as_metric){.len = name.len};
		memcpy(metric->name, name.at, name.len);
		metric->by_len = (size_t)snprintf(
		    metric->by, sizeof(metric->by), " by=%s", metric->name);
		policy->n_metrics++;
	}
	if (kind == MISSING) {
		metric->missing = x;
	} else {
		metric->mode = (enum as_mode)kind;
		metric->target = x;
	}
	return NULL;
}

const char *
as_policy_set(struct as_policy *policy, struct as_text key,
    struct as_text value, bool *known)
{
	static const char *const kinds[] = {
	    "target", "total", "value", "missing"};
	struct as_text name = key, kind;

	*known = true;
	if (as_text_is(key, as_text("target")))
		return set_metric(policy, AS_AVERAGE, as_text("cpu"), value);
	if (split(&name, '.', &kind))
		for (int i = 0; i < 4; i++)
			if (as_text_is(kind, as_text(kinds[i])))
				return set_metric(policy, i, name, value);
	for (const struct key *k = keys; k->name != NULL; k++)
		if (as_text_is(key, as_text(k->name)))
			return k->set((char *)policy + k->at, value);
	*known = false;
	return NULL;
}

const char *
as_policy_key(size_t i)
{
	return i == 0 ? "target" : keys[i - 1].name;
}

void
as_policy_default(struct as_policy *policy)
{
	*policy = (struct as_policy){
	    .min = 1,
	    .max = 100,
	    .max_gap = 600000,
	    .up = {.tolerance = 0.1,
		.n_rates = 2,
		.rates = {{4, false, 15000, 0, 0}, {100, true, 15000, 2, 0}}},
	    .down = {.tolerance = 0.1,
		.window = 300000,
		.n_rates = 1,
		.rates = {{50, true, 60000, 1.5, 0.5}}},
	};
}

static uint32_t
longest(uint32_t longest, const struct as_direction *direction)
{
	if (direction->cooldown > longest)
		longest = direction->cooldown;
	for (size_t i = 0; i < direction->n_rates; i++)
		if (direction->rates[i].period > longest)
			longest = direction->rates[i].period;
	return longest;
}

int64_t
as_policy_memory(const struct as_policy *policy)
{
	int64_t longest = policy->memory;

	if (policy->up.window > longest)
		longest = policy->up.window;
	if (policy->down.window > longest)
		longest = policy->down.window;
	return longest + policy->average + policy->max_gap;
}

static void
derive(struct as_policy *policy)
{
	policy->memory = longest(longest(0, &policy->up), &policy->down);
	policy->tolerated_low = 1.0 - policy->down.tolerance - AS_RATIO_SLACK;
	policy->tolerated_high = 1.0 + policy->up.tolerance + AS_RATIO_SLACK;
}

const char *
as_policy_check(struct as_policy *policy, char why[AS_WHY_MAX])
{
	bool named = false;

	for (size_t i = 0; i < policy->n_metrics; i++)
		named = named || policy->metrics[i].target > 0;
	if (!named)
		set_metric(policy, AS_AVERAGE, as_text("cpu"), as_text("0.80"));
	for (size_t i = 0; i < policy->n_metrics; i++) {
		if (policy->metrics[i].target > 0)
			continue;
		snprintf(why, AS_WHY_MAX,
		    "missing.%s: no target, total or "
		    "value names this metric",
		    policy->metrics[i].name);
		return why;
	}
	if (policy->min > policy->max)
		return "min is greater than max";
	derive(policy);
	return NULL;
}
