/* jq-compile.c - compiles filters with libjq.  Several filters become one program
 * of libjq; a number in the input of the program says which of them it runs. */
#include <stdio.h>

#include "filter.h"

static char complaint[AS_DETAIL_MAX];

/* Returns the length of the part of libjq's message that helps: its first line
 * without the hint about shell quoting, and without the line number.  That number
 * would be wrong, because it counts the text that source.c puts before the filter,
 * too. */
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

/* libjq calls this for each error that it finds.  Keeps the first message, which
 * has the reason.  The last one has only the number of errors. */
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

/* Returns whether a filter that did not compile seems to use a module of jq.
 * There are no modules, because the locked process cannot read files. */
static bool
uses_modules(const char *text)
{
	return strstr(complaint, "module") != NULL ||
	    strstr(text, "import ") != NULL || strstr(text, "include ") != NULL;
}

/* Returns NULL if the text is not valid.  Then `complaint` has the reason. */
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

/* Compiles n filters as one program.  The program runs the filter whose number,
 * from 0 on, is the fourth member of its input.  Returns NULL if this is not
 * possible. */
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
		/* the line feed ends a comment at the end of the filter */
		as_buf_puts(&text, "\n) ");
	}
	as_buf_puts(&text, "else empty end");
	if (i == n)
		jq = compile(text.at);
	free(text.at);
	return jq;
}

/* A filter that is not valid, and `complaint` has the reason. */
static void
put_wrong(struct as_buf *answer, const struct as_source *wrong)
{
	size_t n;
	char number[24];

	snprintf(number, sizeof(number), "%td", wrong - as_source_all(&n));
	as_fence_put(answer, as_text(number));
	as_fence_put(answer,
	    as_text(uses_modules(wrong->text) ? "modules are not available" :
						complaint));
}

/* Compiles all n filters, as few programs.  If some filters cannot be one program,
 * tries it with half as many of them, and at last with one.  A filter may be valid
 * alone and not together with others: all may be too long, or as_names_are_whole
 * may be unsure about one.  Puts each filter that is not valid alone into the
 * answer. */
static void
compile_all(struct as_compiled *programs, const struct as_source *sources,
    size_t n, struct as_buf *answer)
{
	for (size_t first = 0, some; first < n; first += some) {
		jq_state *jq = NULL;

		for (some = n - first;
		     (jq = compile_some(sources + first, some)) == NULL &&
		     some > 1;)
			some /= 2;
		if (jq == NULL)
			put_wrong(answer, sources + first);
		for (size_t i = 0; jq != NULL && i < some; i++)
			programs[first + i] = (struct as_compiled){
			    jq, sources[first + i].kind, (int)i};
	}
}

void
as_jq_compile(
    struct as_compiled *programs, size_t program, struct as_buf *answer)
{
	size_t n, first = program;
	const struct as_source *sources = as_source_all(&n);

	while (first > 0 && sources[first - 1].group == sources[program].group)
		first--;
	compile_all(
	    programs + first, sources + first, as_source_group(first), answer);
	as_fence_put(answer, as_text(""));
}
