/* target.c - an app that decisions are about: what is asked, what is PUT */
#include <stdio.h>

#include "apply.h"

struct as_scope
as_target_scope(
    const struct as_targets *targets, const struct as_target *target)
{
	return (struct as_scope){
	    targets->config, target->conf, as_text(target->name)};
}

static const struct as_setting *
body_of(const struct as_scope *scope)
{
	return as_setting_of(scope->config, scope->conf, "replicas_body", NULL);
}

static void
add_filters(const struct as_scope *scope)
{
	const struct as_setting *filter = body_of(scope);
	size_t i = 0;

	if (filter != NULL)
		as_filter_add(filter, AS_TEXT);
	while ((filter = as_config_each(
		    scope->config, scope->conf, "replicas_query.", &i)) != NULL)
		as_filter_add(filter, AS_TEXT);
}

static struct as_target *
make(struct as_targets *targets, struct as_text app, size_t number)
{
	struct as_target *target = as_need(calloc(1, sizeof(*target)));
	const struct as_setting *url;
	struct as_scope scope;

	target->name = as_need(strndup(app.at, app.len));
	target->conf = as_config_of(targets->config, app);
	target->last = INT64_MIN;
	target->owner = number;
	scope = as_target_scope(targets, target);
	url = as_setting_of(scope.config, scope.conf, "replicas_url", NULL);
	if (url == NULL)
		return target;
	as_secret_ready(&target->conf->api);
	target->url.at = as_url_expand(&scope, url, NULL);
	target->base = strlen(target->url.at);
	target->url.len = target->url.room = target->base;
	target->headers = as_ask_headers(
	    &scope, "replicas_header", &target->n_headers);
	add_filters(&scope);
	if (as_target_asks(targets, target))
		as_ask_free(&target->ask);
	return target;
}

void
as_target_check(struct as_targets *targets, struct as_text app)
{
	struct as_target *target = make(targets, app, 0);

	for (size_t i = 0; i < target->n_headers; i++)
		free(target->headers[i]);
	free((void *)target->headers);
	free(target->url.at);
	free(target->name);
	free(target);
}

struct as_target *
as_target_of(struct as_targets *targets, struct as_text app)
{
	size_t known = targets->names.n;
	size_t number = as_table_find(&targets->names, app);

	if (number < known)
		return targets->at[number];
	if (number == targets->room)
		targets->at = as_grow((void *)targets->at, &targets->room,
		    sizeof(struct as_target *));
	targets->at[number] = make(targets, app, number);
	if (targets->at[number]->url.at != NULL)
		as_target_own(targets, targets->at[number], number);
	return targets->at[number];
}

/* Apps that only a glob knows come later, and their filters with them. */
static void
add_all_filters(const struct as_config *config)
{
	for (size_t i = 0; i < config->n; i++) {
		const struct as_setting *s = &config->settings[i];

		if (strcmp(s->key, "sample") == 0)
			as_filter_add(s, AS_SAMPLES);
		if (strcmp(s->key, "before_replicas") == 0 ||
		    strcmp(s->key, "replicas_body") == 0 ||
		    strncmp(s->key, "replicas_query.", 15) == 0)
			as_filter_add(s, AS_TEXT);
	}
}

void
as_targets_ready(struct as_targets *targets)
{
	struct as_config *config = targets->config;

	for (size_t i = 0; i < config->n_named; i++) {
		struct as_target *target = as_target_of(
		    targets, as_table_name(&config->apps, i));

		if (target->owner != i)
			as_die(EX_CONFIG,
			    "%s: apps %s and %s share the same replicas_url: "
			    "they would fight",
			    config->path, targets->at[target->owner]->name,
			    target->name);
		if (target->url.at == NULL)
			as_die(EX_CONFIG, "%s: app %s: no replicas_url",
			    config->path, target->name);
	}
	if (as_config_is_open(config))
		add_all_filters(config);
	as_filter_ready(config);
}

bool
as_target_asks(struct as_targets *targets, struct as_target *target)
{
	struct as_scope scope = as_target_scope(targets, target);

	return as_ask_make(&target->ask, &scope, AS_ASK_BEFORE) ||
	    as_ask_make(&target->ask, &scope, AS_ASK_STATUS);
}

/* The app's own line among those that a status filter gives */
static bool
find_count(struct as_text app, const struct as_buf *answer, int64_t *count,
    char *detail)
{
	struct as_line line = {0};
	bool found = false;

	snprintf(detail, AS_DETAIL_MAX, "the reply has nothing of it");
	for (size_t at = 0; at < answer->len && !found;
	     at += strcspn(answer->at + at, "\n") + 1) {
		const char *text = answer->at + at;

		found = *text != '!' && as_line_parse(&line, text) == NULL &&
		    as_text_is(line.app, app);
		if (*text == '!')
			snprintf(detail, AS_DETAIL_MAX, "%.*s",
			    (int)strcspn(text + 1, "\n"), text + 1);
	}
	*count = found ? line.count : AS_UNKNOWN;
	free(line.pairs);
	return found;
}

/* Replies are kept as $before: one, or an array of them. */
static void
keep_before(struct as_target *target)
{
	target->before.len = 0;
	for (size_t i = 0; i < target->ask.n; i++) {
		const struct as_buf *reply = &target->ask.replies[i];

		if (target->ask.n > 1)
			as_buf_puts(&target->before, i == 0 ? "[" : ",");
		as_buf_add(&target->before, reply->at, reply->len);
	}
	if (target->ask.n > 1)
		as_buf_puts(&target->before, "]");
}

int64_t
as_target_count(const struct as_targets *targets, struct as_target *target,
    const char **word)
{
	static const char slack[AS_SLACK];
	struct as_scope scope = as_target_scope(targets, target);
	struct as_buf answer = {0};
	int64_t count = AS_UNKNOWN;
	int32_t n;

	*word = as_ask_answer(&target->ask, &scope,
	    as_text("1970-01-01T00:00:00Z"), AS_COUNTS, &answer);
	if (*word == NULL && target->ask.what == AS_ASK_STATUS) {
		as_buf_add(&answer, slack, sizeof(slack));
		answer.len -= sizeof(slack);
		if (!find_count(scope.app, &answer, &count, target->ask.detail))
			*word = "missing";
	} else if (*word == NULL) {
		if (as_num_count((struct as_text){answer.at, answer.len}, &n))
			count = n;
		else
			*word = "type";
		snprintf(target->ask.detail, AS_DETAIL_MAX,
		    "before_replicas is not a count: %.60s", answer.at);
	}
	if (*word == NULL)
		keep_before(target);
	else if (target->ask.code == 0)
		target->ask.code = EX_UNAVAILABLE;
	free(answer.at);
	return count;
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
