/* show.c - prints the settings of each app, and where each setting was made */
#include "conf.h"

/* Puts a line at p, where logins in URLs are masked.  Returns how many bytes that
 * is. */
static size_t
put_line(struct as_out *out, char *p, struct as_text line)
{
	size_t len;

	as_put(p, line.at, line.len);
	len = as_login_mask(p, line.len);
	as_out_end(out, p + len);
	return len;
}

/* Prints "KEY = VALUE".  The second and later lines of a value are indented, as in
 * the file.  Returns the width of the last line. */
static size_t
print_value(struct as_out *out, const char *key, const char *value)
{
	struct as_text rest = as_text(value), line;
	size_t indent = strlen(key) + 3, width;
	char *p = as_out_room(out, AS_LINE_MAX);
	bool more = as_text_cut(&rest, '\n', &line);

	p = AS_PUT(as_put(p, key, indent - 3), " = ");
	width = indent + put_line(out, p, line);
	while (more) {
		more = as_text_cut(&rest, '\n', &line);
		p = AS_PUT(as_out_room(out, AS_LINE_MAX), "\n    ");
		width = 4 + put_line(out, p, line);
	}
	return width;
}

static void
print_setting(struct as_out *out, const char *key, const char *value,
    const char *file, int line)
{
	size_t width = print_value(out, key, value);
	char *p = as_out_room(out, AS_LINE_MAX);

	for (; width < 32; width++)
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

/* Returns whether -a has the name of an app that the file does not name.  Only
 * [default] and globs can have settings for it. */
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
