/* log.h - the parts of as-log: what it reads, writes and watches */
#ifndef LOG_H
#define LOG_H

#include <sys/stat.h>

#include "as.h"

/* as-log never waits for a reader of what it writes. */

/* stream.c - lines from a descriptor that poll(2) watches */
struct as_stream {
	int fd;
	char *buf;
	size_t start, end; /* of what was read and not given out */
	bool skipping;     /* the rest of a line that was cut */
	bool ended;
	int error; /* errno of a read that failed */
};

struct as_piece {
	struct as_text text; /* without its LF, which stands after it */
	const char *why;     /* why it is not a whole line, or NULL */
};

/* One read(2) */
void as_stream_read(struct as_stream *stream);

/* The next line of what was read; a line over 64 KiB is cut.  After the end of
 * the input this is also the beginning of a line that its writer did not end. */
bool as_stream_line(struct as_stream *stream, struct as_piece *piece);

/* Whether more can be read without waiting */
bool as_stream_ready(const struct as_stream *stream);

/* sink.c - writes lines to a pipe, terminal, socket or file, and never waits for
 * a reader */
struct as_sink {
	int fd;
	bool is_socket;
	bool is_polled; /* fd itself could wait, so ask before each write */
	bool waits;     /* its reader is slow: poll for POLLOUT */
	bool gone;      /* it has no reader any more, or cannot be written */
	char *rest;     /* of a line that was written in part */
	size_t n_rest;
};

void as_sink_open(struct as_sink *sink, int fd);

/* Whole lines, each at most 64 KiB.  Returns how many bytes were taken: these
 * are whole lines, too.  A line that was taken in part goes on with the next
 * call; lines may be empty. */
size_t as_sink_write(struct as_sink *sink, struct as_text lines);

/* message.c - what the lines on standard input mean */
struct as_message {
	enum as_level level;
	struct as_text tool;
	struct as_text app; /* may be empty; text may begin with it */
	struct as_text text;
};

/* "TOOL: LEVEL: text"; any other line is an error of as-loop */
struct as_message as_message_parse(struct as_text line);

/* "pid GENERATION NAME PID", "exit GENERATION NAME CODE" */
bool as_message_is_event(struct as_text line);

/* journal.c - autoscaler.log, and its copy on standard error */
struct as_journal {
	struct as_log log;
	enum as_level most; /* lines up to this level are written */
	struct as_sink err; /* standard error */
	bool has_copy;      /* standard error gets the lines, too */
	bool failed;        /* the last write to the log failed */
	bool has_lost;      /* a write to the log failed at any time */
	int64_t n_missing;  /* lines that the log lacks, not yet reported */
	int64_t n_unread;   /* the same for standard error */
	int64_t n_errors;   /* ERROR lines */
	char *batch;
	size_t len;
	size_t stamp_len;
	char stamp[AS_STAMP_MAX];
};

void as_journal_open(struct as_journal *journal, const char *path);

/* The time of the lines that follow */
void as_journal_stamp(struct as_journal *journal, int64_t ms);

/* Adds "TIME LEVEL TOOL: APP: text" to the batch; control bytes are masked. */
void as_journal_add(
    struct as_journal *journal, const struct as_message *message);

/* The same for a message of as-log itself */
void as_journal_say(struct as_journal *journal, enum as_level level,
    const char *fmt, ...) AS_FORMAT(3);

/* Writes the batch, in one write(2) to each place. */
void as_journal_flush(struct as_journal *journal);
void as_journal_close(struct as_journal *journal);

/* counts.c - what happened since the counts were logged last */
struct as_counts {
	int64_t ticks, changes, refusals;
	int64_t errors; /* n_errors of the journal at that time */
};

/* Logs a report of as-apply.  Returns why the line is not one, or NULL. */
const char *as_counts_report(struct as_counts *counts,
    struct as_journal *journal, const struct as_line *report);

/* "3 ticks, 1 change, ..." */
size_t as_counts_print(const struct as_counts *counts,
    const struct as_journal *journal, char *buf, size_t room);
void as_counts_reset(
    struct as_counts *counts, const struct as_journal *journal);

/* events.c - lines for the script that runs the pipe, on standard output */
struct as_events {
	struct as_sink out;
	struct as_buf waiting; /* until the script reads them */
	int64_t n_dropped;     /* because too many were waiting */
};

void as_events_send(struct as_events *events, struct as_text line);
void as_events_name(
    struct as_events *events, const char *event, struct as_text of);
void as_events_flush(struct as_events *events);

/* notify.c - sd_notify(3), to the socket that NOTIFY_SOCKET names */
struct as_notify {
	int fd; /* -1: none */
	bool is_ready;
	bool failed; /* the last one was not sent, which is logged */
};

/* Returns why NOTIFY_SOCKET cannot be used, or NULL. */
const char *as_notify_open(struct as_notify *notify);

/* A heartbeat: READY=1 if it is the first, WATCHDOG=1 and STATUS=.  Returns
 * why it could not be sent, or NULL. */
const char *as_notify_beat(struct as_notify *notify, const char *status);

/* watch.c - whether files changed, were replaced or deleted */
struct as_watch {
	struct as_watched {
		const char *path;
		struct stat was;
	} * files;
	size_t n, room;
};

void as_watch_add(struct as_watch *watch, const char *path);

/* The next file that changed since the last look, NULL after the last one;
 * *i starts as 0. */
const char *as_watch_next(struct as_watch *watch, size_t *i);

/* heart.c - what as-apply prints: reports, and the marks that show that the pipe
 * is alive */
struct as_heart {
	struct as_journal *journal;
	struct as_events *events;
	struct as_counts counts;
	struct as_notify notify;
	struct as_lock lock;
	bool is_unlocked; /* the lock's file was deleted or replaced */
	struct as_line report;
	bool has_ticks; /* events for the script */
	bool has_marks; /* in what the pipe gives */
	int64_t
	    last_time; /* TIME of the last report, where there are no marks */
	int64_t limit; /* ms of silence that become an event, or 0: none */
	int64_t heard; /* as_time_steady() when the pipe was heard last */
};

void as_heart_line(struct as_heart *heart, const struct as_piece *line);

/* Sends the event silent if the time has come. */
void as_heart_check(struct as_heart *heart, int64_t now);

#endif
