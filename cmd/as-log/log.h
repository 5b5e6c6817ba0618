/* log.h - the parts of as-log: what it reads, writes and watches */
#ifndef LOG_H
#define LOG_H

#include <sys/stat.h>

#include "as.h"

/* as-log serves as-loop, a shell script, which is called the script here.  The
 * script runs the pipe as-fetch | as-decide | as-apply.  A stage is one of these
 * three processes.  When the script starts the pipe again, the new stages get the
 * next number as their generation. */

/* stream.c - reads lines from a descriptor that poll(2) watches */
struct as_stream {
	int fd;
	char *buf;
	/* buf[start] to buf[end - 1] were not returned yet */
	size_t start, end;
	bool skipping; /* the rest of a line that was cut is dropped */
	bool ended;    /* nothing more can be read */
	int error;     /* errno if read(2) failed, or 0 */
};

struct as_piece {
	struct as_text text; /* the LF of a whole line follows it */
	const char *why; /* why the text is only a part of a line, or NULL */
};

/* Sets stream->ended if stream->fd is closed or cannot be read. */
void as_stream_open(struct as_stream *stream);

/* Reads what is there, with one read(2).  This waits if nothing is there. */
void as_stream_read(struct as_stream *stream);

/* Sets *piece to the next line that was read, and returns false if there is none.
 * A line over 64 KiB is cut.  At the end of the input, a last line without LF
 * counts, too. */
bool as_stream_line(struct as_stream *stream, struct as_piece *piece);

/* Returns whether more can be read without waiting. */
bool as_stream_ready(const struct as_stream *stream);

/* sink.c - writes lines to a pipe, terminal, socket or file.  It never waits for a
 * reader, because a slow reader would then stop the whole pipe. */
struct as_sink {
	int fd;
	bool is_socket;
	bool is_polled; /* write(2) may wait, so poll(2) is asked before each */
	bool waits;     /* the reader is slow: poll for POLLOUT */
	bool gone;      /* there is no reader any more, or writing fails */
	char *rest;     /* the end of a line whose beginning was written */
	size_t n_rest;
};

void as_sink_open(struct as_sink *sink, int fd);

/* Writes lines, each of at most 64 KiB.  Returns how many of their bytes it took,
 * which are always whole lines: if only the beginning of a line could be written,
 * the sink keeps the rest, and the next call writes that first.  If `lines` is
 * empty, only that rest is written. */
size_t as_sink_write(struct as_sink *sink, struct as_text lines);

/* message.c - reads the messages that the stages and the script send on standard
 * input, and prints them for the log */
struct as_message {
	enum as_level level;
	struct as_text tool;
	struct as_text app; /* the app of a report; empty for other messages */
	struct as_text text;
};

/* Reads "TOOL: LEVEL: text".  Any other line becomes the text of an error of
 * as-loop. */
struct as_message as_message_parse(struct as_text line);

/* Prints "TIME LEVEL TOOL: APP: text" and LF at p, and returns the place after it.
 * `stamp` is TIME.  In the text, each control byte becomes a "?". */
char *as_message_print(
    const struct as_message *message, struct as_text stamp, char *p);

/* command.c - reads commands, which the script sends among the messages */
enum as_command_what {
	AS_COMMAND_PID,   /* pid GENERATION NAME PID: a stage began */
	AS_COMMAND_EXIT,  /* exit GENERATION NAME CODE: a stage ended */
	AS_COMMAND_END,   /* end GENERATION MS: its stages must end within MS */
	AS_COMMAND_WAKE,  /* wake GENERATION MS: send the event wake after MS */
	AS_COMMAND_LIMIT, /* limit MS: the value of -l from now on */
	AS_COMMAND_TICKS, /* ticks N: as -t from now on, or not if N is 0 */
	AS_COMMAND_WATCH, /* watch FILE: watch this file, too */
};

struct as_command {
	enum as_command_what what;
	int32_t generation, number; /* number is PID, CODE, MS or N */
	struct as_text rest;        /* NAME or FILE */
};

/* Returns false if the line is no command, so it is a message. */
bool as_command_parse(struct as_text line, struct as_command *command);

/* journal.c - writes the log autoscaler.log, and its copy on standard error */
struct as_journal {
	struct as_log log;
	enum as_level most; /* the least important level that is written */
	struct as_sink err; /* standard error */
	bool has_copy;      /* standard error gets the lines, too */
	bool failed;        /* the last write to the log failed */
	bool has_lost;      /* a write to the log failed at any time */
	int64_t n_missing;  /* lines that the log lacks, not reported yet */
	int64_t n_unread;   /* lines that the copy lacks, not reported yet */
	int64_t n_errors;   /* lines with the level ERROR since the start */
	/* The ERROR lines of this generation, for as_journal_show */
	struct as_buf errors;
	char *batch; /* lines to be written, len bytes */
	size_t len;
	size_t stamp_len;
	char stamp[AS_STAMP_MAX]; /* the TIME of new lines */
};

void as_journal_open(struct as_journal *journal, const char *path);

/* Sets the TIME of all lines that are added later. */
void as_journal_stamp(struct as_journal *journal, int64_t ms);

/* Adds "TIME LEVEL TOOL: APP: text" to the batch, if the level is to be
 * written. */
void as_journal_add(
    struct as_journal *journal, const struct as_message *message);

/* Adds a message of as-log itself. */
void as_journal_say(struct as_journal *journal, enum as_level level,
    const char *fmt, ...) AS_FORMAT(3);

/* Is called when a stage ended, with its exit status.  If that is 64, 77 or 78, a
 * person must act, for example because the settings are wrong.  Then the ERROR
 * lines of the pipe are written to standard error, where cron or the person who
 * started as-loop sees them, unless standard error gets all lines (has_copy). */
void as_journal_show(struct as_journal *journal, int32_t code);

/* Writes the batch to the log and to its copy, with one write(2) each. */
void as_journal_flush(struct as_journal *journal);
void as_journal_close(struct as_journal *journal);

/* counts.c - counts what happened since the counts were last logged */
struct as_counts {
	int64_t ticks, changes, refusals;
	int64_t errors; /* journal->n_errors when the counts were last logged */
	int64_t period; /* ms between two lines of counts */
	const char *period_text;
	int64_t due; /* steady time of the next line of counts */
};

/* Logs a report of as-apply and counts it.  Returns NULL, or why the line is not a
 * report. */
const char *as_counts_report(struct as_counts *counts,
    struct as_journal *journal, const struct as_line *report);

/* Prints "3 ticks, 1 change, ..." to buf and returns the length. */
size_t as_counts_print(const struct as_counts *counts,
    const struct as_journal *journal, char *buf, size_t room);

/* Once in each period, logs the counts and sets them to 0. */
void as_counts_check(
    struct as_counts *counts, struct as_journal *journal, int64_t now);

/* events.c - sends events, which are lines for the script, to standard output */
struct as_events {
	struct as_sink out;
	struct as_buf waiting; /* events that could not be written yet */
	int64_t n_dropped;     /* events dropped, as too many were waiting */
	int64_t wake_at; /* steady time to send the event wake; 0: never */
	int32_t wake;    /* the generation in the event wake */
};

void as_events_send(struct as_events *events, struct as_text line);
void as_events_name(
    struct as_events *events, const char *event, struct as_text of);
/* Sends the event wake when it is due. */
void as_events_check(struct as_events *events, int64_t now);

/* Logs how many events were dropped, when no event is waiting any more. */
void as_events_report(struct as_events *events, struct as_journal *journal);
void as_events_flush(struct as_events *events);

/* crew.c - knows which stages of the pipe are at work, and ends stages.  There may
 * be stages of two generations: some of the old pipe may still be at work when
 * those of the new one begin. */
enum { AS_CREW_MAX = 64 };

struct as_crew {
	struct as_hand {
		int32_t generation, pid;
		char name[128];
	} hands[AS_CREW_MAX];
	size_t n;
	int32_t newest; /* the newest generation */
	int32_t old;    /* the generation that is to end until end_at */
	/* The stages of this generation, and of those before it, are being ended */
	int32_t ending;
	int32_t ending_pid; /* only this process of them is ended; 0: all */
	/* Steady times at which stages get SIGTERM and SIGKILL; 0: never */
	int64_t end_at, kill_at;
	int64_t end_ms; /* the ms that the stages had until end_at */
};

void as_crew_add(struct as_crew *crew, const struct as_command *command);
void as_crew_remove(struct as_crew *crew, const struct as_command *command);

/* Is called when there was no report for `ms`.  Logs which stage of the newest
 * generation hangs, and ends it: sends SIGTERM now, and SIGKILL a second later.
 * If it is not known which stage hangs, ends all of them. */
void as_crew_stop(
    struct as_crew *crew, struct as_journal *journal, int64_t now, int64_t ms);

/* Gives the stages of the generation `ms` to end.  as_crew_check ends those of it, and
 * of older ones, that are still at work then. */
void as_crew_end(
    struct as_crew *crew, int32_t generation, int64_t now, int64_t ms);
void as_crew_check(
    struct as_crew *crew, struct as_journal *journal, int64_t now);

/* notify.c - tells systemd, as sd_notify(3) does, that the loop works.  It writes
 * to the socket that the environment variable NOTIFY_SOCKET names. */
struct as_notify {
	int fd;        /* the socket; -1: there is none */
	bool is_ready; /* READY=1 was sent */
	bool failed;   /* the last notification failed, and this was logged */
};

/* Returns why NOTIFY_SOCKET cannot be used.  Returns NULL if it can be used, or is
 * not set. */
const char *as_notify_open(struct as_notify *notify);

/* Sends WATCHDOG=1 and STATUS=, and before the first of them READY=1.  Returns why
 * this failed.  Returns NULL if it was sent, or if there is no socket. */
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

/* Watches a file from now on, unless it is watched already.  If `seen` is false,
 * the file counts as changed once at the next check, because it may have changed
 * after the script read it. */
void as_watch_add(struct as_watch *watch, struct as_text path, bool seen);

/* Sends the event changed for each file that has changed since the last check.
 * Does nothing if the last check was less than half a second ago. */
void as_watch_check(
    struct as_watch *watch, struct as_events *events, int64_t now);
/* Returns the steady time of the next check. */
int64_t as_watch_due(const struct as_watch *watch);
void as_watch_free(struct as_watch *watch);

/* heart.c - reads what as-apply prints: reports, and the mark "# tick TIME" after
 * each tick.  Each mark is a heartbeat, which shows that the pipe works.  If
 * as-apply prints no marks, the first report with a new TIME is one. */
struct as_heart {
	struct as_journal *journal;
	struct as_events *events;
	struct as_crew *crew;
	struct as_watch *watch;
	struct as_counts counts;
	struct as_notify notify;
	struct as_lock lock;
	bool is_unlocked; /* the lock's file was deleted or replaced */
	struct as_line report;
	bool has_ticks; /* each heartbeat sends the event tick */
	bool has_marks; /* a mark has come */
	/* TIME of the last heartbeat that was a report */
	int64_t last_time;
	/* After so many ms without a line, the event silent is sent; 0: never */
	int64_t limit;
	/* Steady time of the last line of as-apply, or of the last start or end of
	 * a stage */
	int64_t heard;
};

void as_heart_line(struct as_heart *heart, const struct as_piece *line);

/* If no line has come for heart->limit, sends the event silent and ends the stage
 * that hangs. */
void as_heart_check(struct as_heart *heart, int64_t now);

/* obey.c - carries out a command; line is its text. */
void as_obey_command(struct as_heart *heart, const struct as_command *command,
    struct as_text line);

#endif
