/* family.c - families of series: their values, and how they are printed */
#include <stdio.h>

#include "prom.h"

static size_t
count_words(const struct as_family *family)
{
	size_t n = 0;

	while (family->words[n] != NULL)
		n++;
	return n;
}

static size_t
find_word(const struct as_family *family, struct as_text word)
{
	size_t last = count_words(family) - 1, i = 0;

	while (i < last && !as_text_is(word, as_text(family->words[i])))
		i++;
	return i;
}

struct as_text
as_family_word(const struct as_family *family, struct as_text word)
{
	return as_text(family->words[find_word(family, word)]);
}

void
as_family_note(struct as_family *family, struct as_text word, double x)
{
	size_t i = find_word(family, word);

	family->fresh[i] = family->is_time ? x : family->fresh[i] + x;
}

void
as_family_name(struct as_buf *buf, const struct as_prom *prom, const char *name,
    const char *label, struct as_text word)
{
	as_buf_puts(buf, name);
	as_buf_puts(buf, "{loop=\"");
	as_buf_add(buf, prom->loop.at, prom->loop.len);
	if (label != NULL) {
		as_buf_puts(buf, "\",");
		as_buf_puts(buf, label);
		as_buf_puts(buf, "=\"");
		as_buf_add(buf, word.at, word.len);
	}
	as_buf_puts(buf, "\"} ");
}

void
as_family_series(struct as_buf *buf, const struct as_prom *prom,
    const char *name, const char *label, struct as_text word, double x)
{
	char number[32];

	as_family_name(buf, prom, name, label, word);
	as_buf_add(buf, number, as_num_print(number, x));
	as_buf_puts(buf, "\n");
}

void
as_family_head(
    struct as_buf *buf, const char *name, const char *help, const char *type)
{
	char text[256];

	snprintf(text, sizeof(text), "# HELP %s %s\n# TYPE %s %s\n", name, help,
	    name, type);
	as_buf_puts(buf, text);
}

void
as_family_put(struct as_buf *buf, const struct as_prom *prom,
    const struct as_family *family)
{
	as_family_head(buf, family->name, family->help,
	    family->is_time ? "gauge" : "counter");
	for (size_t i = 0; family->words[i] != NULL; i++) {
		double fresh = family->fresh[i], kept = family->kept[i];
		double x = family->is_time ? (fresh > 0 ? fresh : kept) :
					     kept + fresh;

		as_family_series(buf, prom, family->name, family->label,
		    as_text(family->words[i]), x);
	}
}
