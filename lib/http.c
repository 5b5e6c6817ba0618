/* http.c - many requests at once, each within its limits */
#include <errno.h>
#include <poll.h>
#include <stdio.h>

#include "lane.h"
#include "transfer.h"

/* A curl_multi walks all its connections for each request: several with few
 * hosts each stay fast where one with thousands does not (see make bench). */
enum { LANE_HOSTS = 96, LANES_MAX = 128 };

struct as_http {
	struct as_lane *lanes;
	size_t n_lanes;
	struct as_sockets sockets;
	struct as_request *first, *last; /* wait for a transfer */
	struct as_transfer *idle;
	struct as_transfer *done, **done_end; /* not told yet */
	size_t jobs, active, waiting;
};

struct as_http *
as_http_new(size_t jobs, size_t hosts)
{
	struct as_http *http = as_need(calloc(1, sizeof(*http)));
	size_t files = as_lane_files(), lanes = hosts / LANE_HOSTS + 1;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		as_die(EX_OSERR, "libcurl cannot be started");
	http->done_end = &http->done;
	http->jobs = jobs < files / 2 ? jobs : files / 2;
	http->n_lanes = lanes < LANES_MAX ? lanes : LANES_MAX;
	if (http->n_lanes > files / 8 + 1)
		http->n_lanes = files / 8 + 1;
	http->lanes = as_need(calloc(http->n_lanes, sizeof(*http->lanes)));
	for (size_t i = 0; i < http->n_lanes; i++)
		as_lane_open(&http->lanes[i], &http->sockets,
		    (files - http->jobs) / http->n_lanes);
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
	for (size_t i = 0; i < http->n_lanes; i++)
		curl_multi_cleanup(http->lanes[i].multi);
	free(http->lanes);
	as_sockets_free(&http->sockets);
	free(http);
	curl_global_cleanup();
}

/* The same host always has the same lane, where its connections are kept. */
static struct as_lane *
lane_of(struct as_http *http, const char *url)
{
	const char *host = strstr(url, "//"), *end;
	struct as_text origin;

	host = host != NULL ? host + 2 : url;
	end = host + strcspn(host, "/?");
	origin = (struct as_text){host, (size_t)(end - host)};
	return &http->lanes[as_hash(origin) % http->n_lanes];
}

static void
finish(struct as_http *http, struct as_transfer *transfer)
{
	transfer->next = NULL;
	*http->done_end = transfer;
	http->done_end = &transfer->next;
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

/* False: who sent it does not want it any more. */
static bool
begin(struct as_http *http, struct as_request *request)
{
	struct as_transfer *transfer = http->idle;
	struct as_lane *lane = lane_of(http, request->url);

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
		as_die(EX_OSERR, "libcurl takes no more requests");
	return true;
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

static void
end_transfers(struct as_http *http, struct as_lane *lane)
{
	struct as_transfer *transfer;
	CURLMsg *msg;
	char *private;
	int left;

	while ((msg = curl_multi_info_read(lane->multi, &left)) != NULL) {
		CURL *curl = msg->easy_handle;
		CURLcode rc = msg->data.result;

		curl_easy_getinfo(curl, CURLINFO_PRIVATE, &private);
		transfer = (struct as_transfer *)(void *)private;
		curl_multi_remove_handle(lane->multi, curl);
		if (as_transfer_judge(transfer, rc))
			finish(http, transfer);
		else /* once more, to where it was sent on */
			curl_multi_add_handle(lane->multi, curl);
	}
}

static void
act(struct as_http *http, struct as_lane *lane, curl_socket_t fd, int what)
{
	int running;

	if (fd == CURL_SOCKET_TIMEOUT)
		lane->due = -1;
	curl_multi_socket_action(lane->multi, fd, what, &running);
	end_transfers(http, lane);
}

static int
time_left(const struct as_http *http, int64_t until)
{
	int64_t left = until, now = as_time_steady();

	for (size_t i = 0; i < http->n_lanes; i++)
		if (http->lanes[i].due >= 0 && http->lanes[i].due < left)
			left = http->lanes[i].due;
	left -= now;
	if (left < 0)
		return 0;
	return left < 60000 ? (int)left : 60000;
}

static void
act_on_timers(struct as_http *http)
{
	int64_t now = as_time_steady();

	for (size_t i = 0; i < http->n_lanes; i++)
		if (http->lanes[i].due >= 0 && http->lanes[i].due <= now)
			act(http, &http->lanes[i], CURL_SOCKET_TIMEOUT, 0);
}

/* Acting changes the table: what is ready is looked for from its end, and
 * what moves to a place behind was looked at already. */
static void
act_on_sockets(struct as_http *http)
{
	struct as_sockets *sockets = &http->sockets;

	for (size_t i = sockets->n; i-- > 1;) {
		struct pollfd fd;

		if (i >= sockets->n || sockets->fds[i].revents == 0)
			continue;
		fd = sockets->fds[i];
		sockets->fds[i].revents = 0;
		act(http, sockets->owners[i], fd.fd,
		    (fd.revents & (POLLIN | POLLHUP) ? CURL_CSELECT_IN : 0) |
			(fd.revents & POLLOUT ? CURL_CSELECT_OUT : 0) |
			(fd.revents & (POLLERR | POLLNVAL) ? CURL_CSELECT_ERR :
							     0));
	}
}

/* True: fd can be read. */
static bool
step(struct as_http *http, int fd, int64_t until)
{
	struct as_sockets *sockets = &http->sockets;
	bool readable;
	int n;

	sockets->fds[0] = (struct pollfd){.fd = fd, .events = POLLIN};
	n = poll(sockets->fds, (nfds_t)sockets->n, time_left(http, until));
	if (n < 0 && errno != EINTR)
		as_die(EX_OSERR, "poll: %s", strerror(errno));
	readable = n > 0 && sockets->fds[0].revents != 0;
	if (n > 0)
		act_on_sockets(http);
	act_on_timers(http);
	return readable;
}

bool
as_http_pump(void *at, int fd, int64_t until)
{
	struct as_http *http = at;

	while (!step(http, fd, until))
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
		readable = step(
		    http, fd, told || http->done != NULL ? 0 : until);
		told = tell_done(http) || told;
	} while (!told && !readable && as_time_steady() < until);
	return readable;
}

size_t
as_http_busy(const struct as_http *http)
{
	return http->active + http->waiting;
}
