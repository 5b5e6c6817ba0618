/* ask.c - asks servers for the state of an app, and runs the filter on the replies */
#include <stdio.h>

#include "http.h"

enum { REPLIES_MAX = 16 };

char **
as_ask_headers(const struct as_scope *scope, const char *key, size_t *n)
{
	const char *const keys[] = {"header", key};
	const struct as_setting *setting;
	char **headers = NULL;

	*n = 0;
	for (size_t k = 0, i = 0; k < 2; k++, i = 0)
		while ((setting = as_scope_each(scope, keys[k], &i)) != NULL) {
			struct as_buf header = {0};

			as_url_fill(scope, setting, false, &header, NULL);
			headers = as_mem_need(realloc(
			    (void *)headers, (*n + 1) * sizeof(*headers)));
			headers[(*n)++] = header.at;
		}
	return headers;
}

static const char too_many[] = "is one URL more than 16";

const char *
as_ask_wrong(const struct as_scope *scope, const char **key)
{
	static const char *const keys[] = {"status_url", "before_url"};

	for (size_t k = 0; k < 2; k++) {
		size_t i = 0, n = 0;

		*key = keys[k];
		while (as_scope_each(scope, keys[k], &i) != NULL)
			if (++n > REPLIES_MAX)
				return too_many;
	}
	return NULL;
}

static void
add_request(struct as_ask *ask, const struct as_scope *scope, char *url)
{
	ask->requests = as_mem_need(
	    realloc(ask->requests, (ask->n + 1) * sizeof(*ask->requests)));
	ask->requests[ask->n++] = (struct as_request){
	    .remote = &scope->settings->remote, .url = url};
}

static void
add_urls(
    struct as_ask *ask, const struct as_scope *scope, enum as_ask_what what)
{
	const char *key = what == AS_ASK_STATUS ? "status_url" : "before_url";
	const struct as_setting *url;
	size_t i = 0;

	while ((url = as_scope_each(scope, key, &i)) != NULL) {
		if (ask->n == REPLIES_MAX)
			as_setting_die(url, too_many);
		add_request(ask, scope,
		    as_url_expand(scope, url,
			what == AS_ASK_STATUS ? "status_query." : NULL, NULL));
	}
}

/* Only the server that scales the app gets our credentials, but no other server,
 * like a Prometheus that has the metrics. */
static void
trust(struct as_ask *ask, const struct as_scope *scope)
{
	const struct as_remote *remote = &scope->settings->remote;
	const struct as_setting *setting = as_scope_first(
	    scope, "replicas_url", NULL);
	char *url = NULL;

	if (remote->token_file == NULL && remote->client_cert == NULL &&
	    remote->aws_sigv4 == NULL)
		return;
	if (setting != NULL)
		url = as_url_expand(scope, setting, NULL, NULL);
	for (size_t i = 0; i < ask->n; i++)
		ask->requests[i].trusted = url == NULL ||
		    as_url_same_origin(ask->requests[i].url, url);
	free(url);
}

static void
add_body(struct as_ask *ask, const struct as_scope *scope)
{
	size_t i = 0;
	const struct as_setting *setting = as_scope_each(
	    scope, "status_body", &i);
	struct as_buf body = {0};

	if (setting == NULL)
		return;
	as_url_fill(scope, setting, false, &body, NULL);
	ask->body = body.at;
	for (i = 0; i < ask->n; i++) {
		ask->requests[i].method = "POST";
		ask->requests[i].body = as_text(body.at);
	}
}

static void
add_filter(struct as_ask *ask, const struct as_scope *scope, const char *key,
    const char *value, enum as_filter_kind kind)
{
	ask->filter = as_filter_add_for(
	    scope, as_scope_first(scope, key, value), kind);
}

bool
as_ask_make(
    struct as_ask *ask, const struct as_scope *scope, enum as_ask_what what)
{
	const struct as_remote *remote = &scope->settings->remote;

	*ask = (struct as_ask){.what = what};
	add_urls(ask, scope, what);
	if (ask->n == 0)
		return false;
	trust(ask, scope);
	if (what == AS_ASK_STATUS) {
		add_body(ask, scope);
		add_filter(ask, scope, "sample", remote->sample, AS_SAMPLES);
	} else {
		add_filter(ask, scope, "before_replicas",
		    remote->before_replicas, AS_TEXT);
	}
	ask->headers = as_ask_headers(scope, "status_header", &ask->n_headers);
	ask->replies = as_mem_need(calloc(ask->n, sizeof(*ask->replies)));
	ask->lost = as_mem_need(calloc(ask->n, sizeof(*ask->lost)));
	for (size_t i = 0; i < ask->n; i++) {
		ask->requests[i].headers = ask->headers;
		ask->requests[i].n_headers = ask->n_headers;
	}
	return true;
}

void
as_ask_make_reply(struct as_ask *ask, const struct as_scope *scope)
{
	*ask = (struct as_ask){.n = 1};
	add_filter(
	    ask, scope, "sample", scope->settings->remote.sample, AS_SAMPLES);
	ask->replies = as_mem_need(calloc(1, sizeof(*ask->replies)));
}

void
as_ask_fail(struct as_ask *ask, const char *word, int code, const char *detail)
{
	ask->retry_after = 0;
	ask->n_lost = 0;
	as_lost_all(ask, word, code, detail);
	ask->done(ask);
}

static void
end_reply(struct as_ask *ask)
{
	if (--ask->n_pending > 0)
		return;
	if (ask->n_lost == ask->n)
		as_lost_blame(ask);
	ask->done(ask);
}

static void
take_reply(struct as_request *request)
{
	struct as_ask *ask = request->owner;
	const struct as_reply *reply = &request->reply;
	size_t i = (size_t)(request - ask->requests);

	ask->replies[i].len = 0;
	if (reply->err == NULL) {
		as_buf_add(&ask->replies[i], reply->body.at, reply->body.len);
	} else {
		as_lost_note(ask, i, reply->err, reply->code, reply->detail);
		ask->lost[i].status = reply->status;
	}
	if (reply->retry_after > ask->retry_after)
		ask->retry_after = reply->retry_after;
	if (reply->retry_after > 0)
		as_lost_bar(ask, i, as_time_now() + reply->retry_after);
	end_reply(ask);
}

void
as_ask_send(struct as_ask *ask, struct as_http *http)
{
	ask->err = NULL;
	ask->code = 0;
	ask->retry_after = 0;
	ask->n_lost = 0;
	ask->n_pending = ask->n + 1;
	for (size_t i = 0; i < ask->n; i++) {
		ask->lost[i].word[0] = '\0';
		if (as_lost_until(ask, i) > 0) {
			as_lost_note(ask, i, "busy", EX_TEMPFAIL,
			    "left alone, as it asked for");
			ask->n_pending--;
			continue;
		}
		ask->requests[i].done = take_reply;
		ask->requests[i].owner = ask;
		as_http_send(http, &ask->requests[i]);
	}
	end_reply(ask);
}

/* Runs the filter.  A filter may be too slow only because a reply is lost: so these
 * two cases have different members of ask->barred. */
static const char *
run_filter(struct as_ask *ask, const struct as_scope *scope,
    struct as_question *question, struct as_buf *answer)
{
	struct as_text texts[REPLIES_MAX];
	struct as_buf lost = {0};

	for (size_t i = 0; i < ask->n; i++)
		texts[i] = as_lost_is(ask, i) ?
		    (struct as_text){NULL, 0} :
		    (struct as_text){ask->replies[i].at, ask->replies[i].len};
	as_lost_put(ask, &lost);
	question->replies = texts;
	question->lost = (struct as_text){lost.at, lost.len};
	ask->err = as_filter_run(question, scope, answer, ask->detail);
	ask->code = ask->err != NULL ? EX_UNAVAILABLE : 0;
	if (ask->err != NULL && ask->n_lost > 0)
		as_lost_blame(ask);
	question->replies = NULL; /* texts ends here */
	free(lost.at);
	return ask->err;
}

const char *
as_ask_answer(struct as_ask *ask, const struct as_scope *scope,
    struct as_text stamp, int how, struct as_buf *answer, struct as_buf *notes)
{
	struct as_question question = {.filter = ask->filter,
	    .n_replies = ask->n,
	    .stamp = stamp,
	    .how = how,
	    .barred = &ask->barred[ask->n_lost > 0],
	    .notes = notes};

	return ask->err != NULL ? ask->err :
				  run_filter(ask, scope, &question, answer);
}

void
as_ask_forget(struct as_ask *ask)
{
	for (size_t i = 0; i < ask->n; i++) {
		free(ask->replies[i].at);
		ask->replies[i] = (struct as_buf){0};
		if (ask->lost == NULL)
			continue;
		free(ask->lost[i].detail);
		ask->lost[i].detail = NULL;
	}
}

void
as_ask_free(struct as_ask *ask)
{
	as_ask_forget(ask);
	for (size_t i = 0; i < ask->n && ask->requests != NULL; i++)
		free(ask->requests[i].url);
	for (size_t i = 0; i < ask->n_headers; i++)
		free(ask->headers[i]);
	free((void *)ask->headers);
	free(ask->requests);
	free(ask->replies);
	free(ask->lost);
	free(ask->body);
	*ask = (struct as_ask){0};
}
