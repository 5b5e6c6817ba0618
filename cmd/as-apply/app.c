/* app.c - the apps that decisions name: makes each with its settings, URL,
 * headers */
#include <stdio.h>

#include "apply.h"

static struct as_app *
make(struct as_apps *apps, struct as_text name, size_t number)
{
	struct as_app *app = as_mem_need(calloc(1, sizeof(*app)));
	const struct as_setting *url;

	app->name = as_mem_need(strndup(name.at, name.len));
	app->scope = (struct as_scope){
	    apps->config, as_config_of(apps->config, name), as_text(app->name)};
	as_other_begin(&app->other);
	app->last = app->remembered = app->since = AS_NEVER;
	app->owner = number;
	url = as_scope_first(&app->scope, "replicas_url", NULL);
	if (url == NULL)
		return app;
	app->url.at = as_url_expand(&app->scope, url, NULL, NULL);
	app->base = strlen(app->url.at);
	app->url.len = app->url.room = app->base;
	app->headers = as_ask_headers(
	    &app->scope, "replicas_header", &app->n_headers);
	as_request_filters(&app->scope);
	if (as_compare_ask(app))
		as_ask_free(&app->ask);
	return app;
}

/* Reports all that is wrong with the app's settings for the PUT, and for the GET
 * before it.  Returns false if no app can be made of them. */
static bool
check(struct as_config *config, struct as_text name)
{
	struct as_scope scope = {config, as_config_look(config, name), name};
	const struct as_remote *remote = &scope.settings->remote;
	bool good = as_check_report(
	    config, &scope, AS_CHECK_REPLICAS | AS_CHECK_FILES);
	int get = remote->before_url != NULL ? AS_CHECK_BEFORE :
	    remote->status_url != NULL ? AS_CHECK_STATUS | AS_CHECK_SAMPLE :
					 0;

	good = as_check_report(config, &scope, get) && good;
	return as_check_has(config, &scope, "replicas_url") && good;
}

void
as_app_check(struct as_apps *apps, struct as_text name)
{
	struct as_app *app;

	if (!check(apps->config, name))
		return;
	app = make(apps, name, 0);
	for (size_t i = 0; i < app->n_headers; i++)
		free(app->headers[i]);
	free((void *)app->headers);
	free(app->url.at);
	free(app->name);
	free(app);
}

static bool
is_filter(const char *key, enum as_filter_kind *kind)
{
	*kind = strcmp(key, "sample") == 0 ? AS_SAMPLES : AS_TEXT;
	return *kind == AS_SAMPLES || strcmp(key, "before_replicas") == 0 ||
	    strcmp(key, "replicas_body") == 0 ||
	    strncmp(key, "replicas_query.", 15) == 0;
}

/* Returns whether the settings can make requests for an app which a decision names,
 * but not the configuration.  If not, sets why to the reason; then only this app is
 * refused, and as-apply goes on. */
static bool
is_usable(struct as_apps *apps, struct as_text name, char why[AS_DETAIL_MAX])
{
	struct as_scope scope = {apps->config, NULL, name};
	struct as_check check = {.scope = &scope, .uses = AS_CHECK_ALL};
	const char *wrong;

	scope.settings = as_config_find(apps->config, name, &wrong);
	if (scope.settings == NULL) {
		snprintf(why, AS_DETAIL_MAX, "%s", wrong);
		return false;
	}
	if (!as_check_next(&check))
		return true;
	if (check.setting == NULL)
		memcpy(why, check.why, AS_DETAIL_MAX);
	else
		snprintf(why, AS_DETAIL_MAX, "%.64s: %.180s",
		    check.setting->key, check.why);
	return false;
}

static struct as_app *
add(struct as_apps *apps, struct as_text name)
{
	size_t number = as_table_find(&apps->names, name);

	if (number == apps->room)
		apps->at = as_mem_grow(
		    (void *)apps->at, &apps->room, sizeof(struct as_app *));
	return apps->at[number] = make(apps, name, number);
}

struct as_app *
as_app_of(struct as_apps *apps, struct as_text name, char why[AS_DETAIL_MAX])
{
	size_t number;

	if (as_table_has(&apps->names, name, &number))
		return apps->at[number];
	return is_usable(apps, name, why) ? add(apps, name) : NULL;
}

/* This is called when a decision names the app, not when the app is made: an app
 * that only reports of earlier runs name may be gone, and another may use its URL
 * now. */
void
as_app_claim(struct as_apps *apps, struct as_app *app)
{
	if (!app->claimed && app->url.at != NULL)
		as_owner_find(apps, app, app->owner);
	app->claimed = true;
}

/* The process that runs filters takes no new ones after the start.  So this adds
 * the filters of all settings, also for apps that decisions will name later. */
static void
add_all_filters(const struct as_config *config)
{
	for (size_t i = 0; i < config->n; i++) {
		const struct as_setting *s = &config->settings[i];
		enum as_filter_kind kind;

		if (is_filter(s->key, &kind) && !s->is_wrong)
			as_filter_add(s, kind);
	}
}

/* No two apps may send the same request. */
static void
add_named(struct as_apps *apps, struct as_text name)
{
	struct as_config *config = apps->config;
	struct as_app *app = add(apps, name), *owner;

	as_app_claim(apps, app);
	owner = apps->at[app->owner];
	if (owner == app || owner->fights)
		return;
	owner->fights = true;
	as_mistake_add(&config->mistakes,
	    "%s: apps %s and %s share the same replicas_url: they would fight",
	    config->path, owner->name, app->name);
}

void
as_apps_ready(struct as_apps *apps)
{
	struct as_config *config = apps->config;

	for (size_t i = 0; i < config->n_named; i++) {
		struct as_text name = as_table_name(&config->apps, i);

		if (check(config, name))
			add_named(apps, name);
	}
	if (as_select_is_open(config))
		add_all_filters(config);
	as_filter_ready(config);
	as_mistake_end(&config->mistakes);
}

/* Requests wait by the steady clock, which nobody can set back.  app->until is the
 * same by the clock of the day, for messages and, with -r, for the next run. */
void
as_app_bar_until(struct as_app *app, int64_t until)
{
	enum { LONGEST = 600000, SECOND = 1000 };
	int64_t now = as_time_now();

	if (until > now + LONGEST)
		until = now + LONGEST;
	if (until <= now)
		return;
	app->barred = as_time_steady() + (until - now);
	app->until = (until + SECOND - 1) / SECOND * SECOND;
}

void
as_app_bar(struct as_app *app, int64_t wait)
{
	enum { MONTH = 1 << 30 };

	as_app_bar_until(app, as_time_now() + (wait < MONTH ? wait : MONTH));
}
