/* candidates.c - several ways to forecast a load; the one that was best is used */
#include <math.h>

#include "forecast.h"

/* Time constants in ms: of the slow mean, and of what is known about candidates */
enum { SLOW = 3600000, TRUST = 30000000 };

/* The weight that a candidate has after 50 minutes.  With less it is not used. */
#define TRUSTED 0.1

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

/* The forecast is never below the level of now.  Replicas that a falling load no
 * longer needs can end at once, so nobody has to know of the fall before. */
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
