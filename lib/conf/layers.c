/* layers.c - which settings are in force for an app: [default] < [app] in their
 * order < the list of apps < flags */
#include <fnmatch.h>

#include "conf.h"

/* Takes a layer's settings; each takes the place of one of the same key from
 * an earlier layer. */
static void
put_settings(
    struct as_config *config, struct as_conf *conf, size_t first, size_t n)
{
	size_t before = conf->n_in_force;

	conf->in_force = as_need(realloc(
	    conf->in_force, (before + n + 1) * sizeof(*conf->in_force)));
	for (size_t i = first; i < first + n; i++) {
		const char *key = config->settings[i].key;
		size_t kept = 0;

		for (size_t j = 0; j < before; j++)
			if (strcmp(config->settings[conf->in_force[j]].key,
				key) != 0)
				conf->in_force[kept++] = conf->in_force[j];
		memmove(conf->in_force + kept, conf->in_force + before,
		    (conf->n_in_force - before) * sizeof(*conf->in_force));
		conf->n_in_force -= before - kept;
		before = kept;
		conf->in_force[conf->n_in_force++] = (uint32_t)i;
	}
}

static void
put_layer(struct as_config *config, struct as_conf *conf,
    const struct as_layer *layer)
{
	put_settings(config, conf, layer->profile, layer->n_profile);
	put_settings(config, conf, layer->first, layer->n);
}

/* The sections for the app in their order; own is one that names it, or 0. */
static void
put_sections(
    struct as_config *config, struct as_conf *conf, const char *app, size_t own)
{
	if (config->standard > 0)
		put_layer(config, conf, &config->layers[config->standard - 1]);
	for (size_t i = 0; i < config->n_globs; i++) {
		const struct as_layer *layer =
		    &config->layers[config->globs[i] - 1];

		if (own > 0 && own < config->globs[i]) {
			put_layer(config, conf, &config->layers[own - 1]);
			own = 0;
		}
		if (fnmatch(layer->pattern, app, 0) == 0)
			put_layer(config, conf, layer);
	}
	if (own > 0)
		put_layer(config, conf, &config->layers[own - 1]);
}

void
as_layers_put(struct as_config *config, struct as_conf *conf, const char *app,
    size_t section, size_t line)
{
	put_sections(config, conf, app, section);
	if (line > 0)
		put_layer(config, conf, &config->layers[line - 1]);
	put_layer(config, conf, &config->flags);
}
