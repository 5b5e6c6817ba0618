/* leash.c - watches whether standard input is still open at its other end, which
 * as-loop closes to end as-fetch */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "fetch.h"

/* Reads and ignores what comes.  Returns false if the input has ended or cannot be
 * read. */
static bool
read_some(void)
{
	char buf[512];
	ssize_t n;

	do
		n = read(STDIN_FILENO, buf, sizeof(buf));
	while (n < 0 && errno == EINTR);
	return n > 0 || (n < 0 && errno == EAGAIN);
}

bool
as_leash_is_held(void)
{
	struct pollfd pfd = {.fd = STDIN_FILENO, .events = POLLIN};

	while (poll(&pfd, 1, 0) > 0)
		if (!read_some())
			return false;
	return true;
}
