/* sections.c - reads the file of settings: [default], [app NAME] and [apps] */
#include "conf.h"

/* Returns the entry of the app with this name.  Returns NULL if no app can have
 * this name, after it has reported the mistake. */
static struct as_named *
name_app(struct as_config *config, const struct as_ini *ini, const char *name)
{
	const char *why = as_line_app(as_text(name));

	if (why != NULL) {
		as_ini_report(ini, name, why);
		return NULL;
	}
	return as_layers_name(
	    config, as_table_find(&config->apps, as_text(name)));
}

static void
add_glob(struct as_config *config)
{
	if (config->n_globs == config->globs_room)
		config->globs = as_mem_grow(
		    config->globs, &config->globs_room, sizeof(*config->globs));
	config->globs[config->n_globs++] = config->n_layers;
}

static void
begin_glob(struct as_config *config, const struct as_ini *ini, char *pattern)
{
	for (size_t i = 0; i < config->n_globs; i++) {
		const char *other =
		    config->layers[config->globs[i] - 1].pattern;

		if (strcmp(other, pattern) == 0)
			as_ini_report(ini, pattern, "has a section already");
	}
	add_glob(config);
}

static void
begin_app(struct as_config *config, const struct as_ini *ini, char *name)
{
	struct as_named *named = name_app(config, ini, name);

	if (named == NULL)
		return;
	if (named->section != 0)
		as_ini_report(ini, name, "has a section already");
	named->section = config->n_layers;
}

enum section { NONE, DEFAULT, APP, APPS, WRONG };

/* Reads "[default]", "[app NAME]" or "[apps]".  Each header but [apps] begins a
 * layer of settings.  A header with a mistake does so, too: then the keys that
 * follow it are checked. */
static enum section
read_header(struct as_config *config, const struct as_ini *ini)
{
	size_t len = strlen(ini->at);
	char *name;

	if (ini->at[len - 1] != ']') {
		as_ini_report(ini, ini->at, "lacks its ]");
		as_layers_add(config, NULL);
		return WRONG;
	}
	ini->at[len - 1] = '\0';
	if (strcmp(ini->at, "[apps") == 0)
		return APPS;
	name = ini->at + strcspn(ini->at, " \t");
	name += strspn(name, " \t");
	as_layers_add(config, *name != '\0' ? name : NULL);
	if (strcmp(ini->at, "[default") == 0) {
		if (config->standard > 0)
			as_ini_report(ini, "default", "has a section already");
		config->standard = config->n_layers;
		return DEFAULT;
	}
	if (strncmp(ini->at, "[app ", 5) != 0) {
		as_ini_report(
		    ini, ini->at, "is not [default], [app NAME] or [apps]");
		return WRONG;
	}
	if (as_select_is_glob(name))
		begin_glob(config, ini, name);
	else
		begin_app(config, ini, name);
	return APP;
}

/* Reads the KEY=VALUE... of a line of the list of apps. */
static void
read_pairs(struct as_config *config, const struct as_ini *ini, char *rest)
{
	struct as_layer *layer = &config->layers[config->n_layers - 1];
	char *key, *value;
	const char *why;

	for (rest += strspn(rest, " \t"); *rest != '\0';) {
		char *word = rest;

		rest += strcspn(rest, " \t");
		if (*rest != '\0')
			*rest++ = '\0';
		rest += strspn(rest, " \t");
		if ((why = as_ini_cut(word, &key, &value)) != NULL)
			as_layers_refuse(config, ini, word, why);
		else
			as_layers_set(config, ini, layer->first, key, value);
	}
	layer->n = config->n - layer->first;
}

/* Reads a line of the list of apps: NAME [KEY=VALUE]... */
static void
read_app(struct as_config *config, const struct as_ini *ini)
{
	char *rest = ini->at + strcspn(ini->at, " \t");
	struct as_named *named;

	if (*rest != '\0')
		*rest++ = '\0';
	named = name_app(config, ini, ini->at);
	if (named != NULL && named->line != 0)
		as_ini_report(ini, ini->at, "stands twice in this list");
	as_layers_add(config, ini->at);
	if (named != NULL)
		named->line = config->n_layers;
	read_pairs(config, ini, rest);
}

/* Marks the last layer if, since the last call, a mistake was reported for which no
 * key is in doubt: then any key may be missing there. */
static void
mark_layer(struct as_config *config, size_t *known)
{
	size_t unknown = config->mistakes.found - config->n_doubted;

	if (unknown > *known && config->n_layers > 0)
		config->layers[config->n_layers - 1].is_partial = true;
	*known = unknown;
}

static void
read_list(struct as_config *config)
{
	size_t known = config->mistakes.found - config->n_doubted;
	struct as_ini ini;

	if (!as_ini_open(&ini, config->list, &config->mistakes))
		return;
	while (as_ini_read(&ini)) {
		read_app(config, &ini);
		mark_layer(config, &known);
	}
}

static void
set_list(struct as_config *config, const struct as_ini *ini, const char *key,
    const char *value)
{
	if (strcmp(key, "list") != 0)
		as_ini_report(ini, key, "is not list, the only key of [apps]");
	else if (config->list != NULL)
		as_ini_report(ini, key, "stands twice in this section");
	else
		config->list = as_ini_beside(config->path, value);
}

/* Reads a line of the last section; why: it is not KEY = VALUE */
static void
read_setting(struct as_config *config, const struct as_ini *ini,
    const char *why, char *key, char *value)
{
	struct as_layer *layer = &config->layers[config->n_layers - 1];

	if (why != NULL)
		as_layers_refuse(config, ini, ini->at, why);
	else if (strcmp(key, "include") == 0)
		as_profile_include(config, ini, layer, value);
	else
		as_layers_set(config, ini, layer->first, key, value);
	layer->n = config->n - layer->first;
}

static void
read_line(
    struct as_config *config, const struct as_ini *ini, enum section *section)
{
	char *key, *value;
	const char *why;

	if (*ini->at == '[') {
		*section = read_header(config, ini);
		return;
	}
	why = as_ini_cut(ini->at, &key, &value);
	if (why == NULL && *section == NONE) {
		as_ini_report(ini, key, "stands before the first [section]");
		as_layers_add(config, NULL);
		*section = WRONG;
	}
	if (why == NULL && *section == APPS)
		set_list(config, ini, key, value);
	else if (*section == APPS || *section == NONE)
		as_layers_refuse(config, ini, ini->at, why);
	else
		read_setting(config, ini, why, key, value);
}

/* Opens the file of -c.  If that is a bundle, opens the as.conf in it: then
 * relative paths and messages mean the place of the file that was copied.  Returns
 * false, after it has reported why, if that failed. */
static bool
open_first(struct as_config *config, struct as_ini *ini)
{
	struct as_text text;

	if (!as_ini_open(ini, config->path, &config->mistakes))
		return false;
	text = (struct as_text){ini->text, (size_t)(ini->end - ini->text)};
	if (!as_bundle_is(text))
		return true;
	config->path = as_bundle_read(text);
	if (config->path == NULL) {
		as_mistake_add(&config->mistakes, "%s: is damaged", ini->path);
		return false;
	}
	return as_ini_open(ini, config->path, &config->mistakes);
}

bool
as_sections_read(struct as_config *config)
{
	enum section section = NONE;
	struct as_ini ini;
	size_t known = config->mistakes.found - config->n_doubted;

	if (!open_first(config, &ini))
		return false;
	ini.joins = true;
	while (as_ini_read(&ini)) {
		mark_layer(config, &known);
		read_line(config, &ini, &section);
		mark_layer(config, &known);
	}
	if (config->list != NULL)
		read_list(config);
	return true;
}
