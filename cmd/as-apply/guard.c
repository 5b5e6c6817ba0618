/* guard.c - refuses decisions */
#include <stdio.h>
#include <unistd.h>

#include "apply.h"

/* Refuses an order, with a message.  app is NULL if the settings may not know it.
 * Stale, conflicting and paused decisions, and those during another PUT,
 * are usual, so the message is only a warning.  Returns false. */
static bool
refuse_as(struct as_apply *apply, struct as_order *order,
    const struct as_app *app, const char *name, const char *word,
    const char *why)
{
	bool usual = strcmp(word, "stale") == 0 ||
	    strcmp(word, "conflict") == 0 || strcmp(word, "paused") == 0 ||
	    strcmp(word, "other-put") == 0;

	as_msg(
	    usual ? AS_WARNING : AS_ERROR, name, "refused: %s: %s", word, why);
	as_order_settle(order, app, "refused", " why=", word);
	apply->code = as_msg_worse(apply->code, EX_TEMPFAIL);
	return false;
}

static bool
refuse(struct as_apply *apply, struct as_order *order, const struct as_app *app,
    const char *word, const char *why)
{
	return refuse_as(apply, order, app, app->name, word, why);
}

/* Refuses a decision for an app that may not be in the settings. */
static bool
refuse_name(struct as_apply *apply, struct as_order *order, const char *word,
    const char *why)
{
	char name[128];

	snprintf(
	    name, sizeof(name), "%.*s", (int)order->app.len, order->app.at);
	return refuse_as(apply, order, NULL, name, word, why);
}

static bool
is_from_future(struct as_apply *apply, struct as_order *order)
{
	enum { SKEW = 5000 };
	long long ahead = order->time - as_time_now();
	char why[80];

	if (ahead <= SKEW)
		return false;
	snprintf(why, sizeof(why), "decided %lld s from now", ahead / 1000);
	refuse_name(apply, order, "future", why);
	return true;
}

struct as_app *
as_guard_app(struct as_apply *apply, struct as_order *order)
{
	char why[AS_DETAIL_MAX] = "the settings do not name it";
	struct as_app *app = NULL;

	if (as_select_knows(apply->apps.config, order->app)) {
		if (is_from_future(apply, order))
			return NULL;
		app = as_app_of(&apply->apps, order->app, why);
	}
	if (app == NULL)
		refuse_name(apply, order, "other-app", why);
	else
		as_app_claim(&apply->apps, app);
	return app;
}

/* Returns the smallest count that as-apply may order: the min of the settings, or
 * with idle their idle_count.  Without either it is 1, because 0 switches the app
 * off, and the owner must have allowed that. */
static int64_t
lower_bound(const struct as_settings *settings)
{
	if (settings->policy->idle > 0)
		return settings->policy->idle_count;
	return settings->min_set ? settings->policy->min : 1;
}

static bool
is_outside(const struct as_app *app, const struct as_order *order)
{
	const struct as_settings *settings = app->scope.settings;

	if (settings->max_set && order->count > settings->policy->max)
		return true;
	return order->count < lower_bound(settings);
}

bool
as_guard_order(
    struct as_apply *apply, const struct as_app *app, struct as_order *order)
{
	char why[160];

	if (order->count == AS_UNKNOWN) {
		as_order_settle(order, app, "hold", "", "");
	} else if (order->count == order->from) {
		as_order_settle(order, app, "same", "", "");
	} else if (order->from == AS_UNKNOWN && !order->bare) {
		refuse(apply, order, app, "no-data",
		    "the count was unknown when this was decided");
	} else if (app->url.at == NULL) {
		refuse(apply, order, app, "other-app",
		    "the settings have no replicas_url for it");
	} else if (apply->apps.at[app->owner] != app) {
		snprintf(why, sizeof(why),
		    "this URL is used for app %s already; see -a",
		    apply->apps.at[app->owner]->name);
		refuse(apply, order, app, "other-app", why);
	} else if (is_outside(app, order)) {
		refuse(apply, order, app, "limit", "outside min and max");
	} else {
		return true;
	}
	return false;
}

void
as_guard_brake(struct as_apply *apply, const struct as_app *app,
    struct as_order *order, enum as_brake how)
{
	refuse(apply, order, app, "brake",
	    how == AS_BRAKE_PART ? "the tick ended before all apps had spoken" :
				   "too many apps ask for less at once");
}

bool
as_guard_moment(
    struct as_apply *apply, const struct as_app *app, struct as_order *order)
{
	enum { READ_MAX = 5000 }; /* ms: the count may have changed since */
	const struct as_remote *remote = &app->scope.settings->remote;
	int64_t age = as_time_now() - order->time;
	int64_t now = as_time_steady();
	char why[80], stamp[AS_STAMP_MAX + 1];

	if (age > remote->max_age) {
		snprintf(why, sizeof(why), "decided %lld s ago",
		    (long long)age / 1000);
		refuse(apply, order, app, "stale", why);
	} else if (remote->pause_file != NULL &&
	    access(remote->pause_file, F_OK) == 0) {
		refuse(apply, order, app, "paused", remote->pause_file);
	} else if (app->read > 0 && now - app->read > READ_MAX) {
		snprintf(why, sizeof(why), "the count was read %lld s ago",
		    (long long)(now - app->read) / 1000);
		refuse(apply, order, app, "stale", why);
	} else if (app->barred > now) {
		stamp[as_time_print(stamp, app->until, false)] = '\0';
		snprintf(why, sizeof(why),
		    "its server asked to be left alone until %s", stamp);
		refuse(apply, order, app, "busy", why);
	} else {
		return true;
	}
	return false;
}

bool
as_guard_put(
    struct as_apply *apply, const struct as_app *app, struct as_order *order)
{
	return as_puts_begin(&apply->puts, app->name) ||
	    refuse(apply, order, app, "other-put",
		"another as-apply still waits for the answer to a PUT");
}

void
as_guard_others(
    struct as_app *app, struct as_order *order, int64_t count, bool sampled)
{
	int64_t before = sampled ? AS_UNKNOWN : order->from;

	if (!as_other_look(&app->other, count, sampled))
		return;
	order->other = count;
	if (as_other_note(&app->other, order->time, count, before))
		as_other_warn(&app->other, app->name);
}

/* If the count has changed since the decision, a person may have changed it, who
 * knew more than the decision did. */
bool
as_guard_count(struct as_apply *apply, const struct as_app *app,
    struct as_order *order, int64_t count, const char *word)
{
	char why[AS_DETAIL_MAX + 32];

	if (word != NULL) {
		snprintf(why, sizeof(why), "no count to compare with: %s",
		    app->ask.detail);
		apply->code = as_msg_worse(apply->code, app->ask.code);
		return refuse(apply, order, app, word, why);
	}
	if (count == order->count) {
		as_order_settle(order, app, "same", "", "");
		return false;
	}
	if (order->bare || count == order->from)
		return true;
	snprintf(why, sizeof(why), "decided from %lld replicas, there are %lld",
	    (long long)order->from, (long long)count);
	return refuse(apply, order, app, "conflict", why);
}

bool
as_guard_request(struct as_apply *apply, const struct as_app *app,
    struct as_order *order, const char *word, const char *detail)
{
	if (word == NULL)
		return true;
	apply->code = as_msg_worse(apply->code, EX_UNAVAILABLE);
	return refuse(apply, order, app, word, detail);
}
