/* proxy.c - the logins of proxies in the environment, so that no text shows them;
 * libcurl reads the same variables */
#include <ctype.h>
#include <stdio.h>

#include "http.h"

/* The text between the scheme, if there is one, and the last @.  NULL: there is
 * no @.  A URL that libcurl refuses has a login, too: libcurl repeats the URL. */
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

/* USER:PASSWORD as the variable has it, or as libcurl sends it */
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
