/* num.c - strict numbers, fast where they are short */
#include <math.h>
#include <stdio.h>

#include "as.h"

static inline bool
is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

bool
as_num_count(struct as_text text, int32_t *n)
{
	int64_t value = 0;

	if (text.len == 0 || text.len > 10 ||
	    (text.at[0] == '0' && text.len > 1))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (!is_digit(text.at[i]))
			return false;
		value = value * 10 + (text.at[i] - '0');
	}
	if (value > AS_COUNT_MAX)
		return false;
	*n = (int32_t)value;
	return true;
}

/* The grammar of a decimal: digits [. digits] [e [+-] digits] */
static bool
is_decimal(const char *p, const char *end)
{
	const char *digits = p;

	while (p < end && is_digit(*p))
		p++;
	if (p == digits)
		return false;
	if (p < end && *p == '.') {
		for (digits = ++p; p < end && is_digit(*p); p++)
			continue;
		if (p == digits)
			return false;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		if (++p < end && (*p == '+' || *p == '-'))
			p++;
		for (digits = p; p < end && is_digit(*p); p++)
			continue;
		if (p == digits)
			return false;
	}
	return p == end;
}

/* Long or with an exponent: the C library rounds these right, in the locale
 * "C" that no tool ever leaves. */
static bool
slow_decimal(struct as_text text, double *x)
{
	char copy[1025];

	if (text.len >= sizeof(copy) ||
	    !is_decimal(text.at, text.at + text.len))
		return false;
	memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	*x = strtod(copy, NULL);
	return isfinite(*x);
}

/* "12.34" is 1234 / 100: up to 15 digits and their power of ten are exact
 * doubles, so that the one division rounds once, as strtod would.  The bench
 * "parse" measures it. */
bool
as_num_decimal(struct as_text text, double *x)
{
	static const double power[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7,
	    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14};
	const char *p = text.at, *end = p + text.len, *fraction = end;
	uint64_t digits = 0;

	if (text.len == 0 || text.len > 15)
		return slow_decimal(text, x);
	for (; p < end && is_digit(*p); p++)
		digits = digits * 10 + (uint64_t)(*p - '0');
	if (p < end && *p == '.')
		for (fraction = ++p; p < end && is_digit(*p); p++)
			digits = digits * 10 + (uint64_t)(*p - '0');
	if (p < end || !is_digit(text.at[0]) || !is_digit(end[-1]))
		return slow_decimal(text, x);
	*x = (double)digits / power[end - fraction];
	return true;
}

size_t
as_num_print(char *buf, double x)
{
	int len = 0;

	for (int digits = 15; digits <= 17; digits++) {
		len = snprintf(buf, 25, "%.*g", digits, x);
		if (strtod(buf, NULL) == x)
			break;
	}
	return (size_t)len;
}
