/* lock.c - takes a lock on a file, which only one process can hold at a time */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "as.h"

bool
as_lock_is_there(const struct as_lock *lock)
{
	return as_open_names(lock->path, lock->fd);
}

/* Takes away the rights of other users on a file of ours.  Otherwise any process
 * that can open the file could lock it, and then this tool could not start. */
static void
close_to_others(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
	    (st.st_mode & 077) != 0)
		fchmod(fd, 0600);
}

static bool
belongs_to_others(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_uid != geteuid() && st.st_uid != 0;
}

/* Takes the lock.  Returns NULL, or why that failed, with the exit status in *code.
 * If another process replaces the file after it was opened and before it is locked,
 * the lock is on the old file and stops nobody.  Then this tries again. */
static const char *
try(struct as_lock *lock, int *code)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	for (int tries = 0; tries < 10; tries++) {
		const char *why = as_open_file(lock->path,
		    O_RDWR | O_CREAT | O_CLOEXEC |
			(lock->refuses_links ? O_NOFOLLOW : 0),
		    0600, &lock->fd);

		*code = EX_IOERR;
		if (why != NULL)
			return why;
		if (belongs_to_others(lock->fd)) {
			close(lock->fd);
			return "belongs to another user, who can lock it";
		}
		if (fcntl(lock->fd, F_SETLK, &whole) != 0) {
			int failed = errno;

			close(lock->fd);
			*code = EX_OSERR;
			if (failed == EACCES || failed == EAGAIN)
				break;
			return strerror(failed);
		}
		if (as_lock_is_there(lock)) {
			close_to_others(lock->fd);
			return NULL;
		}
		close(lock->fd);
	}
	*code = EX_TEMPFAIL;
	return "another process holds the lock";
}

void
as_lock_take(struct as_lock *lock)
{
	int code;
	const char *why = try(lock, &code);

	if (why != NULL)
		as_msg_die(code, "%s: %s", lock->path, why);
}

int
as_lock_keep(struct as_lock *lock)
{
	const char *why;
	int code, old = lock->fd;

	if (lock->path == NULL || as_lock_is_there(lock))
		return 0;
	why = try(lock, &code);
	if (why != NULL) {
		lock->fd = old;
		as_msg(AS_ERROR, NULL, "%s: was deleted: %s", lock->path, why);
		return code;
	}
	close(old);
	as_msg(AS_WARNING, NULL, "%s: was deleted, and is locked again",
	    lock->path);
	return 0;
}
