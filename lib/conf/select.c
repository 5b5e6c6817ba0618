/* select.c - which apps -a chooses, and which apps the file has settings for */
#include <fnmatch.h>

#include "conf.h"

bool
as_select_is_glob(const char *name)
{
	return strpbrk(name, "*?[") != NULL;
}

bool
as_select_wants(const struct as_config *config, struct as_text app)
{
	char name[AS_APP_SIZE];

	if (config->only == NULL)
		return true;
	return fnmatch(config->only, as_text_copy(name, app), 0) == 0;
}

bool
as_select_knows(const struct as_config *config, struct as_text app)
{
	char name[AS_APP_SIZE];
	size_t number;

	if ((as_table_has(&config->apps, app, &number) &&
		number < config->n_named) ||
	    (config->n_named == 0 && config->n_globs == 0))
		return true;
	as_text_copy(name, app);
	for (size_t i = 0; i < config->n_globs; i++) {
		const char *pattern =
		    config->layers[config->globs[i] - 1].pattern;

		if (fnmatch(pattern, name, 0) == 0)
			return true;
	}
	return false;
}

bool
as_select_has_section(struct as_config *config, struct as_text app)
{
	size_t number;

	return as_table_has(&config->apps, app, &number) &&
	    as_layers_name(config, number)->section > 0;
}

bool
as_select_is_open(const struct as_config *config)
{
	return config->n_named == 0 || config->n_globs > 0;
}

const char *
as_select_app(const struct as_config *config)
{
	return config->only != NULL && !as_select_is_glob(config->only) ?
	    config->only :
	    "app";
}
