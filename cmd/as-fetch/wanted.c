/* wanted.c - which lines of a reply are wanted */
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

bool
as_wanted_is(
    struct as_fleet *fleet, const struct as_group *group, struct as_text app)
{
	struct as_config *config = fleet->config;
	size_t number;

	if (!as_roster_selects(fleet, app))
		return false;
	if (!as_table_has(&config->apps, app, &number))
		return !fleet->closed && as_select_knows(config, app) &&
		    !as_wanted_has_secret(fleet, app);
	if (fleet->group_of[number] != (size_t)(group - fleet->groups) + 1)
		return false;
	if (as_past_has(fleet, number, group->time))
		return false;
	if (fleet->printed[number] == group->time) {
		as_msg(AS_ERROR, as_fleet_text(app),
		    "status: filter: a second output is passed over");
		as_fleet_fail(fleet, EX_UNAVAILABLE);
		return false;
	}
	fleet->printed[number] = group->time;
	return true;
}
