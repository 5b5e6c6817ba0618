/* out.c - stdout and logs: no byte is lost without a word */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "as.h"

/* All of bytes to fd, in one write(2) if the kernel takes them. */
static bool
write_all(int fd, const char *bytes, size_t len)
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

bool
as_out_flush(struct as_out *out)
{
	if (out->len > 0 && !out->failed &&
	    !write_all(STDOUT_FILENO, out->buf, out->len)) {
		as_msg(AS_ERROR, NULL, "stdout: %s", strerror(errno));
		out->failed = true;
	}
	out->len = 0;
	return !out->failed;
}

void
as_out_make_room(struct as_out *out)
{
	if (out->buf == NULL)
		out->buf = as_need(malloc(AS_OUT_SIZE + AS_SLACK));
	if (out->len > AS_OUT_SIZE - AS_LINE_MAX)
		as_out_flush(out);
}

int
as_out_finish(struct as_out *out, int code)
{
	return as_out_flush(out) ? code : EX_IOERR;
}

/* clang-format off */
const char as_two_digits[100][2] = {
	"0", "1", "2", "3", "4", "5", "6", "7", "8", "9",
	"10", "11", "12", "13", "14", "15", "16", "17", "18", "19",
	"20", "21", "22", "23", "24", "25", "26", "27", "28", "29",
	"30", "31", "32", "33", "34", "35", "36", "37", "38", "39",
	"40", "41", "42", "43", "44", "45", "46", "47", "48", "49",
	"50", "51", "52", "53", "54", "55", "56", "57", "58", "59",
	"60", "61", "62", "63", "64", "65", "66", "67", "68", "69",
	"70", "71", "72", "73", "74", "75", "76", "77", "78", "79",
	"80", "81", "82", "83", "84", "85", "86", "87", "88", "89",
	"90", "91", "92", "93", "94", "95", "96", "97", "98", "99",
};
/* clang-format on */

char *
as_put_long_count(char *p, int64_t count)
{
	char digits[20];
	size_t n = sizeof(digits);

	if (count < 0)
		return AS_PUT(p, "-");
	do
		digits[--n] = (char)('0' + count % 10);
	while ((count /= 10) > 0);
	return as_put(p, digits + n, sizeof(digits) - n);
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
	return write_all(log->fd, lines.at, lines.len) ||
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
