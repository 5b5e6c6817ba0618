/* form.c - the forms in which a text may hold a secret: plain, base64, hexadecimal */
#include <ctype.h>

#include "as.h"

/* So many bytes of the beginning of a secret are hidden, too */
enum { BEGINNING = 8 };

/* A login of fewer bytes is not hidden: "as" and "to" are in every text. */
enum { LOGIN_MIN = 3 };

typedef void take(const struct as_form *form);

/* Encodes the secret in base64 as in a text where `before` other bytes come first.
 * Leaves out the characters that depend on these or later bytes, too. */
static void
encode(struct as_buf *to, const char *secret, size_t len, size_t before)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t bit = (before * 8 + 5) / 6 * 6 - before * 8;

	for (to->len = 0; bit + 6 <= len * 8; bit += 6) {
		size_t byte = bit / 8;
		unsigned two = (unsigned)(unsigned char)secret[byte] << 8 |
		    (byte + 1 < len ? (unsigned char)secret[byte + 1] : 0);

		as_buf_add(to, &digits[two >> (10 - bit % 8) & 63], 1);
	}
}

static void
each_base64(const char *secret, size_t len, take *act)
{
	struct as_buf text = {0};

	for (size_t before = 0; before < 3; before++) {
		encode(&text, secret, len, before);
		if (text.len >= BEGINNING)
			act(&(struct as_form){
			    text.at, text.len, false, BEGINNING});
	}
	free(text.at);
}

void
as_form_each(const char *secret, bool login, take *act)
{
	size_t len = strlen(secret);

	if (len >= (login ? LOGIN_MIN : 1))
		act(&(struct as_form){secret, len, login, BEGINNING});
	if (!login)
		each_base64(secret, len, act);
}
