/* stream.c - reads lines from a descriptor without waiting until a line is
 * complete */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "log.h"

enum {
	BLOCK = 4 * AS_LINE_MAX,
	/* the log puts TIME, LEVEL and TOOL before it */
	CUT = AS_LINE_MAX - 256
};

void
as_stream_open(struct as_stream *stream)
{
	int flags = fcntl(stream->fd, F_GETFL);

	stream->ended = flags < 0 || (flags & O_ACCMODE) == O_WRONLY;
}

void
as_stream_read(struct as_stream *stream)
{
	size_t len = stream->end - stream->start;
	ssize_t n;

	if (stream->buf == NULL)
		stream->buf = as_mem_need(malloc(BLOCK + AS_SLACK));
	memmove(stream->buf, stream->buf + stream->start, len);
	stream->start = 0;
	stream->end = len;
	do
		n = read(stream->fd, stream->buf + len, BLOCK - len);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return;
	stream->error = n < 0 ? errno : 0;
	stream->ended = n <= 0;
	stream->end += n > 0 ? (size_t)n : 0;
}

static void
take(struct as_stream *stream, size_t len, struct as_piece *piece)
{
	piece->text = (struct as_text){stream->buf + stream->start, len};
	stream->start += len;
}

/* Handles bytes without an LF.  They are a part of a line that is too long, or the
 * last line of the input, or the beginning of a line whose rest is yet to come.
 * In the last case, or if they belong to a line that was cut, returns false. */
static bool
take_part(struct as_stream *stream, struct as_piece *piece)
{
	size_t len = stream->end - stream->start;

	if (stream->skipping) {
		stream->start = stream->end;
		return false;
	}
	if (len > CUT) {
		take(stream, CUT, piece);
		piece->why = "line is over 64 KiB";
		stream->skipping = true;
		stream->start = stream->end;
		return true;
	}
	if (len == 0 || !stream->ended)
		return false;
	take(stream, len, piece);
	piece->why = "incomplete line";
	return true;
}

bool
as_stream_line(struct as_stream *stream, struct as_piece *piece)
{
	while (stream->start < stream->end) {
		char *from = stream->buf + stream->start;
		char *lf = memchr(from, '\n', stream->end - stream->start);
		size_t len;

		if (lf == NULL)
			return take_part(stream, piece);
		len = (size_t)(lf - from);
		take(stream, len, piece);
		stream->start++;
		piece->why = NULL;
		if (stream->skipping) {
			stream->skipping = false;
			continue;
		}
		if (len > CUT) {
			piece->text.len = CUT;
			piece->why = "line is over 64 KiB";
		}
		return true;
	}
	return false;
}

bool
as_stream_ready(const struct as_stream *stream)
{
	struct pollfd pfd = {.fd = stream->fd, .events = POLLIN};

	return !stream->ended && poll(&pfd, 1, 0) > 0;
}
