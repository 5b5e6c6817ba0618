/* forecast.h - what an app's load will be, as far as its own past tells; times
 * are milliseconds, loads are in replicas: 1 keeps one of them busy */
#ifndef AS_FORECAST_H
#define AS_FORECAST_H

#include "policy.h"

enum { AS_PERIODS = 4 };

/* errors.c - by how much loads were above their forecasts lately */
enum { AS_CELLS = 80 }; /* a quarter octave each, from 0.01 */

struct as_errors {
	double weight; /* of an error of now; older ones weigh less */
	double all;    /* weights of all, of those below 0 as well */
	int highest;   /* cell in use */
	int n;         /* errors taken, up to as many as are enough */
	float cells[AS_CELLS];
};

/* Takes an error that is so much later than the last one. */
void as_errors_take(struct as_errors *errors, double error, int64_t after);

/* That share of the errors is at most so high; 0 where it is below 0, or as
 * long as few are known. */
double as_errors_quantile(const struct as_errors *errors, double share);

/* season.c - the mean load in each part of a period */
struct as_season {
	int64_t period;
	int64_t begin; /* of the part that is being averaged */
	double sum;
	int32_t n;
	float *means; /* of each part, and 1; 0: not known */
};

size_t as_season_parts(int64_t period);
void as_season_take(struct as_season *season, int64_t time, double load);
double as_season_at(const struct as_season *season, int64_t time); /* or NAN */

/* candidates.c - ways to tell the load, of which the best so far is asked: it is
 * the level of now; or what a mean will be then, and that part of what the level
 * is apart from the mean now which used to stay */
enum { AS_CANDIDATES = AS_PERIODS + 2 }; /* level, slow mean, periods */

struct as_expected {
	int64_t time; /* when */
	float load;
	float loads[AS_CANDIDATES]; /* NAN: none */
	float apart[AS_CANDIDATES];
};

struct as_candidates {
	size_t n;
	double slow;
	struct as_season seasons[AS_PERIODS];
	struct as_candidate {
		double covariance, variance; /* their ratio is that part */
		double error, weight;        /* the ratio is the mean error */
	} each[AS_CANDIDATES];
};

/* Takes a load, so much later than the last one. */
void as_candidates_take(
    struct as_candidates *candidates, int64_t time, int64_t after, double load);

/* Tells the load at time + horizon from the level at told->time. */
void as_candidates_ask(const struct as_candidates *candidates, double level,
    int64_t horizon, struct as_expected *told);

/* Compares what was told for this time with what came, so long after the last
 * time. */
void as_candidates_score(struct as_candidates *candidates,
    const struct as_expected *told, int64_t time, int64_t after, double load);

/* Means fade: with a constant of so long, what is new after dt has this part. */
static inline double
as_gain(int64_t constant, int64_t dt)
{
	return (double)dt / (double)(constant + dt);
}

static inline void
as_fade(double *mean, double value, double gain)
{
	*mean += gain * (value - *mean);
}

/* forecast.c - the fold over an app's samples */
struct as_forecast_settings {
	int64_t horizon;
	int64_t startup;   /* of a replica; 0: all of COUNT serve */
	double saturation; /* such a cpu may hide more */
	double share;      /* of loads that are at most high */
	size_t n_periods;
	int64_t periods[AS_PERIODS];
};

struct as_forecast {
	double load; /* to expect HORIZON ahead */
	double high; /* hardly more than this */
};

struct as_outlook; /* what is known of an app */

struct as_outlook *as_outlook_new(const struct as_forecast_settings *settings);
void as_outlook_free(struct as_outlook *outlook);

/* Takes a sample, later than the last one, with its count > 0; ready may be
 * AS_UNKNOWN. */
struct as_forecast as_outlook_take(struct as_outlook *outlook,
    const struct as_forecast_settings *settings, int64_t time, int32_t count,
    int32_t ready, double cpu);

#endif
