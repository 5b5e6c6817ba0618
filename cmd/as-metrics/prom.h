/* prom.h - counters and times that are kept in a Prometheus textfile */
#ifndef AS_PROM_H
#define AS_PROM_H

#include "as.h"

enum { AS_WORDS = 48 }; /* values of a label, at most */

struct as_family {
	const char *name;
	const char *help;
	const char *label; /* its series differ in this; NULL: there is one */
	const char *const *words; /* values of the label; the last: others */
	bool is_time;             /* its values are times; else counters */
	double fresh[AS_WORDS];   /* by word: new since FILE was written */
	double kept[AS_WORDS];    /* by word: the value in FILE */
};

struct as_prom {
	struct as_family *families;
	size_t n;
	const char *path;
	struct as_text loop; /* value of the label loop: the name of FILE */
};

/* Adds x to the counter of that word; or, if the family has times, sets its time
 * to x. */
void as_prom_note(struct as_family *family, struct as_text word, double x);

/* Adds the fresh values to those in the file, and replaces the file: a reader finds
 * the old file or the new one.  Returns 0.  Otherwise reports an error and returns
 * 74, 75 or 78: then the file is as it was, and the fresh values are kept. */
int as_prom_write(struct as_prom *prom);

#endif
