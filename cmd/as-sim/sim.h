/* sim.h - a load, a plant that serves it, and the deciders that scale it;
 * times are milliseconds */
#ifndef AS_SIM_H
#define AS_SIM_H

#include "as.h"

enum {
	AS_MILLI = 1000, /* demand and cpu are kept in thousandths */
	AS_RUN_MAX = 160,
	AS_SAMPLE_MAX = 256
};

/* load.c - recorded loads, one for each app */
struct as_load {
	struct as_point {
		int64_t time;
		double value; /* of the key */
		bool censored;
	} * points;
	size_t n_points, room;
	char key[AS_KEY_MAX + 1]; /* what the app's lines are read for */
	bool replicas;            /* the values are replicas kept busy */
	size_t n_censored;
};

struct as_loads {
	const char *key;  /* NULL: demand, cpu or rps, which comes first */
	const char *only; /* NULL, or a glob of the apps that count */
	struct as_table table;
	struct as_load *load; /* by the app's number */
	size_t room;
};

/* Adds the lines of a file; the exit code.  Lines without the key, or without
 * what makes a cpu= a demand, are passed over. */
int as_loads_read(struct as_loads *loads, const char *path);

/* The load's value times this is demand in replicas kept busy: unit keeps one
 * busy, or 99% are under p99, if given; else demand and cpu stay and others
 * are as with a p99 of 32.  0: it cannot be told. */
double as_load_scale(const struct as_load *load, double unit, double p99);

/* The course of one app's demand, from its first line on */
struct as_course {
	char *app;
	int64_t first, tick;
	size_t n; /* ticks */
	struct as_demand {
		uint32_t milli : 31; /* replicas kept busy, in thousandths */
		uint32_t censored : 1;
	} * demand;    /* at each tick */
	bool fraction; /* TIME has milliseconds */
};

/* A demand for each tick, straight lines between points; `longest` at most. */
void as_load_course(struct as_course *course, const struct as_load *load,
    double scale, int64_t tick, int64_t longest);

/* plant.c - replicas that take their time to start; one for each run */
struct as_plant_kind {
	int64_t startup;
	int32_t min, max;
	double target; /* a replica should be busy to this share at most */
	double noise;  /* standard deviation of a reading, as a share of it */
	uint64_t seed;
};

struct as_plant {
	const struct as_plant_kind *kind;
	int32_t spec; /* commanded */
	int32_t ready;
	uint64_t random;
	struct as_starting {
		int64_t ready_at;
		int32_t n;
	} * starting; /* oldest first */
	size_t n_starting, room;
};

int32_t as_plant_bound(const struct as_plant_kind *kind, int32_t n);

/* How many replicas keep a demand at the target */
int32_t as_plant_need(const struct as_plant_kind *kind, uint32_t milli);
void as_plant_begin(
    struct as_plant *plant, const struct as_plant_kind *kind, uint32_t milli);

/* What is to become ready does; returns the cpu that is read then, in
 * thousandths, or -1 if there is no replica to read it from. */
int as_plant_tick(struct as_plant *plant, int64_t now, uint32_t milli);
void as_plant_order(struct as_plant *plant, int64_t now, int32_t want);

/* run.c - a plant in its course, and what is told of it */
struct as_run {
	const struct as_course *course;
	struct as_plant plant;
	struct as_demand demand; /* of this tick, as are: */
	int64_t time;
	int cpu;      /* in thousandths, or -1 */
	int32_t want; /* what the answer was */
	char stamp[AS_STAMP_MAX];
	size_t stamp_len;
	char name[AS_RUN_MAX]; /* APP in the output */
	size_t name_len;
};

/* "web" alone, else "web:1"; number 0 is "web:oracle".  Dies, 65, if that is too
 * long for an app. */
void as_run_name(struct as_run *run, size_t number, bool alone);
void as_run_tick(struct as_run *run, size_t at);

/* What a decider may know, at most AS_SAMPLE_MAX bytes: the commanded count and
 * the reading, and who is ready only if that is to be told. */
char *as_run_sample(char *p, const struct as_run *run, bool tell_ready);

/* Why a line is no decision for that sample, or NULL */
const char *as_run_refuse(
    const struct as_run *run, const struct as_line *answer);

/* The count for an oracle: what is needed as long as an order takes */
int32_t as_run_foresee(const struct as_run *run, size_t at);

/* The tick with its answer; why may be NULL. */
void as_run_print(
    struct as_out *out, const struct as_run *run, const struct as_pair *why);

/* Whose run it is, as a comment: "# web:1: as-decide -t 0.75" */
void as_run_title(
    struct as_out *out, const struct as_run *run, char *const argv[]);

/* coproc.c - a program that answers line by line */
struct as_coproc {
	char **argv;
	int64_t wait; /* for an answer, at most */
	int pid, to, from;
	char *buf;
	size_t start, end;
	char why[128];
};

/* Each returns why it failed, or NULL; why lasts as long as the coproc. */
const char *as_coproc_start(struct as_coproc *coproc);
const char *as_coproc_send(
    struct as_coproc *coproc, const char *bytes, size_t len);

/* The next line that is neither blank nor comment, LF and slack behind it */
const char *as_coproc_line(struct as_coproc *coproc, const char **text);

/* Ends its input and waits for it to end, too. */
const char *as_coproc_end(struct as_coproc *coproc);

#endif
