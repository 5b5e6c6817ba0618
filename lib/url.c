/* url.c - which URLs are asked */
#include <ctype.h>

#include <curl/curl.h>

#include "api.h"

enum { URL_MAX = 2048 };

/* libcurl's own reading of a URL, so that both mean the same host. */
static const char *
check_parts(CURLU *parts, const char *url)
{
	char *user = NULL;

	if (curl_url_set(parts, CURLUPART_URL, url, 0) != CURLUE_OK)
		return "is not a well-formed URL";
	if (curl_url_get(parts, CURLUPART_USER, &user, 0) != CURLUE_OK)
		return NULL;
	curl_free(user);
	return "is a URL with a user in it; secrets do not belong on a "
	       "command line";
}

const char *
as_http_url(const char *url)
{
	CURLU *parts;
	const char *why;

	if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
		return "is not a URL that begins with http:// or https://";
	if (strlen(url) > URL_MAX)
		return "is a URL of over 2 KiB";
	for (const char *p = url; *p != '\0'; p++)
		if (isspace((unsigned char)*p) || iscntrl((unsigned char)*p))
			return "is a URL with a blank or control byte";
	parts = as_need(curl_url());
	why = check_parts(parts, url);
	curl_url_cleanup(parts);
	return why;
}
