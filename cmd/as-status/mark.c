/* mark.c - finds the settings that the last mark of a log names */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "status.h"

/* Sets mark to the last mark of the log.  Returns false if there is none. */
static bool
find(const char *log, char mark[AS_DIGEST_MAX])
{
	int fd = open(log, O_RDONLY | O_CLOEXEC);
	struct stat st;
	bool found;

	if (fd < 0 && errno == ENOENT)
		return false;
	if (fd < 0)
		as_msg_die(EX_IOERR, "%s: %s", log, strerror(errno));
	found = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    as_marked_last(fd, st.st_size, mark);
	if (!found && errno != 0)
		as_msg_die(EX_IOERR, "%s: %s", log, strerror(errno));
	close(fd);
	return found && as_marked_is_digest(mark);
}

const char *
as_mark_find(const char *log)
{
	char mark[AS_DIGEST_MAX], *path;

	errno = 0;
	if (!find(log, mark))
		return NULL;
	path = as_marked_path(log, mark);
	if (access(path, R_OK) == 0)
		return path;
	as_msg(AS_WARNING, NULL, "%s: %s: built-in defaults are used", path,
	    strerror(errno));
	free(path);
	return NULL;
}
