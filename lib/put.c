/* put.c - what is PUT for an order: queries and body, made by filters */
#include <stdio.h>

#include "apply.h"

static const struct as_setting *
body_of(const struct as_scope *scope)
{
	return as_setting_of(scope->config, scope->conf, "replicas_body", NULL);
}

void
as_target_filters(const struct as_scope *scope)
{
	const struct as_setting *filter = body_of(scope);
	size_t i = 0;

	if (filter != NULL)
		as_filter_add(filter, AS_TEXT);
	while ((filter = as_config_each(
		    scope->config, scope->conf, "replicas_query.", &i)) != NULL)
		as_filter_add(filter, AS_TEXT);
}

/* What a filter makes of {app, replicas, from} */
static const char *
run(const struct as_scope *scope, const struct as_setting *filter,
    struct as_text input, struct as_text before, int64_t *barred,
    struct as_buf *to, char *detail)
{
	struct as_question question = {.filter = as_filter_add(filter, AS_TEXT),
	    .replies = &input,
	    .n_replies = 1,
	    .before = before,
	    .barred = barred};

	return as_filter_run(&question, scope, to, detail);
}

const char *
as_target_put(const struct as_targets *targets, struct as_target *target,
    const struct as_order *order, char detail[AS_DETAIL_MAX])
{
	struct as_scope scope = as_target_scope(targets, target);
	const struct as_setting *body = body_of(&scope), *query;
	struct as_text before = {target->before.at, target->before.len};
	struct as_buf value = {0};
	const char *word = NULL;
	char input[256];
	size_t i = 0;

	snprintf(input, sizeof(input),
	    order->from < 0 ?
		"{\"app\":\"%s\",\"replicas\":%lld,\"from\":null}" :
		"{\"app\":\"%s\",\"replicas\":%lld,\"from\":%lld}",
	    target->name, (long long)order->count, (long long)order->from);
	target->put = (struct as_request){.api = &target->conf->api,
	    .method = target->conf->api.replicas_method,
	    .trusted = true,
	    .writes = true,
	    .headers = target->headers,
	    .n_headers = target->n_headers};
	target->url.len = target->base;
	target->url.at[target->base] = '\0';
	target->body.len = 0;
	while (word == NULL &&
	    (query = as_config_each(
		 scope.config, scope.conf, "replicas_query.", &i)) != NULL) {
		value.len = 0;
		word = run(&scope, query, as_text(input), before,
		    &target->filter_barred, &value, detail);
		if (word == NULL)
			as_url_query(&target->url, query->key + 15,
			    (struct as_text){value.at, value.len});
	}
	free(value.at);
	if (body == NULL)
		as_buf_add(&target->body, detail,
		    (size_t)snprintf(detail, AS_DETAIL_MAX,
			"{\"replicas\": %lld}", (long long)order->count));
	else if (word == NULL)
		word = run(&scope, body, as_text(input), before,
		    &target->filter_barred, &target->body, detail);
	target->put.url = target->url.at;
	target->put.body = (struct as_text){target->body.at, target->body.len};
	return word;
}
