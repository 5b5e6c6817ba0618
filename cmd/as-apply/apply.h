/* apply.h - what the files of as-apply share.  An order is a decision that as-apply
 * has read; it is settled when its report is made.  A TIME is that of a line, in ms
 * since 1970 UTC.  A steady time is one of as_time_steady(), in ms. */
#ifndef AS_APPLY_H
#define AS_APPLY_H

#include "http.h"

struct as_app;
struct as_apply;

#define AS_NEVER INT64_MIN /* as a TIME: there was none yet */

/* order.c - reads decisions, and prints a report for each in the same order */
struct as_order {
	char *text; /* the decision as a canonical line with its LF */
	size_t len;
	struct as_text stamp, app; /* TIME and APP as they stand in text */
	int64_t time, count, from; /* TIME; COUNT and from=, or AS_UNKNOWN */
	int64_t other; /* a count that others have set; else AS_UNKNOWN */
	int64_t read;  /* steady time when the line was read */
	bool bare;     /* the line was a COUNT alone */
	bool spared;   /* the brake never holds it */
	bool comment;  /* no decision, but a comment: it is only passed on */
	/* Steady time since when there are decisions of a later TIME; 0 if there
	 * are none */
	int64_t passed;
	char *report; /* a line with its LF; NULL: not settled yet */
	size_t report_len;
	struct as_order *next;
};

struct as_orders {
	/* The orders whose reports are not printed yet, in the order of input */
	struct as_order *first, *last;
	size_t n;
	const char *only;    /* -a: name or glob, or NULL */
	bool needs_name;     /* a COUNT alone is refused without -a APP */
	struct as_line line; /* the line read last */
	char bare[256];      /* the decision made of a COUNT alone */
};

/* Waits for one line.  Appends it, and all lines that can be read without further
 * waiting.  *fresh is the first of the new orders, or NULL.  A line that is
 * not a decision is reported and skipped.  Returns false at the end of input. */
bool as_orders_read(
    struct as_orders *orders, struct as_in *in, struct as_order **fresh);

/* Settles an order: makes its report.  applied is the value of applied=.  word is
 * the value of more, which is " http=", " err=" or " why="; or both are "".  If app
 * is not NULL, the report gets since= while the brake holds the app, and until=
 * while its server is to be left alone. */
void as_order_settle(struct as_order *order, const struct as_app *app,
    const char *applied, const char *more, const char *word);

/* Prints the reports of the settled orders up to the first order that is not
 * settled, and appends them to the file of -r.  Returns false if the file could
 * not be written. */
bool as_orders_report(
    struct as_orders *orders, struct as_log *reports, struct as_out *out);

/* other.c - finds out whether others set a count: a person, or another program */
struct as_other {
	int64_t ordered; /* the count of the last PUT, or AS_UNKNOWN */
	/* What samples should show: ordered, or a count that others set since */
	int64_t expected;
	int64_t before, earlier; /* older counts that samples may still show */
	bool reached;            /* a sample has shown the expected count */
	int64_t warned;          /* TIME of the last warning, or AS_NEVER */
	struct as_queue changes; /* by others in the last 10 minutes */
};

void as_other_begin(struct as_other *other); /* of a new app: no PUT yet */

/* Notes a PUT of count.  before is the count until then, or AS_UNKNOWN. */
void as_other_order(struct as_other *other, int64_t count, int64_t before);

/* Returns whether others must have set this count.  If sampled is true, the count
 * is from= of a decision; else as-apply has read it right before a PUT. */
bool as_other_look(struct as_other *other, int64_t count, bool sampled);

/* Notes that others have set count at that TIME.  before is the count that an older
 * sample may still show, or AS_UNKNOWN.  Returns true if as_other_warn is to be
 * called: there was no warning in the last 10 minutes. */
bool as_other_note(
    struct as_other *other, int64_t time, int64_t count, int64_t before);
void as_other_warn(const struct as_other *other, const char *app);

/* app.c - the apps that decisions name */
struct as_app {
	char *name;
	struct as_scope scope; /* its settings */
	size_t owner; /* number of the first app that sends the same requests */
	bool claimed; /* as_app_claim was called */
	bool fights;  /* another app that the file names has it as its owner */
	int64_t last; /* TIME of its newest decision, or AS_NEVER */
	/* Differences of the TIMEs of its decisions, in ms: the newest one, and the
	 * less of the last two */
	int64_t gap, period;
	bool spoke; /* this process has read a decision for it */
	bool down;  /* that decision asks for less; the brake counts it */
	int64_t remembered; /* TIME of its last report in -r, or AS_NEVER */
	int64_t since; /* TIME when the brake began to hold it, or AS_NEVER */
	struct as_other other;
	int64_t there;  /* the count right before the PUT, or AS_UNKNOWN */
	bool let_go;    /* the brake has held it for long enough */
	int64_t barred; /* no request before this steady time */
	int64_t until;  /* the same as a TIME, in whole seconds, for people */
	int64_t filter_barred; /* no filter runs before this steady time */
	/* The order that is to begin, and the order under way; NULL: none */
	struct as_order *waiting, *current;
	bool listed;             /* in the list of apps that wait */
	struct as_app *next;     /* in that list */
	struct as_apply *apply;  /* for callbacks of requests */
	struct as_ask ask;       /* the GET before the PUT */
	struct as_buf before;    /* the GET's replies: $before in filters */
	int64_t read;            /* steady time of these, or 0: none came yet */
	struct as_request put;   /* the PUT */
	struct as_buf url, body; /* of the PUT */
	size_t base;             /* length of url without its queries */
	size_t n_made;           /* queries that url has for this order */
	char **headers;          /* of the PUT */
	size_t n_headers;
};

struct as_apps {
	struct as_config *config;
	struct as_app **at; /* indexed by the app's number in names */
	size_t room;
	struct as_table names;
	struct as_table keys; /* a key for each different request */
	size_t *owners;       /* of each key: number of the app that has it */
	size_t owners_room;
};

/* Checks the settings of an app, and reports all mistakes. */
void as_app_check(struct as_apps *apps, struct as_text name);

/* Makes all apps that the configuration names.  Reports all mistakes in their
 * settings, and if two of them would send the same request.  Then ends the process
 * if there is a mistake. */
void as_apps_ready(struct as_apps *apps);

/* Returns the app of that name, and makes it if it is new.  Returns NULL, with the
 * reason in why, if its settings cannot make a request. */
struct as_app *as_app_of(
    struct as_apps *apps, struct as_text name, char why[AS_DETAIL_MAX]);

/* Sets app->owner: the app itself, unless an app that was claimed earlier sends the
 * same request.  For an app that is claimed already, does nothing. */
void as_app_claim(struct as_apps *apps, struct as_app *app);

/* Sends no request for the app for that many ms, or until that TIME, but at most
 * for 10 minutes: its server asked for that.  A wait of 0, or a TIME in the past,
 * changes nothing. */
void as_app_bar(struct as_app *app, int64_t wait);
void as_app_bar_until(struct as_app *app, int64_t until);

/* compare.c - reads the count of an app right before its PUT.  Makes the GET for
 * this, app->ask.  Returns false if the settings have no URL for it. */
bool as_compare_ask(struct as_app *app);

/* Returns the count in the replies to app->ask, and sets *word to NULL.  If there
 * is no count, returns AS_UNKNOWN, and sets *word to the value for why=,
 * app->ask.detail to a message and app->ask.code to the exit status. */
int64_t as_compare_count(struct as_app *app, const char **word);

/* request.c - makes the request that orders a count.  as_request_filters prepares
 * the filters that as_request_make will run for an app of these settings. */
void as_request_filters(const struct as_scope *scope);

/* Makes app->put for the order.  Returns NULL; or, if that fails, the value for
 * why=, with a message in detail.  If the answer of a filter comes later, the next
 * call goes on with that filter. */
const char *as_request_make(struct as_app *app, const struct as_order *order,
    char detail[AS_DETAIL_MAX]);

/* owner.c - sets app->owner to the number of the first app that sends the same
 * request.  If there is none, sets it to `number`, that of the app itself. */
void as_owner_find(struct as_apps *apps, struct as_app *app, size_t number);

/* brake.c - holds scale-downs while too many apps ask for less at once: then
 * probably their metrics are wrong */
enum as_brake {
	AS_BRAKE_WAIT, /* wait: some apps have no decision of this tick yet */
	AS_BRAKE_OFF,  /* the brake does not hold the order */
	AS_BRAKE_ON,   /* refuse it: too many apps ask for less */
	AS_BRAKE_PART  /* refuse it: the tick is over, and some have none */
};

struct as_brake_state {
	size_t n_spoke; /* apps with a decision in this run */
	size_t n_down;  /* of these, apps whose newest one asks for less */
	int64_t heard;  /* steady time when a decision was read last */
	int64_t newest,
	    before;       /* newest TIME of decisions, and the one before */
	int64_t mark;     /* TIME of the newest mark, or AS_NEVER */
	int64_t reported; /* newest TIME in the reports of earlier runs, or 0 */
	bool remembers;   /* these reports show which apps to expect at first */
	bool
	    settled; /* ticks have shown it: apps without a decision are gone */
	bool changed; /* since the last look */
	/* As as_brake_look found them: the steady time; the TIME up to which each
	 * expected app has a decision; the TIME when the first is overdue */
	int64_t now, oldest, due;
};

/* Notes the newest decision of an app: in the counts above, and in app->last,
 * spoke, down, since and let_go. */
void as_brake_note(struct as_brake_state *brake, struct as_app *app,
    const struct as_order *order);

/* Notes the mark of a tick, and ignores other comments. */
void as_brake_mark(
    struct as_brake_state *brake, const struct as_order *comment);

/* Looks which apps have spoken; to be called before as_brake_holds. */
void as_brake_look(struct as_brake_state *brake, const struct as_apps *apps);

/* Returns whether the brake holds the order.  ended says that the input has ended,
 * so that no more decisions will come. */
enum as_brake as_brake_holds(struct as_brake_state *brake,
    const struct as_apps *apps, struct as_app *app, struct as_order *order,
    bool ended);

/* Returns how far back, in ms, the brake needs the reports of earlier runs. */
int64_t as_brake_memory(const struct as_config *config);

/* memory.c - reads the end of the file of -r, the reports of earlier runs: holds of
 * the brake, waiting times of servers, counts set by others.  Returns false if the
 * file cannot be read. */
bool as_memory_read(struct as_apps *apps, struct as_brake_state *brake,
    const struct as_log *reports);

/* puts.c - the locks of -p, one for each app whose order is under way.  The kernel
 * takes them from a process that ends.  as_puts_open dies with 74 if the file cannot
 * be made. */
struct as_puts {
	const char *path; /* NULL: there are no locks */
	int fd;
};
void as_puts_open(struct as_puts *puts);

/* Returns false if another process has an order of the app under way. */
bool as_puts_begin(const struct as_puts *puts, const char *app);
void as_puts_end(const struct as_puts *puts, const char *app);

/* guard.c - all reasons to refuse a decision.  A guard that refuses one settles
 * its order, prints a message, and returns false (or NULL). */
struct as_apply {
	struct as_apps apps;
	struct as_lock lock;
	struct as_puts puts;
	struct as_log log; /* of -l; its path is NULL if there is none */
	bool synced;       /* all lines of the log have been synced to disk */
	struct as_http *http;
	size_t jobs;      /* orders under way at most, from -j */
	size_t n_current; /* orders under way */
	size_t n_puts;    /* of these, orders whose PUT was sent */
	/* Of these, orders that wait for a slow filter; jobs does not count them */
	size_t n_late;
	bool dry_run, unchecked; /* -n: no PUT; -f: no GET before it */
	bool stopped;            /* nothing more is read, and no PUT begins */
	int code;                /* the exit status */
};

/* Returns the app that the decision names.  Refuses a name that the settings do
 * not know.  Refuses a decision from the future: it would be the newest one, so all
 * decisions of the present would be superseded. */
struct as_app *as_guard_app(struct as_apply *apply, struct as_order *order);

/* Checks all that needs no request.  Refuses a decision without a count, or for the
 * count that it was made from, or made from an unknown count; with a count outside
 * of min and max; or whose app has no URL, or sends the requests of another app. */
bool as_guard_order(
    struct as_apply *apply, const struct as_app *app, struct as_order *order);

/* Refuses an order that the brake holds; how is AS_BRAKE_ON or AS_BRAKE_PART. */
void as_guard_brake(struct as_apply *apply, const struct as_app *app,
    struct as_order *order, enum as_brake how);

/* Checks what changes with time.  Refuses a decision that is too old, or whose count
 * was read by the GET too long ago; refuses while there is a pause_file, and while
 * the server wants to be left alone.  To be called before the GET, and again right
 * before the PUT. */
bool as_guard_moment(
    struct as_apply *apply, const struct as_app *app, struct as_order *order);

/* Refuses a decision while another as-apply has an order of the app under way.
 * Otherwise as_puts_end is to be called when this one has ended. */
bool as_guard_put(
    struct as_apply *apply, const struct as_app *app, struct as_order *order);

/* Notes in the order, and may warn, that others have set count.  If sampled is
 * true, count is from= of the decision; else it was read right before the PUT.
 * Refuses nothing. */
void as_guard_others(
    struct as_app *app, struct as_order *order, int64_t count, bool sampled);

/* Refuses a decision if count, which the app has right before the PUT, is not the
 * one of from=, or is wanted already.  If word is not NULL, nobody knows that
 * count: word is the value for why=, and app->ask.detail has a message. */
bool as_guard_count(struct as_apply *apply, const struct as_app *app,
    struct as_order *order, int64_t count, const char *word);

/* Refuses an order whose request the filters could not make.  Then word is the
 * value for why=, and detail has a message; else word is NULL. */
bool as_guard_request(struct as_apply *apply, const struct as_app *app,
    struct as_order *order, const char *word, const char *detail);

/* execute.c - carries out an order: reads the count, sends the PUT, settles the
 * order.  as_execute_begin begins with app->waiting, which becomes app->current. */
void as_execute_begin(struct as_apply *apply, struct as_app *app);

/* Returns the HTTP client, apply->http, and makes it at the first call. */
struct as_http *as_execute_client(struct as_apply *apply);

/* Blocks SIGTERM, SIGINT and SIGHUP (how is SIG_BLOCK) while a PUT is under way,
 * so that its answer is reported before the process ends; or unblocks them. */
void as_execute_hold_signals(int how);

/* From now on no PUT begins; as-apply waits for the answers to those under way, and
 * then ends with this exit status, or a worse one. */
void as_execute_stop(struct as_apply *apply, int code);

#endif
