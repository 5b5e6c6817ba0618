/* block.c - reads a log block by block from its end, and finds the TIMEs of its
 * lines */
#include <unistd.h>

#include "as.h"

void
as_block_read(struct as_block *block)
{
	off_t before = block->end > AS_BLOCK ? 1 : 0;
	char *to = block->bytes + 1 - before;
	ssize_t n;

	block->begin = block->end > AS_BLOCK ? block->end - AS_BLOCK : 0;
	memset(block->bytes, '\n', sizeof(block->bytes));
	n = pread(block->fd, to,
	    (size_t)(block->end - block->begin + before) + AS_BLOCK_STAMP,
	    block->begin - before);
	(void)n;
	block->p = block->bytes;
	block->seen_len = 0;
}

/* Sets *time to the TIME at p, and returns its length.  Returns 0 if there is
 * none. */
static size_t
read_time(const char *p, int64_t *time)
{
	struct as_text text = {p, 0};
	bool fraction;

	while (
	    text.len < AS_BLOCK_STAMP && as_byte_is(p[text.len], AS_IN_VALUE))
		text.len++;
	return as_time_parse(text, time, &fraction) == NULL ? text.len : 0;
}

/* All lines of a tick have the same TIME, which is parsed only once. */
bool
as_block_next(struct as_block *block, off_t *at, int64_t *time)
{
	const char *p = block->p, *seen = block->seen;
	const char *end = block->bytes + 1 + (block->end - block->begin);
	size_t len, seen_len = block->seen_len;

	while ((p = memchr(p, '\n', as_length(p, end))) != NULL && ++p < end) {
		if (seen_len > 0 && memcmp(p, seen, seen_len + 1) == 0)
			continue;
		if ((len = read_time(p, time)) == 0)
			continue;
		block->p = block->seen = p;
		block->seen_len = len;
		*at = block->begin + (p - block->bytes) - 1;
		return true;
	}
	return false;
}
