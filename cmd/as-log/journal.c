/* journal.c - writes autoscaler.log, and its copy on standard error */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "log.h"

enum { BATCH = 4 * AS_LINE_MAX, MESSAGE_MAX = 1024, ERRORS_MAX = 8192 };

/* Returns the least important level that the log gets.  Without -q and -v this is
 * INFO, while the other tools print only errors and warnings. */
static enum as_level
level_of_log(void)
{
	int level = as_msg_level(AS_WARNING);

	if (level < AS_WARNING)
		return AS_ERROR;
	return level > AS_WARNING ? AS_DEBUG : AS_INFO;
}

void
as_journal_open(struct as_journal *journal, const char *path)
{
	journal->log = (struct as_log){.path = path, .fd = -1};
	journal->batch = as_mem_need(malloc(BATCH));
	journal->most = level_of_log();
	as_sink_open(&journal->err, STDERR_FILENO);
}

void
as_journal_stamp(struct as_journal *journal, int64_t ms)
{
	journal->stamp_len = as_time_print(journal->stamp, ms, false);
}

static char *
print_line(
    const struct as_journal *journal, char *p, const struct as_message *message)
{
	return as_message_print(
	    message, (struct as_text){journal->stamp, journal->stamp_len}, p);
}

/* Adds a line to the batch, which must have room for it, if its level is to be
 * logged.  Keeps a copy of an ERROR line for as_journal_show. */
static void
append(struct as_journal *journal, const struct as_message *message)
{
	char *end;

	if (message->level > journal->most)
		return;
	end = print_line(journal, journal->batch + journal->len, message);
	if (message->level == AS_ERROR && !journal->has_copy &&
	    journal->errors.len < ERRORS_MAX)
		as_buf_add(&journal->errors, journal->batch + journal->len,
		    as_length(journal->batch + journal->len, end));
	journal->len = (size_t)(end - journal->batch);
}

void
as_journal_add(struct as_journal *journal, const struct as_message *message)
{
	if (message->level == AS_ERROR)
		journal->n_errors++;
	if (BATCH - journal->len < AS_LINE_MAX)
		as_journal_flush(journal);
	append(journal, message);
}

static struct as_message
message_of_ours(enum as_level level, const char *text)
{
	return (struct as_message){
	    level, as_text("as-log"), {NULL, 0}, as_text(text)};
}

void
as_journal_say(
    struct as_journal *journal, enum as_level level, const char *fmt, ...)
{
	char buf[MESSAGE_MAX];
	struct as_message message;
	va_list args;

	va_start(args, fmt);
	vsnprintf(buf, sizeof(buf), fmt, args);
	va_end(args);
	message = message_of_ours(level, buf);
	as_journal_add(journal, &message);
}

static int64_t
count_lines(struct as_text lines)
{
	int64_t n = 0;

	for (size_t i = 0; i < lines.len; i++)
		n += lines.at[i] == '\n';
	return n;
}

/* Prints a message about the log on standard error, because the log cannot be
 * written.  Does not use as_msg(), which would wait for a slow reader. */
static void
warn(struct as_journal *journal, const char *level, const char *why)
{
	char buf[MESSAGE_MAX];
	int len = snprintf(buf, sizeof(buf), "as-log: %s: %s: %s\n", level,
	    journal->log.path, why);
	struct as_text line = {buf, (size_t)len};

	if (len > 0 && len < MESSAGE_MAX &&
	    as_sink_write(&journal->err, line) == 0)
		journal->n_unread++;
}

static bool
is_current(const struct as_log *log)
{
	return log->fd >= 0 && as_open_names(log->path, log->fd);
}

static void
close_log(struct as_log *log)
{
	if (log->fd >= 0)
		close(log->fd);
	log->fd = -1;
}

/* Opens the log if it is not open, and again if it was moved or deleted.  It is
 * not open if the last write failed.  Then the log may end with half a line, and
 * as_log_open ends that line.  Returns false, with the reason in errno, if it
 * cannot be opened. */
static bool
open_log(struct as_log *log)
{
	int level, error;
	bool opened;

	if (is_current(log))
		return true;
	close_log(log);
	level = as_msg_level(-1); /* no messages, as as_msg() might wait */
	opened = as_log_open(log, log->path);
	error = errno;
	as_msg_level(level);
	if (!opened)
		close_log(log);
	errno = error;
	return opened;
}

static void
write_log(struct as_journal *journal, struct as_text lines)
{
	struct as_log *log = &journal->log;

	if (open_log(log) && as_log_write(log->fd, lines.at, lines.len)) {
		journal->failed = false;
		return;
	}
	if (!journal->failed)
		warn(journal, "error", strerror(errno));
	close_log(log);
	journal->failed = journal->has_lost = true;
	journal->n_missing += count_lines(lines);
}

/* Writes the lines to standard error.  After some lines were lost there, none is
 * written until report_unread has reported how many.  So the report stands where
 * the lines are missing. */
static void
write_copy(struct as_journal *journal, struct as_text lines)
{
	size_t n = 0;

	if (!journal->has_copy)
		return;
	if (journal->n_unread == 0)
		n = as_sink_write(&journal->err, lines);
	journal->n_unread += count_lines(
	    (struct as_text){lines.at + n, lines.len - n});
}

static struct as_text
print_unread(const struct as_journal *journal, char *line)
{
	char buf[80];
	struct as_message message;

	snprintf(buf, sizeof(buf), "%lld %s not written to standard error",
	    (long long)journal->n_unread,
	    journal->n_unread == 1 ? "line" : "lines");
	message = message_of_ours(AS_ERROR, buf);
	return (struct as_text){
	    line, as_length(line, print_line(journal, line, &message))};
}

static void
report_unread(struct as_journal *journal)
{
	char line[256];
	struct as_text notice = print_unread(journal, line);

	if (as_sink_write(&journal->err, notice) == 0)
		return;
	journal->n_unread = 0;
	write_log(journal, notice);
}

static void
report_room(struct as_journal *journal)
{
	char text[MESSAGE_MAX];
	struct as_message message;

	snprintf(text, sizeof(text),
	    "%s: can be written again, %lld lines are missing",
	    journal->log.path, (long long)journal->n_missing);
	message = message_of_ours(AS_WARNING, text);
	append(journal, &message);
	if (!journal->has_copy && journal->most >= AS_WARNING)
		warn(journal, "warning", "can be written again");
	journal->n_missing = 0;
}

static void
end_copy(struct as_journal *journal)
{
	struct as_message message = message_of_ours(
	    AS_WARNING, "standard error has no reader any more");

	append(journal, &message);
	journal->has_copy = false;
	journal->n_unread = 0;
}

void
as_journal_show(struct as_journal *journal, int32_t code)
{
	struct as_text lines = {journal->errors.at, journal->errors.len};

	if (code != EX_USAGE && code != EX_NOPERM && code != EX_CONFIG)
		return;
	if (lines.len > 0)
		as_sink_write(&journal->err, lines);
	journal->errors.len = 0;
}

void
as_journal_flush(struct as_journal *journal)
{
	if (journal->n_unread > 0 && !journal->err.waits)
		report_unread(journal);
	else if (journal->err.n_rest > 0 && !journal->err.waits)
		as_sink_write(&journal->err, as_text(""));
	while (journal->len > 0) {
		struct as_text lines = {journal->batch, journal->len};
		bool had_failed = journal->failed;

		write_log(journal, lines);
		write_copy(journal, lines);
		journal->len = 0;
		if (had_failed && !journal->failed)
			report_room(journal);
		if (journal->has_copy && journal->err.gone)
			end_copy(journal);
	}
}

void
as_journal_close(struct as_journal *journal)
{
	char line[256];

	as_journal_flush(journal);
	if (journal->n_unread > 0)
		write_log(journal, print_unread(journal, line));
	close_log(&journal->log);
	free(journal->batch);
	free(journal->errors.at);
	free(journal->err.rest);
}
