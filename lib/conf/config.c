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

/* The settings of an app that the file does not name.  A stream may always bring
 * new names: so only some are kept, and all of them are dropped when they are too
 * many.  Their settings stay, because apps of the same globs share them. */
static struct as_settings *
find_guest(struct as_config *config, struct as_text app)
{
	enum { GUESTS_MAX = 16384 };
	size_t number;
	char name[AS_APP_SIZE];

	if (as_table_has(&config->guests, app, &number))
		return config->guest_settings[number];
	if (config->guests.n == GUESTS_MAX)
		as_table_free(&config->guests);
	number = as_table_find(&config->guests, app);
	if (number == config->guests_room)
		config->guest_settings = as_mem_grow(
		    (void *)config->guest_settings, &config->guests_room,
		    sizeof(struct as_settings *));
	return config->guest_settings[number] = as_settings_share(
		   config, as_text_copy(name, app));
}

static struct as_settings *
find_named(struct as_config *config, struct as_text app, size_t number)
{
	struct as_named *named = as_layers_name(config, number);
	char name[AS_APP_SIZE];

	if (named->settings == NULL)
		named->settings = as_settings_build(
		    config, as_text_copy(name, app), named);
	return named->settings;
}

const struct as_settings *
as_config_look(struct as_config *config, struct as_text app)
{
	size_t number;
	struct as_settings *settings = as_table_has(
					   &config->apps, app, &number) ?
	    find_named(config, app, number) :
	    find_guest(config, app);
	char name[AS_APP_SIZE];

	if (!settings->is_checked && settings->why == NULL)
		as_reach_check(config, settings, as_text_copy(name, app));
	return settings;
}

const struct as_settings *
as_config_find(struct as_config *config, struct as_text app, const char **why)
{
	static char text[2 * AS_WHY_MAX];
	const struct as_settings *settings = as_config_look(config, app);

	*why = NULL;
	if (settings->why == NULL)
		return settings;
	snprintf(
	    text, sizeof(text), "its settings conflict: %s", settings->why);
	*why = text;
	return NULL;
}

const struct as_settings *
as_config_of(struct as_config *config, struct as_text app)
{
	const struct as_settings *settings = as_config_look(config, app);

	if (settings->why != NULL) {
		report_conflict(config, app, settings->why);
		exit(EX_CONFIG);
	}
	return settings;
}

static void
check_app(struct as_config *config, struct as_text app)
{
	const char *why = as_config_look(config, app)->why;

	if (why != NULL)
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
as_config_read(struct as_config *config)
{
	struct as_text app = as_text(as_select_app(config));

	if (config->path != NULL && !as_sections_read(config))
		as_mistake_end(&config->mistakes);
	config->n_named = config->apps.n;
	add_flags(config);
	check_named(config);
	if (as_select_knows(config, app))
		check_app(config, app);
}

void
as_config_ready(struct as_config *config)
{
	as_config_read(config);
	as_mistake_end(&config->mistakes);
}

/* Some memory is not known: that of keys that count samples, and that of apps which
 * only globs name, as they are found later.  It counts as a day. */
enum { UNKNOWN = 86400000 };

static int64_t
longer_memory(int64_t longest, const struct as_settings *settings)
{
	int64_t memory = 0;

	if (settings->why == NULL)
		memory = as_policy_memory(settings->policy) +
		    (as_policy_counts(settings->policy) ? UNKNOWN : 0);
	return memory > longest ? memory : longest;
}

int64_t
as_config_memory(struct as_config *config)
{
	int64_t longest = 0;

	for (size_t i = 0; i < config->apps.n; i++)
		longest = longer_memory(longest,
		    as_config_look(config, as_table_name(&config->apps, i)));
	for (size_t i = 0; i < config->n_shared; i++)
		longest = longer_memory(longest, config->shared[i]);
	return config->n_globs > 0 ? longest + UNKNOWN : longest;
}
