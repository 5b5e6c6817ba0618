/* setting.c - one setting: finds its key, checks its value, explains a mistake */
#include <ctype.h>
#include <stdio.h>

#include "conf.h"

/* Returns the key with the index *i in a table.  Returns NULL if the table is
 * shorter: then it has reduced *i by the number of keys, so *i is the index in the
 * next table. */
static const struct as_key *
key_at(const struct as_key *keys, size_t *i)
{
	for (; keys->name != NULL; keys++)
		if ((*i)-- == 0)
			return keys;
	return NULL;
}

const struct as_key *
as_setting_key(size_t i)
{
	const struct as_key *key;

	for (const struct as_kind *kind = as_metric_kinds;
	     kind->key.name != NULL; kind++)
		if (i-- == 0)
			return &kind->key;
	if ((key = key_at(as_keys, &i)) != NULL)
		return key;
	return key_at(as_remote_keys, &i);
}

/* Returns our key for a name that other autoscalers use, or NULL.  Underscores,
 * hyphens, points and capitals in the name do not matter. */
static const char *
find_synonym(const char *name)
{
	static const char *const synonyms[][2] = {
	    /* clang-format off */
	    {"maxreplicas", "max"}, {"maxreplicacount", "max"},
	    {"maxcapacity", "max"}, {"maxsize", "max"}, {"maximum", "max"},
	    {"minreplicas", "min"}, {"minreplicacount", "min"},
	    {"mincapacity", "min"}, {"minsize", "min"}, {"minimum", "min"},
	    {"cooldown", "down_cooldown"}, {"scaleincooldown", "down_cooldown"},
	    {"scaleoutcooldown", "up_cooldown"}, {"cooldownperiod", "idle"},
	    {"idlereplicacount", "idle_count"},
	    {"stabilizationwindow", "down_window"},
	    {"stabilizationwindowseconds", "down_window"},
	    {"scaleup", "up_policy"}, {"scaledown", "down_policy"},
	    {"selectpolicy", "down_select"}, {"threshold", "target"},
	    {"targetvalue", "target"}, {"averagevalue", "target"},
	    {"averageutilization", "target"},
	    {"targetaverageutilization", "target"},
	    {"targetcpuutilizationpercentage", "target"},
	    {"url", "status_url"}, {"address", "status_url"},
	    {"serveraddress", "status_url"}, {"query", "status_query.query"},
	    {"port", "set.port"}, {"host", "set.host"},
	    {"namespace", "set.namespace"}, {"method", "replicas_method"},
	    {"headers", "header"}, {"body", "replicas_body"},
	    {"cert", "client_cert"}, {"cacert", "ca_file"},
	    {"cafile", "ca_file"}, {"socket", "unix_socket"},
	    {"cron", "schedule"}, {"window", "schedule"},
	    {"profile", "include"}, {"filter", "sample"},
	    {"paused", "pause_file"}, {"pause", "pause_file"},
	    /* clang-format on */
	};
	char word[AS_KEY_MAX + 1];
	size_t len = 0;

	for (; *name != '\0' && len + 1 < sizeof(word); name++)
		if (*name != '_' && *name != '-' && *name != '.')
			word[len++] = (char)tolower((unsigned char)*name);
	word[len] = '\0';
	for (size_t i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++)
		if (strcmp(word, synonyms[i][0]) == 0 &&
		    as_setting_is_key(as_text(synonyms[i][1])))
			return synonyms[i][1];
	return NULL;
}

/* Returns the key that was probably meant, or NULL. */
static const char *
suggest_key(const char *name)
{
	struct as_suggestion best = {0};
	const struct as_key *key;
	const char *synonym = find_synonym(name);

	if (synonym != NULL)
		return synonym;
	as_suggest_word(&best, as_text(name), "target");
	for (size_t i = 0; (key = as_setting_key(i)) != NULL; i++)
		as_suggest_word(&best, as_text(name), key->name);
	return best.word;
}

/* Returns why a key that would hold a secret is refused, or NULL for another key.
 * Secrets belong in a file of their own, which other users cannot read. */
static const char *
refuse_secret(const char *key)
{
	static const char *const secrets[] = {
	    "token", "password", "user", "secret", "auth", "bearer"};

	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		if (strcmp(key, secrets[i]) == 0)
			return "a secret has its own file: token_file or "
			       "netrc_file, mode 0600";
	return NULL;
}

static const char *
refuse_unknown(const char *name)
{
	static char why[AS_WHY_MAX];
	const char *near;
	const char *secret = refuse_secret(name);

	if (secret != NULL)
		return secret;
	if ((near = suggest_key(name)) == NULL)
		return "unknown key";
	snprintf(why, sizeof(why), "unknown key, did you mean %s?", near);
	return why;
}

static bool
is_named(const struct as_key *key, const char *name)
{
	size_t len = strlen(key->name);

	return key->name[len - 1] == '.' ? strncmp(key->name, name, len) == 0 :
					   strcmp(key->name, name) == 0;
}

/* Returns the key with this name, or NULL.  A list of apps repeats the same keys,
 * so the key that was found last is tried first. */
static const struct as_key *
find(const char *name)
{
	static const struct as_key *last;
	const struct as_key *key = last;

	if (key != NULL && is_named(key, name))
		return key;
	for (size_t i = 0; (key = as_setting_key(i)) != NULL; i++)
		if (is_named(key, name))
			return last = key;
	return NULL;
}

const char *
as_setting_take(struct as_policy *policy, struct as_remote *remote,
    struct as_setting *setting)
{
	const struct as_key *key = find(setting->key);

	if (setting->is_wrong)
		return NULL;
	if (key == NULL)
		return refuse_unknown(setting->key);
	setting->how = key->how;
	if ((key->how & AS_KEY_LINES) == 0 &&
	    strchr(setting->value, '\n') != NULL)
		return "goes on in a second line, which only filters and "
		       "status_body may";
	if ((key->how & AS_KEY_POLICY) == 0)
		return remote == NULL ?
		    NULL :
		    as_remote_set(remote, key, setting->key, setting->value);
	return policy == NULL ?
	    NULL :
	    as_policy_set(policy, key, setting->key, setting->value);
}

/* "target" is short for "target.cpu", because most apps are scaled by cpu. */
const char *
as_setting_full_key(const char *key)
{
	return strcmp(key, "target") == 0 ? "target.cpu" : key;
}

static bool
may_be_secret(const char *key)
{
	return strstr(key, "_url") != NULL || strstr(key, "header") != NULL ||
	    refuse_secret(key) != NULL;
}

const char *
as_setting_explain(const struct as_setting *setting, const char *why)
{
	static char text[1024];
	char key[AS_BRIEF_SIZE], value[AS_BRIEF_SIZE];

	as_text_brief(key, setting->key);
	as_text_brief(value, setting->value);
	if (setting->line > 0)
		snprintf(text, sizeof(text), "%s:%d: %s: %s", setting->file,
		    setting->line, key, why);
	else if (may_be_secret(setting->key))
		snprintf(text, sizeof(text), "%s: %s", key, why);
	else if (strcmp(setting->file, "-o") == 0 ||
	    strcmp(setting->file, "--option") == 0)
		snprintf(text, sizeof(text), "%s %s=%s: %s", setting->file, key,
		    value, why);
	else
		snprintf(
		    text, sizeof(text), "%s %s: %s", setting->file, value, why);
	return text;
}

AS_NORETURN void
as_setting_die(const struct as_setting *setting, const char *why)
{
	as_msg_die(EX_CONFIG, "%s", as_setting_explain(setting, why));
}

bool
as_setting_is_key(struct as_text name)
{
	char text[AS_KEY_MAX + 1];

	if (name.len >= sizeof(text))
		return false;
	memcpy(text, name.at, name.len);
	text[name.len] = '\0';
	return strcmp(text, "include") == 0 || strcmp(text, "list") == 0 ||
	    find(as_setting_full_key(text)) != NULL;
}

/* Each tool checks all settings, also those that only other tools use.  So a
 * mistake is found early. */
const char *
as_setting_check(struct as_setting *setting)
{
	struct as_policy policy;
	struct as_remote remote;
	const char *why;

	policy.n_metrics = policy.n_steps = 0;
	policy.schedule = NULL;
	why = as_setting_take(&policy, &remote, setting);
	as_schedule_free(policy.schedule);
	return why;
}

bool
as_setting_doubt(struct as_setting *setting)
{
	const struct as_key *key = find(setting->key);

	if (key == NULL) {
		setting->key = suggest_key(setting->key);
		key = setting->key != NULL ? find(setting->key) : NULL;
	}
	if (key == NULL)
		return false;
	setting->key = as_setting_full_key(setting->key);
	setting->how = key->how;
	setting->value = "1"; /* never used, but in URLs that are checked */
	setting->is_wrong = true;
	return true;
}
