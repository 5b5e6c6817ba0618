/* prom.h - counters and times in a text file that Prometheus reads.  A family has
 * one value for each of its words, which are the values of its label.  The last
 * word stands for all unknown ones. */
#ifndef AS_PROM_H
#define AS_PROM_H

#include "as.h"

enum { AS_WORDS = 48 }; /* values of a label, at most */

struct as_family {
	const char *name;
	const char *help;
	const char *label; /* NULL: the family has one series, no label */
	const char *const *words; /* ended by NULL */
	bool is_time;             /* values are times in s; else counters */
	double fresh[AS_WORDS];   /* of each word: new since the last write */
	double kept[AS_WORDS];    /* of each word: the value in the file */
};

struct as_prom {
	struct as_family *families;
	size_t n;
	const char *path;    /* of the file */
	struct as_text loop; /* value of the label loop: the file's name */
};

/* Adds x to the counter of that word; or, if the family has times, sets its time to
 * x.  A word that the family does not have counts as its last one. */
void as_prom_note(struct as_family *family, struct as_text word, double x);

/* Adds the fresh values to those in the file, and replaces the file: a reader finds
 * the old file or the new one.  Returns 0.  Otherwise reports an error, keeps the
 * fresh values for the next call, and leaves the file as it was.  Then returns 78
 * if as-metrics did not write that file, 75 if another process has it locked, and
 * 74 for other errors.  If only the directory of the new file could not be synced,
 * also returns 74, but the file is replaced. */
int as_prom_write(struct as_prom *prom);

#endif
