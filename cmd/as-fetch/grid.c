/* grid.c - when each of many is due: group i of n at begin + i/n of the
 * interval, lest all servers be asked at once, and again each interval later */
#include "fetch.h"

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
	*time = grid->time + (grid->fraction ? shift : shift - shift % 1000);
	return true;
}

int64_t
as_grid_wait(const struct as_grid *grid)
{
	return grid->begin +
	    (grid->next < grid->n ? offset(grid, grid->next) : grid->every);
}

bool
as_grid_is_over(const struct as_grid *grid, int64_t now)
{
	return grid->next == grid->n && now >= grid->begin + grid->every;
}

/* TIMEs count with the grid, lest jitter show a second twice; when the clock
 * was set, or the machine slept, they follow it.  Rounds that were slept
 * through are not caught up. */
int32_t
as_grid_next(struct as_grid *grid, int64_t now, int64_t clock)
{
	int64_t most = grid->every / 2 > 1000 ? grid->every / 2 : 1000;
	int64_t missed = (now - grid->begin) / grid->every - 1, off;

	grid->begin += (missed + 1) * grid->every;
	grid->time += (missed + 1) * grid->every;
	grid->next = 0;
	off = clock - (now - grid->begin) - grid->time;
	if (off < -most || off > most)
		grid->time += grid->fraction ? off : off - off % 1000;
	return (int32_t)missed;
}
