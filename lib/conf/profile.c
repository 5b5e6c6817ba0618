/* profile.c - reads a profile, which is a file of keys that a section includes */
#include <stdio.h>
#include <unistd.h>

#include "conf.h"

/* Returns the path of a profile that comes with as-tools, or NULL if there is none
 * of this name.  Its place is known relative to this program, whether the program
 * is installed or still where it was built. */
static const char *
find(const char *name)
{
	static const char *const places[] = {"../share/as-tools/profiles",
	    "../examples/profiles", "../../examples/profiles", NULL};
	static char path[4096];
	char self[2048];
	struct as_text unused;
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (len <= 0)
		return NULL;
	while (len > 0 && self[len - 1] != '/')
		len--;
	for (size_t i = 0; places[i] != NULL; i++) {
		snprintf(path, sizeof(path), "%.*s%s/%s", (int)len, self,
		    places[i], name);
		if (as_bundle_find(path, &unused) || access(path, R_OK) == 0)
			return as_ini_beside("", path);
	}
	return NULL;
}

/* Adds the settings of the profile.  A name with a slash is a path.  Any other name
 * is that of a profile that comes with as-tools. */
static void
read_profile(
    struct as_config *config, const struct as_ini *from, const char *name)
{
	const char *path = strchr(name, '/') != NULL ?
	    as_ini_beside(from->path, name) :
	    find(name);
	size_t first = config->n;
	struct as_ini ini;
	char *key, *value;
	const char *why;

	if (path == NULL) {
		as_ini_report(from, name, "there is no such profile");
		return;
	}
	if (!as_ini_open(&ini, path, &config->mistakes))
		return;
	ini.joins = true;
	while (as_ini_read(&ini)) {
		if ((why = as_ini_cut(ini.at, &key, &value)) != NULL)
			as_layers_refuse(config, &ini, ini.at, why);
		else
			as_layers_set(config, &ini, first, key, value);
	}
}

/* Inserts the settings of the profile before those of the section.  So the
 * section's own keys override those of the profile, also if they stand before the
 * line "include". */
void
as_profile_include(struct as_config *config, const struct as_ini *ini,
    struct as_layer *layer, const char *name)
{
	size_t n = config->n - layer->first;
	struct as_setting *own;

	if (layer->n_profile > 0) {
		as_ini_report(ini, "include", "stands twice in this section");
		return;
	}
	own = as_mem_need(malloc((n + 1) * sizeof(*own)));
	if (n > 0)
		memcpy(own, config->settings + layer->first, n * sizeof(*own));
	config->n = layer->profile = layer->first;
	read_profile(config, ini, name);
	layer->n_profile = config->n - layer->profile;
	layer->first = config->n;
	while (config->n + n > config->room)
		config->settings = as_mem_grow(
		    config->settings, &config->room, sizeof(*own));
	if (n > 0)
		memcpy(config->settings + config->n, own, n * sizeof(*own));
	config->n += n;
	free(own);
}
