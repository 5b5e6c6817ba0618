/* names.c - finds out whether and how a filter uses a name */
#include "filter.h"

enum { NESTED_MAX = 32 }; /* at most so many "\(...)" inside each other */

/* How far the text of a filter has been read.  jq reads names outside of comments
 * and strings, and in the parts "\(...)" of a string. */
struct text {
	const char *p;
	/* how many parentheses are open inside each "\(" */
	int open[NESTED_MAX];
	int nested;
	int outside; /* how many parentheses are open outside of strings */
	/* A string has no end, parts of it are nested too deeply, or a ")" has no
	 * "(" */
	bool torn;
};

static bool
is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	    as_digit(c) <= 9;
}

/* text->p must be in a string: after its opening quote, or after a part "\(...)".
 * Moves p to after the closing quote, or to after the next "\(".  If parts are
 * nested more than NESTED_MAX deep, reads a part as text of the string. */
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

/* Moves p over one byte that is in no name.  If it begins a comment, moves over
 * all of the comment; if it begins a string, moves as skip_string does. */
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

/* Returns how the filter uses the name from `at` up to `end`, as a sum of enum
 * as_names. */
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

/* Moves to after the next name, and sets *name.  Returns false if there is no
 * other name. */
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

/* Returns the end of a pattern, which binds variables.  p is the text after "as",
 * whose pattern ends before "|" or "(" ("as [$a, $b] |", "reduce .[] as $a ("); or
 * the text after "def", whose pattern ends before ":" ("def f($a):"). */
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

/* Returns whether the filter itself binds the variable, in a pattern that begins
 * before this use of it.  `variable` is a part of the text of the filter. */
static bool
is_bound(const char *filter, struct as_text variable)
{
	struct text text = {.p = filter};
	const char *end = filter; /* the end of the last pattern */
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
