/* reach.c - warns about windows of a schedule whose counts are never reached */
#include <stdio.h>

#include "conf.h"

/* Warns if the window sets a bound that min or max of the policy never let the app
 * reach.  hours.min and hours.max are counts.  A value below 0 means that the
 * window does not set this bound, or keeps the current count of the app. */
static void
check_window(
    struct as_setting *setting, const struct as_policy *policy, const char *app)
{
	struct as_hours hours;
	char why[128];

	as_hours_parse(&hours, setting->value);
	if (hours.min > policy->max)
		snprintf(why, sizeof(why),
		    "%d replicas are never reached, because max = %d",
		    (int)hours.min, (int)policy->max);
	else if (hours.max >= 0 && hours.max < policy->min)
		snprintf(why, sizeof(why),
		    "%d replicas are never reached, because min = %d",
		    (int)hours.max, (int)policy->min);
	else
		return;
	as_msg(AS_WARNING, app, "%s", as_setting_explain(setting, why));
	setting->is_warned = true;
}

void
as_reach_check(
    struct as_config *config, struct as_settings *settings, const char *app)
{
	if (settings->is_checked || settings->is_partial ||
	    settings->has_wrong_policy)
		return;
	settings->is_checked = true;
	for (size_t i = 0; i < settings->n_in_force; i++) {
		struct as_setting *setting =
		    &config->settings[settings->in_force[i]];

		if (!setting->is_warned &&
		    strcmp(setting->key, "schedule") == 0)
			check_window(setting, settings->policy, app);
	}
}
