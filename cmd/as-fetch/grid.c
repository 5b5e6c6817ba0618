/* grid.c - says when each of n groups of apps is asked: all at once, at each
 * multiple of the interval on the clock.  With `spread`, group i is asked i/n of
 * the interval later, so that a server does not get all requests at once. */
#include "fetch.h"

/* If as-fetch starts more than LATE ms after the beginning of a round, the TIME of
 * this round is the time of the start.  A sample with the TIME of the beginning
 * could be refused because it looks too old. */
enum { LATE = 60000 };

void
as_grid_start(struct as_grid *grid, int64_t now, int64_t clock)
{
	int64_t past = clock % grid->every;

	grid->begin = now - past;
	grid->time = grid->stamp = clock - past;
	if (past > LATE)
		grid->stamp = grid->fraction ? clock : clock - clock % 1000;
}

static int64_t
offset(const struct as_grid *grid, size_t i)
{
	return grid->spread ? (int64_t)i * grid->every / (int64_t)grid->n : 0;
}

bool
as_grid_due(struct as_grid *grid, int64_t now, size_t *i, int64_t *time)
{
	int64_t shift = offset(grid, grid->next);

	if (grid->next == grid->n || grid->begin + shift > now)
		return false;
	*i = grid->next++;
	*time = grid->stamp + (grid->fraction ? shift : shift - shift % 1000);
	return true;
}

int64_t
as_grid_wait(const struct as_grid *grid)
{
	return grid->begin +
	    (grid->next < grid->n ? offset(grid, grid->next) : grid->every);
}

int64_t
as_grid_end(const struct as_grid *grid)
{
	return grid->begin + grid->every;
}

bool
as_grid_is_over(const struct as_grid *grid, int64_t now)
{
	return grid->next == grid->n && now >= as_grid_end(grid);
}

/* The TIME of a round is that of the round before plus the interval, and not the
 * time of the clock, so that small delays never give the same TIME twice.  If the
 * clock differs a little from this, the next round begins earlier or later.  If it
 * differs by more than half an interval, and by more than a second, the clock was
 * set or the machine slept: then TIME follows the clock.  Rounds that the machine
 * slept through are left out. */
int32_t
as_grid_next(struct as_grid *grid, int64_t now, int64_t clock)
{
	int64_t most = grid->every / 2 > 1000 ? grid->every / 2 : 1000;
	int64_t missed = (now - grid->begin) / grid->every - 1, off;

	grid->begin += (missed + 1) * grid->every;
	grid->time += (missed + 1) * grid->every;
	grid->next = 0;
	off = clock - (now - grid->begin) - grid->time;
	if (off < -most || off > most) {
		grid->time = clock - clock % grid->every;
		grid->begin = now - clock % grid->every;
	} else {
		grid->begin -= off;
	}
	grid->stamp = grid->time;
	return (int32_t)missed;
}
