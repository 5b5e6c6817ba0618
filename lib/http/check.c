/* check.c - finds what is wrong with the settings that an app's requests need */
#include <stdio.h>

#include "http.h"

enum form { URL, TEXT, FILTER };

/* clang-format off */
enum { EACH = AS_CHECK_STATUS | AS_CHECK_BEFORE | AS_CHECK_REPLICAS };
static const struct row {
	const char *key;
	enum form form;
	int uses;
} rows[] = {
    {"status_url", URL, AS_CHECK_STATUS},
    {"before_url", URL, AS_CHECK_STATUS | AS_CHECK_BEFORE},
    {"replicas_url", URL, AS_CHECK_REPLICAS | AS_CHECK_ORIGIN},
    {"header", TEXT, EACH},
    {"status_header", TEXT, AS_CHECK_STATUS | AS_CHECK_BEFORE},
    {"replicas_header", TEXT, AS_CHECK_REPLICAS},
    {"status_query.", TEXT, AS_CHECK_STATUS},
    {"status_body", TEXT, AS_CHECK_STATUS},
    {"sample", FILTER, AS_CHECK_SAMPLE},
    {"before_replicas", FILTER, AS_CHECK_BEFORE},
    {"replicas_body", FILTER, AS_CHECK_REPLICAS},
    {"replicas_query.", FILTER, AS_CHECK_REPLICAS},
};
/* clang-format on */

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
check_setting(
    const struct as_scope *scope, int uses, const struct as_setting *setting)
{
	const struct row *row = row_of(setting->key);

	if (row == NULL || (row->uses & uses) == 0 || setting->is_wrong)
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
		why = check_setting(scope, check->uses, check->setting);
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

	if (check->counted || (check->uses & EACH) == 0)
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
	if ((check->uses & AS_CHECK_FILES) == 0)
		return false;
	check->setting = NULL;
	check->code = as_secret_check(
	    &check->scope->settings->remote, &check->n_files, check->why);
	return check->code != 0;
}

/* If any key may be missing, only files can be checked. */
bool
as_check_next(struct as_check *check)
{
	bool is_partial = check->scope->settings->is_partial;

	return (!is_partial && (next_setting(check) || next_count(check))) ||
	    next_file(check);
}

/* Whether any app has the variable that why begins with: {NAME} or $NAME */
static bool
is_variable_set(const struct as_config *config, const char *why)
{
	char key[AS_DETAIL_MAX];

	snprintf(
	    key, sizeof(key), "set.%.*s", (int)strcspn(why + 1, "} "), why + 1);
	return as_source_sets(config, key);
}

/* A variable that is not set is one mistake, whichever settings use it.  If other
 * apps have it, it is a mistake of each section that is for one app.  why ends with
 * the name of the app. */
static const char *
key_of(struct as_config *config, const struct as_check *check, const char *text)
{
	static char key[AS_DETAIL_MAX];
	char end[AS_APP_SIZE + sizeof(" app ")], name[AS_APP_SIZE];
	struct as_text app = check->scope->app;
	size_t len = strlen(check->why), n;

	n = (size_t)snprintf(
	    end, sizeof(end), " app %s", as_text_copy(name, app));
	if (check->setting == NULL || len < n ||
	    strcmp(check->why + len - n, end) != 0)
		return text;
	if (!as_select_has_section(config, app) ||
	    !is_variable_set(config, check->why))
		len -= n;
	snprintf(key, sizeof(key), "%.*s", (int)len, check->why);
	return key;
}

bool
as_check_report(
    struct as_config *config, const struct as_scope *scope, int uses)
{
	struct as_check check = {.scope = scope, .uses = uses};
	const struct as_settings *settings = scope->settings;
	bool good = settings->why == NULL && !settings->is_partial &&
	    !settings->has_wrong_remote;
	const char *text;

	while (as_check_next(&check)) {
		text = check.setting != NULL ?
		    as_setting_explain(check.setting, check.why) :
		    check.why;
		as_mistake_add_once(&config->mistakes, check.code,
		    key_of(config, &check, text), text);
		good = false;
	}
	return good;
}

bool
as_check_has(
    struct as_config *config, const struct as_scope *scope, const char *key)
{
	struct as_text app = scope->app;
	char text[1024], same[AS_KEY_MAX];

	if (as_scope_first(scope, key, NULL) != NULL)
		return true;
	if (scope->settings->is_partial)
		return false;
	snprintf(text, sizeof(text), "%s: app %.*s: no %s", config->path,
	    (int)app.len, app.at, key);
	snprintf(same, sizeof(same), "no %s", key);
	as_mistake_add_once(&config->mistakes, EX_CONFIG,
	    as_select_has_section(config, app) ? text : same, text);
	return false;
}
