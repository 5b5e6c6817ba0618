/* app.c - what is remembered of one app */
#include <math.h>

#include "policy.h"

struct as_more {
	struct as_queue lowest; /* of the up window, negated */
	struct as_queue counts; /* of the last startup, negated */
	bool quiet;             /* since then nothing was to do */
	int64_t quiet_since;
	struct as_series series[AS_METRICS];
};

static struct as_more *
more(struct as_history *app)
{
	if (app->more == NULL)
		app->more = as_mem_need(calloc(1, sizeof(*app->more)));
	return app->more;
}

void
as_history_free(struct as_history *app)
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
as_history_begin(struct as_history *app)
{
	*app = (struct as_history){.time = -1, .count = AS_UNKNOWN};
}

void
as_history_remember(struct as_history *app, const struct as_policy *policy,
    uint32_t now, int32_t want, int32_t *low, int32_t *high)
{
	*low = *high = want;
	if (policy->down.window > 0)
		*high = as_queue_max(&app->highest, now, want);
	if (policy->up.window > 0)
		*low = -as_queue_max(&more(app)->lowest, now, -want);
}

/* What nobody asked about for 49 days would seem young again. */
static inline void
expire(struct as_history *app, const struct as_policy *policy, uint32_t now)
{
	as_queue_expire(&app->changes, now, policy->memory);
	as_queue_expire(&app->highest, now, policy->down.window);
	if (app->more != NULL)
		as_queue_expire(&app->more->lowest, now, policy->up.window);
}

static void
begin_again(struct as_history *app, const struct as_policy *policy,
    uint32_t now, int32_t count)
{
	as_history_free(app);
	if (policy->down.window > 0)
		as_queue_push(&app->highest, (struct as_entry){now, count});
	if (policy->up.window > 0)
		as_queue_push(
		    &more(app)->lowest, (struct as_entry){now, -count});
}

/* What COUNT did since the last sample, whoever did it, is what the rate
 * limits and cooldowns look at.  At first sight, and after a silence, COUNT
 * stands for the recommendations that were not seen. */
void
as_history_take_count(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample)
{
	uint32_t now = (uint32_t)sample->time;
	int32_t count = (int32_t)sample->count;

	if (app->count == AS_UNKNOWN ||
	    sample->time - app->counted > policy->max_gap) {
		begin_again(app, policy, now, count);
	} else {
		expire(app, policy, now);
		if (count != app->count)
			as_queue_push(&app->changes,
			    (struct as_entry){now, count - app->count});
	}
	app->count = count;
	app->counted = sample->time;
}

static void
take_startup(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample)
{
	uint32_t now = (uint32_t)sample->time;

	as_queue_expire(&more(app)->counts, now, policy->startup);
	as_queue_max(&app->more->counts, now, -(int32_t)sample->count);
}

/* A sample that does not tell starts the time anew, as if there were something
 * to do: what is quiet was seen to be so all the time. */
static void
take_activity(struct as_history *app, const struct as_policy *policy,
    struct as_sample *sample)
{
	struct as_more *seen = more(app);
	bool quiet;

	sample->activity = sample->count == AS_UNKNOWN ?
	    AS_UNSURE :
	    as_idle_activity(policy, sample, &sample->acting);
	quiet = sample->activity == AS_QUIET;
	if (quiet && !seen->quiet)
		seen->quiet_since = sample->time;
	seen->quiet = quiet;
	if (quiet && sample->min == 0 &&
	    (sample->count == 0 ||
		sample->time - seen->quiet_since >= policy->idle))
		sample->activity = AS_IDLE;
	else if (sample->count > 0 && sample->min == 0)
		sample->min = 1;
}

void
as_history_watch(struct as_history *app, const struct as_policy *policy,
    struct as_sample *sample)
{
	if (policy->startup > 0 && sample->count != AS_UNKNOWN)
		take_startup(app, policy, sample);
	if (policy->idle > 0)
		take_activity(app, policy, sample);
}

/* A replica that starts is unready: idle when the ratio goes up, left out when
 * it goes down, as the HPA has it for those that a sample tells of.  A reading
 * is of somebody, so of a COUNT that was 0 lately one is ready. */
static void
estimate_ready(const struct as_history *app, struct as_sample *sample)
{
	int32_t least = -as_queue_first(&app->more->counts)->value;
	int64_t rest = sample->count - sample->unready - sample->missing;

	least = least > 0 ? least : 1;
	if (sample->ready != AS_UNKNOWN || rest <= least)
		return;
	sample->unready += (int32_t)rest - least;
	sample->ready = least;
}

static void
average(struct as_history *app, const struct as_policy *policy,
    struct as_sample *sample)
{
	for (size_t i = 0; i < policy->n_metrics; i++) {
		double value = sample->values[i];

		if (!isnan(value) && (value > 0 || policy->zero_ok))
			sample->values[i] = as_average_mean(
			    &more(app)->series[i], sample->time,
			    policy->average, value);
	}
}

void
as_history_refine(struct as_history *app, const struct as_policy *policy,
    struct as_sample *sample)
{
	if (policy->startup > 0)
		estimate_ready(app, sample);
	if (policy->average > 0)
		average(app, policy, sample);
}
