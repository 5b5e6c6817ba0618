/* transfer.c - sets up libcurl for one request: its credentials and its limits */
#include <stdio.h>
#include <strings.h>

#include "http.h"

struct as_transfer *
as_transfer_new(void)
{
	return as_mem_need(calloc(1, sizeof(struct as_transfer)));
}

void
as_transfer_free(struct as_transfer *transfer)
{
	curl_slist_free_all(transfer->headers);
	curl_easy_cleanup(transfer->curl);
	free(transfer->body.at);
	free(transfer->redirected);
	free(transfer);
}

void
as_transfer_fail(struct as_transfer *transfer, const char *word, int code,
    const char *detail)
{
	struct as_reply *reply = &transfer->request->reply;

	reply->err = word;
	reply->code = code;
	if (detail != transfer->detail)
		snprintf(
		    transfer->detail, sizeof(transfer->detail), "%s", detail);
	reply->detail = transfer->detail;
}

/* Sets up limits and credentials.  Does not ask for compressed replies, because no
 * limit of libcurl holds for the unpacked bytes. */
static void
set_limits(CURL *curl, const struct as_remote *remote, bool trusted)
{
	curl_easy_setopt(curl, CURLOPT_MAXFILESIZE, (long)remote->reply_max);
	curl_easy_setopt(
	    curl, CURLOPT_CONNECTTIMEOUT_MS, (long)remote->connect_timeout);
	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, remote->unix_socket);
	curl_easy_setopt(
	    curl, CURLOPT_SSLCERT, trusted ? remote->client_cert : NULL);
	curl_easy_setopt(
	    curl, CURLOPT_SSLKEY, trusted ? remote->client_key : NULL);
	curl_easy_setopt(curl, CURLOPT_CAINFO,
	    remote->ca_file != NULL ? remote->ca_file : as_handle_ca(curl));
	curl_easy_setopt(curl, CURLOPT_NETRC_FILE, remote->netrc_file);
	curl_easy_setopt(curl, CURLOPT_NETRC,
	    remote->netrc_file ? (long)CURL_NETRC_REQUIRED :
				 (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(
	    curl, CURLOPT_AWS_SIGV4, trusted ? remote->aws_sigv4 : NULL);
	/* CURLOPT_AWS_SIGV4 has set HTTPAUTH already. */
	if (!trusted || remote->aws_sigv4 == NULL)
		curl_easy_setopt(curl, CURLOPT_HTTPAUTH,
		    trusted && remote->token_file ? (long)CURLAUTH_BEARER :
						    (long)CURLAUTH_BASIC);
	curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, NULL);
}

static void
add_header(struct as_transfer *transfer, const char *header)
{
	transfer->headers = as_mem_need(
	    curl_slist_append(transfer->headers, header));
}

/* Adds the token.  Returns false if there is none, with the reason in the reply. */
static bool
set_token(struct as_transfer *transfer, const struct as_remote *remote)
{
	const char *token, *why;
	char detail[AS_DETAIL_MAX];
	static char header[AS_TOKEN_MAX + 32];

	if ((token = as_secret_token(remote->token_file, &why)) == NULL) {
		snprintf(detail, sizeof(detail), "token_file: %s: %s",
		    remote->token_file, why);
		as_transfer_fail(transfer, "auth", EX_NOPERM, detail);
		return false;
	}
	if (remote->aws_sigv4 == NULL) {
		curl_easy_setopt(transfer->curl, CURLOPT_XOAUTH2_BEARER, token);
		return true;
	}
	snprintf(header, sizeof(header), "X-Amz-Security-Token: %s", token);
	add_header(transfer, header);
	return true;
}

static bool
has_header(const struct as_request *request, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < request->n_headers; i++)
		if (strncasecmp(request->headers[i], name, len) == 0)
			return true;
	return false;
}

/* The headers of most requests, made only once */
static struct curl_slist *
usual_headers(void)
{
	static struct curl_slist *usual;

	if (usual == NULL)
		usual = as_mem_need(
		    curl_slist_append(NULL, "Accept: application/json"));
	return usual;
}

/* Makes the headers.  Leaves transfer->headers NULL if the request needs only the
 * usual ones. */
static void
set_headers(struct as_transfer *transfer, const struct as_request *request)
{
	bool signs = request->trusted && request->remote->aws_sigv4 != NULL;

	curl_slist_free_all(transfer->headers);
	transfer->headers = NULL;
	if (request->n_headers == 0 && request->body.at == NULL && !signs)
		return;
	if (!has_header(request, "Accept:"))
		add_header(transfer, "Accept: application/json");
	if (request->body.at != NULL && !has_header(request, "Content-Type:"))
		add_header(transfer, "Content-Type: application/json");
	/* Empty, so that libcurl sends the body without first asking for leave.  It
	 * is not sent itself, but a signature would include it. */
	if (request->body.at != NULL && !signs)
		add_header(transfer, "Expect:");
	for (size_t i = 0; i < request->n_headers; i++)
		add_header(transfer, request->headers[i]);
}

/* If a connection that libcurl kept open is found closed, libcurl sends the request
 * once more.  A PUT must not be sent twice, so each gets a new connection.  That is
 * closed after the PUT, because hundreds of them would stay open. */
static void
set_method(struct as_transfer *transfer, const struct as_request *request)
{
	CURL *curl = transfer->curl;
	long alone = request->writes ? 1 : 0;

	curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, alone);
	curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, alone);
	if (request->body.at == NULL) {
		curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, NULL);
		curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
		return;
	}
	curl_easy_setopt(curl, CURLOPT_POST, 1L);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body.at);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)request->body.len);
}

static void
begin(struct as_transfer *transfer)
{
	transfer->request->reply = (struct as_reply){0};
	transfer->body.len = 0;
	transfer->too_big = false;
	transfer->error[0] = transfer->detail[0] = '\0';
}

bool
as_transfer_prepare(struct as_transfer *transfer, struct as_request *request)
{
	transfer->request = request;
	transfer->redirects = 0;
	transfer->retries = 0;
	transfer->deadline = as_time_steady() + request->remote->timeout;
	begin(transfer);
	if (transfer->curl == NULL && !as_handle_open(transfer)) {
		as_transfer_fail(
		    transfer, "local", EX_OSERR, "libcurl cannot be started");
		return false;
	}
	if (transfer->remote != request->remote ||
	    transfer->trusted != request->trusted)
		set_limits(transfer->curl, request->remote, request->trusted);
	transfer->remote = request->remote;
	transfer->trusted = request->trusted;
	curl_easy_setopt(transfer->curl, CURLOPT_URL, request->url);
	curl_easy_setopt(transfer->curl, CURLOPT_PIPEWAIT,
	    strncmp(request->url, "https:", 6) == 0 ? 1L : 0L);
	set_method(transfer, request);
	set_headers(transfer, request);
	if (request->remote->netrc_file != NULL)
		as_secret_logins(request->remote->netrc_file);
	if (request->trusted && request->remote->token_file != NULL &&
	    !set_token(transfer, request->remote))
		return false;
	curl_easy_setopt(transfer->curl, CURLOPT_HTTPHEADER,
	    transfer->headers != NULL ? transfer->headers : usual_headers());
	return true;
}

void
as_transfer_redirect(struct as_transfer *transfer, const char *to)
{
	transfer->redirects++;
	free(transfer->redirected);
	transfer->redirected = as_mem_need(strdup(to));
	curl_easy_setopt(transfer->curl, CURLOPT_URL, transfer->redirected);
	begin(transfer);
}

void
as_transfer_resume(struct as_transfer *transfer)
{
	begin(transfer);
}

bool
as_transfer_is_sent(const struct as_transfer *transfer)
{
	curl_off_t began = 0;

	curl_easy_getinfo(transfer->curl, CURLINFO_PRETRANSFER_TIME_T, &began);
	return began > 0;
}

void
as_transfer_end(struct as_transfer *transfer)
{
	enum { KEPT = 65536 };

	if (transfer->body.room <= KEPT)
		return;
	free(transfer->body.at);
	transfer->body = (struct as_buf){0};
}
