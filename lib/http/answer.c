/* answer.c - says what a reply means: fills it in as a good one, or as an error
 * with the word for err= */
#include <ctype.h>
#include <stdio.h>

#include "http.h"

enum { EXCERPT = 120, REASON = 160, SEARCHED = 65536, REDIRECTS_MAX = 3 };

struct failure {
	CURLcode rc;
	const char *word; /* for err= */
	int code;         /* the exit status */
	bool sent;        /* the request may have reached the server */
	bool again;       /* if it was a GET, another try may succeed */
};

static const struct failure failures[] = {
    {CURLE_COULDNT_RESOLVE_HOST, "dns", EX_TEMPFAIL, false, true},
    {CURLE_COULDNT_RESOLVE_PROXY, "dns", EX_TEMPFAIL, false, true},
    {CURLE_COULDNT_CONNECT, "refused", EX_TEMPFAIL, false, true},
    {CURLE_OPERATION_TIMEDOUT, "timeout", EX_TEMPFAIL, true, false},
    {CURLE_GOT_NOTHING, "reset", EX_TEMPFAIL, true, true},
    {CURLE_SEND_ERROR, "reset", EX_TEMPFAIL, true, true},
    {CURLE_RECV_ERROR, "reset", EX_TEMPFAIL, true, true},
    {CURLE_PARTIAL_FILE, "truncated", EX_TEMPFAIL, true, true},
    {CURLE_WEIRD_SERVER_REPLY, "protocol", EX_UNAVAILABLE, true, false},
    {CURLE_UNSUPPORTED_PROTOCOL, "protocol", EX_UNAVAILABLE, true, false},
    {CURLE_HTTP2, "protocol", EX_UNAVAILABLE, true, true},
    {CURLE_HTTP2_STREAM, "protocol", EX_UNAVAILABLE, true, true},
    {CURLE_OUT_OF_MEMORY, "protocol", EX_UNAVAILABLE, true, false},
    {CURLE_SSL_CONNECT_ERROR, "tls", EX_UNAVAILABLE, false, false},
    {CURLE_PEER_FAILED_VERIFICATION, "tls", EX_UNAVAILABLE, false, false},
    {CURLE_SSL_CERTPROBLEM, "tls", EX_UNAVAILABLE, false, false},
    {CURLE_SSL_CACERT_BADFILE, "tls", EX_UNAVAILABLE, false, false},
    {CURLE_LOGIN_DENIED, "auth", EX_NOPERM, false, false},
};

/* Makes the reply an error.  Adds the host and port to the text for people: an app
 * may have several URLs, and the text must say which one failed. */
static void
fail(struct as_transfer *transfer, const char *word, int code,
    const char *detail)
{
	char place[128], text[AS_DETAIL_MAX];
	int room;

	as_place_print(transfer->request, place, sizeof(place));
	room = (int)(sizeof(text) - strlen(place)) - 4;
	snprintf(text, sizeof(text), "%.*s (%s)", room, detail, place);
	as_transfer_fail(transfer, word, code, text);
}

/* Fills in the reply if none came, or only a part of one; rc is libcurl's
 * reason. */
static void
read_failure(struct as_transfer *transfer, CURLcode rc)
{
	static const struct failure other = {
	    CURLE_OK, "local", EX_OSERR, true, false};
	const struct failure *failure = &other;

	/* libcurl reports a header line over 100 KiB as out of memory, too. */
	if (rc == CURLE_OUT_OF_MEMORY)
		snprintf(transfer->error, sizeof(transfer->error),
		    "a header line over 100 KiB, or out of memory");
	/* libcurl reports a wrong chunked encoding like a connection that broke,
	 * but the server is wrong, and another try is no use. */
	if (rc == CURLE_RECV_ERROR &&
	    strstr(transfer->error, "chunked-encoding") != NULL)
		rc = CURLE_WEIRD_SERVER_REPLY;
	if (transfer->error[0] == '\0')
		snprintf(transfer->error, sizeof(transfer->error), "%s",
		    curl_easy_strerror(rc));
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		if (failures[i].rc == rc)
			failure = &failures[i];
	transfer->request->reply.unsure = failure->sent &&
	    (as_transfer_is_sent(transfer) || failure == &other);
	transfer->again = failure->again;
	fail(transfer, failure->word, failure->code, transfer->error);
}

/* Copies the server's own message in the body of an error to `to`.  If there is
 * none, copies the first bytes of the body. */
static void
describe_body(const char *body, char *to, size_t size)
{
	size_t len = strnlen(body, EXCERPT);

	if (as_reason_find(body, to, size))
		return;
	while (len > 0 && isspace((unsigned char)body[len - 1]))
		len--;
	snprintf(to, size, "%.*s", (int)len, body);
}

/* Describes a reply that is an error.  Some servers repeat in an error what was
 * sent to them.  So this leaves out the body if it has a secret of this process. */
static void
describe_answer(const struct as_transfer *transfer, char *to, size_t size)
{
	const struct as_reply *reply = &transfer->request->reply;
	char *location = as_place_redirect(transfer->curl);
	char *body = as_mem_need(strndup(reply->body.at, SEARCHED));
	char text[REASON];

	describe_body(body, text, sizeof(text));
	if (as_hide_has(as_text(location != NULL ? location : body)))
		snprintf(to, size,
		    "HTTP status %d, with our secret in the reply",
		    reply->status);
	else if (location != NULL)
		snprintf(to, size, "HTTP status %d to %s, not followed",
		    reply->status, location);
	else
		snprintf(to, size, "HTTP status %d%s%s", reply->status,
		    text[0] != '\0' ? ": " : "", text);
	free(location);
	free(body);
}

/* Whether the same request may succeed later: the server is busy or starting, or
 * another request got in the way of this one */
static bool
is_not_now(const struct as_reply *reply)
{
	return reply->retry_after > 0 || reply->status == 408 ||
	    reply->status == 409 || reply->status == 412 ||
	    reply->status == 423 || reply->status == 425 ||
	    reply->status == 429 ||
	    (reply->status >= 500 && reply->status < 600);
}

static void
read_status(struct as_transfer *transfer)
{
	const struct as_reply *reply = &transfer->request->reply;
	int status = reply->status, code = EX_UNAVAILABLE;
	const char *word = transfer->word;
	char detail[AS_DETAIL_MAX];

	snprintf(
	    transfer->word, sizeof(transfer->word), "http-%03d", status % 1000);
	if (status >= 300 && status < 400)
		word = "redirect";
	if (status == 429 || status == 503)
		word = "busy";
	if (is_not_now(reply))
		code = EX_TEMPFAIL;
	if (status == 401 || status == 403) {
		word = "auth";
		code = EX_NOPERM;
	}
	transfer->again = status >= 500 && status < 600 &&
	    reply->retry_after == 0;
	describe_answer(transfer, detail, sizeof(detail));
	fail(transfer, word, code, detail);
}

static void
fail_too_big(struct as_transfer *transfer)
{
	static const char *const units[] = {"bytes", "KiB", "MiB"};
	int64_t most = transfer->request->remote->reply_max;
	size_t unit = 0;
	char detail[64];

	while (unit < 2 && most % 1024 == 0) {
		most /= 1024;
		unit++;
	}
	snprintf(detail, sizeof(detail), "reply is over %lld %s (reply_max)",
	    (long long)most, units[unit]);
	fail(transfer, "too-big", EX_UNAVAILABLE, detail);
}

/* For a PUT only the status of HTTP matters.  A GET needs the whole body, too. */
static void
read_reply(struct as_transfer *transfer)
{
	const struct as_request *request = transfer->request;
	int status = request->reply.status;

	if (request->writes) {
		if (status < 200 || status > 299)
			read_status(transfer);
	} else if (transfer->too_big) {
		fail_too_big(transfer);
	} else if (status == 204 ||
	    (status == 200 && request->reply.body.len == 0)) {
		fail(transfer, "empty", EX_UNAVAILABLE, "reply has no body");
	} else if (status != 200) {
		read_status(transfer);
	}
}

/* Whether the request is to be sent to another URL, which is set then.  A GET
 * follows a redirect if the key follow allows it, but never to another host,
 * because that would get the credentials for this one. */
static bool
is_redirected(struct as_transfer *transfer, int status)
{
	const struct as_request *request = transfer->request;
	char *to;
	bool same;

	if (!request->remote->follow || request->body.at != NULL ||
	    status < 300 || status > 399 ||
	    transfer->redirects == REDIRECTS_MAX)
		return false;
	to = as_place_redirect(transfer->curl);
	same = to != NULL && as_url_same_origin(request->url, to);
	if (same)
		as_transfer_redirect(transfer, to);
	free(to);
	return same;
}

/* Whether there is a reply whose status counts.  A server may answer a PUT before
 * it has read all of it, and then close the connection.  libcurl reports that as an
 * error, but the status that came is valid. */
static bool
is_answered(const struct as_transfer *transfer, CURLcode rc)
{
	const struct as_request *request = transfer->request;

	return rc == CURLE_OK || transfer->too_big ||
	    (request->writes && request->reply.status >= 200);
}

enum as_answer
as_answer_take(struct as_transfer *transfer, CURLcode rc)
{
	struct as_request *request = transfer->request;
	struct as_reply *reply = &request->reply;
	curl_off_t wait = 0;
	long status = 0;

	curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(transfer->curl, CURLINFO_RETRY_AFTER, &wait);
	if (rc == CURLE_FILESIZE_EXCEEDED)
		transfer->too_big = true;
	if (rc == CURLE_OK && is_redirected(transfer, (int)status))
		return AS_ANSWER_ELSEWHERE;
	reply->status = (int)status;
	reply->retry_after = wait > 0 ? (int64_t)wait * 1000 : 0;
	reply->body = (struct as_text){
	    transfer->body.len > 0 ? transfer->body.at : "",
	    transfer->body.len};
	transfer->again = false;
	if (is_answered(transfer, rc))
		read_reply(transfer);
	else
		read_failure(transfer, rc);
	as_clock_check(transfer);
	return transfer->again && request->body.at == NULL &&
		as_retry_plan(transfer) ?
	    AS_ANSWER_LATER :
	    AS_ANSWER_TAKEN;
}
