/* brake.c - when more apps than their owner thinks possible ask for less at
 * once, it is not they who are wrong but what measures them */
#include "apply.h"

enum { FLEET_MIN = 4, WAIT_MAX = 10000 }; /* ms */

void
as_brake_note(struct as_brake_state *brake, struct as_target *target,
    const struct as_order *order)
{
	bool down = order->count != AS_UNKNOWN && order->count < order->from;

	brake->n_spoke += target->spoke ? 0 : 1;
	brake->n_down += (down ? 1 : 0) - (size_t)(target->down ? 1 : 0);
	target->spoke = true;
	target->down = down;
}

/* Who has been silent for long, or from the beginning, is not waited for: it
 * may be another process's. */
static bool
is_expected(const struct as_target *target, int64_t newest, bool settled)
{
	return target->spoke ?
	    newest - target->last <= target->scope.conf->api.max_age :
	    !settled;
}

void
as_brake_look(struct as_brake_state *brake, const struct as_targets *targets)
{
	int64_t newest = INT64_MIN;
	bool settled = as_time_steady() - brake->begin >= WAIT_MAX;

	for (size_t i = 0; i < targets->config->n_named; i++)
		if (targets->at[i]->last > newest)
			newest = targets->at[i]->last;
	brake->oldest = INT64_MAX;
	for (size_t i = 0; i < targets->config->n_named; i++) {
		const struct as_target *target = targets->at[i];

		if (target->last < brake->oldest &&
		    is_expected(target, newest, settled))
			brake->oldest = target->last;
	}
}

/* A fleet whose size nobody knows may still grow. */
static bool
is_fleet(const struct as_targets *targets)
{
	const struct as_config *config = targets->config;

	return config->n_named >= FLEET_MIN ||
	    (config->path != NULL && config->n_named == 0);
}

static bool
all_spoke(const struct as_brake_state *brake, const struct as_targets *targets,
    const struct as_order *order, bool ended)
{
	return ended || as_time_steady() - order->read >= WAIT_MAX ||
	    (targets->config->n_named > 0 && brake->oldest >= order->time);
}

enum as_brake
as_brake_judge(const struct as_brake_state *brake,
    const struct as_targets *targets, const struct as_target *target,
    const struct as_order *order, bool ended)
{
	int64_t most = target->scope.conf->api.brake;

	if (order->count >= order->from || order->bare || most == 100)
		return AS_BRAKE_OFF;
	if (is_fleet(targets) && !all_spoke(brake, targets, order, ended))
		return AS_BRAKE_WAIT;
	return brake->n_spoke >= FLEET_MIN &&
		brake->n_down * 100 > brake->n_spoke * (size_t)most ?
	    AS_BRAKE_ON :
	    AS_BRAKE_OFF;
}
