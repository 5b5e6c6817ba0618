/* fold.c - decides the samples of all apps of a stream, each with its history */
#include "policy.h"

static void
add_app(struct as_fold *fold, struct as_text name)
{
	size_t number = fold->last;
	const char *why;

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
		fold->policies[number] = fold->policy_of(
		    fold->owner, name, &why);
}

static struct as_history *
find_app(struct as_fold *fold, struct as_line *line)
{
	size_t known;

	if (fold->table.n >= fold->crowd && !line->guessed)
		as_forget_apps(fold);
	known = fold->table.n;
	fold->last = as_table_line(&fold->table, line);
	if (fold->last == known)
		add_app(fold, line->app);
	if (fold->policy_of != NULL)
		fold->policy = fold->policies[fold->last];
	return &fold->apps[fold->last];
}

/* TIME leapt ahead: keeps the history from before the leap.  A later TIME shows
 * whether the old times or the new one were right. */
static void
put_aside(struct as_history *app)
{
	struct as_history *before = app->aside;

	if (before != NULL) {
		app->aside = NULL;
		as_history_free(app);
	} else {
		before = as_mem_need(malloc(sizeof(*before)));
		*before = *app;
	}
	as_history_begin(app);
	app->aside = before;
}

static void
take_back(struct as_history *app)
{
	struct as_history *before = app->aside;

	app->aside = NULL;
	as_history_free(app);
	*app = *before;
	free(before);
}

/* Returns false if TIME is not after the app's last one.  A TIME that is more than a
 * day and more than max_gap later may come from a wrong clock: then the history is
 * put aside, and a new one begins.  If the next TIME is earlier again, but after the
 * last one of the history that was put aside, that history is taken back: so only
 * the wrong sample is lost. */
static bool
accept_time(
    struct as_history *app, const struct as_policy *policy, int64_t time)
{
	enum { DAY = 86400000 };
	int64_t after = time - app->time;

	if (app->time < 0)
		return true;
	if (after > DAY && after > policy->max_gap) {
		put_aside(app);
		return true;
	}
	if (app->aside == NULL)
		return after > 0;
	if (after < 0 && time > app->aside->time) {
		take_back(app);
		return true;
	}
	if (after > 0 && after <= policy->max_gap)
		as_history_confirm(app);
	return after > 0;
}

static const char *
ask_why(const struct as_fold *fold, struct as_text name)
{
	const char *why = NULL;

	fold->policy_of(fold->owner, name, &why);
	return why;
}

const char *
as_fold_line(
    struct as_fold *fold, struct as_line *line, struct as_decision *decision)
{
	struct as_sample sample;
	struct as_history *app = find_app(fold, line);
	const char *why;

	if (fold->policy == NULL)
		return ask_why(fold, line->app);
	why = as_sample_read(&sample, fold->policy, line);
	if (why != NULL)
		return why;
	as_forget_old(fold, app, sample.time);
	if (!accept_time(app, fold->policy, sample.time))
		return sample.time == app->time ?
		    "TIME is the same as the app's last" :
		    "TIME is before the app's last";
	as_decide(app, fold->policy, &sample, fold->explain, decision);
	app->time = sample.time;
	app->seen = fold->clock;
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
