/* text.c - cuts and copies texts, and says where each byte may stand in a line */
#include "as.h"

/* clang-format off */
const unsigned char as_text_bytes[256] = {
	 0,  0,  0,  0,  0,  0,  0,  0,  0, 32,  0,  0,  0,  0,  0,  0,
	 0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
	32, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 18, 26, 16,
	27, 27, 27, 27, 27, 27, 27, 27, 27, 27, 18, 16, 16, 16, 16, 16,
	16, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19,
	19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 16, 16, 16, 16, 27,
	16, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31,
	31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 16, 16, 16, 16,  0,
	16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16,
	16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16,
	16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16,
	16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16,
	16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16,
	16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16,
	16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16,
	16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16
};
/* clang-format on */

bool
as_text_cut(struct as_text *rest, char sep, struct as_text *part)
{
	/* An empty text may be NULL, which memchr does not take. */
	const char *found = rest->len > 0 ? memchr(rest->at, sep, rest->len) :
					    NULL;

	*part = *rest;
	if (found == NULL)
		return false;
	part->len = (size_t)(found - rest->at);
	rest->at = found + 1;
	rest->len -= part->len + 1;
	return true;
}

const char *
as_text_copy(char name[AS_APP_SIZE], struct as_text app)
{
	size_t len = app.len < AS_APP_SIZE ? app.len : AS_APP_SIZE - 1;

	memcpy(name, app.at, len);
	name[len] = '\0';
	return name;
}

const char *
as_text_brief(char brief[AS_BRIEF_SIZE], const char *text)
{
	enum { SHOWN = AS_BRIEF_SIZE - 4 };
	char *copy = as_mem_need(strdup(text));
	size_t len = as_login_mask(copy, strlen(copy));

	memcpy(brief, copy, len < SHOWN ? len : SHOWN);
	memcpy(brief + (len < SHOWN ? len : SHOWN), "...", 4);
	if (len <= SHOWN)
		brief[len] = '\0';
	free(copy);
	return brief;
}
