/* candidates.c - several ways to forecast the load; the best one so far is used */
#include <math.h>

#include "forecast.h"

enum { SLOW = 3600000, TRUST = 30000000 }; /* ms */

#define TRUSTED 0.1 /* weight of a candidate after about 50 minutes */

static double
mean_at(const struct as_candidates *candidates, size_t i, int64_t time)
{
	switch (i) {
	case 0: return 0;
	case 1: return candidates->slow;
	default: return as_season_at(&candidates->seasons[i - 2], time);
	}
}

void
as_candidates_take(
    struct as_candidates *candidates, int64_t time, int64_t after, double load)
{
	as_fade(&candidates->slow, load, as_gain(SLOW, after));
	for (size_t i = 2; i < candidates->n; i++)
		as_season_take(&candidates->seasons[i - 2], time, load);
}

static double
ask(const struct as_candidates *candidates, size_t i, int64_t then,
    double apart)
{
	const struct as_candidate *c = &candidates->each[i];
	double part = c->variance > 0 ? c->covariance / c->variance : 1;

	if (i == 0)
		return apart;
	part = part < 0 ? 0 : part > 1 ? 1 : part;
	return mean_at(candidates, i, then) + part * apart;
}

/* The forecast is never below the level of now: if the load falls, it is early
 * enough to see that when it happens. */
void
as_candidates_ask(const struct as_candidates *candidates, double level,
    int64_t horizon, struct as_expected *told)
{
	double least = INFINITY, best = level;

	for (size_t i = 0; i < candidates->n; i++) {
		const struct as_candidate *c = &candidates->each[i];
		double apart = level - mean_at(candidates, i, told->time);
		double load = ask(candidates, i, told->time + horizon, apart);

		told->apart[i] = (float)apart;
		told->loads[i] = (float)load;
		if (!isnan(load) && c->weight > TRUSTED &&
		    c->error / c->weight < least) {
			least = c->error / c->weight;
			best = load;
		}
	}
	told->load = (float)(best > level ? best : level);
}

void
as_candidates_score(struct as_candidates *candidates,
    const struct as_expected *told, int64_t time, int64_t after, double load)
{
	double gain = as_gain(TRUST, after);

	for (size_t i = 0; i < candidates->n; i++) {
		struct as_candidate *c = &candidates->each[i];
		double now = load - mean_at(candidates, i, time);
		double then = (double)told->apart[i];
		double error = fabs(load - (double)told->loads[i]);

		if (!isnan(then) && !isnan(now)) {
			as_fade(&c->covariance, then * now, gain);
			as_fade(&c->variance, then * then, gain);
		}
		if (!isnan(error)) {
			as_fade(&c->error, error, gain);
			as_fade(&c->weight, 1, gain);
		}
	}
}
