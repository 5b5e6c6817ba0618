/* edit.c - runs, without libjq, a filter that only assigns the count to members of
 * $before, which is a JSON document.  It edits the text of the document, so that
 * all other values stay exactly as they were written. */
#include "filter.h"

static const char *
skip(const char *p)
{
	return p + strspn(p, " \t\n");
}

/* Returns the place after `word` and the blanks that follow it.  Returns NULL if p
 * is NULL, or if `word` is not at p. */
static const char *
read_word(const char *p, const char *word)
{
	size_t len = strlen(word);

	return p != NULL && strncmp(p, word, len) == 0 ? skip(p + len) : NULL;
}

/* Reads "$NAME", and sets *name to NAME.  Returns the place after it and its
 * blanks, or NULL if p is NULL or no variable is there. */
static const char *
read_variable(const char *p, struct as_text *name)
{
	size_t len = 0;

	if (p == NULL || *p != '$')
		return NULL;
	while (as_digit(p[1 + len]) <= 9 || p[1 + len] == '_' ||
	    (p[1 + len] >= 'a' && p[1 + len] <= 'z') ||
	    (p[1 + len] >= 'A' && p[1 + len] <= 'Z'))
		len++;
	*name = (struct as_text){p + 1, len};
	return len > 0 ? skip(p + 1 + len) : NULL;
}

/* Reads ".replicas as $NAME |", which makes $NAME the count.  Without it,
 * $replicas is the count.  Returns the place after it, or NULL if the text goes on
 * in another way or NAME is "before". */
static const char *
read_name(const char *p, struct as_edit *edit)
{
	const char *next = read_word(p, ".replicas");

	edit->name = as_text("replicas");
	edit->is_bound = next != NULL;
	if (next == NULL)
		return p;
	next = read_variable(read_word(next, "as "), &edit->name);
	return as_text_is(edit->name, as_text("before")) ? NULL :
							   read_word(next, "|");
}

/* Reads "| .a.b = $NAME", where $NAME is the count, and adds the path .a.b to
 * edit->to.  Returns the place after it, or NULL if the text is anything else. */
static const char *
read_assignment(const char *p, struct as_edit *edit)
{
	struct as_text name;

	if (edit->n == AS_EDITS)
		return NULL;
	edit->to[edit->n] = (struct as_path){.n = 0};
	if ((p = read_word(p, "|")) == NULL ||
	    (p = as_paths_follow(p, &edit->to[edit->n])) == NULL ||
	    (p = read_word(skip(p), "=")) == NULL ||
	    (p = read_variable(p, &name)) == NULL ||
	    !as_text_is(name, edit->name))
		return NULL;
	edit->n++;
	return p;
}

bool
as_edit_read(struct as_edit *edit, const char *filter)
{
	const char *p;
	struct as_text name;

	*edit = (struct as_edit){.n = 0};
	p = read_name(skip(filter), edit);
	p = read_variable(p, &name);
	if (p == NULL || !as_text_is(name, as_text("before")))
		return false;
	if (*p == '.' && (p = as_paths_follow(p, &edit->part)) == NULL)
		return false;
	for (p = skip(p); p != NULL && *p != '\0';)
		p = read_assignment(p, edit);
	return p != NULL && edit->n > 0;
}

static void
replace(struct as_buf *text, struct as_text old, struct as_text new)
{
	struct as_buf result = {0};
	const char *rest = old.at + old.len;

	as_buf_add(&result, text->at, (size_t)(old.at - text->at));
	as_buf_add(&result, new.at, new.len);
	as_buf_add(&result, rest, (size_t)(text->at + text->len - rest));
	free(text->at);
	*text = result;
}

/* Appends the JSON text without the blanks between its tokens, because libjq
 * prints JSON in this way, too. */
static void
put_compact(struct as_buf *to, const struct as_buf *text)
{
	bool in_string = false;

	for (size_t i = 0; i < text->len; i++) {
		size_t len = in_string && text->at[i] == '\\' ? 2 : 1;

		if (text->at[i] == '"')
			in_string = !in_string;
		if (in_string || strchr(" \t\r\n", text->at[i]) == NULL)
			as_buf_add(to, text->at + i, len);
		i += len - 1;
	}
}

bool
as_edit_apply(const struct as_edit *edit, struct as_text before,
    struct as_text input, struct as_buf *to)
{
	static const struct as_path replicas = {
	    .part = {{"replicas", 8}}, .n = 1};
	struct as_text part, count, old;
	struct as_buf text = {0};
	bool done = as_json_find(input, &replicas, &count) == AS_JSON_FOUND &&
	    as_json_find(before, &edit->part, &part) == AS_JSON_FOUND;

	if (done)
		as_buf_add(&text, part.at, part.len);
	for (size_t i = 0; done && i < edit->n; i++) {
		struct as_text now = {text.at, text.len};

		done = as_json_find(now, &edit->to[i], &old) == AS_JSON_FOUND;
		if (done)
			replace(&text, old, count);
	}
	if (done)
		put_compact(to, &text);
	free(text.at);
	return done;
}
