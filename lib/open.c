/* open.c - opens files to write.  Root follows no link that another user may have
 * made. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "as.h"

bool
as_open_is_shared(const struct stat *st)
{
	return st->st_uid != 0 || (st->st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

bool
as_open_names(const char *path, int fd)
{
	struct stat open, there;

	return fstat(fd, &open) == 0 && stat(path, &there) == 0 &&
	    open.st_ino == there.st_ino && open.st_dev == there.st_dev;
}

int
as_open_directory(const char *path, const char **name)
{
	const char *slash = strrchr(path, '/');
	struct as_buf place = {0};
	int fd;

	*name = slash != NULL ? slash + 1 : path;
	as_buf_add(&place, path, (size_t)(*name - path));
	as_buf_puts(&place, slash != NULL ? "" : ".");
	fd = open(place.at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(place.at);
	return fd;
}

/* Checks a file in a directory that others than root can write to.  They may have
 * put a hard link to another file there, so that root would write to that file.
 * Returns NULL, or why the file must not be used. */
static const char *
check(const struct stat *file, const struct stat *dir)
{
	if (!S_ISREG(file->st_mode))
		return "is not a regular file";
	if (file->st_nlink > 1)
		return "has several names";
	if (file->st_uid != 0 && file->st_uid != dir->st_uid)
		return "belongs to another user";
	return NULL;
}

/* Returns why open(2) failed.  If flags have O_NOFOLLOW, a link makes it fail with
 * ELOOP. */
static const char *
explain(int flags)
{
	return errno == ELOOP && (flags & O_NOFOLLOW) != 0 ?
	    "is a symbolic link" :
	    strerror(errno);
}

static const char *
open_in(int dir_fd, const char *name, int flags, unsigned mode, int *fd)
{
	struct stat dir, file;
	const char *why;
	bool trusted;

	if (fstat(dir_fd, &dir) != 0)
		return strerror(errno);
	trusted = !as_open_is_shared(&dir);
	*fd = openat(dir_fd, name,
	    flags | (trusted ? 0 : O_NOFOLLOW | O_NONBLOCK), (mode_t)mode);
	if (*fd < 0)
		return errno == ELOOP && !trusted ?
		    "is a link in a directory that others can write to" :
		    explain(flags);
	if (trusted)
		return NULL;
	why = fstat(*fd, &file) != 0 ? strerror(errno) : check(&file, &dir);
	if (why != NULL)
		close(*fd);
	return why;
}

static const char *
open_as_root(const char *path, int flags, unsigned mode, int *fd)
{
	const char *name, *why;
	int dir = as_open_directory(path, &name);

	if (dir < 0)
		return strerror(errno);
	why = open_in(dir, name, flags, mode, fd);
	close(dir);
	return why;
}

const char *
as_open_file(const char *path, int flags, unsigned mode, int *fd)
{
	if (geteuid() == 0)
		return open_as_root(path, flags, mode, fd);
	*fd = open(path, flags, (mode_t)mode);
	return *fd < 0 ? explain(flags) : NULL;
}
