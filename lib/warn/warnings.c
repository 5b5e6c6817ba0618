/* warnings.c - warns of what is odd about a decision: once, or once an hour */
#include <math.h>

#include "warn.h"

enum { HOUR = 3600000 };

/* Returns whether the sample says why a reading is missing, with err= or
 * err.N=. */
static bool
has_error(const struct as_line *line)
{
	for (size_t i = 0; i < line->n_pairs; i++) {
		struct as_text key = line->pairs[i].key;

		if (key.len >= 3 && memcmp(key.at, "err", 3) == 0 &&
		    (key.len == 3 || key.at[3] == '.'))
			return true;
	}
	return false;
}

/* Returns whether the warning is due: it was never given, or not for an hour by
 * the TIMEs of the samples.  If it is due, notes that it is given now. */
static bool
is_due(struct as_note *note, enum as_warning warning, int64_t time)
{
	int64_t *last = &note->warned[warning];

	if (*last != 0 && time - *last < HOUR)
		return false;
	*last = time;
	return true;
}

/* Warns of a metric whose name may be mistyped, because it is in no sample and so
 * the count is held for ever.  Warns once, and only if there is no other reason:
 * the sample has other keys but no err=, and has a ready replica that could give a
 * reading. */
static void
warn_absent(struct as_note *note, const struct as_line *line,
    const char *metric, const struct as_decision *decision)
{
	if (note->absent || line->n_pairs == 0 ||
	    as_line_get(line, metric) != NULL || has_error(line) ||
	    (line->count > 0 && decision->ready == 0))
		return;
	note->absent = true;
	as_msg(AS_WARNING, NULL,
	    "%.*s: %s: not in the sample, the count is held",
	    (int)line->app.len, line->app.at, metric);
}

/* Warns if a metric could not be used for an hour, because the count could not go
 * down in all this time. */
static void
warn_held(struct as_note *note, const struct as_line *line,
    const struct as_policy *policy, const char *metric)
{
	if (note->held == 0 || line->time - note->held_last > policy->max_gap)
		note->held = line->time;
	note->held_last = line->time;
	if (line->time - note->held < HOUR ||
	    !is_due(note, AS_WARN_HELD, line->time))
		return;
	as_msg(AS_WARNING, NULL,
	    "%.*s: %s: not usable for %lld min: the count cannot go down "
	    "(fallback.%s would let it)",
	    (int)line->app.len, line->app.at, metric,
	    (long long)(line->time - note->held) / 60000, metric);
}

/* Warns if two samples one after the other come after a gap.  One gap may be an
 * outage. After the second one, ticks seem to be longer than max_gap: then the
 * history begins again at each tick, so the app never scales down. */
static void
warn_gap(struct as_note *note, const struct as_line *line,
    const struct as_policy *policy, int64_t gap)
{
	bool again = note->gap_end != 0 && note->gap_end == line->time - gap;

	note->gap_end = line->time;
	if (!again || !is_due(note, AS_WARN_GAP, line->time))
		return;
	as_msg(AS_WARNING, NULL,
	    "%.*s: ticks of %lld s are longer than max_gap = %u s: windows begin "
	    "again at each, the count never goes down",
	    (int)line->app.len, line->app.at, (long long)gap / 1000,
	    (unsigned)policy->max_gap / 1000);
}

static void
report_implausible(const struct as_line *line, const struct as_metric *metric)
{
	const struct as_pair *pair = as_line_get(line, metric->name);

	if (pair == NULL)
		return;
	if (metric->has_range)
		as_msg(AS_ERROR, NULL,
		    "%.*s: %s=%.*s: outside of range.%s = %g..%g, not used",
		    (int)line->app.len, line->app.at, metric->name,
		    (int)pair->value.len, pair->value.at, metric->name,
		    metric->low, metric->high);
	else
		as_msg(AS_ERROR, NULL,
		    "%.*s: %s=%.*s where the target is %g: a fraction in place "
		    "of a percentage? Not used (see range.%s)",
		    (int)line->app.len, line->app.at, metric->name,
		    (int)pair->value.len, pair->value.at, metric->target,
		    metric->name);
}

/* Warns of a reading over AS_RATIO_ODD times its target.  It may be right, but often
 * it is in another unit than the target. */
static void
warn_ratio(struct as_note *note, const struct as_line *line,
    const struct as_policy *policy, const struct as_decision *decision)
{
	for (size_t i = 0; i < policy->n_metrics; i++) {
		const struct as_metric *metric = &policy->metrics[i];
		const struct as_recommendation *r = &decision->raw[i];

		if (r->usable != AS_USABLE || !metric->kind->has_scale ||
		    isnan(r->ratio) || r->ratio <= AS_RATIO_ODD ||
		    !is_due(note, AS_WARN_RATIO, line->time))
			continue;
		as_msg(AS_WARNING, NULL,
		    "%.*s: %s is %.3g times its target of %g: is it in another "
		    "unit?",
		    (int)line->app.len, line->app.at, metric->name, r->ratio,
		    metric->target);
	}
}

static int
report_all_implausible(const struct as_line *line,
    const struct as_policy *policy, const struct as_decision *decision)
{
	int code = 0;

	for (size_t i = 0; i < policy->n_metrics; i++)
		if (decision->raw[i].usable == AS_IMPLAUSIBLE) {
			report_implausible(line, &policy->metrics[i]);
			code = EX_DATAERR;
		}
	return code;
}

int
as_warnings_check(struct as_note *note, const struct as_line *line,
    const struct as_policy *policy, const struct as_decision *decision)
{
	if (line->count == AS_UNKNOWN)
		return 0;
	if (decision->gap > 0)
		warn_gap(note, line, policy, decision->gap);
	if (decision->by >= 0 &&
	    (decision->why == AS_NO_DATA || decision->why == AS_ZERO_READ)) {
		const char *metric = policy->metrics[decision->by].name;

		if (decision->why == AS_NO_DATA)
			warn_absent(note, line, metric, decision);
		warn_held(note, line, policy, metric);
	}
	if (decision->asked)
		warn_ratio(note, line, policy, decision);
	return policy->doubts ? report_all_implausible(line, policy, decision) :
				0;
}
