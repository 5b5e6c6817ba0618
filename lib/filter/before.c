/* before.c - finds a number that libjq would change (exact.c) in those parts of
 * $before that a filter uses.  $before is the JSON reply that as-apply got just
 * before the PUT. */
#include "filter.h"

/* Returns the part of `before` that the filter uses at one place.  p is the text
 * that follows "$before" there.  Returns all of `before` if the part is not known
 * for sure, and an empty text if the filter uses no value. */
static struct as_text
used_part(const char *p, struct as_text before)
{
	struct as_path path = {.n = 0};
	struct as_text value;

	as_paths_follow(p, &path);
	if (path.n == 0) {
		p += strspn(p, " \t");
		return strncmp(p, "!= null", 7) == 0 ||
			strncmp(p, "== null", 7) == 0 ?
		    (struct as_text){"", 0} :
		    before;
	}
	switch (as_json_find(before, &path, &value)) {
	case AS_JSON_FOUND: return value;
	case AS_JSON_MISSING: return (struct as_text){"", 0};
	default: return before;
	}
}

struct as_text
as_before_number(const char *filter, struct as_text before)
{
	static const char name[] = "$before";
	struct as_text number = {NULL, 0};

	while (number.len == 0 && (filter = strstr(filter, name)) != NULL) {
		filter += sizeof(name) - 1;
		number = as_json_number(used_part(filter, before));
	}
	return number;
}
