/* config.c - reads and checks all settings, and finds those of each app */
#include <stdio.h>

#include "conf.h"

static void
report_conflict(struct as_config *config, struct as_text app, const char *why)
{
	if (config->path == NULL)
		as_mistake_add(&config->mistakes, "%s", why);
	else
		as_mistake_add(&config->mistakes, "%s: app %.*s: %s",
		    config->path, (int)app.len, app.at, why);
}

static const struct as_settings *
find(struct as_config *config, struct as_text app, const char **why)
{
	size_t number = as_table_find(&config->apps, app);
	struct as_named *named = as_layers_name(config, number);
	char name[AS_APP_SIZE];

	*why = NULL;
	if (named->settings == NULL) {
		as_text_copy(name, app);
		named->settings = as_settings_build(config, name, named, why);
		if (named->settings != NULL)
			as_reach_check(config, named->settings, name);
	}
	return named->settings;
}

const struct as_settings *
as_config_find(struct as_config *config, struct as_text app, const char **why)
{
	static char text[2 * AS_WHY_MAX];
	const struct as_settings *settings = find(config, app, why);

	if (settings == NULL) {
		snprintf(text, sizeof(text), "its settings conflict: %s", *why);
		*why = text;
	}
	return settings;
}

const struct as_settings *
as_config_of(struct as_config *config, struct as_text app)
{
	const char *why;
	const struct as_settings *settings = find(config, app, &why);

	if (settings == NULL) {
		report_conflict(config, app, why);
		exit(EX_CONFIG);
	}
	return settings;
}

static void
check_app(struct as_config *config, struct as_text app)
{
	const char *why;

	if (find(config, app, &why) == NULL)
		report_conflict(config, app, why);
}

/* Many apps may share these settings: a conflict in them is reported once, for the
 * first app. */
static void
check_shared(
    struct as_config *config, struct as_text app, const struct as_named *named)
{
	char name[AS_APP_SIZE];
	size_t known = config->n_shared;
	struct as_settings *shared = as_settings_share(
	    config, as_text_copy(name, app));

	if (config->n_shared > known && shared->why != NULL)
		report_conflict(config, app, shared->why);
	if (shared->why == NULL && !as_settings_has_own(config, named))
		as_reach_check(config, shared, name);
}

/* Checks each app that the file names for keys that conflict.  An app with a
 * section or policy keys of its own is checked alone.  Other apps that the same
 * sections fit have the same keys and are checked once. */
static void
check_named(struct as_config *config)
{
	for (size_t i = 0; i < config->n_named; i++) {
		struct as_text app = as_table_name(&config->apps, i);
		const struct as_named *named = as_layers_name(config, i);

		if (named->section > 0 ||
		    as_settings_has_own_policy(config, named))
			check_app(config, app);
		else
			check_shared(config, app, named);
	}
}

static void
add_flags(struct as_config *config)
{
	config->flags.first = config->n;
	for (size_t i = 0; i < config->flags.n; i++) {
		if (config->n == config->room)
			config->settings = as_mem_grow(config->settings,
			    &config->room, sizeof(*config->settings));
		config->settings[config->n++] = config->flag_settings[i];
	}
}

void
as_config_ready(struct as_config *config)
{
	struct as_text app = as_text(as_select_app(config));

	if (config->path != NULL)
		as_sections_read(config);
	config->n_named = config->apps.n;
	add_flags(config);
	check_named(config);
	if (as_select_knows(config, app))
		check_app(config, app);
	as_mistake_end(&config->mistakes);
}

int64_t
as_config_memory(struct as_config *config)
{
	int64_t longest = 0;

	for (size_t i = 0; i < config->apps.n; i++) {
		const char *why;
		const struct as_settings *settings = as_config_find(
		    config, as_table_name(&config->apps, i), &why);
		int64_t memory = settings != NULL ?
		    as_policy_memory(settings->policy) :
		    0;

		if (memory > longest)
			longest = memory;
	}
	return longest;
}
