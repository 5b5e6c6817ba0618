/* source.c - makes the text that libjq compiles for each filter: the filter, and
 * before it what sets the filter's variables */
#include <stdio.h>

#include "filter.h"

/* the number of a program is its index here */
static struct as_source *sources;
static size_t n_sources, room;

/* A group of filters is compiled at once, because libjq needs about 20 ms each
 * time to compile its own functions.  A group has at most GROUP_MAX filters and
 * GROUP_BYTES bytes, because the time for the filters themselves grows with the
 * square of their length. */
enum { GROUP_MAX = 32, GROUP_BYTES = 8192 };

/* Returns the number of the group for a text of `len` bytes.  This is the last
 * group, or a new one if the last group has no room. */
static size_t
choose_group(size_t len)
{
	static size_t n, bytes; /* filters and bytes in the last group */
	size_t last = n_sources > 0 ? sources[n_sources - 1].group : 0;

	if (n > 0 && (n == GROUP_MAX || bytes + len > GROUP_BYTES)) {
		n = bytes = 0;
		last++;
	}
	n++;
	bytes += len;
	return last;
}

/* Binds $app, $before, and each variable of the filter that any app sets with a
 * key set.NAME.  All apps that have this filter share one program, so a variable
 * is bound also for those that do not set it. */
static void
bind_variables(
    struct as_buf *text, const struct as_config *config, const char *filter)
{
	for (size_t i = 0; i < config->n; i++) {
		const char *key = config->settings[i].key;
		char bind[160];

		if (strncmp(key, "set.", 4) != 0 ||
		    (as_names_find(filter, key + 4) & AS_NAMES_VARIABLE) == 0)
			continue;
		snprintf(
		    bind, sizeof(bind), ".[1].%s as $%s | ", key + 4, key + 4);
		if (text->at == NULL || strstr(text->at, bind) == NULL)
			as_buf_puts(text, bind);
	}
	as_buf_puts(text, ".[1].app as $app | .[2] as $before | .[0] | ");
}

bool
as_source_sets(const struct as_config *config, const char *key)
{
	for (size_t i = 0; i < config->n; i++)
		if (strcmp(config->settings[i].key, key) == 0)
			return true;
	return false;
}

/* Binds $replicas to the ordered count, unless an app has the key set.replicas. */
static void
bind_replicas(
    struct as_buf *text, const struct as_config *config, const char *filter)
{
	if ((as_names_find(filter, "replicas") & AS_NAMES_VARIABLE) != 0 &&
	    !as_source_sets(config, "set.replicas"))
		as_buf_puts(text,
		    "(.[0] | if type == \"object\" then .replicas else null "
		    "end) as $replicas | ");
}

/* This makes tonumber return null for null, which is an error in jq: the numbers
 * of a reply that did not come are null. */
static const char prelude[] =
    "def _number: tonumber; "
    "def tonumber: if . == null then null else _number end; ";

size_t
as_source_add(const struct as_setting *setting, enum as_filter_kind kind,
    const struct as_config *config)
{
	struct as_buf text = {0};

	if (strstr(setting->value, "tonumber") != NULL)
		as_buf_puts(&text, prelude);
	if (kind == AS_TEXT)
		bind_replicas(&text, config, setting->value);
	bind_variables(&text, config, setting->value);
	as_buf_puts(&text, setting->value);
	if (n_sources == room)
		sources = as_mem_grow(sources, &room, sizeof(*sources));
	sources[n_sources] = (struct as_source){
	    setting, kind, text.at, choose_group(text.len)};
	return n_sources++;
}

const struct as_source *
as_source_all(size_t *n)
{
	*n = n_sources;
	return sources;
}

size_t
as_source_group(size_t first)
{
	size_t n = 0;

	while (first + n < n_sources &&
	    sources[first + n].group == sources[first].group)
		n++;
	return n;
}
