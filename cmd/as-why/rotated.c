/* rotated.c - finds the log that was renamed when the log of samples began */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "why.h"

static bool
is_compressed(const char *name)
{
	static const char *const ends[] = {".gz", ".xz", ".bz2", ".zst"};
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t n = strlen(ends[i]);

		if (len > n && strcmp(name + len - n, ends[i]) == 0)
			return true;
	}
	return false;
}

/* Returns whether logrotate may have given this name to the log: LOG.1 or
 * LOG-20261123. */
static bool
is_renamed(const char *name, const char *log)
{
	size_t len = strlen(log);

	return strncmp(name, log, len) == 0 &&
	    (name[len] == '.' || name[len] == '-') && !is_compressed(name);
}

static bool
is_newer(struct timespec a, struct timespec b)
{
	return a.tv_sec > b.tv_sec ||
	    (a.tv_sec == b.tv_sec && a.tv_nsec > b.tv_nsec);
}

/* Sets name to that of the newest renamed log in the directory. */
static bool
find_newest(DIR *dir, const char *log, char name[256])
{
	struct timespec newest = {0};
	struct dirent *entry;
	struct stat st;
	bool found = false;

	while ((entry = readdir(dir)) != NULL) {
		if (!is_renamed(entry->d_name, log) ||
		    fstatat(dirfd(dir), entry->d_name, &st, 0) != 0 ||
		    !S_ISREG(st.st_mode) ||
		    (found && !is_newer(st.st_mtim, newest)))
			continue;
		found = true;
		newest = st.st_mtim;
		snprintf(name, 256, "%s", entry->d_name);
	}
	return found;
}

char *
as_rotated_find(const struct as_moment *moment)
{
	const char *slash = strrchr(moment->path, '/');
	char *where = as_moment_beside(moment, ".");
	DIR *dir = opendir(where);
	char name[256];
	bool found;

	free(where);
	if (dir == NULL)
		return NULL;
	found = find_newest(
	    dir, slash != NULL ? slash + 1 : moment->path, name);
	closedir(dir);
	return found ? as_moment_beside(moment, name) : NULL;
}
