/* scan.c - reads a JSON document in one pass, and keeps only the numbers that a
 * plain filter (paths.c) names.  It checks the whole document.  If anything is
 * unusual, as_scan returns false, and the slower as_jq_paths_find reads the
 * document.  `make bench` shows the gain. */
#include "filter.h"

enum { DEPTH_MAX = 256 };

struct scan {
	const char *p;
	const struct as_paths *paths;
	double *values;
	uint32_t found; /* bit i is set if the number of path i was found */
	/* For each depth: bit i is set if path i leads into the object there */
	uint32_t matches[DEPTH_MAX];
	/* For each depth: the ']' or '}' that will end it */
	char close[DEPTH_MAX];
	/* Depth of the innermost open object or array, from 0; -1: none is open */
	int depth;
	int weight;        /* the depth as libjq counts it */
	bool after_member; /* a comma or the closing bracket must come next */
};

static inline void
skip_space(struct scan *s)
{
	while (*s->p == ' ' || *s->p == '\n' || *s->p == '\t' || *s->p == '\r')
		s->p++;
}

/* Moves p from after the opening quote to after the closing quote.  Sets *plain if
 * there was no escape.  Returns false if the string is not valid, or has an escape
 * \u. */
static bool
scan_string(struct scan *s, bool *plain)
{
	*plain = true;
	for (;;) {
		unsigned char c = (unsigned char)*s->p++;

		if (c == '"')
			return true;
		if (c < ' ')
			return false;
		if (c == '\\') {
			*plain = false;
			if (strchr("\"\\/bfnrtu", *s->p) == NULL ||
			    *s->p == '\0')
				return false;
			s->p++; /* only libjq checks the digits after \u */
			if (s->p[-1] == 'u')
				return false;
		}
	}
}

static bool
scan_digits(struct scan *s)
{
	const char *from = s->p;

	while (as_digit(*s->p) <= 9)
		s->p++;
	return s->p > from;
}

static bool
scan_number(struct scan *s, double *x)
{
	const char *from = s->p;

	if (*s->p == '-' && x != NULL)
		return false;
	s->p += *s->p == '-';
	if (*s->p == '0')
		s->p++;
	else if (!scan_digits(s))
		return false;
	if (*s->p == '.') {
		s->p++;
		if (!scan_digits(s))
			return false;
	}
	if (*s->p == 'e' || *s->p == 'E') {
		s->p++;
		s->p += *s->p == '+' || *s->p == '-';
		if (!scan_digits(s))
			return false;
	}
	return x == NULL ||
	    (as_num_decimal((struct as_text){from, (size_t)(s->p - from)}, x) &&
		*x < AS_TOO_GREAT);
}

/* Returns, as bits, the paths that lead into the innermost open object and whose
 * next part is this name. */
static uint32_t
match(const struct scan *s, struct as_text name)
{
	uint32_t from = s->matches[s->depth], to = 0;
	size_t at = (size_t)s->depth;

	for (size_t i = 0; from >> i != 0; i++) {
		const struct as_path *path = &s->paths->path[i];

		if ((from >> i & 1) != 0 && path->n > at &&
		    as_text_is(path->part[at], name))
			to |= UINT32_C(1) << i;
	}
	return to;
}

/* Reads a number, and keeps it for each path of `matches` that ends at this
 * member. */
static bool
take_number(struct scan *s, uint32_t matches)
{
	double x;

	if (!scan_number(s, &x))
		return false;
	for (size_t i = 0; matches >> i != 0; i++) {
		if ((matches >> i & 1) == 0 ||
		    s->paths->path[i].n != (size_t)s->depth + 1)
			continue;
		s->values[i] = x;
		s->found |= UINT32_C(1) << i;
	}
	return true;
}

static bool
scan_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(s->p, word, len) != 0)
		return false;
	s->p += len;
	return true;
}

static bool
open_nested(struct scan *s, uint32_t matches)
{
	bool object = *s->p++ == '{';

	s->weight += object ? 2 : 1; /* libjq counts the depth in this way */
	if (++s->depth == DEPTH_MAX || s->weight > DEPTH_MAX)
		return false;
	s->matches[s->depth] = object ? matches : 0;
	s->close[s->depth] = object ? '}' : ']';
	s->after_member = false;
	return true;
}

/* Reads a value, but only the opening bracket of an object or array.  The bits of
 * `matches` are the paths that lead to the value.  Returns false if libjq has to
 * read it. */
static bool
scan_value(struct scan *s, uint32_t matches)
{
	bool plain;

	s->after_member = true;
	switch (*s->p) {
	case '{':
	case '[': return open_nested(s, matches);
	case '"': s->p++; return matches == 0 && scan_string(s, &plain);
	case 't': return matches == 0 && scan_word(s, "true");
	case 'f': return matches == 0 && scan_word(s, "false");
	case 'n': return matches == 0 && scan_word(s, "null");
	default:
		return matches == 0 ? scan_number(s, NULL) :
				      take_number(s, matches);
	}
}

/* Reads the name of a member and the colon after it, and sets the bits of *matches
 * for the paths that lead to the member.  Returns false if libjq has to read it:
 * an escape may hide a name of a path; and if a path has its number already, the
 * last of the members with this name counts. */
static bool
scan_name(struct scan *s, uint32_t *matches)
{
	const char *from;
	bool plain;

	if (*s->p != '"')
		return false;
	from = ++s->p;
	if (!scan_string(s, &plain) || !plain)
		return false;
	*matches = match(s, (struct as_text){from, (size_t)(s->p - from - 1)});
	skip_space(s);
	if (*s->p++ != ':' || (*matches & s->found) != 0)
		return false;
	skip_space(s);
	return true;
}

static void
close_nested(struct scan *s)
{
	s->weight -= s->close[s->depth] == '}' ? 2 : 1;
	s->p++;
	s->depth--;
	s->after_member = true;
}

/* Reads the next member of the innermost open object or array, or its closing
 * bracket. */
static bool
scan_member(struct scan *s)
{
	char close = s->close[s->depth];
	uint32_t matches = 0;

	skip_space(s);
	if (*s->p == close) {
		close_nested(s);
		return true;
	}
	if (s->after_member && *s->p++ != ',')
		return false;
	skip_space(s);
	return (close == ']' || scan_name(s, &matches)) &&
	    scan_value(s, matches);
}

bool
as_scan(struct as_text body, const struct as_paths *paths, double *values)
{
	uint32_t all = (UINT32_C(1) << paths->n) - 1;
	struct scan s = {.paths = paths, .values = values, .depth = -1};

	s.p = body.at;
	skip_space(&s);
	if (*s.p != '{' || !open_nested(&s, all))
		return false;
	while (s.depth >= 0)
		if (!scan_member(&s))
			return false;
	skip_space(&s);
	return s.p == body.at + body.len && s.found == all;
}
