/* filter.h - filters in the jq language: they turn replies into samples, and
 * decisions into requests */
#ifndef AS_FILTER_H
#define AS_FILTER_H

#include <jq.h>

#include "conf.h"

enum { AS_DETAIL_MAX = 256, AS_PATHS = 17, AS_PATH_DEPTH = 8 };

#define AS_TOO_GREAT 1e300 /* libjq reads 1e999 as the greatest double */

/* paths.c - reads plain filters, which only name numbers: .a.b or {KEY: .a.b, ...} */
struct as_path {
	struct as_text key;
	struct as_text part[AS_PATH_DEPTH];
	size_t n;
};

struct as_paths {
	size_t n;
	struct as_path path[AS_PATHS];
	int replicas; /* index of the count; -1: one path without a key */
};

/* False: the filter is not plain, so libjq has to run it. */
bool as_paths_read(struct as_paths *paths, const char *filter);

/* Reads .a.b.c and returns its end, or NULL. */
const char *as_paths_follow(const char *p, struct as_path *path);

/* json.c - walks over a document.  Finds the text of what the path names; the
 * walk is unsure if a name is there twice or has an escape, or if this is not
 * strict JSON. */
enum as_json { AS_JSON_FOUND, AS_JSON_MISSING, AS_JSON_UNSURE };
enum as_json as_json_find(
    struct as_text document, const struct as_path *path, struct as_text *value);

/* The first number that libjq would change, or a text of length 0 */
struct as_text as_json_number(struct as_text document);

/* exact.c - whether libjq keeps the value of a number */
bool as_exact_is(struct as_text number);

/* before.c - the first number that libjq would change in what the filter uses of
 * $before, or a text of length 0 */
struct as_text as_before_number(const char *filter, struct as_text before);

/* edit.c - filters that assign the count to members of $before, or of a part:
 * [.replicas as $NAME |] $before.part | .a.b = $NAME | .c = $NAME */
enum { AS_EDITS = 8 };

struct as_edit {
	struct as_text name; /* of the variable */
	bool is_bound;       /* by the filter; else it is $replicas */
	struct as_path part, to[AS_EDITS];
	size_t n;
};

bool as_edit_read(struct as_edit *edit, const char *filter);

/* Appends the edited text of $before.  False: libjq has to do it, since a member
 * is missing or the walk is unsure. */
bool as_edit_apply(const struct as_edit *edit, struct as_text before,
    struct as_text input, struct as_buf *to);

/* names.c - finds how the text of a filter uses a name: a sum of these, or 0.  Only
 * a whole name counts: $application and a word in a string are not the name app. */
enum as_names {
	AS_NAMES_VARIABLE = 1, /* $app */
	AS_NAMES_FIELD = 2,    /* .app, {app} */
	AS_NAMES_KEY = 4       /* {app: 1}, {app} */
};

int as_names_find(const char *filter, const char *name);

/* jq-paths.c - runs in the fence: finds the numbers that the paths name.  Each is
 * finite and >= 0, or NaN: then it is missing or bad, and there is another one.
 * Returns NULL, or the word for err= ("not-json", "type", "range").  detail says
 * why, also where a bad metric became NaN; else it is empty.  The body is
 * terminated. */
const char *as_jq_paths_find(const struct as_paths *paths, struct as_text body,
    double *values, char *detail);

/* scan.c - does the same, faster.  False: only as_jq_paths_find can decide. */
bool as_scan(struct as_text body, const struct as_paths *paths, double *values);

/* output.c - writes what a filter gave for an app.  That is a sample line, whose
 * COUNT is - where the filter gave no count, and after it a line
 * "~WORD APP DETAIL" where a metric was left out.  Where there can be no sample
 * line it is a line "!WORD APP DETAIL".  APP may be -. */
struct as_output {
	struct as_buf *to;
	size_t begin;
	struct as_text stamp, app;
	struct as_text lost; /* " err.N=WORD" for each missing reply */
	bool several;        /* the filter read several replies */
	bool has_count;
	size_t n_metrics, n_left_out;
	const char *word; /* the first fault that spoils the line, or NULL */
	char detail[AS_DETAIL_MAX];
	const char *metric_word; /* the first metric that was left out */
	char metric_detail[AS_DETAIL_MAX];
	bool warns; /* a metric was bad, and not only null */
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
/* Writes a fault of an app whose name is not known. */
void as_output_refuse(struct as_buf *to, const char *word, const char *detail);

/* fence.c - runs libjq in a process of its own, which has no file, no network, no
 * environment, little memory and little time: the fence.  A message consists of
 * parts, each a length in 4 bytes and that many bytes. */
struct as_fence {
	void (*serve)(int in, int out); /* what the process does; no return */
	bool (*wait)(void *at, int fd, int64_t until); /* or NULL: poll(2) */
	void *at;
	int to, from;
	int pid; /* 0: there is none */
};

/* limits.c - gives up, in the process of the fence, all files but these two, and
 * more.  A long message allows more memory. */
void as_limits_enter(int in, int out);
void as_limits_memory(size_t message);

enum as_fenced { AS_FENCED, AS_FENCE_SLOW, AS_FENCE_DIED };

void as_fence_put(struct as_buf *message, struct as_text part);
bool as_fence_get(struct as_text *message, struct as_text *part);
bool as_fence_read(int fd, struct as_buf *message); /* false: EOF */
bool as_fence_write(int fd, const struct as_buf *message);

/* Sends a message and waits at most so many ms for the answer.  Starts the process
 * if there is none, and ends it if it does not answer. */
enum as_fenced as_fence_ask(struct as_fence *fence,
    const struct as_buf *message, struct as_buf *answer, int64_t ms);
void as_fence_end(struct as_fence *fence);

/* jq-serve.c - runs in the fence: compiles the programs of the first message, then
 * answers questions.  The first part of an answer is empty, or the word for
 * err=. */
AS_NORETURN void as_jq_serve(int in, int out);

/* Stands in place of a program's number: the message has a plain filter and one
 * reply, and the answer has its numbers. */
enum { AS_PLAIN_PROGRAM = -1 };

/* filters.c - keeps and runs all filters of a tool */
enum as_filter_kind {
	AS_SAMPLES, /* objects {app?, time?, replicas, METRIC...} */
	AS_TEXT     /* one string, or anything else as JSON */
};

struct as_question {
	size_t filter;
	const struct as_text *replies; /* JSON; length 0: it did not come */
	size_t n_replies;
	struct as_text lost;   /* " err.N=WORD" for each that did not come */
	struct as_text before; /* JSON, or of length 0 */
	struct as_text stamp;  /* TIME where the reply has none */
	int how;
	/* The asker may ask again at this steady time; 0 at first. */
	int64_t *barred;
	/* Gets a line "N WORD: DETAIL" for each of several replies that is no
	 * JSON.  NULL: nobody wants to know. */
	struct as_buf *notes;
};

enum as_how {
	AS_FOR_MANY = 1, /* outputs must name their apps */
	AS_COUNTS = 2    /* metrics do not matter */
};

/* Adds a filter and returns its number.  Filters with the same text and kind have
 * the same number. */
size_t as_filter_add(
    const struct as_setting *setting, enum as_filter_kind kind);

/* Compiles the filters, which are all added by now.  Dies with 78 if one of them
 * is not a filter. */
void as_filter_ready(const struct as_config *config);

/* Whether the filter is plain: it gives no app names, so each app needs its own
 * request. */
bool as_filter_is_plain(size_t filter);

/* Appends output lines, or the text, to answer.  Returns NULL, or the word for err=
 * with a text for people in detail. */
const char *as_filter_run(const struct as_question *question,
    const struct as_scope *scope, struct as_buf *answer,
    char detail[AS_DETAIL_MAX]);

/* One filter */
struct as_filter {
	const struct as_setting *setting;
	enum as_filter_kind kind;
	bool plain;
	struct as_paths paths; /* of a plain one */
	size_t program;        /* of another: its number in the fence */
	bool edits;            /* it is also an edit of $before */
	struct as_edit edit;
	int n_failed; /* in a row: it took too much */
};

/* program.c - sends filters to the fence.  Adds one, and sets its number. */
void as_program_add(struct as_filter *filter, const struct as_config *config);
bool as_program_sets(const struct as_config *config, const char *key);
void as_program_compile(void); /* all; dies with 78 if one is wrong */

/* As as_filter_run */
const char *as_program_run(struct as_filter *filter,
    const struct as_question *question, const struct as_scope *scope,
    struct as_buf *to, char detail[AS_DETAIL_MAX]);

/* Does what as_jq_paths_find does, for the only reply of the question.  paths are
 * those of the filter, or one of them. */
const char *as_program_find(struct as_filter *filter,
    const struct as_question *question, const struct as_paths *paths,
    double *values, char detail[AS_DETAIL_MAX]);

/* Sets how to wait while a filter runs.  wait returns true if fd can be read
 * before the time until. */
void as_program_wait_with(
    bool (*wait)(void *at, int fd, int64_t until), void *at);
void as_program_end(void);

/* jq-compile.c - compiles filters */
struct as_compiled {
	jq_state *jq;
	enum as_filter_kind kind;
};

/* Compiles the programs of a message.  The answer is empty, or the number of the
 * program that is wrong, and why. */
struct as_compiled *as_jq_compile(
    struct as_text message, struct as_buf *answer);

/* jq-sample.c - takes the outputs of a program */
struct as_evaluation {
	struct as_text stamp, app;
	struct as_buf lost, notes; /* see as_output and as_question */
	bool several;              /* replies */
	struct as_buf *answer;
	bool counts; /* metrics do not matter */
	char detail[AS_DETAIL_MAX];
};

/* Bytes of a string, until it is freed */
struct as_text as_jq_sample_text(jv string);

/* Appends the output line of an object to the answer. */
void as_jq_sample_put(struct as_evaluation *e, jv object);

#endif
