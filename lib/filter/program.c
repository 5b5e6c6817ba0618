/* program.c - makes the question for each run of a filter, and reads the answer of
 * the locked process (fence.c) */
#include <stdio.h>

#include "filter.h"

static struct as_buf message, reply;

static const char *
word_of(struct as_text word)
{
	static const char *const words[] = {"not-json", "type", "range"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (as_text_is(word, as_text(words[i])))
			return words[i];
	return word.len > 0 ? "filter" : NULL;
}

/* Sends message, and finds the parts of the answer.  Returns its word for err=, or
 * NULL. */
static const char *
ask(struct as_filter *filter, const struct as_question *question,
    struct as_text *answer, struct as_text *notes, char *detail)
{
	struct as_turn turn = {
	    filter, question->barred, &message, &reply, detail};
	struct as_text parts, word;

	*answer = (struct as_text){NULL, 0};
	if (!as_turn_ask(&turn))
		return "filter";
	parts = (struct as_text){reply.at, reply.len};
	if (as_fence_get(&parts, &word) && as_fence_get(&parts, answer) &&
	    as_fence_get(&parts, notes))
		return word_of(word);
	snprintf(detail, AS_DETAIL_MAX, "%s: the answer is not whole",
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
