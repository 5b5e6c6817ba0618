/* digest.c - the settings that decide, as text, and a short name for them */
#include <stdio.h>

#include "conf.h"

#ifndef AS_VERSION
#define AS_VERSION "0"
#endif

static bool
is_policy(const struct as_setting *setting)
{
	return (setting->how & AS_KEY_POLICY) != 0;
}

static void
put_setting(struct as_buf *to, const struct as_setting *setting)
{
	as_buf_puts(to, setting->key);
	as_buf_puts(to, " = ");
	as_buf_puts(to, setting->value);
	as_buf_puts(to, "\n");
}

static bool
is_in(const struct as_setting *settings, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(settings[i].key, key) == 0)
			return true;
	return false;
}

/* Prints n settings, without those that a later layer overrides. */
static void
put_settings(struct as_buf *to, const struct as_config *config,
    const struct as_setting *settings, size_t n, const struct as_layer *own)
{
	for (size_t i = 0; i < n; i++) {
		const char *key = settings[i].key;

		if (is_policy(&settings[i]) &&
		    !is_in(config->settings + config->flags.first,
			config->flags.n, key) &&
		    (own == NULL ||
			!is_in(config->settings + own->first, own->n, key)))
			put_setting(to, &settings[i]);
	}
}

static void
put_layer(struct as_buf *to, const struct as_config *config,
    const struct as_layer *layer)
{
	put_settings(to, config, config->settings + layer->profile,
	    layer->n_profile, layer);
	put_settings(
	    to, config, config->settings + layer->first, layer->n, NULL);
}

static void
put_flags(struct as_buf *to, const struct as_config *config)
{
	for (size_t i = 0; i < config->flags.n; i++)
		if (is_policy(&config->settings[config->flags.first + i]))
			put_setting(
			    to, &config->settings[config->flags.first + i]);
}

/* Sections for a glob hold for apps that no file names. */
static void
put_globs(struct as_buf *to, const struct as_config *config)
{
	as_buf_puts(to, "[default]\n");
	if (config->standard > 0)
		put_layer(to, config, &config->layers[config->standard - 1]);
	put_flags(to, config);
	for (size_t i = 0; i < config->n_globs; i++) {
		const struct as_layer *layer =
		    &config->layers[config->globs[i] - 1];

		as_buf_puts(to, "[app ");
		as_buf_puts(to, layer->pattern);
		as_buf_puts(to, "]\n");
		put_layer(to, config, layer);
	}
}

static void
put_app(struct as_buf *to, struct as_config *config, struct as_text app)
{
	const struct as_settings *settings = as_config_of(config, app);

	as_buf_puts(to, "[app ");
	as_buf_add(to, app.at, app.len);
	as_buf_puts(to, "]\n");
	for (size_t i = 0; i < settings->n_in_force; i++) {
		const struct as_setting *setting =
		    &config->settings[settings->in_force[i]];

		if (is_policy(setting))
			put_setting(to, setting);
	}
}

void
as_digest_list(struct as_config *config, struct as_buf *to)
{
	put_globs(to, config);
	for (size_t i = 0; i < config->n_named; i++)
		put_app(to, config, as_table_name(&config->apps, i));
}

/* FNV-1a, of 64 bits: it finds a change, and is no guard against forgery. */
void
as_digest_print(struct as_text listing, char mark[AS_DIGEST_MAX])
{
	uint64_t sum = 14695981039346656037U;

	for (size_t i = 0; i < listing.len; i++)
		sum = (sum ^ (unsigned char)listing.at[i]) * 1099511628211U;
	snprintf(mark, AS_DIGEST_MAX, "%016llx %s", (unsigned long long)sum,
	    AS_VERSION);
}
