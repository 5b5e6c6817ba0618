/* api.h - what as-fetch and as-apply share besides: requests, many at once, and
 * what is asked for an app */
#ifndef AS_API_H
#define AS_API_H

#include "filter.h"

enum { AS_TOKEN_MAX = 16384 };

/* secret.c - files that nobody else may read.  A token is read again when its
 * file changes; NULL: there is none, *why says why. */
const char *as_secret_check(const char *path); /* why not, or NULL */
const char *as_secret_token(const char *path, const char **why);

/* Whether a text repeats the token, or a login as it is sent */
bool as_secret_is_in(const struct as_api *api, const char *text);

/* Dies with 77 where one of them is not there or others can read it, 78 where
 * its content is none, or another file is not there. */
void as_secret_ready(const struct as_api *api);

/* url.c - templates, in which {app} and {NAME} are what is set for an app; die
 * with 78.  URLs are not repeated in messages: they may hold a secret. */
void as_expand(const struct as_scope *scope, const struct as_setting *template,
    bool encoded, struct as_buf *to);

/* With the values of queries ("status_query.") behind it; to be freed */
char *as_url_expand(const struct as_scope *scope,
    const struct as_setting *template, const char *queries);
bool as_url_same_origin(const char *a, const char *b);
void as_url_query(struct as_buf *url, const char *name, struct as_text value);

/* http.c - requests, up to `jobs` at once, on connections that are kept.  At
 * most one that writes is sent for each: it is not repeated. */
enum { AS_BODY_MAX = 1048576, AS_JOBS = 256 };

struct as_reply {
	const char *err;     /* the word for err=; NULL: a good answer */
	int code;            /* the exit status for err, or 0 */
	int status;          /* HTTP's; 0: there was no answer */
	int64_t retry_after; /* ms to leave the server alone, or 0 */
	bool unsure;         /* sent, but the answer did not come */
	struct as_text body; /* terminated */
	const char *detail;  /* for people, when err is set */
};

struct as_request {
	const struct as_api *api; /* limits and credentials */
	char *url;
	const char *method;  /* of a request with a body */
	struct as_text body; /* at NULL: a GET */
	bool trusted;        /* with token, certificate, signature */
	bool writes;         /* on a fresh connection, never repeated */
	char **headers;
	size_t n_headers;
	/* Asked right before it is sent, which may be later than as_http_send;
	 * false: it is not, and nothing follows.  May be NULL. */
	bool (*begin)(struct as_request *request);
	void (*done)(struct as_request *request); /* the reply is there */
	void *owner;
	struct as_reply reply; /* its texts stay until done returns */
	struct as_request *next;
};

struct as_http;
struct as_http *as_http_new(size_t jobs, size_t hosts);
void as_http_free(struct as_http *http);
void as_http_send(struct as_http *http, struct as_request *request);
size_t as_http_busy(const struct as_http *http); /* requests not done */

/* Goes on with what is under way until fd can be read, or until that steady
 * time, but tells nobody: for who waits in a done(). */
bool as_http_pump(void *http, int fd, int64_t until);

/* Waits until a request is done, fd (or -1) can be read, or until that steady
 * time; true: fd can be read. */
bool as_http_wait(struct as_http *http, int fd, int64_t until);

/* ask.c - the requests that tell about an app, and the filter for the replies */
enum as_ask_what { AS_ASK_STATUS, AS_ASK_BEFORE };

struct as_ask {
	struct as_request *requests;
	struct as_buf *replies; /* of each */
	int64_t barred;         /* see as_question */
	size_t n, n_pending;
	char *body;
	char **headers;
	size_t n_headers;
	enum as_ask_what what;
	size_t filter;
	void (*done)(struct as_ask *ask); /* all replies are there */
	void *owner;
	const char *err; /* of the first that failed, or NULL */
	int code;
	int64_t retry_after;
	char word[16], detail[AS_DETAIL_MAX];
};

/* False: no URL is set. */
bool as_ask_make(
    struct as_ask *ask, const struct as_scope *scope, enum as_ask_what what);
void as_ask_send(struct as_ask *ask, struct as_http *http);

/* Done without a request */
void as_ask_fail(
    struct as_ask *ask, const char *word, int code, const char *detail);

/* One that is not sent: its reply is put into replies[0]. */
void as_ask_make_reply(struct as_ask *ask, const struct as_scope *scope);

/* Appends what the filter makes of the replies; as as_filter_run. */
const char *as_ask_answer(struct as_ask *ask, const struct as_scope *scope,
    struct as_text stamp, int how, struct as_buf *answer);
void as_ask_free(struct as_ask *ask);
void as_ask_forget(struct as_ask *ask); /* the replies */

/* Texts of "header" and of a second key, expanded */
char **as_ask_headers(const struct as_scope *scope, const char *key, size_t *n);

/* reply.c - puts a file, or stdin for "-", into replies[0].  False: it is over
 * AS_BODY_MAX.  Dies with 74 where it cannot be read. */
bool as_ask_read(struct as_ask *ask, const char *path);

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
void as_fleet_shard(struct as_fleet *fleet, const char *arg);

/* By -a and the shard */
bool as_fleet_selects(const struct as_fleet *fleet, struct as_text app);

/* Adds all, the n apps or, for 0, those that the settings name.  Dies with 64
 * where one is not known or none is selected, 78 as as_fleet_add does. */
void as_fleet_choose(struct as_fleet *fleet, int n, char *apps[]);

/* tell.c - appends a line for each of the group's apps, as the replies say; the exit
 * status. */
int as_fleet_tell(struct as_fleet *fleet, struct as_group *group, bool fraction,
    struct as_buf *lines);

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

/* lock.c - holds the kernel's lock on the file until the process ends; dies
 * with 75 where another process has it, 74 where there can be no such file, 71
 * where the kernel gives no locks. */
void as_lock_take(const char *path);

#endif
