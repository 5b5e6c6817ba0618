/* url.c - which URLs are asked, and how templates become them */
#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "http.h"

enum { URL_MAX = 2048 };

/* libcurl's own reading of a URL, so that both mean the same host. */
static const char *
check_parts(CURLU *parts, const char *url)
{
	char *user = NULL;

	if (curl_url_set(parts, CURLUPART_URL, url, 0) != CURLUE_OK)
		return "is not a well-formed URL";
	if (curl_url_get(parts, CURLUPART_USER, &user, 0) != CURLUE_OK)
		return NULL;
	curl_free(user);
	return "is a URL with a user in it: a secret has its own file, "
	       "netrc_file";
}

/* Templates begin with http: or https: and have no blank: see conf.c. */
static const char *
check_url(const char *url)
{
	CURLU *parts;
	const char *why;

	if (strlen(url) > URL_MAX)
		return "is a URL of over 2 KiB";
	parts = as_mem_need(curl_url());
	why = check_parts(parts, url);
	curl_url_cleanup(parts);
	return why;
}

/* Scheme, host and port; false: it has none. */
static bool
has_origin(CURLU *parts, const char *url, char *origin, size_t size)
{
	char *scheme = NULL, *host = NULL, *port = NULL;
	bool whole = curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
	    curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
	    curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
	    curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) ==
		CURLUE_OK;

	if (whole)
		snprintf(origin, size, "%s://%s:%s", scheme, host, port);
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	return whole;
}

bool
as_url_same_origin(const char *a, const char *b)
{
	char here[URL_MAX + 64], there[URL_MAX + 64];
	CURLU *parts = as_mem_need(curl_url());
	bool same = has_origin(parts, a, here, sizeof(here)) &&
	    has_origin(parts, b, there, sizeof(there)) &&
	    strcasecmp(here, there) == 0;

	curl_url_cleanup(parts);
	return same;
}

static void
encode(struct as_buf *to, struct as_text text, const char *plain)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];
		char code[4];

		if (isalnum(c) || strchr(plain, c) != NULL) {
			as_buf_add(to, text.at + i, 1);
		} else {
			snprintf(code, sizeof(code), "%%%02X", c);
			as_buf_add(to, code, 3);
		}
	}
}

void
as_url_query(struct as_buf *url, const char *name, struct as_text value)
{
	as_buf_puts(url, strchr(url->at, '?') != NULL ? "&" : "?");
	encode(url, as_text(name), "-._~");
	as_buf_puts(url, "=");
	encode(url, value, "-._~");
}

/* What {NAME} stands for; at NULL: it is not set. */
static struct as_text
variable(const struct as_scope *scope, struct as_text name)
{
	const struct as_setting *set;
	size_t i = 0;

	if (as_text_is(name, as_text("app")))
		return scope->app;
	while ((set = as_scope_each(scope, "set.", &i)) != NULL)
		if (as_text_is(name, as_text(set->key + 4)))
			return as_text(set->value);
	return (struct as_text){NULL, 0};
}

static const char *
explain_unset(const struct as_scope *scope, struct as_text name)
{
	static char why[320];

	snprintf(why, sizeof(why), "{%.*s} is not set for app %.*s",
	    (int)name.len, name.at, (int)scope->app.len, scope->app.at);
	return why;
}

/* Braces around anything but a name are nothing special. */
static size_t
name_in_braces(const char *p)
{
	size_t len = 1;

	if (*p != '{' || isdigit((unsigned char)p[1]))
		return 0;
	while (isalnum((unsigned char)p[len]) || p[len] == '_')
		len++;
	return len > 1 && p[len] == '}' ? len - 1 : 0;
}

/* Returns why the template cannot be filled in, or NULL. */
static const char *
fill(const struct as_scope *scope, const char *p, bool encoded,
    struct as_buf *to)
{
	struct as_text value;
	size_t len;

	as_buf_puts(to, ""); /* that of nothing is a string, too */
	while (*p != '\0') {
		if ((len = name_in_braces(p)) == 0) {
			as_buf_add(to, p++, 1);
			continue;
		}
		value = variable(scope, (struct as_text){p + 1, len});
		if (value.at == NULL)
			return explain_unset(
			    scope, (struct as_text){p + 1, len});
		if (encoded && value.at != scope->app.at)
			encode(to, value, "-._~:"); /* HOST:PORT */
		else if (encoded)
			encode(to, value, "-._~");
		else
			as_buf_add(to, value.at, value.len);
		p += len + 2;
	}
	return NULL;
}

void
as_url_fill(const struct as_scope *scope, const struct as_setting *template,
    bool encoded, struct as_buf *to)
{
	const char *why = fill(scope, template->value, encoded, to);

	if (why != NULL)
		as_setting_die(template, why);
}

/* Returns why the template makes no URL, or NULL; *wrong is the setting that is
 * to blame. */
static const char *
expand(const struct as_scope *scope, const struct as_setting *template,
    const char *queries, struct as_buf *url, const struct as_setting **wrong)
{
	const struct as_setting *query;
	struct as_buf value = {0};
	const char *why = fill(scope, template->value, true, url);
	size_t i = 0;

	*wrong = template;
	while (why == NULL && queries != NULL &&
	    (query = as_scope_each(scope, queries, &i)) != NULL) {
		value.len = 0;
		why = fill(scope, query->value, false, &value);
		if (why != NULL)
			*wrong = query;
		else
			as_url_query(url, query->key + strlen(queries),
			    (struct as_text){value.at, value.len});
	}
	free(value.at);
	return why != NULL ? why : check_url(url->at);
}

char *
as_url_expand(const struct as_scope *scope, const struct as_setting *template,
    const char *queries)
{
	struct as_buf url = {0};
	const struct as_setting *wrong;
	const char *why = expand(scope, template, queries, &url, &wrong);

	if (why != NULL)
		as_setting_die(wrong, why);
	return url.at;
}

static bool
is_one_of(const char *key, const char *const *keys)
{
	while (*keys != NULL && strcmp(key, *keys) != 0)
		keys++;
	return *keys != NULL;
}

static const char *
check_template(const struct as_scope *scope, const struct as_setting *setting,
    const char **key)
{
	static const char *const urls[] = {
	    "status_url", "before_url", "replicas_url", NULL};
	static const char *const texts[] = {
	    "header", "status_header", "replicas_header", "status_body", NULL};
	const struct as_setting *wrong = setting;
	struct as_buf text = {0};
	const char *why = NULL;

	if (is_one_of(setting->key, urls))
		why = expand(scope, setting,
		    strcmp(setting->key, urls[0]) == 0 ? "status_query." : NULL,
		    &text, &wrong);
	else if (is_one_of(setting->key, texts))
		why = fill(scope, setting->value, false, &text);
	free(text.at);
	*key = wrong->key;
	return why;
}

const char *
as_url_wrong(const struct as_scope *scope, const char **key)
{
	const struct as_settings *settings = scope->settings;
	const char *why = NULL;

	for (size_t i = 0; i < settings->n_in_force && why == NULL; i++)
		why = check_template(scope,
		    &scope->config->settings[settings->in_force[i]], key);
	return why;
}
