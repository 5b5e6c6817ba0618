/* handle.c - makes the handle of libcurl that a transfer uses, with the options that
 * are the same for all requests */
#include "http.h"

#ifndef AS_VERSION
#define AS_VERSION "0"
#endif

enum { BUFFER = 16384 };

/* Takes a part of the reply's body from libcurl.  Returns 0, which ends the
 * transfer, beyond reply_max: libcurl's own limit misses chunked bodies. */
static size_t
take_body(char *bytes, size_t size, size_t n, void *at)
{
	struct as_transfer *transfer = at;
	size_t len = size * n;

	if (transfer->body.len + len >
	    (size_t)transfer->request->remote->reply_max) {
		transfer->too_big = true;
		return 0;
	}
	as_buf_add(&transfer->body, bytes, len);
	return len;
}

const char *
as_handle_ca(CURL *curl)
{
	static char *standard;
	char *now = NULL;

	if (standard == NULL &&
	    curl_easy_getinfo(curl, CURLINFO_CAINFO, &now) == CURLE_OK &&
	    now != NULL)
		standard = as_mem_need(strdup(now));
	return standard;
}

/* Returns NULL if libcurl cannot be started, or has no memory. */
static CURL *
new_handle(void)
{
	static bool has_begun;

	has_begun = has_begun || curl_global_init(CURL_GLOBAL_DEFAULT) == 0;
	return has_begun ? curl_easy_init() : NULL;
}

/* QUICK_EXIT is set because libcurl looks up the name of a host in a thread.  If a
 * request ends before its thread, libcurl would wait for the thread, and all other
 * requests would stand still. */
bool
as_handle_open(struct as_transfer *transfer)
{
	CURL *curl = transfer->curl = new_handle();

	if (curl == NULL)
		return false;
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	/* After a redirect libcurl would send a PUT without its body. */
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_HTTP09_ALLOWED, 0L);
	curl_easy_setopt(
	    curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, (long)BUFFER);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "as-tools/" AS_VERSION);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->error);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(curl, CURLOPT_PRIVATE, transfer);
	as_handle_ca(curl);
	return true;
}
