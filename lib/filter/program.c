/* program.c - sends filters to the locked process (fence.c), which compiles them
 * once, and then a question for each run.  If a filter takes too much time or
 * memory, it is not run for that asker for a while. */
#include <stdio.h>

#include "filter.h"

enum {
	RUN_MS = 2000,
	MIB_MS = 500,     /* more for each MiB of replies */
	LEAST_MS = 250,   /* for a filter that failed often */
	PAUSE_MS = 10000, /* the asker waits so long after a failure */
	FAILURES = 3      /* in a row: from then on a filter gets less time */
};

static struct as_locked locked = {.fence.serve = as_jq_serve};
static struct as_buf message, reply;

/* Compiles all filters, so that one that is not valid is found at the start. */
void
as_program_compile(void)
{
	size_t n;
	const struct as_source *sources = as_source_all(&n);

	for (size_t i = 0; i < n; i += as_source_group(i))
		switch (as_locked_ready(&locked, i)) {
		case AS_READY: break;
		case AS_READY_WRONG:
			as_setting_die(
			    sources[locked.wrong].setting, locked.why);
		case AS_READY_NO_PROCESS:
			as_msg_die(EX_OSERR, "%s", locked.why);
		case AS_READY_STOPPED:
			as_msg_die(EX_CONFIG, "filters: %s", locked.why);
		}
}

static const char *
word_of(struct as_text word)
{
	static const char *const words[] = {"not-json", "type", "range"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (as_text_is(word, as_text(words[i])))
			return words[i];
	return word.len > 0 ? "filter" : NULL;
}

/* The filter may be slow, or only one reply.  So a filter that failed several times
 * in a row is still run, for its other apps may work, but it gets less time: then
 * the other apps do not wait long.  A long reply gets more time. */
static int64_t
time_limit(const struct as_filter *filter)
{
	int64_t ms = RUN_MS;

	for (int i = FAILURES; i <= filter->n_failed && ms > LEAST_MS; i++)
		ms /= 2;
	return ms + (int64_t)(message.len >> 20) * MIB_MS;
}

static void
fail(struct as_filter *filter, const struct as_question *question)
{
	filter->n_failed += filter->n_failed < 2 * FAILURES ? 1 : 0;
	*question->barred = as_time_steady() + PAUSE_MS;
}

/* Sends message to the locked process.  Returns false, and the reason in detail, if
 * there is no answer. */
static bool
run(struct as_filter *filter, const struct as_question *question, char *detail)
{
	enum as_fenced how = AS_FENCE_SLOW;
	enum as_ready ready;

	if (*question->barred <= as_time_steady()) {
		ready = as_locked_ready(&locked, filter->program);
		if (ready != AS_READY) {
			if (ready == AS_READY_STOPPED)
				fail(filter, question);
			snprintf(detail, AS_DETAIL_MAX, "%s: %.200s",
			    filter->setting->key, locked.why);
			return false;
		}
		how = as_fence_ask(&locked.fence, &message, &reply,
		    as_time_steady() + time_limit(filter));
		if (how == AS_FENCED) {
			filter->n_failed = 0;
			return true;
		}
		fail(filter, question);
	}
	snprintf(detail, AS_DETAIL_MAX,
	    "%s: took too much %s, stopped for 10 s", filter->setting->key,
	    how == AS_FENCE_SLOW ? "time" : "memory");
	return false;
}

/* Sends message, and finds the parts of the answer.  Returns its word for err=, or
 * NULL. */
static const char *
ask(struct as_filter *filter, const struct as_question *question,
    struct as_text *answer, struct as_text *notes, char *detail)
{
	struct as_text parts, word;

	*answer = (struct as_text){NULL, 0};
	if (!run(filter, question, detail))
		return "filter";
	parts = (struct as_text){reply.at, reply.len};
	if (as_fence_get(&parts, &word) && as_fence_get(&parts, answer) &&
	    as_fence_get(&parts, notes))
		return word_of(word);
	as_fence_end(&locked.fence);
	snprintf(detail, AS_DETAIL_MAX, "%s: its process gave no whole answer",
	    filter->setting->key);
	return "filter";
}

static void
put_question(const struct as_filter *filter, const struct as_question *question,
    const struct as_scope *scope)
{
	uint32_t head[3] = {(uint32_t)filter->program,
	    (uint32_t)question->n_replies, (uint32_t)question->how};
	const struct as_setting *set;
	size_t i = 0;

	message.len = 0;
	as_fence_put(&message, (struct as_text){(char *)head, sizeof(head)});
	as_fence_put(&message, question->lost);
	for (size_t n = 0; n < question->n_replies; n++)
		as_fence_put(&message, question->replies[n]);
	as_fence_put(&message, question->before);
	as_fence_put(&message, question->stamp);
	as_fence_put(&message,
	    (question->how & AS_FOR_MANY) != 0 ? as_text("") : scope->app);
	while ((set = as_scope_each(scope, "set.", &i)) != NULL) {
		as_fence_put(&message, as_text(set->key + 4));
		as_fence_put(&message, as_text(set->value));
	}
}

const char *
as_program_run(struct as_filter *filter, const struct as_question *question,
    const struct as_scope *scope, struct as_buf *to, char detail[AS_DETAIL_MAX])
{
	struct as_text answer, notes = {NULL, 0};
	const char *word;

	put_question(filter, question, scope);
	word = ask(filter, question, &answer, &notes, detail);
	if (question->notes != NULL)
		as_buf_add(question->notes, notes.at, notes.len);
	if (word == NULL)
		as_buf_add(to, answer.at, answer.len);
	else if (answer.at != NULL)
		snprintf(detail, AS_DETAIL_MAX, "%s: %.*s",
		    filter->setting->key, (int)answer.len, answer.at);
	return word;
}

/* Appends the text of the filter or, if paths is one of its paths, only that. */
static void
put_paths(const struct as_filter *filter, const struct as_paths *paths)
{
	const struct as_path *path = &paths->path[0];
	struct as_buf text = {0};

	if (paths == &filter->paths) {
		as_fence_put(&message, as_text(filter->setting->value));
		return;
	}
	for (size_t i = 0; i < path->n; i++) {
		as_buf_puts(&text, ".");
		as_buf_add(&text, path->part[i].at, path->part[i].len);
	}
	as_fence_put(&message, (struct as_text){text.at, text.len});
	free(text.at);
}

const char *
as_program_find(struct as_filter *filter, const struct as_question *question,
    const struct as_paths *paths, double *values, char detail[AS_DETAIL_MAX])
{
	uint32_t head[3] = {(uint32_t)filter->program, 0, 0};
	struct as_text answer, notes = {NULL, 0};
	const char *word;

	message.len = 0;
	as_fence_put(&message, (struct as_text){(char *)head, sizeof(head)});
	put_paths(filter, paths);
	as_fence_put(&message, question->replies[0]);
	word = ask(filter, question, &answer, &notes, detail);
	if (word == NULL && answer.len == paths->n * sizeof(*values)) {
		memcpy(values, answer.at, answer.len);
		snprintf(detail, AS_DETAIL_MAX, "%.*s", (int)notes.len,
		    notes.len > 0 ? notes.at : "");
	} else if (answer.at != NULL)
		snprintf(
		    detail, AS_DETAIL_MAX, "%.*s", (int)answer.len, answer.at);
	return word;
}

void
as_program_wait_with(bool (*wait)(void *at, int fd, int64_t until), void *at)
{
	locked.fence.wait = wait;
	locked.fence.at = at;
}

void
as_program_end(void)
{
	as_fence_end(&locked.fence);
}
