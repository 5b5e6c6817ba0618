/* count.c - reads an app's count at before_url if its status reply has none, so
 * that as-decide can use a fallback */
#include "fetch.h"

/* An app whose count is read at before_url */
struct as_count {
	struct as_ask ask;
	struct as_fleet *fleet;
	struct as_group *group;
	size_t app;
	struct as_buf rest; /* the app's line after COUNT */
	char word[16];      /* for err=, if before_url gives no count */
};

/* Returns whether the server of `url` just failed to answer a request of `ask`, or
 * wants no requests for some time.  Then it is not asked for the count. */
static bool
has_failed(const struct as_ask *ask, const char *url)
{
	for (size_t i = 0; i < ask->n; i++) {
		bool silent = as_lost_is(ask, i) && ask->lost[i].status == 0;

		if ((silent || as_lost_until(ask, i) > 0) &&
		    as_url_same_origin(ask->requests[i].url, url))
			return true;
	}
	return false;
}

static bool
is_elsewhere(const struct as_ask *ask, const char *url)
{
	for (size_t i = 0; i < ask->n; i++)
		if (strcmp(ask->requests[i].url, url) == 0)
			return false;
	return true;
}

static void
take_count(struct as_ask *ask)
{
	struct as_count *count = ask->owner;
	struct as_fleet *fleet = count->fleet;
	struct as_text app = as_table_name(&fleet->config->apps, count->app);
	struct as_scope scope = {
	    fleet->config, as_config_of(fleet->config, app), app};
	struct as_buf answer = {0};
	int32_t n = 0;
	const char *word = as_ask_answer(
	    ask, &scope, as_text(""), AS_COUNTS, &answer, NULL);

	if (word != NULL && as_wait_again(ask)) {
		free(answer.at);
		return;
	}
	if (word == NULL &&
	    as_num_count((struct as_text){answer.at, answer.len}, &n)) {
		as_lines_put_until(&count->rest, ask);
		as_lines_count(fleet, count->group, app, n,
		    (struct as_text){count->rest.at, count->rest.len});
	} else {
		as_msg(AS_ERROR, as_fleet_text(app), "before: %s: %.100s",
		    word != NULL ? word : "type",
		    word != NULL ? ask->detail : answer.at);
		count->rest.len = 0;
		as_lines_put_until(&count->rest, ask);
		as_lines_fail(fleet, count->group, app, count->word,
		    (struct as_text){count->rest.at, count->rest.len});
	}
	free(answer.at);
	as_ask_forget(ask);
	as_fleet_end(fleet, count->group);
}

static struct as_count *
make(struct as_fleet *fleet, size_t number)
{
	struct as_text app = as_table_name(&fleet->config->apps, number);
	struct as_scope scope = {
	    fleet->config, as_config_of(fleet->config, app), app};
	struct as_count *count = as_mem_need(calloc(1, sizeof(*count)));

	as_ask_make(&count->ask, &scope, AS_ASK_BEFORE);
	count->ask.done = take_count;
	count->ask.owner = count;
	count->fleet = fleet;
	count->group = &fleet->groups[fleet->group_of[number] - 1];
	count->app = number;
	return count;
}

static bool
has_before_url(const struct as_fleet *fleet, size_t number)
{
	struct as_text app = as_table_name(&fleet->config->apps, number);

	return !fleet->from_reply && fleet->group_of[number] != 0 &&
	    as_config_of(fleet->config, app)->remote.before_url != NULL;
}

struct as_ask *
as_count_requests(struct as_fleet *fleet, size_t number)
{
	if (!has_before_url(fleet, number))
		return NULL;
	if (fleet->counts[number] == NULL)
		fleet->counts[number] = make(fleet, number);
	return &fleet->counts[number]->ask;
}

bool
as_count_ask(struct as_fleet *fleet, struct as_group *group, size_t number,
    const char *word, struct as_text rest)
{
	struct as_ask *ask = as_count_requests(fleet, number);
	struct as_count *count;
	const char *url;

	if (ask == NULL)
		return false;
	url = ask->requests[0].url;
	if (!is_elsewhere(&group->ask, url) || has_failed(&group->ask, url))
		return false;
	count = ask->owner;
	count->rest.len = 0;
	as_buf_add(&count->rest, rest.at, rest.len);
	memcpy(count->word, word, strnlen(word, sizeof(count->word) - 1) + 1);
	group->n_counts++;
	as_ask_send(ask, fleet->http);
	return true;
}
