/* guard.c - reasons not to do what a decision asks for, in their order; what
 * is behind them is execute.c's */
#include <stdio.h>
#include <unistd.h>

#include "apply.h"

/* Being late or overtaken is a part of the work; the rest wants a look. */
void
as_guard_refuse(struct as_apply *apply, struct as_order *order, const char *app,
    const char *word, const char *why)
{
	bool usual = strcmp(word, "stale") == 0 ||
	    strcmp(word, "conflict") == 0 || strcmp(word, "paused") == 0;

	as_msg(
	    usual ? AS_WARNING : AS_ERROR, app, "refused: %s: %s", word, why);
	as_order_settle(order, "refused", " why=", word);
	apply->code = as_worse(apply->code, EX_TEMPFAIL);
}

/* Bounds are checked again where the owner has given them; 0 switches an app
 * off and needs an owner who said min = 0. */
static bool
is_outside(const struct as_target *target, const struct as_order *order)
{
	const struct as_conf *conf = target->scope.conf;

	if (conf->max_set && order->count > conf->policy->max)
		return true;
	return order->count < (conf->min_set ? conf->policy->min : 1);
}

/* What can be told without a look at the app.  False: it is settled. */
bool
as_guard_order(struct as_apply *apply, const struct as_target *target,
    struct as_order *order)
{
	char why[160];

	if (order->count == AS_UNKNOWN) {
		as_order_settle(order, "hold", "", "");
	} else if (order->count == order->from) {
		as_order_settle(order, "same", "", "");
	} else if (order->from == AS_UNKNOWN && !order->bare) {
		as_guard_refuse(apply, order, target->name, "no-data",
		    "decided without knowing the count");
	} else if (target->url.at == NULL) {
		as_guard_refuse(apply, order, target->name, "other-app",
		    "the settings have no replicas_url for it");
	} else if (apply->targets.at[target->owner] != target) {
		snprintf(why, sizeof(why), "the URL is %s's; see -a",
		    apply->targets.at[target->owner]->name);
		as_guard_refuse(apply, order, target->name, "other-app", why);
	} else if (is_outside(target, order)) {
		as_guard_refuse(
		    apply, order, target->name, "limit", "outside min and max");
	} else {
		return true;
	}
	return false;
}

/* One from the future must not keep those of the present out. */
bool
as_guard_future(struct as_apply *apply, struct as_order *order)
{
	enum { SKEW = 5000 };
	long long ahead = order->time - as_time_now();
	char why[80], name[128];

	if (ahead <= SKEW)
		return true;
	snprintf(why, sizeof(why), "decided %lld s from now", ahead / 1000);
	snprintf(
	    name, sizeof(name), "%.*s", (int)order->app.len, order->app.at);
	as_guard_refuse(apply, order, name, "future", why);
	return false;
}

/* What is true now, and may not have been when it was read */
bool
as_guard_moment(struct as_apply *apply, const struct as_target *target,
    struct as_order *order)
{
	const struct as_api *api = &target->scope.conf->api;
	int64_t age = as_time_now() - order->time;
	char why[80];

	if (age > api->max_age) {
		snprintf(why, sizeof(why), "decided %lld s ago",
		    (long long)age / 1000);
		as_guard_refuse(apply, order, target->name, "stale", why);
	} else if (api->pause_file != NULL &&
	    access(api->pause_file, F_OK) == 0) {
		as_guard_refuse(
		    apply, order, target->name, "paused", api->pause_file);
	} else if (target->barred > as_time_steady()) {
		as_guard_refuse(apply, order, target->name, "busy",
		    "its server asked to be left alone");
	} else {
		return true;
	}
	return false;
}
