/* answer.c - what an answer, or none, means */
#include <ctype.h>
#include <stdio.h>

#include "http.h"

enum { EXCERPT = 120, REDIRECTS_MAX = 3 };

/* What went wrong before there was an answer to judge */
static void
judge_failure(struct as_transfer *transfer, CURLcode rc)
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
	    {CURLE_HTTP2_STREAM, "protocol", EX_UNAVAILABLE, true},
	    {CURLE_OUT_OF_MEMORY, "protocol", EX_UNAVAILABLE, true},
	    {CURLE_SSL_CONNECT_ERROR, "tls", EX_UNAVAILABLE, false},
	    {CURLE_PEER_FAILED_VERIFICATION, "tls", EX_UNAVAILABLE, false},
	    {CURLE_SSL_CERTPROBLEM, "tls", EX_UNAVAILABLE, false},
	    {CURLE_SSL_CACERT_BADFILE, "tls", EX_UNAVAILABLE, false},
	    {CURLE_LOGIN_DENIED, "auth", EX_NOPERM, false},
	};
	struct as_reply *reply = &transfer->request->reply;
	curl_off_t connected = 0;

	/* libcurl's bound for a header line looks like this, too. */
	if (rc == CURLE_OUT_OF_MEMORY)
		snprintf(transfer->error, sizeof(transfer->error),
		    "a header line over 100 KiB, or out of memory");
	if (rc == CURLE_RECV_ERROR && /* so does nonsense, as if it broke */
	    strstr(transfer->error, "chunked-encoding") != NULL)
		rc = CURLE_WEIRD_SERVER_REPLY;
	if (transfer->error[0] == '\0')
		snprintf(transfer->error, sizeof(transfer->error), "%s",
		    curl_easy_strerror(rc));
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (table[i].rc != rc)
			continue;
		curl_easy_getinfo(
		    transfer->curl, CURLINFO_PRETRANSFER_TIME_T, &connected);
		reply->unsure = table[i].sent && connected > 0;
		as_transfer_fail(
		    transfer, table[i].word, table[i].code, transfer->error);
		return;
	}
	reply->unsure = true;
	as_transfer_fail(transfer, "local", EX_OSERR, transfer->error);
}

/* Some servers repeat in an error what they were sent. */
static void
describe_answer(struct as_transfer *transfer)
{
	const struct as_reply *reply = &transfer->request->reply;
	char *location = NULL;
	int len = reply->body.len < EXCERPT ? (int)reply->body.len : EXCERPT;

	while (len > 0 && isspace((unsigned char)reply->body.at[len - 1]))
		len--;
	curl_easy_getinfo(transfer->curl, CURLINFO_REDIRECT_URL, &location);
	if (as_secret_is_in(
		transfer->remote, location != NULL ? location : reply->body.at))
		snprintf(transfer->detail, sizeof(transfer->detail),
		    "HTTP status %d, with our secret in the reply",
		    reply->status);
	else if (location != NULL)
		snprintf(transfer->detail, sizeof(transfer->detail),
		    "HTTP status %d to %s, not followed", reply->status,
		    location);
	else
		snprintf(transfer->detail, sizeof(transfer->detail),
		    "HTTP status %d%s%.*s", reply->status, len > 0 ? ": " : "",
		    len, reply->body.at);
}

static void
judge_status(struct as_transfer *transfer)
{
	int status = transfer->request->reply.status;
	const char *word = transfer->word;
	int code = EX_UNAVAILABLE;

	snprintf(
	    transfer->word, sizeof(transfer->word), "http-%03d", status % 1000);
	if (status >= 300 && status < 400)
		word = "redirect";
	if (status == 401 || status == 403) {
		word = "auth";
		code = EX_NOPERM;
	}
	if (status == 429 || status == 503)
		word = "busy";
	if (status == 409 || status == 412 || status == 429 ||
	    (status >= 500 && status < 600))
		code = EX_TEMPFAIL;
	describe_answer(transfer);
	as_transfer_fail(transfer, word, code, transfer->detail);
}

/* Only our clock stamps samples.  Where a server's differs much, one of them is
 * wrong: if it is ours, all that is decided is stale or from the future. */
static void
judge_clock(struct as_transfer *transfer)
{
	enum { SKEW = 60 };
	static bool told;
	struct curl_header *date;
	time_t there;
	long long ahead;
	char *address = NULL;
	long port = 0;

	if (told ||
	    curl_easy_header(transfer->curl, "Date", 0, CURLH_HEADER, -1,
		&date) != CURLHE_OK ||
	    (there = curl_getdate(date->value, NULL)) == (time_t)-1)
		return;
	ahead = (long long)there - as_time_now() / 1000;
	if (llabs(ahead) <= SKEW)
		return;
	told = true;
	curl_easy_getinfo(transfer->curl, CURLINFO_PRIMARY_IP, &address);
	curl_easy_getinfo(transfer->curl, CURLINFO_PRIMARY_PORT, &port);
	as_msg(AS_WARNING, NULL, "%s:%ld: its clock is %lld s %s ours",
	    address != NULL ? address : "a server", port, llabs(ahead),
	    ahead < 0 ? "behind" : "ahead of");
}

/* The status of a PUT decides, also where the body is cut off for its length;
 * who asks for a status needs all of the body. */
static void
judge_answer(struct as_transfer *transfer)
{
	const struct as_request *request = transfer->request;
	int status = request->reply.status;

	if (request->writes) {
		if (status < 200 || status > 299)
			judge_status(transfer);
	} else if (transfer->too_big) {
		as_transfer_fail(
		    transfer, "too-big", EX_UNAVAILABLE, "reply is over 1 MiB");
	} else if (status == 204 ||
	    (status == 200 && request->reply.body.len == 0)) {
		as_transfer_fail(
		    transfer, "empty", EX_UNAVAILABLE, "reply has no body");
	} else if (status != 200) {
		judge_status(transfer);
	}
}

/* A GET may be sent on if its owner said so, and never to another host. */
static bool
is_sent_on(struct as_transfer *transfer, int status)
{
	const struct as_request *request = transfer->request;
	char *to = NULL;

	if (!request->remote->follow || request->body.at != NULL ||
	    status < 300 || status > 399 ||
	    transfer->redirects == REDIRECTS_MAX)
		return false;
	curl_easy_getinfo(transfer->curl, CURLINFO_REDIRECT_URL, &to);
	if (to == NULL || !as_url_same_origin(request->url, to))
		return false;
	as_transfer_redirect(transfer, to);
	return true;
}

bool
as_answer_take(struct as_transfer *transfer, CURLcode rc)
{
	struct as_reply *reply = &transfer->request->reply;
	curl_off_t wait = 0;
	long status = 0;

	curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(transfer->curl, CURLINFO_RETRY_AFTER, &wait);
	if (rc == CURLE_FILESIZE_EXCEEDED)
		transfer->too_big = true;
	if (rc == CURLE_OK && is_sent_on(transfer, (int)status))
		return false;
	reply->status = (int)status;
	reply->retry_after = wait > 0 ? (int64_t)wait * 1000 : 0;
	reply->body = (struct as_text){
	    transfer->body.len > 0 ? transfer->body.at : "",
	    transfer->body.len};
	if (rc != CURLE_OK && !transfer->too_big)
		judge_failure(transfer, rc);
	else
		judge_answer(transfer);
	judge_clock(transfer);
	return true;
}
