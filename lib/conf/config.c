/* config.c - what holds for each app: the settings in force over what is built
 * in, the same for all that have the same */
#include <stdio.h>

#include "conf.h"

static void
take_policy(
    struct as_config *config, struct as_settings *settings, const char *app)
{
	static char why[AS_WHY_MAX];
	static struct as_policy *last;
	struct as_policy *policy = as_mem_need(calloc(1, sizeof(*policy)));
	const char *wrong;

	as_policy_reset(policy);
	for (size_t i = 0; i < settings->n_in_force; i++) {
		struct as_setting *setting =
		    &config->settings[settings->in_force[i]];

		wrong = as_setting_take(policy, NULL, setting);
		if (wrong != NULL)
			as_setting_die(setting, wrong);
	}
	wrong = as_policy_check(policy, why);
	if (wrong != NULL && config->path == NULL)
		as_msg_die(EX_CONFIG, "%s", wrong);
	if (wrong != NULL)
		as_msg_die(
		    EX_CONFIG, "%s: app %s: %s", config->path, app, wrong);
	/* Apps with settings of their own often have the same ones; where only
	 * the padding differs, memory is lost and nothing else. */
	/* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison,cert-*) */
	if (last != NULL && memcmp(last, policy, sizeof(*policy)) == 0) {
		free(policy);
		policy = last;
	}
	settings->policy = last = policy;
}

static void
take_api(struct as_config *config, struct as_settings *settings)
{
	as_keys_reset(as_remote_keys, &settings->remote);
	for (size_t i = 0; i < settings->n_in_force; i++) {
		struct as_setting *setting =
		    &config->settings[settings->in_force[i]];

		as_setting_take(NULL, &settings->remote, setting);
		if (strcmp(setting->key, "min") == 0)
			settings->min_set = true;
		if (strcmp(setting->key, "max") == 0)
			settings->max_set = true;
	}
}

static bool
are_policy(const struct as_setting *settings, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((settings[i].how & AS_KEY_POLICY) != 0)
			return true;
	return false;
}

/* Whether a section or line of an app's own, if there is one, has a key of
 * the policy */
static bool
has_policy(const struct as_config *config, size_t layer)
{
	const struct as_layer *own;

	if (layer == 0)
		return false;
	own = &config->layers[layer - 1];
	return are_policy(config->settings + own->profile, own->n_profile) ||
	    are_policy(config->settings + own->first, own->n);
}

/* The settings that apps of the same globs have in common */
static struct as_settings *
share(struct as_config *config, const char *app)
{
	struct as_settings settings = {0}, *kept;

	as_layers_put(config, &settings, app, 0, 0);
	for (size_t i = 0; i < config->n_shared; i++) {
		kept = config->shared[i];
		if (kept->n_in_force == settings.n_in_force &&
		    memcmp(kept->in_force, settings.in_force,
			settings.n_in_force * sizeof(*settings.in_force)) ==
			0) {
			free(settings.in_force);
			return kept;
		}
	}
	take_policy(config, &settings, app);
	take_api(config, &settings);
	kept = as_mem_need(malloc(sizeof(*kept)));
	*kept = settings;
	if (config->n_shared == config->shared_room)
		config->shared = as_mem_grow((void *)config->shared,
		    &config->shared_room, sizeof(struct as_settings *));
	return config->shared[config->n_shared++] = kept;
}

static bool
has_own_policy(const struct as_config *config, const struct as_named *named)
{
	return has_policy(config, named->section) ||
	    has_policy(config, named->line);
}

/* An app with a section or line of its own; most of them have the policy of
 * others. */
static struct as_settings *
build(struct as_config *config, const char *app, const struct as_named *named)
{
	struct as_settings *shared = share(config, app), *settings;

	if (named->section == 0 &&
	    (named->line == 0 || config->layers[named->line - 1].n == 0))
		return shared;
	settings = as_mem_need(calloc(1, sizeof(*settings)));
	as_layers_put(config, settings, app, named->section, named->line);
	if (has_own_policy(config, named))
		take_policy(config, settings, app);
	else
		settings->policy = shared->policy;
	take_api(config, settings);
	return settings;
}

/* What may not go together is looked at for every app that is named: those of
 * the same sections alike, those with a policy of their own for themselves. */
static void
check_named(struct as_config *config)
{
	char name[128];

	for (size_t i = 0; i < config->n_named; i++) {
		struct as_text app = as_table_name(&config->apps, i);

		snprintf(name, sizeof(name), "%.*s", (int)app.len, app.at);
		if (has_own_policy(config, &config->named[i]))
			as_config_of(config, app);
		else if (config->named[i].section == 0)
			share(config, name);
	}
}

const struct as_settings *
as_config_of(struct as_config *config, struct as_text app)
{
	size_t number = as_table_find(&config->apps, app);
	struct as_named *named = as_layers_name(config, number);
	char name[128];

	if (named->settings == NULL) {
		snprintf(name, sizeof(name), "%.*s", (int)app.len, app.at);
		named->settings = build(config, name, named);
	}
	return named->settings;
}

void
as_config_ready(struct as_config *config)
{
	if (config->path != NULL)
		as_sections_read(config);
	config->n_named = config->apps.n;
	config->flags.first = config->n;
	for (size_t i = 0; i < config->flags.n; i++) {
		if (config->n == config->room)
			config->settings = as_mem_grow(config->settings,
			    &config->room, sizeof(*config->settings));
		config->settings[config->n++] = config->flag_settings[i];
	}
	check_named(config);
	as_config_of(config, as_text(as_select_app(config)));
}

int64_t
as_config_memory(struct as_config *config)
{
	int64_t longest = 0;

	for (size_t i = 0; i < config->apps.n; i++) {
		int64_t memory = as_policy_memory(
		    as_config_of(config, as_table_name(&config->apps, i))
			->policy);

		if (memory > longest)
			longest = memory;
	}
	return longest;
}
