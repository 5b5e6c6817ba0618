/* locked.c - keeps a locked process (fence.c) ready to run filters: starts it,
 * starts it again if it has ended, and lets it compile each filter when that is
 * first needed */
#include <errno.h>
#include <stdio.h>

#include "filter.h"

enum {
	COMPILE_MS = 20000,
	PAUSE_MS = 1000 /* ms without another try after a start that failed */
};

/* Starts the process.  This fails while there are too many processes or too little
 * memory.  Then it is tried again only after PAUSE_MS, and not for each question.
 * Returns false, with the reason in locked->why, if there is no process. */
static bool
start(struct as_locked *locked)
{
	size_t n;
	int64_t now = as_time_steady();

	if (now < locked->pause)
		return false;
	as_source_all(&n);
	free(locked->compiled);
	locked->compiled = as_mem_need(calloc(n + 1, sizeof(bool)));
	locked->n_compiled = 0;
	if (as_fence_start(&locked->fence))
		return true;
	locked->pause = now + PAUSE_MS;
	snprintf(locked->why, sizeof(locked->why), "no process for filters: %s",
	    strerror(errno));
	return false;
}

static enum as_ready
refuse(struct as_locked *locked, enum as_ready how, struct as_text why)
{
	snprintf(
	    locked->why, sizeof(locked->why), "%.*s", (int)why.len, why.at);
	return how;
}

static enum as_ready
compile(struct as_locked *locked, size_t program)
{
	static struct as_buf message, answer;
	uint32_t head[3] = {AS_COMPILE, (uint32_t)program, 0};
	struct as_text parts, number;
	enum as_fenced how;

	message.len = 0;
	as_fence_put(&message, (struct as_text){(char *)head, sizeof(head)});
	how = as_fence_ask(
	    &locked->fence, &message, &answer, as_time_steady() + COMPILE_MS);
	parts = (struct as_text){answer.at, answer.len};
	locked->wrong = parts;
	if (how != AS_FENCED || !as_fence_get(&parts, &number)) {
		as_fence_end(&locked->fence);
		return refuse(locked, AS_READY_STOPPED,
		    as_text(how == AS_FENCE_SLOW ?
			    "took too much time to compile" :
			    "took too much memory to compile"));
	}
	if (number.len > 0)
		return refuse(locked, AS_READY_WRONG, as_text("is not valid"));
	locked->n_compiled++;
	return AS_READY;
}

const struct as_setting *
as_locked_wrong(struct as_locked *locked, struct as_text *why)
{
	size_t n;
	const struct as_source *sources = as_source_all(&n);
	struct as_text number;
	int32_t program;

	return as_fence_get(&locked->wrong, &number) &&
		as_num_count(number, &program) &&
		as_fence_get(&locked->wrong, why) ?
	    sources[program].setting :
	    NULL;
}

/* If the process ends while it compiles, the filters that it had compiled before
 * may have left too little memory.  So the same is tried once more in a new
 * process. */
enum as_ready
as_locked_ready(struct as_locked *locked, size_t program)
{
	size_t n, group = 0;
	const struct as_source *sources = as_source_all(&n);
	enum as_ready how;
	bool was_used;

	if (program != AS_PLAIN)
		group = sources[program].group;
	do {
		if (locked->fence.pid == 0 && !start(locked))
			return AS_READY_NO_PROCESS;
		if (program == AS_PLAIN || locked->compiled[group])
			return AS_READY;
		was_used = locked->n_compiled > 0;
		how = compile(locked, program);
	} while (how == AS_READY_STOPPED && was_used);
	locked->compiled[group] = how == AS_READY;
	return how;
}
