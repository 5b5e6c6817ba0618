/* http.c - the queue of requests: up to `jobs` are under way, the others wait.  A
 * transfer is what libcurl needs for a request under way. */
#include <stdio.h>

#include "http.h"

struct as_http {
	struct as_lanes lanes;
	struct as_request *first, *last; /* the requests that wait */
	struct as_transfer *idle;        /* without a request; used again */
	/* Transfers that have ended, and whose done() is to be called */
	struct as_transfer *done, **done_end;
	struct as_transfer *later;    /* failed; sent once more when due */
	struct as_transfer *current;  /* those that libcurl works on */
	int64_t deadline;             /* none of these has an earlier one */
	bool has_ended;               /* as_http_end was called */
	size_t jobs, active, waiting; /* active: requests under way */
};

static void
finish(struct as_http *http, struct as_transfer *transfer)
{
	transfer->next = NULL;
	*http->done_end = transfer;
	http->done_end = &transfer->next;
}

/* Without a request there is no deadline to wake up for. */
static void
leave(struct as_http *http, struct as_transfer *transfer)
{
	*transfer->link = transfer->next;
	if (transfer->next != NULL)
		transfer->next->link = transfer->link;
	if (http->current == NULL)
		http->deadline = INT64_MAX;
}

static bool
end_transfer(void *at, CURL *curl, CURLcode rc)
{
	struct as_http *http = at;
	struct as_transfer *transfer;
	enum as_answer answer;
	char *private;

	curl_easy_getinfo(curl, CURLINFO_PRIVATE, &private);
	transfer = (struct as_transfer *)(void *)private;
	answer = as_answer_take(transfer, rc);
	if (answer == AS_ANSWER_ELSEWHERE)
		return false;
	leave(http, transfer);
	if (answer == AS_ANSWER_LATER) {
		transfer->next = http->later;
		http->later = transfer;
	} else {
		finish(http, transfer);
	}
	return true;
}

struct as_http *
as_http_new(size_t jobs, size_t hosts)
{
	struct as_http *http = as_mem_need(calloc(1, sizeof(*http)));

	as_proxy_hide();
	http->done_end = &http->done;
	http->deadline = INT64_MAX;
	http->lanes.ended = end_transfer;
	http->lanes.owner = http;
	http->jobs = as_lanes_open(&http->lanes, jobs, hosts);
	return http;
}

void
as_http_free(struct as_http *http)
{
	struct as_transfer *transfer;

	while ((transfer = http->idle) != NULL) {
		http->idle = transfer->next;
		as_transfer_free(transfer);
	}
	as_lanes_close(&http->lanes);
	free(http);
	curl_global_cleanup();
}

void
as_http_send(struct as_http *http, struct as_request *request)
{
	request->next = NULL;
	if (http->first == NULL)
		http->first = request;
	else
		http->last->next = request;
	http->last = request;
	http->waiting++;
}

static void
add(struct as_http *http, struct as_transfer *transfer)
{
	const struct as_lane *lane = as_lanes_find(
	    &http->lanes, transfer->request->url);

	if (curl_multi_add_handle(lane->multi, transfer->curl) != CURLM_OK) {
		as_transfer_fail(transfer, "local", EX_OSERR,
		    "libcurl takes no more requests");
		finish(http, transfer);
		return;
	}
	transfer->next = http->current;
	if (transfer->next != NULL)
		transfer->next->link = &transfer->next;
	transfer->link = &http->current;
	http->current = transfer;
	if (transfer->deadline < http->deadline)
		http->deadline = transfer->deadline;
}

/* Ends what libcurl does for the transfer. */
static void
take_back(struct as_http *http, struct as_transfer *transfer)
{
	const struct as_lane *lane = as_lanes_find(
	    &http->lanes, transfer->request->url);

	curl_multi_remove_handle(lane->multi, transfer->curl);
}

static void
time_out(struct as_http *http, struct as_transfer *transfer)
{
	take_back(http, transfer);
	snprintf(transfer->error, sizeof(transfer->error),
	    "Operation timed out after %lld milliseconds with %zu bytes "
	    "received",
	    (long long)transfer->remote->timeout, transfer->body.len);
	end_transfer(http, transfer->curl, CURLE_OPERATION_TIMEDOUT);
}

/* Ends the requests whose deadline has come; or only those of them that are not sent
 * yet. */
static void
time_out_late(struct as_http *http, int64_t now, bool unsent)
{
	struct as_transfer *transfer = http->current, *next;

	if (now < http->deadline)
		return;
	http->deadline = INT64_MAX;
	for (; transfer != NULL; transfer = next) {
		next = transfer->next;
		if (transfer->deadline <= now &&
		    !(unsent && as_transfer_is_sent(transfer)))
			time_out(http, transfer);
		else if (transfer->deadline < http->deadline)
			http->deadline = transfer->deadline;
	}
}

static void
end_early(struct as_http *http, struct as_transfer *transfer)
{
	as_transfer_fail(
	    transfer, "ended", EX_TEMPFAIL, "we ended before the reply came");
	finish(http, transfer);
}

/* Begins a request.  Returns false if its begin() has dropped it. */
static bool
begin(struct as_http *http, struct as_request *request)
{
	struct as_transfer *transfer = http->idle;

	if (request->begin != NULL && !request->begin(request))
		return false;
	if (transfer != NULL)
		http->idle = transfer->next;
	else
		transfer = as_transfer_new();
	http->active++;
	if (!as_transfer_prepare(transfer, request))
		finish(http, transfer);
	else if (http->has_ended)
		end_early(http, transfer);
	else
		add(http, transfer);
	return true;
}

void
as_http_end(struct as_http *http)
{
	struct as_transfer *transfer;

	http->has_ended = true;
	while ((transfer = http->current) != NULL) {
		take_back(http, transfer);
		leave(http, transfer);
		end_early(http, transfer);
	}
	while ((transfer = http->later) != NULL) {
		http->later = transfer->next;
		end_early(http, transfer);
	}
}

/* Begins waiting requests, as many as there is room for.  Returns true if a begin()
 * dropped one.  Then as_http_wait returns, because its caller may have nothing left
 * to wait for. */
static bool
begin_waiting(struct as_http *http)
{
	bool given_up = false;

	while (http->first != NULL && http->active < http->jobs) {
		struct as_request *request = http->first;

		http->first = request->next;
		http->waiting--;
		given_up = !begin(http, request) || given_up;
	}
	return given_up;
}

/* Sends once more the requests whose time for this has come.  Then waits until
 * libcurl has something to do, fd can be read, or the steady clock shows `until`,
 * and lets libcurl work.  Returns whether fd can be read.
 *
 * This process may wake up long after a deadline, if it was stopped or the machine
 * was busy.  A reply that came meanwhile counts, so what is there is read first.  But
 * a PUT that has not been sent must not be sent so late. */
static bool
step(struct as_http *http, int fd, int64_t until)
{
	struct as_transfer **at = &http->later, *transfer;
	int64_t now = as_time_steady();
	bool readable;

	while ((transfer = *at) != NULL) {
		if (transfer->due <= now) {
			*at = transfer->next;
			as_transfer_resume(transfer);
			add(http, transfer);
			continue;
		}
		if (transfer->due < until)
			until = transfer->due;
		at = &transfer->next;
	}
	if (http->deadline < until)
		until = http->deadline;
	now = as_lanes_wait(&http->lanes, fd, until);
	time_out_late(http, as_time_steady(), true);
	readable = as_lanes_act(&http->lanes);
	time_out_late(http, now, false);
	return readable;
}

/* Calls done() for each transfer that ended.  A done() may call as_http_send and
 * as_http_pump, which change the list, so the list is in order before each call.
 * Returns whether it called one. */
static bool
call_done(struct as_http *http)
{
	struct as_transfer *transfer;
	bool called = false;

	while ((transfer = http->done) != NULL) {
		http->done = transfer->next;
		if (http->done == NULL)
			http->done_end = &http->done;
		transfer->request->done(transfer->request);
		as_transfer_end(transfer);
		transfer->next = http->idle;
		http->idle = transfer;
		http->active--;
		called = true;
	}
	return called;
}

bool
as_http_pump(void *http, int fd, int64_t until)
{
	while (!step(http, fd, until))
		if (as_time_steady() >= until)
			return false;
	return true;
}

bool
as_http_wait(struct as_http *http, int fd, int64_t until)
{
	bool readable, called;

	do {
		called = begin_waiting(http);
		readable = step(
		    http, fd, called || http->done != NULL ? 0 : until);
		called = call_done(http) || called;
	} while (!called && !readable && as_time_steady() < until);
	return readable;
}

size_t
as_http_busy(const struct as_http *http)
{
	return http->active + http->waiting;
}
