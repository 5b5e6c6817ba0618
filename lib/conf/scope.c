/* scope.c - looks up the settings of one app by key */
#include "conf.h"

const struct as_setting *
as_scope_each(const struct as_scope *scope, const char *key, size_t *i)
{
	size_t len = strlen(key);
	bool prefix = key[len - 1] == '.';

	while (*i < scope->settings->n_in_force) {
		const struct as_setting *setting =
		    &scope->config->settings[scope->settings->in_force[(*i)++]];

		if (strncmp(setting->key, key, len) == 0 &&
		    (prefix || setting->key[len] == '\0'))
			return setting;
	}
	return NULL;
}

const struct as_setting *
as_scope_first(
    const struct as_scope *scope, const char *key, const char *standard)
{
	/* Settings with default values, for keys that are not set */
	static struct as_setting standards[8];
	size_t i = 0;
	const struct as_setting *setting = as_scope_each(scope, key, &i);

	if (setting != NULL || standard == NULL)
		return setting;
	for (i = 0; standards[i].key != NULL; i++)
		if (strcmp(standards[i].key, key) == 0)
			return &standards[i];
	standards[i] = (struct as_setting){.key = key, .value = standard};
	return &standards[i];
}
