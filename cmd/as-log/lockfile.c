/* lockfile.c - keeps a second loop out of the directory */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "log.h"

/* A lock on a file that was deleted, or replaced, keeps no process out. */
static bool
is_there(const struct as_lockfile *lock)
{
	struct stat ours, there;

	return fstat(lock->fd, &ours) == 0 && lstat(lock->path, &there) == 0 &&
	    ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

/* A process that can open the file can lock it, and so keep us out for ever. */
static void
close_to_others(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
	    (st.st_mode & 077) != 0)
		fchmod(fd, 0600);
}

/* The kernel ends a lock with its process, however that ends. */
static bool
try(struct as_lockfile *lock)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	lock->fd = open(
	    lock->path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (lock->fd < 0)
		as_msg_die(EX_IOERR, "%s: %s", lock->path, strerror(errno));
	if (fcntl(lock->fd, F_SETLK, &whole) == 0) {
		close_to_others(lock->fd);
		return true;
	}
	if (errno != EACCES && errno != EAGAIN)
		as_msg_die(EX_OSERR, "%s: %s", lock->path, strerror(errno));
	as_msg_die(
	    EX_TEMPFAIL, "%s: another as-log holds the lock", lock->path);
}

void
as_lockfile_take(struct as_lockfile *lock, const char *path)
{
	lock->path = path;
	for (int tries = 0; tries < 10; tries++) {
		if (try(lock) && is_there(lock))
			return;
		close(lock->fd);
	}
	as_msg_die(EX_TEMPFAIL, "%s: is replaced again and again", path);
}

bool
as_lockfile_lost(struct as_lockfile *lock)
{
	if (lock->path == NULL || lock->is_lost || is_there(lock))
		return false;
	lock->is_lost = true;
	return true;
}
