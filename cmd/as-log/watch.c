/* watch.c - finds out whether files have changed */
#include "log.h"

/* The state of the file; all zeros if there is no such file */
static struct stat
look(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st : (struct stat){0};
}

static bool
is_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* Compares ctime, too: it also changes if a program writes to the file and then
 * sets the old mtime again. */
static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	    a->st_size == b->st_size && is_time(a->st_mtim, b->st_mtim) &&
	    is_time(a->st_ctim, b->st_ctim);
}

void
as_watch_add(struct as_watch *watch, const char *path)
{
	if (watch->n == watch->room)
		watch->files = as_mem_grow(
		    watch->files, &watch->room, sizeof(*watch->files));
	watch->files[watch->n++] = (struct as_watched){path, look(path)};
}

const char *
as_watch_next(struct as_watch *watch, size_t *i)
{
	while (*i < watch->n) {
		struct as_watched *file = &watch->files[(*i)++];
		struct stat now = look(file->path);

		if (is_same(&now, &file->was))
			continue;
		file->was = now;
		return file->path;
	}
	return NULL;
}
