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

static bool
compile(struct as_compiled *program, const struct as_source *source)
{
	bool compiled;

	program->kind = source->kind;
	program->jq = as_mem_need(jq_init());
	jq_set_attr(program->jq, jv_string("JQ_LIBRARY_PATH"), jv_array());
	jq_set_attr(program->jq, jv_string("JQ_ORIGIN"), jv_string("/"));
	jq_set_error_cb(program->jq, take_complaint, NULL);
	complaint[0] = '\0';
	compiled = jq_compile(program->jq, source->text) != 0;
	if (!compiled && uses_modules(source->text))
		snprintf(
		    complaint, sizeof(complaint), "modules are not available");
	return compiled;
}

struct as_compiled *
as_jq_compile(struct as_buf *answer)
{
	size_t n;
	const struct as_source *sources = as_source_all(&n);
	struct as_compiled *programs = as_mem_need(
	    calloc(n + 1, sizeof(*programs)));
	char number[24];

	for (size_t i = 0; i < n; i++)
		if (!compile(&programs[i], &sources[i])) {
			snprintf(number, sizeof(number), "%zu", i);
			as_fence_put(answer, as_text(number));
			as_fence_put(answer, as_text(complaint));
			return programs;
		}
	as_fence_put(answer, as_text(""));
	return programs;
}
