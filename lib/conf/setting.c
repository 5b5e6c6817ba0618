/* conf.c - any key and its value: the policy's or the API's */
#include <stdio.h>

#include "conf.h"

const char *
as_key_default(size_t i, const char **value)
{
	const char *name = as_policy_key(i, value), *unused;
	size_t n = 0;

	if (name != NULL)
		return name;
	while (as_policy_key(n, &unused) != NULL)
		n++;
	return as_api_key(i - n, value);
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

const char *
as_setting_take(struct as_policy *policy, struct as_api *api,
    const struct as_setting *setting, int *how)
{
	static char unknown[AS_WHY_MAX];
	const char *near, *why;
	bool known = true;

	why = as_api_set(api, setting, how);
	if (*how == AS_KEY_POLICY)
		why = as_policy_set(policy, as_text(setting->key),
		    as_text(setting->value), &known);
	if (known)
		return why;
	if ((why = is_secret(setting->key)) != NULL)
		return why;
	if ((near = as_key_suggest(setting->key)) == NULL)
		return "unknown key";
	snprintf(
	    unknown, sizeof(unknown), "unknown key, did you mean %s?", near);
	return unknown;
}
