/* mark.c - finds the settings that the last mark of a log names */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "status.h"

static const char head[] = "\n# settings ";
enum { HEAD = sizeof(head) - 1, DIGEST = 16, BLOCK = 65536 };

/* A mark may be cut by the end of a block, so that the next block overlaps. */
struct block {
	off_t at;
	char bytes[BLOCK + HEAD + DIGEST];
	ssize_t len;
};

/* Finds the last mark of the block.  Returns its DIGEST, or NULL. */
static const char *
last_mark(const struct block *block)
{
	const char *found = NULL;

	for (ssize_t i = 0; i + HEAD + DIGEST <= block->len; i++)
		if (block->bytes[i] == '\n' &&
		    memcmp(block->bytes + i, head, HEAD) == 0)
			found = block->bytes + i + HEAD;
	if (found == NULL && block->at == 0 &&
	    block->len >= HEAD - 1 + DIGEST &&
	    memcmp(block->bytes, head + 1, HEAD - 1) == 0)
		found = block->bytes + HEAD - 1;
	return found;
}

/* Reads the log from its end, so that a long log costs little after a start of
 * as-loop, which writes the mark. */
static const char *
seek_mark(const char *log, int fd, off_t size)
{
	static struct block block;
	const char *digest = NULL;

	for (block.at = size; block.at > 0 && digest == NULL;) {
		block.at = block.at > BLOCK ? block.at - BLOCK : 0;
		block.len = pread(
		    fd, block.bytes, sizeof(block.bytes), block.at);
		if (block.len < 0)
			as_msg_die(EX_IOERR, "%s: %s", log, strerror(errno));
		digest = last_mark(&block);
	}
	return digest;
}

const char *
as_mark_find(const char *dir, const char *log)
{
	static char path[4096];
	const char *digest = NULL;
	struct stat st;
	int fd = open(log, O_RDONLY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return NULL;
	if (fd < 0)
		as_msg_die(EX_IOERR, "%s: %s", log, strerror(errno));
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		digest = seek_mark(log, fd, st.st_size);
	close(fd);
	if (digest == NULL || strspn(digest, "0123456789abcdef") != DIGEST)
		return NULL;
	snprintf(path, sizeof(path), "%s/settings.%.*s", dir, DIGEST, digest);
	if (access(path, R_OK) == 0)
		return path;
	as_msg(AS_WARNING, NULL, "%s: %s: built-in defaults are used", path,
	    strerror(errno));
	return NULL;
}
