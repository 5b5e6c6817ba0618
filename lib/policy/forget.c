/* forget.c - forgets apps that had no sample for long: a stream that always brings
 * new names must not fill the memory */
#include "rules.h"

/* As long as there are fewer apps, as_forget_apps is not called. */
enum { CROWD_MIN = 4096 };

/* An app whose samples were all refused has no history, so it is old at once. */
static bool
is_old(const struct as_fold *fold, size_t number)
{
	const struct as_history *app = &fold->apps[number];
	const struct as_policy *policy = fold->policy_of != NULL ?
	    fold->policies[number] :
	    fold->policy;

	return app->time < 0 || fold->clock - app->seen >= policy->forget;
}

void
as_forget_old(struct as_fold *fold, struct as_history *app, int64_t time)
{
	const struct as_policy *policy = fold->policy;

	fold->clock = as_rule_clock(policy, fold->clock, time);
	if (app->time >= 0 && fold->clock - app->seen >= policy->forget) {
		as_history_free(app);
		as_history_begin(app);
	}
}

static void
move(struct as_fold *fold, size_t from, size_t to)
{
	fold->apps[to] = fold->apps[from];
	if (fold->policy_of != NULL)
		fold->policies[to] = fold->policies[from];
	if (fold->moved != NULL)
		fold->moved(from, to);
}

/* Is called when there are fold->crowd apps, and then sets that to twice the number
 * of apps that are left.  So calls are rare, and their cost stays small for each
 * app. */
void
as_forget_apps(struct as_fold *fold)
{
	struct as_table kept = {0};
	size_t n = 0;

	if (fold->crowd == 0) {
		fold->crowd = CROWD_MIN;
		return;
	}
	for (size_t i = 0; i < fold->table.n; i++) {
		if (is_old(fold, i)) {
			as_history_free(&fold->apps[i]);
			continue;
		}
		as_table_find(&kept, as_table_name(&fold->table, i));
		move(fold, i, n++);
	}
	as_table_free(&fold->table);
	fold->table = kept;
	fold->crowd = n * 2 > CROWD_MIN ? n * 2 : CROWD_MIN;
}
