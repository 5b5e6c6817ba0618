/* why.h - explains one decision of as-decide, by deciding it again
 *
 * A moment is the sample that the explanation is about.  The samples of its app
 * before it are replayed through the engine of as-decide.  trace.c finds the rules
 * that had a say, say.c has a sentence for each, otherwise.c replays with other
 * settings, and ahead.c goes on after the moment. */
#ifndef AS_WHY_H
#define AS_WHY_H

#include "conf.h"

/* when.c - reads TIME as it is typed.  17:41 and 17:41:30 are the last such time that
 * is not after `last`; -20m is so long before `last`; any other TIME is as in a line.
 * Returns false if the text is none of these.  Sets *relative to whether the result
 * depends on `last`. */
bool as_when_parse(
    struct as_text text, int64_t last, int64_t *time, bool *relative);

/* moment.c - finds the lines of one app in a log */
struct as_moment {
	const char *path; /* of the log */
	struct as_text app;
	int64_t time; /* TIME of the sample */
	int64_t end;  /* offset in the log of the line after it */
	/* The lines of the app up to this sample, with AS_SLACK bytes after them */
	struct as_buf lines;
};

/* Sets moment->time to the last TIME of the app in the log.  Returns false if the
 * log has no line of the app. */
bool as_moment_last(struct as_moment *moment);

/* Finds the app's last sample whose TIME is not after `time`, but at most `most` ms
 * before it.  Sets moment->time and moment->end.  Returns false if there is none. */
bool as_moment_find(struct as_moment *moment, int64_t time, int64_t most);

/* Reads moment->lines, those of the last `memory` ms and perhaps more, from the older
 * log first, unless that is NULL. */
void as_moment_read(
    struct as_moment *moment, const char *older, int64_t memory);

/* Returns the path of a file with this name in the directory of the log.  The caller
 * frees it. */
char *as_moment_beside(const struct as_moment *moment, const char *name);

/* rotated.c - returns the path of the newest log beside the log of the moment that was
 * renamed by logrotate, and is not compressed.  as-loop takes the same one.  Returns
 * NULL if there is none.  The caller frees the path. */
char *as_rotated_find(const struct as_moment *moment);

/* then.c - the settings with which the app was decided at the moment.  Unless -c was
 * typed, these are in the file settings.DIGEST beside the log, if a mark
 * "# settings DIGEST VERSION" before the moment names them.  Dies with 78 if they
 * cannot be read. */
const struct as_settings *as_then_read(
    struct as_config *config, const struct as_moment *moment);

/* replay.c - decides all lines of a moment */
struct as_replay {
	struct as_fold fold;
	struct as_line line;         /* the last one */
	struct as_decision decision; /* of this line */
	struct as_sample sample;     /* of this line */
	int64_t begin;               /* TIME of the first line */
	/* TIME and COUNT of the first line whose COUNT is known; met is 0 if there
	 * is none */
	int64_t met, met_count;
	/* ms from the line before the last to the last one, or between the two lines
	 * before that, if that is less; 0 if there was only one */
	int64_t tick;
	const char *why; /* why the last line is no sample, or NULL */
};

void as_replay_run(struct as_replay *replay, const struct as_policy *policy,
    const struct as_buf *lines);
void as_replay_free(struct as_replay *replay);

static inline struct as_history *
as_replay_history(struct as_replay *replay)
{
	return &replay->fold.apps[replay->fold.last];
}

/* trace.c - the rules that had a say, in the order of ALGORITHM in as-decide(1) */
struct as_rule {
	enum as_why why; /* names the rule */
	int metric;      /* its metric, or -1 */
	/* The count before the rule and after it */
	int64_t from, to;
};

enum { AS_RULES = 16 };

struct as_trace {
	struct as_rule rules[AS_RULES];
	size_t n;
	int64_t count; /* after all rules; that of the decision */
	/* The metric with the largest recommendation, and the first metric that is
	 * not usable; or -1 */
	int best, unusable;
};

void as_trace_make(struct as_trace *trace, struct as_replay *replay);

/* word.c - adds words to a text */
void as_word_put(struct as_buf *text, const char *fmt, ...) AS_FORMAT(2);
void as_word_number(struct as_buf *text, double x);
void as_word_seconds(struct as_buf *text, int64_t ms); /* "300 s" */
void as_word_time(struct as_buf *text, int64_t time);

/* Adds the time of day alone, if it is of the same day as now. */
void as_word_clock(struct as_buf *text, int64_t time, int64_t now);
const char *as_word_why(enum as_why why);

/* say.c - sentences about the moment.  Each of these functions, and those of
 * recommend.c and hold.c, adds sentences that end with a full stop and no LF. */
struct as_report {
	bool is_kept; /* there is a file of reports */
	/* The report; its n_pairs is 0 if the file has none of the moment */
	struct as_line line;
	struct as_buf text; /* what the line points to */
};

struct as_story {
	struct as_scope scope; /* the settings of the app */
	struct as_replay replay;
	struct as_trace trace;
	struct as_report report;
};

void as_say_result(struct as_buf *text, const struct as_story *story);
void as_say_measured(struct as_buf *text, const struct as_story *story);

/* Returns the VALUE of the key, or its default; NULL if it has none. */
const char *as_say_setting(const struct as_story *story, const char *key);

/* recommend.c - what metric i asked for, and why */
void as_recommend_say(struct as_buf *text, struct as_story *story, size_t i);

/* hold.c - what a rule made of the count, and why */
void as_hold_say(
    struct as_buf *text, struct as_story *story, const struct as_rule *rule);

/* bound.c - as_bound_source returns what set the bound of the sample: "schedule",
 * "sample", "idle" (which makes a min of 0 to 1), or the key "max" or "min".
 * as_bound_say says it. */
const char *as_bound_source(const struct as_story *story, bool is_max);
void as_bound_say(
    struct as_buf *text, struct as_story *story, const struct as_rule *rule);

/* report.c - what as-apply did with the decision, by the report in reports.log beside
 * the log of samples.  Says nothing if there is no such file. */
void as_report_read(struct as_report *report, const struct as_moment *moment);
void as_report_say(struct as_buf *text, const struct as_story *story);

/* otherwise.c - the count with one setting changed that bound it */
enum { AS_OTHERS = 24, AS_OTHER_KEY = AS_KEY_MAX + 16 };

struct as_other {
	char key[AS_OTHER_KEY];
	char value[80]; /* "" if the key was removed */
	/* What would have been decided */
	int64_t count;
	enum as_why why;
};

struct as_otherwise {
	struct as_story *story;
	const struct as_buf *lines; /* those of the moment */
	struct as_other others[AS_OTHERS];
	size_t n;
};

/* Decides the lines again for each setting that bound, with this one relaxed. */
void as_otherwise_try(struct as_otherwise *otherwise, struct as_story *story,
    const struct as_buf *lines);
void as_otherwise_say(struct as_buf *text, const struct as_otherwise *otherwise,
    const struct as_other *other);

/* ahead.c - how the count goes on in the next hour, if each tick has the sample of the
 * moment again, with the COUNT that was decided before */
enum { AS_CHANGES = 6 };

struct as_change {
	int64_t time, count;
};

struct as_ahead {
	int64_t tick; /* ms between two samples */
	size_t n;     /* so many changes; the first AS_CHANGES are kept */
	struct as_change changes[AS_CHANGES];
	struct as_change last;
};

void as_ahead_run(struct as_ahead *ahead, const struct as_policy *policy,
    const struct as_buf *lines);
void as_ahead_say(struct as_buf *text, const struct as_story *story,
    const struct as_ahead *ahead);

/* page.c - the whole explanation, for people */
void as_page_put(struct as_buf *text, struct as_story *story,
    const struct as_otherwise *otherwise, const struct as_ahead *ahead);

/* json.c - the same for programs */
void as_json_put(struct as_buf *json, struct as_story *story,
    const struct as_otherwise *otherwise, const struct as_ahead *ahead);

#endif
