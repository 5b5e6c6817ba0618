/* check.c - finds what is wrong with the settings that an app's requests need */
#include <stdio.h>

#include "http.h"

enum form { URL, TEXT, FILTER };

static const struct row {
	const char *key;
	enum form form;
} rows[] = {
    {"status_url", URL},
    {"before_url", URL},
    {"replicas_url", URL},
    {"header", TEXT},
    {"status_header", TEXT},
    {"replicas_header", TEXT},
    {"status_query.", TEXT},
    {"status_body", TEXT},
    {"sample", FILTER},
    {"before_replicas", FILTER},
    {"replicas_body", FILTER},
    {"replicas_query.", FILTER},
};

static const struct row *
row_of(const char *key)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].key);

		if (strncmp(rows[i].key, key, len) == 0 &&
		    (key[len] == '\0' || rows[i].key[len - 1] == '.'))
			return &rows[i];
	}
	return NULL;
}

static const char *
check_text(const struct as_scope *scope, const struct as_setting *setting)
{
	struct as_buf text = {0};
	const char *why;

	as_url_fill(scope, setting, false, &text, &why);
	free(text.at);
	return why;
}

/* Whether all queries of status_url can be filled in; each that cannot is a mistake
 * of its own */
static bool
have_queries(const struct as_scope *scope)
{
	const struct as_setting *query;
	size_t i = 0;

	while ((query = as_scope_each(scope, "status_query.", &i)) != NULL)
		if (check_text(scope, query) != NULL)
			return false;
	return true;
}

static const char *
check_url(const struct as_scope *scope, const struct as_setting *setting)
{
	const char *queries = NULL, *why = NULL;

	if (strcmp(setting->key, "status_url") == 0 && have_queries(scope))
		queries = "status_query.";
	free(as_url_expand(scope, setting, queries, &why));
	return why;
}

static const char *
check_setting(const struct as_scope *scope, const struct as_setting *setting)
{
	const struct row *row = row_of(setting->key);

	if (row == NULL)
		return NULL;
	switch (row->form) {
	case URL: return check_url(scope, setting);
	case TEXT: return check_text(scope, setting);
	case FILTER: return as_filter_wrong(scope, setting);
	}
	return NULL;
}

static bool
next_setting(struct as_check *check)
{
	const struct as_scope *scope = check->scope;
	const struct as_settings *settings = scope->settings;
	const char *why = NULL;

	while (why == NULL && check->n_settings < settings->n_in_force) {
		check->setting =
		    &scope->config
			 ->settings[settings->in_force[check->n_settings++]];
		why = check_setting(scope, check->setting);
	}
	if (why == NULL)
		return false;
	check->code = EX_CONFIG;
	snprintf(check->why, sizeof(check->why), "%s", why);
	return true;
}

static bool
next_count(struct as_check *check)
{
	const struct as_setting *url;
	const char *key, *why;
	size_t i = 0;

	if (check->counted)
		return false;
	check->counted = true;
	if ((why = as_ask_wrong(check->scope, &key)) == NULL)
		return false;
	while ((url = as_scope_each(check->scope, key, &i)) != NULL)
		check->setting = url;
	check->code = EX_CONFIG;
	snprintf(check->why, sizeof(check->why), "%s", why);
	return true;
}

static bool
next_file(struct as_check *check)
{
	check->setting = NULL;
	check->code = as_secret_check(
	    &check->scope->settings->remote, &check->n_files, check->why);
	return check->code != 0;
}

bool
as_check_next(struct as_check *check)
{
	return next_setting(check) || next_count(check) || next_file(check);
}
