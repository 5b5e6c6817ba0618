/* late.c - the askers whose answers come later, because their filter is slow */
#include "filter.h"

enum { LOOK_MS = 10 }; /* how often the slow process is looked at */

struct asker {
	void (*again)(void *at);
	void *at;
	struct asker *next;
};

static struct asker *runs; /* its question is in the slow process */
static struct asker *first, **end = &first;

bool
as_late_add(const int64_t *asker, void (*again)(void *at), void *at)
{
	struct asker *added;

	if (!as_turn_is_late(asker))
		return false;
	added = as_mem_need(malloc(sizeof(*added)));
	*added = (struct asker){again, at, NULL};
	if (as_turn_is_running(asker)) {
		runs = added;
		return true;
	}
	*end = added;
	end = &added->next;
	return true;
}

bool
as_late_waits(void)
{
	return runs != NULL || first != NULL;
}

int64_t
as_late_until(void)
{
	return as_late_waits() ? as_time_steady() + LOOK_MS : INT64_MAX;
}

static void
ask_again(struct asker *asker)
{
	struct asker copy = *asker;

	free(asker);
	copy.again(copy.at);
}

/* An asker that asks again may be added again. */
void
as_late_run(void)
{
	struct asker *asker = runs;

	if (runs != NULL && as_turn_await(as_time_steady())) {
		runs = NULL;
		ask_again(asker);
	}
	while (runs == NULL && (asker = first) != NULL) {
		first = asker->next;
		if (first == NULL)
			end = &first;
		ask_again(asker);
	}
}

void
as_late_finish(void)
{
	while (as_late_waits()) {
		as_turn_await(INT64_MAX);
		as_late_run();
	}
}
