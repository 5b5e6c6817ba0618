/* sim.h - a load, a plant that serves it, and the deciders that scale the plant;
 * times are in ms */
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
		double value;  /* of the key; for cpu times replicas */
		bool censored; /* the load was that or more */
	} * points;
	size_t n_points, room;
	char key[AS_KEY_MAX + 1]; /* the load is in this key; "": not known */
	bool replicas;            /* the values are replicas kept busy */
	size_t n_censored;        /* points */
};

struct as_loads {
	const char *key;  /* of -k; NULL: demand, cpu or rps */
	const char *only; /* a glob of apps to read; NULL: all apps */
	struct as_table table;
	struct as_load *load; /* by the app's number */
	size_t room;
};

/* Adds the lines of a file.  Returns the exit status.  Skips lines without the key,
 * and lines with cpu= whose number of replicas is unknown. */
int as_loads_read(struct as_loads *loads, const char *path);

/* Returns the factor that turns a value of the load into a number of busy
 * replicas.  If unit > 0, a load of `unit` keeps one replica busy.  If p99 > 0,
 * the factor makes 99% of these numbers smaller than p99.  If neither is given,
 * the factor is 1 for demand and cpu, and for other keys the function takes a
 * p99 of 32.  Returns 0 if the load is always 0: then there is no factor. */
double as_load_scale(const struct as_load *load, double unit, double p99);

/* The demand of one app at each tick, from its first line on */
struct as_course {
	char *app;
	int64_t first, tick;
	size_t n; /* number of ticks */
	struct as_demand {
		uint32_t milli : 31; /* replicas kept busy, in thousandths */
		uint32_t censored : 1;
	} * demand;    /* at each tick */
	bool fraction; /* TIME has milliseconds */
};

/* Computes the demand at each tick from straight lines between points, for at most
 * `longest` ms. */
void as_load_course(struct as_course *course, const struct as_load *load,
    double scale, int64_t tick, int64_t longest);

/* plant.c - simulates the replicas of a run, which need some time to start */
struct as_plant_kind {
	int64_t startup; /* ms until a replica is ready */
	int32_t min, max;
	double target; /* a replica should be busy to this share at most */
	double noise;  /* standard deviation of a reading, as a share of it */
	uint64_t seed;
};

struct as_plant {
	const struct as_plant_kind *kind;
	int32_t spec;    /* the ordered count */
	int32_t ready;   /* replicas that serve */
	uint64_t random; /* state of the generator */
	struct as_starting {
		int64_t ready_at;
		int32_t n;
	} * starting; /* orders that are not ready yet, oldest first */
	size_t n_starting, room;
};

/* n, or the nearer bound if n is below min or above max */
int32_t as_plant_bound(const struct as_plant_kind *kind, int32_t n);

/* How many replicas are enough for a demand, at the target */
int32_t as_plant_need(const struct as_plant_kind *kind, uint32_t milli);
void as_plant_begin(
    struct as_plant *plant, const struct as_plant_kind *kind, uint32_t milli);

/* Makes replicas ready whose startup is over.  Returns the cpu that is read then,
 * in thousandths; -1: there is no replica to read it from. */
int as_plant_tick(struct as_plant *plant, int64_t now, uint32_t milli);
void as_plant_order(struct as_plant *plant, int64_t now, int32_t want);

/* run.c - runs a plant through a course, and prints samples and results */
struct as_run {
	const struct as_course *course;
	struct as_plant plant;
	/* Of this tick: */
	struct as_demand demand;
	int64_t time;
	int cpu;      /* in thousandths; -1: there is none */
	int32_t want; /* the count that the decider answered */
	char stamp[AS_STAMP_MAX];
	size_t stamp_len;
	char name[AS_RUN_MAX]; /* APP in the output */
	size_t name_len;
};

/* Names the run: "web" if alone, else "web:1", or "web:oracle" if number is 0.
 * Dies with 65 if that is too long for an APP. */
void as_run_name(struct as_run *run, size_t number, bool alone);
void as_run_tick(struct as_run *run, size_t at);

/* Writes the sample for the decider, at most AS_SAMPLE_MAX bytes: the ordered count
 * and the reading; with tell_ready also ready= and unready=. */
char *as_run_sample(char *p, const struct as_run *run, bool tell_ready);

/* Returns why a line is not the decision for the sample of this tick, or NULL. */
const char *as_run_refuse(
    const struct as_run *run, const struct as_line *answer);

/* The oracle's count: enough for the greatest demand until an order of now is
 * ready */
int32_t as_run_foresee(const struct as_run *run, size_t at);

/* Prints the tick and the answer.  why may be NULL. */
void as_run_print(
    struct as_out *out, const struct as_run *run, const struct as_pair *why);

/* Prints the decider of a run as a comment: "# web:1: as-decide -t 0.75". */
void as_run_title(
    struct as_out *out, const struct as_run *run, char *const argv[]);

/* coproc.c - runs a program that answers line by line */
struct as_coproc {
	char **argv;
	int64_t wait;      /* ms to wait for an answer, at most */
	int pid, to, from; /* the process, and pipes to and from it */
	char *buf;         /* its answers */
	size_t start, end; /* the bytes of buf that are not used yet */
	char why[128];     /* the last error */
};

/* Each of these returns why it failed, or NULL.  The text is coproc->why, or a
 * constant. */
const char *as_coproc_start(struct as_coproc *coproc);
const char *as_coproc_send(
    struct as_coproc *coproc, const char *bytes, size_t len);

/* Sets *text to the next line that is neither blank nor a comment.  LF and AS_SLACK
 * bytes follow it. */
const char *as_coproc_line(struct as_coproc *coproc, const char **text);

/* Ends the input of the program, and waits until the program ends. */
const char *as_coproc_end(struct as_coproc *coproc);

#endif
