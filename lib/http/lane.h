/* lane.h - between http.c, lanes.c and lane.c */
#ifndef AS_LANE_H
#define AS_LANE_H

#include <poll.h>

#include <curl/curl.h>

#include "as.h"

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
void as_sockets_free(struct as_sockets *sockets);

/* lanes.c - several of them, as one */
struct as_lanes {
	struct as_lane *at;
	size_t n;
	struct as_sockets sockets;
	/* Told of each transfer that ends.  False: it is to go on. */
	bool (*ended)(void *owner, CURL *curl, CURLcode rc);
	void *owner;
};

/* Returns how many transfers there may be at once: jobs, or less. */
size_t as_lanes_open(struct as_lanes *lanes, size_t jobs, size_t hosts);
void as_lanes_close(struct as_lanes *lanes);

/* The same host always has the same lane, where its connections are kept. */
struct as_lane *as_lanes_find(const struct as_lanes *lanes, const char *url);

/* Goes on with what can go on by that steady time; waits until something can, or
 * fd can be read: true. */
bool as_lanes_step(struct as_lanes *lanes, int fd, int64_t until);

#endif
