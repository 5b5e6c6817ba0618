/* puts.c - while an order is under way, holds a lock for its app, so that no other
 * as-apply sends a PUT for this app at the same time */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "apply.h"

/* Returns the byte of the file that is locked for the app: a hash (FNV-1a) of its
 * name.  The file stays empty, since a lock may be behind the end of a file. */
static off_t
byte_of(const char *app)
{
	uint64_t sum = 14695981039346656037U;

	for (; *app != '\0'; app++)
		sum = (sum ^ (unsigned char)*app) * 1099511628211U;
	return (off_t)(sum >> 2);
}

static bool
lock(const struct as_puts *puts, const char *app, short type)
{
	struct flock one = {.l_type = type,
	    .l_whence = SEEK_SET,
	    .l_start = byte_of(app),
	    .l_len = 1};
	int failed;

	do
		failed = fcntl(puts->fd, F_SETLK, &one);
	while (failed != 0 && errno == EINTR);
	return failed == 0;
}

void
as_puts_open(struct as_puts *puts)
{
	const char *why;

	if (puts->path == NULL)
		return;
	why = as_open_file(puts->path,
	    O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600, &puts->fd);
	if (why != NULL)
		as_msg_die(EX_IOERR, "%s: %s", puts->path, why);
}

bool
as_puts_begin(const struct as_puts *puts, const char *app)
{
	return puts->path == NULL || lock(puts, app, F_WRLCK);
}

void
as_puts_end(const struct as_puts *puts, const char *app)
{
	if (puts->path != NULL)
		lock(puts, app, F_UNLCK);
}
