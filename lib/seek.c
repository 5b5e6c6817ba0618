/* seek.c - finds the first line of a time in a long log, without reading the whole log */
#include <sys/stat.h>
#include <unistd.h>

#include "as.h"

/* The place after the next LF from offset on, with what follows it in buf.  -1:
 * there is no LF within 128 KiB. */
static off_t
next_line(int fd, off_t offset, char *buf, size_t *len)
{
	ssize_t n = pread(fd, buf, 2 * AS_LINE_MAX, offset);
	char *lf = n > 0 ? memchr(buf, '\n', (size_t)n) : NULL;

	if (lf == NULL)
		return -1;
	*len = (size_t)(buf + n - lf - 1);
	memmove(buf, lf + 1, *len);
	return offset + (lf + 1 - buf);
}

/* Whether the first whole line after offset is older than time.  False also if that
 * line cannot be read: then more of the log is read than needed, but nothing is
 * missed. */
static bool
is_before(int fd, off_t offset, int64_t time, char *buf)
{
	struct as_line line = {0};
	size_t len;
	bool before = false;

	if (next_line(fd, offset, buf, &len) < 0 ||
	    memchr(buf, '\n', len) == NULL)
		return false;
	if (as_line_parse(&line, buf) == NULL)
		before = line.time < time;
	free(line.pairs);
	return before;
}

void
as_seek_time(struct as_in *in, int64_t time)
{
	struct stat st;
	off_t low = 0, high, start;
	char *buf;
	size_t len;

	if (fstat(in->fd, &st) != 0 || !S_ISREG(st.st_mode))
		return;
	buf = as_mem_need(malloc(2 * AS_LINE_MAX + AS_SLACK));
	for (high = st.st_size; high - low > AS_LINE_MAX;) {
		off_t middle = low + (high - low) / 2;

		if (is_before(in->fd, middle, time, buf))
			low = middle;
		else
			high = middle;
	}
	start = low > 0 ? next_line(in->fd, low, buf, &len) : 0;
	if (start > 0)
		lseek(in->fd, start, SEEK_SET);
	free(buf);
}
