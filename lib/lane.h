/* lane.h - between http.c and lane.c */
#ifndef AS_LANE_H
#define AS_LANE_H

#include <poll.h>

#include <curl/curl.h>

#include "as.h"

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
void as_sockets_free(struct as_sockets *sockets);

#endif
