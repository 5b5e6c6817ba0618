/* fetch.h - the parts of as-fetch: which apps it asks, when, and their lines */
#ifndef AS_FETCH_H
#define AS_FETCH_H

#include "http.h"

/* reply.c - puts a file, or stdin for "-", into replies[0].  False: it is over
 * AS_BODY_MAX.  Dies with 74 where it cannot be read. */
bool as_reply_read(struct as_ask *ask, const char *path);

/* fleet.c - the asks of as-fetch: one for each app, or one for many that would
 * ask the same */
struct as_group {
	struct as_ask ask;
	size_t *apps; /* numbers in config->apps */
	size_t n_apps, room;
	int64_t time, barred; /* TIME of this tick; steady, left alone until */
	int32_t n_sent;       /* ticks */
	int32_t n_missed;     /* since the last one */
	bool pending;
};

struct as_fleet {
	struct as_config *config;
	struct as_group *groups;
	size_t n, room;
	struct as_table keys;  /* what makes groups, by their numbers */
	size_t *group_of;      /* by the app's number; 0: of none */
	int64_t *told;         /* TIME of its last line, likewise */
	int32_t shard, shards; /* 0, 0: all are ours */
	bool from_reply;       /* one that is there is for all of them */
	bool closed;           /* there are no apps but those added */
	struct as_line line;
	struct as_buf answer;
};

/* The group's first app; until the next call */
const char *as_fleet_name(
    const struct as_fleet *fleet, const struct as_group *group);

/* Dies with 78 where apps would share a load that is not theirs. */
void as_fleet_add(struct as_fleet *fleet, struct as_text app);
void as_fleet_add_reply(struct as_fleet *fleet, struct as_text app);
void as_fleet_ready(struct as_fleet *fleet); /* all are added */
struct as_scope as_fleet_scope(
    const struct as_fleet *fleet, const struct as_group *group);

/* roster.c - which apps a fleet has.  "I/N", or usage, 64: shard I of N. */
void as_roster_shard(struct as_fleet *fleet, const char *arg);

/* By -a and the shard */
bool as_roster_selects(const struct as_fleet *fleet, struct as_text app);

/* Adds all, the n apps or, for 0, those that the settings name.  Dies with 64
 * where one is not known or none is selected, 78 as as_fleet_add does. */
void as_roster_choose(struct as_fleet *fleet, int n, char *apps[]);

/* samples.c - appends a line for each of the group's apps, as the replies say; the exit
 * status. */
int as_samples_add(struct as_fleet *fleet, struct as_group *group,
    bool fraction, struct as_buf *lines);

/* grid.c - when each group of a fleet is due, and its TIME */
struct as_grid {
	int64_t every; /* ms */
	size_t n;      /* groups */
	bool spread;   /* over the interval */
	bool fraction; /* of seconds in TIME */
	int64_t begin; /* of this round, steady */
	int64_t time;  /* the same as TIME */
	size_t next;   /* group */
};

/* The next group that is due by now, or false */
bool as_grid_due(struct as_grid *grid, int64_t now, size_t *i, int64_t *time);
int64_t as_grid_wait(const struct as_grid *grid); /* until then, steady */
bool as_grid_is_over(const struct as_grid *grid, int64_t now); /* the round */

/* Begins the next round that is not over; how many were left out */
int32_t as_grid_next(struct as_grid *grid, int64_t now, int64_t clock);

#endif
