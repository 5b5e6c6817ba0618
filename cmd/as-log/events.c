/* events.c - writes events for as-loop, and keeps them while as-loop is busy */
#include <stdio.h>

#include "log.h"

enum { WAITING_MAX = AS_LINE_MAX };

void
as_events_flush(struct as_events *events)
{
	struct as_buf *waiting = &events->waiting;
	size_t n;

	if (waiting->len == 0 && events->out.n_rest == 0)
		return;
	n = as_sink_write(
	    &events->out, (struct as_text){waiting->at, waiting->len});
	waiting->len -= n;
	if (waiting->len > 0)
		memmove(waiting->at, waiting->at + n, waiting->len);
}

void
as_events_send(struct as_events *events, struct as_text line)
{
	if (events->waiting.len + line.len >= WAITING_MAX) {
		events->n_dropped++;
		return;
	}
	as_buf_add(&events->waiting, line.at, line.len);
	as_buf_puts(&events->waiting, "\n");
}

void
as_events_name(struct as_events *events, const char *event, struct as_text of)
{
	struct as_buf line = {0};

	as_buf_puts(&line, event);
	as_buf_puts(&line, " ");
	as_buf_add(&line, of.at, of.len);
	as_events_send(events, (struct as_text){line.at, line.len});
	free(line.at);
}

void
as_events_check(struct as_events *events, int64_t now)
{
	char line[32];

	if (events->wake_at == 0 || now < events->wake_at)
		return;
	events->wake_at = 0;
	snprintf(line, sizeof(line), "wake %d", (int)events->wake);
	as_events_send(events, as_text(line));
}

void
as_events_report(struct as_events *events, struct as_journal *journal)
{
	if (events->n_dropped == 0 || events->waiting.len > 0)
		return;
	as_journal_say(journal, AS_ERROR,
	    "%lld events dropped: nothing read them",
	    (long long)events->n_dropped);
	events->n_dropped = 0;
}
