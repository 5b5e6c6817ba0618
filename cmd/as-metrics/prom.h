/* prom.h - counters and times that are kept in a Prometheus textfile */
#ifndef AS_PROM_H
#define AS_PROM_H

#include "as.h"

enum { AS_WORDS = 48 }; /* values of a label, at most */

struct as_family {
	const char *name;
	const char *help;
	const char *label; /* that tells its series apart; NULL: there is one */
	const char *const *words; /* its values; the last is for all others */
	bool is_time;             /* else it is a sum */
	double fresh[AS_WORDS];   /* by word: since FILE was written */
	double kept[AS_WORDS];    /* by word: in FILE */
};

struct as_prom {
	struct as_family *families;
	size_t n;
	const char *path;
	struct as_text loop; /* the label that tells FILE from others */
};

/* Adds x to the family's series of that word, or is its time from now on. */
void as_prom_note(struct as_family *family, struct as_text word, double x);

/* Adds what is fresh to what the file holds, whoever wrote it last, and
 * replaces it: who reads it finds the old one or the new one.  Returns 0, or
 * 74, 75 or 78, told; then the file is as it was, and what is fresh stays so. */
int as_prom_write(struct as_prom *prom);

#endif
