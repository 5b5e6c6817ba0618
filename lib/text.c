/* text.c - parts of a text, and where each byte may stand in a line */
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
	const char *found = memchr(rest->at, sep, rest->len);

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
