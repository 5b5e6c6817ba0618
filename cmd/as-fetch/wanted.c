/* wanted.c - decides which of the lines that a filter made of a reply are
 * wanted */
#include "fetch.h"

bool
as_wanted_has_secret(struct as_fleet *fleet, struct as_text text)
{
	if (!as_hide_has(text))
		return false;
	as_msg(AS_ERROR, NULL,
	    "status: filter: an output with our secret is passed over");
	as_fleet_fail(fleet, EX_UNAVAILABLE);
	return true;
}

static bool
refuse_second(struct as_fleet *fleet, struct as_text app)
{
	as_msg(AS_ERROR, as_fleet_text(app),
	    "status: filter: a second output is passed over");
	as_fleet_fail(fleet, EX_UNAVAILABLE);
	return false;
}

/* Returns whether this is the first line of the app with this TIME in this round.
 * It is for apps that the settings do not name. */
static bool
is_first(struct as_fleet *fleet, const struct as_group *group,
    struct as_text stamp, struct as_text app)
{
	char text[AS_STAMP_MAX + AS_APP_SIZE];
	struct as_table *guests = group->round != NULL ? &group->round->guests :
							 &fleet->guests;
	size_t known = guests->n;

	as_put(text, stamp.at, stamp.len);
	as_text_copy(text + stamp.len, app);
	return as_table_find(guests, as_text(text)) == known;
}

/* Reports an output that names no app, if one must be named: such an output gets
 * the name of the app that was asked for, and with is_finder this is no app of the
 * fleet. */
static void
report_nameless(struct as_fleet *fleet, struct as_text app)
{
	if (!fleet->is_finder ||
	    !as_text_is(app, as_text(as_select_app(fleet->config))))
		return;
	as_msg(AS_ERROR, NULL, "status: filter: an output names no app");
	as_fleet_fail(fleet, EX_UNAVAILABLE);
}

static bool
is_guest_wanted(struct as_fleet *fleet, const struct as_group *group,
    struct as_text stamp, struct as_text app)
{
	if (fleet->closed || as_wanted_has_secret(fleet, app))
		return false;
	if (!as_select_knows(fleet->config, app)) {
		report_nameless(fleet, app);
		return false;
	}
	return is_first(fleet, group, stamp, app) || refuse_second(fleet, app);
}

bool
as_wanted_is(struct as_fleet *fleet, const struct as_group *group,
    struct as_text stamp, struct as_text app)
{
	size_t number;

	if (!as_roster_selects(fleet, app))
		return false;
	if (fleet->is_finder ||
	    !as_table_has(&fleet->config->apps, app, &number))
		return is_guest_wanted(fleet, group, stamp, app);
	if (fleet->group_of[number] != (size_t)(group - fleet->groups) + 1)
		return false;
	if (as_past_has(fleet, number, group->time))
		return false;
	if (fleet->printed[number] == group->time)
		return refuse_second(fleet, app);
	fleet->printed[number] = group->time;
	return true;
}
