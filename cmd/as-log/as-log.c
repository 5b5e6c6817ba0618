/* as-log - keeps the log of as-loop and holds its lock; watches its pipe and its
 * files */
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
	REPORTS = 3, /* descriptor from which reports are read */
	/* LINGER is how many ms the stages have to end after as-loop has ended, if
	 * there is no -l.  LAST_WORDS is how many ms as-log then still waits for
	 * their last messages. */
	LINGER = 10000,
	LAST_WORDS = 3000,
	FOREVER = 86400000
};

static const char log_path[] = "autoscaler.log";
static struct as_stream messages = {.fd = STDIN_FILENO};
static struct as_stream reports = {.fd = REPORTS};
static struct as_journal journal;
static struct as_events events;
static struct as_watch watch;
static struct as_crew crew;
static struct as_heart heart = {.journal = &journal,
    .events = &events,
    .crew = &crew,
    .watch = &watch,
    .counts = {.period = 3600000, .period_text = "1h"}};

/* Steady time at which as-log saw that as-loop has ended; 0 if it has not */
static int64_t gone;

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
			heart.counts.period = as_option_duration(arg, 1);
			heart.counts.period_text = arg;
			break;
		case 'e': journal.has_copy = true; break;
		case 'L': heart.lock.path = file_name(arg); break;
		case 'l': heart.limit = as_option_duration(arg, 1); break;
		case 't': heart.has_ticks = true; break;
		default: as_watch_add(&watch, as_text(file_name(arg)), true);
		}
	if (*argc > 0)
		as_option_usage("too many operands");
}

static void
take_message(const struct as_piece *line)
{
	struct as_command command;
	struct as_message message;

	if (line->why == NULL && as_command_parse(line->text, &command)) {
		as_obey_command(&heart, &command, line->text);
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

static int64_t
linger(void)
{
	return heart.limit > 0 ? heart.limit : LINGER;
}

/* Returns the steady time at which as-log ends even if stages can still send
 * messages.  Only valid after as-loop has ended. */
static int64_t
deadline(void)
{
	return gone + linger() + LAST_WORDS;
}

/* Returns the milliseconds until there is work to do even if no line comes. */
static int
time_to_wait(int64_t now)
{
	const int64_t due[] = {heart.counts.due, as_watch_due(&watch),
	    heart.limit > 0 ? heart.heard + heart.limit : 0, events.wake_at,
	    crew.end_at, crew.kill_at, events.out.gone ? deadline() : 0};
	int64_t first = now + FOREVER;

	for (size_t i = 0; i < sizeof(due) / sizeof(due[0]); i++)
		if (due[i] != 0 && due[i] < first)
			first = due[i];
	return first > now ? (int)(first - now) : 0;
}

/* Waits for input, but not longer than until there is other work.  Then reads both
 * inputs before anything is written, so that one write(2) is enough for the lines
 * of both. */
static void
wait_and_read(void)
{
	struct pollfd fds[] = {{.fd = messages.fd, .events = POLLIN},
	    {.fd = reports.ended ? -1 : reports.fd, .events = POLLIN},
	    {.fd = events.out.gone ? -1 : events.out.fd,
		.events = events.out.waits ? POLLOUT : 0},
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
write_all(void)
{
	as_events_flush(&events);
	as_events_report(&events, &journal);
	as_journal_flush(&journal);
	if (!events.out.gone || gone != 0)
		return;
	gone = as_time_steady();
	as_crew_end(&crew, crew.newest, gone, linger());
}

/* The main loop.  The stages of the pipe may live longer than as-loop.  So
 * as-log goes on until they have ended, too: it logs their messages and holds
 * the lock. */
static void
run(void)
{
	int64_t now = as_time_steady();

	heart.heard = watch.looked = now;
	heart.counts.due = now + heart.counts.period;
	write_all();
	while (!messages.ended && (gone == 0 || now < deadline())) {
		wait_and_read();
		now = as_time_steady();
		as_watch_check(&watch, &events, now);
		if (gone == 0)
			as_heart_check(&heart, now);
		as_crew_check(&crew, &journal, now);
		as_events_check(&events, now);
		as_counts_check(&heart.counts, &journal, now);
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
	as_watch_free(&watch);
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

	as_stream_open(&reports);
	as_option_start(&tool);
	parse_options(&argc, &argv);
	if (heart.lock.path != NULL) {
		heart.lock.refuses_links = true;
		as_lock_take(&heart.lock);
		/* When the log is closed, a lock on its file would be lost. */
		if (as_open_names(log_path, heart.lock.fd))
			as_option_usage("-L/--lock: %s is the log", log_path);
		as_events_send(&events, as_text("locked"));
	}
	ignore_signals();
	as_journal_open(&journal, log_path);
	as_journal_stamp(&journal, as_time_now());
	as_sink_open(&events.out, STDOUT_FILENO);
	why = as_notify_open(&heart.notify);
	if (why != NULL)
		as_journal_say(&journal, AS_WARNING, "NOTIFY_SOCKET: %s", why);
	run();
	return finish();
}
