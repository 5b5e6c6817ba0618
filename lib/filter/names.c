/* names.c - finds out whether and how a filter uses a name */
#include "filter.h"

enum { NESTED_MAX = 32 }; /* "\(...)" inside each other, at most */

/* The text of a filter.  jq reads names outside of comments and strings, and inside
 * of the parts "\(...)" of a string. */
struct text {
	const char *p;
	int open[NESTED_MAX]; /* open parentheses inside each "\(" */
	int nested;
	int outside; /* open parentheses outside of strings */
	bool torn;   /* as_names_are_whole is false */
};

static bool
is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	    as_digit(c) <= 9;
}

/* text->p is in a string, after its quote or after a part "\(...)".  Moves to after
 * the closing quote, or to the beginning of the next part.  If parts are nested too
 * deeply, a part is read as text of the string. */
static void
skip_string(struct text *text)
{
	for (; *text->p != '\0' && *text->p != '"'; text->p++) {
		if (*text->p != '\\' || text->p[1] == '\0')
			continue;
		text->p++;
		if (*text->p == '(' && text->nested < NESTED_MAX) {
			text->open[text->nested++] = 0;
			break;
		}
		text->torn = text->torn || *text->p == '(';
	}
	text->torn = text->torn || *text->p == '\0';
	text->p += *text->p != '\0';
}

/* Moves over a string, a comment or one other byte that is not in a name. */
static void
skip_other(struct text *text)
{
	char c = *text->p++;
	int *open = text->nested > 0 ? &text->open[text->nested - 1] :
				       &text->outside;

	if (c == '"') {
		skip_string(text);
	} else if (c == '#') {
		text->p += strcspn(text->p, "\n");
	} else if (c == '(') {
		++*open;
	} else if (c == ')' && --*open < 0) {
		text->torn = text->torn || text->nested == 0;
		if (text->nested > 0) {
			text->nested--;
			skip_string(text);
		}
	}
}

static const char *
skip_blanks(const char *p)
{
	return p + strspn(p, " \t\n");
}

/* How the filter uses the name from `at` up to `end` */
static int
use_of(const char *filter, const char *at, const char *end)
{
	char before = '\0';

	if (at > filter)
		before = at[-1];
	if (before == '$')
		return AS_NAMES_VARIABLE;
	if (before == '.')
		return AS_NAMES_FIELD;
	end = skip_blanks(end);
	if (*end == ':' && end[1] != ':')
		return AS_NAMES_KEY;
	/* {app} means {app: .app} */
	return *end == ',' || *end == '}' ? AS_NAMES_FIELD | AS_NAMES_KEY : 0;
}

/* Returns false if there is no further name. */
static bool
next_name(struct text *text, struct as_text *name)
{
	while (*text->p != '\0' && !is_name_byte(*text->p))
		skip_other(text);
	name->at = text->p;
	while (is_name_byte(*text->p))
		text->p++;
	name->len = (size_t)(text->p - name->at);
	return name->len > 0;
}

bool
as_names_are_whole(const char *filter)
{
	struct text text = {.p = filter};
	struct as_text name;

	while (next_name(&text, &name))
		continue;
	return !text.torn;
}

int
as_names_find(const char *filter, const char *name)
{
	struct text text = {.p = filter};
	struct as_text each;
	int found = 0;

	while (next_name(&text, &each))
		if (as_text_is(each, as_text(name)))
			found |= use_of(filter, each.at, text.p);
	return found;
}

/* The end of what binds variables: "as PATTERN |", "as PATTERN (" or "def
 * f($NAME):" */
static const char *
skip_pattern(const char *p, bool is_def)
{
	int open = 0;

	for (; *p != '\0'; p++) {
		if (open == 0 && *p == (is_def ? ':' : '|'))
			break;
		if (open == 0 && *p == '(' && !is_def)
			break;
		if (strchr("[{(", *p) != NULL)
			open++;
		else if (strchr("]})", *p) != NULL)
			open--;
	}
	return p;
}

/* Whether the filter itself binds the variable, at this place or before */
static bool
is_bound(const char *filter, struct as_text variable)
{
	struct text text = {.p = filter};
	const char *end = filter; /* of the last pattern */
	struct as_text name;

	while (next_name(&text, &name) && name.at <= variable.at) {
		int before = name.at > filter ? name.at[-1] : '\0';
		bool is_def = as_text_is(name, as_text("def"));

		if (before == '$' && name.at < end &&
		    as_text_is(name, variable))
			return true;
		if (before != '$' && before != '.' &&
		    (is_def || as_text_is(name, as_text("as"))))
			end = skip_pattern(text.p, is_def);
	}
	return false;
}

struct as_text
as_names_free(const char *filter, size_t n)
{
	struct text text = {.p = filter};
	struct as_text name;

	while (next_name(&text, &name))
		if (name.at > filter && name.at[-1] == '$' &&
		    !is_bound(filter, name) && n-- == 0)
			return name;
	return (struct as_text){NULL, 0};
}
