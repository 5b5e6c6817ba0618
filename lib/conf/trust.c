/* trust.c - opens a file of settings; for root only one that is safe from others */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"

enum { FILE_MAX_BYTES = 67108864 };

/* Opens the file for root.  If others can write to the directory, follows no
 * symbolic link there, and opens no file with a second name (hard link).  They may
 * have linked a secret file of root there, and our messages would show its
 * lines. */
static int
open_as_root(const char *path, const char **why)
{
	const char *name;
	int dir = as_open_directory(path, &name), fd, follow = 0;
	struct stat st;

	if (dir < 0 || fstat(dir, &st) != 0) {
		*why = strerror(errno);
		return -1;
	}
	if (as_open_is_shared(&st))
		follow = O_NOFOLLOW;
	fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | follow);
	*why = fd >= 0 ? NULL : strerror(errno);
	if (fd < 0 && follow != 0 && errno == ELOOP)
		*why = "is a symbolic link in a directory that others than "
		       "root can write to";
	close(dir);
	if (fd < 0 || follow == 0 || fstat(fd, &st) != 0 || st.st_nlink < 2)
		return fd;
	*why = "is a hard link in a directory that others than root can write "
	       "to";
	close(fd);
	return -1;
}

/* Returns NULL, or why the file must not be used.  For root it must be safe from
 * other users, because a user who can write to it can scale all apps. */
static const char *
refuse(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "is not a regular file";
	if (geteuid() == 0 && st->st_uid != 0)
		return "its owner is not root, who reads it (chown root)";
	if (geteuid() == 0 && as_open_is_shared(st))
		return "others than root can write to it (chmod go-w)";
	if (st->st_size == 0)
		return "is empty";
	return st->st_size > FILE_MAX_BYTES ? "is over 64 MiB" : NULL;
}

int
as_trust_open(const char *path, size_t *size, const char **why)
{
	struct stat st;
	int fd;

	if (geteuid() == 0) {
		fd = open_as_root(path, why);
	} else {
		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		*why = fd < 0 ? strerror(errno) : NULL;
	}
	if (fd < 0)
		return -1;
	*why = fstat(fd, &st) != 0 ? strerror(errno) : refuse(&st);
	if (*why != NULL) {
		close(fd);
		return -1;
	}
	*size = (size_t)st.st_size;
	return fd;
}

bool
as_trust_stands_still(int fd, size_t size)
{
	enum { STILL = 2000 /* ms */ };
	struct stat st;

	return fstat(fd, &st) == 0 && (size_t)st.st_size == size &&
	    as_time_now() -
		((int64_t)st.st_mtim.tv_sec * 1000 +
		    st.st_mtim.tv_nsec / 1000000) >=
	    STILL;
}
