/* num.c - reads, prints and rounds numbers; short ones are read fast */
#include <math.h>
#include <stdio.h>

#include "as.h"

static inline bool
is_digit(char c)
{
	return as_digit(c) <= 9;
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

/* Moves *p past the digits that it points to.  Returns false if there are none. */
static bool
skip_digits(const char **p, const char *end)
{
	const char *from = *p;

	while (*p < end && is_digit(**p))
		(*p)++;
	return *p > from;
}

/* Returns whether the text is a decimal: [digits] [. digits] [e [+-] digits].
 * There must be digits before the e. */
static bool
is_decimal(const char *p, const char *end)
{
	bool has_digits = skip_digits(&p, end);

	if (p < end && *p == '.') {
		p++;
		has_digits = skip_digits(&p, end);
	}
	if (has_digits && p < end && (*p == 'e' || *p == 'E')) {
		if (++p < end && (*p == '+' || *p == '-'))
			p++;
		has_digits = skip_digits(&p, end);
	}
	return has_digits && p == end;
}

/* Reads a decimal that is long or has an exponent.  Returns false if the text is no
 * decimal.  strtod rounds correctly, and takes "." for the point, because no tool
 * changes the locale from "C". */
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

bool
as_num_decimal(struct as_text text, double *x)
{
	return (text.len > 0 &&
		   as_num_short(text.at, x) == text.at + text.len) ||
	    slow_decimal(text, x);
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

int32_t
as_num_floor(double x)
{
	return -as_num_ceil(-x);
}
