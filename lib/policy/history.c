/* history.c - what is remembered of one app */
#include <math.h>

#include "policy.h"

struct as_more *
as_history_more(struct as_history *app)
{
	if (app->more == NULL) {
		app->more = as_mem_need(calloc(1, sizeof(*app->more)));
		app->more->panicked = -1;
	}
	return app->more;
}

static void
forget_samples(struct as_history *app)
{
	as_queue_clear(&app->highest);
	as_queue_clear(&app->changes);
	if (app->more == NULL)
		return;
	as_queue_clear(&app->more->lowest);
	as_queue_clear(&app->more->counts);
	for (size_t i = 0; i < AS_METRICS; i++)
		free(app->more->series[i].at);
	free(app->more);
	app->more = NULL;
}

void
as_history_confirm(struct as_history *app)
{
	if (app->aside != NULL)
		forget_samples(app->aside);
	free(app->aside);
	app->aside = NULL;
}

void
as_history_free(struct as_history *app)
{
	forget_samples(app);
	as_history_confirm(app);
}

void
as_history_begin(struct as_history *app)
{
	*app = (struct as_history){
	    .time = -1, .count = AS_UNKNOWN, .decided = AS_UNKNOWN};
}

int32_t
as_history_lowest(struct as_history *app, const struct as_policy *policy,
    uint32_t now, int32_t want)
{
	return -as_queue_max(
	    &as_history_more(app)->lowest, now, policy->up.window, -want);
}

/* Drops from all queues what is too old, `gap` ms after the last sample with a
 * COUNT. */
static inline void
expire(struct as_history *app, const struct as_policy *policy, int64_t gap)
{
	uint32_t then = (uint32_t)app->counted;

	as_queue_pause(&app->changes, then, gap, policy->memory);
	as_queue_pause(&app->highest, then, gap, policy->down.window);
	if (app->more == NULL)
		return;
	as_queue_pause(&app->more->lowest, then, gap, policy->up.window);
	as_queue_pause(&app->more->counts, then, gap, policy->startup);
}

/* fallback.NAME waits for a time without a usable reading.  This time begins when
 * the app is first seen, with a COUNT or without. */
void
as_history_meet(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample)
{
	for (size_t i = 0; i < policy->n_metrics; i++)
		as_history_more(app)->usable[i] = sample->time;
}

/* When the app is first seen, and after a long silence, the recommendations of the
 * windows are unknown.  COUNT takes their place, so the first sample does not
 * scale down at once. */
static void
begin_again(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample)
{
	uint32_t now = (uint32_t)sample->time;
	int32_t count = (int32_t)sample->count;

	if (app->count != AS_UNKNOWN)
		forget_samples(app);
	if (policy->minds && (app->count != AS_UNKNOWN || app->time < 0))
		as_history_meet(app, policy, sample);
	app->decided = AS_UNKNOWN;
	if (policy->down.window > 0)
		as_queue_push(&app->highest, (struct as_entry){now, count});
	if (policy->up.window > 0)
		as_queue_push(&as_history_more(app)->lowest,
		    (struct as_entry){now, -count});
}

/* If COUNT changed to the count decided last, the change has the TIME of that
 * decision.  Any other change has the TIME of the sample that shows it. */
static inline void
note_change(struct as_history *app, uint32_t now, int32_t count)
{
	as_queue_push(&app->changes,
	    (struct as_entry){count == app->decided ? app->decided_time : now,
		count - app->count});
}

int64_t
as_history_count(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample)
{
	int32_t count = (int32_t)sample->count;
	int64_t gap = 0;

	if (app->count == AS_UNKNOWN) {
		begin_again(app, policy, sample);
	} else if (sample->time - app->counted > policy->max_gap) {
		gap = sample->time - app->counted;
		begin_again(app, policy, sample);
	} else {
		expire(app, policy, sample->time - app->counted);
		if (count != app->count)
			note_change(app, (uint32_t)sample->time, count);
	}
	app->count = count;
	app->counted = sample->time;
	return gap;
}

void
as_history_decided(struct as_history *app, int64_t time, int64_t count)
{
	if (count == AS_UNKNOWN)
		return;
	app->decided = (int32_t)count;
	app->decided_time = (uint32_t)time;
}

/* The smallest COUNT of the last `startup` ms: these replicas have started.
 * There is a reading, so one replica at least is ready even if COUNT was 0 just
 * before. */
static int32_t
take_startup(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample)
{
	uint32_t now = (uint32_t)sample->time;
	struct as_queue *counts = &as_history_more(app)->counts;
	int32_t least;

	least = -as_queue_max(
	    counts, now, policy->startup, -(int32_t)sample->count);
	return least > 0 ? least : 1;
}

/* A sample whose activity is unknown restarts the idle timer: idle means seen
 * idle throughout. */
static void
take_activity(struct as_history *app, const struct as_policy *policy,
    struct as_sample *sample)
{
	struct as_more *seen = as_history_more(app);
	bool quiet;

	sample->activity = sample->count == AS_UNKNOWN ?
	    AS_UNSURE :
	    as_idle_activity(policy, sample, &sample->acting);
	quiet = sample->activity == AS_QUIET;
	if (quiet && !seen->quiet)
		seen->quiet_since = sample->time;
	seen->quiet = quiet;
	if (quiet && sample->time - seen->quiet_since >= policy->idle)
		sample->activity = AS_IDLE;
}

int32_t
as_history_watch(struct as_history *app, const struct as_policy *policy,
    struct as_sample *sample)
{
	int32_t started = AS_COUNT_MAX;

	if (policy->startup > 0 && sample->count != AS_UNKNOWN)
		started = take_startup(app, policy, sample);
	if (policy->idle > 0)
		take_activity(app, policy, sample);
	return started;
}

double
as_history_mean(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, size_t i)
{
	struct as_series *series = &as_history_more(app)->series[i];

	if (as_metric_usable(policy, i, sample) != AS_USABLE)
		return NAN;
	as_average_add(
	    series, sample->time, policy->average, sample->values[i]);
	return as_average_mean(series, sample->time, policy->average);
}
