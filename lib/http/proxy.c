/* proxy.c - hides in messages the logins that variables like http_proxy hold;
 * libcurl reads the same variables */
#include <ctype.h>
#include <stdio.h>

#include "http.h"

/* Returns a copy of the login in a URL: the text between the scheme, if there is
 * one, and the last @.  Returns NULL if that is empty or there is no @.  The URL
 * may be one that libcurl refuses, because libcurl repeats it in its message. */
static char *
copy_login(const char *url)
{
	const char *begin = url, *end = strrchr(url, '@');

	while (isalnum((unsigned char)*begin) || *begin == '+' ||
	    *begin == '-' || *begin == '.')
		begin++;
	begin = strncmp(begin, "://", 3) == 0 ? begin + 3 : url;
	begin += strspn(begin, "/");
	if (end == NULL || end <= begin)
		return NULL;
	return as_mem_need(strndup(begin, (size_t)(end - begin)));
}

/* Hides USER:PASSWORD, and each of both alone.  The caller passes the text as the
 * variable has it, and then without the escapes of URLs, as libcurl sends it. */
static void
hide_login(char *login)
{
	char *colon = strchr(login, ':');

	as_hide_add(login, false);
	if (colon == NULL)
		return;
	*colon = '\0';
	as_hide_add(login, true);
	as_hide_add(colon + 1, false);
	*colon = ':';
}

void
as_proxy_hide(void)
{
	static const char *const names[] = {"http_proxy", "HTTP_PROXY",
	    "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *url = getenv(names[i]);
		char *login = url != NULL ? copy_login(url) : NULL, *plain;

		if (login == NULL)
			continue;
		as_privilege_hide();
		hide_login(login);
		plain = as_mem_need(curl_easy_unescape(NULL, login, 0, NULL));
		if (strcmp(plain, login) != 0)
			hide_login(plain);
		curl_free(plain);
		free(login);
	}
}
