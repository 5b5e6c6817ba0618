/* otherwise.c - decides again without one setting that bound, for each of them */
#include <math.h>
#include <stdio.h>

#include "why.h"

/* Makes the policy of the app with one key changed; without it if value is NULL.
 * Returns false if the other keys need it. */
static bool
change_policy(struct as_policy *policy, const struct as_scope *scope,
    const char *key, const char *value)
{
	struct as_setting changed = {.key = key, .value = value};
	char why[AS_WHY_MAX];

	as_policy_reset(policy);
	for (size_t i = 0; i < scope->settings->n_in_force; i++) {
		struct as_setting setting =
		    scope->config->settings[scope->settings->in_force[i]];

		if (strcmp(setting.key, key) != 0)
			as_setting_take(policy, NULL, &setting);
	}
	return (value == NULL ||
		   as_setting_take(policy, NULL, &changed) == NULL) &&
	    as_policy_check(policy, why) == NULL;
}

static bool
is_known(const struct as_otherwise *otherwise, const char *key)
{
	for (size_t i = 0; i < otherwise->n; i++)
		if (strcmp(otherwise->others[i].key, key) == 0)
			return true;
	return false;
}

/* Decides with the key changed.  A change that is not sure to matter is left out if
 * it gives the same count. */
static void
try(struct as_otherwise *otherwise, const char *key, const char *value,
    bool is_sure)
{
	struct as_other *other = &otherwise->others[otherwise->n];
	struct as_policy policy;
	struct as_replay replay;

	if (otherwise->n == AS_OTHERS || is_known(otherwise, key))
		return;
	if (change_policy(&policy, &otherwise->story->scope, key, value)) {
		as_replay_run(&replay, &policy, otherwise->lines);
		snprintf(other->key, sizeof(other->key), "%s", key);
		snprintf(other->value, sizeof(other->value), "%s",
		    value != NULL ? value : "");
		other->count = replay.decision.count;
		other->why = replay.decision.why;
		if (is_sure ||
		    other->count != otherwise->story->replay.decision.count)
			otherwise->n++;
		as_replay_free(&replay);
	}
	as_schedule_free(policy.schedule);
}

/* Does the same with a key like sustain.NAME. */
static void
try_metric(struct as_otherwise *otherwise, const char *key, size_t i,
    const char *value)
{
	const struct as_policy *policy = otherwise->story->replay.fold.policy;
	char name[AS_OTHER_KEY];

	snprintf(name, sizeof(name), "%s.%s", key, policy->metrics[i].name);
	try(otherwise, name, value, true);
}

/* A range that has the reading */
static void
try_range(struct as_otherwise *otherwise, size_t i)
{
	const struct as_replay *replay = &otherwise->story->replay;
	const struct as_metric *metric = &replay->fold.policy->metrics[i];
	double value = replay->sample.values[i];
	bool is_low = metric->has_range && value < metric->low;
	char low[32], high[32], range[80];

	as_num_print(low, is_low ? value : metric->low);
	as_num_print(high, is_low ? metric->high : value);
	snprintf(range, sizeof(range), "%s..%s", low, high);
	try_metric(otherwise, "range", i, range);
}

static void
try_usable(struct as_otherwise *otherwise, size_t i)
{
	const struct as_replay *replay = &otherwise->story->replay;
	const struct as_recommendation *r = &replay->decision.raw[i];
	const struct as_metric *metric = &replay->fold.policy->metrics[i];
	bool is_best = (int)i == otherwise->story->trace.best;

	switch (r->why) {
	case AS_TOLERANCE:
		if (is_best && r->ratio > 1)
			try(otherwise, "tolerance_up", "0", true);
		else if (is_best && r->ratio < 1)
			try(otherwise, "tolerance_down", "0", true);
		break;
	case AS_SUSTAIN: try_metric(otherwise, "sustain", i, "1/1"); break;
	case AS_PANIC: try(otherwise, "panic", NULL, true); break;
	case AS_FALLBACK: try_metric(otherwise, "fallback", i, NULL); break;
	default:
		if (metric->saturation > 0 &&
		    replay->sample.values[i] >= metric->saturation)
			try_metric(otherwise, "saturation", i, NULL);
		break;
	}
}

static void
try_metrics(struct as_otherwise *otherwise)
{
	const struct as_replay *replay = &otherwise->story->replay;

	for (size_t i = 0; i < replay->fold.policy->n_metrics; i++) {
		switch (replay->decision.raw[i].usable) {
		case AS_USABLE: try_usable(otherwise, i); break;
		case AS_ZERO: try(otherwise, "zero", "ok", true); break;
		case AS_IMPLAUSIBLE: try_range(otherwise, i); break;
		default: break;
		}
	}
	if (replay->fold.policy->average > 0)
		try(otherwise, "average", "0s", false);
	if (replay->fold.policy->startup > 0)
		try(otherwise, "startup", "0s", false);
}

static void
try_rate(struct as_otherwise *otherwise, bool up)
{
	const struct as_policy *policy = otherwise->story->replay.fold.policy;

	if ((up ? policy->up.select : policy->down.select) == AS_SELECT_OFF)
		try(otherwise, up ? "up_select" : "down_select", "max", true);
	else
		try(otherwise, up ? "up_policy" : "down_policy", "none", true);
}

/* min cannot be below idle_count.  A bound of the sample is no setting. */
static void
try_bound(struct as_otherwise *otherwise, bool is_max)
{
	const char *source = as_bound_source(otherwise->story, is_max);
	const struct as_policy *policy = otherwise->story->replay.fold.policy;
	char least[16];

	snprintf(least, sizeof(least), "%d", (int)policy->idle_count);
	if (strcmp(source, "schedule") == 0)
		try(otherwise, "schedule", NULL, true);
	else if (strcmp(source, "max") == 0)
		try(otherwise, "max", "2147483647", true);
	else if (strcmp(source, "min") == 0)
		try(otherwise, "min", least, true);
}

static void
try_rule(struct as_otherwise *otherwise, const struct as_rule *rule)
{
	const struct as_replay *replay = &otherwise->story->replay;
	bool up = rule->from > replay->sample.count;
	bool idles = replay->fold.policy->idle > 0;

	switch (rule->why) {
	case AS_STABILIZED:
		try(otherwise,
		    rule->to > rule->from ? "down_window" : "up_window", "0s",
		    true);
		break;
	case AS_COOLDOWN:
		try(otherwise, up ? "up_cooldown" : "down_cooldown", "0s",
		    true);
		break;
	case AS_RATE: try_rate(otherwise, up); break;
	case AS_MULTIPLE: try(otherwise, "multiple", "1", true); break;
	case AS_MAX: try_bound(otherwise, true); break;
	case AS_MIN: try_bound(otherwise, false); break;
	case AS_PANIC: try(otherwise, "panic", NULL, true); break;
	case AS_FALLBACK: try(otherwise, "fallback", NULL, true); break;
	case AS_UNNEEDED: try(otherwise, "idle", NULL, true); break;
	case AS_DISABLED:
		try(otherwise, idles ? "idle_count" : "min", "0", true);
		break;
	default: break;
	}
}

void
as_otherwise_try(struct as_otherwise *otherwise, struct as_story *story,
    const struct as_buf *lines)
{
	*otherwise = (struct as_otherwise){.story = story, .lines = lines};
	if (story->replay.decision.asked)
		try_metrics(otherwise);
	for (size_t i = 0; i < story->trace.n; i++)
		try_rule(otherwise, &story->trace.rules[i]);
}

void
as_otherwise_say(struct as_buf *text, const struct as_otherwise *otherwise,
    const struct as_other *other)
{
	bool is_same = other->count == otherwise->story->replay.decision.count;

	if (other->value[0] == '\0')
		as_word_put(text, "without %s: ", other->key);
	else if (strcmp(other->key, "max") == 0)
		as_buf_puts(text, "without a max: ");
	else
		as_word_put(text, "with %s = %s: ", other->key, other->value);
	if (other->count == AS_UNKNOWN)
		as_buf_puts(text, "no count");
	else
		as_word_put(text, "%lld", (long long)other->count);
	as_word_put(text, "%s (why=%s)", is_same ? ", too" : "",
	    as_word_why(other->why));
}
