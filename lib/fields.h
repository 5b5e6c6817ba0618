/* fields.h - between line.c, pairs.c and bytes.c: the parts of a line */
#ifndef AS_FIELDS_H
#define AS_FIELDS_H

#include "as.h"

/* bytes.c - what a byte may be: 1 begins an APP, 2 in an APP, 4 begins a KEY, 8
 * in a KEY, 16 in a VALUE, 32 a blank.  CR, LF and NUL are nothing and so end
 * every loop over them without a look at the length. */
enum as_byte {
	AS_APP_FIRST = 1,
	AS_IN_APP = 2,
	AS_KEY_FIRST = 4,
	AS_IN_KEY = 8,
	AS_IN_VALUE = 16,
	AS_BLANK = 32
};

extern const unsigned char as_bytes[256];

static inline bool
as_byte_is(char c, int what)
{
	return (as_bytes[(unsigned char)c] & what) != 0;
}

static inline const char *
as_skip_blanks(const char *p)
{
	while (as_byte_is(*p, AS_BLANK))
		p++;
	return p;
}

static inline size_t
as_length(const char *from, const char *to)
{
	return (size_t)(to - from);
}

/* pairs.c - reads the KEY=VALUEs at p, up to the LF, into line.  Returns why
 * they are none, or NULL. */
const char *as_pairs_parse(struct as_line *line, const char *p);

#endif
