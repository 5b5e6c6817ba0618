/* decider.c - asks a decider: a program, or the engine inside of as-sim */
#include <stdio.h>

#include "sim.h"

const char *
as_decider_ask(struct as_decider *decider, size_t len)
{
	decider->next = decider->samples;
	return decider->inside != NULL ?
	    NULL :
	    as_coproc_send(&decider->program, decider->samples, len);
}

static const char *
explain(struct as_decider *decider, const struct as_run *run, const char *why,
    const char *text)
{
	snprintf(decider->why, sizeof(decider->why),
	    "%.*s %s: no answer: %s: \"%.*s\"", (int)run->stamp_len, run->stamp,
	    run->course->app, why, (int)strcspn(text, "\r\n") % 80, text);
	return decider->why;
}

static const char *
receive(struct as_decider *decider, const struct as_run *run,
    struct as_answer *answer)
{
	struct as_line *line = &decider->line;
	const char *text, *why = as_coproc_line(&decider->program, &text);
	const struct as_pair *word;

	if (why != NULL)
		return why;
	why = as_line_parse(line, text);
	if (why == NULL)
		why = as_run_refuse(run, line);
	if (why != NULL)
		return explain(decider, run, why, text);
	word = as_line_get(line, "why");
	*answer = (struct as_answer){.count = line->count};
	if (word != NULL)
		answer->why = word->value;
	return NULL;
}

const char *
as_decider_answer(struct as_decider *decider, const struct as_run *run,
    struct as_answer *answer)
{
	const char *sample = decider->next, *why;

	if (decider->inside == NULL)
		return receive(decider, run, answer);
	why = as_inside_answer(decider->inside, &decider->next, answer);
	return why != NULL ? explain(decider, run, why, sample) : NULL;
}

const char *
as_decider_end(struct as_decider *decider)
{
	int status;

	free(decider->line.pairs);
	if (decider->inside == NULL)
		return as_coproc_end(&decider->program);
	status = as_inside_end(decider->inside);
	snprintf(decider->why, sizeof(decider->why),
	    "ended with exit status %d", status);
	return status == 0 ? NULL : decider->why;
}
