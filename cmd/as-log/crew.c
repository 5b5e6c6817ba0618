/* crew.c - knows which stages (the processes of the pipe) are at work: finds the
 * one that hangs, and ends those that do not end by themselves */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "log.h"

enum { GRACE = 1000 /* ms from SIGTERM to SIGKILL */ };

void
as_crew_add(struct as_crew *crew, const struct as_command *command)
{
	struct as_hand *hand;

	if (crew->n == AS_CREW_MAX)
		return;
	hand = &crew->hands[crew->n++];
	*hand = (struct as_hand){
	    .generation = command->generation, .pid = command->number};
	snprintf(hand->name, sizeof(hand->name), "%.*s", (int)command->rest.len,
	    command->rest.at);
	crew->newest = command->generation;
}

void
as_crew_remove(struct as_crew *crew, const struct as_command *command)
{
	size_t i = 0;

	while (i < crew->n &&
	    (crew->hands[i].generation != command->generation ||
		!as_text_is(command->rest, as_text(crew->hands[i].name))))
		i++;
	if (i < crew->n)
		crew->hands[i] = crew->hands[--crew->n];
	if (crew->n == 0)
		crew->end_at = crew->kill_at = 0;
}

/* Returns the process that started pid, which is field 4 of /proc/PID/stat.
 * Returns 0 if that is not known. */
static int32_t
parent_of(int32_t pid)
{
	char path[40], text[512], *p;
	struct as_text field = {NULL, 0}, rest;
	int32_t parent = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : 0;
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	p = strrchr(text, ')'); /* the name before it may have blanks */
	rest = as_text(p != NULL ? p : "");
	for (int i = 0; i < 3; i++)
		if (!as_text_cut(&rest, ' ', &field))
			return 0;
	return as_num_count(field, &parent) ? parent : 0;
}

/* Returns whether bytes wait on the standard input of a stage.  `parent` is the
 * shell that started the stage, and has the same standard input.  The shell is
 * asked because a stage may hide its own descriptors (see as_privilege_hide). */
static bool
has_input(int32_t parent)
{
	char path[40];
	int fd, n = 0;

	snprintf(path, sizeof(path), "/proc/%d/fd/0", (int)parent);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (ioctl(fd, FIONREAD, &n) != 0)
		n = 0;
	close(fd);
	return n > 0;
}

/* Returns the stage of this generation that hangs.  This is the last one in the
 * pipe that does not read its input.  If all have read theirs, it is the first
 * one, which gives the others nothing.  The shell starts the stages in their
 * order, so a later stage has a parent with a greater process number.  Returns
 * NULL if no stage is found. */
static const struct as_hand *
find_hanging(const struct as_crew *crew, int32_t generation)
{
	const struct as_hand *first = NULL, *behind = NULL;
	int32_t least = 0, most = 0;

	for (size_t i = 0; i < crew->n; i++) {
		const struct as_hand *hand = &crew->hands[i];
		int32_t parent = parent_of(hand->pid);

		if (hand->generation != generation || parent == 0)
			continue;
		if (first == NULL || parent < least) {
			first = hand;
			least = parent;
		}
		if (parent > most && has_input(parent)) {
			behind = hand;
			most = parent;
		}
	}
	return behind != NULL ? behind : first;
}

/* Sends a signal to a stage, but only if it is in our process group, as all stages
 * are: the process number came from a script, so it may be wrong, or belong to
 * another process by now. */
static void
send_signal(const struct as_hand *hand, int number)
{
	if (hand->pid > 1 && getpgid(hand->pid) == getpgrp())
		kill(hand->pid, number);
}

static void
send_all(const struct as_crew *crew, int number)
{
	for (size_t i = 0; i < crew->n; i++) {
		const struct as_hand *hand = &crew->hands[i];

		if (hand->generation <= crew->ending &&
		    (crew->ending_pid == 0 || hand->pid == crew->ending_pid))
			send_signal(hand, number);
	}
}

/* Sends SIGTERM to the process pid, or to all stages up to this generation if pid
 * is 0; SIGKILL follows after GRACE.  SIGCONT is sent, too, because a stopped
 * process handles SIGTERM only when it goes on. */
static void
begin_end(struct as_crew *crew, int32_t generation, int32_t pid, int64_t now)
{
	crew->ending = generation;
	crew->ending_pid = pid;
	crew->kill_at = now + GRACE;
	send_all(crew, SIGTERM);
	send_all(crew, SIGCONT);
}

static void
report(struct as_journal *journal, const struct as_hand *hand, const char *what,
    int64_t ms)
{
	as_journal_say(journal, AS_ERROR,
	    "%s hangs: %s for %lld s, it is ended",
	    hand != NULL ? hand->name : "a stage", what, (long long)ms / 1000);
}

void
as_crew_stop(
    struct as_crew *crew, struct as_journal *journal, int64_t now, int64_t ms)
{
	const struct as_hand *hand = find_hanging(crew, crew->newest);

	report(journal, hand, "no report", ms);
	begin_end(crew, crew->newest, hand != NULL ? hand->pid : 0, now);
}

void
as_crew_end(struct as_crew *crew, int32_t generation, int64_t now, int64_t ms)
{
	bool found = false;

	for (size_t i = 0; i < crew->n; i++)
		found = found || crew->hands[i].generation == generation;
	if (!found)
		return;
	crew->old = generation;
	crew->end_ms = ms;
	crew->end_at = now + ms;
}

/* Returns whether stages of this generation, or of older ones, are at work. */
static bool
has_up_to(const struct as_crew *crew, int32_t generation)
{
	for (size_t i = 0; i < crew->n; i++)
		if (crew->hands[i].generation <= generation)
			return true;
	return false;
}

void
as_crew_check(struct as_crew *crew, struct as_journal *journal, int64_t now)
{
	if (crew->kill_at != 0 && now >= crew->kill_at) {
		send_all(crew, SIGKILL);
		crew->kill_at = 0;
	}
	if (crew->end_at == 0 || now < crew->end_at)
		return;
	crew->end_at = 0;
	if (!has_up_to(crew, crew->old))
		return;
	report(journal, find_hanging(crew, crew->old), "it did not end",
	    crew->end_ms);
	begin_end(crew, crew->old, 0, now);
}
