/* show.c - prints the settings of each app, and where each setting was made */
#include "conf.h"

/* Adds a line of a value as a file must have it: with a backslash where a comment
 * would begin, and, since trim() in ini.c takes one away, where backslashes stand
 * before that. */
static void
add_line(struct as_buf *to, struct as_text line)
{
	for (size_t i = 0, n; i < line.len; i++) {
		bool first = i == 0 || line.at[i - 1] == ' ' ||
		    line.at[i - 1] == '\t';

		for (n = i; first && n < line.len && line.at[n] == '\\';)
			n++;
		if (first && n < line.len && line.at[n] == '#')
			as_buf_puts(to, "\\");
		as_buf_add(to, line.at + i, 1);
	}
}

static void
put_text(struct as_out *out, struct as_text text)
{
	for (size_t n; text.len > 0; text.at += n, text.len -= n) {
		n = text.len < AS_LINE_MAX ? text.len : AS_LINE_MAX;
		as_out_end(out, as_put(as_out_room(out, n), text.at, n));
	}
}

/* Prints "KEY = VALUE", where logins in URLs are masked.  The second and later lines
 * of a value are indented, as in the file.  Returns the width of the last line. */
static size_t
print_value(struct as_out *out, const char *key, const char *value)
{
	static struct as_buf text;
	struct as_text rest = as_text(value), line;
	size_t indent = strlen(key) + 3;
	bool more = as_text_cut(&rest, '\n', &line);

	put_text(out, as_text(key));
	put_text(out, as_text(" = "));
	for (;; indent = 4) {
		text.len = 0;
		add_line(&text, line);
		text.len = text.len > 0 ? as_login_mask(text.at, text.len) : 0;
		put_text(out, (struct as_text){text.at, text.len});
		if (!more)
			return indent + text.len;
		more = as_text_cut(&rest, '\n', &line);
		put_text(out, as_text("\n    "));
	}
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
