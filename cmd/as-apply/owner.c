/* owner.c - finds apps that would send the same request, and so fight each other */
#include "apply.h"

/* Two apps with the same URL may still send different bodies or queries: if a
 * filter uses $app, or .app of its input, or a variable that the apps set
 * differently. */
static void
add_filter_key(const struct as_scope *scope, const char *key, struct as_buf *to)
{
	const struct as_setting *filter, *set;
	size_t i = 0, j;

	while ((filter = as_scope_each(scope, key, &i)) != NULL) {
		as_buf_puts(to, filter->value);
		if ((as_names_find(filter->value, "app") &
			(AS_NAMES_VARIABLE | AS_NAMES_FIELD)) != 0)
			as_buf_add(to, scope->app.at, scope->app.len);
		for (j = 0; (set = as_scope_each(scope, "set.", &j)) != NULL;)
			if ((as_names_find(filter->value, set->key + 4) &
				AS_NAMES_VARIABLE) != 0)
				as_buf_puts(to, set->value);
	}
}

void
as_owner_find(struct as_apps *apps, struct as_app *app, size_t number)
{
	struct as_buf key = {0};
	size_t known = apps->keys.n, at;

	as_buf_add(&key, app->url.at, app->url.len);
	if (app->scope.settings->remote.unix_socket != NULL)
		as_buf_puts(&key, app->scope.settings->remote.unix_socket);
	for (size_t i = 0; i < app->n_headers; i++)
		as_buf_puts(&key, app->headers[i]);
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
