/* app.c - the apps that decisions are about, each made once */
#include "apply.h"

static struct as_target *
make(struct as_targets *targets, struct as_text app, size_t number)
{
	struct as_target *target = as_need(calloc(1, sizeof(*target)));
	const struct as_setting *url;

	target->name = as_need(strndup(app.at, app.len));
	target->scope = (struct as_scope){targets->config,
	    as_config_of(targets->config, app), as_text(target->name)};
	target->last = INT64_MIN;
	target->owner = number;
	url = as_scope_first(&target->scope, "replicas_url", NULL);
	if (url == NULL)
		return target;
	as_secret_ready(&target->scope.conf->api);
	target->url.at = as_url_expand(&target->scope, url, NULL);
	target->base = strlen(target->url.at);
	target->url.len = target->url.room = target->base;
	target->headers = as_ask_headers(
	    &target->scope, "replicas_header", &target->n_headers);
	as_target_filters(&target->scope);
	if (as_target_asks(target))
		as_ask_free(&target->ask);
	return target;
}

void
as_target_check(struct as_targets *targets, struct as_text app)
{
	struct as_target *target = make(targets, app, 0);

	for (size_t i = 0; i < target->n_headers; i++)
		free(target->headers[i]);
	free((void *)target->headers);
	free(target->url.at);
	free(target->name);
	free(target);
}

struct as_target *
as_target_of(struct as_targets *targets, struct as_text app)
{
	size_t known = targets->names.n;
	size_t number = as_table_find(&targets->names, app);

	if (number < known)
		return targets->at[number];
	if (number == targets->room)
		targets->at = as_grow((void *)targets->at, &targets->room,
		    sizeof(struct as_target *));
	targets->at[number] = make(targets, app, number);
	if (targets->at[number]->url.at != NULL)
		as_target_own(targets, targets->at[number], number);
	return targets->at[number];
}

/* Apps that only a glob knows come later, and their filters with them. */
static void
add_all_filters(const struct as_config *config)
{
	for (size_t i = 0; i < config->n; i++) {
		const struct as_setting *s = &config->settings[i];

		if (strcmp(s->key, "sample") == 0)
			as_filter_add(s, AS_SAMPLES);
		if (strcmp(s->key, "before_replicas") == 0 ||
		    strcmp(s->key, "replicas_body") == 0 ||
		    strncmp(s->key, "replicas_query.", 15) == 0)
			as_filter_add(s, AS_TEXT);
	}
}

void
as_targets_ready(struct as_targets *targets)
{
	struct as_config *config = targets->config;

	for (size_t i = 0; i < config->n_named; i++) {
		struct as_target *target = as_target_of(
		    targets, as_table_name(&config->apps, i));

		if (target->owner != i)
			as_die(EX_CONFIG,
			    "%s: apps %s and %s share the same replicas_url: "
			    "they would fight",
			    config->path, targets->at[target->owner]->name,
			    target->name);
		if (target->url.at == NULL)
			as_die(EX_CONFIG, "%s: app %s: no replicas_url",
			    config->path, target->name);
	}
	if (as_config_is_open(config))
		add_all_filters(config);
	as_filter_ready(config);
}
