/* heart.c - reads the reports and marks of as-apply, and tells systemd that the
 * pipe works */
#include <stdio.h>

#include "log.h"

static void
check_lock(struct as_heart *heart)
{
	if (heart->lock.path == NULL || heart->is_unlocked ||
	    as_lock_is_there(&heart->lock))
		return;
	heart->is_unlocked = true;
	as_events_send(heart->events, as_text("unlocked"));
}

static void
notify_systemd(struct as_heart *heart, struct as_text time)
{
	char status[320];
	const char *why;
	int len = snprintf(status, 64, "tick %.*s: ", (int)time.len, time.at);

	as_counts_print(&heart->counts, heart->journal, status + len, 256);
	why = as_notify_beat(&heart->notify, status);
	if (why != NULL && !heart->notify.failed)
		as_journal_say(
		    heart->journal, AS_WARNING, "NOTIFY_SOCKET: %s", why);
	heart->notify.failed = why != NULL;
}

static void
beat(struct as_heart *heart, int64_t ms, bool fraction)
{
	char buf[AS_STAMP_MAX];
	struct as_text time = {buf, as_time_print(buf, ms, fraction)};

	heart->counts.ticks++;
	if (heart->has_ticks)
		as_events_name(heart->events, "tick", time);
	check_lock(heart);
	notify_systemd(heart, time);
}

/* Reads a mark, and ignores other comments. */
static void
take_comment(struct as_heart *heart, struct as_text line)
{
	int64_t ms;
	/* is_new: no report was the heartbeat of this TIME */
	bool fraction, is_new;

	if (!as_line_mark(line, &ms, &fraction))
		return;
	is_new = heart->has_marks || ms != heart->last_time;
	heart->has_marks = true;
	if (is_new)
		beat(heart, ms, fraction);
}

/* Logs and counts a report.  If as-apply prints no marks, the first report of each
 * TIME is the heartbeat.  Returns NULL, or why the line is not a report. */
static const char *
take_report(struct as_heart *heart, const char *at)
{
	struct as_line *report = &heart->report;
	const char *why = as_line_parse(report, at);

	if (why == NULL)
		why = as_counts_report(&heart->counts, heart->journal, report);
	if (why == NULL && !heart->has_marks &&
	    report->time != heart->last_time) {
		heart->last_time = report->time;
		beat(heart, report->time, report->time % 1000 != 0);
	}
	return why;
}

void
as_heart_line(struct as_heart *heart, const struct as_piece *line)
{
	enum { EXCERPT = 60 };
	struct as_text text = line->text;
	const char *why = line->why;

	heart->heard = as_time_steady();
	if (text.len == 0)
		return;
	if (text.at[0] == '#' && why == NULL) {
		take_comment(heart, text);
		return;
	}
	if (why == NULL)
		why = take_report(heart, text.at);
	if (why != NULL)
		as_journal_say(heart->journal, AS_ERROR, "report: %s: \"%.*s\"",
		    why, text.len < EXCERPT ? (int)text.len : EXCERPT, text.at);
}

void
as_heart_check(struct as_heart *heart, int64_t now)
{
	if (heart->limit == 0 || now - heart->heard < heart->limit)
		return;
	heart->heard = now;
	check_lock(heart);
	as_events_send(heart->events, as_text("silent"));
	if (heart->crew->n > 0)
		as_crew_stop(heart->crew, heart->journal, now, heart->limit);
}
