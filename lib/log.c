/* log.c - appends lines to a file, and reports each line that is cut or lost */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "as.h"

/* If write(2) has written only a part of the bytes, goes on with the others. */
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

/* Reports why a log failed, and returns false.  Reports only the first of several
 * failures in a row: a full disk stays full for a while. */
static bool
log_failed(struct as_log *log, const char *what, const char *why)
{
	if (!log->failed)
		as_msg(AS_ERROR, NULL, "%s: %s: %s", log->path, what, why);
	log->failed = true;
	return false;
}

/* If the last line of the file has no LF, its writer died in the middle of it:
 * "web 1" may be the beginning of "web 10".  So such a line gets an end that no
 * format of a line allows, and readers skip the line. */
static bool
end_cut_line(struct as_log *log)
{
	static const char tail[] = " (cut short)\n";
	off_t size = lseek(log->fd, 0, SEEK_END);
	char last;

	if (size <= 0) /* A new file, or a device, has no cut line. */
		return true;
	if (pread(log->fd, &last, 1, size - 1) != 1)
		return log_failed(log, "read", strerror(errno));
	return last == '\n' || as_log_write(log->fd, tail, sizeof(tail) - 1) ||
	    log_failed(log, "write", strerror(errno));
}

/* Returns whether fd is a pipe.  A pipe that nobody reads from would take 64 KiB,
 * and then the tool would hang. */
static bool
is_pipe(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

static bool
open_file(struct as_log *log)
{
	const char *why;
	int fd;

	why = as_open_file(
	    log->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644, &fd);
	if (why == NULL && is_pipe(fd)) {
		close(fd);
		why = "is a pipe, not a file";
	}
	if (why != NULL)
		return log_failed(log, "open", why);
	if (log->fd >= 0) {
		fdatasync(log->fd);
		close(log->fd);
	}
	log->fd = fd;
	return end_cut_line(log);
}

bool
as_log_open(struct as_log *log, const char *path)
{
	*log = (struct as_log){.path = path, .fd = -1, .reopens = true};
	return open_file(log);
}

/* Returns whether log->path still names the file that is open.  Returns false also
 * if its directory was removed and made again.  A pipe or device is always in
 * place. */
static bool
is_in_place(const struct as_log *log)
{
	struct stat ours;

	return fstat(log->fd, &ours) != 0 || !S_ISREG(ours.st_mode) ||
	    as_open_names(log->path, log->fd);
}

static bool
find_again(struct as_log *log)
{
	enum { SECOND = 1000 };
	int64_t now = as_time_steady();

	if (now < log->due)
		return true;
	if (!is_in_place(log) && !open_file(log))
		return false;
	log->due = now + SECOND;
	return true;
}

bool
as_log_is_empty(struct as_log *log)
{
	struct stat st;

	return (!log->reopens || find_again(log)) && fstat(log->fd, &st) == 0 &&
	    S_ISREG(st.st_mode) && st.st_size == 0;
}

bool
as_log_append(struct as_log *log, struct as_text lines)
{
	if (log->reopens && !find_again(log))
		return false;
	if (log->failed && !end_cut_line(log))
		return false;
	if (!as_log_write(log->fd, lines.at, lines.len))
		return log_failed(log, "write", strerror(errno));
	log->failed = false;
	return true;
}

bool
as_log_sync(struct as_log *log)
{
	int failed;

	do
		failed = fdatasync(log->fd);
	while (failed != 0 && errno == EINTR);
	if (failed == 0 || errno == EINVAL) /* a device gives EINVAL */
		return true;
	return log_failed(log, "sync", strerror(errno));
}
