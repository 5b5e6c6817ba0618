/* prom.c - adds to the counters in a Prometheus textfile, and replaces it */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "prom.h"

static bool
is_series(struct as_text text, const struct as_buf *series, double *x)
{
	struct as_text value = {text.at + series->len, text.len - series->len};

	return text.len > series->len &&
	    memcmp(text.at, series->at, series->len) == 0 &&
	    as_num_decimal(value, x);
}

/* Returns whether the series is computed anew each time, from other values. */
static bool
is_derived(const struct as_prom *prom, struct as_text text)
{
	static const char *const names[] = {
	    "as_apps_without_data", "as_info", NULL};
	struct as_buf head = {0};
	bool found = false;

	for (size_t i = 0; names[i] != NULL && !found; i++) {
		head.len = 0;
		as_family_name(&head, prom, names[i], NULL, as_text(""));
		head.len -= strlen("} ");
		found = text.len > head.len &&
		    memcmp(text.at, head.at, head.len) == 0;
	}
	free(head.at);
	return found;
}

/* Takes the kept value from a line of the file.  Returns false if the line is not a
 * series that as-metrics writes. */
static bool
take_series(const struct as_prom *prom, struct as_text text)
{
	struct as_buf series = {0};
	bool found = as_series_is(prom, text) || is_derived(prom, text);

	for (size_t n = 0; n < prom->n && !found; n++) {
		struct as_family *family = &prom->families[n];

		for (size_t i = 0; family->words[i] != NULL && !found; i++) {
			series.len = 0;
			as_family_name(&series, prom, family->name,
			    family->label, as_text(family->words[i]));
			found = is_series(text, &series, &family->kept[i]);
		}
	}
	free(series.at);
	return found;
}

static int
failed(const char *path, const char *what)
{
	as_msg(AS_ERROR, NULL, "%s: %s: %s", path, what, strerror(errno));
	return EX_IOERR;
}

static void
take_comment(void *unused, struct as_text comment)
{
	(void)unused;
	as_apps_take(comment);
	as_info_take(comment, false);
}

/* Reads the old values.  If the file has anything else, the user gave its name by
 * mistake, and as-metrics must not overwrite it.  Returns the exit status. */
static int
read_series(const struct as_prom *prom, bool empty)
{
	static struct as_in in;
	struct as_text text;
	bool ours = empty;

	if (!as_in_open(&in, prom->path, NULL))
		return EX_IOERR;
	in.quiet = true;
	in.pass = take_comment;
	while (as_in_text(&in, &text) && (ours = take_series(prom, text)))
		continue;
	as_in_close(&in);
	if (in.code == EX_IOERR || (ours && in.code == 0))
		return in.code;
	as_msg(AS_ERROR, NULL,
	    "%s:%lu: is not what as-metrics writes: left as it is", prom->path,
	    in.number);
	return EX_CONFIG;
}

static int
load(const struct as_prom *prom, mode_t *mode)
{
	struct stat status;

	for (size_t i = 0; i < prom->n; i++)
		memset(
		    prom->families[i].kept, 0, sizeof(prom->families[i].kept));
	as_apps_begin();
	if (stat(prom->path, &status) != 0)
		return errno == ENOENT ? 0 : failed(prom->path, "read");
	if (!S_ISREG(status.st_mode)) { /* rename would replace a device */
		as_msg(AS_ERROR, NULL, "%s: is not a regular file", prom->path);
		return EX_CONFIG;
	}
	*mode = status.st_mode & 0777;
	return read_series(prom, status.st_size == 0);
}

static int
write_file(const struct as_prom *prom, const char *path, mode_t mode)
{
	struct as_log file = {.path = path};
	struct as_buf text = {0};
	double oldest = as_apps_look();
	bool written;

	if (!isnan(oldest))
		as_family_note(prom->oldest, as_text(""), oldest);
	for (size_t i = 0; i < prom->n; i++)
		as_family_put(&text, prom, &prom->families[i]);
	as_info_put(&text, prom);
	as_series_put(&text, prom);
	as_apps_put(&text, prom, as_series_shown.config.only != NULL);
	if (unlink(path) != 0 && errno != ENOENT)
		return failed(path, "unlink");
	file.fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (file.fd < 0)
		return failed(path, "open");
	written = as_log_append(&file, (struct as_text){text.at, text.len}) &&
	    as_log_sync(&file);
	free(text.at);
	if (close(file.fd) != 0 && written)
		return failed(path, "close");
	return written ? 0 : EX_IOERR;
}

/* Writes a new file with the old and the fresh values, which then replaces the old
 * file.  Returns the exit status. */
static int
replace(const struct as_prom *prom, const char *temporary, int dir)
{
	mode_t mode = 0644;
	int code = load(prom, &mode), unsynced;

	if (code != 0)
		return code;
	code = write_file(prom, temporary, mode);
	if (code == 0 && rename(temporary, prom->path) != 0)
		code = failed(prom->path, "rename");
	if (code != 0) {
		unlink(temporary);
		return code;
	}
	for (size_t i = 0; i < prom->n; i++)
		memset(prom->families[i].fresh, 0,
		    sizeof(prom->families[i].fresh));
	as_apps_end();
	do
		unsynced = fsync(dir);
	while (unsynced != 0 && errno == EINTR);
	if (unsynced != 0 && errno != EINVAL)
		return failed(prom->path, "sync directory");
	return 0;
}

/* Locks the directory of the file, so that several writers of the file take turns.
 * A writer holds the lock for some ms.  But one that was stopped may hold it for
 * ever; the lines must be passed on all the same, so this gives up after a second.
 * Returns the exit status. */
static int
lock(int dir, const char *path)
{
	const struct timespec pause = {.tv_nsec = 10000000};

	for (int tries = 0; flock(dir, LOCK_EX | LOCK_NB) != 0; tries++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return failed(path, "lock");
		if (tries == 100) {
			as_msg(
			    AS_ERROR, NULL, "%s: is locked by another", path);
			return EX_TEMPFAIL;
		}
		nanosleep(&pause, NULL);
	}
	return 0;
}

int
as_prom_write(struct as_prom *prom)
{
	const char *slash = strrchr(prom->path, '/');
	struct as_buf place = {0}, temporary = {0};
	int dir, code;

	as_buf_puts(&place, "./");
	if (slash != NULL) {
		place.len = 0;
		as_buf_add(
		    &place, prom->path, (size_t)(slash - prom->path) + 1);
	}
	as_buf_puts(&temporary, prom->path);
	as_buf_puts(&temporary, ".tmp");
	dir = open(place.at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	code = dir < 0 ? failed(place.at, "open") : lock(dir, place.at);
	if (code == 0)
		code = replace(prom, temporary.at, dir);
	if (dir >= 0)
		close(dir); /* this releases the lock, too */
	free(place.at);
	free(temporary.at);
	return code;
}
