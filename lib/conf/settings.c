/* settings.c - makes the settings of an app, which it may share with other apps */
#include "conf.h"

/* Fills in the policy.  Returns NULL, or why the settings conflict with each
 * other. */
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

	if (why != NULL && !settings->is_partial &&
	    !settings->has_wrong_policy) {
		as_schedule_free(policy->schedule);
		free(policy);
		return why;
	}
	/* Apps with policy keys of their own often have equal policies.  They share
	 * one copy, to save memory.  memcmp also compares the bytes between
	 * members: if only these differ, the policies are not shared, which does no
	 * harm. */
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

/* Returns whether the layer has a key of the policy.  Returns true also if the
 * layer has a mistake, because the wrong line may have such a key.  layer is its
 * index plus 1; 0 if there is no layer. */
static bool
has_policy(const struct as_config *config, size_t layer)
{
	const struct as_layer *own;

	if (layer == 0)
		return false;
	own = &config->layers[layer - 1];
	return own->is_partial ||
	    are_policy(config->settings + own->profile, own->n_profile) ||
	    are_policy(config->settings + own->first, own->n);
}

static bool
are_same(const struct as_settings *a, const struct as_settings *b)
{
	return a->n_in_force == b->n_in_force &&
	    memcmp(a->in_force, b->in_force,
		a->n_in_force * sizeof(*a->in_force)) == 0;
}

static void
keep_shared(struct as_config *config, struct as_settings *settings)
{
	if (config->n_shared == config->shared_room)
		config->shared = as_mem_grow((void *)config->shared,
		    &config->shared_room, sizeof(struct as_settings *));
	config->shared[config->n_shared++] = settings;
}

static void
note_why(struct as_settings *settings, const char *why)
{
	settings->why = why != NULL ? as_mem_need(strdup(why)) : NULL;
}

struct as_settings *
as_settings_share(struct as_config *config, const char *app)
{
	struct as_settings settings = {0}, *kept;

	as_layers_put(config, &settings, app, 0, 0);
	for (size_t i = 0; i < config->n_shared; i++)
		if (are_same(config->shared[i], &settings)) {
			free(settings.in_force);
			return config->shared[i];
		}
	note_why(&settings, take_policy(config, &settings));
	take_api(config, &settings);
	kept = as_mem_need(malloc(sizeof(*kept)));
	*kept = settings;
	keep_shared(config, kept);
	return kept;
}

bool
as_settings_has_own_policy(
    const struct as_config *config, const struct as_named *named)
{
	return has_policy(config, named->section) ||
	    has_policy(config, named->line);
}

bool
as_settings_has_own(
    const struct as_config *config, const struct as_named *named)
{
	return named->section > 0 ||
	    (named->line > 0 && config->layers[named->line - 1].n > 0);
}

/* Makes settings for this app alone.  shared is the policy that the app has in
 * common with other apps.  It is NULL if the app has policy keys of its own, and so
 * needs a policy of its own.  If the settings conflict, their member why is the
 * reason. */
static struct as_settings *
build_own(struct as_config *config, const char *app,
    const struct as_named *named, const struct as_policy *shared)
{
	struct as_settings *settings = as_mem_need(
	    calloc(1, sizeof(*settings)));

	as_layers_put(config, settings, app, named->section, named->line);
	settings->policy = shared;
	if (shared == NULL)
		note_why(settings, take_policy(config, settings));
	take_api(config, settings);
	return settings;
}

struct as_settings *
as_settings_build(
    struct as_config *config, const char *app, const struct as_named *named)
{
	struct as_settings *shared;

	if (as_settings_has_own_policy(config, named))
		return build_own(config, app, named, NULL);
	shared = as_settings_share(config, app);
	if (shared->why != NULL || !as_settings_has_own(config, named))
		return shared;
	return build_own(config, app, named, shared->policy);
}
