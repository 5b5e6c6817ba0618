/* fence.c - runs filters in a locked process, which has no files, no network,
 * little memory and little time: strangers wrote the filter and the reply */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter.h"

enum { MESSAGE_MAX = 1073741824 };

void
as_fence_put(struct as_buf *message, struct as_text part)
{
	uint32_t len = (uint32_t)part.len;

	as_buf_add(message, (char *)&len, sizeof(len));
	as_buf_add(message, part.at, part.len);
}

bool
as_fence_get(struct as_text *message, struct as_text *part)
{
	uint32_t len;

	if (message->len < sizeof(len))
		return false;
	memcpy(&len, message->at, sizeof(len));
	if (message->len - sizeof(len) < len)
		return false;
	*part = (struct as_text){message->at + sizeof(len), len};
	message->at += sizeof(len) + len;
	message->len -= sizeof(len) + len;
	return true;
}

/* Waits for fd until the steady time until; 0: for ever. */
static bool
wait_for(const struct as_fence *fence, int fd, short events, int64_t until)
{
	struct pollfd pfd = {.fd = fd, .events = events};
	int n = 0;

	if (until == 0)
		return true;
	if (events == POLLIN && fence->wait != NULL)
		return fence->wait(fence->at, fd, until);
	do {
		int64_t left = until - as_time_steady();

		n = poll(&pfd, 1, left > 0 ? (int)left : 0);
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

/* One message that is read from a pipe, or written to it */
struct passage {
	const struct as_fence *fence; /* NULL: this is the locked process */
	int fd;
	bool out;      /* it is written */
	int64_t until; /* steady; 0: for ever */
	bool late;     /* that time was over before the end */
};

static bool
pass(struct passage *way, char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n;

		if (!wait_for(way->fence, way->fd, way->out ? POLLOUT : POLLIN,
			way->until)) {
			way->late = true;
			return false;
		}
		n = way->out ? write(way->fd, bytes, len) :
			       read(way->fd, bytes, len);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

static bool
receive(struct passage *way, struct as_buf *message)
{
	uint32_t len;

	if (!pass(way, (char *)&len, sizeof(len)) || len > MESSAGE_MAX)
		return false;
	message->len = 0;
	while (message->room <= len)
		message->at = as_mem_grow(
		    message->at, &message->room, sizeof(char));
	message->len = len;
	message->at[len] = '\0';
	return pass(way, message->at, len);
}

static bool
send(struct passage *way, const struct as_buf *message)
{
	uint32_t len = (uint32_t)message->len;

	return pass(way, (char *)&len, sizeof(len)) &&
	    pass(way, message->at, message->len);
}

bool
as_fence_read(int fd, struct as_buf *message)
{
	struct passage way = {.fd = fd};

	return receive(&way, message);
}

bool
as_fence_write(int fd, const struct as_buf *message)
{
	struct passage way = {.fd = fd, .out = true};

	return send(&way, message);
}

static void
close_both(const int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

/* Returns the new process, 0 in that process itself, or -1. */
static pid_t
divide(int to[2], int from[2])
{
	pid_t pid;

	if (pipe(to) != 0)
		return -1;
	if (pipe(from) != 0) {
		close_both(to);
		return -1;
	}
	if ((pid = fork()) < 0) {
		close_both(to);
		close_both(from);
	}
	return pid;
}

bool
as_fence_start(struct as_fence *fence)
{
	int to[2], from[2];
	pid_t pid = divide(to, from);

	if (pid < 0)
		return false;
	if (pid == 0) {
		signal(SIGINT, SIG_IGN);
		signal(SIGTERM, SIG_IGN);
		as_limits_enter(to[0], from[1]);
		fence->serve(to[0], from[1]);
		_exit(0);
	}
	close(to[0]);
	close(from[1]);
	fcntl(to[1], F_SETFD, FD_CLOEXEC);
	fcntl(from[0], F_SETFD, FD_CLOEXEC);
	fcntl(to[1], F_SETFL, O_NONBLOCK);
	fence->to = to[1];
	fence->from = from[0];
	fence->pid = pid;
	return true;
}

void
as_fence_end(struct as_fence *fence)
{
	if (fence->pid == 0)
		return;
	close(fence->to);
	close(fence->from);
	kill(fence->pid, SIGKILL);
	while (waitpid(fence->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	fence->pid = 0;
}

/* Ends the process if it did not take or give the whole message. */
static enum as_fenced
judge(struct as_fence *fence, const struct passage *way, bool whole)
{
	if (whole)
		return AS_FENCED;
	as_fence_end(fence);
	return way->late ? AS_FENCE_SLOW : AS_FENCE_DIED;
}

enum as_fenced
as_fence_send(
    struct as_fence *fence, const struct as_buf *message, int64_t until)
{
	struct passage way = {
	    .fence = fence, .fd = fence->to, .out = true, .until = until};
	void (*pipe_signal)(int) = signal(SIGPIPE, SIG_IGN);
	bool sent = send(&way, message);

	signal(SIGPIPE, pipe_signal);
	return judge(fence, &way, sent);
}

bool
as_fence_await(const struct as_fence *fence, int64_t until)
{
	return wait_for(fence, fence->from, POLLIN, until);
}

enum as_fenced
as_fence_receive(struct as_fence *fence, struct as_buf *answer, int64_t until)
{
	struct passage way = {
	    .fence = fence, .fd = fence->from, .until = until};

	return judge(fence, &way, receive(&way, answer));
}

enum as_fenced
as_fence_ask(struct as_fence *fence, const struct as_buf *message,
    struct as_buf *answer, int64_t until)
{
	enum as_fenced how = as_fence_send(fence, message, until);

	return how == AS_FENCED ? as_fence_receive(fence, answer, until) : how;
}
