/* layers.c - stores all settings by layer, and finds those in force for an app
 *
 * A layer has the settings of one place: a section, a line of the list of apps, or
 * the options. */
#include <fnmatch.h>

#include "conf.h"

static void
add(struct as_config *config, const struct as_setting *setting)
{
	if (config->n == config->room)
		config->settings = as_mem_grow(
		    config->settings, &config->room, sizeof(*setting));
	config->settings[config->n++] = *setting;
}

/* A mistake in the setting with this key was reported. */
static void
doubt(struct as_config *config, const struct as_ini *ini, const char *key)
{
	struct as_setting setting = {
	    .key = key, .file = ini->path, .line = ini->line};

	config->n_doubted++;
	if (as_setting_doubt(&setting))
		add(config, &setting);
}

void
as_layers_refuse(struct as_config *config, const struct as_ini *ini, char *line,
    const char *why)
{
	line[strcspn(line, " \t\n=")] = '\0';
	as_ini_report(ini, *line != '\0' ? line : NULL, why);
	doubt(config, ini, line);
}

void
as_layers_set(struct as_config *config, const struct as_ini *ini, size_t first,
    char *key, char *value)
{
	struct as_setting setting = {.key = as_setting_full_key(key),
	    .value = value,
	    .file = ini->path,
	    .line = ini->line};
	const char *why = as_setting_check(&setting);

	if (why != NULL) {
		as_mistake_add(
		    &config->mistakes, "%s", as_setting_explain(&setting, why));
		doubt(config, ini, setting.key);
		return;
	}
	for (size_t i = first; i < config->n; i++)
		if (strcmp(config->settings[i].key, setting.key) == 0 &&
		    !config->settings[i].is_wrong &&
		    (setting.how & AS_KEY_REPEATS) == 0) {
			as_ini_report(
			    ini, setting.key, "stands twice in this section");
			config->n_doubted++;
			return;
		}
	if ((setting.how & AS_KEY_PATH) != 0)
		setting.value = as_ini_beside(ini->path, value);
	add(config, &setting);
}

struct as_layer *
as_layers_add(struct as_config *config, const char *pattern)
{
	if (config->n_layers == config->layers_room)
		config->layers = as_mem_grow(config->layers,
		    &config->layers_room, sizeof(*config->layers));
	config->layers[config->n_layers] = (struct as_layer){
	    .pattern = pattern, .first = config->n};
	return &config->layers[config->n_layers++];
}

struct as_named *
as_layers_name(struct as_config *config, size_t number)
{
	while (number >= config->named_room) {
		size_t old = config->named_room;

		config->named = as_mem_grow(
		    config->named, &config->named_room, sizeof(*config->named));
		memset(config->named + old, 0,
		    (config->named_room - old) * sizeof(*config->named));
	}
	return &config->named[number];
}

/* Adds n settings of a layer to those in force.  They stand in config->settings,
 * from index first on.  Each of them replaces the settings of earlier layers that
 * have the same key. */
static void
put_settings(struct as_config *config, struct as_settings *settings,
    size_t first, size_t n)
{
	size_t before = settings->n_in_force;

	settings->in_force = as_mem_need(realloc(settings->in_force,
	    (before + n + 1) * sizeof(*settings->in_force)));
	for (size_t i = first; i < first + n; i++) {
		const char *key = config->settings[i].key;
		size_t kept = 0;

		for (size_t j = 0; j < before; j++)
			if (strcmp(config->settings[settings->in_force[j]].key,
				key) != 0)
				settings->in_force[kept++] =
				    settings->in_force[j];
		memmove(settings->in_force + kept, settings->in_force + before,
		    (settings->n_in_force - before) *
			sizeof(*settings->in_force));
		settings->n_in_force -= before - kept;
		before = kept;
		settings->in_force[settings->n_in_force++] = (uint32_t)i;
	}
}

static void
put_layer(struct as_config *config, struct as_settings *settings,
    const struct as_layer *layer)
{
	settings->is_partial |= layer->is_partial;
	put_settings(config, settings, layer->profile, layer->n_profile);
	put_settings(config, settings, layer->first, layer->n);
}

/* Adds [default], and then the sections that fit the app, in the order of the file.
 * own is the index in config->layers, plus 1, of the section that names the app; 0
 * if there is none. */
static void
put_sections(struct as_config *config, struct as_settings *settings,
    const char *app, size_t own)
{
	if (config->standard > 0)
		put_layer(
		    config, settings, &config->layers[config->standard - 1]);
	for (size_t i = 0; i < config->n_globs; i++) {
		const struct as_layer *layer =
		    &config->layers[config->globs[i] - 1];

		if (own > 0 && own < config->globs[i]) {
			put_layer(config, settings, &config->layers[own - 1]);
			own = 0;
		}
		if (fnmatch(layer->pattern, app, 0) == 0)
			put_layer(config, settings, layer);
	}
	if (own > 0)
		put_layer(config, settings, &config->layers[own - 1]);
}

static void
note_wrong(const struct as_config *config, struct as_settings *settings)
{
	for (size_t i = 0; i < settings->n_in_force; i++) {
		const struct as_setting *setting =
		    &config->settings[settings->in_force[i]];

		if (!setting->is_wrong)
			continue;
		if ((setting->how & AS_KEY_POLICY) != 0)
			settings->has_wrong_policy = true;
		else
			settings->has_wrong_remote = true;
	}
}

/* Each layer overrides those before it: first [default], then the [app] sections in
 * the order of the file, the app's line in the list of apps, and the options */
void
as_layers_put(struct as_config *config, struct as_settings *settings,
    const char *app, size_t section, size_t line)
{
	put_sections(config, settings, app, section);
	if (line > 0)
		put_layer(config, settings, &config->layers[line - 1]);
	put_layer(config, settings, &config->flags);
	if (config->mistakes.found > 0)
		note_wrong(config, settings);
}
