/* watch.c - finds out whether files have changed */
#include "log.h"

enum { LOOK = 500 }; /* ms between two checks */

/* Returns what stat(2) says about the file, or all zeros if there is no such
 * file. */
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
as_watch_add(struct as_watch *watch, struct as_text path, bool seen)
{
	struct as_watched *file;

	for (size_t i = 0; i < watch->n; i++)
		if (as_text_is(path, as_text(watch->files[i].path)))
			return;
	if (watch->n == watch->room)
		watch->files = as_mem_grow(
		    watch->files, &watch->room, sizeof(*watch->files));
	file = &watch->files[watch->n++];
	file->path = as_mem_need(strndup(path.at, path.len));
	file->was = seen ? look(file->path) : (struct stat){0};
}

void
as_watch_check(struct as_watch *watch, struct as_events *events, int64_t now)
{
	if (now < as_watch_due(watch))
		return;
	watch->looked = now;
	for (size_t i = 0; i < watch->n; i++) {
		struct as_watched *file = &watch->files[i];
		struct stat st = look(file->path);

		if (is_same(&st, &file->was))
			continue;
		file->was = st;
		as_events_name(events, "changed", as_text(file->path));
	}
}

int64_t
as_watch_due(const struct as_watch *watch)
{
	return watch->n > 0 ? watch->looked + LOOK : INT64_MAX;
}

void
as_watch_free(struct as_watch *watch)
{
	for (size_t i = 0; i < watch->n; i++)
		free(watch->files[i].path);
	free(watch->files);
}
