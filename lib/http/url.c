/* url.c - makes URLs from templates, checks them, and compares their hosts */
#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "http.h"

enum { URL_MAX = 2048 };

/* Returns why the URL is wrong, or NULL.  Uses the parser of libcurl, so that this
 * check and the request agree on the host. */
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

/* Returns why a URL that was made from a template is wrong, or NULL.  The template
 * begins with http: or https: and has no blank: lib/conf/remote.c has checked
 * that. */
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

/* Prints scheme, host and port.  Returns false if the URL lacks one of them.  Makes
 * a new handle each time, because one that holds a URL would read a text like "?"
 * as relative to that URL. */
static bool
has_origin(const char *url, char *origin, size_t size)
{
	CURLU *parts = as_mem_need(curl_url());
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
	curl_url_cleanup(parts);
	return whole;
}

bool
as_url_same_origin(const char *a, const char *b)
{
	char here[URL_MAX + 64], there[URL_MAX + 64];

	return has_origin(a, here, sizeof(here)) &&
	    has_origin(b, there, sizeof(there)) && strcasecmp(here, there) == 0;
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

/* Returns the text that {NAME} stands for.  If none is set, its member `at` is
 * NULL. */
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

/* Returns the length of the name if a {NAME} begins at p, or 0 if not. */
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

static const char *
not_set(const struct as_scope *scope, struct as_text name)
{
	static char why[256];

	snprintf(why, sizeof(why), "{%.*s} is not set for app %.*s",
	    (int)name.len, name.at, (int)scope->app.len, scope->app.at);
	return why;
}

/* Appends the value of {NAME}.  If encoded is true, escapes a colon in the name of
 * an app, but not in a variable, which may be HOST:PORT. */
static void
add_value(const struct as_scope *scope, struct as_text value, bool encoded,
    struct as_buf *to)
{
	if (!encoded)
		as_buf_add(to, value.at, value.len);
	else
		encode(to, value, value.at == scope->app.at ? "-._~" : "-._~:");
}

static const char *
fill(const struct as_scope *scope, const struct as_setting *template,
    bool encoded, struct as_buf *to)
{
	const char *p = template->value;
	struct as_text name, value;

	as_buf_puts(to, ""); /* so that to->at is "" and not NULL */
	while (*p != '\0') {
		if ((name.len = name_in_braces(p)) == 0) {
			as_buf_add(to, p++, 1);
			continue;
		}
		name.at = p + 1;
		value = variable(scope, name);
		if (value.at == NULL)
			return not_set(scope, name);
		add_value(scope, value, encoded, to);
		p += name.len + 2;
	}
	return NULL;
}

/* Passes on what is wrong with the template, or NULL, in *why.  If why is NULL and
 * something is wrong, ends the process with that reason.  Returns whether nothing
 * is wrong. */
static bool
is_good(const struct as_setting *template, const char *wrong, const char **why)
{
	if (wrong != NULL && why == NULL)
		as_setting_die(template, wrong);
	if (why != NULL)
		*why = wrong;
	return wrong == NULL;
}

bool
as_url_fill(const struct as_scope *scope, const struct as_setting *template,
    bool encoded, struct as_buf *to, const char **why)
{
	return is_good(template, fill(scope, template, encoded, to), why);
}

static bool
add_queries(const struct as_scope *scope, const char *queries,
    struct as_buf *url, const char **why)
{
	const struct as_setting *query;
	struct as_buf value = {0};
	bool good = true;
	size_t i = 0;

	while (good && (query = as_scope_each(scope, queries, &i)) != NULL) {
		value.len = 0;
		good = as_url_fill(scope, query, false, &value, why);
		if (good)
			as_url_query(url, query->key + strlen(queries),
			    (struct as_text){value.at, value.len});
	}
	free(value.at);
	return good;
}

char *
as_url_expand(const struct as_scope *scope, const struct as_setting *template,
    const char *queries, const char **why)
{
	struct as_buf url = {0};

	if (as_url_fill(scope, template, true, &url, why) &&
	    (queries == NULL || add_queries(scope, queries, &url, why)) &&
	    is_good(template, check_url(url.at), why))
		return url.at;
	free(url.at);
	return NULL;
}
