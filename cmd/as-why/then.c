/* then.c - finds the settings that were in force at a moment */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "why.h"

enum { BLOCK = 1048576 };

static const char head[] = "\n# settings ";

/* Returns the text of the last mark whose LF is one of the first len bytes, or NULL.
 * A '\0' ends the text. */
static const char *
last_mark(const char *text, size_t len)
{
	size_t n = sizeof(head) - 1;

	for (const char *p = text + len; p-- > text;)
		if (*p == '\n' && strncmp(p, head, n) == 0)
			return p + n;
	return NULL;
}

static bool
take_mark(const char *at, char mark[AS_DIGEST_MAX])
{
	size_t len = strcspn(at, "\r\n");

	if (len == 0 || len >= AS_DIGEST_MAX)
		return false;
	memcpy(mark, at, len);
	mark[len] = '\0';
	return true;
}

/* Finds the last mark before the offset `end` of the log.  Reads backwards, because
 * it may stand anywhere.  OVERLAP bytes more are read after each block, so that a mark
 * is whole even if its block ends in it. */
static bool
find_mark(int fd, int64_t end, char mark[AS_DIGEST_MAX])
{
	enum { OVERLAP = 128 };
	char *text = as_mem_need(malloc(BLOCK + OVERLAP + 2));
	const char *at = NULL;
	bool found;

	while (end > 0 && at == NULL) {
		int64_t begin = end > BLOCK ? end - BLOCK : 0;
		ssize_t n = pread(fd, text + 1, (size_t)(end - begin) + OVERLAP,
		    (off_t)begin);

		if (n < end - begin)
			break;
		/* The first line of the log has no LF before it. */
		text[0] = begin == 0 ? '\n' : ' ';
		text[n + 1] = '\0';
		at = last_mark(text, (size_t)(end - begin) + 1);
		end = begin;
	}
	found = at != NULL && take_mark(at, mark);
	free(text);
	return found;
}

/* Another version may have other defaults, and other rules. */
static void
compare(struct as_config *config, const char *mark)
{
	struct as_buf text = {0};
	char ours[AS_DIGEST_MAX];

	as_digest_list(config, &text);
	as_digest_print((struct as_text){text.at, text.len}, ours);
	free(text.at);
	if (config->flags.n == 0 && strcmp(ours, mark) != 0)
		as_msg(AS_WARNING, NULL,
		    "decided with other settings or another version: %s, and "
		    "this is %s",
		    mark, ours);
}

/* Sets config->path to the file that the mark names.  Without that file, the options
 * alone may be all settings that the user wants. */
static bool
use_mark(
    struct as_config *config, const struct as_moment *moment, const char *mark)
{
	char name[AS_DIGEST_MAX + 16];
	char *path;

	snprintf(
	    name, sizeof(name), "settings.%.*s", (int)strcspn(mark, " "), mark);
	path = as_moment_beside(moment, name);
	if (access(path, F_OK) == 0) {
		config->path = path;
		return true;
	}
	if (config->flags.n == 0)
		as_msg_die(EX_CONFIG,
		    "%s: the settings of then are not there (-c FILE gives "
		    "them)",
		    path);
	free(path);
	return false;
}

const struct as_settings *
as_then_read(struct as_config *config, const struct as_moment *moment)
{
	char mark[AS_DIGEST_MAX];
	bool named = false;
	int fd;

	if (config->path == NULL) {
		fd = open(moment->path, O_RDONLY | O_CLOEXEC);
		named = fd >= 0 && find_mark(fd, moment->end - 1, mark) &&
		    use_mark(config, moment, mark);
		if (fd >= 0)
			close(fd);
	}
	as_config_ready(config);
	if (named)
		compare(config, mark);
	return as_config_of(config, moment->app);
}
