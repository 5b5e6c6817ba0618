/* mark.c - writes the mark "# settings DIGEST VERSION", which names the settings
 * of the samples after it, and the file that keeps these settings */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch.h"

/* Writes the text to the file, and returns NULL, or why this failed.  The name of
 * the file has the digest of the text.  So a file that is there already has this
 * text, unless its writer was killed: then its size differs. */
static const char *
write_file(const char *path, struct as_text text)
{
	struct stat st;
	const char *why;
	int fd;

	if (lstat(path, &st) == 0 && (size_t)st.st_size == text.len)
		return NULL;
	why = as_open_file(path,
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600, &fd);
	if (why != NULL)
		return why;
	if (!as_log_write(fd, text.at, text.len))
		why = strerror(errno);
	close(fd);
	return why;
}

/* Keeps the settings in a file beside the log.  Does nothing if the log is not a
 * regular file: beside /dev/stdout there is no place for a file. */
static void
keep_settings(const struct as_log *log, const char *mark, struct as_text text)
{
	struct stat st;
	const char *why;
	char *path;

	if (fstat(log->fd, &st) != 0 || !S_ISREG(st.st_mode))
		return;
	path = as_marked_path(log->path, mark);
	why = write_file(path, text);
	if (why != NULL)
		as_msg(AS_WARNING, NULL, "%s: %s", path, why);
	free(path);
}

void
as_mark_settings(struct as_fleet *fleet, const struct as_log *log)
{
	struct as_buf text = {0};
	char mark[AS_DIGEST_MAX];

	as_digest_list(fleet->config, &text);
	if (fleet->config->path != NULL || strchr(text.at, '=') != NULL) {
		as_digest_print((struct as_text){text.at, text.len}, mark);
		as_buf_puts(&fleet->mark, AS_MARKED_HEAD);
		as_buf_puts(&fleet->mark, mark);
		as_buf_puts(&fleet->mark, "\n");
		as_buf_add(&fleet->lines, fleet->mark.at, fleet->mark.len);
		keep_settings(log, mark, (struct as_text){text.at, text.len});
	}
	free(text.at);
}

void
as_mark_again(struct as_fleet *fleet, struct as_log *log)
{
	const struct as_buf *mark = &fleet->mark;
	struct as_buf *lines = &fleet->lines;

	if (mark->len == 0 || !as_log_is_empty(log) ||
	    (lines->len >= mark->len &&
		memcmp(lines->at, mark->at, mark->len) == 0))
		return;
	as_buf_add(lines, mark->at, mark->len);
	memmove(lines->at + mark->len, lines->at, lines->len - mark->len);
	memcpy(lines->at, mark->at, mark->len);
}
