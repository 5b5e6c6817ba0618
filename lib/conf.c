/* conf.c - settings as KEY=VALUE: the tools' own keys and the policy's */
#include <stdio.h>

#include "policy.h"

enum kind { URL, WAIT };

/* clang-format off */
static const struct key {
	const char *name;
	enum kind kind;
	size_t at;
} keys[] = {
#define KEY(name, kind) {#name, kind, offsetof(struct as_api, name)}
	KEY(connect_timeout, WAIT),
	KEY(max_age, WAIT),
	KEY(replicas_url, URL),
	KEY(status_url, URL),
	KEY(timeout, WAIT),
#undef KEY
	{NULL, URL, 0}
};
/* clang-format on */

void
as_conf_default(struct as_conf *conf)
{
	*conf = (struct as_conf){
	    .api = {
		.timeout = 5000, .connect_timeout = 2000, .max_age = 120000}};
	as_policy_default(&conf->policy);
}

static const char *
set_api(struct as_api *api, const struct key *key, const char *value)
{
	char *at = (char *)api + key->at;
	const char *why;

	if (key->kind == URL) {
		*(const char **)(void *)at = value;
		return NULL;
	}
	why = as_duration_parse(as_text(value), (int64_t *)(void *)at);
	if (why == NULL && *(int64_t *)(void *)at == 0)
		return "must be longer than 0";
	return why;
}

/* Edits (a byte more, less or other) that make a of b; small words only */
static size_t
distance(struct as_text a, struct as_text b)
{
	enum { WORD_MAX = 24 };
	size_t row[WORD_MAX + 1], left, above;

	if (a.len > WORD_MAX || b.len > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		above = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			left = above + (a.at[i - 1] == b.at[j - 1] ? 0 : 1);
			above = row[j];
			if (row[j] + 1 < left)
				left = row[j] + 1;
			if (row[j - 1] + 1 < left)
				left = row[j - 1] + 1;
			row[j] = left;
		}
	}
	return row[b.len];
}

static void
consider(struct as_text key, const char *name, const char **best, size_t *least)
{
	size_t edits = distance(key, as_text(name));

	if (edits < *least) {
		*least = edits;
		*best = name;
	}
}

static const char *
unknown(struct as_conf *conf, struct as_text key)
{
	const char *best = NULL, *name;
	size_t least = 3;

	consider(key, "target", &best, &least);
	for (size_t i = 0; (name = as_key_name(i)) != NULL; i++)
		consider(key, name, &best, &least);
	for (const struct key *k = keys; k->name != NULL; k++)
		consider(key, k->name, &best, &least);
	if (best == NULL)
		return "unknown key";
	snprintf(conf->why, sizeof(conf->why), "unknown key, did you mean %s?",
	    best);
	return conf->why;
}

const char *
as_conf_set(struct as_conf *conf, const char *assignment)
{
	const char *equals = strchr(assignment, '='), *why;
	struct as_text key = {assignment, 0};
	bool known;

	if (equals == NULL || equals == assignment)
		return "is not KEY=VALUE";
	key.len = (size_t)(equals - assignment);
	for (const struct key *k = keys; k->name != NULL; k++)
		if (as_text_is(key, as_text(k->name)))
			return set_api(&conf->api, k, equals + 1);
	why = as_policy_set(&conf->policy, key, as_text(equals + 1), &known);
	if (!known)
		return unknown(conf, key);
	conf->min_set = conf->min_set || as_text_is(key, as_text("min"));
	conf->max_set = conf->max_set || as_text_is(key, as_text("max"));
	return why;
}

void
as_conf_option(struct as_conf *conf, const char *key, const char *value)
{
	char assignment[1200];
	const char *why;
	int len;

	if (key == NULL) {
		if ((why = as_conf_set(conf, value)) != NULL)
			as_die(EX_CONFIG, "-o %s: %s", value, why);
		return;
	}
	len = snprintf(assignment, sizeof(assignment), "%s=%s", key, value);
	if (len < 0 || (size_t)len >= sizeof(assignment))
		as_die(EX_CONFIG, "%s: is over 1 KiB", key);
	if ((why = as_conf_set(conf, assignment)) != NULL)
		as_die(EX_CONFIG, "%s: %s", assignment, why);
}

void
as_conf_ready(struct as_conf *conf)
{
	const char *why = as_policy_check(&conf->policy, conf->why);

	if (why != NULL)
		as_die(EX_CONFIG, "%s", why);
}
