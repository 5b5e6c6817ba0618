/* sim.h - the parts of as-sim: recorded loads; a plant, which is the simulated
 * replicas that serve the load of an app; and deciders, which are programs like
 * as-decide that say how many replicas there should be.  Times and durations are
 * in milliseconds. */
#ifndef AS_SIM_H
#define AS_SIM_H

#include "conf.h"

enum {
	AS_MILLI = 1000,  /* demand and cpu are whole numbers of thousandths */
	AS_RUN_MAX = 160, /* bytes in the name of a run, with the '\0' */
	AS_SAMPLE_MAX = 256 /* bytes in a sample, with its LF */
};

/* load.c - recorded loads, one for each app.  A point is what one line says. */
struct as_load {
	struct as_point {
		int64_t time;
		double value;  /* of key; if that is cpu, cpu x replicas */
		bool censored; /* all replicas were full: may have been more */
	} * points;
	size_t n_points, room;
	char key[AS_KEY_MAX + 1]; /* where lines have the load; "": unknown */
	bool replicas;     /* key is demand or cpu: values are busy replicas */
	size_t n_censored; /* how many of the points are censored */
};

struct as_loads {
	const char *key;  /* from -k; NULL: demand, cpu or rps */
	const char *only; /* a glob of apps to read; NULL: all apps */
	struct as_table table;
	struct as_load *load; /* indexed by the app's number in table */
	size_t room;
};

/* Adds the lines of a file.  Returns the exit status: 0; 65 if bad lines were
 * skipped; 74 if the file cannot be read.  Passes over lines without the key, and
 * over lines with cpu= where the number of replicas is 0 or unknown. */
int as_loads_read(struct as_loads *loads, const char *path);

/* Returns the factor that turns a value of the load into a number of busy
 * replicas.  If unit > 0, a load of `unit` keeps one replica busy.  Else, if
 * p99 > 0, the factor makes the 99th percentile of the load p99 busy replicas.  If
 * neither is given, the factor is 1 for demand and cpu; other keys get a p99 of
 * 32.  Returns 0 if there is no such factor, because that percentile is 0. */
double as_load_scale(const struct as_load *load, double unit, double p99);

/* The demand of one app at each tick; the first tick is the app's first point */
struct as_course {
	char *app;
	int64_t first, tick; /* TIME of the first tick; from tick to tick */
	size_t n;            /* number of ticks; 0: the app has no load */
	struct as_demand {
		uint32_t milli : 31;   /* busy replicas, in thousandths */
		uint32_t censored : 1; /* it may have been more */
	} * demand;    /* indexed by the number of the tick, from 0 */
	bool fraction; /* TIMEs are printed with milliseconds */
};

/* Fills course, but not course->app.  Between two points the load is a straight
 * line; the demand is scale times the load.  What comes more than `longest` ms
 * after the first point is left out.  The load must have a point. */
void as_load_course(struct as_course *course, const struct as_load *load,
    double scale, int64_t tick, int64_t longest);

/* plant.c - simulates the replicas of an app, which need some time to start */
struct as_plant_kind {
	int64_t startup;  /* ms from the order of a replica until it serves */
	int32_t min, max; /* bounds of the ordered count */
	double target;    /* the cpu that no replica should exceed, as 0.8 */
	double noise;     /* standard deviation of cpu, as a fraction of cpu */
	uint64_t seed;    /* of the noise */
};

struct as_plant {
	const struct as_plant_kind *kind;
	int32_t spec;    /* replicas ordered, ready or not */
	int32_t ready;   /* replicas that serve */
	uint64_t random; /* state of the generator of the noise */
	struct as_starting {
		int64_t ready_at;
		int32_t n; /* replicas of this order */
	} * starting;      /* orders that are not ready yet, oldest first */
	size_t n_starting, room;
};

/* Returns n, or min if n is below it, or max if n is above it. */
int32_t as_plant_bound(const struct as_plant_kind *kind, int32_t n);

/* Returns how many replicas, within min and max, keep cpu at the target or below
 * while milli / 1000 replicas are kept busy. */
int32_t as_plant_need(const struct as_plant_kind *kind, uint32_t milli);

/* Begins with as many replicas as that demand needs, all of them ready.  The noise
 * follows from the seed and the name of the app: so it is the same for all deciders,
 * and whatever other apps there are. */
void as_plant_begin(struct as_plant *plant, const struct as_plant_kind *kind,
    const char *app, uint32_t milli);

/* Makes those replicas ready whose startup is over at `now`.  Returns the cpu that
 * a monitor would then read, with noise, in thousandths; or -1 if no replica is
 * ready. */
int as_plant_tick(struct as_plant *plant, int64_t now, uint32_t milli);

/* Changes the ordered count to `want`, within min and max.  New replicas are ready
 * after the startup; surplus ones end at once, first those not ready yet. */
void as_plant_order(struct as_plant *plant, int64_t now, int32_t want);

/* run.c - one app whose plant one decider scales, tick by tick.  The members from
 * demand to stamp_len are about the current tick. */
struct as_run {
	const struct as_course *course;
	struct as_plant plant;
	struct as_demand demand;
	int64_t time;
	int cpu;                  /* in thousandths; -1: no replica is ready */
	int32_t want;             /* the count that the decider asks for */
	char stamp[AS_STAMP_MAX]; /* time as text; no '\0' ends it */
	size_t stamp_len;
	char name[AS_RUN_MAX]; /* APP in the output */
	size_t name_len;
};

/* Sets the name of the run: of app web it is "web" if the run is alone, else
 * "web:1" for the number 1, and "web:oracle" for 0.  Ends the process with 65 if
 * that is too long for an APP. */
void as_run_name(struct as_run *run, size_t number, bool alone);

/* Begins tick number `at`, counted from 0. */
void as_run_tick(struct as_run *run, size_t at);

/* Writes the sample of this tick, which the decider is to get, at p: at most
 * AS_SAMPLE_MAX bytes.  The sample has ready= and unready= if tell_ready is set.
 * Returns the place after its LF. */
char *as_run_sample(char *p, const struct as_run *run, bool tell_ready);

/* Returns why the answer of a decider is not the decision for the sample of this
 * tick, or NULL if it is. */
const char *as_run_refuse(
    const struct as_run *run, const struct as_line *answer);

/* Returns the oracle's count at tick `at`.  The oracle knows the future: its count
 * is enough for each tick until those replicas are ready that are ordered now. */
int32_t as_run_foresee(const struct as_run *run, size_t at);

/* Prints the line of this tick, which as-score reads: sample, demand, and the count
 * that was asked for.  why is the word of the decider's why=; why.at is NULL if there
 * is none. */
void as_run_print(
    struct as_out *out, const struct as_run *run, struct as_text why);

/* Prints a comment that names the decider: "# web:1: as-decide -t 0.75". */
void as_run_title(
    struct as_out *out, const struct as_run *run, char *const argv[]);

/* coproc.c - runs a program, such as a decider, that answers line by line.  Each
 * function returns why it failed, or NULL.  The text is coproc->why or a
 * constant. */
struct as_coproc {
	char **argv;
	int64_t wait;      /* ms to wait for an answer, or for its end */
	int pid;           /* of the process; 0 when it has ended */
	int to, from;      /* pipes to its stdin, from its stdout */
	char *buf;         /* what came from it */
	size_t start, end; /* buf[start] to buf[end - 1] are not used yet */
	int status;        /* as waitpid(2) says; 0 as long as it runs */
	char why[128];     /* the last error */
};

const char *as_coproc_start(struct as_coproc *coproc);

/* Starts a copy of this process in the place of a program.  Returns in both; *is_copy
 * says in which one.  What the copy writes to stdout comes to the other. */
const char *as_coproc_fork(struct as_coproc *coproc, bool *is_copy);
const char *as_coproc_send(
    struct as_coproc *coproc, const char *bytes, size_t len);

/* Waits for the next line that is neither blank nor a comment, and sets *text to
 * it.  An LF ends the line, which is before coproc->buf[coproc->start].  AS_SLACK
 * bytes that may be read follow the LF. */
const char *as_coproc_line(struct as_coproc *coproc, const char **text);

/* Closes the program's stdin, and waits until it ends.  Fails if it ends with
 * another status than 0, not in time, or after more output. */
const char *as_coproc_end(struct as_coproc *coproc);

/* known.c - as_known_accept returns whether a decider is the as-decide that belongs to
 * this as-sim, has only options that as-sim knows, and finds no mistake in its
 * settings.  If so, as_known_read reads these options into config, which must be all
 * zeros before.  as_known_read returns false if only the program can decide with
 * them. */
bool as_known_accept(char *const argv[]);
bool as_known_read(char *const argv[], struct as_config *config);

/* What a decider says */
struct as_answer {
	int64_t count;      /* AS_UNKNOWN: no change */
	struct as_text why; /* the word of why=; why.at is NULL without it */
};

/* inside.c - decides as as-decide with these options would, and prints the same
 * messages, but without a process and pipes */
struct as_inside;

/* Returns NULL if only the program itself can decide so. */
struct as_inside *as_inside_start(
    char *const argv[], const struct as_course *courses, size_t n_courses);

/* Decides on the sample at *sample, which ends with an LF, with slack behind it, and
 * moves *sample behind the LF.  answer->why lasts until the next call.  Returns NULL,
 * or why the sample is refused. */
const char *as_inside_answer(
    struct as_inside *inside, const char **sample, struct as_answer *answer);

/* Frees what it decided with.  Returns the exit status that as-decide would have. */
int as_inside_end(struct as_inside *inside);

/* pin.c - keeps this process, and programs that it starts from now on, on one CPU:
 * then no answer has to wait until another CPU wakes up.  Does nothing if other
 * as-sims have all CPUs, or on another system than Linux. */
void as_pin_here(void);

/* decider.c - asks a decider: a program, or the engine inside of as-sim.  Each
 * function returns NULL, or why it failed.
 *
 * A decider gets at most AS_BATCH samples before as-sim reads the answers.  So many
 * fit into a pipe, so that as-sim never waits for the decider to read them. */
enum { AS_BATCH = 64 };

struct as_decider {
	struct as_coproc program;
	struct as_inside *inside; /* NULL: the program decides */
	bool idle;                /* it has no run in this process */
	char samples[AS_BATCH * AS_SAMPLE_MAX + AS_SLACK];
	const char *next;    /* the next sample to decide on inside */
	struct as_line line; /* the last answer of the program */
	char why[256];       /* the last error */
};

/* Asks about the samples, which have len bytes. */
const char *as_decider_ask(struct as_decider *decider, size_t len);

/* Takes the answer to the next one of these samples, which is that of this run. */
const char *as_decider_answer(struct as_decider *decider,
    const struct as_run *run, struct as_answer *answer);
const char *as_decider_end(struct as_decider *decider);

/* jobs.c - several processes share the runs: number r belongs to process r modulo n.
 * One more process prints all lines in the order that a single process has. */
struct as_jobs {
	size_t n;      /* 1: this process does all runs */
	size_t number; /* of this process */
	bool is_copy;  /* another process prints what this one writes */
	/* The processes, in the one that prints; NULL in any other */
	struct as_coproc *job;
};

/* Starts the processes, which return from this function, too.  Dies with 71 if one
 * cannot be started. */
void as_jobs_start(struct as_jobs *jobs);

/* Prints the next line of the process that has run r.  as_jobs_end waits until all
 * processes end.  If one fails, which has said why, each of these ends this process
 * with its exit status. */
void as_jobs_print(struct as_jobs *jobs, size_t r, struct as_out *out);
void as_jobs_end(struct as_jobs *jobs, struct as_out *out);

/* Ends the processes, and waits for that: nothing of them may come later. */
void as_jobs_stop(struct as_jobs *jobs);

/* loop.c - the closed loop.  Each function ends the process if a decider fails: with
 * 71 if it cannot be run, otherwise with 69. */
enum { AS_DECIDERS = 64 }; /* at most */

struct as_loop {
	struct as_decider deciders[AS_DECIDERS];
	size_t n_deciders;
	int64_t patience;  /* ms to wait for an answer */
	bool outside;      /* each decider is a program */
	bool oracle;       /* the oracle runs, too */
	bool tell_ready;   /* samples have ready= and unready= */
	bool only_samples; /* print the samples, not the runs */
	struct as_course *courses;
	size_t n_apps; /* the number of courses */
	/* runs[d * n_apps + i] is the run of decider d with app i.  The oracle's
	 * runs come after those of the last decider. */
	struct as_run *runs;
	size_t n_runs;
	struct as_jobs jobs;
	struct as_out out;
};

void as_loop_start(struct as_loop *loop); /* starts jobs and deciders */
void as_loop_run(struct as_loop *loop);   /* does all ticks */
void as_loop_end(struct as_loop *loop);   /* waits until these end */

#endif
