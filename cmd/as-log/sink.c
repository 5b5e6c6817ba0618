/* sink.c - writes lines to a descriptor without waiting for a slow reader */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

/* Opens what fd refers to once more, for writes that do not wait.  Returns the new
 * descriptor, or -1.  O_NONBLOCK on fd itself would also hold for the other
 * processes that share it, and their writes would fail. */
static int
open_again(int fd)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

void
as_sink_open(struct as_sink *sink, int fd)
{
	struct stat st;
	int own;

	*sink = (struct as_sink){.fd = fd};
	if (fstat(fd, &st) != 0 || S_ISREG(st.st_mode))
		return;
	sink->is_socket = S_ISSOCK(st.st_mode);
	if (sink->is_socket)
		return;
	if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY)
		/* fd was closed when as-log began, and as_option_start put
		 * /dev/null there */
		return;
	own = open_again(fd);
	sink->is_polled = own < 0;
	if (own >= 0)
		sink->fd = own;
}

/* Writes only if poll(2) says that fd can be written, and then at most PIPE_BUF
 * bytes: a pipe has room for so many, so the write does not wait. */
static ssize_t
write_asking(int fd, const char *at, size_t len)
{
	struct pollfd pfd = {.fd = fd, .events = POLLOUT};

	if (poll(&pfd, 1, 0) <= 0) {
		errno = EAGAIN;
		return -1;
	}
	return write(fd, at, len < PIPE_BUF ? len : PIPE_BUF);
}

static ssize_t
write_once(const struct as_sink *sink, const char *at, size_t len)
{
	if (sink->is_socket)
		return send(sink->fd, at, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sink->is_polled)
		return write_asking(sink->fd, at, len);
	return write(sink->fd, at, len);
}

/* Notes after a failed write whether to write again.  A slow reader may read
 * later, and a full disk may have room later.  After any other error nothing more
 * is written. */
static void
note_error(struct as_sink *sink)
{
	sink->waits = errno == EAGAIN || errno == EWOULDBLOCK;
	sink->gone = !sink->waits && errno != ENOSPC && errno != EDQUOT &&
	    errno != EFBIG;
}

static size_t
write_some(struct as_sink *sink, const char *at, size_t len)
{
	size_t done = 0;

	sink->waits = false;
	while (done < len && !sink->gone && !sink->waits) {
		ssize_t n = write_once(sink, at + done, len - done);

		if (n >= 0) {
			done += (size_t)n;
		} else if (errno != EINTR) {
			note_error(sink);
			break;
		}
	}
	return done;
}

static bool
write_rest(struct as_sink *sink)
{
	size_t n = write_some(sink, sink->rest, sink->n_rest);

	sink->n_rest -= n;
	if (sink->n_rest > 0)
		memmove(sink->rest, sink->rest + n, sink->n_rest);
	return sink->n_rest == 0;
}

static void
keep_rest(struct as_sink *sink, const char *at, size_t len)
{
	if (sink->rest == NULL)
		sink->rest = as_mem_need(malloc(AS_LINE_MAX));
	memcpy(sink->rest, at, len);
	sink->n_rest = len;
}

size_t
as_sink_write(struct as_sink *sink, struct as_text lines)
{
	const char *lf;
	size_t n;

	if (sink->gone || !write_rest(sink))
		return 0;
	n = write_some(sink, lines.at, lines.len);
	if (n == 0 || n == lines.len || lines.at[n - 1] == '\n')
		return n;
	lf = memchr(lines.at + n, '\n', lines.len - n);
	keep_rest(sink, lines.at + n, (size_t)(lf + 1 - lines.at) - n);
	return (size_t)(lf + 1 - lines.at);
}
