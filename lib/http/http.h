/* http.h - HTTP requests of as-fetch and as-apply, many at once, and the requests
 * that ask for the state of an app */
#ifndef AS_HTTP_H
#define AS_HTTP_H

#include <poll.h>

#include <curl/curl.h>

#include "filter.h"

enum { AS_TOKEN_MAX = 16384 };

/* secret.c - files with secrets.  A file is read again when it changes, and all
 * that it holds is hidden: see as_hide_add.  NULL: there is no token, and *why
 * says the reason. */
const char *as_secret_token(const char *path, const char **why);
void as_secret_logins(const char *path); /* hides those of a netrc_file */

/* Reads all files of the settings.  Dies with 77 where a secret's file is
 * missing or other users can read it, with 78 where another file is missing or
 * what it holds cannot be used. */
void as_secret_ready(const struct as_remote *remote);

/* netrc.c - calls act for each login, each password, and both with a colon */
void as_netrc_each(
    const char *text, void (*act)(const char *secret, bool login));

/* url.c - templates, in which {app} and {NAME} stand for the name of the app and
 * for what is set for it.  Where a template is wrong, *why says the reason, or,
 * if why is NULL, the process dies with 78.  No message shows a URL: it may hold
 * a secret. */
bool as_url_fill(const struct as_scope *scope,
    const struct as_setting *template, bool encoded, struct as_buf *to,
    const char **why);

/* A URL with the queries of all keys that begin so ("status_query."), or with
 * none for NULL; to be freed.  NULL: it is wrong. */
char *as_url_expand(const struct as_scope *scope,
    const struct as_setting *template, const char *queries, const char **why);

/* Why a template of the app cannot be filled in, with its key, or NULL: to be asked
 * for an app whose name is known only at run time. */
const char *as_url_wrong(const struct as_scope *scope, const char **key);
bool as_url_same_origin(const char *a, const char *b);
void as_url_query(struct as_buf *url, const char *name, struct as_text value);

/* http.c - sends requests, up to `jobs` at once, on connections that are kept.  A
 * request that writes is sent once at most. */
enum { AS_JOBS = 256 };

struct as_reply {
	const char *err;     /* the word for err=; NULL: a good answer */
	int code;            /* the exit status for err, or 0 */
	int status;          /* HTTP's; 0: there was no answer */
	int64_t retry_after; /* ms to leave the server alone, or 0 */
	bool unsure;         /* it was sent, and may have had its effect */
	struct as_text body; /* terminated */
	const char *detail;  /* for people, when err is set */
};

struct as_request {
	const struct as_remote *remote; /* limits and credentials */
	char *url;
	const char *method;  /* of a request with a body */
	struct as_text body; /* at NULL: a GET */
	bool trusted;        /* with token, certificate, signature */
	bool writes;         /* on a fresh connection, never repeated */
	char **headers;
	size_t n_headers;
	/* Called right before the request is sent, which may be some time after
	 * as_http_send.  False: the request is dropped, and done is not called.
	 * May be NULL. */
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

/* Goes on with the requests that were sent until fd can be read (true), or until
 * that steady time.  Calls no done(), so that a done() may wait with it. */
bool as_http_pump(void *http, int fd, int64_t until);

/* Goes on with all requests until one is done, fd (or -1) can be read (true), or
 * until that steady time. */
bool as_http_wait(struct as_http *http, int fd, int64_t until);

/* One request under way */
struct as_transfer {
	CURL *curl;
	struct as_request *request;
	const struct as_remote *remote; /* whose limits curl has now */
	bool trusted;                   /* and credentials */
	struct as_transfer *next;
	struct curl_slist *headers;
	struct as_buf body;
	char *redirected; /* to here, or NULL */
	int redirects, retries;
	int64_t deadline; /* of the request, steady */
	int64_t due;      /* when it is sent once more, steady */
	bool again;       /* it failed in a way that another try may mend */
	bool too_big;
	char word[16];
	char error[CURL_ERROR_SIZE];
	char detail[AS_DETAIL_MAX];
};

/* transfer.c - what is sent, and what bounds the answer */
struct as_transfer *as_transfer_new(void);
void as_transfer_free(struct as_transfer *transfer);

/* False: it cannot be sent, and the reply says the reason. */
bool as_transfer_prepare(
    struct as_transfer *transfer, struct as_request *request);

/* Fills in the reply where there is no good one: the word for err=, the exit
 * status and the text for people */
void as_transfer_fail(struct as_transfer *transfer, const char *word, int code,
    const char *detail);

/* Prepares the transfer to begin once more, at that URL. */
void as_transfer_redirect(struct as_transfer *transfer, const char *to);

void as_transfer_resume(struct as_transfer *transfer); /* it is due */
void as_transfer_end(struct as_transfer *transfer);    /* frees a large body */

/* answer.c - fills in the reply after libcurl has ended the transfer.  Elsewhere:
 * the transfer goes on at once, at another URL of the same host.  Later: it is
 * sent once more when it is due. */
enum as_answer { AS_ANSWER_TAKEN, AS_ANSWER_ELSEWHERE, AS_ANSWER_LATER };
enum as_answer as_answer_take(struct as_transfer *transfer, CURLcode rc);

/* retry.c - sets when the transfer is sent once more.  False: it is not. */
bool as_retry_plan(struct as_transfer *transfer);

/* reason.c - the message in the JSON of an error, or false */
bool as_reason_find(const char *json, char *to, size_t size);

/* place.c - where a request goes: its socket, or HOST:PORT */
void as_place_print(const struct as_request *request, char *to, size_t size);

/* The URL of the redirect that was the reply, to be freed, or NULL.  It has no
 * login. */
char *as_place_redirect(CURL *curl);

/* lane.c - a curl_multi and the sockets that it waits for */
struct as_sockets {
	struct pollfd *fds; /* the first is not libcurl's */
	struct as_lane **owners;
	size_t n, fds_room, owners_room;
};

struct as_lane {
	struct as_sockets *sockets;
	CURLM *multi;
	int64_t due; /* by the steady clock; -1: nothing to do */
};

/* How many files may be open for connections */
size_t as_lane_files(void);

/* Keeps up to so many connections that are not in use. */
void as_lane_open(
    struct as_lane *lane, struct as_sockets *sockets, size_t connections);
void as_lane_sockets_free(struct as_sockets *sockets);

/* lanes.c - several lanes as one */
struct as_lanes {
	struct as_lane *at;
	size_t n;
	struct as_sockets sockets;
	/* Called for each transfer that ends.  False: add it once more. */
	bool (*ended)(void *owner, CURL *curl, CURLcode rc);
	void *owner;
};

/* Returns how many transfers there may be at once: jobs, or less. */
size_t as_lanes_open(struct as_lanes *lanes, size_t jobs, size_t hosts);
void as_lanes_close(struct as_lanes *lanes);

/* The lane of the URL's host: its connections are kept there. */
struct as_lane *as_lanes_find(const struct as_lanes *lanes, const char *url);

/* Waits until a socket is ready, a timer is due, fd can be read (true), or until
 * that steady time, and lets libcurl act. */
bool as_lanes_step(struct as_lanes *lanes, int fd, int64_t until);

/* ask.c - the requests for the state of an app, and the filter for their replies */
enum as_ask_what { AS_ASK_STATUS, AS_ASK_BEFORE };

struct as_lost {       /* a reply that did not come */
	char word[16]; /* empty: it came */
	char *detail;
	int code, status;
	int64_t until; /* steady: the server wants to be left alone */
};

struct as_ask {
	struct as_request *requests;
	struct as_buf *replies; /* of each */
	struct as_lost *lost;   /* of each */
	size_t n_lost;
	int64_t barred[2]; /* see as_question; [1]: while a reply is lost */
	size_t n, n_pending;
	char *body;
	char **headers;
	size_t n_headers;
	enum as_ask_what what;
	size_t filter;
	void (*done)(struct as_ask *ask); /* all replies are there */
	void *owner;
	const char *err; /* word of the first reply, if all are lost */
	int code;
	int64_t retry_after;
	char word[16], detail[AS_DETAIL_MAX];
};

/* False: no URL is set. */
bool as_ask_make(
    struct as_ask *ask, const struct as_scope *scope, enum as_ask_what what);

/* Calls done, before it returns if no server may be asked */
void as_ask_send(struct as_ask *ask, struct as_http *http);

/* Done without a request */
void as_ask_fail(
    struct as_ask *ask, const char *word, int code, const char *detail);

/* One that is not sent: its reply is put into replies[0]. */
void as_ask_make_reply(struct as_ask *ask, const struct as_scope *scope);

/* Appends what the filter makes of the replies; as as_filter_run.  A reply that
 * is lost is null for the filter, and if the filter fails the word is that of the
 * lost reply.  notes: see as_question. */
const char *as_ask_answer(struct as_ask *ask, const struct as_scope *scope,
    struct as_text stamp, int how, struct as_buf *answer, struct as_buf *notes);

/* Appends " err.N=WORD" for each reply that is lost. */
void as_ask_put_lost(const struct as_ask *ask, struct as_buf *to);

/* A server that answered with Retry-After is not asked before its time: then
 * its reply is lost, with the word busy.  as_ask_bar says so of source i; the
 * time is steady, and at most 10 minutes from now.  as_ask_until is the latest
 * such time, or 0. */
void as_ask_bar(struct as_ask *ask, size_t i, int64_t until);
int64_t as_ask_until(const struct as_ask *ask);
void as_ask_free(struct as_ask *ask);
void as_ask_forget(struct as_ask *ask); /* the replies */

/* Texts of "header" and of a second key, expanded */
char **as_ask_headers(const struct as_scope *scope, const char *key, size_t *n);

#endif
