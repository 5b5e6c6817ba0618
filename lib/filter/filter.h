/* filter.h - filters in the jq language: they turn replies into samples, and
 * decisions into requests */
#ifndef AS_FILTER_H
#define AS_FILTER_H

#include <jq.h>

#include "conf.h"

enum { AS_DETAIL_MAX = 256, AS_PATHS = 17, AS_PATH_DEPTH = 8 };

#define AS_TOO_GREAT 1e300 /* libjq reads 1e999 as the greatest double */

/* paths.c - reads plain filters, which only name numbers: .a.b or {KEY: .a.b} */
struct as_path {
	struct as_text key;
	struct as_text part[AS_PATH_DEPTH];
	size_t n;
};

struct as_paths {
	size_t n;
	struct as_path path[AS_PATHS];
	int replicas; /* which path is the count; -1: one path without a key */
};

/* Returns false if the filter is not plain, so libjq has to run it. */
bool as_paths_read(struct as_paths *paths, const char *filter);

/* Reads the path .a.b.c at p.  Returns what follows it; NULL: no path is there. */
const char *as_paths_follow(const char *p, struct as_path *path);

/* json.c - finds in the text of a document the value that the path names.  It is
 * unsure if a name is there twice or has an escape, or if the document is not
 * strict JSON: then libjq must look. */
enum as_json { AS_JSON_FOUND, AS_JSON_MISSING, AS_JSON_UNSURE };
enum as_json as_json_find(
    struct as_text document, const struct as_path *path, struct as_text *value);

/* The first number whose value libjq would change; length 0: there is none */
struct as_text as_json_number(struct as_text document);

/* exact.c - whether libjq keeps the exact value of a number */
bool as_exact_is(struct as_text number);

/* before.c - looks at the parts of $before that the filter uses, for the first
 * number that libjq would change; length 0: there is none */
struct as_text as_before_number(const char *filter, struct as_text before);

/* edit.c - filters that only assign the count to members of $before, or of a part
 * of it: [.replicas as $NAME |] $before.part | .a.b = $NAME | .c = $NAME */
enum { AS_EDITS = 8 };

struct as_edit {
	struct as_text name; /* of the variable */
	bool is_bound;       /* the filter names it; else it is $replicas */
	struct as_path part, to[AS_EDITS];
	size_t n;
};

bool as_edit_read(struct as_edit *edit, const char *filter);

/* Appends the edited text of $before.  Returns false if libjq has to do it,
 * since a member is missing, or as_json_find is unsure. */
bool as_edit_apply(const struct as_edit *edit, struct as_text before,
    struct as_text input, struct as_buf *to);

/* names.c - finds how the text of a filter uses a name.  Returns a sum of these; 0:
 * it does not use it.  Only a whole name counts: neither $application nor a word in
 * a string is the name app. */
enum as_names {
	AS_NAMES_VARIABLE = 1, /* $app */
	AS_NAMES_FIELD = 2,    /* .app, {app} */
	AS_NAMES_KEY = 4       /* {app: 1}, {app} */
};

int as_names_find(const char *filter, const char *name);

/* Use number n of a variable that the filter does not bind itself, without the $;
 * at is NULL: there are fewer. */
struct as_text as_names_free(const char *filter, size_t n);

/* Whether the filter, in parentheses, can only be read as one part of a larger
 * filter: all its strings end in it, and it closes no parenthesis that it does not
 * open. */
bool as_names_are_whole(const char *filter);

/* jq-paths.c - runs in the locked process (fence.c): finds the numbers that the
 * paths name.  A value is finite and >= 0, or NaN if it is missing or bad; at least
 * one metric is a number.  Returns NULL, or the word for err= ("not-json", "type",
 * "range").  detail gives the reason, also if a bad metric became NaN; else it is
 * empty.  A zero byte must follow the body. */
const char *as_jq_paths_find(const struct as_paths *paths, struct as_text body,
    double *values, char *detail);

/* scan.c - does the same, faster.  Returns false if the body is unusual, so only
 * as_jq_paths_find can do it. */
bool as_scan(struct as_text body, const struct as_paths *paths, double *values);

/* output.c - writes what a filter gave for an app: a sample line, whose COUNT is -
 * if the filter gave no count.  If a metric was left out, a line
 * "~WORD APP DETAIL" follows.  If there can be no sample line, a line
 * "!WORD APP DETAIL" takes its place; APP is - if the app is not known. */
struct as_output {
	struct as_buf *to;
	size_t begin; /* of the line, in to */
	struct as_text stamp, app;
	struct as_text lost; /* " err.N=WORD" for each missing reply */
	bool several;        /* the filter read several replies */
	bool has_count;
	size_t n_metrics, n_left_out;
	/* Of the first fault that makes the line impossible, or NULL */
	const char *word;
	char detail[AS_DETAIL_MAX];
	const char *metric_word; /* of the metric that was left out, or NULL */
	char metric_detail[AS_DETAIL_MAX];
	bool warns; /* that metric was bad; else it was only null */
};

void as_output_begin(struct as_output *output, struct as_buf *to,
    struct as_text stamp, struct as_text app);
void as_output_count(struct as_output *output, double replicas);
void as_output_no_count(struct as_output *output);
void as_output_metric(
    struct as_output *output, struct as_text key, double value);
void as_output_leave_out(struct as_output *output, bool warns, const char *word,
    const char *fmt, ...) AS_FORMAT(4);
void as_output_wrong(struct as_output *output, const char *word,
    const char *fmt, ...) AS_FORMAT(3);
void as_output_end(struct as_output *output);

/* Writes a fault of an output whose app is not known. */
void as_output_refuse(struct as_buf *to, const char *word, const char *detail);

/* fence.c - runs libjq in a locked process of its own: it has no file, no network,
 * no environment, little memory and little time, since strangers wrote the replies.
 * We send it messages, and it answers each.  A message consists of parts.  A part
 * is a length in 4 bytes and that many bytes. */
struct as_fence {
	/* The process calls it; it does not return */
	void (*serve)(int in, int out);
	/* Waits until fd can be read; NULL: poll(2) does */
	bool (*wait)(void *at, int fd, int64_t until);
	void *at;     /* first argument of wait */
	int to, from; /* pipes to and from the process */
	int pid;      /* of the process; 0: there is none now */
};

/* limits.c - locks the process that calls it: closes all files except these two
 * pipes, and limits memory, new files and new processes. */
void as_limits_enter(int in, int out);

/* Allows more memory for a message of that many bytes. */
void as_limits_memory(size_t message);

enum as_fenced { AS_FENCED, AS_FENCE_SLOW, AS_FENCE_DIED };

/* Appends a part; takes the next part, false: there is none. */
void as_fence_put(struct as_buf *message, struct as_text part);
bool as_fence_get(struct as_text *message, struct as_text *part);

/* Read or write a whole message.  Return false at EOF or after an error. */
bool as_fence_read(int fd, struct as_buf *message);
bool as_fence_write(int fd, const struct as_buf *message);

/* Starts the process; there must be none.  Returns false, with errno, if there can
 * be none. */
bool as_fence_start(struct as_fence *fence);

/* Send a message, and receive its answer, before the steady time until.  End the
 * process if it is too slow, or has died. */
enum as_fenced as_fence_send(
    struct as_fence *fence, const struct as_buf *message, int64_t until);
enum as_fenced as_fence_receive(
    struct as_fence *fence, struct as_buf *answer, int64_t until);

/* Does both. */
enum as_fenced as_fence_ask(struct as_fence *fence,
    const struct as_buf *message, struct as_buf *answer, int64_t until);

/* Waits for the first byte of the answer.  Returns false if none has come by then.
 * A process that has died counts as an answer. */
bool as_fence_await(const struct as_fence *fence, int64_t until);
void as_fence_end(struct as_fence *fence);

/* jq-serve.c - runs in the locked process (fence.c): answers messages.  The first
 * part of a message has three numbers of 4 bytes: that of a program, and see
 * program.c.  An answer has three parts: the word for err=, empty if there is no
 * error; the output, or the reason of the error; and notes, see as_question. */
AS_NORETURN void as_jq_serve(int in, int out);

/* These take the place of the program's number.  AS_PLAIN: the next parts are the
 * text of a plain filter and one reply; the output has the numbers.  AS_COMPILE:
 * the next number is that of a program, see as_jq_compile. */
#define AS_PLAIN UINT32_MAX
#define AS_COMPILE (UINT32_MAX - 1)

/* filters.c - keeps and runs all filters of a tool */
enum as_filter_kind {
	AS_SAMPLES, /* gives objects {app?, time?, replicas, METRIC...} */
	AS_TEXT     /* gives one string, or one other value as JSON */
};

struct as_question {
	size_t filter;                 /* its number */
	const struct as_text *replies; /* JSON; length 0: it did not come */
	size_t n_replies;
	struct as_text lost;   /* " err.N=WORD" for each that did not come */
	struct as_text before; /* $before as JSON; length 0: null */
	struct as_text stamp;  /* TIME if the reply has none */
	int how;               /* a sum of enum as_how */
	/* While the steady clock is before this, the filter is not run: it took
	 * too much for this asker.  0 at first.  Its address is the asker's name
	 * in late.c. */
	int64_t *barred;
	/* Gets a line "N WORD: DETAIL" for each reply that is not JSON, if there
	 * are several.  NULL: no such lines are written. */
	struct as_buf *notes;
};

enum as_how {
	AS_FOR_MANY = 1, /* for several apps: outputs must name theirs */
	AS_COUNTS = 2    /* only the count is needed, no metric */
};

/* Adds a filter and returns its number.  Filters with the same text and kind have
 * the same number. */
size_t as_filter_add(
    const struct as_setting *setting, enum as_filter_kind kind);

/* Returns why the filter cannot run for the app, or NULL: only other apps set a
 * variable that it uses.  A variable that no app sets is no filter at all. */
const char *as_filter_wrong(
    const struct as_scope *scope, const struct as_setting *setting);

/* As as_filter_add, but dies with 78 if the filter cannot run for the app. */
size_t as_filter_add_for(const struct as_scope *scope,
    const struct as_setting *setting, enum as_filter_kind kind);

/* Compiles the filters; all must have been added.  Reports those that are not
 * valid as mistakes.  Dies with 71 if there can be no process for them. */
void as_filter_ready(struct as_config *config);

/* Whether the filter is plain: it gives no app names, so each app needs its own
 * request. */
bool as_filter_is_plain(size_t filter);

/* Appends the output lines, or the text, to answer.  Returns NULL, or the word for
 * err=, and writes the reason to detail.  The answer may come later: see
 * as_late_add. */
const char *as_filter_run(const struct as_question *question,
    const struct as_scope *scope, struct as_buf *answer,
    char detail[AS_DETAIL_MAX]);

/* A filter, as filters.c keeps it */
struct as_filter {
	const struct as_setting *setting;
	enum as_filter_kind kind;
	bool plain;
	struct as_paths paths; /* if plain */
	size_t program;        /* its number in source.c; AS_PLAIN: plain */
	bool edits;            /* edit.c can run it instead of libjq */
	struct as_edit edit;
	int n_failed; /* runs in a row that took too much time or memory */
	bool apart;   /* it runs apart from others, since it was slow */
};

/* source.c - the texts that libjq compiles.  The locked process inherits them. */
struct as_source {
	const struct as_setting *setting; /* whose value is in the text */
	enum as_filter_kind kind;
	char *text;
	size_t group; /* number of a group that is compiled at once, from 0 */
};

/* Makes the text of a filter.  Returns its number as a program. */
size_t as_source_add(const struct as_setting *setting, enum as_filter_kind kind,
    const struct as_config *config);
const struct as_source *as_source_all(size_t *n);

/* The group's number of programs, if first is the number of the first of them */
size_t as_source_group(size_t first);

/* Whether the settings of any app have this key */
bool as_source_sets(const struct as_config *config, const char *key);

/* locked.c - a locked process that runs filters */
struct as_locked {
	struct as_fence fence;
	bool *compiled;    /* by the number of a group */
	size_t n_compiled; /* groups */
	int64_t pause;     /* before this steady time none is started again */
	/* For each program of a group that is not valid its number and the reason,
	 * until the next one is compiled */
	struct as_text wrong;
	char why[AS_DETAIL_MAX]; /* the last failure of as_locked_ready */
};

enum as_ready {
	AS_READY,
	AS_READY_NO_PROCESS, /* none can be started now */
	AS_READY_WRONG,      /* locked->wrong has what is not valid */
	AS_READY_STOPPED     /* the compilation took too much time or memory */
};

/* Makes the process ready to run a program: starts it if there is none, and lets it
 * compile the program if it has not done so yet. */
enum as_ready as_locked_ready(struct as_locked *locked, size_t program);

/* Returns the next filter that is not valid after AS_READY_WRONG, and the reason in
 * *why; or NULL: there are no more. */
const struct as_setting *as_locked_wrong(
    struct as_locked *locked, struct as_text *why);

/* turn.c - decides in which locked process, and when, a filter runs */
struct as_turn {
	struct as_filter *filter;
	int64_t *asker; /* see barred in struct as_question */
	const struct as_buf *message;
	struct as_buf *reply;
	char *detail; /* AS_DETAIL_MAX bytes */
};

/* Asks, and waits for the reply for at most a short time.  Returns false, and the
 * reason in detail, if there is none.  If as_turn_is_late then, the filter is still
 * running, or waits until it can run: the asker must ask the same again. */
bool as_turn_ask(struct as_turn *turn);

/* Whether the reply to the last question comes later, and was asked by this one */
bool as_turn_is_late(const int64_t *asker);

/* Whether the filter runs now whose reply comes later; else it waits */
bool as_turn_is_running(const int64_t *asker);

/* Waits for that reply.  Returns false if there is none by then, and the filter may
 * still go on. */
bool as_turn_await(int64_t until);

/* Compiles all filters.  Reports those that are not valid as mistakes.  Dies with 71
 * if there can be no process. */
void as_turn_compile(struct as_config *config);

/* Sets the function that waits while a filter runs, so that requests go on
 * meanwhile.  wait returns true if fd can be read before the time until. */
void as_turn_wait_with(bool (*wait)(void *at, int fd, int64_t until), void *at);
void as_turn_end(void);

/* late.c - those who must ask again.  If as_filter_run just failed only because the
 * reply comes later, this has again(at) called when it has come, and returns true.
 * asker is that of the question. */
bool as_late_add(const int64_t *asker, void (*again)(void *at), void *at);

/* Calls them as far as possible now. */
void as_late_run(void);
bool as_late_waits(void);
int64_t as_late_until(void); /* when to call as_late_run, steady */
void as_late_finish(void);   /* waits for all of them */

/* program.c - makes questions for the locked process.  Does what as_filter_run
 * does, for a filter that is not plain. */
const char *as_program_run(struct as_filter *filter,
    const struct as_question *question, const struct as_scope *scope,
    struct as_buf *to, char detail[AS_DETAIL_MAX]);

/* Does what as_jq_paths_find does, in the locked process, for the only reply of the
 * question.  paths are all paths of the filter, or one of them. */
const char *as_program_find(struct as_filter *filter,
    const struct as_question *question, const struct as_paths *paths,
    double *values, char detail[AS_DETAIL_MAX]);

/* jq-compile.c - compiles filters; runs in the locked process */
struct as_compiled {
	jq_state *jq; /* other programs may have the same */
	enum as_filter_kind kind;
	int place; /* selects this program in jq */
};

/* Compiles the group of that program.  The answer has two parts for each program
 * that is not valid, its number and the reason; and then an empty one. */
void as_jq_compile(
    struct as_compiled *programs, size_t program, struct as_buf *answer);

/* jq-sample.c - turns outputs of a program into lines; runs in the locked
 * process */
struct as_evaluation {
	struct as_text stamp, app;
	struct as_buf lost, notes; /* see as_output and as_question */
	bool several;              /* there are several replies */
	struct as_buf *answer;
	bool counts; /* see AS_COUNTS */
	char detail[AS_DETAIL_MAX];
};

/* The bytes of a string; valid until it is freed */
struct as_text as_jq_sample_text(jv string);

/* Appends the output line of an object to the answer. */
void as_jq_sample_put(struct as_evaluation *e, jv object);

#endif
