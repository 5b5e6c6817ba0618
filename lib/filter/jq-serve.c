/* jq-serve.c - what the locked process (fence.c) does: it runs filters */
#include <stdio.h>
#include <unistd.h>

#include "filter.h"

enum { OUTPUTS_MAX = 1000000 };

static struct as_compiled *programs; /* as source.c numbers them */

/* Puts why and about in the detail: a string as it is, other values as JSON.  Frees
 * about. */
static const char *
wrong(struct as_evaluation *e, const char *why, jv about)
{
	if (jv_get_kind(about) != JV_KIND_STRING)
		about = jv_dump_string(about, 0);
	snprintf(e->detail, sizeof(e->detail), "%s%.120s", why,
	    jv_string_value(about));
	jv_free(about);
	return "filter";
}

/* Frees output.  Returns NULL, or the word for err= if the output is wrong. */
static const char *
put_output(
    struct as_evaluation *e, enum as_filter_kind kind, jv output, size_t n)
{
	jv_kind type = jv_get_kind(output);
	const char *word = NULL;

	if (kind == AS_SAMPLES && type != JV_KIND_OBJECT)
		return wrong(e, "an output is not an object: ", output);
	if (kind == AS_SAMPLES && n == OUTPUTS_MAX)
		word = wrong(
		    e, "more than 1000000 outputs, as ", jv_copy(output));
	else if (kind == AS_SAMPLES)
		as_jq_sample_put(e, output);
	else if (n > 0)
		word = wrong(e, "a second output: ", jv_copy(output));
	else if (type == JV_KIND_STRING)
		as_buf_add(e->answer, as_jq_sample_text(output).at,
		    as_jq_sample_text(output).len);
	else if (type == JV_KIND_NULL)
		word = wrong(e, "the output is ", jv_copy(output));
	else {
		output = jv_dump_string(output, 0);
		as_buf_add(e->answer, as_jq_sample_text(output).at,
		    as_jq_sample_text(output).len);
	}
	jv_free(output);
	return word;
}

static const char *
run(struct as_evaluation *e, const struct as_compiled *program, jv input)
{
	const char *word = NULL;
	size_t n = 0;
	jv output;

	input = jv_array_set(input, 3, jv_number(program->place));
	jq_start(program->jq, input, 0);
	while (jv_is_valid(output = jq_next(program->jq)) && word == NULL)
		word = put_output(e, program->kind, output, n++);
	if (word != NULL) {
		jv_free(output);
	} else if (jq_halted(program->jq)) {
		word = wrong(e, "halted", jv_string(""));
		jv_free(output);
	} else if (jv_invalid_has_msg(jv_copy(output))) {
		word = wrong(e, "", jv_invalid_get_msg(output));
	} else {
		jv_free(output);
		if (n == 0 && program->kind == AS_TEXT)
			word = wrong(e, "no output", jv_string(""));
	}
	return word;
}

/* Parses JSON.  Returns NULL, or the word for err=. */
static const char *
parse(struct as_evaluation *e, struct as_text text, jv *value)
{
	*value = jv_parse_sized(text.at, (int)text.len);
	if (jv_is_valid(*value))
		return NULL;
	*value = jv_invalid_get_msg(*value);
	snprintf(e->detail, sizeof(e->detail), "%.60s: \"%.*s\"",
	    jv_get_kind(*value) == JV_KIND_STRING ? jv_string_value(*value) :
						    "not a document",
	    text.len < 60 ? (int)text.len : 60, text.at);
	jv_free(*value);
	return "not-json";
}

/* One of several replies cannot be read.  The filter gets null in its place, so the
 * others can be used. */
static jv
lose_reply(struct as_evaluation *e, uint32_t i, const char *word)
{
	char text[48];

	snprintf(text, sizeof(text), " err.%u=%s", (unsigned)i, word);
	as_buf_puts(&e->lost, text);
	snprintf(text, sizeof(text), "%u %s: ", (unsigned)i, word);
	as_buf_puts(&e->notes, text);
	for (const char *p = e->detail; *p != '\0'; p++)
		as_buf_add(&e->notes, *p == '\n' ? " " : p, 1);
	as_buf_puts(&e->notes, "\n");
	return jv_null();
}

/* Sets *input to the reply or, if there are several, to an array of them.  A
 * missing reply is null. */
static const char *
parse_replies(
    struct as_evaluation *e, struct as_text *message, uint32_t n, jv *input)
{
	const char *word;
	uint32_t n_read = 0;
	struct as_text text;
	jv reply;

	*input = jv_array();
	for (uint32_t i = 0; i < n; i++) {
		as_fence_get(message, &text);
		reply = jv_null();
		word = text.len > 0 ? parse(e, text, &reply) : NULL;
		if (word != NULL && n > 1)
			reply = lose_reply(e, i, word);
		else if (word != NULL)
			return word;
		n_read += jv_get_kind(reply) == JV_KIND_NULL ? 0 : 1;
		*input = jv_array_append(*input, reply);
	}
	if (n == 1)
		*input = jv_array_get(*input, 0);
	return n_read > 0 || n == 1 ? NULL : "not-json";
}

static jv
read_variables(struct as_text *message, struct as_text app)
{
	jv variables = jv_object_set(jv_object(), jv_string("app"),
	    jv_string_sized(app.at, (int)app.len));
	struct as_text name, value;

	while (as_fence_get(message, &name) && as_fence_get(message, &value))
		variables = jv_object_set(variables,
		    jv_string_sized(name.at, (int)name.len),
		    jv_string_sized(value.at, (int)value.len));
	return variables;
}

/* Answers for a plain filter whose reply as_scan did not understand. */
static const char *
answer_plain(struct as_evaluation *e, struct as_text message)
{
	struct as_text filter, body;
	struct as_paths paths;
	double values[AS_PATHS];
	const char *word;
	char *text;

	if (!as_fence_get(&message, &filter) || !as_fence_get(&message, &body))
		_exit(EX_SOFTWARE);
	text = as_mem_need(strndup(filter.at, filter.len));
	as_paths_read(&paths, text);
	word = as_jq_paths_find(&paths, body, values, e->detail);
	as_buf_puts(&e->notes, e->detail);
	as_buf_add(e->answer, (char *)values, paths.n * sizeof(values[0]));
	free(text);
	return word;
}

/* Runs a program.  Its input is [INPUT, {VARIABLES}, $before]: source.c has added
 * code to it that takes these apart. */
static const char *
answer_question(
    struct as_evaluation *e, struct as_text message, const uint32_t numbers[3])
{
	struct as_text before, lost = {"", 0};
	jv input, known = jv_null();
	const char *word;

	if (numbers[0] == AS_PLAIN)
		return answer_plain(e, message);
	e->counts = (numbers[2] & AS_COUNTS) != 0;
	e->several = numbers[1] > 1;
	as_fence_get(&message, &lost);
	as_buf_add(&e->lost, lost.at, lost.len);
	word = parse_replies(e, &message, numbers[1], &input);
	if (word == NULL && as_fence_get(&message, &before) && before.len > 0)
		word = parse(e, before, &known);
	if (word != NULL)
		return word;
	as_fence_get(&message, &e->stamp);
	as_fence_get(&message, &e->app);
	input = JV_ARRAY(input, read_variables(&message, e->app), known);
	return run(e, &programs[numbers[0]], input);
}

/* Puts the answer's three parts in whole. */
static void
answer(struct as_text message, const uint32_t numbers[3], struct as_buf *whole)
{
	static struct as_buf output;
	struct as_evaluation e = {.answer = &output};
	const char *word;

	output.len = 0;
	word = answer_question(&e, message, numbers);
	as_fence_put(whole, as_text(word != NULL ? word : ""));
	as_fence_put(whole,
	    word != NULL ? as_text(e.detail) :
			   (struct as_text){output.at, output.len});
	as_fence_put(whole, (struct as_text){e.notes.at, e.notes.len});
	free(e.lost.at);
	free(e.notes.at);
}

AS_NORETURN void
as_jq_serve(int in, int out)
{
	struct as_buf message = {0}, whole = {0};
	uint32_t numbers[3];
	size_t n;

	as_source_all(&n);
	programs = as_mem_need(calloc(n + 1, sizeof(*programs)));
	while (as_fence_read(in, &message)) {
		struct as_text rest = {message.at, message.len}, head;

		if (!as_fence_get(&rest, &head) || head.len != sizeof(numbers))
			break;
		memcpy(numbers, head.at, sizeof(numbers));
		as_limits_memory(message.len);
		whole.len = 0;
		if (numbers[0] == AS_COMPILE)
			as_jq_compile(programs, numbers[1], &whole);
		else
			answer(rest, numbers, &whole);
		if (!as_fence_write(out, &whole))
			break;
	}
	_exit(0);
}
