/* obey.c - carries out the commands that as-loop sends among the messages */
#include "log.h"

/* The commands pid and exit are sent back to as-loop as events, since as-loop reads
 * only events.  The others are only for as-log. */
void
as_obey_command(struct as_heart *heart, const struct as_command *command,
    struct as_text line)
{
	struct as_events *events = heart->events;
	int64_t now = as_time_steady();

	switch (command->what) {
	case AS_COMMAND_PID:
		if (command->generation != heart->crew->newest)
			heart->journal->errors.len = 0;
		as_crew_add(heart->crew, command);
		break;
	case AS_COMMAND_EXIT:
		as_crew_remove(heart->crew, command);
		as_journal_show(heart->journal, command->number);
		break;
	case AS_COMMAND_END:
		as_crew_end(
		    heart->crew, command->generation, now, command->number);
		return;
	case AS_COMMAND_LIMIT: heart->limit = command->number; return;
	case AS_COMMAND_TICKS: heart->has_ticks = command->number > 0; return;
	case AS_COMMAND_WAKE:
		events->wake = command->generation;
		events->wake_at = now + command->number;
		return;
	case AS_COMMAND_WATCH:
		as_watch_add(heart->watch, command->rest, false);
		return;
	}
	heart->heard = now; /* a new pipe needs time for its first report */
	as_events_send(events, line);
}
