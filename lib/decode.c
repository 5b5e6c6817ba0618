/* decode.c - undoes the escapes of a text, and keeps for each byte of the result
 * where it stood in the text */
#include <ctype.h>

#include "as.h"

/* Returns the number that n digits of base 16 stand for, or -1 if there are no n
 * such digits before `end`. */
static long
number_of(const char *digits, const char *end, int n)
{
	long number = 0;

	for (; n > 0; n--, digits++) {
		if (digits >= end || !isxdigit((unsigned char)*digits))
			return -1;
		number = number * 16 +
		    (isdigit((unsigned char)*digits) ?
			    *digits - '0' :
			    tolower((unsigned char)*digits) - 'a' + 10);
	}
	return number;
}

/* Puts the code point into `to` as UTF-8.  Returns how many bytes that is. */
static size_t
put_point(long point, char to[4])
{
	static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t n = point < 0x80 ? 1 :
	    point < 0x800       ? 2 :
	    point < 0x10000     ? 3 :
				  4;

	if (n == 1)
		to[0] = (char)point;
	for (size_t i = n - 1; n > 1 && i > 0; i--, point >>= 6)
		to[i] = (char)(0x80 | (point & 0x3f));
	if (n > 1)
		to[0] = (char)(first[n] | point);
	return n;
}

/* A function of this type undoes one kind of escapes.  If an escape begins at p, it
 * puts the *n bytes that the escape stands for into `to`, and returns the length of
 * the escape.  Otherwise it returns 0. */
typedef size_t undo(const char *p, const char *end, char to[4], size_t *n);

static size_t
undo_url(const char *p, const char *end, char to[4], size_t *n)
{
	long byte = *p == '%' ? number_of(p + 1, end, 2) : -1;

	*n = 1;
	to[0] = (char)byte;
	return byte < 0 ? 0 : 3;
}

/* Undoes \uXXXX.  Undoes two of them at once if they are a surrogate pair, which is
 * how JSON writes a code point of more than 16 bits. */
static size_t
undo_point(const char *p, const char *end, char to[4], size_t *n)
{
	long point = number_of(p + 2, end, 4), low = -1;

	if (point < 0)
		return 0;
	if ((point & 0xfc00) == 0xd800 && end - p >= 12 && p[6] == '\\' &&
	    p[7] == 'u')
		low = number_of(p + 8, end, 4);
	if (low >= 0 && (low & 0xfc00) == 0xdc00)
		point = 0x10000 + ((point & 0x3ff) << 10) + (low & 0x3ff);
	*n = put_point(point, to);
	return point > 0xffff ? 12 : 6;
}

size_t
as_decode_json(const char *p, const char *end, char to[4], size_t *n)
{
	static const char from[] = "nrtbf", bytes[] = "\n\r\t\b\f";
	const char *found;
	size_t used;

	if (*p != '\\' || end - p < 2)
		return 0;
	if (p[1] == 'u' && (used = undo_point(p, end, to, n)) > 0)
		return used;
	found = p[1] != '\0' ? strchr(from, p[1]) : NULL;
	to[0] = p[1];
	if (found != NULL)
		to[0] = bytes[found - from];
	*n = 1;
	return 2;
}

/* Undoes the number of a code point: &#39; or, in base 16, &#x27; */
static size_t
undo_number(const char *p, const char *end, char to[4], size_t *n)
{
	enum { DIGITS_MAX = 6, POINT_MAX = 0x10ffff };
	bool hex = end - p > 2 && (p[2] == 'x' || p[2] == 'X');
	const char *digits = p + (hex ? 3 : 2), *at = digits;
	long point = 0, digit;

	for (; at < end && at - digits < DIGITS_MAX; at++) {
		digit = number_of(at, end, 1);
		if (digit < 0 || (!hex && digit > 9))
			break;
		point = point * (hex ? 16 : 10) + digit;
	}
	if (at == digits || at == end || *at != ';' || point > POINT_MAX)
		return 0;
	*n = put_point(point, to);
	return (size_t)(at - p) + 1;
}

static size_t
undo_html(const char *p, const char *end, char to[4], size_t *n)
{
	static const char *const names[] = {
	    "\"&quot;", "'&apos;", "&&amp;", "<&lt;", ">&gt;"};
	size_t left = (size_t)(end - p);

	if (*p != '&')
		return 0;
	if (left > 2 && p[1] == '#')
		return undo_number(p, end, to, n);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t len = strlen(names[i] + 1);

		if (len > left || memcmp(p, names[i] + 1, len) != 0)
			continue;
		to[0] = names[i][0];
		*n = 1;
		return len;
	}
	return 0;
}

/* Removes the end of a line, and the blanks that the next line begins with.  No
 * byte takes their place, so *n is 0. */
static size_t
undo_line(const char *p, const char *end, char to[4], size_t *n)
{
	const char *begin = p;

	(void)to;
	*n = 0;
	while (p < end && (*p == '\r' || *p == '\n'))
		p++;
	while (p > begin && p < end && (*p == ' ' || *p == '\t'))
		p++;
	return (size_t)(p - begin);
}

/* Returns the length of what stands between two bytes in base 16, as in 41:42,
 * "41, 42", 0x41,0x42 and \x41\x42, or 0 if nothing does. */
static size_t
separator_len(const char *p, const char *end)
{
	enum { BLANKS_MAX = 3 };
	const char *at = p;

	while (at < end && at - p < BLANKS_MAX && *at != '\0' &&
	    strchr(" \t\r\n:,;.-_", *at) != NULL)
		at++;
	if (end - at >= 2 && (*at == '0' || *at == '\\') &&
	    (at[1] == 'x' || at[1] == 'X'))
		at += 2;
	return (size_t)(at - p);
}

/* If a byte in base 16 begins at p and another one follows it, sets *len to the
 * length of what stands between them. */
static bool
is_followed(const char *p, const char *end, size_t *len)
{
	if (number_of(p, end, 2) < 0)
		return false;
	*len = separator_len(p + 2, end);
	return number_of(p + 2 + *len, end, 2) >= 0;
}

/* Removes what separates a byte in base 16 from the next one. */
static size_t
undo_byte(const char *p, const char *end, char to[4], size_t *n)
{
	size_t len;

	if (!is_followed(p, end, &len) || len == 0)
		return 0;
	memcpy(to, p, 2);
	*n = 2;
	return 2 + len;
}

/* Returns whether the text has so many bytes in base 16 in a row that they may be a
 * secret, and some of them are separated.  A TIME has fewer. */
static bool
has_bytes(const char *p, const char *end)
{
	enum { LEAST = 4 };
	size_t len, row = 1, apart = 0;

	while (p < end) {
		if (!is_followed(p, end, &len)) {
			p++;
			row = 1;
			apart = 0;
			continue;
		}
		p += 2 + len;
		row++;
		apart += len;
		if (row >= LEAST && apart > 0)
			return true;
	}
	return false;
}

static undo *const undos[] = {[AS_DECODE_URL] = undo_url,
    [AS_DECODE_JSON] = as_decode_json,
    [AS_DECODE_HTML] = undo_html,
    [AS_DECODE_LINES] = undo_line,
    [AS_DECODE_BYTES] = undo_byte};
/* A text without this byte has no escape of that kind. */
static const char marks[] = {[AS_DECODE_URL] = '%',
    [AS_DECODE_JSON] = '\\',
    [AS_DECODE_HTML] = '&',
    [AS_DECODE_LINES] = '\n'};

static bool
may_have(const struct as_decoded *in, enum as_escapes escapes)
{
	if (escapes == AS_DECODE_BYTES)
		return has_bytes(in->at, in->at + in->len);
	return in->len > 0 && memchr(in->at, marks[escapes], in->len) != NULL;
}

bool
as_decode(
    const struct as_decoded *in, enum as_escapes escapes, struct as_decoded *to)
{
	const char *end = in->at + in->len;
	size_t used, n;

	*to = (struct as_decoded){0};
	if (!may_have(in, escapes))
		return false;
	to->at = as_mem_need(malloc(in->len));
	to->from = as_mem_need(malloc((in->len + 1) * sizeof(*to->from)));
	for (const char *p = in->at; p < end; p += used) {
		char bytes[4] = {*p};
		size_t from = (size_t)(p - in->at);

		if ((used = undos[escapes](p, end, bytes, &n)) == 0) {
			bytes[0] = *p;
			used = n = 1;
		}
		for (size_t i = 0; i < n; i++) {
			to->from[to->len] = as_decoded_place(in, from);
			to->at[to->len++] = bytes[i];
		}
	}
	to->from[to->len] = as_decoded_place(in, in->len);
	if (to->len < in->len)
		return true;
	as_decode_free(to);
	return false;
}

void
as_decode_free(struct as_decoded *decoded)
{
	free(decoded->at);
	free(decoded->from);
	*decoded = (struct as_decoded){0};
}
