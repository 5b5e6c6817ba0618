/* fuzz_number - any bytes as a count, decimal, duration and time; decimals
 * agree with the C library */
#include <math.h>

#include "as.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the C library takes as a whole: of digits, points, e and signs, with a
 * digit at the end and no sign before it */
static bool
is_decimal(const char *text, size_t size)
{
	char *end;

	return size > 0 && size <= 1024 &&
	    strspn(text, "0123456789.eE+-") == size &&
	    strchr("+-", text[0]) == NULL && strstr(text, ".e") == NULL &&
	    strstr(text, ".E") == NULL && as_digit(text[size - 1]) <= 9 &&
	    isfinite(strtod(text, &end)) && end == text + size;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = calloc(1, size + 1), stamp[AS_STAMP_MAX];
	struct as_text text = {copy, size};
	int32_t n;
	int64_t ms, again;
	double x;
	bool fraction;

	if (size > 0)
		memcpy(copy, data, size);
	if (as_num_count(text, &n) && n < 0)
		abort();
	if (as_num_decimal(text, &x) ?
		!isfinite(x) || x < 0 || x != strtod(copy, NULL) :
		is_decimal(copy, size))
		abort();
	if (as_time_duration(text, &ms) == NULL && ms < 0)
		abort();
	if (as_time_parse(text, &ms, &fraction) == NULL) {
		text = (struct as_text){stamp, as_time_print(stamp, ms, true)};
		if (as_time_parse(text, &again, &fraction) != NULL ||
		    again != ms)
			abort();
	}
	free(copy);
	return 0;
}
