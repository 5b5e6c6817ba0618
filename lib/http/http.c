/* http.c - many requests at once, each within its limits */
#include "http.h"

struct as_http {
	struct as_lanes lanes;
	struct as_request *first, *last; /* wait for a transfer */
	struct as_transfer *idle;
	struct as_transfer *done, **done_end; /* not told yet */
	size_t jobs, active, waiting;
};

static void
finish(struct as_http *http, struct as_transfer *transfer)
{
	transfer->next = NULL;
	*http->done_end = transfer;
	http->done_end = &transfer->next;
}

static bool
end_transfer(void *at, CURL *curl, CURLcode rc)
{
	struct as_transfer *transfer;
	char *private;

	curl_easy_getinfo(curl, CURLINFO_PRIVATE, &private);
	transfer = (struct as_transfer *)(void *)private;
	if (!as_answer_take(transfer, rc))
		return false;
	finish(at, transfer);
	return true;
}

struct as_http *
as_http_new(size_t jobs, size_t hosts)
{
	struct as_http *http = as_mem_need(calloc(1, sizeof(*http)));

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		as_msg_die(EX_OSERR, "libcurl cannot be started");
	http->done_end = &http->done;
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

/* False: who sent it does not want it any more. */
static bool
begin(struct as_http *http, struct as_request *request)
{
	struct as_transfer *transfer = http->idle;
	const struct as_lane *lane = as_lanes_find(&http->lanes, request->url);

	if (request->begin != NULL && !request->begin(request))
		return false;
	if (transfer != NULL)
		http->idle = transfer->next;
	else
		transfer = as_transfer_new();
	http->active++;
	if (!as_transfer_prepare(transfer, request))
		finish(http, transfer);
	else if (curl_multi_add_handle(lane->multi, transfer->curl) != CURLM_OK)
		as_msg_die(EX_OSERR, "libcurl takes no more requests");
	return true;
}

/* Whether one was given up, which is news, too. */
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

/* Those who are told may send other requests, and wait. */
static bool
tell_done(struct as_http *http)
{
	struct as_transfer *transfer;
	bool told = false;

	while ((transfer = http->done) != NULL) {
		http->done = transfer->next;
		if (http->done == NULL)
			http->done_end = &http->done;
		transfer->request->done(transfer->request);
		transfer->next = http->idle;
		http->idle = transfer;
		http->active--;
		told = true;
	}
	return told;
}

bool
as_http_pump(void *at, int fd, int64_t until)
{
	struct as_http *http = at;

	while (!as_lanes_step(&http->lanes, fd, until))
		if (as_time_steady() >= until)
			return false;
	return true;
}

bool
as_http_wait(struct as_http *http, int fd, int64_t until)
{
	bool readable, told;

	do {
		told = begin_waiting(http);
		readable = as_lanes_step(
		    &http->lanes, fd, told || http->done != NULL ? 0 : until);
		told = tell_done(http) || told;
	} while (!told && !readable && as_time_steady() < until);
	return readable;
}

size_t
as_http_busy(const struct as_http *http)
{
	return http->active + http->waiting;
}
