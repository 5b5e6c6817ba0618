/* log.h - the parts of as-log: what it reads, writes and watches */
#ifndef LOG_H
#define LOG_H

#include <sys/stat.h>

#include "as.h"

/* as-log never waits for a process that reads its output: a slow reader would stop
 * the whole pipe. */

/* stream.c - lines from a descriptor that poll(2) watches */
struct as_stream {
	int fd;
	char *buf;
	size_t start, end; /* of the bytes in buf not returned yet */
	bool skipping;     /* drops the rest of a line that was cut */
	bool ended;        /* nothing more can be read */
	int error;         /* errno if read(2) failed, or 0 */
};

struct as_piece {
	struct as_text text; /* the LF of a whole line follows it */
	const char *why;     /* why it is only a part of a line, or NULL */
};

/* A descriptor that cannot be read has ended already. */
void as_stream_open(struct as_stream *stream);

/* Reads what is there, with one read(2). */
void as_stream_read(struct as_stream *stream);

/* Returns the next line of what was read in *piece; a line over 64 KiB is cut.
 * At the end of the input a last line without LF is returned, too.  Returns
 * false if there is no line. */
bool as_stream_line(struct as_stream *stream, struct as_piece *piece);

/* Whether more can be read without waiting */
bool as_stream_ready(const struct as_stream *stream);

/* sink.c - writes lines to a pipe, terminal, socket or file, and never waits for
 * a reader */
struct as_sink {
	int fd;
	bool is_socket;
	bool is_polled; /* write(2) may wait: poll(2) before each */
	bool waits;     /* its reader is slow: poll for POLLOUT */
	bool gone;      /* it has no reader any more, or cannot be written */
	char *rest;     /* the second part of a line written in part */
	size_t n_rest;
};

void as_sink_open(struct as_sink *sink, int fd);

/* Writes whole lines, each at most 64 KiB.  Returns how many bytes it took: whole
 * lines, too, as the rest of a line that was written in part is kept, and written
 * by the next call.  With empty lines only that rest is written. */
size_t as_sink_write(struct as_sink *sink, struct as_text lines);

/* message.c - what the lines on standard input mean */
struct as_message {
	enum as_level level;
	struct as_text tool;
	struct as_text app; /* of a report; else empty: text may name it */
	struct as_text text;
};

/* Reads "TOOL: LEVEL: text".  Any other line becomes an error of as-loop. */
struct as_message as_message_parse(struct as_text line);

/* Prints "TIME LEVEL TOOL: APP: text" and LF at p, and returns the end.  Control
 * bytes are masked. */
char *as_message_print(
    const struct as_message *message, struct as_text stamp, char *p);

/* command.c - lines of the script, which are no messages */
enum as_command_what {
	AS_COMMAND_PID,  /* pid GENERATION NAME PID: a stage began */
	AS_COMMAND_EXIT, /* exit GENERATION NAME CODE: a stage ended */
	AS_COMMAND_END,  /* end GENERATION MS: its stages have so long to end */
	AS_COMMAND_WAKE, /* wake GENERATION MS: send it back after MS */
	AS_COMMAND_LIMIT, /* limit MS: the value of -l from now on */
	AS_COMMAND_WATCH, /* watch FILE: one more file, if it is a new one */
};

struct as_command {
	enum as_command_what what;
	int32_t generation, number; /* number: PID, CODE or MS */
	struct as_text rest;        /* NAME or FILE */
};

/* Returns false if the line is a message. */
bool as_command_parse(struct as_text line, struct as_command *command);

/* journal.c - autoscaler.log, and its copy on standard error */
struct as_journal {
	struct as_log log;
	enum as_level most; /* lines up to this level are written */
	struct as_sink err; /* standard error */
	bool has_copy;      /* standard error gets the lines, too */
	bool failed;        /* the last write to the log failed */
	bool has_lost;      /* a write to the log failed at any time */
	int64_t n_missing;  /* lines not written to the log, to be reported */
	int64_t n_unread;   /* the same for standard error */
	int64_t n_errors;   /* lines with the level ERROR since the start */
	struct as_buf
	    errors;  /* the ERROR lines of this pipe, for standard error */
	char *batch; /* lines to be written, len bytes */
	size_t len;
	size_t stamp_len;
	char stamp[AS_STAMP_MAX]; /* the TIME of new lines */
};

void as_journal_open(struct as_journal *journal, const char *path);

/* Sets the TIME of all lines that are added later. */
void as_journal_stamp(struct as_journal *journal, int64_t ms);

/* Adds "TIME LEVEL TOOL: APP: text" to the batch; control bytes are masked. */
void as_journal_add(
    struct as_journal *journal, const struct as_message *message);

/* Adds a message of as-log itself. */
void as_journal_say(struct as_journal *journal, enum as_level level,
    const char *fmt, ...) AS_FORMAT(3);

/* A stage ended with this status.  If that is for a person, as wrong settings are,
 * writes the ERROR lines of the pipe to standard error, where cron and a person
 * who starts it look, unless it has them already. */
void as_journal_show(struct as_journal *journal, int32_t code);

/* Writes the batch, in one write(2) to each place. */
void as_journal_flush(struct as_journal *journal);
void as_journal_close(struct as_journal *journal);

/* counts.c - counts what happened since the counts were last logged */
struct as_counts {
	int64_t ticks, changes, refusals;
	int64_t errors; /* journal->n_errors when they were last logged */
	int64_t period; /* ms between two lines of counts */
	const char *period_text;
	int64_t due; /* steady time of the next one */
};

/* Logs a report of as-apply.  Returns why the line is not one, or NULL. */
const char *as_counts_report(struct as_counts *counts,
    struct as_journal *journal, const struct as_line *report);

/* Prints "3 ticks, 1 change, ..." and returns the length. */
size_t as_counts_print(const struct as_counts *counts,
    const struct as_journal *journal, char *buf, size_t room);

/* Logs the counts, and begins anew, once in each period. */
void as_counts_check(
    struct as_counts *counts, struct as_journal *journal, int64_t now);

/* events.c - lines for the script that runs the pipe, on standard output */
struct as_events {
	struct as_sink out;
	struct as_buf waiting; /* events that the script has yet to read */
	int64_t n_dropped;     /* events, because too many were waiting */
	int64_t wake_at; /* steady time of the event wake; 0: there is none */
	int32_t wake;    /* its generation */
};

void as_events_send(struct as_events *events, struct as_text line);
void as_events_name(
    struct as_events *events, const char *event, struct as_text of);
void as_events_check(struct as_events *events, int64_t now); /* wake */

/* Logs how many events were dropped. */
void as_events_report(struct as_events *events, struct as_journal *journal);
void as_events_flush(struct as_events *events);

/* crew.c - the stages of the pipe that are at work.  generation: the number of the
 * pipe they belong to; the old pipe's may end when those of the new one are at work.
 * name: of the tool */
enum { AS_CREW_MAX = 64 };

struct as_crew {
	struct as_hand {
		int32_t generation, pid;
		char name[128];
	} hands[AS_CREW_MAX];
	size_t n;
	int32_t newest;     /* generation */
	int32_t ending;     /* the generation that is told to end, */
	int32_t ending_pid; /* and there only this process; 0: all */
	/* Steady times at which stages get SIGTERM and SIGKILL; 0: never */
	int64_t end_at, kill_at;
	int64_t end_ms; /* what they had until end_at */
};

void as_crew_add(struct as_crew *crew, const struct as_command *command);
void as_crew_remove(struct as_crew *crew, const struct as_command *command);

/* Logs which stage of the newest pipe hangs, as there was no report for ms, and ends
 * it: SIGTERM now, SIGKILL a second later.  If no stage is known to hang it ends
 * all of them. */
void as_crew_stop(
    struct as_crew *crew, struct as_journal *journal, int64_t now, int64_t ms);

/* Ends all stages of the generation that have not ended after ms. */
void as_crew_end(
    struct as_crew *crew, int32_t generation, int64_t now, int64_t ms);
void as_crew_check(
    struct as_crew *crew, struct as_journal *journal, int64_t now);

/* notify.c - sd_notify(3), to the socket that NOTIFY_SOCKET names */
struct as_notify {
	int fd;        /* the socket; -1: there is none */
	bool is_ready; /* READY=1 was sent */
	bool failed;   /* the last one was not sent, and this is logged */
};

/* Returns why NOTIFY_SOCKET cannot be used, or NULL. */
const char *as_notify_open(struct as_notify *notify);

/* Sends WATCHDOG=1 and STATUS=, the first time also READY=1.  Returns why they
 * could not be sent, or NULL. */
const char *as_notify_beat(struct as_notify *notify, const char *status);

/* watch.c - finds files that were changed, replaced or deleted */
struct as_watch {
	struct as_watched {
		char *path;
		struct stat was;
	} * files;
	size_t n, room;
	int64_t looked; /* steady time of the last check */
};

/* Adds a file as it is now, if it is not watched already.  seen false: the script
 * may have read it before, so that it counts as changed once. */
void as_watch_add(struct as_watch *watch, struct as_text path, bool seen);

/* Sends the event changed for each file that has changed since the last check, if
 * that is half a second ago. */
void as_watch_check(
    struct as_watch *watch, struct as_events *events, int64_t now);
int64_t as_watch_due(const struct as_watch *watch); /* the next check */
void as_watch_free(struct as_watch *watch);

/* heart.c - reads what as-apply prints: reports, and a mark "# tick TIME" for each
 * tick.  A mark, or without marks a report with a new TIME, is a heartbeat: it
 * shows that the pipe works. */
struct as_heart {
	struct as_journal *journal;
	struct as_events *events;
	struct as_crew *crew;
	struct as_counts counts;
	struct as_notify notify;
	struct as_lock lock;
	bool is_unlocked; /* the lock's file was deleted or replaced */
	struct as_line report;
	bool has_ticks; /* sends the event tick at each heartbeat */
	bool has_marks; /* a mark has come */
	/* TIME of the last heartbeat that was a report */
	int64_t last_time;
	int64_t limit; /* ms without a line until silent; 0: no limit */
	int64_t heard; /* as_time_steady() at the last line of the pipe */
};

void as_heart_line(struct as_heart *heart, const struct as_piece *line);

/* Sends the event silent if no line has come for heart->limit, and ends the stages
 * that are at work. */
void as_heart_check(struct as_heart *heart, int64_t now);

#endif
