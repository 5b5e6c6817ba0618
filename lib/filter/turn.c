/* turn.c - decides where a filter runs, so that a slow one costs other apps little.
 * There are two locked processes.  The quick one answers while all wait.  A filter
 * that is too slow for that goes on in the other one: its asker comes back for the
 * answer, and other slow filters wait for their turn there. */
#include <stdio.h>

#include "filter.h"

enum {
	QUICK_MS = 250,  /* so long all wait for a filter */
	QUICK_MIB = 100, /* ms more for each MiB of replies */
	RUN_MS = 2000,
	LEAST_MS = 250,   /* for a filter that failed often */
	MIB_MS = 500,     /* more for each MiB of replies */
	PAUSE_MS = 10000, /* the asker waits so long after a failure */
	FAILURES = 3      /* in a row: from then on a filter gets less time */
};

static struct as_locked quick = {.fence.serve = as_jq_serve},
			slow = {.fence.serve = as_jq_serve};

/* The question in the slow process; asker is NULL: there is none */
static struct {
	const int64_t *asker;
	const struct as_filter *filter;
	int64_t begin, until; /* steady */
} running;

static const int64_t *late; /* the last asker, if its answer comes later */

bool
as_turn_is_late(const int64_t *asker)
{
	return asker == late;
}

bool
as_turn_is_running(const int64_t *asker)
{
	return asker == running.asker;
}

bool
as_turn_await(int64_t until)
{
	if (running.asker == NULL)
		return true;
	return as_fence_await(&slow.fence,
		   until < running.until ? until : running.until) ||
	    as_time_steady() >= running.until;
}

/* The filter may be slow, or only one reply.  So a filter that failed several times
 * in a row is still run, for its other apps may work, but it gets less time.  A
 * long reply gets more time. */
static int64_t
time_limit(const struct as_filter *filter, size_t len)
{
	int64_t ms = RUN_MS;

	for (int i = FAILURES; i <= filter->n_failed && ms > LEAST_MS; i++)
		ms /= 2;
	return ms + (int64_t)(len >> 20) * MIB_MS;
}

static bool
refuse(const struct as_filter *filter, const char *why, char *detail)
{
	snprintf(
	    detail, AS_DETAIL_MAX, "%s: %.200s", filter->setting->key, why);
	return false;
}

static bool
stop(struct as_turn *turn, enum as_fenced how)
{
	return refuse(turn->filter,
	    how == AS_FENCE_SLOW ? "took too much time, stopped for 10 s" :
				   "took too much memory, stopped for 10 s",
	    turn->detail);
}

/* Notes how the filter has run. */
static bool
judge(struct as_turn *turn, enum as_fenced how)
{
	struct as_filter *filter = turn->filter;

	if (how == AS_FENCED) {
		filter->n_failed = 0;
		return true;
	}
	filter->n_failed += filter->n_failed < 2 * FAILURES ? 1 : 0;
	filter->apart = true;
	*turn->asker = as_time_steady() + PAUSE_MS;
	return stop(turn, how);
}

/* Makes the process ready for the filter. */
static bool
prepare(struct as_turn *turn, struct as_locked *locked)
{
	enum as_ready ready = as_locked_ready(locked, turn->filter->program);

	if (ready == AS_READY_STOPPED)
		judge(turn, AS_FENCE_SLOW);
	return ready == AS_READY ||
	    refuse(turn->filter, locked->why, turn->detail);
}

static void
go_on(struct as_turn *turn, int64_t begin, int64_t until)
{
	running.asker = turn->asker;
	running.filter = turn->filter;
	running.begin = begin;
	running.until = until;
}

/* The filter is too slow for the quick process.  That becomes the slow process, if
 * there is no question in the slow one; else this question is asked again. */
static void
set_apart(struct as_turn *turn, int64_t begin, int64_t until)
{
	struct as_locked other = slow;

	turn->filter->apart = true;
	late = turn->asker;
	if (running.asker != NULL) {
		as_fence_end(&quick.fence);
		return;
	}
	slow = quick;
	quick = other;
	go_on(turn, begin, until);
}

static bool
ask_quick(struct as_turn *turn)
{
	int64_t begin, until, most;
	enum as_fenced how;
	size_t len = turn->message->len;

	if (!prepare(turn, &quick))
		return false;
	begin = as_time_steady();
	until = begin + time_limit(turn->filter, len);
	most = begin + QUICK_MS + (int64_t)(len >> 20) * QUICK_MIB;
	how = as_fence_send(&quick.fence, turn->message, until);
	if (how == AS_FENCED && !as_fence_await(&quick.fence, most)) {
		set_apart(turn, begin, until);
		return false;
	}
	if (how == AS_FENCED)
		how = as_fence_receive(&quick.fence, turn->reply, until);
	return judge(turn, how);
}

static bool
ask_slow(struct as_turn *turn)
{
	int64_t begin, until;
	enum as_fenced how;

	if (running.asker == NULL) {
		if (!prepare(turn, &slow))
			return false;
		begin = as_time_steady();
		until = begin + time_limit(turn->filter, turn->message->len);
		how = as_fence_send(&slow.fence, turn->message, until);
		if (how != AS_FENCED)
			return judge(turn, how);
		go_on(turn, begin, until);
	}
	late = turn->asker;
	return false;
}

/* Takes the answer of the slow process. */
static bool
collect(struct as_turn *turn)
{
	int64_t now = as_time_steady();
	enum as_fenced how = AS_FENCE_SLOW;

	if (!as_turn_await(now)) {
		late = turn->asker;
		return false;
	}
	running.asker = NULL;
	if (as_fence_await(&slow.fence, now))
		how = as_fence_receive(
		    &slow.fence, turn->reply, now + LEAST_MS);
	else
		as_fence_end(&slow.fence);
	if (now - running.begin < QUICK_MS)
		turn->filter->apart = false;
	return judge(turn, how);
}

bool
as_turn_ask(struct as_turn *turn)
{
	late = NULL;
	if (running.asker == turn->asker && running.filter == turn->filter)
		return collect(turn);
	if (*turn->asker > as_time_steady())
		return stop(turn, AS_FENCE_SLOW);
	return turn->filter->apart ? ask_slow(turn) : ask_quick(turn);
}

void
as_turn_wait_with(bool (*wait)(void *at, int fd, int64_t until), void *at)
{
	quick.fence.wait = slow.fence.wait = wait;
	quick.fence.at = slow.fence.at = at;
}

/* Reports a filter that is not valid in each place where it stands. */
static void
report(struct as_config *config, const struct as_setting *wrong,
    struct as_text why)
{
	char text[AS_DETAIL_MAX];

	snprintf(text, sizeof(text), "%.*s", (int)why.len, why.at);
	as_mistake_add(
	    &config->mistakes, "%s", as_setting_explain(wrong, text));
	for (size_t i = 0; i < config->n; i++) {
		const struct as_setting *same = &config->settings[i];

		if (strcmp(same->key, wrong->key) == 0 &&
		    strcmp(same->value, wrong->value) == 0)
			as_mistake_add(&config->mistakes, "%s",
			    as_setting_explain(same, text));
	}
}

/* Compiles all filters, so that those which are not valid are found at the start. */
void
as_turn_compile(struct as_config *config)
{
	size_t n;
	const struct as_setting *wrong;
	struct as_text why;

	as_source_all(&n);
	for (size_t i = 0; i < n; i += as_source_group(i))
		switch (as_locked_ready(&quick, i)) {
		case AS_READY: break;
		case AS_READY_WRONG:
			while ((wrong = as_locked_wrong(&quick, &why)) != NULL)
				report(config, wrong, why);
			break;
		case AS_READY_NO_PROCESS: as_msg_die(EX_OSERR, "%s", quick.why);
		case AS_READY_STOPPED:
			as_msg_die(EX_CONFIG, "filters: %s", quick.why);
		}
}

void
as_turn_end(void)
{
	as_fence_end(&quick.fence);
	as_fence_end(&slow.fence);
}
