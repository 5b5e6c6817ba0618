/* lanes.c - divides the hosts among several lanes, and waits for all of them.  A
 * lane is a curl_multi, which is a set of connections in libcurl. */
#include <errno.h>

#include "http.h"

/* libcurl walks over all connections of a curl_multi for each request.  So one
 * curl_multi for thousands of hosts is slow, and several with about LANE_HOSTS
 * hosts each are fast, as make bench shows. */
enum { LANE_HOSTS = 48, LANES_MAX = 256 };

size_t
as_lanes_open(struct as_lanes *lanes, size_t jobs, size_t hosts)
{
	size_t files = as_lane_files(), n = hosts / LANE_HOSTS + 1;

	if (jobs > files / 2)
		jobs = files / 2;
	lanes->n = n < LANES_MAX ? n : LANES_MAX;
	if (lanes->n > files / 8 + 1)
		lanes->n = files / 8 + 1;
	lanes->at = as_mem_need(calloc(lanes->n, sizeof(*lanes->at)));
	for (size_t i = 0; i < lanes->n; i++)
		as_lane_open(
		    &lanes->at[i], &lanes->sockets, (files - jobs) / lanes->n);
	return jobs;
}

void
as_lanes_close(struct as_lanes *lanes)
{
	for (size_t i = 0; i < lanes->n; i++)
		curl_multi_cleanup(lanes->at[i].multi);
	free(lanes->at);
	as_lane_sockets_free(&lanes->sockets);
}

struct as_lane *
as_lanes_find(const struct as_lanes *lanes, const char *url)
{
	const char *host = strstr(url, "//"), *end;
	struct as_text origin;

	host = host != NULL ? host + 2 : url;
	end = host + strcspn(host, "/?");
	origin = (struct as_text){host, (size_t)(end - host)};
	return &lanes->at[as_table_hash(origin) % lanes->n];
}

static void
end_transfers(struct as_lanes *lanes, struct as_lane *lane)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(lane->multi, &left)) != NULL) {
		CURL *curl = msg->easy_handle;
		CURLcode rc = msg->data.result;

		curl_multi_remove_handle(lane->multi, curl);
		if (!lanes->ended(lanes->owner, curl, rc) &&
		    curl_multi_add_handle(lane->multi, curl) != CURLM_OK)
			lanes->ended(lanes->owner, curl, CURLE_FAILED_INIT);
	}
}

static void
act(struct as_lanes *lanes, struct as_lane *lane, curl_socket_t fd, int what)
{
	int running;

	if (fd == CURL_SOCKET_TIMEOUT)
		lane->due = -1;
	curl_multi_socket_action(lane->multi, fd, what, &running);
	end_transfers(lanes, lane);
}

static int
time_left(const struct as_lanes *lanes, int64_t until, int64_t now)
{
	int64_t left = until;

	for (size_t i = 0; i < lanes->n; i++)
		if (lanes->at[i].due >= 0 && lanes->at[i].due < left)
			left = lanes->at[i].due;
	left -= now;
	if (left < 0)
		return 0;
	return left < 60000 ? (int)left : 60000;
}

static void
act_on_timers(struct as_lanes *lanes)
{
	int64_t now = as_time_steady();

	for (size_t i = 0; i < lanes->n; i++)
		if (lanes->at[i].due >= 0 && lanes->at[i].due <= now)
			act(lanes, &lanes->at[i], CURL_SOCKET_TIMEOUT, 0);
}

/* Lets libcurl work on each socket that is ready.  If act() removes a socket from
 * the table, the last socket is moved to its place.  The loop goes from the end, so
 * it has already handled the socket that is moved. */
static void
act_on_sockets(struct as_lanes *lanes)
{
	struct as_sockets *sockets = &lanes->sockets;

	for (size_t i = sockets->n; i-- > 1;) {
		struct pollfd fd;

		if (i >= sockets->n || sockets->fds[i].revents == 0)
			continue;
		fd = sockets->fds[i];
		sockets->fds[i].revents = 0;
		act(lanes, sockets->owners[i], fd.fd,
		    (fd.revents & (POLLIN | POLLHUP) ? CURL_CSELECT_IN : 0) |
			(fd.revents & POLLOUT ? CURL_CSELECT_OUT : 0) |
			(fd.revents & (POLLERR | POLLNVAL) ? CURL_CSELECT_ERR :
							     0));
	}
}

int64_t
as_lanes_wait(struct as_lanes *lanes, int fd, int64_t until)
{
	struct as_sockets *sockets = &lanes->sockets;
	int64_t now;
	int n;

	sockets->fds[0] = (struct pollfd){.fd = fd, .events = POLLIN};
	do {
		now = as_time_steady();
		n = poll(sockets->fds, (nfds_t)sockets->n,
		    time_left(lanes, until, now));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		as_msg_die(EX_OSERR, "poll: %s", strerror(errno));
	return now;
}

bool
as_lanes_act(struct as_lanes *lanes)
{
	bool readable = lanes->sockets.fds[0].revents != 0;

	act_on_sockets(lanes);
	act_on_timers(lanes);
	return readable;
}
