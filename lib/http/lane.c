/* lane.c - a lane, which is a curl_multi of libcurl with its connections, and the
 * sockets that it waits for */
#include <sys/resource.h>

#include "http.h"

enum { SPARE_FILES = 24, FILES_MAX = 65536 };

/* Raises the limit of open files, because there may be an open connection for each
 * app.  Leaves some files for other uses than connections. */
size_t
as_lane_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 256;
	limit.rlim_cur = limit.rlim_max < FILES_MAX ? limit.rlim_max :
						      FILES_MAX;
	setrlimit(RLIMIT_NOFILE, &limit);
	getrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur > SPARE_FILES + 2 ?
	    (size_t)limit.rlim_cur - SPARE_FILES :
	    2;
}

static size_t
find_fd(const struct as_sockets *sockets, int fd)
{
	size_t i = 1;

	while (i < sockets->n && sockets->fds[i].fd != fd)
		i++;
	return i;
}

static void
make_room(struct as_sockets *sockets)
{
	if (sockets->n == sockets->fds_room)
		sockets->fds = as_mem_grow(
		    sockets->fds, &sockets->fds_room, sizeof(*sockets->fds));
	if (sockets->n == sockets->owners_room)
		sockets->owners = as_mem_grow((void *)sockets->owners,
		    &sockets->owners_room, sizeof(struct as_lane *));
	sockets->n++;
}

/* libcurl calls this when it begins to wait for a socket, ends to wait for it, or
 * waits for something else on it: to read instead of to write, say. */
static int
watch(CURL *curl, curl_socket_t fd, int what, void *at, void *unused)
{
	struct as_lane *lane = at;
	struct as_sockets *sockets = lane->sockets;
	size_t i = find_fd(sockets, fd);

	(void)curl;
	(void)unused;
	if (what == CURL_POLL_REMOVE) {
		if (i < sockets->n) {
			sockets->fds[i] = sockets->fds[--sockets->n];
			sockets->owners[i] = sockets->owners[sockets->n];
		}
		return 0;
	}
	if (i == sockets->n)
		make_room(sockets);
	sockets->owners[i] = lane;
	sockets->fds[i] = (struct pollfd){.fd = fd,
	    .events = (short)((what & CURL_POLL_IN ? POLLIN : 0) |
		(what & CURL_POLL_OUT ? POLLOUT : 0))};
	return 0;
}

static int
set_timer(CURLM *multi, long ms, void *at)
{
	struct as_lane *lane = at;

	(void)multi;
	lane->due = ms < 0 ? -1 : as_time_steady() + ms;
	return 0;
}

void
as_lane_open(
    struct as_lane *lane, struct as_sockets *sockets, size_t connections)
{
	if (sockets->n == 0)
		make_room(sockets);
	*lane = (struct as_lane){sockets, as_mem_need(curl_multi_init()), -1};
	curl_multi_setopt(lane->multi, CURLMOPT_SOCKETFUNCTION, watch);
	curl_multi_setopt(lane->multi, CURLMOPT_SOCKETDATA, lane);
	curl_multi_setopt(lane->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(lane->multi, CURLMOPT_TIMERDATA, lane);
	curl_multi_setopt(lane->multi, CURLMOPT_MAXCONNECTS, (long)connections);
}

void
as_lane_sockets_free(struct as_sockets *sockets)
{
	free(sockets->fds);
	free((void *)sockets->owners);
}
