/* jq-compile.c - compiles the texts of filters to programs of libjq */
#include <stdio.h>

#include "filter.h"

static char complaint[AS_DETAIL_MAX];

/* The length without the hint for shell users, and without the place: that counts
 * the text that program.c puts around the filter. */
static int
complaint_len(const char *text)
{
	static const char *const ends[] = {
	    "\n", " (Unix shell", " at <top-level>"};
	size_t len = strlen(text);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const char *end = strstr(text, ends[i]);

		if (end != NULL && (size_t)(end - text) < len)
			len = (size_t)(end - text);
	}
	return (int)len;
}

/* Keeps the first message: it has the reason.  The last one has only the number of
 * errors. */
static void
take_complaint(void *unused, jv message)
{
	const char *text;

	(void)unused;
	message = jq_format_error(message);
	text = jv_get_kind(message) == JV_KIND_STRING ?
	    jv_string_value(message) :
	    "not a filter";
	if (strncmp(text, "jq: error: ", 11) == 0)
		text += 11;
	if (complaint[0] == '\0')
		snprintf(complaint, sizeof(complaint), "%.*s",
		    complaint_len(text), text);
	jv_free(message);
}

/* Whether the filter wants a module.  There are none: the locked process cannot
 * read files. */
static bool
uses_modules(const char *text)
{
	return strstr(complaint, "module") != NULL ||
	    strstr(text, "import ") != NULL || strstr(text, "include ") != NULL;
}

/* source begins with S (AS_SAMPLES) or T (AS_TEXT). */
static bool
compile(struct as_compiled *program, struct as_text source)
{
	char *text = as_mem_need(strndup(source.at + 1, source.len - 1));
	bool compiled;

	program->kind = source.at[0] == 'S' ? AS_SAMPLES : AS_TEXT;
	program->jq = as_mem_need(jq_init());
	jq_set_attr(program->jq, jv_string("JQ_LIBRARY_PATH"), jv_array());
	jq_set_attr(program->jq, jv_string("JQ_ORIGIN"), jv_string("/"));
	jq_set_error_cb(program->jq, take_complaint, NULL);
	complaint[0] = '\0';
	compiled = jq_compile(program->jq, text) != 0;
	if (!compiled && uses_modules(text))
		snprintf(
		    complaint, sizeof(complaint), "modules are not available");
	free(text);
	return compiled;
}

struct as_compiled *
as_jq_compile(struct as_text message, struct as_buf *answer)
{
	struct as_text count = message, source;
	struct as_compiled *programs;
	char number[24];
	size_t n = 0;

	while (as_fence_get(&count, &source))
		n++;
	programs = as_mem_need(calloc(n + 1, sizeof(*programs)));
	for (n = 0; as_fence_get(&message, &source); n++)
		if (!compile(&programs[n], source)) {
			snprintf(number, sizeof(number), "%zu", n);
			as_fence_put(answer, as_text(number));
			as_fence_put(answer, as_text(complaint));
			return programs;
		}
	as_fence_put(answer, as_text(""));
	return programs;
}
