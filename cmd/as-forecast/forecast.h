/* forecast.h - forecasts an app's load from its own past.  Times are in ms; a load
 * is in replicas: a load of 1 keeps one replica busy. */
#ifndef AS_FORECAST_H
#define AS_FORECAST_H

#include "policy.h"

enum { AS_PERIODS = 4 };

/* errors.c - by how much loads were above their forecasts.  An error is load minus
 * forecast. */
enum { AS_CELLS = 80 }; /* each cell is a quarter octave of errors, from 0.01 */

struct as_errors {
	double weight; /* of a new error; older ones have less */
	double all;    /* weights of all errors, also of those below 0 */
	int highest;   /* the highest cell in use */
	int n;         /* errors so far, but at most ENOUGH */
	float cells[AS_CELLS]; /* weights of the errors in each */
};

/* Adds an error, `after` ms after the last one. */
void as_errors_take(struct as_errors *errors, double error, int64_t after);

/* Returns the quantile: `share` of the errors are at most this.  Returns 0 if it is
 * below 0, or while few errors are known. */
double as_errors_quantile(const struct as_errors *errors, double share);

/* season.c - the mean load in each part of a period */
struct as_season {
	int64_t period;
	int64_t begin; /* of the part of now */
	double sum;    /* of the loads in the part of now */
	int32_t n;     /* loads in sum */
	float *means;  /* of each part: its mean + 1; 0: not known */
};

size_t as_season_parts(int64_t period);
void as_season_take(struct as_season *season, int64_t time, double load);
/* The mean at that time in the period; NAN: not known */
double as_season_at(const struct as_season *season, int64_t time);

/* candidates.c - several ways to forecast the load at a later time; the best one
 * so far is used.  Candidate 0 is the level of now.  Each other candidate is a
 * mean: it takes the mean at the later time, and adds a part of the difference of
 * level and mean now.  This part is learned: it is how much of such a difference
 * lasted. */
enum { AS_CANDIDATES = AS_PERIODS + 2 }; /* level, slow mean, periods */

struct as_expected {
	int64_t time;               /* when the forecast was made */
	float load;                 /* the forecast that was used */
	float loads[AS_CANDIDATES]; /* of each candidate; NAN: none */
	float apart[AS_CANDIDATES]; /* level minus mean at that time */
};

struct as_candidates {
	size_t n;
	double slow; /* the slow mean */
	struct as_season seasons[AS_PERIODS];
	struct as_candidate {
		/* Their ratio is the part that lasts */
		double covariance, variance;
		double error, weight; /* error / weight is the mean error */
	} each[AS_CANDIDATES];
};

/* Adds a load, `after` ms after the last one. */
void as_candidates_take(
    struct as_candidates *candidates, int64_t time, int64_t after, double load);

/* Forecasts the load at told->time + horizon from the level at told->time. */
void as_candidates_ask(const struct as_candidates *candidates, double level,
    int64_t horizon, struct as_expected *told);

/* Compares a forecast for this time with the load that came.  The last comparison
 * was `after` ms ago. */
void as_candidates_score(struct as_candidates *candidates,
    const struct as_expected *told, int64_t time, int64_t after, double load);

/* The weight of a new value in a mean that fades with this time constant, dt ms
 * after the value before */
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

/* outlook.c - takes the samples of an app, and forecasts its load */
struct as_forecast_settings {
	int64_t horizon;
	int64_t startup; /* ms until a replica serves; 0: all of COUNT serve */
	double saturation; /* a cpu of this or more may hide a higher load */
	double share;      /* this share of loads should be at most `high` */
	size_t n_periods;
	int64_t periods[AS_PERIODS];
};

struct as_forecast {
	double load; /* to expect after the horizon */
	double high; /* the load will rarely be above this */
};

struct as_outlook; /* all that is known of an app */

struct as_outlook *as_outlook_new(const struct as_forecast_settings *settings);
void as_outlook_free(struct as_outlook *outlook);

/* Takes a sample, which must be later than the last one, with a count > 0.  ready
 * may be AS_UNKNOWN. */
struct as_forecast as_outlook_take(struct as_outlook *outlook,
    const struct as_forecast_settings *settings, int64_t time, int32_t count,
    int32_t ready, double cpu);

#endif
