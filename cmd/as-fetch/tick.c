/* tick.c - a tick of a group: its requests are sent, and their replies become lines */
#include "fetch.h"

static void
make_lines(struct as_ask *ask)
{
	struct as_group *group = ask->owner;
	struct as_fleet *fleet = group->fleet;
	size_t before = fleet->lines.len;

	group->n_counts = 1; /* this function */
	if (!as_samples_add(fleet, group))
		return;
	as_ask_forget(ask);
	if (fleet->is_finder && fleet->lines.len == before)
		as_lines_busy(fleet, ask);
	if (fleet->lines.len > before)
		as_msg(AS_DEBUG, NULL, "%.*s",
		    (int)strcspn(fleet->lines.at + before, "\n"),
		    fleet->lines.at + before);
	as_fleet_end(fleet, group);
}

/* Many replies may have come at once, with a slow filter for each.  So after a slow
 * one, lines are printed at once.  If that fails, the next print() fails, too. */
static void
take_replies(struct as_ask *ask)
{
	enum { SLOW_MS = 50 };
	const struct as_group *group = ask->owner;
	int64_t begin = as_time_steady();

	make_lines(ask);
	if (as_time_steady() - begin > SLOW_MS)
		group->fleet->print();
}

void
as_tick_prepare(struct as_group *group, int64_t time)
{
	group->time = time;
	group->ask.done = take_replies;
	group->ask.owner = group;
}

void
as_tick_begin(struct as_group *group, int64_t time)
{
	struct as_fleet *fleet = group->fleet;

	as_tick_prepare(group, time);
	group->n_sent++;
	if (group->n_missed > 0)
		as_msg(AS_WARNING, as_fleet_name(fleet, group),
		    "%d ticks missed: the last one took longer than %lld ms",
		    (int)group->n_missed, (long long)fleet->every);
	group->n_missed = 0;
	group->pending = true;
	if (!fleet->has_command)
		as_ask_send(&group->ask, fleet->http);
}

int64_t
as_tick_now(struct as_fleet *fleet)
{
	int64_t now = as_time_now(), second = now - now % 1000;

	for (size_t i = 0; i < fleet->config->apps.n; i++)
		if (fleet->newest[i] >= second && fleet->newest[i] <= now)
			fleet->fraction = true;
	return fleet->fraction ? now : second;
}

void
as_tick_leave(struct as_fleet *fleet, struct as_round *round)
{
	if (--round->n_pending > 0)
		return;
	if (round->asked)
		as_lines_mark(fleet, round->time);
	as_table_free(&round->guests);
	free(round);
}

void
as_tick_end(struct as_group *group)
{
	group->pending = false;
	if (group->round != NULL)
		as_tick_leave(group->fleet, group->round);
	group->round = NULL;
}
