/* app.h - the parts of the demo application and what they promise */
#ifndef APP_H
#define APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { DAY = 86400 }; /* seconds */

/* options.c: what the user chose; file names may be NULL */
struct options {
	double port, replicas, seed;
	double startup, noise;
	double at; /* seconds */
	double speed, days, errors, hang;
	const char *load_file, *log_file, *csv_file, *stats_file, *port_file;
};

/* Does not return after --help or a mistake. */
const struct options *options_parse(int argc, char *argv[]);

/* load.c: the demand, in replicas kept fully busy; the built-in day while
 * there are no points. */
struct load {
	struct point {
		double time; /* seconds since the first point */
		double demand;
	} * points;
	size_t n, room;
};

/* Reads a recorded trace; false: it is of no use, and the user was told. */
bool load_read(struct load *load, const char *path);
double load_demand(const struct load *load, double seconds);

/* plant.c: replicas that take a while to start and share the demand.  Times
 * are seconds of the application; the plant moves in steps of 15 of them. */
enum { ORDERS_MAX = 1024 };

struct plant {
	const struct load *load;
	FILE *csv;      /* gets a line for each step; may be NULL */
	double startup; /* seconds until an ordered replica is ready */
	double noise;   /* standard deviation of a reading, relative */
	double error;   /* of the readings in this step, relative */
	uint64_t random;
	double start, now;
	long replicas; /* as commanded: ready ones and orders */
	long ready;
	struct order {
		double ready_at;
		long count;
	} orders[ORDERS_MAX]; /* oldest first */
	size_t n_orders;
	unsigned long steps;
	double cpu_sum; /* over the steps, without noise */
	long min_replicas, max_replicas;
};

/* The next number in [0, 1) of a splitmix64 generator. */
double random_uniform(uint64_t *state);

void plant_start(struct plant *plant, const struct options *options);
void plant_advance(struct plant *plant, double now); /* never backwards */
void plant_scale(struct plant *plant, long replicas);
double plant_cpu(const struct plant *plant); /* a reading, 0..1 */

/* api.c: what is said to a request, and the errors made up instead */
enum { BODY_MAX = 65536 };

struct request {
	const char *method;
	const char *path;
	bool too_long; /* there was more than BODY_MAX */
	size_t len;
	char body[BODY_MAX + 1]; /* terminated */
};

struct reply {
	unsigned status;  /* 0: the request hangs */
	const char *type; /* and the header may be NULL */
	const char *header;
	const char *value;
	char text[160];
};

struct api {
	struct plant *plant;
	double error_rate;
	const char *retry_after; /* seconds of the clock */
	uint64_t random;
	unsigned long puts;   /* that had effect */
	unsigned long errors; /* that were made up */
};

void api_answer(
    struct api *api, const struct request *request, struct reply *reply);

/* server.c: HTTP on 127.0.0.1.  Its owner waits until fd is readable, at most
 * for server_idle seconds, and calls server_run; clocks are in seconds. */
struct server {
	struct api *api;
	FILE *log;   /* gets a line for each request; may be NULL */
	double hang; /* seconds until a hung request is closed */
	struct MHD_Daemon *daemon;
	int fd;
	double clock;                      /* of the last server_run */
	struct exchange *hung, **hung_end; /* oldest first */
};

/* The port, a free one for 0; or 0 with errno if it cannot be had. */
unsigned server_start(struct server *server, unsigned port);
double server_idle(const struct server *server, double clock, double most);
void server_run(struct server *server, double clock);
void server_stop(struct server *server); /* at once, hung ones too */

#endif
