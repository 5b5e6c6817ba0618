/* feed.c - takes the samples of samples_command tick by tick.  A command that ends
 * gives one tick, and is started again at the next one.  A command that stays ends
 * each of its ticks with a mark, "# tick TIME". */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "fetch.h"

enum {
	OUTPUT_MAX = 16777216, /* bytes of one tick */
	STEADY = 60000, /* ms: no crash loop, if it was at work so long */
	PAUSE = 500,    /* ms before a second start, doubled each time */
	PAUSE_MAX = 60000
};

struct feed {
	struct as_rounds *rounds;
	struct as_fleet *fleet;
	struct as_group *group;
	struct as_command command;
	struct as_buf output; /* of the tick that has not ended yet */
	size_t scanned;       /* bytes of it that have no mark */
	bool stays;           /* it has printed a mark */
	bool fed;             /* it has done so since its last start */
	int64_t round, time;  /* the round and TIME of its start */
	int64_t started;      /* steady time of its start */
	int64_t deadline;     /* steady time at which it is ended */
	int64_t pause, again; /* after it ended too early: ms, steady time */
};

static int64_t
timeout(const struct feed *feed)
{
	return as_fleet_scope(feed->fleet, feed->group)
	    .settings->remote.timeout;
}

static void
fail(struct feed *feed, const char *why)
{
	const char *text = "failed";
	char detail[AS_DETAIL_MAX];

	if (strcmp(why, "timeout") == 0)
		text = feed->fed ? "is silent" : "did not end in time";
	else if (strcmp(why, "too-big") == 0)
		text = "has over 16 MiB of output";
	else if (strcmp(why, "ended") == 0)
		text = "did not end before we did";
	snprintf(detail, sizeof(detail), "samples_command: %s %s",
	    as_command_name(), text);
	as_ask_fail(&feed->group->ask, why,
	    strcmp(why, "too-big") == 0 ? EX_UNAVAILABLE : EX_TEMPFAIL, detail);
}

/* Prints the lines of a tick, which are those of the reply, or err=why if `why` is
 * not NULL.  An app without a count may need a request, so this waits for it. */
static bool
tell(struct feed *feed, int64_t round, int64_t time, const char *why)
{
	struct as_fleet *fleet = feed->fleet;
	struct as_ask *ask = &feed->group->ask;

	fleet->round = round;
	if (fleet->every > 0) {
		feed->group->round = as_mem_need(
		    calloc(1, sizeof(struct as_round)));
		*feed->group->round = (struct as_round){
		    .time = time, .n_pending = 1, .asked = true};
	}
	as_tick_begin(feed->group, time);
	ask->err = NULL;
	if (why != NULL)
		fail(feed, why);
	else
		ask->done(ask);
	while (as_wait_is_busy(fleet) && fleet->print())
		as_wait_for(fleet, -1, INT64_MAX);
	return fleet->print();
}

/* Makes the first len bytes of the output the reply, and drops the `mark` bytes
 * after them. */
static void
cut_reply(struct feed *feed, size_t len, size_t mark)
{
	struct as_buf *output = &feed->output;

	as_buf_add(&feed->group->ask.replies[0], output->at, len);
	output->len -= len + mark;
	if (output->len > 0)
		memmove(output->at, output->at + len + mark, output->len);
	feed->scanned = 0;
}

static bool
take_ticks(struct feed *feed)
{
	struct as_buf *output = &feed->output;
	struct as_text rest = {
	    output->at + feed->scanned, output->len - feed->scanned};
	struct as_text line;
	bool fraction;
	int64_t time;

	while (as_text_cut(&rest, '\n', &line)) {
		feed->scanned = (size_t)(rest.at - output->at);
		if (!as_line_mark(line, &time, &fraction))
			continue;
		cut_reply(feed, (size_t)(line.at - output->at), line.len + 1);
		rest = (struct as_text){output->at, output->len};
		feed->fed = feed->stays = true;
		feed->group->n_missed = 0;
		feed->deadline = as_time_steady() + feed->fleet->every +
		    timeout(feed);
		feed->fleet->fraction |= fraction;
		if (!tell(feed, time, time, NULL))
			return false;
	}
	return true;
}

/* The command has ended, or could not start.  If it is one that stays, it does not
 * start again at once if it ended soon. */
static void
back_off(struct feed *feed)
{
	int64_t now = as_time_steady();

	feed->output.len = feed->scanned = 0;
	if (!feed->stays)
		return;
	if (now - feed->started >= STEADY)
		feed->pause = 0;
	feed->again = now + feed->pause;
	feed->pause = 2 * feed->pause + PAUSE;
	if (feed->pause > PAUSE_MAX)
		feed->pause = PAUSE_MAX;
	as_msg(AS_WARNING, NULL, "samples_command: %s has ended",
	    as_command_name());
}

/* Ends the command, which has no more time, or too much output. */
static bool
give_up(struct feed *feed, const char *why)
{
	const struct as_grid *grid = &feed->rounds->grid;
	bool printed;

	as_command_stop(&feed->command);
	printed = feed->fed ? tell(feed, grid->time, grid->stamp, why) :
			      tell(feed, feed->round, feed->time, why);
	back_off(feed);
	return printed;
}

/* What it printed after its last mark is a tick, too, and so is all that it printed
 * if it printed no mark. */
static bool
take_end(struct feed *feed)
{
	bool has_rest = feed->output.len > 0, printed = true;
	const char *why = as_command_end(
	    &feed->command, has_rest, feed->deadline);

	if (has_rest || !feed->fed) {
		cut_reply(feed, feed->output.len, 0);
		printed = tell(feed, feed->round, feed->time, why);
	}
	back_off(feed);
	return printed;
}

static bool
read_some(struct feed *feed)
{
	char block[65536];
	ssize_t n = read(feed->command.fd, block, sizeof(block));

	if (n < 0)
		return errno == EINTR || give_up(feed, "command");
	if (n == 0)
		return take_end(feed);
	as_buf_add(&feed->output, block, (size_t)n);
	return take_ticks(feed) &&
	    (feed->output.len <= OUTPUT_MAX || give_up(feed, "too-big"));
}

/* Is called when a round begins.  Starts the command if it does not run. */
static bool
begin_round(struct feed *feed, int64_t time)
{
	int64_t round = feed->rounds->grid.time;

	if (feed->command.pid != 0) {
		feed->group->n_missed += feed->stays ? 0 : 1;
		return true;
	}
	feed->fleet->round = round;
	if (feed->rounds->ticks != 1 &&
	    as_past_has_all(feed->fleet, feed->group, time))
		return true;
	feed->started = as_time_steady();
	feed->round = round;
	feed->time = time;
	feed->fed = false;
	feed->deadline = feed->started + timeout(feed);
	if (feed->started < feed->again || !as_command_start(&feed->command))
		return tell(feed, round, time, "command");
	return true;
}

/* Waits for output, for the end of the leash, or until there is something to do. */
static bool
wait_and_read(struct feed *feed)
{
	struct as_rounds *rounds = feed->rounds;
	bool runs = feed->command.pid != 0;
	int64_t until = runs ? feed->deadline : INT64_MAX, left;
	struct pollfd fds[] = {
	    {.fd = runs ? feed->command.fd : -1, .events = POLLIN},
	    {.fd = rounds->on_leash ? STDIN_FILENO : -1, .events = POLLIN}};

	if (rounds->ticks != 1 && as_grid_wait(&rounds->grid) < until)
		until = as_grid_wait(&rounds->grid);
	left = until - as_time_steady();
	if (poll(fds, 2, left > 0 ? (int)left : 0) > 0) {
		if (fds[1].revents != 0 && !as_leash_is_held()) {
			rounds->on_leash = false;
			rounds->last = as_grid_end(&rounds->grid);
		}
		if (fds[0].revents != 0)
			return read_some(feed);
	}
	if (runs && as_time_steady() >= feed->deadline)
		return give_up(feed, "timeout");
	if (runs && as_time_steady() >= rounds->last)
		return give_up(feed, "ended");
	return true;
}

/* A command that stays has ticks of its own, so it does not miss ours. */
static void
next_round(struct feed *feed)
{
	int32_t missed = as_grid_next(
	    &feed->rounds->grid, as_time_steady(), as_time_now());

	if (feed->command.pid != 0 && !feed->stays)
		feed->group->n_missed += missed;
}

/* After the end of the leash only a command that has not given its tick goes on. */
static bool
goes_on(const struct feed *feed)
{
	const struct as_rounds *rounds = feed->rounds;

	if (rounds->ticks > 0 && feed->group->n_sent >= rounds->ticks)
		return false;
	return rounds->last == INT64_MAX ||
	    (feed->command.pid != 0 && !feed->fed);
}

bool
as_feed_run(struct as_rounds *rounds)
{
	struct feed feed = {.rounds = rounds,
	    .fleet = rounds->fleet,
	    .group = &rounds->fleet->groups[0]};
	bool printed = true;
	int64_t time;
	size_t i;

	as_rounds_start(rounds);
	while (printed && goes_on(&feed)) {
		if (rounds->last == INT64_MAX &&
		    as_grid_due(&rounds->grid, as_time_steady(), &i, &time))
			printed = begin_round(&feed, time);
		if (printed && goes_on(&feed))
			printed = wait_and_read(&feed);
		if (rounds->ticks != 1 &&
		    as_grid_is_over(&rounds->grid, as_time_steady()))
			next_round(&feed);
	}
	if (feed.command.pid != 0)
		as_command_stop(&feed.command);
	free(feed.output.at);
	return printed;
}
