/* trouble.c - what is wrong with an app, in words */
#include <stdarg.h>
#include <stdio.h>

#include "status.h"

enum {
	SECOND = 1000,
	MINUTE = 60 * SECOND,
	TICKS = 3,    /* so many samples may be missing */
	IN_A_ROW = 3, /* so many reports that were not applied are too many */
	AT_MAX = 15 * MINUTE, /* so long at max is too long */
	LATELY = 10 * MINUTE, /* the time in which changes are counted */
	TURNS = 3, /* so often up and down, or down and up, is flapping */
};

/* From the best to the worst */
enum rank {
	FINE,
	FLAPPING,
	OTHERS,
	AT_A_BOUND,
	NOT_USABLE,
	NOT_APPLIED,
	NO_DATA,
	NO_SAMPLE = AS_TROUBLE_SILENT
};

struct finding {
	struct as_buf *words;
	int rank;
};

static void AS_FORMAT(3)
    add(struct finding *finding, enum rank rank, const char *fmt, ...)
{
	char text[160];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (finding->words->len > 0)
		as_buf_puts(finding->words, "; ");
	as_buf_puts(finding->words, text);
	if ((int)rank > finding->rank)
		finding->rank = (int)rank;
}

/* How long an app may be without data: a minute or three of its ticks */
static int64_t
patience(const struct as_seen *seen)
{
	int64_t ticks = TICKS * as_seen_rhythm(seen);

	return ticks > MINUTE ? ticks : MINUTE;
}

static const char *
span(int64_t ms)
{
	static char buf[AS_SPAN_SIZE];

	return as_span_print(buf, ms, " ");
}

/* Returns whether there are no data, which explains most other troubles. */
static bool
find_silence(struct finding *finding, const struct as_seen *seen, int64_t now)
{
	if (seen->time < 0)
		add(finding, NO_SAMPLE, "no sample");
	else if (now - seen->time >= patience(seen))
		add(finding, NO_SAMPLE, "no sample for %s",
		    span(now - seen->time));
	else if (seen->counted < 0)
		add(finding, NO_DATA, "no data: %s", seen->err);
	else if (now - seen->counted >= patience(seen))
		add(finding, NO_DATA, "no data for %s: %s",
		    span(now - seen->counted), seen->err);
	else
		return false;
	return true;
}

static void
find_unapplied(struct finding *finding, const struct as_seen *seen)
{
	if (seen->unapplied >= IN_A_ROW)
		add(finding, NOT_APPLIED, "%s %d times: %s", seen->applied,
		    (int)seen->unapplied, seen->reason);
}

/* What why= says of the reading of a metric */
static const char *
fault_of(const char *why)
{
	static const char *const words[][2] = {{"no-data", "has no reading"},
	    {"zero", "reads 0"}, {"range", "is out of range"},
	    {"fallback", "is replaced by its fallback"}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(why, words[i][0]) == 0)
			return words[i][1];
	return NULL;
}

static void
find_unusable(struct finding *finding, const struct as_seen *seen, int64_t now)
{
	const char *fault = fault_of(seen->why);
	const char *by = seen->by[0] != '\0' ? seen->by : "each metric";
	int64_t lasts = now - seen->why_since;

	if (fault != NULL && lasts >= patience(seen))
		add(finding, NOT_USABLE, "%s %s for %s", by, fault,
		    span(lasts));
}

/* Sets *want to the count that the app would have without its max.  Returns false
 * if it does not want more than it has. */
static bool
wants_more(const struct as_seen *seen, int32_t *want)
{
	*want = seen->more;
	if (*want == AS_UNKNOWN && seen->has_load)
		*want = seen->load.count;
	return *want == AS_UNKNOWN || *want > seen->count;
}

static void
find_max(struct finding *finding, const struct as_seen *seen, int64_t now)
{
	int64_t lasts = now - seen->max_since;
	int32_t want;

	if (seen->max_since < 0 || lasts < AT_MAX || !wants_more(seen, &want))
		return;
	if (want == AS_UNKNOWN)
		add(finding, AT_A_BOUND, "at max for %s and wants more",
		    span(lasts));
	else
		add(finding, AT_A_BOUND, "at max for %s and wants %d",
		    span(lasts), (int)want);
}

static void
find_others(struct finding *finding, struct as_seen *seen, int64_t now)
{
	as_queue_expire(&seen->others, (uint32_t)now, LATELY);
	if (seen->others.len == 1)
		add(finding, OTHERS, "somebody else orders: once");
	else if (seen->others.len > 1)
		add(finding, OTHERS, "somebody else orders: %u times",
		    (unsigned)seen->others.len);
}

/* Steps in one direction are a load that rises or falls.  Turns are not. */
static void
find_flapping(struct finding *finding, struct as_seen *seen, int64_t now)
{
	const struct as_entry *change;
	int turns = 0;

	as_queue_expire(&seen->changes, (uint32_t)now, LATELY);
	change = as_queue_first(&seen->changes);
	for (uint32_t i = 1; i < seen->changes.len; i++)
		turns += change[i].value != change[i - 1].value;
	if (turns >= TURNS)
		add(finding, FLAPPING, "flapping: %u changes in %s",
		    (unsigned)seen->changes.len, span(LATELY));
}

int
as_trouble_find(struct as_seen *seen, int64_t now, struct as_buf *words)
{
	struct finding finding = {words, FINE};

	if (now < seen->time) /* The clock of the loop is ahead. */
		now = seen->time;
	if (find_silence(&finding, seen, now))
		return finding.rank;
	find_unapplied(&finding, seen);
	find_unusable(&finding, seen, now);
	find_max(&finding, seen, now);
	find_others(&finding, seen, now);
	find_flapping(&finding, seen, now);
	return finding.rank;
}
