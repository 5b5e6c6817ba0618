/* in.c - reads lines from files and stdin, many with each read(2) */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "as.h"

enum { BLOCK = 262144 }; /* bytes; room for 4 of the longest lines */

bool
as_in_open(struct as_in *in, const char *path, struct as_out *out)
{
	bool is_stdin = strcmp(path, "-") == 0;

	*in = (struct as_in){.name = path, .out = out};
	in->fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (in->fd < 0) {
		as_msg(AS_ERROR, NULL, "%s: %s", path, strerror(errno));
		in->code = EX_IOERR;
		return false;
	}
	in->buf = as_mem_need(malloc(BLOCK + AS_SLACK));
	return true;
}

void
as_in_close(struct as_in *in)
{
	if (in->fd > STDERR_FILENO)
		close(in->fd);
	in->fd = -1;
	free(in->buf);
	in->buf = NULL;
}

void
as_in_skip(struct as_in *in, struct as_text text, const char *why)
{
	enum { EXCERPT = 60 };
	int len = text.len < EXCERPT ? (int)text.len : EXCERPT;

	in->code = as_msg_worse(in->code, EX_DATAERR);
	if (!in->quiet)
		as_msg(AS_ERROR, NULL, "%s:%lu: %s: line skipped: \"%.*s%s\"",
		    in->name, in->number, why, len, text.at,
		    text.len > EXCERPT ? "..." : "");
}

static void
skip_long(struct as_in *in, struct as_text text)
{
	as_in_skip(in, text, "line is over 64 KiB");
}

/* Continues with a line that is too long, and whose beginning make_room() dropped.
 * Drops the rest of the line, and reports the line when its LF is found. */
static void
end_long_line(struct as_in *in)
{
	char *from = in->buf + in->start;
	char *lf = memchr(from, '\n', in->end - in->start);

	if (lf == NULL) {
		in->start = in->end;
		return;
	}
	in->skipping = false;
	in->number++;
	skip_long(in, (struct as_text){from, (size_t)(lf - from)});
	in->start = (size_t)(lf + 1 - in->buf);
}

static void
find_whole(struct as_in *in)
{
	in->whole = in->end;
	while (in->whole > in->start && in->buf[in->whole - 1] != '\n')
		in->whole--;
}

/* Makes room in buf for the next read(2).  If buf holds the beginning of a line,
 * and that is too long already, it is dropped. */
static void
make_room(struct as_in *in)
{
	if (in->end - in->start >= AS_LINE_MAX) {
		in->skipping = true;
		in->start = in->end;
	}
	memmove(in->buf, in->buf + in->start, in->end - in->start);
	in->end -= in->start;
	in->start = in->whole = 0;
}

/* Reads more bytes.  This is called when buf holds no whole line.  Returns false at
 * the end of the input, or if it cannot be read.  Flushes out first: another
 * process may wait for our output before it writes the input for which we wait
 * here. */
static bool
fill(struct as_in *in)
{
	ssize_t n;

	if (in->ended)
		return false;
	if (in->out != NULL)
		as_out_flush(in->out);
	make_room(in);
	do
		n = read(in->fd, in->buf + in->end, BLOCK - in->end);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		as_msg(
		    AS_ERROR, NULL, "%s: read: %s", in->name, strerror(errno));
		in->code = as_msg_worse(in->code, EX_IOERR);
	}
	in->ended = n <= 0;
	if (in->ended)
		return false;
	in->end += (size_t)n;
	if (in->skipping)
		end_long_line(in);
	find_whole(in);
	return true;
}

/* Skips the bytes after the last LF, and reports them.  They may be only the
 * beginning of a line: a writer that died in the middle of "web 10" leaves
 * "web 1". */
static void
refuse_incomplete(struct as_in *in)
{
	struct as_text text = {in->buf + in->start, in->end - in->start};

	in->start = in->whole = in->end;
	if (text.len == 0 && !in->skipping)
		return;
	in->number++;
	as_in_skip(in, text, "incomplete line (did its writer die?)");
}

/* Returns the next whole line, without its LF. */
static struct as_text
next_line(const struct as_in *in)
{
	char *from = in->buf + in->start;
	char *lf = memchr(from, '\n', in->whole - in->start);

	return (struct as_text){from, (size_t)(lf - from)};
}

/* Drops the next whole line if it is too long, blank or a comment, gives a comment
 * to in->pass, and returns false.  Returns true for any other line, which stays.
 * Not inline, because as_in_line would then save two registers more. */
static __attribute__((noinline)) bool
drop_no_text(struct as_in *in)
{
	struct as_text text = next_line(in);
	const char *p = as_skip_blanks(text.at);

	if (text.len < AS_LINE_MAX && (*p != '#' || in->comments) &&
	    *p != '\n' && !(p[0] == '\r' && p[1] == '\n'))
		return true;
	in->start += text.len + 1;
	in->number++;
	if (text.len >= AS_LINE_MAX)
		skip_long(in, text);
	else if (*p == '#' && in->pass != NULL)
		in->pass(in->to, text);
	return false;
}

/* Sets *text to the next whole line, without LF or CR LF, and moves past it.
 * Returns false if drop_no_text() has dropped that line. */
static bool
cut_line(struct as_in *in, struct as_text *text)
{
	if (!drop_no_text(in))
		return false;
	*text = next_line(in);
	in->start += text->len + 1;
	in->number++;
	if (text->at[text->len - 1] == '\r')
		text->len--;
	return true;
}

void
as_in_copy(void *out, struct as_text comment)
{
	char *p = as_out_room(out, comment.len + 1);

	as_out_end(out, as_put(p, comment.at, comment.len + 1));
}

bool
as_in_text(struct as_in *in, struct as_text *text)
{
	do {
		while (in->start < in->whole) {
			if (cut_line(in, text))
				return true;
		}
	} while (fill(in));
	refuse_incomplete(in);
	return false;
}

/* Parses a line where it stands in buf, without a search for its LF, because that
 * is fastest.  A line that does not parse may be a comment, or too long: only such
 * a line is read again, by cut_line(). */
bool
as_in_line(struct as_in *in, struct as_line *line)
{
	struct as_text text;
	const char *why;

	do {
		while (in->start < in->whole) {
			const char *from = in->buf + in->start;

			why = as_line_parse(line, from);
			if (why == NULL && line->end - from < AS_LINE_MAX) {
				in->start = (size_t)(line->end + 1 - in->buf);
				in->number++;
				return true;
			}
			if (cut_line(in, &text))
				as_in_skip(in, text, why);
		}
	} while (fill(in));
	refuse_incomplete(in);
	return false;
}

/* Blank lines, comments and half a line do not count as a line here.  If they did,
 * the tool would call as_in_line, which would wait for the next line, while the
 * tool has other work to do. */
bool
as_in_ready(struct as_in *in)
{
	struct pollfd pfd = {.fd = in->fd, .events = POLLIN};

	do {
		while (in->start < in->whole)
			if (drop_no_text(in))
				return true;
		if (!in->ended && poll(&pfd, 1, 0) == 0)
			return false;
	} while (fill(in));
	return true;
}
