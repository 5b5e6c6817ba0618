/* reason.c - finds the message for people in the JSON that a server sends with an
 * error */
#include "http.h"

static const char *
skip_blanks(const char *p)
{
	return p + strspn(p, " \t\r\n");
}

/* Sets *byte to the byte of a JSON string at p, which may be an escape there.
 * Returns the place after it, or NULL if the string or the text ends at p. */
static const char *
next_byte(const char *p, char *byte)
{
	enum { ESCAPE_MAX = 12 };
	char bytes[4];
	size_t n, used;

	if (*p == '"' || *p == '\0')
		return NULL;
	used = as_decode_json(p, p + strnlen(p, ESCAPE_MAX), bytes, &n);
	*byte = *p;
	if (used == 0)
		return p + 1;
	*byte = '?'; /* messages have no bytes but ASCII */
	if (n == 1)
		*byte = bytes[0];
	return p + used;
}

/* Copies the string whose first byte is at p to `to`; what does not fit there is
 * cut off.  Returns the place after the string, or NULL if the string has no
 * end. */
static const char *
read_string(const char *p, char *to, size_t size)
{
	const char *next;
	size_t len = 0;
	char byte;

	while ((next = next_byte(p, &byte)) != NULL) {
		if (len + 1 < size)
			to[len++] = byte;
		p = next;
	}
	to[len] = '\0';
	return *p == '"' ? p + 1 : NULL;
}

/* Returns the place after the value at p, which the caller does not need, or NULL
 * if the value has no end. */
static const char *
skip_value(const char *p)
{
	char unused[1];
	int depth = 0;

	for (;; p++) {
		p += strcspn(p, "\"{}[],");
		if (*p == '\0' || (depth == 0 && strchr("}],", *p) != NULL))
			return *p == '\0' ? NULL : p;
		if (*p == '"') {
			if ((p = read_string(p + 1, unused, 1)) == NULL)
				return NULL;
			p--;
		} else if (*p != ',') {
			depth += *p == '{' || *p == '[' ? 1 : -1;
		}
	}
}

/* Copies the string that is the member `name` of the JSON object.  Returns false if
 * there is no such member, or if it is not a string, or an empty one. */
static bool
find_member(const char *json, const char *name, char *to, size_t size)
{
	char key[32];
	const char *p = skip_blanks(json);

	if (*p != '{')
		return false;
	do {
		p = skip_blanks(p + 1);
		if (*p != '"' ||
		    (p = read_string(p + 1, key, sizeof(key))) == NULL)
			return false;
		p = skip_blanks(p);
		if (*p != ':')
			return false;
		p = skip_blanks(p + 1);
		if (*p == '"' && strcmp(key, name) == 0)
			return read_string(p + 1, to, size) != NULL &&
			    to[0] != '\0';
		p = skip_value(p);
	} while (p != NULL && *p == ',');
	return false;
}

bool
as_reason_find(const char *json, char *to, size_t size)
{
	static const char *const names[] = {"message", "error", "detail"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (find_member(json, names[i], to, size))
			return true;
	return false;
}
