/* as-log - log, heartbeat, lock and watch of as-loop's pipe */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "log.h"

/* clang-format off */
static const struct as_option options[] = {
	{'C', "counts", "DUR", "log the counts so often (1h)"},
	{'e', "stderr", NULL, "write the lines to standard error, too"},
	{'L', "lock", "FILE", "hold a lock on FILE; 75 if it is taken"},
	{'l', "limit", "DUR", "event when no report came for so long (never)"},
	{'t', "ticks", NULL, "event at each heartbeat"},
	{'v', "verbose", NULL, "log details, too"},
	{'w', "watch", "FILE", "event when FILE changed; may be repeated"},
	{0, NULL, NULL, NULL}
};
/* clang-format on */

static const struct as_tool tool = {"as-log",
    "[-eqtv] [-C DUR] [-L FILE] [-l DUR] [-w FILE]...",
    "Logs the messages and reports of as-loop's pipe, and watches it.", options,
    NULL, AS_NEEDS_WRITING};

enum {
	REPORTS = 3,    /* descriptor from which reports are read */
	LOOK = 500,     /* ms between two checks of the watched files */
	LINGER = 10000, /* ms that as-log lives after the script, at most */
	FOREVER = 86400000
};

static struct as_stream messages = {.fd = STDIN_FILENO};
static struct as_stream reports = {.fd = REPORTS};
static struct as_journal journal;
static struct as_events events;
static struct as_watch watch;
static struct as_heart heart = {.journal = &journal, .events = &events};

static int64_t period = 3600000; /* ms between two lines of counts */
static const char *period_text = "1h";

/* Times of as_time_steady(): when the watched files were last checked, when the
 * counts were last logged, and when as-log saw that as-loop has ended (0: it has
 * not). */
static int64_t looked, counted, gone;

static const char *
file_name(const char *arg)
{
	if (arg[0] == '\0')
		as_option_refuse(arg, "is no name of a file");
	if (strpbrk(arg, "\n\r") != NULL)
		as_option_refuse(arg, "has a line break");
	return arg;
}

static void
parse_options(int *argc, char **argv[])
{
	const char *arg;
	int letter;

	while ((letter = as_option_next(argc, argv, &arg)) != 0)
		switch (letter) {
		case 'C':
			period = as_option_duration(arg, 1);
			period_text = arg;
			break;
		case 'e': journal.has_copy = true; break;
		case 'L': heart.lock.path = file_name(arg); break;
		case 'l': heart.limit = as_option_duration(arg, 1); break;
		case 't': heart.has_ticks = true; break;
		default: as_watch_add(&watch, file_name(arg));
		}
	if (*argc > 0)
		as_option_usage("too many operands");
}

/* Without -q and -v other tools print warnings and errors; the log gets INFO,
 * too. */
static enum as_level
level_of_log(void)
{
	int level = as_msg_level(AS_WARNING);

	if (level < AS_WARNING)
		return AS_ERROR;
	return level > AS_WARNING ? AS_DEBUG : AS_INFO;
}

static bool
can_read(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && (flags & O_ACCMODE) != O_WRONLY;
}

static void
take_message(const struct as_piece *line)
{
	struct as_message message;

	if (line->why == NULL && as_message_is_event(line->text)) {
		heart.heard = as_time_steady(); /* a new pipe needs time */
		as_events_send(&events, line->text);
		return;
	}
	message = as_message_parse(line->text);
	as_journal_add(&journal, &message);
}

static void
read_messages(void)
{
	struct as_piece piece;

	as_stream_read(&messages);
	while (as_stream_line(&messages, &piece))
		take_message(&piece);
}

static void
read_reports(void)
{
	struct as_piece piece;

	as_stream_read(&reports);
	while (as_stream_line(&reports, &piece))
		as_heart_line(&heart, &piece);
}

static void
look_at_files(int64_t now)
{
	const char *path;
	size_t i = 0;

	if (watch.n == 0 || now - looked < LOOK)
		return;
	looked = now;
	while ((path = as_watch_next(&watch, &i)) != NULL)
		as_events_name(&events, "changed", as_text(path));
}

static void
log_counts(int64_t now)
{
	char text[256];

	if (now - counted < period)
		return;
	counted = now;
	as_counts_print(&heart.counts, &journal, text, sizeof(text));
	as_journal_say(
	    &journal, AS_INFO, "%s in the last %s", text, period_text);
	as_counts_reset(&heart.counts, &journal);
}

static int64_t
sooner(int64_t wait, int64_t other)
{
	return other < wait ? other : wait;
}

/* Milliseconds until there is work to do even if no line comes */
static int
time_to_wait(int64_t now)
{
	int64_t wait = sooner(FOREVER, counted + period - now);

	if (watch.n > 0)
		wait = sooner(wait, looked + LOOK - now);
	if (heart.limit > 0)
		wait = sooner(wait, heart.heard + heart.limit - now);
	if (events.out.gone)
		wait = sooner(wait, gone + LINGER - now);
	return wait < 0 ? 0 : (int)wait;
}

static short
writes(const struct as_sink *sink)
{
	return sink->waits ? POLLOUT : 0;
}

/* Waits, and then reads both inputs before anything is written: so one write(2) is
 * enough for the lines of both. */
static void
wait_and_read(void)
{
	struct pollfd fds[] = {{.fd = messages.fd, .events = POLLIN},
	    {.fd = reports.ended ? -1 : reports.fd, .events = POLLIN},
	    {.fd = events.out.gone ? -1 : events.out.fd,
		.events = writes(&events.out)},
	    {.fd = journal.err.waits ? journal.err.fd : -1, .events = POLLOUT}};

	if (poll(fds, 4, time_to_wait(as_time_steady())) < 0)
		return;
	as_journal_stamp(&journal, as_time_now());
	if (fds[0].revents != 0)
		read_messages();
	if (fds[1].revents != 0)
		read_reports();
	if ((fds[2].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0)
		events.out.gone = true;
	if (fds[3].revents != 0)
		journal.err.waits = false;
}

static void
report_dropped(void)
{
	if (events.n_dropped == 0 || events.waiting.len > 0)
		return;
	as_journal_say(&journal, AS_ERROR,
	    "%lld events dropped: nothing read them",
	    (long long)events.n_dropped);
	events.n_dropped = 0;
}

static void
write_all(void)
{
	as_events_flush(&events);
	report_dropped();
	as_journal_flush(&journal);
	if (events.out.gone && gone == 0)
		gone = as_time_steady();
}

/* The stages of the pipe may live longer than the script.  So as-log logs their
 * messages and holds the lock until they have ended, too, or LINGER is over. */
static void
run(void)
{
	int64_t now = as_time_steady();

	heart.heard = looked = counted = now;
	while (!messages.ended && (!events.out.gone || now - gone < LINGER)) {
		wait_and_read();
		now = as_time_steady();
		look_at_files(now);
		as_heart_check(&heart, now);
		log_counts(now);
		write_all();
	}
	while (as_stream_ready(&reports))
		read_reports();
}

static int
finish(void)
{
	if (messages.error != 0)
		as_journal_say(
		    &journal, AS_ERROR, "stdin: %s", strerror(messages.error));
	write_all();
	as_journal_close(&journal);
	free(messages.buf);
	free(reports.buf);
	free(heart.report.pairs);
	free(events.waiting.at);
	free(events.out.rest);
	free(watch.files);
	return journal.has_lost || messages.error != 0 ||
		events.waiting.len > 0 ?
	    EX_IOERR :
	    0;
}

/* A signal to the whole process group, like that of Ctrl-C, ends the stages.
 * as-log has to log their last messages, so it must not end before them. */
static void
ignore_signals(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
}

int
main(int argc, char *argv[])
{
	const char *why;

	reports.ended = !can_read(REPORTS);
	as_option_start(&tool);
	parse_options(&argc, &argv);
	journal.most = level_of_log();
	if (heart.lock.path != NULL)
		as_lock_take(&heart.lock);
	ignore_signals();
	as_journal_open(&journal, "autoscaler.log");
	as_journal_stamp(&journal, as_time_now());
	as_sink_open(&events.out, STDOUT_FILENO);
	why = as_notify_open(&heart.notify);
	if (why != NULL)
		as_journal_say(&journal, AS_WARNING, "NOTIFY_SOCKET: %s", why);
	run();
	return finish();
}
