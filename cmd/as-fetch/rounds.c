/* rounds.c - asks the fleet round after round, on the grid, until its ticks are over
 * or standard input ends */
#include <unistd.h>

#include "fetch.h"

static bool
has_ended(const struct as_rounds *rounds, const struct as_group *group)
{
	return rounds->ticks > 0 && group->n_sent >= rounds->ticks;
}

/* Whether there are more ticks.  A fleet without apps has ticks as long as standard
 * input is open: their marks show that the pipe works. */
static bool
goes_on(const struct as_rounds *rounds)
{
	return rounds->fleet->n > 0 ? rounds->n_done < rounds->fleet->n :
				      rounds->on_leash;
}

/* Asks the groups that are due, unless their last tick is still under way or the
 * log has this one. */
static void
begin_due(struct as_rounds *rounds, struct as_round *round)
{
	struct as_fleet *fleet = rounds->fleet;
	size_t i;
	int64_t time;

	fleet->round = rounds->grid.time;
	while (as_grid_due(&rounds->grid, as_time_steady(), &i, &time)) {
		struct as_group *group = &fleet->groups[i];

		if (has_ended(rounds, group) ||
		    as_past_has_all(fleet, group, time))
			continue;
		if (group->pending) {
			group->n_missed++;
			continue;
		}
		group->round = round;
		round->n_pending++;
		round->asked = true;
		as_tick_begin(group, time);
		rounds->n_done += has_ended(rounds, group) ? 1 : 0;
	}
}

static struct as_round *
new_round(const struct as_rounds *rounds)
{
	struct as_round *round = as_mem_need(calloc(1, sizeof(*round)));

	*round = (struct as_round){.time = rounds->grid.stamp,
	    .n_pending = 1,
	    .asked = rounds->fleet->n == 0};
	return round;
}

static struct as_round *
next_round(struct as_rounds *rounds)
{
	struct as_fleet *fleet = rounds->fleet;
	int32_t missed = as_grid_next(
	    &rounds->grid, as_time_steady(), as_time_now());

	for (size_t i = 0; missed > 0 && i < fleet->n; i++)
		fleet->groups[i].n_missed += missed;
	return new_round(rounds);
}

void
as_rounds_start(struct as_rounds *rounds)
{
	struct as_fleet *fleet = rounds->fleet;
	struct as_grid *grid = &rounds->grid;

	*grid = (struct as_grid){.every = fleet->every,
	    .n = fleet->n,
	    .spread = rounds->spread && rounds->ticks != 1,
	    .fraction = fleet->fraction};
	rounds->last = INT64_MAX;
	if (rounds->ticks != 1) {
		as_grid_start(grid, as_time_steady(), as_time_now());
		return;
	}
	grid->begin = as_time_steady();
	grid->time = grid->stamp = as_tick_now(fleet);
}

/* Waits for a reply or a slow filter, or until then.  At the end of the leash all
 * groups are done that are not under way.  These may go on until the next tick is
 * due: another as-fetch begins that one, and must not wait for a server that hangs.
 * Filters go on even then; they have a limit of their own. */
static void
wait_until(struct as_rounds *rounds, int64_t until)
{
	struct as_fleet *fleet = rounds->fleet;
	int fd = rounds->on_leash ? STDIN_FILENO : -1;

	if (as_wait_for(fleet, fd, until) && !as_leash_is_held()) {
		rounds->on_leash = false;
		rounds->n_done = fleet->n;
		rounds->last = as_grid_end(&rounds->grid);
	}
	if (as_time_steady() >= rounds->last) {
		as_http_end(fleet->http);
		rounds->last = INT64_MAX;
	}
}

bool
as_rounds_run(struct as_rounds *rounds)
{
	struct as_fleet *fleet = rounds->fleet;
	struct as_round *round;

	as_rounds_start(rounds);
	round = new_round(rounds);
	while (goes_on(rounds) || as_wait_is_busy(fleet)) {
		if (round != NULL && goes_on(rounds))
			begin_due(rounds, round);
		if (round != NULL && rounds->grid.next == rounds->grid.n) {
			as_tick_leave(fleet, round);
			round = NULL;
		}
		if (!fleet->print())
			return false;
		if (goes_on(rounds))
			wait_until(rounds, as_grid_wait(&rounds->grid));
		else if (as_wait_is_busy(fleet))
			wait_until(rounds, rounds->last);
		if (goes_on(rounds) &&
		    as_grid_is_over(&rounds->grid, as_time_steady()))
			round = next_round(rounds);
	}
	if (round != NULL)
		as_table_free(&round->guests);
	free(round);
	return true;
}
