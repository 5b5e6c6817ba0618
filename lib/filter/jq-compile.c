/* jq-compile.c - compiles the texts of filters to programs of libjq: a group of
 * filters is one program, which runs one of them */
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

/* Returns NULL if the text is not valid. */
static jq_state *
compile(const char *text)
{
	jq_state *jq = as_mem_need(jq_init());

	jq_set_attr(jq, jv_string("JQ_LIBRARY_PATH"), jv_array());
	jq_set_attr(jq, jv_string("JQ_ORIGIN"), jv_string("/"));
	jq_set_error_cb(jq, take_complaint, NULL);
	complaint[0] = '\0';
	if (jq_compile(jq, text) == 0)
		jq_teardown(&jq);
	return jq;
}

/* Compiles n filters as one program.  Its input has the number of one of them as
 * the fourth member. */
static jq_state *
compile_some(const struct as_source *sources, size_t n)
{
	struct as_buf text = {0};
	char head[48];
	jq_state *jq = NULL;
	size_t i;

	if (n == 1)
		return compile(sources->text);
	for (i = 0; i < n && as_names_are_whole(sources[i].text); i++) {
		snprintf(head, sizeof(head), "%s .[3] == %zu then (",
		    i == 0 ? "if" : "elif", i);
		as_buf_puts(&text, head);
		as_buf_puts(&text, sources[i].text);
		as_buf_puts(&text, "\n) "); /* after a comment, too */
	}
	as_buf_puts(&text, "else empty end");
	if (i == n)
		jq = compile(text.at);
	free(text.at);
	return jq;
}

/* A filter may be valid alone, but not together with others: it may end with half a
 * string, or all are too long.  So fewer are tried then.  Returns NULL, or the first
 * filter that is not valid. */
static const struct as_source *
compile_all(
    struct as_compiled *programs, const struct as_source *sources, size_t n)
{
	for (size_t first = 0, some; first < n; first += some) {
		jq_state *jq;

		for (some = n - first;
		     (jq = compile_some(sources + first, some)) == NULL;
		     some /= 2)
			if (some == 1)
				return sources + first;
		for (size_t i = 0; i < some; i++)
			programs[first + i] = (struct as_compiled){
			    jq, sources[first + i].kind, (int)i};
	}
	return NULL;
}

void
as_jq_compile(
    struct as_compiled *programs, size_t program, struct as_buf *answer)
{
	size_t n, first = program;
	const struct as_source *sources = as_source_all(&n), *wrong;
	char number[24] = "";

	while (first > 0 && sources[first - 1].group == sources[program].group)
		first--;
	wrong = compile_all(
	    programs + first, sources + first, as_source_group(first));
	if (wrong != NULL) {
		snprintf(number, sizeof(number), "%td", wrong - sources);
		if (uses_modules(wrong->text))
			snprintf(complaint, sizeof(complaint),
			    "modules are not available");
	}
	as_fence_put(answer, as_text(number));
	as_fence_put(answer, as_text(complaint));
}
