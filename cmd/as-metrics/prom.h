/* prom.h - what as-metrics counts, and the text file that Prometheus reads.  A family
 * has one value for each of its words, which are the values of its label.  The last
 * word stands for all unknown ones. */
#ifndef AS_PROM_H
#define AS_PROM_H

#include "conf.h"

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
	/* One of the families: the oldest of all apps' last successes */
	struct as_family *oldest;
	const char *path;    /* of the file */
	struct as_text loop; /* value of the label loop: the file's name */
};

/* Returns the word of the family that stands for this one. */
struct as_text as_family_word(
    const struct as_family *family, struct as_text word);

/* Adds x to the counter of that word; or, if the family has times, sets its time to
 * x.  A word that the family does not have counts as its last one. */
void as_family_note(struct as_family *family, struct as_text word, double x);

/* These append to buf: the two lines before the series of a family; the name of a
 * series, NAME{loop="LOOP",LABEL="WORD"}, and a blank; that with its value; and a
 * whole family.  If label is NULL, the series has only the label loop. */
void as_family_head(
    struct as_buf *buf, const char *name, const char *help, const char *type);
void as_family_series(struct as_buf *buf, const struct as_prom *prom,
    const char *name, const char *label, struct as_text word, double x);
void as_family_name(struct as_buf *buf, const struct as_prom *prom,
    const char *name, const char *label, struct as_text word);
void as_family_put(struct as_buf *buf, const struct as_prom *prom,
    const struct as_family *family);

/* Adds the fresh values to those in the file, and replaces the file: a reader finds
 * the old file or the new one.  Returns 0.  Otherwise reports an error, keeps the
 * fresh values for the next call, and leaves the file as it was.  Then returns 78
 * if as-metrics did not write that file, 75 if another process has it locked, and
 * 74 for other errors.  If only the directory of the new file could not be synced,
 * also returns 74, but the file is replaced. */
int as_prom_write(struct as_prom *prom);

/* apps.c - what is known of each app.  Lines give fresh values, and the file has the
 * kept ones, in comments "# app NAME KEY=VALUE...". */
enum as_field {
	AS_LAST,    /* s; TIME of its last line */
	AS_SUCCESS, /* s; TIME of its last sample without err= */
	AS_FAILED,  /* s; TIME of its last sample with err= */
	AS_REPLICAS,
	AS_WANTED, /* the COUNT of its last decision that has one */
	AS_READY,
	AS_BOUND_MIN,
	AS_BOUND_MAX,
	AS_CHANGES,      /* how often a PUT was accepted */
	AS_OTHER_ORDERS, /* how often somebody else had set the count */
	AS_FIELDS
};

/* Words of an app; "-" if there is none */
enum as_about {
	AS_DECIDE, /* why= of its last decision, if something limits the count */
	AS_APPLY,  /* why its last decision was not carried out */
	AS_READINGS, /* "NAME:VALUE:TARGET,..." of its metrics */
	AS_ABOUTS
};

void as_apps_note(struct as_text name, enum as_field field, double x);
void as_apps_say(struct as_text name, enum as_about about, struct as_text word);

/* Forgets all kept values. */
void as_apps_begin(void);

/* Forgets all fresh values, because they are in the file now. */
void as_apps_end(void);

/* Takes the kept values of an app, if the comment has such values. */
void as_apps_take(struct as_text comment);

/* Looks at all apps, for the functions below.  Returns the oldest of the TIMEs
 * of the apps' last successes, or NaN if none is known. */
double as_apps_look(void);

/* Appends the series that tell of all apps, and the comments with what must be
 * kept: all that is known of all apps, or only the times of those without data. */
void as_apps_put(struct as_buf *buf, const struct as_prom *prom, bool all);

/* Returns what is known of the app at this place in the order of names, or NULL if
 * there are no more apps.  *name is empty if the app is forgotten. */
const struct as_app *as_apps_get(size_t place, struct as_text *name);
double as_apps_value(const struct as_app *app, enum as_field field);
struct as_text as_apps_word(const struct as_app *app, enum as_about about);

/* series.c - the series of each app, with the option -a.  as_series_is returns
 * whether a line of the file is such a series. */
struct as_series_options {
	struct as_config config; /* -a is config.only; NULL: no series */
	int32_t most;            /* apps that have series */
};
extern struct as_series_options as_series_shown;
void as_series_sample(struct as_line *line);
void as_series_put(struct as_buf *buf, const struct as_prom *prom);
bool as_series_is(const struct as_prom *prom, struct as_text text);

/* info.c - the series as_info, which names the version and the settings.  The
 * comment "# settings DIGEST VERSION", which as-fetch writes to its log, gives the
 * digest; others are ignored.  is_fresh: it is from the input, not from the
 * file. */
void as_info_take(struct as_text comment, bool is_fresh);
void as_info_put(struct as_buf *buf, const struct as_prom *prom);

#endif
