/* api.h - what as-fetch and as-apply share besides: replies and requests, and
 * the decisions that wait to be applied */
#ifndef AS_API_H
#define AS_API_H

#include "conf.h"

/* json.c - one reply of the status API, by the default filter
 * {replicas, cpu: .cpu.highPriority}.  Returns NULL, or the word for err=
 * ("not-json", "type", "range") with a text for people in detail. */
enum { AS_DETAIL_MAX = 256 };

struct as_status {
	int32_t replicas;
	double cpu;
	char detail[AS_DETAIL_MAX];
};

const char *as_json_status(struct as_text body, struct as_status *status);

/* The same of a reply whose load does not matter. */
const char *as_json_replicas(struct as_text body, struct as_status *status);

/* http.c - requests, one at a time, on a connection that is kept */
enum { AS_BODY_MAX = 1048576 };

struct as_reply {
	const char *err;            /* the word for err=; NULL: a good answer */
	int code;                   /* the exit status for err, or 0 */
	int status;                 /* HTTP's; 0: there was no answer */
	bool unsure;                /* sent, but the answer did not come */
	struct as_text body;        /* until the next request */
	char detail[AS_DETAIL_MAX]; /* for people, when err is set */
};

struct as_http;
struct as_http *as_http_new(const struct as_api *api);
void as_http_get(struct as_http *http, const char *url, struct as_reply *reply);
void as_http_put(struct as_http *http, const char *url, struct as_text body,
    struct as_reply *reply);
void as_http_free(struct as_http *http);

/* url.c - why url is none of http or https, or NULL.  One that is refused may
 * hold a secret and is not to be repeated. */
const char *as_http_url(const char *url);

/* lock.c - holds the kernel's lock on the file until the process ends; dies
 * with 75 where another process has it, 74 where there can be no such file, 71
 * where the kernel gives no locks. */
void as_lock_take(const char *path);

/* batch.c - decisions as they come, and which of them count */
struct as_order {
	char *text; /* the canonical line, from= and all, LF included */
	size_t len;
	struct as_text stamp, app; /* in text */
	int64_t time, count, from;
	size_t number; /* of the app, by arrival */
	bool bare;     /* no more than a COUNT was said */
	bool newest;   /* of its app in this batch */
};

struct as_batch {
	struct as_order *orders;
	size_t n, room;
	struct as_table apps;
	int64_t *last; /* TIME of each app's newest order so far */
	size_t last_room, n_last;
	const char *only_app; /* others are passed over; NULL: all count */
	struct as_line line;  /* what was read last */
	char bare[256];       /* a COUNT as the decision that it stands for */
};

/* Empties the batch and reads all that is there without waiting, but one line
 * at least.  Lines that are no decisions are told and skipped.  False at the
 * end of input. */
bool as_batch_read(struct as_batch *batch, struct as_in *in);
void as_batch_free(struct as_batch *batch);

#endif
