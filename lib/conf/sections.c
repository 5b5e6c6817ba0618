/* sections.c - the file of settings: [default], [app] and [apps] */
#include "conf.h"

static struct as_named *
name_app(struct as_config *config, const struct as_ini *ini, const char *name)
{
	const char *why = as_line_app(as_text(name));

	if (why != NULL)
		as_ini_die(ini, name, why);
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
			as_ini_die(ini, pattern, "has a section already");
	}
	as_layers_add(config, pattern);
	add_glob(config);
}

static void
begin_app(struct as_config *config, const struct as_ini *ini, char *name)
{
	struct as_named *named = name_app(config, ini, name);

	if (named->section != 0)
		as_ini_die(ini, name, "has a section already");
	as_layers_add(config, name);
	named->section = config->n_layers;
}

enum section { NONE, DEFAULT, APP, APPS };

/* "[default]", "[app NAME]" or "[apps]" */
static enum section
read_header(struct as_config *config, const struct as_ini *ini)
{
	size_t len = strlen(ini->at);
	char *name;

	if (ini->at[len - 1] != ']')
		as_ini_die(ini, ini->at, "lacks its ]");
	ini->at[len - 1] = '\0';
	if (strcmp(ini->at, "[default") == 0) {
		if (config->standard > 0)
			as_ini_die(ini, "default", "has a section already");
		as_layers_add(config, NULL);
		config->standard = config->n_layers;
		return DEFAULT;
	}
	if (strcmp(ini->at, "[apps") == 0)
		return APPS;
	if (strncmp(ini->at, "[app ", 5) != 0)
		as_ini_die(
		    ini, ini->at, "is not [default], [app NAME] or [apps]");
	name = ini->at + 5 + strspn(ini->at + 5, " \t");
	if (as_select_is_glob(name))
		begin_glob(config, ini, name);
	else
		begin_app(config, ini, name);
	return APP;
}

/* NAME [KEY=VALUE]... */
static void
read_app(struct as_config *config, const struct as_ini *ini)
{
	char *rest = ini->at + strcspn(ini->at, " \t"), *key, *value;
	struct as_layer *layer;
	struct as_named *named;
	const char *why;

	if (*rest != '\0')
		*rest++ = '\0';
	named = name_app(config, ini, ini->at);
	if (named->line != 0)
		as_ini_die(ini, ini->at, "stands twice in this list");
	layer = as_layers_add(config, ini->at);
	named->line = config->n_layers;
	for (rest += strspn(rest, " \t"); *rest != '\0';) {
		char *word = rest;

		rest += strcspn(rest, " \t");
		if (*rest != '\0')
			*rest++ = '\0';
		rest += strspn(rest, " \t");
		if ((why = as_ini_cut(word, &key, &value)) != NULL)
			as_ini_die(ini, word, why);
		as_layers_set(config, ini, layer->first, key, value);
	}
	layer->n = config->n - layer->first;
}

static void
read_list(struct as_config *config)
{
	struct as_ini ini;

	as_ini_open(&ini, config->list);
	while (as_ini_read(&ini))
		read_app(config, &ini);
}

static void
read_setting(struct as_config *config, const struct as_ini *ini,
    enum section section, char *key, char *value)
{
	struct as_layer *layer;

	if (section == NONE)
		as_ini_die(ini, key, "stands before the first [section]");
	if (section == APPS) {
		if (strcmp(key, "list") != 0)
			as_ini_die(
			    ini, key, "is not list, the only key of [apps]");
		if (config->list != NULL)
			as_ini_die(ini, key, "stands twice in this section");
		config->list = as_ini_beside(config->path, value);
		return;
	}
	layer = &config->layers[config->n_layers - 1];
	if (strcmp(key, "include") == 0)
		as_profile_include(config, ini, layer, value);
	else
		as_layers_set(config, ini, layer->first, key, value);
	layer->n = config->n - layer->first;
}

void
as_sections_read(struct as_config *config)
{
	enum section section = NONE;
	struct as_ini ini;
	char *key, *value;
	const char *why;

	as_ini_open(&ini, config->path);
	while (as_ini_read(&ini)) {
		if (*ini.at == '[') {
			section = read_header(config, &ini);
			continue;
		}
		if ((why = as_ini_cut(ini.at, &key, &value)) != NULL)
			as_ini_die(&ini, ini.at, why);
		read_setting(config, &ini, section, key, value);
	}
	if (config->list != NULL)
		read_list(config);
}
