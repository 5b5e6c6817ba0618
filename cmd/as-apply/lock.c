/* lock.c - one at a time */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply.h"

/* The kernel takes the lock back whatever becomes of us.  A lock on a file
 * that was deleted meanwhile keeps nobody out. */
void
as_lock_take(const char *path)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	struct stat here, there;
	int fd;

	for (int tries = 0; tries < 10; tries++) {
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
		if (fd < 0)
			as_msg_die(EX_IOERR, "%s: %s", path, strerror(errno));
		if (fcntl(fd, F_SETLK, &lock) != 0) {
			if (errno == EACCES || errno == EAGAIN)
				break;
			as_msg_die(EX_OSERR, "%s: %s", path, strerror(errno));
		}
		if (fstat(fd, &here) == 0 && stat(path, &there) == 0 &&
		    here.st_ino == there.st_ino && here.st_dev == there.st_dev)
			return;
		close(fd);
	}
	as_msg_die(EX_TEMPFAIL, "%s: another as-apply holds the lock", path);
}
