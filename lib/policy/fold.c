/* fold.c - all apps of a stream */
#include "policy.h"

static void
add_app(struct as_fold *fold, struct as_text name)
{
	size_t number = fold->last;

	if (number == fold->room) {
		fold->apps = as_mem_grow(
		    fold->apps, &fold->room, sizeof(*fold->apps));
		if (fold->policy_of != NULL)
			fold->policies = as_mem_need(
			    realloc((void *)fold->policies,
				fold->room * sizeof(struct as_policy *)));
	}
	as_history_begin(&fold->apps[number]);
	if (fold->policy_of != NULL)
		fold->policies[number] = fold->policy_of(fold->owner, name);
}

static struct as_history *
find_app(struct as_fold *fold, struct as_line *line)
{
	size_t known = fold->table.n;

	fold->last = line->guessed ? as_table_take_guess(&fold->table) :
				     as_table_find(&fold->table, line->app);
	line->guess = as_table_guess(&fold->table);
	if (fold->last == known)
		add_app(fold, line->app);
	if (fold->policy_of != NULL)
		fold->policy = fold->policies[fold->last];
	return &fold->apps[fold->last];
}

const char *
as_fold_line(
    struct as_fold *fold, struct as_line *line, struct as_decision *decision)
{
	struct as_sample sample;
	struct as_history *app = find_app(fold, line);
	const char *why = as_sample_read(&sample, fold->policy, line);

	if (why != NULL)
		return why;
	if (sample.time <= app->time)
		return sample.time == app->time ?
		    "TIME is the same as the app's last" :
		    "TIME is before the app's last";
	as_decide(app, fold->policy, &sample, decision);
	app->time = sample.time;
	return NULL;
}

void
as_fold_free(struct as_fold *fold)
{
	for (size_t i = 0; i < fold->table.n; i++)
		as_history_free(&fold->apps[i]);
	free(fold->apps);
	free((void *)fold->policies);
	as_table_free(&fold->table);
}
