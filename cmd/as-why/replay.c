/* replay.c - decides the samples of one app again, up to a moment */
#include "why.h"

/* Returns how many replicas have started by the key startup: what the history has
 * just found for this sample. */
static int32_t
started(struct as_history *app, const struct as_policy *policy)
{
	int32_t least;

	if (policy->startup == 0 || app->more == NULL ||
	    app->more->counts.len == 0)
		return AS_COUNT_MAX;
	least = -as_queue_first(&app->more->counts)->value;
	return least > 0 ? least : 1;
}

static void
see_activity(struct as_sample *sample, const struct as_history *app,
    const struct as_policy *policy)
{
	sample->activity = sample->count == AS_UNKNOWN ?
	    AS_UNSURE :
	    as_idle_activity(policy, sample, &sample->acting);
	if (sample->activity == AS_QUIET &&
	    sample->time - app->more->quiet_since >= policy->idle)
		sample->activity = AS_IDLE;
}

/* Reads the sample of the last line once more: the engine keeps none. */
static void
read_sample(struct as_replay *replay)
{
	const struct as_policy *policy = replay->fold.policy;
	struct as_history *app = as_replay_history(replay);
	struct as_sample *sample = &replay->sample;

	as_sample_read(sample, policy, &replay->line);
	if (sample->count != AS_UNKNOWN)
		as_sample_complete(
		    sample, policy->n_metrics, started(app, policy));
	if (policy->idle > 0)
		see_activity(sample, app, policy);
}

/* times has the TIMEs of the last three lines, the newest last. */
static void
note_time(struct as_replay *replay, int64_t times[3])
{
	const struct as_line *line = &replay->line;

	times[0] = times[1];
	times[1] = times[2];
	times[2] = line->time;
	if (replay->begin == 0)
		replay->begin = line->time;
	if (replay->met == 0 && line->count != AS_UNKNOWN) {
		replay->met = line->time;
		replay->met_count = line->count;
	}
}

static void
see_tick(struct as_replay *replay, const int64_t times[3])
{
	int64_t last = times[2] - times[1], before = times[1] - times[0];

	if (times[1] > 0)
		replay->tick = last;
	if (times[0] > 0 && before > 0 && before < last)
		replay->tick = before;
}

/* A line may have a NUL in it: it is no string. */
static const char *
next_line(const char *p, const char *end)
{
	return (const char *)memchr(p, '\n', (size_t)(end - p)) + 1;
}

void
as_replay_run(struct as_replay *replay, const struct as_policy *policy,
    const struct as_buf *lines)
{
	const char *p = lines->at, *end = p + lines->len;
	int64_t times[3] = {0};
	int level = as_msg_level(AS_ERROR);

	*replay = (struct as_replay){
	    .fold = {.policy = policy, .explain = true, .crowd = SIZE_MAX}};
	for (; p < end; p = next_line(p, end)) {
		struct as_line *line = &replay->line;

		replay->why = as_line_parse(line, p);
		if (replay->why == NULL)
			replay->why = as_fold_line(
			    &replay->fold, line, &replay->decision);
		if (replay->why == NULL)
			note_time(replay, times);
	}
	if (replay->why == NULL)
		read_sample(replay);
	see_tick(replay, times);
	as_msg_level(level);
}

void
as_replay_free(struct as_replay *replay)
{
	as_fold_free(&replay->fold);
	free(replay->line.pairs);
}
