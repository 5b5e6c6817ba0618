/* fetch.h - the parts of as-fetch: which apps it asks, when, and what it prints */
#ifndef AS_FETCH_H
#define AS_FETCH_H

#include "http.h"

/* reply.c - reads a file, or stdin if path is "-", into replies[0].  most is
 * reply_max.  Returns false if the file has more bytes.  Dies with 74 if it
 * cannot be read. */
bool as_reply_read(struct as_ask *ask, const char *path, int64_t most);

/* fleet.c - the apps to ask, in groups.  The apps of a group need the same
 * requests, so these are sent once for the group.  With -e each group is asked
 * once in each interval: this is a round. */
struct as_round { /* one that is under way */
	int64_t time;
	/* Groups without all their lines; 1 more while groups are still asked */
	size_t n_pending;
	bool asked; /* a group was asked */
	/* TIME and APP of each line whose app is in no group */
	struct as_table guests;
};

struct as_group {
	struct as_ask ask;
	size_t *apps; /* their numbers in config->apps */
	size_t n_apps, room;
	int64_t time;     /* TIME of this tick */
	int32_t n_sent;   /* ticks in which it was asked */
	int32_t n_missed; /* ticks left out since it was asked last */
	size_t n_counts;  /* counts that are still to be read, see count.c */
	struct as_fleet *fleet;
	struct as_round *round;
	bool pending;
	bool has_twin; /* an app that cannot be told apart was reported */
};

struct as_count;
struct as_fleet {
	struct as_config *config;
	struct as_http *http; /* NULL: the reply comes from a file */
	struct as_group *groups;
	size_t n, room;
	/* The requests of each group; a key's number is its group's index */
	struct as_table keys;
	/* By the app's number: its group's index + 1; 0: it is in none */
	size_t *group_of;
	int64_t *printed; /* by the app's number: TIME of its last line */
	int64_t *newest;  /* by the app's number: newest TIME in the log */
	/* By the app's number; NULL: not needed yet */
	struct as_count **counts;
	struct as_table guests; /* like `guests` of a round; used without -e */
	int64_t every;          /* ms; 0: one tick */
	int64_t round;          /* TIME when this round began */
	int32_t shard, shards;  /* I and N of -s; 0, 0: all apps are ours */
	bool has_command; /* samples_command gives all lines, see feed.c */
	bool from_reply;  /* one file is the reply for all apps */
	bool closed;      /* only apps of the command line are wanted */
	/* The app of the only group gives its settings to the request, but is no
	 * app of this fleet: it never gets a line */
	bool is_finder;
	bool fraction; /* TIME is printed with milliseconds */
	int code;      /* the exit status so far */
	/* Called when a group has all lines of its tick */
	void (*ended)(struct as_group *group);
	bool (*print)(void); /* prints the lines; false: a write has failed */
	struct as_line line;
	struct as_buf answer; /* output of a filter */
	struct as_buf lines;  /* not yet printed */
	struct as_buf mark;   /* "# settings ...", or nothing; see mark.c */
};

/* The name of the group's first app, or of app, for messages; valid until the next
 * call.  as_fleet_name returns NULL if that app is no app of the fleet. */
const char *as_fleet_name(
    const struct as_fleet *fleet, const struct as_group *group);
const char *as_fleet_text(struct as_text app);

/* Adds an app.  Reports all mistakes in its settings, and if two apps would get the
 * same load from one reply: such an app may not be added. */
void as_fleet_add(struct as_fleet *fleet, struct as_text app);
void as_fleet_add_reply(struct as_fleet *fleet, struct as_text app);
void as_fleet_ready(struct as_fleet *fleet); /* call it after all are added */
struct as_scope as_fleet_scope(
    const struct as_fleet *fleet, const struct as_group *group);
void as_fleet_fail(struct as_fleet *fleet, int code);

/* Notes that one of group->n_counts is read.  After the last one calls
 * fleet->ended. */
void as_fleet_end(struct as_fleet *fleet, struct as_group *group);

/* wait.c - waits for replies, and for filters that are slow.  If as_ask_answer failed
 * only because the filter is slow, as_wait_again has ask->done called again when its
 * answer has come, and returns true. */
bool as_wait_again(struct as_ask *ask);

/* Whether any of them are still to come */
bool as_wait_is_busy(const struct as_fleet *fleet);

/* Waits until something of that has come, fd can be read, or the steady clock shows
 * `until`.  Returns whether fd can be read. */
bool as_wait_for(struct as_fleet *fleet, int fd, int64_t until);

/* tick.c - sends the group's requests.  When all replies are here or lost, its lines
 * are appended and fleet->ended is called.  With has_command nothing is sent: the
 * caller then ends group->ask. */
void as_tick_begin(struct as_group *group, int64_t time);

/* Prepares that without a request: the caller then ends group->ask. */
void as_tick_prepare(struct as_group *group, int64_t time);

/* TIME of a tick that is not on the grid.  Two of them in one second differ in
 * their milliseconds. */
int64_t as_tick_now(struct as_fleet *fleet);

/* Notes that a group has all lines of the round.  After the last one appends the
 * mark, if a group was asked, and frees the round. */
void as_tick_leave(struct as_fleet *fleet, struct as_round *round);
void as_tick_end(struct as_group *group); /* its tick; for fleet->ended */

/* roster.c - chooses the apps of a fleet.  arg is "I/N", shard I of N; dies with 64
 * if it is not. */
void as_roster_shard(struct as_fleet *fleet, const char *arg);

/* Whether -a and the shard choose the app */
bool as_roster_selects(const struct as_fleet *fleet, struct as_text app);

/* Adds the n apps or, if n is 0, those that the settings name.  Ends the process if
 * there is a mistake in the settings; with 64 if an app is not known, or if none is
 * selected. */
void as_roster_choose(struct as_fleet *fleet, int n, char *apps[]);

/* samples.c - appends a line for each app of the group, from the group's replies.
 * If the count must be read at before_url, the app gets its line later.  Returns
 * false if all lines come later, as the filter is slow. */
bool as_samples_add(struct as_fleet *fleet, struct as_group *group);

/* wanted.c - whether a line of this app, with the TIME stamp, is wanted: the app is
 * selected, it is in this group, and the tick has no other line of it.  An app
 * that the settings do not name is wanted if a glob fits it, or if the settings
 * name no app at all; and the tick has no other line of it with this TIME. */
bool as_wanted_is(struct as_fleet *fleet, const struct as_group *group,
    struct as_text stamp, struct as_text app);

/* Whether the text has one of our secrets.  A reply may repeat it, but it must not
 * get into a line: this is reported. */
bool as_wanted_has_secret(struct as_fleet *fleet, struct as_text text);

/* count.c - asks before_url for the count of an app if the status reply has
 * none.  Then the app's line has that count and rest; or err=WORD if this reply
 * has no count, too.  Returns false if the app has no before_url, or that URL
 * was asked already. */
bool as_count_ask(struct as_fleet *fleet, struct as_group *group, size_t number,
    const char *word, struct as_text rest);

/* The requests for the count of an app, or NULL if it has no before_url */
struct as_ask *as_count_requests(struct as_fleet *fleet, size_t number);

/* lines.c - appends lines of the group's tick: as_lines_add a line of a filter, or
 * the rest of a line, without LF; as_lines_count a line with a count; as_lines_fail
 * a line with err=; as_lines_mark the mark after a tick.  Each line of the group
 * gets until= for the servers that want no requests. */
struct as_text as_lines_stamp(const struct as_fleet *fleet,
    const struct as_group *group, char time[AS_STAMP_MAX]);
void as_lines_add(
    struct as_fleet *fleet, const struct as_group *group, struct as_text line);
void as_lines_count(struct as_fleet *fleet, const struct as_group *group,
    struct as_text app, int32_t count, struct as_text rest);
void as_lines_fail(struct as_fleet *fleet, const struct as_group *group,
    struct as_text app, const char *word, struct as_text rest);
void as_lines_mark(struct as_fleet *fleet, int64_t time);

/* Returns the KEY of the TIME until which the server of request i wants no
 * requests: "until", or "until.N" if there are several requests; for before_url,
 * which is one URL, AS_UNTIL_BEFORE. */
#define AS_UNTIL_BEFORE "until.before_url"
enum { AS_UNTIL_SIZE = 32 };
const char *as_lines_until(
    const struct as_ask *ask, size_t i, char key[AS_UNTIL_SIZE]);

/* Appends " KEY=TIME" for each server of the ask that wants no requests. */
void as_lines_put_until(struct as_buf *to, const struct as_ask *ask);

/* Appends the comment "# busy KEY=TIME" with the same, if a server wants no
 * requests.  It is for a tick of a group that has no line to say it. */
#define AS_BUSY "# busy"
void as_lines_busy(struct as_fleet *fleet, const struct as_ask *ask);

/* mark.c - appends the mark "# settings DIGEST VERSION", and writes the settings to
 * the file settings.DIGEST beside the log.  Does nothing if no file and no
 * option has settings. */
void as_mark_settings(struct as_fleet *fleet, const struct as_log *log);

/* Puts the mark before the lines that are not yet printed, if the log is empty, as
 * after a rotation: then each log begins with the mark of its settings. */
void as_mark_again(struct as_fleet *fleet, struct as_log *log);

/* command.c - the process of samples_command, which takes the place of all requests.
 * as_command_ready returns whether the settings have it, and reports if it is wrong
 * or stands in a wrong place. */
struct as_command {
	pid_t pid; /* 0 if it does not run */
	int fd;    /* its standard output */
};
bool as_command_ready(struct as_config *config);
const char *as_command_name(void);

/* Returns false if it cannot be started. */
bool as_command_start(struct as_command *command);

/* Ends it with SIGTERM, and with SIGKILL if it is still at work a second later. */
void as_command_stop(struct as_command *command);

/* Its output has ended.  Waits for the end of the process, or ends it at the steady
 * time `until`.  Returns NULL if the output can be used, or the word for err=. */
const char *as_command_end(
    struct as_command *command, bool has_output, int64_t until);

/* Appends the lines of its output that may be samples. */
void as_command_lines(const struct as_buf *output, struct as_buf *to);

/* past.c - reads the end of the log: the newest TIME of each app, and until when
 * servers want no requests */
void as_past_read(struct as_fleet *fleet, const char *path, int64_t every);

/* Whether the log already has a line of this round, not later than time, for the
 * app with that number; or one for each app of the group */
bool as_past_has(const struct as_fleet *fleet, size_t app, int64_t time);
bool as_past_has_all(
    const struct as_fleet *fleet, const struct as_group *group, int64_t time);

/* leash.c - whether standard input is still open at its other end.  At its end no
 * tick begins any more.  What comes there is ignored. */
bool as_leash_is_held(void);

/* grid.c - when each group of a fleet is due, and its TIME */
struct as_grid {
	int64_t every; /* ms */
	size_t n;      /* groups */
	bool spread;   /* over the interval */
	bool fraction; /* of seconds in TIME */
	int64_t begin; /* of this round, steady */
	int64_t time;  /* the same by the clock: a multiple of every */
	int64_t stamp; /* TIME of this round */
	size_t next;   /* group */
};

/* Begins with the round that the clock is in. */
void as_grid_start(struct as_grid *grid, int64_t now, int64_t clock);

/* The next group that is due by now, or false */
bool as_grid_due(struct as_grid *grid, int64_t now, size_t *i, int64_t *time);
int64_t as_grid_wait(const struct as_grid *grid); /* until then, steady */
int64_t as_grid_end(const struct as_grid *grid);  /* of the round, steady */
bool as_grid_is_over(const struct as_grid *grid, int64_t now); /* the round */

/* Begins the next round that is not over; returns how many were left out. */
int32_t as_grid_next(struct as_grid *grid, int64_t now, int64_t clock);

/* rounds.c - -e: asks the fleet in each round, and prints its lines.  Returns false
 * if fleet->print() did. */
struct as_rounds {
	struct as_fleet *fleet;
	struct as_grid grid;
	int32_t ticks; /* 0: without end */
	bool spread;
	bool on_leash; /* -u: standard input has not ended */
	size_t n_done; /* groups that had all their ticks */
	/* Steady time at which requests end that have no reply; INT64_MAX: there is
	 * none, or it is over */
	int64_t last;
};

/* Begins with the round that the clock is in; with one tick alone, now. */
void as_rounds_start(struct as_rounds *rounds);
bool as_rounds_run(struct as_rounds *rounds);

/* feed.c - does the same with samples_command, which as_rounds_run does not run */
bool as_feed_run(struct as_rounds *rounds);

#endif
