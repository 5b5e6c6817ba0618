/* fleet.c - groups apps by the requests that they need */
#include <stdio.h>

#include "fetch.h"

struct as_scope
as_fleet_scope(const struct as_fleet *fleet, const struct as_group *group)
{
	struct as_text app = as_table_name(
	    &fleet->config->apps, group->apps[0]);

	return (struct as_scope){
	    fleet->config, as_config_of(fleet->config, app), app};
}

const char *
as_fleet_text(struct as_text app)
{
	static char name[128];

	snprintf(name, sizeof(name), "%.*s", (int)app.len, app.at);
	return name;
}

const char *
as_fleet_name(const struct as_fleet *fleet, const struct as_group *group)
{
	return fleet->is_finder ?
	    NULL :
	    as_fleet_text(as_table_name(&fleet->config->apps, group->apps[0]));
}

void
as_fleet_fail(struct as_fleet *fleet, int code)
{
	fleet->code = as_msg_worse(fleet->code, code);
}

void
as_fleet_end(struct as_fleet *fleet, struct as_group *group)
{
	if (--group->n_counts == 0)
		fleet->ended(group);
}

static void
add_text(struct as_buf *key, const char *text)
{
	as_buf_puts(key, text != NULL ? text : "");
	as_buf_puts(key, "\n");
}

static void
add_number(struct as_buf *key, int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)n);
	add_text(key, text);
}

static void
add_credentials(struct as_buf *key, const struct as_remote *remote)
{
	add_text(key, remote->token_file);
	add_text(key, remote->netrc_file);
	add_text(key, remote->client_cert);
	add_text(key, remote->client_key);
	add_text(key, remote->ca_file);
	add_text(key, remote->unix_socket);
	add_text(key, remote->aws_sigv4);
}

/* What bounds the request, and which servers get the credentials */
static void
add_limits(struct as_buf *key, const struct as_ask *ask,
    const struct as_remote *remote)
{
	add_number(key, remote->timeout);
	add_number(key, remote->connect_timeout);
	add_number(key, remote->retries);
	add_number(key, remote->reply_max);
	add_number(key, remote->follow);
	for (size_t i = 0; i < ask->n; i++)
		add_number(key, ask->requests[i].trusted);
}

/* Whether the output of the filter depends on this variable */
static bool
uses(const struct as_scope *scope, const char *variable)
{
	return (as_names_find(scope->settings->remote.sample, variable) &
		   AS_NAMES_VARIABLE) != 0;
}

static void
add_requests(struct as_buf *key, const struct as_ask *ask)
{
	add_number(key, (int64_t)ask->n);
	for (size_t i = 0; i < ask->n; i++)
		add_text(key, ask->requests[i].url);
	add_number(key, (int64_t)ask->n_headers);
	for (size_t i = 0; i < ask->n_headers; i++)
		add_text(key, ask->headers[i]);
	add_text(key, ask->body);
}

/* Apps whose keys are equal get the same reply, so one request is enough.  With a
 * plain filter two such apps are refused, and limits are no excuse: they change no
 * load. */
static void
make_key(
    struct as_buf *key, const struct as_ask *ask, const struct as_scope *scope)
{
	const struct as_setting *set;

	add_number(key, (int64_t)ask->filter);
	add_requests(key, ask);
	add_credentials(key, &scope->settings->remote);
	if (!as_filter_is_plain(ask->filter))
		add_limits(key, ask, &scope->settings->remote);
	for (size_t i = 0; (set = as_scope_each(scope, "set.", &i)) != NULL;) {
		if (!uses(scope, set->key + 4))
			continue;
		add_text(key, set->key);
		add_text(key, set->value);
	}
}

/* Of several twins of a group only the first is reported. */
static void
report_twin(struct as_fleet *fleet, struct as_group *group, struct as_text app)
{
	struct as_text other = as_table_name(
	    &fleet->config->apps, group->apps[0]);

	if (!group->has_twin)
		as_mistake_add(&fleet->config->mistakes,
		    "apps %.*s and %.*s have the same status_url, and one load "
		    "for both: see {app} and sample in as.conf(5)",
		    (int)other.len, other.at, (int)app.len, app.at);
	group->has_twin = true;
}

static void
add_to_group(struct as_group *group, size_t number)
{
	if (group->n_apps == group->room)
		group->apps = as_mem_grow(
		    group->apps, &group->room, sizeof(*group->apps));
	group->apps[group->n_apps++] = number;
}

static struct as_group *
new_group(struct as_fleet *fleet, const struct as_ask *ask)
{
	if (fleet->n == fleet->room)
		fleet->groups = as_mem_grow(
		    fleet->groups, &fleet->room, sizeof(*fleet->groups));
	fleet->groups[fleet->n] = (struct as_group){
	    .ask = *ask, .fleet = fleet};
	return &fleet->groups[fleet->n++];
}

/* Finds the group of apps with the same requests, or makes it of ask. */
static struct as_group *
find_group(
    struct as_fleet *fleet, const struct as_scope *scope, struct as_ask *ask)
{
	struct as_buf key = {0};
	size_t known = fleet->keys.n, number;

	make_key(&key, ask, scope);
	if (uses(scope, "app"))
		as_buf_add(&key, scope->app.at, scope->app.len);
	number = as_table_find(&fleet->keys, (struct as_text){key.at, key.len});
	free(key.at);
	if (number == known)
		return new_group(fleet, ask);
	if (as_filter_is_plain(ask->filter))
		report_twin(fleet, &fleet->groups[number], scope->app);
	as_ask_free(ask);
	return &fleet->groups[number];
}

/* The request of before_url is checked, too, though it is first needed during an
 * outage. */
static bool
check(struct as_config *config, const struct as_scope *scope)
{
	const struct as_remote *remote = &scope->settings->remote;
	int what = AS_CHECK_STATUS | AS_CHECK_SAMPLE | AS_CHECK_FILES;

	if (remote->token_file != NULL || remote->client_cert != NULL ||
	    remote->aws_sigv4 != NULL)
		what |= AS_CHECK_ORIGIN;
	if (remote->before_url != NULL)
		what |= AS_CHECK_BEFORE;
	return as_check_report(config, scope, what);
}

/* Where the settings name no app, a mistake in the file may be the only reason. */
static bool
has_url(struct as_fleet *fleet, const struct as_scope *scope, bool is_file_good)
{
	struct as_config *config = fleet->config;
	bool is_named = config->n_named > 0 || fleet->closed;

	if (scope->settings->remote.status_url != NULL)
		return true;
	if (!is_named && !is_file_good)
		return false;
	if (is_named || config->n_globs == 0)
		return as_check_has(config, scope, "status_url");
	as_mistake_add(&config->mistakes,
	    "%s: names no app, and [default] has no status_url", config->path);
	return false;
}

/* Adds the filter before_replicas: filters are compiled at the start, so none can be
 * added later. */
static void
add_before(const struct as_scope *scope)
{
	struct as_ask ask;

	if (as_ask_make(&ask, scope, AS_ASK_BEFORE))
		as_ask_free(&ask);
}

void
as_fleet_add(struct as_fleet *fleet, struct as_text app)
{
	struct as_config *config = fleet->config;
	size_t number = as_table_find(&config->apps, app);
	struct as_scope scope = {config, as_config_look(config, app), app};
	bool is_file_good = config->mistakes.n == 0;
	bool good = check(config, &scope);
	struct as_ask ask;

	if (!has_url(fleet, &scope, is_file_good) || !good)
		return;
	if (as_ask_make(&ask, &scope, AS_ASK_STATUS)) {
		add_to_group(find_group(fleet, &scope, &ask), number);
		add_before(&scope);
	}
}

/* All apps share the reply.  The filter of the first app reads it. */
void
as_fleet_add_reply(struct as_fleet *fleet, struct as_text app)
{
	struct as_config *config = fleet->config;
	size_t number = as_table_find(&config->apps, app);
	struct as_scope scope = {config, as_config_look(config, app), app};
	struct as_ask ask;

	if (fleet->n > 0) {
		add_to_group(&fleet->groups[0], number);
		return;
	}
	if (!as_check_report(config, &scope, AS_CHECK_SAMPLE))
		return;
	as_ask_make_reply(&ask, &scope);
	add_to_group(new_group(fleet, &ask), number);
}

void
as_fleet_ready(struct as_fleet *fleet)
{
	size_t n = fleet->config->apps.n;

	as_table_free(&fleet->keys);
	fleet->group_of = as_mem_need(calloc(n + 1, sizeof(*fleet->group_of)));
	fleet->printed = as_mem_need(calloc(n + 1, sizeof(*fleet->printed)));
	fleet->newest = as_mem_need(calloc(n + 1, sizeof(*fleet->newest)));
	fleet->counts = as_mem_need(calloc(n + 1, sizeof(struct as_count *)));
	for (size_t i = 0; i < fleet->n; i++)
		for (size_t j = 0; j < fleet->groups[i].n_apps; j++)
			fleet->group_of[fleet->groups[i].apps[j]] = i + 1;
	as_filter_ready(fleet->config);
}
