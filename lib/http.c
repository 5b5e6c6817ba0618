/* http.c - requests to APIs, with every limit that they may not pass */
#include <stdio.h>

#include <curl/curl.h>

#include "api.h"

#ifndef AS_VERSION
#define AS_VERSION "0"
#endif

enum { EXCERPT = 120 };

struct as_http {
	CURL *curl;
	struct curl_slist *get_headers;
	struct curl_slist *put_headers;
	char *body;
	size_t len, room;
	bool too_big;
	char word[16];
	char error[CURL_ERROR_SIZE];
};

/* libcurl's own cap counts neither chunked nor compressed bodies. */
static size_t
take_body(char *bytes, size_t size, size_t n, void *at)
{
	struct as_http *http = at;
	size_t len = size * n;

	if (http->len + len > AS_BODY_MAX) {
		http->too_big = true;
		return 0;
	}
	if (http->len + len > http->room) {
		http->room = (http->len + len) * 2;
		http->body = as_need(realloc(http->body, http->room));
	}
	memcpy(http->body + http->len, bytes, len);
	http->len += len;
	return len;
}

static struct curl_slist *
add_header(struct curl_slist *list, const char *header)
{
	return as_need(curl_slist_append(list, header));
}

/* A redirected PUT would send an empty body elsewhere: nothing is followed.
 * Compression is not asked for, since what it unpacks to has no bound. */
static void
set_limits(CURL *curl, const struct as_api *api)
{
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_HTTP09_ALLOWED, 0L);
	curl_easy_setopt(
	    curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_MAXFILESIZE, (long)AS_BODY_MAX);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)api->timeout);
	curl_easy_setopt(
	    curl, CURLOPT_CONNECTTIMEOUT_MS, (long)api->connect_timeout);
}

struct as_http *
as_http_new(const struct as_api *api)
{
	struct as_http *http = as_need(calloc(1, sizeof(*http)));

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		as_die(EX_OSERR, "libcurl cannot be started");
	http->curl = as_need(curl_easy_init());
	set_limits(http->curl, api);
	curl_easy_setopt(http->curl, CURLOPT_USERAGENT, "as-tools/" AS_VERSION);
	curl_easy_setopt(http->curl, CURLOPT_ERRORBUFFER, http->error);
	curl_easy_setopt(http->curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(http->curl, CURLOPT_WRITEDATA, http);
	http->get_headers = add_header(NULL, "Accept: application/json");
	http->put_headers = add_header(
	    add_header(add_header(NULL, "Accept: application/json"),
		"Content-Type: application/json"),
	    "Expect:");
	return http;
}

void
as_http_free(struct as_http *http)
{
	curl_slist_free_all(http->get_headers);
	curl_slist_free_all(http->put_headers);
	curl_easy_cleanup(http->curl);
	free(http->body);
	free(http);
	curl_global_cleanup();
}

static void
fail(struct as_reply *reply, const char *word, int code, const char *detail)
{
	reply->err = word;
	reply->code = code;
	snprintf(reply->detail, sizeof(reply->detail), "%s", detail);
}

/* What went wrong before there was an answer to judge */
static void
judge_transfer(struct as_http *http, CURLcode rc, struct as_reply *reply)
{
	static const struct {
		CURLcode rc;
		const char *word;
		int code;
		bool sent; /* the request may have had its effect */
	} table[] = {
	    {CURLE_COULDNT_RESOLVE_HOST, "dns", EX_TEMPFAIL, false},
	    {CURLE_COULDNT_RESOLVE_PROXY, "dns", EX_TEMPFAIL, false},
	    {CURLE_COULDNT_CONNECT, "refused", EX_TEMPFAIL, false},
	    {CURLE_OPERATION_TIMEDOUT, "timeout", EX_TEMPFAIL, true},
	    {CURLE_GOT_NOTHING, "reset", EX_TEMPFAIL, true},
	    {CURLE_SEND_ERROR, "reset", EX_TEMPFAIL, true},
	    {CURLE_RECV_ERROR, "reset", EX_TEMPFAIL, true},
	    {CURLE_PARTIAL_FILE, "truncated", EX_TEMPFAIL, true},
	    {CURLE_WEIRD_SERVER_REPLY, "protocol", EX_UNAVAILABLE, true},
	    {CURLE_UNSUPPORTED_PROTOCOL, "protocol", EX_UNAVAILABLE, true},
	    {CURLE_HTTP2, "protocol", EX_UNAVAILABLE, true},
	    {CURLE_OUT_OF_MEMORY, "protocol", EX_UNAVAILABLE, true},
	    {CURLE_SSL_CONNECT_ERROR, "tls", EX_UNAVAILABLE, false},
	    {CURLE_PEER_FAILED_VERIFICATION, "tls", EX_UNAVAILABLE, false},
	};
	curl_off_t connected = 0;

	/* libcurl's bound for a header line looks like this, too. */
	if (rc == CURLE_OUT_OF_MEMORY)
		snprintf(http->error, sizeof(http->error),
		    "a header line over 100 KiB, or out of memory");
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (table[i].rc != rc)
			continue;
		curl_easy_getinfo(
		    http->curl, CURLINFO_PRETRANSFER_TIME_T, &connected);
		reply->unsure = table[i].sent && connected > 0;
		fail(reply, table[i].word, table[i].code, http->error);
		return;
	}
	reply->unsure = true;
	fail(reply, "local", EX_OSERR,
	    http->error[0] ? http->error : curl_easy_strerror(rc));
}

static void
describe_answer(struct as_http *http, struct as_reply *reply)
{
	char *location = NULL;
	int len = reply->body.len < EXCERPT ? (int)reply->body.len : EXCERPT;

	curl_easy_getinfo(http->curl, CURLINFO_REDIRECT_URL, &location);
	if (location != NULL)
		snprintf(reply->detail, sizeof(reply->detail),
		    "HTTP status %d to %s, not followed", reply->status,
		    location);
	else
		snprintf(reply->detail, sizeof(reply->detail),
		    "HTTP status %d%s%.*s", reply->status, len > 0 ? ": " : "",
		    len, reply->body.at);
}

static void
judge_status(struct as_http *http, struct as_reply *reply)
{
	int status = reply->status;

	reply->code = EX_UNAVAILABLE;
	snprintf(http->word, sizeof(http->word), "http-%03d", status % 1000);
	reply->err = http->word;
	if (status >= 300 && status < 400)
		reply->err = "redirect";
	if (status == 401 || status == 403) {
		reply->err = "auth";
		reply->code = EX_NOPERM;
	}
	if (status == 429 || status == 503)
		reply->err = "busy";
	if (status == 409 || status == 412 || status == 429 ||
	    (status >= 500 && status < 600))
		reply->code = EX_TEMPFAIL;
	describe_answer(http, reply);
}

static void
perform(struct as_http *http, const char *url, struct as_reply *reply)
{
	CURLcode rc;
	long status = 0;

	*reply = (struct as_reply){0};
	http->len = 0;
	http->too_big = false;
	http->error[0] = '\0';
	curl_easy_setopt(http->curl, CURLOPT_URL, url);
	rc = curl_easy_perform(http->curl);
	curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status);
	reply->status = (int)status;
	reply->body = (struct as_text){http->body ? http->body : "", http->len};
	if (rc == CURLE_FILESIZE_EXCEEDED)
		http->too_big = true;
	if (rc != CURLE_OK && !http->too_big)
		judge_transfer(http, rc, reply);
}

void
as_http_get(struct as_http *http, const char *url, struct as_reply *reply)
{
	curl_easy_setopt(http->curl, CURLOPT_FRESH_CONNECT, 0L);
	curl_easy_setopt(http->curl, CURLOPT_CUSTOMREQUEST, NULL);
	curl_easy_setopt(http->curl, CURLOPT_HTTPGET, 1L);
	curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, http->get_headers);
	perform(http, url, reply);
	if (reply->err != NULL)
		return;
	if (http->too_big)
		fail(reply, "too-big", EX_UNAVAILABLE, "reply is over 1 MiB");
	else if (reply->status == 204 ||
	    (reply->status == 200 && reply->body.len == 0))
		fail(reply, "empty", EX_UNAVAILABLE, "reply has no body");
	else if (reply->status != 200)
		judge_status(http, reply);
}

/* The status of a PUT decides, also where the body is cut off for its length.
 * On a kept connection that dies libcurl would send it twice. */
void
as_http_put(struct as_http *http, const char *url, struct as_text body,
    struct as_reply *reply)
{
	curl_easy_setopt(http->curl, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(http->curl, CURLOPT_POST, 1L);
	curl_easy_setopt(http->curl, CURLOPT_CUSTOMREQUEST, "PUT");
	curl_easy_setopt(http->curl, CURLOPT_POSTFIELDS, body.at);
	curl_easy_setopt(http->curl, CURLOPT_POSTFIELDSIZE, (long)body.len);
	curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, http->put_headers);
	perform(http, url, reply);
	if (reply->err == NULL && (reply->status < 200 || reply->status > 299))
		judge_status(http, reply);
}
