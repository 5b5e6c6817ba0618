/* average.c - keeps the readings of a span of time, and computes their mean */
#include "policy.h"

void
as_average_add(
    struct as_series *series, int64_t now, int64_t span, double value)
{
	size_t old = 0;

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
}

/* Adds all readings up each time.  A running sum would keep the rounding errors of
 * readings that were dropped; then a replay that begins later would give another
 * mean. */
double
as_average_mean(const struct as_series *series, int64_t now, int64_t span)
{
	double sum = 0;
	size_t first = 0;

	while (now - series->at[first].time >= span)
		first++;
	for (size_t i = first; i < series->len; i++)
		sum += series->at[i].value;
	return sum / (double)(series->len - first);
}
