/* marked.c - the mark that names the settings of the samples after it, and where the
 * file with these settings is */
#include <errno.h>
#include <unistd.h>

#include "conf.h"

enum { BLOCK = 262144, HEAD = sizeof(AS_MARKED_HEAD) - 1 };

bool
as_marked_take(struct as_text comment, char mark[AS_DIGEST_MAX])
{
	if (comment.len <= HEAD || comment.len - HEAD >= AS_DIGEST_MAX ||
	    memcmp(comment.at, AS_MARKED_HEAD, HEAD) != 0)
		return false;
	memcpy(mark, comment.at + HEAD, comment.len - HEAD);
	mark[comment.len - HEAD] = '\0';
	return true;
}

bool
as_marked_is_digest(const char *mark)
{
	return strspn(mark, "0123456789abcdef") == AS_DIGEST_LEN;
}

char *
as_marked_path(const char *log, const char *mark)
{
	struct as_buf path = {0};
	const char *slash = strrchr(log, '/');

	if (slash != NULL)
		as_buf_add(&path, log, (size_t)(slash - log) + 1);
	as_buf_puts(&path, "settings.");
	as_buf_add(&path, mark, strcspn(mark, " "));
	return path.at;
}

/* Takes the last mark whose line begins in the first len bytes of the text.  A line
 * without its LF is still being written. */
static bool
take_last(const char *text, size_t len, char mark[AS_DIGEST_MAX])
{
	for (const char *p = text + len; p-- > text;) {
		size_t n;

		if (*p != '\n' || strncmp(p + 1, AS_MARKED_HEAD, HEAD) != 0)
			continue;
		n = strcspn(p + 1, "\r\n");
		if (p[1 + n] != '\0')
			return as_marked_take((struct as_text){p + 1, n}, mark);
	}
	return false;
}

/* After each block OVERLAP bytes more are read, so that a mark is whole even if its
 * block ends in it. */
bool
as_marked_last(int fd, int64_t end, char mark[AS_DIGEST_MAX])
{
	enum { OVERLAP = HEAD + AS_DIGEST_MAX + 2 };
	char *text = as_mem_need(malloc(BLOCK + OVERLAP + 2));
	bool found = false;

	errno = 0;
	while (end > 0 && !found) {
		int64_t begin = end > BLOCK ? end - BLOCK : 0;
		ssize_t n = pread(fd, text + 1, (size_t)(end - begin) + OVERLAP,
		    (off_t)begin);

		if (n < end - begin)
			break;
		/* The first line of the log has no LF before it. */
		text[0] = begin == 0 ? '\n' : ' ';
		text[n + 1] = '\0';
		found = take_last(text, (size_t)(end - begin) + 1, mark);
		end = begin;
	}
	free(text);
	return found;
}
