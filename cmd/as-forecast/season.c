/* season.c - the mean load in each part of a period, such as a day */
#include <math.h>

#include "forecast.h"

enum { PART = 300000, WEEK = 604800000 }; /* ms */

size_t
as_season_parts(int64_t period)
{
	return (size_t)((period + PART - 1) / PART);
}

static float *
mean_of(const struct as_season *season, int64_t time)
{
	return &season->means[time % season->period / PART];
}

/* Adds the loads of the part that has ended to the mean of this part.  A week comes
 * back less often than a day, so its last repetition gets more weight. */
static void
close_part(const struct as_season *season)
{
	float *mean = mean_of(season, season->begin);
	double seen = season->sum / season->n + 1;
	double gain = season->period < WEEK ? 0.3 : 0.5;

	*mean = (float)(*mean > 0 ? *mean + gain * (seen - (double)*mean) :
				    seen);
}

void
as_season_take(struct as_season *season, int64_t time, double load)
{
	int64_t begin = time - time % season->period % PART;

	if (begin != season->begin) {
		if (season->n > 0)
			close_part(season);
		season->begin = begin;
		season->sum = 0;
		season->n = 0;
	}
	season->sum += load;
	season->n++;
}

double
as_season_at(const struct as_season *season, int64_t time)
{
	float mean = *mean_of(season, time);

	return mean > 0 ? (double)mean - 1 : NAN;
}
