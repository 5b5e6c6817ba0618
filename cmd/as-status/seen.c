/* seen.c - collects what the lines of the logs say of one app */
#include <stdio.h>

#include "status.h"

void
as_seen_begin(struct as_seen *seen, const struct as_policy *policy)
{
	memset(seen, 0, sizeof(*seen));
	seen->policy = policy;
	seen->time = seen->counted = seen->changed = -1;
	seen->why_since = seen->max_since = -1;
	seen->count = seen->more = AS_UNKNOWN;
	seen->want = AS_UNKNOWN;
}

/* Copies a value as a string, as much of it as fits. */
static void
keep_word(char *to, size_t room, const struct as_pair *pair)
{
	size_t len = pair != NULL ? pair->value.len : 0;

	if (len >= room)
		len = room - 1;
	if (len > 0)
		memcpy(to, pair->value.at, len);
	to[len] = '\0';
}

/* Adds an entry, and drops those that are too old to matter. */
static void
remember(struct as_queue *queue, int64_t time, int32_t value)
{
	as_queue_expire(queue, (uint32_t)time, AS_STATUS_SPAN);
	as_queue_push(queue, (struct as_entry){(uint32_t)time, value});
}

static void
take_count(struct as_seen *seen, const struct as_line *line)
{
	int32_t count = (int32_t)line->count;

	if (seen->count != AS_UNKNOWN && seen->count != count) {
		remember(
		    &seen->changes, line->time, count > seen->count ? 1 : -1);
		seen->changed = line->time;
		seen->from = seen->count;
	}
	seen->count = count;
	seen->counted = line->time;
}

/* Returns the metric that led to the last decision; without one, the first. */
static size_t
metric_of(const struct as_seen *seen)
{
	const struct as_policy *policy = seen->policy;

	for (size_t i = 0; i < policy->n_metrics; i++)
		if (strcmp(policy->metrics[i].name, seen->by) == 0)
			return i;
	return 0;
}

/* Computes what the metric asks for now, without means and windows. */
static const char *
take_load(struct as_seen *seen, struct as_line *line)
{
	const struct as_policy *policy = seen->policy;
	size_t i = metric_of(seen);
	struct as_sample sample;
	const char *why = as_sample_read(&sample, policy, line);

	seen->has_load = false;
	if (why != NULL || sample.count == AS_UNKNOWN)
		return why;
	as_sample_complete(&sample, policy->n_metrics, AS_COUNT_MAX);
	seen->value = sample.values[i];
	seen->load = (struct as_recommendation){
	    .usable = as_metric_usable(policy, i, &sample), .ratio = NAN};
	if (seen->load.usable == AS_USABLE)
		as_metric_recommend(
		    policy, i, &sample, seen->value, &seen->load);
	seen->has_load = seen->load.usable == AS_USABLE;
	return NULL;
}

const char *
as_seen_sample(struct as_seen *seen, struct as_line *line)
{
	const char *why = seen->policy != NULL ? take_load(seen, line) : NULL;

	if (why != NULL)
		return why;
	if (seen->time >= 0 && line->time > seen->time) {
		memmove(seen->gaps + 1, seen->gaps,
		    sizeof(seen->gaps) - sizeof(seen->gaps[0]));
		seen->gaps[0] = line->time - seen->time;
	}
	seen->time = line->time;
	keep_word(seen->err, sizeof(seen->err), as_line_get(line, "err"));
	if (line->count != AS_UNKNOWN)
		take_count(seen, line);
	return NULL;
}

void
as_seen_decision(struct as_seen *seen, const struct as_line *line)
{
	char before[AS_SEEN_WORD];

	memcpy(before, seen->why, sizeof(before));
	keep_word(seen->why, sizeof(seen->why), as_line_get(line, "why"));
	keep_word(seen->by, sizeof(seen->by), as_line_get(line, "by"));
	if (seen->why_since < 0 || strcmp(before, seen->why) != 0)
		seen->why_since = line->time;
	if (line->count != AS_UNKNOWN && strcmp(seen->why, "max") != 0)
		seen->max_since = -1;
	else if (line->count != AS_UNKNOWN && seen->max_since < 0)
		seen->max_since = line->time;
	seen->want = line->count;
	seen->more = as_line_count(line, "want", AS_UNKNOWN);
}

/* Says why a report was not applied. */
static void
take_reason(struct as_seen *seen, const struct as_line *line)
{
	const struct as_pair *reason = as_line_get(line, "why");
	const struct as_pair *status = as_line_get(line, "http");

	if (reason == NULL)
		reason = as_line_get(line, "err");
	if (reason == NULL && status != NULL)
		snprintf(seen->reason, sizeof(seen->reason), "http-%.*s",
		    (int)status->value.len, status->value.at);
	else
		keep_word(seen->reason, sizeof(seen->reason), reason);
}

void
as_seen_report(struct as_seen *seen, const struct as_line *line)
{
	if (as_line_get(line, "other") != NULL)
		remember(&seen->others, line->time, 1);
	if (as_line_says(line, "applied", "refused") ||
	    as_line_says(line, "applied", "failed") ||
	    as_line_says(line, "applied", "unknown")) {
		seen->unapplied++;
		keep_word(seen->applied, sizeof(seen->applied),
		    as_line_get(line, "applied"));
		take_reason(seen, line);
	} else if (!as_line_says(line, "applied", "hold") &&
	    !as_line_says(line, "applied", "superseded")) {
		seen->unapplied = 0;
	}
}

/* The middle one of the last three gaps, because one of them may be a pause or a
 * start at an odd moment. */
int64_t
as_seen_rhythm(const struct as_seen *seen)
{
	const int64_t *gap = seen->gaps;
	int64_t low = gap[0] < gap[1] ? gap[0] : gap[1];
	int64_t high = gap[0] < gap[1] ? gap[1] : gap[0];

	if (gap[2] == 0)
		return low > 0 ? low : high;
	return gap[2] < low ? low : gap[2] > high ? high : gap[2];
}
