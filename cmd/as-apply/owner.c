/* owner.c - finds apps that would send the same request, and so fight each other */
#include "apply.h"

/* Adds a part to the key of a request.  The NUL after each part keeps "prod1"
 * "2web" apart from "prod" "12web". */
static void
add_part(struct as_buf *to, struct as_text part)
{
	as_buf_add(to, part.at, part.len);
	as_buf_add(to, "", 1);
}

static void
add_setting(struct as_buf *to, const struct as_setting *setting)
{
	add_part(to, as_text(setting->key));
	add_part(to, as_text(setting->value));
}

/* Adds the filters with this key, and what their output may depend on.  Two apps
 * with the same URL may still send different bodies or queries: if a filter uses
 * $app, or .app of its input, or a variable that the apps set differently. */
static void
add_filter_key(const struct as_scope *scope, const char *key, struct as_buf *to)
{
	const struct as_setting *filter, *set;
	size_t i = 0, j;

	while ((filter = as_scope_each(scope, key, &i)) != NULL) {
		add_setting(to, filter);
		if ((as_names_find(filter->value, "app") &
			(AS_NAMES_VARIABLE | AS_NAMES_FIELD)) != 0)
			add_part(to, scope->app);
		for (j = 0; (set = as_scope_each(scope, "set.", &j)) != NULL;)
			if ((as_names_find(filter->value, set->key + 4) &
				AS_NAMES_VARIABLE) != 0)
				add_setting(to, set);
	}
}

void
as_owner_find(struct as_apps *apps, struct as_app *app, size_t number)
{
	const char *socket = app->scope.settings->remote.unix_socket;
	struct as_buf key = {0};
	size_t known = apps->keys.n, at;

	add_part(&key, (struct as_text){app->url.at, app->url.len});
	add_part(&key, as_text(socket != NULL ? socket : ""));
	for (size_t i = 0; i < app->n_headers; i++)
		add_part(&key, as_text(app->headers[i]));
	add_filter_key(&app->scope, "replicas_body", &key);
	add_filter_key(&app->scope, "replicas_query.", &key);
	at = as_table_find(&apps->keys, (struct as_text){key.at, key.len});
	free(key.at);
	if (at == apps->owners_room)
		apps->owners = as_mem_grow(
		    apps->owners, &apps->owners_room, sizeof(*apps->owners));
	if (at == known)
		apps->owners[at] = number;
	app->owner = apps->owners[at];
}
