/* login.c - puts *** in the place of the login in each URL of a text */
#include <ctype.h>

#include "as.h"

static bool
ends_url(char c)
{
	return (unsigned char)c <= ' ' || c == '"' || c == '<' || c == '>';
}

/* Returns the last @ between the two places, or NULL. */
static const char *
last_at(const char *begin, const char *end)
{
	while (end > begin && end[-1] != '@')
		end--;
	return end > begin ? end - 1 : NULL;
}

/* Returns whether HOST:PORT has a PORT that cannot be one.  {NAME} may stand for a
 * port. */
static bool
has_wrong_port(const char *begin, const char *end)
{
	const char *p = end;

	if (*begin == '[') /* an IPv6 address has colons */
		return false;
	while (p > begin && p[-1] != ':')
		p--;
	return p > begin && p < end && *p != '{' && !isdigit((unsigned char)*p);
}

/* Returns where the login ends that begins at p, after "://".  Returns p if there
 * is no login.  A password may have a slash, which should be %2F.  If the text ends
 * in the middle of a password, the login ends there. */
static const char *
login_end(const char *p, const char *end)
{
	const char *url = p, *host = p, *at;

	while (url < end && !ends_url(*url))
		url++;
	while (host < url && *host != '/' && *host != '?' && *host != '#')
		host++;
	if ((at = last_at(p, host)) != NULL)
		return at;
	if (!has_wrong_port(p, host))
		return p;
	if ((at = last_at(p, url)) != NULL)
		return at;
	return host == end ? end : p;
}

size_t
as_login_mask(char *text, size_t len)
{
	const char *end = text + len, *from = text, *login;
	char *to = text;

	while (from < end) {
		*to++ = *from++;
		if (to - text < 3 || memcmp(to - 3, "://", 3) != 0)
			continue;
		login = login_end(from, end);
		for (size_t n = 0; n < 3 && from + n < login; n++)
			*to++ = '*';
		from = login;
	}
	return (size_t)(to - text);
}
