/* reply.c - reads a reply from a file, in place of a server */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "fetch.h"

bool
as_reply_read(struct as_ask *ask, const char *path, int64_t most)
{
	char block[65536];
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY);
	struct as_buf *body = &ask->replies[0];
	ssize_t n = 0;

	while (fd >= 0 && (int64_t)body->len <= most &&
	    (n = read(fd, block, sizeof(block))) != 0) {
		if (n < 0 && errno != EINTR)
			break;
		as_buf_add(body, block, n > 0 ? (size_t)n : 0);
	}
	if (fd < 0 || n < 0)
		as_msg_die(EX_IOERR, "%s: %s", path, strerror(errno));
	return (int64_t)body->len <= most;
}
