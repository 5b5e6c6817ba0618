/* place.c - where a request goes, for messages, and where a redirect leads to */
#include <stdio.h>

#include "http.h"

void
as_place_print(const struct as_request *request, char *to, size_t size)
{
	char *host = NULL, *port = NULL;
	CURLU *parts;

	if (request->remote->unix_socket != NULL) {
		snprintf(to, size, "%s", request->remote->unix_socket);
		return;
	}
	parts = as_mem_need(curl_url());
	if (curl_url_set(parts, CURLUPART_URL, request->url, 0) == CURLUE_OK) {
		curl_url_get(parts, CURLUPART_HOST, &host, 0);
		curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT);
	}
	snprintf(to, size, "%s:%s", host != NULL ? host : "?",
	    port != NULL ? port : "?");
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(parts);
}

/* libcurl puts the login and the password of the request into the URL of a
 * redirect.  This removes them, because messages show that URL. */
char *
as_place_redirect(CURL *curl)
{
	char *to = NULL, *clean = NULL, *copy = NULL;
	CURLU *parts;

	curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &to);
	if (to == NULL)
		return NULL;
	parts = as_mem_need(curl_url());
	if (curl_url_set(parts, CURLUPART_URL, to, CURLU_NON_SUPPORT_SCHEME) ==
		CURLUE_OK &&
	    curl_url_set(parts, CURLUPART_USER, NULL, 0) == CURLUE_OK &&
	    curl_url_set(parts, CURLUPART_PASSWORD, NULL, 0) == CURLUE_OK &&
	    curl_url_set(parts, CURLUPART_OPTIONS, NULL, 0) == CURLUE_OK)
		curl_url_get(parts, CURLUPART_URL, &clean, 0);
	copy = as_mem_need(strdup(clean != NULL ? clean : to));
	curl_free(clean);
	curl_url_cleanup(parts);
	return copy;
}
