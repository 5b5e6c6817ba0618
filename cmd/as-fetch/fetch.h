/* fetch.h - the parts of as-fetch: which apps it asks, when, and what it prints */
#ifndef AS_FETCH_H
#define AS_FETCH_H

#include "http.h"

/* reply.c - reads a file, or stdin for "-", into replies[0], at most as many bytes
 * as reply_max allows.  False: there are more.  Dies with 74 if it cannot be
 * read. */
bool as_reply_read(struct as_ask *ask, const char *path, int64_t most);

/* fleet.c - the apps that are asked, in groups: the apps of a group would send
 * the same requests, so they share one ask */
struct as_tick { /* of -e: a round that is under way */
	int64_t time;
	size_t n_pending; /* groups, and one while the round begins */
	bool asked;       /* a group was asked */
};

struct as_group {
	struct as_ask ask;
	size_t *apps; /* numbers in config->apps */
	size_t n_apps, room;
	int64_t time;     /* TIME of this tick */
	int32_t n_sent;   /* ticks */
	int32_t n_missed; /* ticks since the last one */
	size_t n_counts;  /* counts that are still to be read, see count.c */
	struct as_tick *tick;
	bool pending;
};

struct as_count;
struct as_fleet {
	struct as_config *config;
	struct as_http *http; /* NULL: the reply comes from a file */
	struct as_group *groups;
	size_t n, room;
	struct as_table
	    keys;         /* what a group shares; its number is the group's */
	size_t *group_of; /* by the app's number; 0: it is in none */
	int64_t *printed; /* by the app's number: TIME of its last line */
	int64_t *newest;  /* likewise: newest TIME in the log */
	struct as_count **counts; /* likewise; NULL: not needed yet */
	int64_t round;            /* the clock when this round began */
	int32_t shard, shards;    /* 0, 0: all are ours */
	bool from_reply;          /* one reply for all apps */
	bool closed;              /* no apps but those on the command line */
	bool fraction;            /* of seconds in TIME */
	int code;                 /* the exit status so far */
	void (*ended)(struct as_group *group); /* its tick has all its lines */
	struct as_line line;
	struct as_buf answer; /* of a filter */
	struct as_buf lines;  /* not yet printed */
};

/* The group's first app, or any app, for messages; until the next call */
const char *as_fleet_name(
    const struct as_fleet *fleet, const struct as_group *group);
const char *as_fleet_text(struct as_text app);

/* Adds an app.  Dies with 78 if two apps would share one load. */
void as_fleet_add(struct as_fleet *fleet, struct as_text app);
void as_fleet_add_reply(struct as_fleet *fleet, struct as_text app);
void as_fleet_ready(struct as_fleet *fleet); /* all are added */
struct as_scope as_fleet_scope(
    const struct as_fleet *fleet, const struct as_group *group);
void as_fleet_fail(struct as_fleet *fleet, int code);

/* One of n_counts is done; calls ended for the last one. */
void as_fleet_end(struct as_fleet *fleet, struct as_group *group);

/* roster.c - chooses the apps of a fleet.  "I/N" is shard I of N; anything else is
 * an error of usage, 64. */
void as_roster_shard(struct as_fleet *fleet, const char *arg);

/* Whether -a and the shard choose the app */
bool as_roster_selects(const struct as_fleet *fleet, struct as_text app);

/* Adds the n apps or, for 0, those that the settings name.  Dies with 64 if one
 * is not known or none is selected, 78 as as_fleet_add does. */
void as_roster_choose(struct as_fleet *fleet, int n, char *apps[]);

/* samples.c - appends a line for each of the group's apps, from its replies.  An
 * app whose count is asked elsewhere gets its line later. */
void as_samples_add(struct as_fleet *fleet, struct as_group *group);

/* count.c - asks before_url for the count of an app whose status has none.  The
 * line is the count and rest, or err=WORD if there is no count there either.
 * False: the app has no before_url, or that is what was asked already. */
bool as_count_ask(struct as_fleet *fleet, struct as_group *group, size_t number,
    const char *word, struct as_text rest);
void as_count_ready(const struct as_config *config); /* adds its filters */

/* lines.c - appends lines of the group's tick: one from a filter, LF excluded; a
 * count; a failure; and the mark that ends the tick */
struct as_text as_lines_stamp(const struct as_fleet *fleet,
    const struct as_group *group, char time[AS_STAMP_MAX]);
void as_lines_add(
    struct as_fleet *fleet, const struct as_group *group, struct as_text line);
void as_lines_count(struct as_fleet *fleet, const struct as_group *group,
    struct as_text app, int32_t count, struct as_text rest);
void as_lines_fail(struct as_fleet *fleet, const struct as_group *group,
    struct as_text app, const char *word);
void as_lines_mark(struct as_fleet *fleet, int64_t time);

/* past.c - reads the end of the log: the newest TIME of each app, and until when
 * servers want to be left alone */
void as_past_read(struct as_fleet *fleet, const char *path, int64_t every);

/* Whether the log already has a line of this round, up to TIME: of the app with
 * that number, or of all apps of the group */
bool as_past_has(const struct as_fleet *fleet, size_t app, int64_t time);
bool as_past_has_all(
    const struct as_fleet *fleet, const struct as_group *group, int64_t time);

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
bool as_grid_is_over(const struct as_grid *grid, int64_t now); /* the round */

/* Begins the next round that is not over; returns how many were left out. */
int32_t as_grid_next(struct as_grid *grid, int64_t now, int64_t clock);

#endif
