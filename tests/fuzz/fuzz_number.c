/* fuzz_number - any bytes as a count, decimal, duration and time; decimals
 * agree with the C library */
#include <math.h>

#include "as.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
	if (as_num_decimal(text, &x) &&
	    (!isfinite(x) || x < 0 || x != strtod(copy, NULL)))
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
