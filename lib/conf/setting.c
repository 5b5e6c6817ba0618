/* setting.c - any key and its value: the policy's or the API's */
#include <stdio.h>

#include "conf.h"

const struct as_key *
as_setting_key(size_t i)
{
	const struct as_key *key = as_keys;

	for (; i > 0 && key->name != NULL; i--)
		key++;
	if (key->name == NULL)
		for (key = as_remote_keys; i > 0 && key->name != NULL; i--)
			key++;
	return key->name != NULL ? key : NULL;
}

/* Secrets are in files that nobody else can read, and only there. */
static const char *
is_secret(const char *key)
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
	const char *secret = is_secret(name);

	if (secret != NULL)
		return secret;
	if ((near = as_key_suggest(name)) == NULL)
		return "unknown key";
	snprintf(why, sizeof(why), "unknown key, did you mean %s?", near);
	return why;
}

/* Lists of apps repeat their keys: the key found last is tried first. */
static const struct as_key *
find(const char *name)
{
	static const struct as_key *last;
	static char last_name[AS_KEY_MAX];

	if (last != NULL && strcmp(last_name, name) == 0)
		return last;
	if ((last = as_key_find(as_remote_keys, name)) == NULL)
		last = as_key_find(as_keys, name);
	snprintf(last_name, sizeof(last_name), "%s",
	    last != NULL && strlen(name) < sizeof(last_name) ? name : "");
	return last;
}

const char *
as_setting_take(
    struct as_policy *policy, struct as_api *api, struct as_setting *setting)
{
	const struct as_key *key = find(setting->key);

	if (key == NULL)
		return refuse_unknown(setting->key);
	setting->how = key->how;
	if ((key->how & AS_KEY_POLICY) == 0)
		return api == NULL ?
		    NULL :
		    as_remote_set(api, key, setting->key, setting->value);
	return policy == NULL ?
	    NULL :
	    as_policy_set(policy, key, setting->key, setting->value);
}
