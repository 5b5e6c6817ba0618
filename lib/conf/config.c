/* config.c - what holds for each app: the settings in force over what is built
 * in, the same for all that have the same */
#include <stdio.h>

#include "conf.h"

/* Returns why the settings do not go together, or NULL. */
static const char *
set_all(struct as_policy *policy, struct as_config *config,
    const struct as_settings *settings)
{
	static char why[AS_WHY_MAX];
	const char *wrong;

	as_policy_reset(policy);
	for (size_t i = 0; i < settings->n_in_force; i++) {
		struct as_setting *setting =
		    &config->settings[settings->in_force[i]];

		wrong = as_setting_take(policy, NULL, setting);
		if (wrong != NULL)
			return as_setting_explain(setting, wrong);
	}
	return as_policy_check(policy, why);
}

static const char *
take_policy(struct as_config *config, struct as_settings *settings)
{
	static struct as_policy *last;
	struct as_policy *policy = as_mem_need(calloc(1, sizeof(*policy)));
	const char *why = set_all(policy, config, settings);

	if (why != NULL) {
		free(policy);
		return why;
	}
	/* Apps with settings of their own often have the same ones; where only
	 * the padding differs, memory is lost and nothing else. */
	/* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison,cert-*) */
	if (last != NULL && memcmp(last, policy, sizeof(*policy)) == 0) {
		free(policy);
		policy = last;
	}
	settings->policy = last = policy;
	return NULL;
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

/* The settings that apps of the same globs have in common; or NULL and why */
static struct as_settings *
share(struct as_config *config, const char *app, const char **why)
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
	if ((*why = take_policy(config, &settings)) != NULL) {
		free(settings.in_force);
		return NULL;
	}
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

static bool
has_own_settings(const struct as_config *config, const struct as_named *named)
{
	return named->section > 0 ||
	    (named->line > 0 && config->layers[named->line - 1].n > 0);
}

/* Settings of the app's own.  Most apps have no policy keys of their own, and
 * then the policy that they share with others. */
static struct as_settings *
build_own(struct as_config *config, const char *app,
    const struct as_named *named, const struct as_policy *shared,
    const char **why)
{
	struct as_settings *settings = as_mem_need(
	    calloc(1, sizeof(*settings)));

	as_layers_put(config, settings, app, named->section, named->line);
	settings->policy = shared;
	if (shared == NULL && (*why = take_policy(config, settings)) != NULL) {
		free(settings->in_force);
		free(settings);
		return NULL;
	}
	take_api(config, settings);
	return settings;
}

/* Returns NULL and why where the app's settings conflict. */
static struct as_settings *
build(struct as_config *config, const char *app, const struct as_named *named,
    const char **why)
{
	struct as_settings *shared;

	if (has_own_policy(config, named))
		return build_own(config, app, named, NULL, why);
	shared = share(config, app, why);
	if (shared == NULL || !has_own_settings(config, named))
		return shared;
	return build_own(config, app, named, shared->policy, why);
}

static const struct as_settings *
find(struct as_config *config, struct as_text app, const char **why)
{
	size_t number = as_table_find(&config->apps, app);
	struct as_named *named = as_layers_name(config, number);
	char name[128];

	if (named->settings == NULL) {
		snprintf(name, sizeof(name), "%.*s", (int)app.len, app.at);
		named->settings = build(config, name, named, why);
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

AS_NORETURN static void
refuse(const struct as_config *config, struct as_text app, const char *why)
{
	if (config->path == NULL)
		as_msg_die(EX_CONFIG, "%s", why);
	as_msg_die(EX_CONFIG, "%s: app %.*s: %s", config->path, (int)app.len,
	    app.at, why);
}

const struct as_settings *
as_config_of(struct as_config *config, struct as_text app)
{
	const char *why;
	const struct as_settings *settings = find(config, app, &why);

	if (settings == NULL)
		refuse(config, app, why);
	return settings;
}

/* Conflicting keys are checked for each named app: separately for an app with a
 * section or policy keys of its own, once for all other apps of the same
 * sections. */
static void
check_named(struct as_config *config)
{
	for (size_t i = 0; i < config->n_named; i++) {
		struct as_text app = as_table_name(&config->apps, i);
		struct as_settings *shared;
		char name[128];
		const char *why;

		if (config->named[i].section > 0 ||
		    has_own_policy(config, &config->named[i])) {
			as_config_of(config, app);
			continue;
		}
		snprintf(name, sizeof(name), "%.*s", (int)app.len, app.at);
		if ((shared = share(config, name, &why)) == NULL)
			refuse(config, app, why);
		if (!has_own_settings(config, &config->named[i]))
			as_reach_check(config, shared, name);
	}
}

void
as_config_ready(struct as_config *config)
{
	struct as_text app = as_text(as_select_app(config));

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
	if (as_select_knows(config, app))
		as_config_of(config, app);
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
