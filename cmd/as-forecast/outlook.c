/* outlook.c - takes the samples of an app, and forecasts its load.  The section
 * ALGORITHM of as-forecast(1) says how. */
#include "forecast.h"

enum {
	LEVEL = 3750, /* ms; a reading 15 s after the last weighs 0.8 */
	PENDING = 32  /* forecasts whose time has not come, at most */
};

#define MOST 4 /* `high` is above the load by at most 4 times the load */

struct as_outlook {
	int64_t time;   /* TIME of the last sample; -1: none yet */
	int64_t judged; /* TIME when judge last compared a forecast */

	/* The COUNTs of the last `startup` ms, each negated: the smallest is
	 * needed, and a queue finds the largest. */
	struct as_queue counts;
	double level; /* the load of now, smoothed */
	struct as_candidates candidates;
	struct as_errors errors;
	uint32_t first, n_pending;           /* index of the oldest; how many */
	struct as_expected pending[PENDING]; /* to be judged, oldest first */
	float means[];                       /* room for those of seasons */
};

struct as_outlook *
as_outlook_new(const struct as_forecast_settings *settings)
{
	struct as_outlook *outlook;
	size_t parts = 0;

	for (size_t i = 0; i < settings->n_periods; i++)
		parts += as_season_parts(settings->periods[i]);
	outlook = as_mem_need(
	    calloc(1, sizeof(*outlook) + parts * sizeof(float)));
	outlook->time = -1;
	outlook->candidates.n = settings->n_periods + 2;
	parts = 0;
	for (size_t i = 0; i < settings->n_periods; i++) {
		struct as_season *season = &outlook->candidates.seasons[i];

		season->period = settings->periods[i];
		season->means = outlook->means + parts;
		parts += as_season_parts(settings->periods[i]);
	}
	return outlook;
}

void
as_outlook_free(struct as_outlook *outlook)
{
	if (outlook != NULL)
		as_queue_clear(&outlook->counts);
	free(outlook);
}

/* Returns how many replicas serve, where a sample does not say that: the smallest
 * COUNT of the last `startup` ms, because these have had the time to start.  It is
 * at least 1, because a replica that serves gave the reading. */
static int32_t
estimate_ready(struct as_outlook *outlook,
    const struct as_forecast_settings *settings, int64_t time, int32_t count)
{
	struct as_queue *counts = &outlook->counts;
	int32_t least;

	if (settings->startup == 0)
		return count;
	least = -as_queue_max(
	    counts, (uint32_t)time, (uint32_t)settings->startup, -count);
	return least > 0 ? least : 1;
}

/* Returns a guess of the load behind a saturated cpu, which may hide more than the
 * ready replicas can serve: twice as many, or 4 more, or the level if that is still
 * more.  While ready stays the same, further such readings do not raise it. */
static double
unhide(const struct as_outlook *outlook, int32_t ready)
{
	double n = ready, load = n > 4 ? 2 * n : n + 4;

	return load > outlook->level ? load : outlook->level;
}

/* Adds a reading of cpu to the means and the level.  Returns its load. */
static double
take_reading(struct as_outlook *outlook,
    const struct as_forecast_settings *settings, int64_t time, int32_t ready,
    double cpu)
{
	int64_t after = time - outlook->time;
	double load = (cpu < AS_COUNT_MAX ? cpu : AS_COUNT_MAX) * ready;

	if (outlook->time < 0) {
		after = 0;
		outlook->level = outlook->candidates.slow = load;
		outlook->judged = time;
	}
	as_candidates_take(&outlook->candidates, time, after, load);
	outlook->time = time;
	if (cpu >= settings->saturation)
		outlook->level = load = unhide(outlook, ready);
	else
		as_fade(&outlook->level, load, as_gain(LEVEL, after));
	return load;
}

/* Compares with the load of now what was forecast for now.  If the time of several
 * forecasts has come, only the last of them counts. */
static void
judge(struct as_outlook *outlook, int64_t horizon, int64_t time, double load)
{
	const struct as_expected *told = NULL, *next;
	int64_t after = time - outlook->judged;

	for (; outlook->n_pending > 0; outlook->n_pending--) {
		next = &outlook->pending[outlook->first];
		if (time - next->time < horizon)
			break;
		told = next;
		outlook->first = (outlook->first + 1) % PENDING;
	}
	if (told == NULL)
		return;
	as_candidates_score(&outlook->candidates, told, time, after, load);
	as_errors_take(&outlook->errors, load - (double)told->load, after);
	outlook->judged = time;
}

/* Keeps a forecast for judge.  With short ticks it skips some, so that PENDING
 * forecasts are enough for the whole horizon. */
static void
remember(
    struct as_outlook *outlook, int64_t horizon, const struct as_expected *told)
{
	uint32_t next = outlook->first + outlook->n_pending;
	const struct as_expected *last =
	    &outlook->pending[(next - 1) % PENDING];

	if (outlook->n_pending == PENDING ||
	    (outlook->n_pending > 0 &&
		told->time - last->time < horizon / (PENDING - 1)))
		return;
	outlook->pending[next % PENDING] = *told;
	outlook->n_pending++;
}

struct as_forecast
as_outlook_take(struct as_outlook *outlook,
    const struct as_forecast_settings *settings, int64_t time, int32_t count,
    int32_t ready, double cpu)
{
	struct as_expected told = {.time = time};
	double load, spread, most;

	if (time - outlook->time > 2 * settings->horizon) {
		outlook->n_pending = 0;
		as_queue_clear(&outlook->counts);
	}
	if (ready == AS_UNKNOWN)
		ready = estimate_ready(outlook, settings, time, count);
	load = take_reading(outlook, settings, time, ready, cpu);
	judge(outlook, settings->horizon, time, load);
	as_candidates_ask(
	    &outlook->candidates, outlook->level, settings->horizon, &told);
	remember(outlook, settings->horizon, &told);
	spread = as_errors_quantile(&outlook->errors, settings->share);
	load = (double)told.load;
	most = MOST * load;
	return (struct as_forecast){
	    load, load + (spread < most ? spread : most)};
}
