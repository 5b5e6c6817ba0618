/* show.c - what holds and why, for people */
#include "conf.h"

static void
print_setting(struct as_out *out, const char *key, const char *value,
    const char *file, int line)
{
	char *p = as_out_room(out, AS_LINE_MAX), *begin = p;

	p = as_put(p, key, strlen(key));
	p = AS_PUT(p, " = ");
	p = as_put(p, value, strlen(value));
	while (p - begin < 32)
		*p++ = ' ';
	p = AS_PUT(p, " # ");
	p = as_put(p, file, strnlen(file, 4096));
	if (line > 0) {
		*p++ = ':';
		p = as_put_count(p, line);
	}
	*p++ = '\n';
	as_out_end(out, p);
}

static bool
names_metric(const struct as_scope *scope)
{
	for (const struct as_kind *kind = as_metric_kinds;
	     kind->key.name != NULL; kind++)
		if (as_scope_first(scope, kind->key.name, NULL) != NULL)
			return true;
	return false;
}

static void
print_app(struct as_config *config, struct as_out *out, struct as_text app)
{
	struct as_scope scope = {config, as_config_of(config, app), app};
	const struct as_key *key;
	char *p = as_out_room(out, 256);

	p = as_put(AS_PUT(p, "[app "), app.at, app.len);
	as_out_end(out, AS_PUT(p, "]\n"));
	for (size_t i = 0; i < scope.settings->n_in_force; i++) {
		const struct as_setting *s =
		    &config->settings[scope.settings->in_force[i]];

		print_setting(out, s->key, s->value, s->file, s->line);
	}
	for (size_t i = 0; (key = as_setting_key(i)) != NULL; i++)
		if (key->standard[0] != '\0' &&
		    as_scope_first(&scope, key->name, NULL) == NULL)
			print_setting(
			    out, key->name, key->standard, "built-in", 0);
	if (!names_metric(&scope))
		print_setting(out, "target.cpu", "0.80", "built-in", 0);
}

/* -a with the name of an app that a glob knows */
static bool
is_unnamed(const struct as_config *config)
{
	size_t number;

	return config->only != NULL && !as_select_is_glob(config->only) &&
	    !(as_table_has(&config->apps, as_text(config->only), &number) &&
		number < config->n_named);
}

int
as_show_settings(struct as_config *config)
{
	struct as_out out = {0};

	for (size_t i = 0; i < config->n_named; i++) {
		struct as_text app = as_table_name(&config->apps, i);

		if (as_select_wants(config, app))
			print_app(config, &out, app);
	}
	if (config->n_named == 0 || is_unnamed(config))
		print_app(config, &out, as_text(as_select_app(config)));
	return as_out_finish(&out, 0);
}
