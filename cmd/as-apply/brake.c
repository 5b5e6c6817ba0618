/* brake.c - holds scale-downs while too many apps ask for less at once: then
 * probably their metrics are wrong */
#include "apply.h"

enum {
	FLEET_MIN = 4,     /* apps; for fewer there is no brake */
	QUIET = 10000,     /* ms without decisions: no more of a tick come */
	SKEW = 5000,       /* ms by which TIMEs of one tick may differ */
	STANDARD = 600000, /* ms: the default of brake_hold */
	HOUR = 3600000     /* ms */
};

static bool
is_braked(const struct as_order *order)
{
	return order->count != AS_UNKNOWN && order->count < order->from &&
	    !order->spared;
}

/* Whether the decision does not show if the app wants more or less */
static bool
is_unknown(const struct as_order *order)
{
	return order->count == AS_UNKNOWN ||
	    (order->from == AS_UNKNOWN && !order->bare);
}

static void
forget_hold(struct as_app *app)
{
	app->since = AS_NEVER;
	app->let_go = false;
}

/* Whether the app had no decision for long: then nobody knows if it has asked for
 * less all the time. */
static bool
was_silent(const struct as_app *app, int64_t time)
{
	int64_t last = app->last > app->remembered ? app->last :
						     app->remembered;

	return last != AS_NEVER &&
	    time - last > HOUR + app->scope.settings->remote.brake_hold;
}

/* The app's rhythm.  It is the less of two differences, since a tick may be left
 * out. */
static void
note_time(struct as_app *app, int64_t time)
{
	int64_t gap = app->spoke ? time - app->last : 0;

	app->last = time;
	if (gap == 0)
		return;
	app->period = gap < app->gap ? gap : app->gap;
	app->gap = gap;
}

void
as_brake_note(struct as_brake_state *brake, struct as_app *app,
    const struct as_order *order)
{
	bool down = is_braked(order);

	brake->n_spoke += app->spoke ? 0 : 1;
	brake->n_down += (down ? 1 : 0) - (size_t)(app->down ? 1 : 0);
	brake->heard = order->read;
	brake->changed = true;
	if (order->time > brake->newest) {
		brake->before = brake->newest;
		brake->newest = order->time;
	}
	app->down = down;
	if (was_silent(app, order->time))
		forget_hold(app);
	if (!is_unknown(order) &&
	    (order->count > order->from || (!down && !app->let_go)))
		forget_hold(app);
	note_time(app, order->time);
	app->spoke = true;
}

/* In its first tick a process may see a part of the apps, as an earlier process had
 * the others.  So the first mark does not show that there are no more. */
void
as_brake_mark(struct as_brake_state *brake, const struct as_order *comment)
{
	struct as_text text = {comment->text, comment->len - 1};
	int64_t time;
	bool fraction;

	if (!as_line_mark(text, &time, &fraction))
		return;
	brake->changed = true;
	brake->settled = brake->settled || brake->mark != AS_NEVER;
	if (time > brake->mark)
		brake->mark = time;
}

/* Whether a decision of this app is expected in each tick.  An app that was removed
 * has no decisions any more.  But ticks may be longer than max_age, so one that was
 * in the last tick is expected.  An app that never had one may belong to another
 * process, as with shards. */
static bool
is_expected(const struct as_brake_state *brake, const struct as_app *app)
{
	int64_t max_age = app->scope.settings->remote.max_age;

	if (app->spoke)
		return brake->newest - app->last <= max_age ||
		    app->last >= brake->before;
	if (brake->settled)
		return false;
	if (app->remembered != AS_NEVER)
		return brake->reported - app->remembered <= max_age;
	return !brake->remembers;
}

void
as_brake_look(struct as_brake_state *brake, const struct as_apps *apps)
{
	brake->now = as_time_steady();
	if (!brake->changed)
		return;
	brake->changed = false;
	brake->oldest = brake->due = INT64_MAX;
	for (size_t i = 0; i < apps->names.n; i++) {
		const struct as_app *app = apps->at[i];
		int64_t due = AS_NEVER;

		if (!as_select_wants(apps->config, app->scope.app) ||
		    !is_expected(brake, app))
			continue;
		if (app->spoke)
			due = app->last +
			    (app->period > SKEW ? app->period : SKEW + 1);
		if (app->last < brake->oldest)
			brake->oldest = app->last;
		if (due < brake->due)
			brake->due = due;
	}
}

/* If the configuration names no app, there may be any number of them. */
static bool
is_fleet(const struct as_apps *apps)
{
	const struct as_config *config = apps->config;

	return config->n_named >= FLEET_MIN ||
	    (config->path != NULL && config->n_named == 0);
}

/* Whether no more decisions come that are as old as this one: as long as they do,
 * the tick is not over. */
static bool
is_quiet(const struct as_brake_state *brake, struct as_order *order)
{
	if (order->passed == 0 && brake->newest > order->time)
		order->passed = brake->now;
	return brake->now -
	    (order->passed > 0 ? order->passed : brake->heard) >=
	    QUIET;
}

/* Waits for the end of the tick.  Then an app whose decision is missing makes it a
 * part.  But as-fetch does not ask a slow server in each tick: so after a mark it
 * is enough that each app has spoken before.  Without marks, each app may have
 * times of its own. */
static enum as_brake
wait_for_all(struct as_brake_state *brake, const struct as_apps *apps,
    struct as_order *order, bool ended)
{
	bool whole;

	if (apps->config->n_named > 0 && brake->oldest >= order->time)
		return AS_BRAKE_OFF;
	if (brake->mark >= order->time) {
		whole = brake->oldest != AS_NEVER;
	} else if (ended) {
		whole = brake->oldest >= order->time - SKEW;
	} else if (is_quiet(brake, order)) {
		whole = brake->due > order->time;
		brake->settled = true;
	} else {
		return AS_BRAKE_WAIT;
	}
	return whole ? AS_BRAKE_OFF : AS_BRAKE_PART;
}

static bool
are_too_many(const struct as_brake_state *brake, const struct as_app *app)
{
	size_t most = (size_t)app->scope.settings->remote.brake;

	return brake->n_spoke >= FLEET_MIN &&
	    brake->n_down * 100 > brake->n_spoke * most;
}

static void
warn(const struct as_app *app, const char *text, int64_t time)
{
	char stamp[AS_STAMP_MAX + 1];

	stamp[as_time_print(stamp, time, false)] = '\0';
	as_msg(AS_WARNING, app->name, "brake: %s %s", text, stamp);
}

/* Too many apps ask for less.  This app is held until it has asked for less for the
 * time brake_hold. */
static enum as_brake
hold(struct as_app *app, const struct as_order *order)
{
	int64_t longest = app->scope.settings->remote.brake_hold;

	if (app->let_go)
		return AS_BRAKE_OFF;
	if (app->since == AS_NEVER) {
		app->since = order->time;
		warn(app, "holds it; lets it go, if it still asks for less, at",
		    app->since + longest);
	}
	if (order->time - app->since < longest)
		return AS_BRAKE_ON;
	app->let_go = true;
	warn(app, "lets it go: it has asked for less since", app->since);
	return AS_BRAKE_OFF;
}

enum as_brake
as_brake_holds(struct as_brake_state *brake, const struct as_apps *apps,
    struct as_app *app, struct as_order *order, bool ended)
{
	enum as_brake fleet = AS_BRAKE_OFF;

	if (!is_braked(order) || order->bare ||
	    app->scope.settings->remote.brake == 100)
		return AS_BRAKE_OFF;
	if (is_fleet(apps))
		fleet = wait_for_all(brake, apps, order, ended);
	if (fleet != AS_BRAKE_OFF)
		return fleet;
	if (are_too_many(brake, app))
		return hold(app, order);
	if (!app->let_go)
		forget_hold(app);
	return AS_BRAKE_OFF;
}

int64_t
as_brake_memory(const struct as_config *config)
{
	int64_t longest = STANDARD, hold;

	for (size_t i = 0; i < config->n; i++)
		if (strcmp(config->settings[i].key, "brake_hold") == 0 &&
		    as_time_duration(
			as_text(config->settings[i].value), &hold) == NULL &&
		    hold > longest)
			longest = hold;
	return HOUR + longest;
}
