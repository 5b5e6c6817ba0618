/* span.c - prints how long something lasts, rounded down to one unit */
#include <stdio.h>

#include "status.h"

const char *
as_span_print(char buf[AS_SPAN_SIZE], int64_t ms, const char *blank)
{
	static const struct {
		char unit;
		int64_t length, most;
	} units[] = {{'s', 1000, 100}, {'m', 60000, 100}, {'h', 3600000, 48},
	    {'d', 86400000, INT64_MAX}};
	size_t i = 0;

	if (ms < 0)
		ms = 0;
	while (ms / units[i].length >= units[i].most)
		i++;
	snprintf(buf, AS_SPAN_SIZE, "%lld%s%c",
	    (long long)(ms / units[i].length), blank, units[i].unit);
	return buf;
}
