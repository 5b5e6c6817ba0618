/* roster.c - chooses the apps to ask: the command line or the settings name them,
 * and -a and -s (the shard) choose among these */
#include "fetch.h"

void
as_roster_shard(struct as_fleet *fleet, const char *arg)
{
	const char *slash = strchr(arg, '/');

	if (slash == NULL ||
	    !as_num_count(
		(struct as_text){arg, (size_t)(slash - arg)}, &fleet->shard) ||
	    !as_num_count(as_text(slash + 1), &fleet->shards) ||
	    fleet->shard >= fleet->shards)
		as_option_refuse(arg, "is not I/N with I < N");
}

bool
as_roster_selects(const struct as_fleet *fleet, struct as_text app)
{
	return as_select_wants(fleet->config, app) &&
	    (fleet->shards < 2 ||
		as_table_hash(app) % (uint32_t)fleet->shards ==
		    (uint32_t)fleet->shard);
}

static void
add_app(struct as_fleet *fleet, struct as_text app)
{
	if (fleet->from_reply)
		as_fleet_add_reply(fleet, app);
	else
		as_fleet_add(fleet, app);
}

static void
add_selected(struct as_fleet *fleet, struct as_text app)
{
	if (as_roster_selects(fleet, app))
		add_app(fleet, app);
}

/* The settings name no app, and `app` gives its settings to the request for all
 * apps. Returns whether it is an app of the fleet, too.  It is one if the settings
 * have no globs, as in [app web-*], or if -a names it.  It also is one if a glob
 * fits it and the filter is plain: then the replies name no app, and so they are
 * about this one. */
static bool
is_member(const struct as_config *config, struct as_text app, bool is_plain)
{
	return config->n_globs == 0 ||
	    (config->only != NULL && !as_select_is_glob(config->only)) ||
	    (is_plain && as_select_knows(config, app));
}

/* Adds `app` when the settings name no app.  If the filter can name apps in its
 * outputs, `app` only gives its settings to the request, and -a and -s choose
 * among the outputs.  A plain filter names no apps: then `app` is the only one. */
static void
add_finder(struct as_fleet *fleet, struct as_text app)
{
	const struct as_config *config = fleet->config;
	const struct as_remote *remote =
	    &as_config_look(fleet->config, app)->remote;
	struct as_paths paths;
	bool is_plain;

	is_plain = as_paths_read(&paths, remote->sample) && paths.replicas >= 0;
	if (is_plain)
		add_selected(fleet, app);
	else
		add_app(fleet, app);
	fleet->is_finder = !is_member(config, app, is_plain);
}

/* Returns if the settings can have the app that the operand names.  Otherwise
 * dies: with 78 if there is a mistake in the settings, which may be the reason,
 * else with 64. */
static void
check_operand(const struct as_config *config, const char *operand)
{
	const char *why = as_line_app(as_text(operand));
	char brief[AS_BRIEF_SIZE];

	if (why == NULL && as_select_knows(config, as_text(operand)))
		return;
	as_mistake_end(&config->mistakes);
	if (why != NULL)
		as_option_usage("%s: %s", as_text_brief(brief, operand), why);
	as_option_usage("%s: %s does not name this app", operand, config->path);
}

void
as_roster_choose(struct as_fleet *fleet, int n, char *apps[])
{
	struct as_config *config = fleet->config;

	fleet->closed = n > 0;
	for (int i = 0; i < n; i++) {
		check_operand(config, apps[i]);
		add_selected(fleet, as_text(apps[i]));
	}
	for (size_t i = 0; n == 0 && i < config->n_named; i++)
		add_selected(fleet, as_table_name(&config->apps, i));
	if (n == 0 && config->n_named == 0)
		add_finder(fleet, as_text(as_select_app(config)));
	as_fleet_ready(fleet);
	as_mistake_end(&config->mistakes);
	if (fleet->n == 0 && fleet->shards == 0)
		as_option_usage("no app is selected");
}
