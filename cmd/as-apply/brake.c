/* brake.c - when more apps than their owner thinks possible ask for less at
 * once, it is not they who are wrong but what measures them */
#include "apply.h"

enum { FLEET_MIN = 4, WAIT_MAX = 10000 }; /* ms */

void
as_brake_note(struct as_brake_state *brake, struct as_app *app,
    const struct as_order *order)
{
	bool down = order->count != AS_UNKNOWN && order->count < order->from;

	brake->n_spoke += app->spoke ? 0 : 1;
	brake->n_down += (down ? 1 : 0) - (size_t)(app->down ? 1 : 0);
	app->spoke = true;
	app->down = down;
}

/* Who has been silent for long, or from the beginning, is not waited for: it
 * may be another process's. */
static bool
is_expected(const struct as_app *app, int64_t newest, bool settled)
{
	return app->spoke ?
	    newest - app->last <= app->scope.settings->remote.max_age :
	    !settled;
}

void
as_brake_look(struct as_brake_state *brake, const struct as_apps *apps)
{
	int64_t newest = INT64_MIN;
	bool settled = as_time_steady() - brake->begin >= WAIT_MAX;

	for (size_t i = 0; i < apps->config->n_named; i++)
		if (apps->at[i]->last > newest)
			newest = apps->at[i]->last;
	brake->oldest = INT64_MAX;
	for (size_t i = 0; i < apps->config->n_named; i++) {
		const struct as_app *app = apps->at[i];

		if (app->last < brake->oldest &&
		    is_expected(app, newest, settled))
			brake->oldest = app->last;
	}
}

/* A fleet whose size nobody knows may still grow. */
static bool
is_fleet(const struct as_apps *apps)
{
	const struct as_config *config = apps->config;

	return config->n_named >= FLEET_MIN ||
	    (config->path != NULL && config->n_named == 0);
}

static bool
all_spoke(const struct as_brake_state *brake, const struct as_apps *apps,
    const struct as_order *order, bool ended)
{
	return ended || as_time_steady() - order->read >= WAIT_MAX ||
	    (apps->config->n_named > 0 && brake->oldest >= order->time);
}

enum as_brake
as_brake_holds(const struct as_brake_state *brake, const struct as_apps *apps,
    const struct as_app *app, const struct as_order *order, bool ended)
{
	int64_t most = app->scope.settings->remote.brake;

	if (order->count >= order->from || order->bare || most == 100)
		return AS_BRAKE_OFF;
	if (is_fleet(apps) && !all_spoke(brake, apps, order, ended))
		return AS_BRAKE_WAIT;
	return brake->n_spoke >= FLEET_MIN &&
		brake->n_down * 100 > brake->n_spoke * (size_t)most ?
	    AS_BRAKE_ON :
	    AS_BRAKE_OFF;
}
