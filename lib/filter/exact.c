/* exact.c - finds out whether libjq would change a number: libjq keeps numbers as
 * doubles, so 9007199254740993 becomes 9007199254740992 */
#include "filter.h"

/* any double can be told from all others by so many digits */
enum { DIGITS = 17 };

/* The number 0.DDD * 10^exponent.  DDD are n digits, of which neither the first
 * nor the last is 0. */
struct decimal {
	char digits[DIGITS];
	size_t n;
	int64_t exponent;
	bool is_long; /* the number has more digits than DIGITS */
};

static void
add_digit(struct decimal *d, char digit, size_t *zeros)
{
	if (digit == '0') {
		++*zeros;
		return;
	}
	for (; *zeros > 0 && !d->is_long; --*zeros) {
		d->is_long = d->n == DIGITS;
		if (!d->is_long)
			d->digits[d->n++] = '0';
	}
	d->is_long = d->is_long || d->n == DIGITS;
	if (!d->is_long)
		d->digits[d->n++] = digit;
}

static int64_t
read_exponent(const char *p, const char *end)
{
	enum { MOST = 100000 };
	bool negative = p < end && *p == '-';
	int64_t n = 0;

	for (p += p < end && (*p == '-' || *p == '+'); p < end; p++)
		n = n < MOST ? n * 10 + (*p - '0') : n;
	return negative ? -n : n;
}

/* Reads a number without a sign.  Leaves out zeros at its beginning and end, so
 * that all texts of the same number, like 10 and 1e1, give the same decimal. */
static struct decimal
read_decimal(struct as_text text)
{
	struct decimal d = {.n = 0};
	const char *end = text.at + text.len;
	bool fraction = false;
	size_t zeros = 0;

	for (const char *p = text.at; p < end; p++) {
		if (*p == 'e' || *p == 'E') {
			d.exponent += read_exponent(p + 1, end);
			break;
		}
		if (*p == '.')
			fraction = true;
		if (as_digit(*p) > 9)
			continue;
		if (d.n == 0 && *p == '0') {
			d.exponent -= fraction ? 1 : 0;
			continue;
		}
		d.exponent += fraction ? 0 : 1;
		add_digit(&d, *p, &zeros);
	}
	if (d.n == 0)
		d.exponent = 0;
	return d;
}

bool
as_exact_is(struct as_text number)
{
	char text[32];
	struct decimal here, there;
	double x;

	if (number.len > 0 && *number.at == '-') {
		number.at++;
		number.len--;
	}
	here = read_decimal(number);
	if (here.is_long || !as_num_decimal(number, &x))
		return false;
	there = read_decimal((struct as_text){text, as_num_print(text, x)});
	return here.n == there.n && here.exponent == there.exponent &&
	    memcmp(here.digits, there.digits, here.n) == 0;
}
