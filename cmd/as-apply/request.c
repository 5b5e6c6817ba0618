/* request.c - makes the request that orders a count: URL, queries and body */
#include <stdio.h>

#include "apply.h"

static const struct as_setting *
body_of(const struct as_scope *scope)
{
	return as_scope_first(scope, "replicas_body", NULL);
}

void
as_request_filters(const struct as_scope *scope)
{
	const struct as_setting *filter = body_of(scope);
	size_t i = 0;

	if (filter != NULL)
		as_filter_add_for(scope, filter, AS_TEXT);
	while ((filter = as_scope_each(scope, "replicas_query.", &i)) != NULL)
		as_filter_add_for(scope, filter, AS_TEXT);
}

/* The GET before the PUT may ask several servers, whose replies are $before.  If
 * the filter uses $before and one of them did not come, the request would lack what
 * it says.  So no request is made: this returns the value for why=, else NULL. */
static const char *
check_before(
    const struct as_app *app, const struct as_setting *filter, char *detail)
{
	const struct as_ask *ask = &app->ask;
	size_t i;

	if (ask->n_lost == 0 || app->before.len == 0 ||
	    (as_names_find(filter->value, "before") & AS_NAMES_VARIABLE) == 0)
		return NULL;
	i = as_lost_first(ask);
	snprintf(detail, AS_DETAIL_MAX, "%s: source %zu of $before: %.200s",
	    filter->key, i, ask->lost[i].detail);
	return ask->lost[i].word;
}

static const char *
run(const struct as_app *app, struct as_question *question,
    const struct as_setting *filter, struct as_buf *to, char *detail)
{
	const struct as_scope *scope = &app->scope;
	const char *word = check_before(app, filter, detail);

	if (word != NULL)
		return word;
	question->filter = as_filter_add(filter, AS_TEXT);
	return as_filter_run(question, scope, to, detail);
}

static const char *
add_queries(struct as_app *app, struct as_question *question, char *detail)
{
	const struct as_scope *scope = &app->scope;
	const struct as_setting *query;
	struct as_buf value = {0};
	const char *word = NULL;
	size_t i = 0, n = 0;

	if (app->n_made == 0) {
		app->url.len = app->base;
		app->url.at[app->base] = '\0';
	}
	while ((query = as_scope_each(scope, "replicas_query.", &i)) != NULL) {
		if (n++ < app->n_made)
			continue;
		value.len = 0;
		word = run(app, question, query, &value, detail);
		if (word != NULL)
			break;
		as_url_query(&app->url, query->key + 15,
		    (struct as_text){value.at, value.len});
		app->n_made++;
	}
	free(value.at);
	return word;
}

static const char *
make_body(struct as_app *app, struct as_question *question,
    const struct as_order *order, char *detail)
{
	const struct as_setting *body = body_of(&app->scope);
	char text[40];

	app->body.len = 0;
	if (body != NULL)
		return run(app, question, body, &app->body, detail);
	snprintf(text, sizeof(text), "{\"replicas\": %lld}",
	    (long long)order->count);
	as_buf_puts(&app->body, text);
	return NULL;
}

const char *
as_request_make(struct as_app *app, const struct as_order *order,
    char detail[AS_DETAIL_MAX])
{
	char input[256];
	struct as_text replies = {input, 0};
	struct as_question question = {.replies = &replies,
	    .n_replies = 1,
	    .before = {app->before.at, app->before.len},
	    .barred = &app->filter_barred};
	const char *word;

	replies.len = (size_t)snprintf(input, sizeof(input),
	    order->from < 0 ?
		"{\"app\":\"%s\",\"replicas\":%lld,\"from\":null}" :
		"{\"app\":\"%s\",\"replicas\":%lld,\"from\":%lld}",
	    app->name, (long long)order->count, (long long)order->from);
	word = add_queries(app, &question, detail);
	if (word == NULL)
		word = make_body(app, &question, order, detail);
	app->put = (struct as_request){.remote = &app->scope.settings->remote,
	    .url = app->url.at,
	    .method = app->scope.settings->remote.replicas_method,
	    .body = {app->body.at, app->body.len},
	    .trusted = true,
	    .writes = true,
	    .headers = app->headers,
	    .n_headers = app->n_headers};
	return word;
}
