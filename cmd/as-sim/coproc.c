/* coproc.c - runs a program, and talks to it by two pipes, line by line */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim.h"

extern char **environ;

enum { SIZE = 4 * AS_LINE_MAX };

static const char *
failed(struct as_coproc *coproc, const char *what, int error)
{
	snprintf(
	    coproc->why, sizeof(coproc->why), "%s: %s", what, strerror(error));
	return coproc->why;
}

static bool
make_pipe(int fd[2])
{
	return pipe(fd) == 0 && fcntl(fd[0], F_SETFD, FD_CLOEXEC) == 0 &&
	    fcntl(fd[1], F_SETFD, FD_CLOEXEC) == 0;
}

static volatile sig_atomic_t sending;

/* The kernel sends SIGPIPE when as-sim writes to a pipe that nobody reads.  If that
 * is the pipe to a program which has ended, as-sim must live on to report this.  If
 * it is stdout, SIGPIPE ends as-sim, as it ends any filter. */
static void
on_sigpipe(int signal)
{
	struct sigaction action = {.sa_handler = SIG_DFL};

	if (sending)
		return;
	sigaction(signal, &action, NULL);
	raise(signal);
}

static void
catch_sigpipe(void)
{
	struct sigaction action = {.sa_handler = on_sigpipe}, was;

	if (sigaction(SIGPIPE, NULL, &was) == 0 && was.sa_handler == SIG_DFL)
		sigaction(SIGPIPE, &action, NULL);
}

const char *
as_coproc_start(struct as_coproc *coproc)
{
	posix_spawn_file_actions_t actions;
	int to[2], from[2], error;

	catch_sigpipe();
	if (!make_pipe(to) || !make_pipe(from))
		return failed(coproc, "pipe", errno);
	error = posix_spawn_file_actions_init(&actions);
	if (error == 0)
		error = posix_spawn_file_actions_adddup2(
		    &actions, to[0], STDIN_FILENO);
	if (error == 0)
		error = posix_spawn_file_actions_adddup2(
		    &actions, from[1], STDOUT_FILENO);
	if (error == 0)
		error = posix_spawnp(&coproc->pid, coproc->argv[0], &actions,
		    NULL, coproc->argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(to[0]);
	close(from[1]);
	coproc->to = to[1];
	coproc->from = from[0];
	coproc->buf = as_mem_need(malloc(SIZE + AS_SLACK));
	return error == 0 ? NULL : failed(coproc, "cannot be run", error);
}

const char *
as_coproc_fork(struct as_coproc *coproc, bool *is_copy)
{
	int from[2];

	*is_copy = false;
	if (!make_pipe(from))
		return failed(coproc, "pipe", errno);
	coproc->pid = fork();
	if (coproc->pid < 0)
		return failed(coproc, "fork", errno);
	*is_copy = coproc->pid == 0;
	if (*is_copy && dup2(from[1], STDOUT_FILENO) < 0)
		return failed(coproc, "dup2", errno);
	close(from[1]);
	coproc->to = -1;
	coproc->from = from[0];
	coproc->buf = as_mem_need(malloc(SIZE + AS_SLACK));
	return NULL;
}

/* A write that fails with EPIPE is no error here: it means that the program has
 * ended, and as_coproc_line will report that with its exit status. */
const char *
as_coproc_send(struct as_coproc *coproc, const char *bytes, size_t len)
{
	ssize_t n = 0;

	sending = 1;
	while (len > 0 && (n >= 0 || errno == EINTR)) {
		n = write(coproc->to, bytes, len);
		bytes += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	sending = 0;
	return n >= 0 || errno == EPIPE ? NULL : failed(coproc, "write", errno);
}

static void
tell_end(struct as_coproc *coproc, const char *what)
{
	if (WIFSIGNALED(coproc->status))
		snprintf(coproc->why, sizeof(coproc->why), "%s by signal %d",
		    what, WTERMSIG(coproc->status));
	else
		snprintf(coproc->why, sizeof(coproc->why),
		    "%s with exit status %d", what,
		    WEXITSTATUS(coproc->status));
}

/* Waits until the program ends.  If it still runs after coproc->wait ms, sends it
 * SIGTERM and returns false. */
static bool
wait_for_end(struct as_coproc *coproc)
{
	int64_t until = as_time_steady() + coproc->wait;
	struct pollfd none = {.fd = -1};

	while (waitpid(coproc->pid, &coproc->status, WNOHANG) == 0) {
		if (as_time_steady() >= until) {
			kill(coproc->pid, SIGTERM);
			return false;
		}
		poll(&none, 1, 1);
	}
	coproc->pid = 0;
	return true;
}

static const char *
ended_early(struct as_coproc *coproc)
{
	close(coproc->to);
	if (!wait_for_end(coproc))
		return "closed its standard output before the load ended";
	tell_end(coproc, "ended before the load did,");
	return coproc->why;
}

static const char *
late(struct as_coproc *coproc)
{
	snprintf(coproc->why, sizeof(coproc->why),
	    "no answer within %g s (does it hold lines back?)",
	    (double)coproc->wait / 1000);
	kill(coproc->pid, SIGTERM);
	return coproc->why;
}

static ssize_t
receive(struct as_coproc *coproc)
{
	ssize_t n;

	do
		n = read(coproc->from, coproc->buf + coproc->end,
		    SIZE - coproc->end);
	while (n < 0 && errno == EINTR);
	return n;
}

/* Waits for more bytes from the program, and adds them to buf.  If buf has little
 * room, first moves the bytes that are not used yet to its front.  Returns why no
 * bytes came, or NULL. */
static const char *
fill(struct as_coproc *coproc)
{
	struct pollfd pfd = {.fd = coproc->from, .events = POLLIN};
	ssize_t n;
	int ready;

	if (coproc->end - coproc->start >= AS_LINE_MAX)
		return "answered with a line over 64 KiB";
	if (SIZE - coproc->end < AS_LINE_MAX || coproc->start == coproc->end) {
		memmove(coproc->buf, coproc->buf + coproc->start,
		    coproc->end - coproc->start);
		coproc->end -= coproc->start;
		coproc->start = 0;
	}
	do
		ready = poll(&pfd, 1, (int)coproc->wait);
	while (ready < 0 && errno == EINTR);
	if (ready == 0)
		return late(coproc);
	if ((n = receive(coproc)) < 0)
		return failed(coproc, "read", errno);
	coproc->end += (size_t)n;
	return n > 0 ? NULL : ended_early(coproc);
}

static bool
says_something(const char *p)
{
	while (*p == ' ' || *p == '\t' || *p == '\r')
		p++;
	return *p != '#' && *p != '\n';
}

const char *
as_coproc_line(struct as_coproc *coproc, const char **text)
{
	const char *lf, *why;

	do {
		while ((lf = memchr(coproc->buf + coproc->start, '\n',
			    coproc->end - coproc->start)) == NULL)
			if ((why = fill(coproc)) != NULL)
				return why;
		*text = coproc->buf + coproc->start;
		coproc->start = (size_t)(lf + 1 - coproc->buf);
	} while (!says_something(*text));
	return NULL;
}

const char *
as_coproc_end(struct as_coproc *coproc)
{
	close(coproc->to);
	if (!wait_for_end(coproc))
		return "goes on after the end of its input";
	if (coproc->start == coproc->end)
		coproc->start = coproc->end = 0;
	if (coproc->end > 0 || receive(coproc) != 0)
		return "answered more lines than there were samples";
	tell_end(coproc, "ended");
	return coproc->status == 0 ? NULL : coproc->why;
}
