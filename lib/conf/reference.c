/* reference.c - prints the table of all keys, for -o help */
#include "conf.h"

enum { KEYS_MAX = 256, KEY_WIDTH = 22, RANGE_WIDTH = 25, DEFAULT_WIDTH = 9 };

static int
compare(const void *a, const void *b)
{
	const struct as_key *const *one = a, *const *other = b;

	return strcmp((*one)->name, (*other)->name);
}

/* Puts text and more into a column of this width.  If they are longer, the columns
 * after it move to the right. */
static char *
put_cell(char *p, const char *text, const char *more, size_t width)
{
	char *begin = p;

	p = as_put(p, text, strlen(text));
	p = as_put(p, more, strlen(more));
	while (p < begin + width)
		*p++ = ' ';
	return AS_PUT(p, "  ");
}

static void
print_row(struct as_out *out, const struct as_key *key)
{
	const char *name = key->name;
	bool is_named = name[strlen(name) - 1] == '.';
	bool repeats = (key->how & AS_KEY_REPEATS) != 0;
	char *p = as_out_room(out, 1024);

	p = put_cell(p, name, is_named ? "NAME" : "", KEY_WIDTH);
	p = put_cell(p, key->range, "", RANGE_WIDTH);
	p = put_cell(p, key->standard[0] != '\0' ? key->standard : "-", "",
	    DEFAULT_WIDTH);
	p = as_put(p, key->about, strlen(key->about));
	if (repeats)
		p = AS_PUT(p, "; may stand several times");
	*p++ = '\n';
	as_out_end(out, p);
}

int
as_reference_print(void)
{
	static const struct as_key titles = {.name = "KEY",
	    .range = "VALUE",
	    .standard = "DEFAULT",
	    .about = "MEANING"};
	static const struct as_key target = {.name = "target",
	    .range = "V > 0",
	    .standard = "0.80",
	    .about = "is short for target.cpu"};
	const struct as_key *keys[KEYS_MAX + 1] = {&target};
	struct as_out out = {0};
	size_t n = 0;

	while (n < KEYS_MAX && (keys[n + 1] = as_setting_key(n)) != NULL)
		n++;
	n++;
	qsort(keys, n, sizeof(struct as_key *), compare);
	print_row(&out, &titles);
	for (size_t i = 0; i < n; i++)
		print_row(&out, keys[i]);
	return as_out_finish(&out, 0);
}
