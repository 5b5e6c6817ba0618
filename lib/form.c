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

/* How many bytes of a secret are hardly anything else.  A login may come first, with
 * a colon: LOGIN:PASSWORD. */
static size_t
telling_of(const char *secret, size_t len)
{
	enum { MOST = 12 };
	const char *colon = strchr(secret, ':');
	size_t from = colon != NULL ? (size_t)(colon + 1 - secret) : 0, n;
	bool letter = false, digit = false;

	for (n = from; n < len && n < from + MOST; n++) {
		if (n >= from + BEGINNING && letter && digit)
			break;
		letter = letter || isalpha((unsigned char)secret[n]);
		digit = digit || isdigit((unsigned char)secret[n]);
	}
	return n;
}

static void
each_base64(const char *secret, size_t len, size_t telling, take *act)
{
	struct as_buf text = {0};
	size_t n;

	for (size_t before = 0; before < 3; before++) {
		encode(&text, secret, telling, before);
		n = text.len;
		encode(&text, secret, len, before);
		if (text.len >= BEGINNING)
			act(&(struct as_form){
			    text.at, text.len, false, BEGINNING, n});
	}
	free(text.at);
}

/* A beginning has twice as many digits as bytes. */
static void
each_hex(const char *secret, size_t len, size_t telling, take *act)
{
	static const char digits[] = "0123456789abcdef";
	struct as_buf text = {0};

	for (size_t i = 0; i < len; i++) {
		as_buf_add(&text, &digits[(unsigned char)secret[i] >> 4], 1);
		as_buf_add(&text, &digits[secret[i] & 15], 1);
	}
	if (text.len >= BEGINNING)
		act(&(struct as_form){text.at, text.len, false,
		    (size_t)2 * BEGINNING, 2 * telling});
	free(text.at);
}

void
as_form_each(const char *secret, bool login, take *act)
{
	size_t len = strlen(secret), telling = telling_of(secret, len);

	if (len >= (login ? LOGIN_MIN : 1))
		act(&(struct as_form){secret, len, login, BEGINNING, telling});
	if (login)
		return;
	each_base64(secret, len, telling, act);
	each_hex(secret, len, telling, act);
}
