/* mistake.c - reports each mistake in the settings once, and then ends the tool */
#include <stdarg.h>
#include <stdio.h>

#include "conf.h"

static bool
is_known(const struct as_mistakes *mistakes, const char *text)
{
	for (size_t i = 0; i < mistakes->n; i++)
		if (strcmp(mistakes->texts[i], text) == 0)
			return true;
	return false;
}

void
as_mistake_add_once(
    struct as_mistakes *mistakes, int code, const char *key, const char *text)
{
	mistakes->found++;
	if (is_known(mistakes, key))
		return;
	mistakes->code = as_msg_worse(mistakes->code, code);
	as_msg_owe(code);
	if (mistakes->n == AS_MISTAKES)
		as_msg_die(EX_CONFIG,
		    "these are %d mistakes, the rest is not printed",
		    AS_MISTAKES);
	as_msg(AS_ERROR, NULL, "%s", text);
	mistakes->texts[mistakes->n++] = as_mem_need(strdup(key));
}

void
as_mistake_add(struct as_mistakes *mistakes, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	as_mistake_add_once(mistakes, EX_CONFIG, text, text);
}

void
as_mistake_end(const struct as_mistakes *mistakes)
{
	if (mistakes->n > 0)
		exit(mistakes->code);
}
