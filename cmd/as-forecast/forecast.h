/* forecast.h - the parts of as-forecast, which forecasts the load of an app from
 * its past.  A load is a number of replicas: a load of 1 keeps one replica busy.
 * Times are in ms. */
#ifndef AS_FORECAST_H
#define AS_FORECAST_H

#include "policy.h"

enum { AS_PERIODS = 4 };

/* errors.c - how far loads were above their forecasts.  An error is load minus
 * forecast.  The errors above 0 are counted in cells.  The first cell begins at an
 * error of 0.01; the errors in each cell are up to 2^(1/4) times those of the cell
 * before. */
enum { AS_CELLS = 80 };

struct as_errors {
	double weight;         /* of a new error; older ones have less */
	double all;            /* sum of all weights, also of errors below 0 */
	int highest;           /* the highest cell that has errors */
	int n;                 /* number of errors; not counted beyond 200 */
	float cells[AS_CELLS]; /* sums of the weights of their errors */
};

/* Adds an error, `after` ms after the last one. */
void as_errors_take(struct as_errors *errors, double error, int64_t after);

/* Returns the error which that share (0 to 1) of all errors do not exceed.  Returns
 * 0 if it is below 0, or if there were fewer than 200 errors. */
double as_errors_quantile(const struct as_errors *errors, double share);

/* season.c - the mean load in each part (5 minutes) of a period, such as a day */
struct as_season {
	int64_t period; /* ms */
	int64_t begin;  /* TIME at which the current part began */
	double sum;     /* of the loads in the current part */
	int32_t n;      /* number of these loads */
	float *means;   /* of each part: its mean + 1; 0: not known */
};

/* Returns the number of parts in a period of so many ms. */
size_t as_season_parts(int64_t period);
void as_season_take(struct as_season *season, int64_t time, double load);

/* Returns the mean load that the part at `time` had in earlier periods, or NaN if
 * there was none. */
double as_season_at(const struct as_season *season, int64_t time);

/* candidates.c - several ways to forecast a load; the one that was best so far is
 * used.  Candidate 0 is the level, which is the smoothed load of now.  Each other
 * candidate has a mean: the slow mean, or that of a period.  Its forecast is its
 * mean at the later time, plus a part of the distance between level and mean now.
 * This part, 0 to 1, is learned: it is how much of such a distance used to
 * remain. */
enum { AS_CANDIDATES = AS_PERIODS + 2 }; /* level, slow mean, periods */

struct as_expected {
	int64_t time;               /* when the forecast was made */
	float load;                 /* the forecast that was used */
	float loads[AS_CANDIDATES]; /* of each candidate; NaN: none */
	float apart[AS_CANDIDATES]; /* level minus mean at that time */
};

struct as_candidates {
	size_t n;    /* number of candidates */
	double slow; /* the slow mean: of about the last hour */
	struct as_season seasons[AS_PERIODS];
	struct as_candidate {
		/* covariance / variance is the part that remains, and error /
		 * weight the mean distance of forecast and load. */
		double covariance, variance;
		double error, weight;
	} each[AS_CANDIDATES];
};

/* Adds a load to the means, `after` ms after the last one. */
void as_candidates_take(
    struct as_candidates *candidates, int64_t time, int64_t after, double load);

/* Forecasts the load at told->time + horizon.  The caller sets told->time, which is
 * now, and level is that of now.  This sets the other members of *told. */
void as_candidates_ask(const struct as_candidates *candidates, double level,
    int64_t horizon, struct as_expected *told);

/* Compares what the candidates forecast for this time, in *told, with the load that
 * came.  The last comparison was `after` ms ago. */
void as_candidates_score(struct as_candidates *candidates,
    const struct as_expected *told, int64_t time, int64_t after, double load);

/* A fading mean forgets old values.  Returns the weight of a value that comes dt ms
 * after the one before: more than half if dt is more than the constant, in ms. */
static inline double
as_gain(int64_t constant, int64_t dt)
{
	return (double)dt / (double)(constant + dt);
}

/* Adds a value with that weight to a fading mean. */
static inline void
as_fade(double *mean, double value, double gain)
{
	*mean += gain * (value - *mean);
}

/* outlook.c - takes the samples of an app, and forecasts its load */
struct as_forecast_settings {
	int64_t horizon; /* how far ahead to forecast, ms */
	int64_t startup; /* ms until a replica serves; 0: all of COUNT serve */
	double saturation; /* a cpu of this or more may hide a higher load */
	double share;      /* this share of loads should be at most `high` */
	size_t n_periods;
	int64_t periods[AS_PERIODS]; /* ms after which the load may repeat */
};

struct as_forecast {
	double load; /* the load to expect a horizon later */
	double high; /* the load will rarely be above this */
};

struct as_outlook; /* all that is known of an app */

struct as_outlook *as_outlook_new(const struct as_forecast_settings *settings);
void as_outlook_free(struct as_outlook *outlook);

/* Takes a sample and returns the forecast from it.  The sample must be later than
 * the last one; count and cpu must be above 0.  ready is above 0, or AS_UNKNOWN if
 * the sample does not say how many replicas serve. */
struct as_forecast as_outlook_take(struct as_outlook *outlook,
    const struct as_forecast_settings *settings, int64_t time, int32_t count,
    int32_t ready, double cpu);

#endif
