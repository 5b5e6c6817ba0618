/* log.c - files that lines are appended to: no line is torn or lost without a word */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "as.h"

/* All of bytes to fd, in one write(2) if the kernel takes them. */
bool
as_log_write(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

static bool
log_failed(const struct as_log *log, const char *what)
{
	as_msg(AS_ERROR, NULL, "%s: %s: %s", log->path, what, strerror(errno));
	return false;
}

/* "web 1" may be the beginning of "web 10": with a tail that no grammar
 * accepts it stays a line that readers skip. */
static bool
end_cut_line(struct as_log *log)
{
	static const char tail[] = " (cut short)\n";
	off_t size = lseek(log->fd, 0, SEEK_END);
	char last;

	if (size <= 0) /* new, or a pipe: nothing was cut */
		return true;
	if (pread(log->fd, &last, 1, size - 1) != 1)
		return log_failed(log, "read");
	return last == '\n' || as_log_append(log, as_text(tail));
}

bool
as_log_open(struct as_log *log, const char *path)
{
	log->path = path;
	log->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (log->fd < 0)
		return log_failed(log, "open");
	return end_cut_line(log);
}

bool
as_log_append(struct as_log *log, struct as_text lines)
{
	return as_log_write(log->fd, lines.at, lines.len) ||
	    log_failed(log, "write");
}

bool
as_log_sync(struct as_log *log)
{
	int failed;

	do
		failed = fdatasync(log->fd);
	while (failed != 0 && errno == EINTR);
	if (failed == 0 || errno == EINVAL) /* a pipe has no disk */
		return true;
	return log_failed(log, "sync");
}
