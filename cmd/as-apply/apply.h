/* apply.h - the parts of as-apply: decisions, what they are about, the brake */
#ifndef AS_APPLY_H
#define AS_APPLY_H

#include "http.h"

struct as_app;
struct as_apply;

#define AS_NEVER INT64_MIN /* a time that has not been */

/* order.c - decisions as they come, and a report for each in the same order */
struct as_order {
	char *text; /* the canonical line, from= and all, LF included */
	size_t len;
	struct as_text stamp, app; /* in text */
	int64_t time, count, from;
	int64_t other; /* a count that others have set, or AS_UNKNOWN */
	int64_t read;  /* steady */
	bool bare;     /* no more than a COUNT was said */
	bool spared;   /* a bound or a group asks for it: the brake does not */
	char *report;  /* NULL: not settled */
	struct as_order *next;
};

struct as_orders {
	struct as_order *first, *last; /* not reported */
	size_t n;
	const char *only;    /* -a: name or glob, or NULL */
	bool needs_name;     /* of an app, for a COUNT alone */
	struct as_line line; /* what was read last */
	char bare[256];      /* a COUNT as the decision that it stands for */
};

/* Appends all that is there without waiting, but one line at least; *fresh is
 * the first of them, or NULL.  Lines that are no decisions are told and
 * skipped.  False at the end of input. */
bool as_orders_read(
    struct as_orders *orders, struct as_in *in, struct as_order **fresh);

/* Makes the report: what was done; more is " http=", " err=" or " why=" with its
 * word.  app may be NULL. */
void as_order_settle(struct as_order *order, const struct as_app *app,
    const char *applied, const char *more, const char *word);

/* Prints, and appends to the file of reports if there is one, the reports of the
 * first orders, up to one that is not settled yet.  False: the file could not be
 * written. */
bool as_orders_report(
    struct as_orders *orders, struct as_log *reports, struct as_out *out);

/* other.c - whether a count was changed by others than this as-apply */
struct as_other {
	int64_t ordered;         /* the last order */
	int64_t expected;        /* it, or what others have set since */
	int64_t before, earlier; /* counts that may still show instead */
	bool reached;            /* a sample has shown what is expected */
	int64_t warned;          /* TIME */
	struct as_queue changes; /* by others, of the last 10 minutes */
};

void as_other_begin(struct as_other *other); /* nothing is known */

/* A PUT begins: it orders count where there was before, or AS_UNKNOWN. */
void as_other_order(struct as_other *other, int64_t count, int64_t before);

/* Whether others must have set this count; sampled: it is a decision's from=. */
bool as_other_look(struct as_other *other, int64_t count, bool sampled);

/* They have set it; before: what an older sample may still show, or AS_UNKNOWN.
 * Returns whether to warn: at most once in 10 minutes. */
bool as_other_note(
    struct as_other *other, int64_t time, int64_t count, int64_t before);
void as_other_warn(const struct as_other *other, const char *app);

/* app.c - the apps that decisions are about */
struct as_app {
	char *name;
	struct as_scope scope; /* its settings, and name once more */
	size_t owner;          /* the app whose requests these are: itself */
	int64_t last;          /* TIME of its newest decision */
	bool spoke;            /* there is one */
	bool down;             /* it asks for less */
	int64_t remembered;    /* TIME of its last report by an earlier run */
	int64_t since;         /* TIME from which on the brake has held it */
	struct as_other other;
	int64_t there;         /* the count before the PUT, or AS_UNKNOWN */
	bool let_go;           /* held for long enough: until it wants more */
	int64_t barred;        /* steady: its server is left alone up to then */
	int64_t until;         /* the same as a TIME */
	int64_t filter_barred; /* see as_question */
	struct as_order *waiting, *current;
	bool listed;            /* among those that wait */
	struct as_apply *apply; /* who acts on current */
	struct as_ask ask;      /* what there is before the PUT */
	struct as_buf before;
	struct as_request put;
	struct as_buf url, body;
	size_t base; /* of url, without queries */
	char **headers;
	size_t n_headers;
};

struct as_apps {
	struct as_config *config;
	struct as_app **at; /* by the number of the app */
	size_t room;
	struct as_table names, keys; /* keys: what is PUT where */
	size_t *owners;              /* of keys */
	size_t owners_room;
};

/* Dies with 78 where the app's settings are wrong. */
void as_app_check(struct as_apps *apps, struct as_text name);

/* All that the file names are there; dies with 78 where two share a URL. */
void as_apps_ready(struct as_apps *apps);

/* The app of that name; NULL, and why, where its settings make no request. */
struct as_app *as_app_of(
    struct as_apps *apps, struct as_text name, char why[AS_DETAIL_MAX]);

/* The app's server asked to be left alone for so many ms, of which 10 minutes
 * count at most. */
void as_app_bar(struct as_app *app, int64_t wait);

/* compare.c - makes app->ask; false: nothing tells what there is. */
bool as_compare_ask(struct as_app *app);

/* The count that app->ask found, -1 and a word with app->ask.detail. */
int64_t as_compare_count(struct as_app *app, const char **word);

/* request.c - the filters that as_request_make runs are added. */
void as_request_filters(const struct as_scope *scope);

/* Makes app->put for the order.  Returns NULL, or a word with a text. */
const char *as_request_make(struct as_app *app, const struct as_order *order,
    char detail[AS_DETAIL_MAX]);

/* owner.c - finds app->owner: who sends the same, or itself. */
void as_owner_find(struct as_apps *apps, struct as_app *app, size_t number);

/* brake.c - when too many apps ask for less at once */
enum as_brake {
	AS_BRAKE_WAIT, /* not all apps have spoken yet */
	AS_BRAKE_OFF,  /* the order goes on */
	AS_BRAKE_ON,   /* too many apps ask for less: the order is refused */
	AS_BRAKE_CUT   /* refused: input ended before all apps had spoken */
};

struct as_brake_state {
	size_t n_spoke, n_down;
	int64_t begin;  /* of the process, steady */
	int64_t oldest; /* TIME up to which all expected apps have spoken */
	int64_t newest; /* TIME in the reports of earlier runs */
	bool remembers; /* those reports show which apps are this process's */
};

/* Counts the app and what it asks for, before its order may begin. */
void as_brake_note(struct as_brake_state *brake, struct as_app *app,
    const struct as_order *order);

/* Finds brake->oldest, for as_brake_holds. */
void as_brake_look(struct as_brake_state *brake, const struct as_apps *apps);
enum as_brake as_brake_holds(const struct as_brake_state *brake,
    const struct as_apps *apps, struct as_app *app,
    const struct as_order *order, bool ended);

/* How far back the brake needs the reports of earlier runs, ms */
int64_t as_brake_memory(const struct as_config *config);

/* memory.c - reads the end of the file of reports: what earlier runs have learned
 * about the apps.  False: it cannot be read. */
bool as_memory_read(struct as_apps *apps, struct as_brake_state *brake,
    const struct as_log *reports);

/* lock.c - the kernel's lock on a file, which only one process has */
struct as_lock {
	const char *path; /* NULL: there is none */
	int fd;
};

/* Takes the lock until the process ends.  Dies with 75 where another process has
 * it, 74 where there can be no such file, 71 where the kernel gives no locks. */
void as_lock_take(struct as_lock *lock);

/* Takes the lock again if its file was deleted.  Returns 0, or the exit status if
 * this process has the lock no longer; then nothing may be ordered. */
int as_lock_keep(struct as_lock *lock);

/* guard.c - every reason for which as-apply does not do what a decision asks
 * for.  A guard that finds its reason settles the order, tells people, and
 * returns false. */
struct as_apply {
	struct as_apps apps;
	struct as_lock lock;
	struct as_log log; /* path NULL: there is none */
	bool synced;       /* all that was appended is on the disk */
	struct as_http *http;
	size_t jobs;
	size_t n_current, n_puts; /* orders under way, with a PUT */
	bool dry_run, unchecked;
	bool stopped; /* no order is read, and no PUT begins, any more */
	int code;     /* the exit status */
};

/* The app of the decision: the settings know it.  A decision from the future is
 * refused before it can keep those of the present out.  NULL: it is refused. */
struct as_app *as_guard_app(struct as_apply *apply, struct as_order *order);

/* What the decision says, and may not */
bool as_guard_order(
    struct as_apply *apply, const struct as_app *app, struct as_order *order);

/* Refuses an order that the brake holds: AS_BRAKE_ON or AS_BRAKE_CUT */
void as_guard_brake(struct as_apply *apply, const struct as_app *app,
    struct as_order *order, enum as_brake how);

/* What is true now, and may not have been when the decision was read: looked at
 * before the app is asked for its count, and again right before the PUT */
bool as_guard_moment(
    struct as_apply *apply, const struct as_app *app, struct as_order *order);

/* Looks at the count that a decision was made from, or that was read before a PUT
 * (sampled: false), and warns if others have set it. */
void as_guard_others(
    struct as_app *app, struct as_order *order, int64_t count, bool sampled);

/* What the app says of its count: the count, or the word for why there is none,
 * with the text in app->ask.detail */
bool as_guard_count(struct as_apply *apply, const struct as_app *app,
    struct as_order *order, int64_t count, const char *word);

/* What the filters made of the order: word is NULL, or why there is no request,
 * with a text in detail. */
bool as_guard_request(struct as_apply *apply, const struct as_app *app,
    struct as_order *order, const char *word, const char *detail);

/* execute.c - acts on app->waiting: compares, PUTs, settles it */
void as_execute_begin(struct as_apply *apply, struct as_app *app);
struct as_http *as_execute_client(struct as_apply *apply);

/* While a PUT is under way SIGTERM and SIGINT are blocked (SIG_BLOCK), so that
 * its answer is reported before the process ends. */
void as_execute_hold_signals(int how);

/* From now on no PUT begins; those under way are still answered. */
void as_execute_stop(struct as_apply *apply, int code);

#endif
