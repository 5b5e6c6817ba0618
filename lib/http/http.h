/* http.h - HTTP requests of as-fetch and as-apply, many at once, and the requests
 * that ask for the state of an app.  A steady time is one of as_time_steady(), in
 * ms.  struct as_scope is an app with its settings; struct as_remote has those of
 * its HTTP requests. */
#ifndef AS_HTTP_H
#define AS_HTTP_H

#include <poll.h>

#include <curl/curl.h>

#include "filter.h"

enum { AS_TOKEN_MAX = 16384 };

/* secret.c - files with secrets.  A file is read again when it changes, and no
 * message shows what it holds.  as_secret_token returns the token in a token_file;
 * or NULL, with the reason in *why. */
const char *as_secret_token(const char *path, const char **why);

/* Hides what a netrc_file holds, but returns nothing: libcurl reads the file itself
 * to send the logins. */
void as_secret_logins(const char *path);

/* proxy.c - hides in messages the logins that the variables http_proxy, https_proxy
 * and all_proxy hold */
void as_proxy_hide(void);

/* secret.c - reads all files of the settings from number *next on; *next must be 0
 * before the first call.  Returns 0, or for a file that cannot be used an exit status,
 * with the reason in why: 77 if a file of secrets is missing or other users can read
 * it; 78 if another file is missing, or a file holds what cannot be used. */
int as_secret_check(
    const struct as_remote *remote, size_t *next, char why[AS_DETAIL_MAX]);

/* netrc.c - calls act for each login, each password, and each "LOGIN:PASSWORD" in
 * the text of a netrc_file.  login is true for a login alone. */
void as_netrc_each(
    const char *text, void (*act)(const char *secret, bool login));

/* url.c - fills in templates: {app} stands for the name of the app, and {NAME} for
 * the value of its key set.NAME.  If that is not possible, the result is false or
 * NULL and *why is the reason; or, if why is NULL, the process ends with 78.  No
 * message shows a URL, because it may hold a secret.  as_url_fill appends the text
 * to `to`; if encoded is true, the values get the escapes of URLs. */
bool as_url_fill(const struct as_scope *scope,
    const struct as_setting *template, bool encoded, struct as_buf *to,
    const char **why);

/* Returns a URL, which the caller frees, or NULL if it is wrong.  Adds to it a
 * query NAME=VALUE for each key that begins with `queries`, as "status_query.NAME";
 * or none if queries is NULL. */
char *as_url_expand(const struct as_scope *scope,
    const struct as_setting *template, const char *queries, const char **why);

/* Whether two URLs have the same scheme, host and port */
bool as_url_same_origin(const char *a, const char *b);

/* Appends the query NAME=VALUE, with the escapes of URLs. */
void as_url_query(struct as_buf *url, const char *name, struct as_text value);

/* http.c - sends requests, up to `jobs` at once, on connections that are kept open.
 * A request that writes, like a PUT, is never sent twice. */
enum { AS_JOBS = 256 };

struct as_reply {
	const char *err;     /* what failed, for err=; NULL: a good reply */
	int code;            /* the exit status for err; 0: a good reply */
	int status;          /* of HTTP, like 200; 0: there was none */
	int64_t retry_after; /* ms, from the header Retry-After, or 0 */
	bool unsure;         /* no reply, but the server may have acted */
	struct as_text body; /* a '\0' follows it */
	const char *detail;  /* what failed, in words for people */
};

struct as_request {
	const struct as_remote *remote; /* limits and credentials */
	char *url;
	const char *method;  /* like "PUT"; not used for a GET */
	struct as_text body; /* what is sent; at NULL: it is a GET */
	bool trusted;   /* the server may get token, certificate, signature */
	bool writes;    /* like a PUT: must never be sent twice */
	char **headers; /* more than the usual ones, as "Accept: text/plain" */
	size_t n_headers;
	/* Called right before the request is sent: as_http_send may have been
	 * called long before, and the request may not be wanted any more.  If begin
	 * returns false, the request is dropped, and done is not called.  begin may
	 * be NULL. */
	bool (*begin)(struct as_request *request);
	void (*done)(struct as_request *request); /* called with the reply */
	void *owner;                              /* for begin and done */
	struct as_reply reply;   /* its texts are freed after done */
	struct as_request *next; /* in the queue of http.c */
};

/* A client of HTTP.  hosts says to about how many hosts there will be requests. */
struct as_http;
struct as_http *as_http_new(size_t jobs, size_t hosts);
void as_http_free(struct as_http *http);

/* Puts a request into the queue.  as_http_wait sends it.  The caller must keep it
 * until done() is called, or begin() has returned false. */
void as_http_send(struct as_http *http, struct as_request *request);

/* Ends all requests that have no reply yet, with err=ended: the next as_http_wait
 * calls their done().  Requests that are sent later end in the same way.  None of
 * them may write, because nobody would know whether a PUT was carried out. */
void as_http_end(struct as_http *http);

/* How many requests were passed to as_http_send and have no reply yet */
size_t as_http_busy(const struct as_http *http);

/* Works on the requests under way until fd can be read, and returns true; or until
 * the steady time `until`, and returns false.  Begins no request and calls no
 * done(): so a done() may call this when it has to wait for fd. */
bool as_http_pump(void *http, int fd, int64_t until);

/* Works on all requests until one is done or dropped, fd can be read, or the steady
 * clock shows `until`.  fd is -1 if there is nothing to read.  Returns whether fd
 * can be read. */
bool as_http_wait(struct as_http *http, int fd, int64_t until);

/* A request under way, and what libcurl needs for it.  When the request is done,
 * the transfer is kept for the next one. */
struct as_transfer {
	CURL *curl;                 /* NULL: not made yet */
	struct as_request *request; /* the one that it is used for now */
	/* The settings that curl was given last, and whether with secrets */
	const struct as_remote *remote;
	bool trusted;
	struct as_transfer *next;   /* in a list of http.c */
	struct as_transfer **link;  /* what points to it, if libcurl has it */
	struct curl_slist *headers; /* NULL: the usual ones */
	struct as_buf body;         /* of the reply */
	char *redirected;           /* the URL of the last redirect, or NULL */
	int redirects, retries;     /* how many there were so far */
	/* The steady time at which the request fails, with all its redirects and
	 * retries */
	int64_t deadline;
	int64_t due;   /* steady time of the next try */
	bool again;    /* after this failure another try may succeed */
	bool too_big;  /* the body has more bytes than allowed */
	char word[16]; /* for err=, like "http-404" */
	char error[CURL_ERROR_SIZE]; /* what libcurl says of a failure */
	char detail[AS_DETAIL_MAX];  /* the same, in words for people */
};

/* handle.c - makes transfer->curl, which is used again for other requests.  Returns
 * false if libcurl cannot be started. */
bool as_handle_open(struct as_transfer *transfer);

/* Returns the file of CAs that libcurl uses by default.  A handle that was used for
 * an app with a ca_file must get the default again for other apps. */
const char *as_handle_ca(CURL *curl);

/* transfer.c - sets up libcurl for a request: what is sent, and the limits of the
 * reply */
struct as_transfer *as_transfer_new(void);
void as_transfer_free(struct as_transfer *transfer);

/* Prepares to send a request.  Returns false if it cannot be sent: then its reply
 * has the reason. */
bool as_transfer_prepare(
    struct as_transfer *transfer, struct as_request *request);

/* Fills in the reply of a request that failed: the word for err=, the exit status
 * and the text for people. */
void as_transfer_fail(struct as_transfer *transfer, const char *word, int code,
    const char *detail);

/* Prepares to send the request to another URL. */
void as_transfer_redirect(struct as_transfer *transfer, const char *to);

/* Whether the request, or a part of it, may have been sent */
bool as_transfer_is_sent(const struct as_transfer *transfer);

/* Prepares to send the request once more. */
void as_transfer_resume(struct as_transfer *transfer);
void as_transfer_end(struct as_transfer *transfer); /* frees a large body */

/* answer.c - called when libcurl has ended a transfer.  Returns what is to be done:
 * TAKEN: nothing, since the reply is filled in.  ELSEWHERE: send the request at
 * once to another URL of the same host, which is set.  LATER: send it once more at
 * transfer->due. */
enum as_answer { AS_ANSWER_TAKEN, AS_ANSWER_ELSEWHERE, AS_ANSWER_LATER };
enum as_answer as_answer_take(struct as_transfer *transfer, CURLcode rc);

/* clock.c - warns, once, if the clocks of the server, in its header Date, and of this
 * machine differ by more than a minute */
void as_clock_check(struct as_transfer *transfer);

/* retry.c - plans another try of a request that failed: sets transfer->due.
 * Returns false if the tries or the timeout of the request do not allow one. */
bool as_retry_plan(struct as_transfer *transfer);

/* reason.c - finds the message for people in the JSON that an API sends with an
 * error, and copies it to `to`.  Returns false if there is none. */
bool as_reason_find(const char *json, char *to, size_t size);

/* place.c - prints where a request goes: HOST:PORT, or the path of a Unix socket */
void as_place_print(const struct as_request *request, char *to, size_t size);

/* Returns the URL that a redirect leads to, without a login, or NULL if the reply
 * was no redirect.  The caller frees it. */
char *as_place_redirect(CURL *curl);

/* lane.c - a lane: one curl_multi, which is a set of connections in libcurl.  The
 * sockets of all lanes are in one struct as_sockets, for one poll(2). */
struct as_sockets {
	struct pollfd *fds; /* [0] is the caller's fd, the rest libcurl's */
	struct as_lane **owners; /* the lane of each socket in fds */
	size_t n, fds_room, owners_room;
};

struct as_lane {
	struct as_sockets *sockets;
	CURLM *multi;
	int64_t due; /* steady time of libcurl's next timer; -1: none */
};

/* Raises the limit of open files.  Returns how many of them there may be for
 * connections. */
size_t as_lane_files(void);

/* Opens a lane, which keeps at most so many connections open while no request uses
 * them. */
void as_lane_open(
    struct as_lane *lane, struct as_sockets *sockets, size_t connections);
void as_lane_sockets_free(struct as_sockets *sockets);

/* lanes.c - uses several lanes like one, because libcurl is slow with thousands of
 * connections in one curl_multi */
struct as_lanes {
	struct as_lane *at;
	size_t n;
	struct as_sockets sockets;
	/* Called with the owner for each transfer that ends.  If it returns false,
	 * the transfer begins once more: ended() has changed its URL. */
	bool (*ended)(void *owner, CURL *curl, CURLcode rc);
	void *owner;
};

/* Opens as many lanes as about so many hosts need.  Returns how many transfers
 * there may be at once: jobs, or fewer if not enough files may be open. */
size_t as_lanes_open(struct as_lanes *lanes, size_t jobs, size_t hosts);
void as_lanes_close(struct as_lanes *lanes);

/* Returns the lane for the host of the URL.  It is always the same one, so that
 * connections to the host are used again. */
struct as_lane *as_lanes_find(const struct as_lanes *lanes, const char *url);

/* Waits for the first of these: a socket or a timer of libcurl is ready, fd can be
 * read, the steady clock shows `until`.  Returns a steady time: all that had come
 * by then was seen. */
int64_t as_lanes_wait(struct as_lanes *lanes, int fd, int64_t until);

/* Lets libcurl work on what as_lanes_wait has seen.  Returns whether fd can be
 * read. */
bool as_lanes_act(struct as_lanes *lanes);

/* ask.c - the requests for the state of an app, and the filter for their replies.
 * They go to each status_url; or, before a PUT, to each before_url. */
enum as_ask_what { AS_ASK_STATUS, AS_ASK_BEFORE };

/* Why one of the replies did not come */
struct as_lost {
	char word[16];    /* for err=; empty: the reply came */
	char *detail;     /* in words for people */
	int code, status; /* exit status; status of HTTP, or 0 */
	int64_t until;    /* steady time; no request to it before that */
	int64_t time;     /* the same in ms since 1970 UTC, for the log */
};

struct as_ask {
	struct as_request *requests;
	struct as_buf *replies; /* to each request */
	struct as_lost *lost;   /* for each request; NULL: none is sent */
	size_t n_lost;          /* replies that did not come */
	/* A filter that was too slow is not run before this steady time: [0] if
	 * all replies came, [1] if one is lost */
	int64_t barred[2];
	size_t n, n_pending; /* requests; those without a reply so far */
	char *body;          /* of each request; NULL: they are GETs */
	char **headers;
	size_t n_headers;
	enum as_ask_what what;
	size_t filter; /* its number in filters.c */
	/* Called when each reply has come or is lost */
	void (*done)(struct as_ask *ask);
	void *owner;         /* for done */
	const char *err;     /* what failed, for err=; NULL: nothing so far */
	int code;            /* the exit status for err */
	int64_t retry_after; /* ms, the longest of all replies, or 0 */
	char word[16], detail[AS_DETAIL_MAX]; /* err; in words for people */
};

/* Makes the requests, but does not send them.  Returns false if no URL is set. */
bool as_ask_make(
    struct as_ask *ask, const struct as_scope *scope, enum as_ask_what what);

/* Sends the requests.  ask->done is called later; or at once, before this returns,
 * if no server may be asked now. */
void as_ask_send(struct as_ask *ask, struct as_http *http);

/* Sends no request: ask->done is called at once, with this failure. */
void as_ask_fail(
    struct as_ask *ask, const char *word, int code, const char *detail);

/* Returns a reason, and the key in *key, if the settings have more URLs of a kind
 * than one ask can have; or NULL. */
const char *as_ask_wrong(const struct as_scope *scope, const char **key);

/* Makes an as_ask that is never sent: the caller puts a reply into replies[0], and
 * only the filter is run. */
void as_ask_make_reply(struct as_ask *ask, const struct as_scope *scope);

/* Runs the filter on the replies, and appends its output to answer.  Returns NULL,
 * or the word for err=.  The filter gets null for a reply that is lost; if it then
 * fails, the word is that of the lost reply.  stamp is the TIME of samples whose
 * reply has none; how is a sum of enum as_how.  If there are several replies, and
 * notes is not NULL, it gets a line "N WORD: DETAIL" for each that is not JSON. */
const char *as_ask_answer(struct as_ask *ask, const struct as_scope *scope,
    struct as_text stamp, int how, struct as_buf *answer, struct as_buf *notes);

void as_ask_free(struct as_ask *ask);
void as_ask_forget(struct as_ask *ask); /* frees the replies */

/* Returns the *n headers that the key "header" and a second key set, with {app} and
 * {NAME} filled in.  The caller frees them. */
char **as_ask_headers(const struct as_scope *scope, const char *key, size_t *n);

/* check.c - finds all that is wrong with the settings of an app for its requests:
 * texts with a variable that is not set, URLs, the number of URLs, and files.  A sum
 * of these says which settings count. */
enum as_check_use {
	AS_CHECK_SAMPLE = 1,
	AS_CHECK_STATUS = 2,
	AS_CHECK_BEFORE = 4,
	AS_CHECK_REPLICAS = 8,
	AS_CHECK_ORIGIN = 16, /* whose server gets the credentials */
	AS_CHECK_FILES = 32,
	AS_CHECK_ALL = 63
};

/* All members but scope and uses must be 0 at first. */
struct as_check {
	const struct as_scope *scope;
	int uses;
	/* These start as zeros. */
	const struct as_setting *setting; /* NULL: why names the key */
	int code;                         /* the exit status for it */
	char why[AS_DETAIL_MAX];
	size_t n_settings, n_files; /* that were checked so far */
	bool counted;               /* the number of URLs was checked */
};

/* Finds the next mistake.  Returns false if there is none. */
bool as_check_next(struct as_check *check);

/* Reports all mistakes.  Returns false if there is one, or if the settings conflict:
 * then no request can be made of them. */
bool as_check_report(
    struct as_config *config, const struct as_scope *scope, int uses);

/* Whether the key is set, be it with a wrong value.  Reports if it is not: for each
 * app with a section, and once for all other apps. */
bool as_check_has(
    struct as_config *config, const struct as_scope *scope, const char *key);

/* lost.c - which replies did not come, and why.  as_lost_is returns whether reply i
 * is lost; as_lost_first, which reply is the first lost one; as_lost_note notes
 * that reply i is lost. */
bool as_lost_is(const struct as_ask *ask, size_t i);
size_t as_lost_first(const struct as_ask *ask); /* there must be one */
void as_lost_note(struct as_ask *ask, size_t i, const char *word, int code,
    const char *detail);

/* The whole ask fails: with this word, or with that of the first lost reply. */
void as_lost_all(
    struct as_ask *ask, const char *word, int code, const char *detail);
void as_lost_blame(struct as_ask *ask);

/* Appends " err.N=WORD" for each reply that is lost; N is its request, from 0. */
void as_lost_put(const struct as_ask *ask, struct as_buf *to);

/* A server that answered with Retry-After is not asked before that time: until then
 * its reply is lost, with the word busy.  as_lost_bar sets this time, by the
 * clock, for request i, at most 10 minutes from now.  as_lost_until returns it in
 * whole seconds, or 0 if it is over. */
void as_lost_bar(struct as_ask *ask, size_t i, int64_t until);
int64_t as_lost_until(const struct as_ask *ask, size_t i);

#endif
