/* average.c - the mean of a metric over a span of time */
#include "policy.h"

/* The sum is taken anew each time: a running one would carry the rounding of
 * readings long gone, and a replay from the middle would differ. */
double
as_average_mean(
    struct as_series *series, int64_t now, int64_t span, double value)
{
	size_t old = 0;
	double sum = 0;

	while (old < series->len && now - series->at[old].time >= span)
		old++;
	if (old > 0)
		memmove(series->at, series->at + old,
		    (series->len - old) * sizeof(*series->at));
	series->len -= old;
	if (series->len == series->room)
		series->at = as_mem_grow(
		    series->at, &series->room, sizeof(*series->at));
	series->at[series->len++] = (struct as_reading){now, value};
	for (size_t i = 0; i < series->len; i++)
		sum += series->at[i].value;
	return sum / (double)series->len;
}
