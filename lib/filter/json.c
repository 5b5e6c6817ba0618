/* json.c - finds values and numbers in the text of a JSON document */
#include "filter.h"

enum { DEPTH_MAX = 256 };

/* How far a document has been read, and what was found.  Each walk_ function
 * moves p to after what it reads.  It returns false if that is not there in
 * strict JSON. */
struct walk {
	const char *p, *end;
	int depth;
	/* The path may name two values of the document, or an escape may hide the
	 * name of one, so libjq has to look */
	bool unsure;
	struct as_text number; /* the first number that libjq would change */
};

static bool walk_value(struct walk *w);

static void
skip_space(struct walk *w)
{
	while (w->p < w->end &&
	    (*w->p == ' ' || *w->p == '\n' || *w->p == '\t' || *w->p == '\r'))
		w->p++;
}

static bool
take(struct walk *w, char c)
{
	if (w->p == w->end || *w->p != c)
		return false;
	w->p++;
	return true;
}

static bool
walk_escape(struct walk *w)
{
	static const char after[] = "\"\\/bfnrtu",
			  base[] = "0123456789abcdefABCDEF";
	size_t digits = 0;

	w->p++;
	if (w->p == w->end || memchr(after, *w->p, sizeof(after) - 1) == NULL)
		return false;
	if (*w->p++ != 'u')
		return true;
	while (digits < 4 && w->p < w->end &&
	    memchr(base, *w->p, sizeof(base) - 1) != NULL) {
		w->p++;
		digits++;
	}
	return digits == 4;
}

/* Sets *text to the text between the quotes; escapes stay as they are written. */
static bool
walk_string(struct walk *w, struct as_text *text)
{
	if (!take(w, '"'))
		return false;
	text->at = w->p;
	while (w->p < w->end && *w->p != '"') {
		if ((unsigned char)*w->p < ' ')
			return false;
		if (*w->p != '\\')
			w->p++;
		else if (!walk_escape(w))
			return false;
	}
	text->len = (size_t)(w->p - text->at);
	return take(w, '"');
}

static bool
walk_digits(struct walk *w)
{
	const char *from = w->p;

	while (w->p < w->end && as_digit(*w->p) <= 9)
		w->p++;
	return w->p > from;
}

static bool
walk_number(struct walk *w)
{
	struct as_text text = {w->p, 0};

	take(w, '-');
	if (!take(w, '0') && !walk_digits(w))
		return false;
	if (take(w, '.') && !walk_digits(w))
		return false;
	if (take(w, 'e') || take(w, 'E')) {
		if (!take(w, '-'))
			take(w, '+');
		if (!walk_digits(w))
			return false;
	}
	text.len = (size_t)(w->p - text.at);
	if (w->number.len == 0 && !as_exact_is(text))
		w->number = text;
	return true;
}

static bool
walk_word(struct walk *w, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(w->end - w->p) < len || memcmp(w->p, word, len) != 0)
		return false;
	w->p += len;
	return true;
}

/* Reads the name of the next member and the colon after it, and sets *name.  At
 * the end of the object, sets name->at to NULL.  No comma comes before the first
 * member. */
static bool
walk_name(struct walk *w, bool first, struct as_text *name)
{
	*name = (struct as_text){NULL, 0};
	skip_space(w);
	if (take(w, '}'))
		return true;
	if (!first && !take(w, ','))
		return false;
	skip_space(w);
	if (!walk_string(w, name))
		return false;
	skip_space(w);
	if (!take(w, ':'))
		return false;
	skip_space(w);
	return true;
}

static bool
// NOLINTNEXTLINE(misc-no-recursion): DEPTH_MAX bounds it
walk_object(struct walk *w)
{
	struct as_text name;

	for (bool first = true;; first = false) {
		if (!walk_name(w, first, &name))
			return false;
		if (name.at == NULL)
			return true;
		if (!walk_value(w))
			return false;
	}
}

static bool
// NOLINTNEXTLINE(misc-no-recursion): DEPTH_MAX bounds it
walk_array(struct walk *w)
{
	for (bool first = true;; first = false) {
		skip_space(w);
		if (take(w, ']'))
			return true;
		if (!first && !take(w, ','))
			return false;
		skip_space(w);
		if (!walk_value(w))
			return false;
	}
}

/* Reads an object or an array.  The depth is counted as libjq counts it, an object
 * twice, so that both refuse the same documents. */
static bool
// NOLINTNEXTLINE(misc-no-recursion): DEPTH_MAX bounds it
walk_nested(struct walk *w)
{
	bool is_object = *w->p++ == '{', valid;
	int weight = is_object ? 2 : 1;

	w->depth += weight;
	valid = w->depth <= DEPTH_MAX &&
	    (is_object ? walk_object(w) : walk_array(w));
	w->depth -= weight;
	return valid;
}

static bool
// NOLINTNEXTLINE(misc-no-recursion): DEPTH_MAX bounds it
walk_value(struct walk *w)
{
	struct as_text text;

	if (w->p == w->end)
		return false;
	switch (*w->p) {
	case '{':
	case '[': return walk_nested(w);
	case '"': return walk_string(w, &text);
	case 't': return walk_word(w, "true");
	case 'f': return walk_word(w, "false");
	case 'n': return walk_word(w, "null");
	default: return walk_number(w);
	}
}

/* Reads a value.  Sets *value to the part of it that the path names with its part
 * i and those after it.  Leaves *value as it is if there is no such part. */
static bool
// NOLINTNEXTLINE(misc-no-recursion): as deep as the path
walk_path(
    struct walk *w, const struct as_path *path, size_t i, struct as_text *value)
{
	const char *from = w->p;
	struct as_text name;
	bool found = false, valid;

	if (i == path->n) {
		valid = walk_value(w);
		*value = (struct as_text){from, (size_t)(w->p - from)};
		return valid;
	}
	if (!take(w, '{'))
		return walk_value(w);
	for (bool first = true;; first = false) {
		if (!walk_name(w, first, &name))
			return false;
		if (name.at == NULL)
			return true;
		if (memchr(name.at, '\\', name.len) != NULL)
			/* With its escapes undone, this name may be the one that
			 * the path has */
			w->unsure = true;
		if (!as_text_is(name, path->part[i])) {
			if (!walk_value(w))
				return false;
			continue;
		}
		w->unsure = w->unsure || found;
		found = true;
		if (!walk_path(w, path, i + 1, value))
			return false;
	}
}

enum as_json
as_json_find(
    struct as_text document, const struct as_path *path, struct as_text *value)
{
	struct walk w = {.p = document.at, .end = document.at + document.len};

	*value = (struct as_text){NULL, 0};
	skip_space(&w);
	if (!walk_path(&w, path, 0, value))
		return AS_JSON_UNSURE;
	skip_space(&w);
	if (w.p != w.end || w.unsure)
		return AS_JSON_UNSURE;
	return value->at != NULL ? AS_JSON_FOUND : AS_JSON_MISSING;
}

struct as_text
as_json_number(struct as_text document)
{
	struct walk w = {.p = document.at, .end = document.at + document.len};

	skip_space(&w);
	walk_value(&w);
	return w.number;
}
