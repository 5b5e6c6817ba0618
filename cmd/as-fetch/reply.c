/* reply.c - a reply from a file, where nobody is asked */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "fetch.h"

/* At most a byte more than a reply may have, so that this shows. */
bool
as_reply_read(struct as_ask *ask, const char *path)
{
	static char body[AS_BODY_MAX + 1];
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY);
	size_t len = 0;
	ssize_t n = 0;

	while (fd >= 0 && len < sizeof(body) &&
	    (n = read(fd, body + len, sizeof(body) - len)) != 0) {
		if (n < 0 && errno != EINTR)
			break;
		len += n > 0 ? (size_t)n : 0;
	}
	if (fd < 0 || n < 0)
		as_msg_die(EX_IOERR, "%s: %s", path, strerror(errno));
	as_buf_add(&ask->replies[0], body, len);
	return len <= AS_BODY_MAX;
}
