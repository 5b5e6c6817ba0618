/* seek.c - finds the part of a long log that was written lately, and reads little
 * more of the log */
#include <sys/stat.h>
#include <unistd.h>

#include "as.h"

enum { BLOCK = 65536, STAMP_MAX = 36, DAY = 86400000, PARTS = 16 };

/* Some bytes of a log, and the TIMEs of the lines that begin there */
struct block {
	int fd; /* of the log */
	char bytes[1 + BLOCK + STAMP_MAX + 1];
	off_t begin, end;
	int64_t skip;      /* what was written in its first ms is left out */
	int64_t low, high; /* TIMEs that are sought */
	off_t start;       /* of the first line; -1: there is none */
	/* Of the first line whose TIME is sought, and after which the clock was
	 * not set; -1: there is none.  maybe: the next TIME will show it */
	off_t match, maybe;
	int64_t first, last; /* TIMEs of lines */
	int64_t found;       /* the last one that is sought, or -1 */
	int64_t passed;      /* ms from the first line to the last */
};

/* How much time passed from one line to the next.  If the clock was set between
 * them, their TIMEs are too far apart: at most `most` is taken for true.  When the
 * clock is corrected later, this makes up for it in the other direction. */
static int64_t
time_passed(int64_t from, int64_t to, int64_t most)
{
	int64_t passed = to - from;

	if (passed < -most)
		return -most;
	return passed < most ? passed : most;
}

/* Reads the block that ends at block->end, with the byte before it, as that one says
 * whether a line begins with the block.  A TIME may go on after the block. */
static void
read_block(struct block *block)
{
	off_t before = block->end > BLOCK ? 1 : 0;
	char *to = block->bytes + 1 - before;
	ssize_t n;

	block->begin = block->end > BLOCK ? block->end - BLOCK : 0;
	memset(block->bytes, '\n', sizeof(block->bytes));
	n = pread(block->fd, to,
	    (size_t)(block->end - block->begin + before) + STAMP_MAX,
	    block->begin - before);
	(void)n;
}

/* Returns the length of the TIME at p, or 0 if there is none. */
static size_t
read_time(const char *p, int64_t *time)
{
	struct as_text text = {p, 0};
	bool fraction;

	while (text.len < STAMP_MAX && as_byte_is(p[text.len], AS_IN_VALUE))
		text.len++;
	return as_time_parse(text, time, &fraction) == NULL ? text.len : 0;
}

/* Takes a line whose TIME is not that of the line before. */
static void
take_time(struct block *block, off_t at, int64_t time, int64_t most)
{
	int64_t passed = 0;

	if (block->first < 0)
		block->first = time;
	else
		passed = time_passed(block->last, time, most);
	block->last = time;
	block->passed += passed;
	if (block->match < 0 && passed > -most && passed < most)
		block->match = block->maybe;
	block->maybe = -1;
	if (block->passed < block->skip)
		return;
	if (block->start < 0)
		block->start = at;
	if (time < block->low || time > block->high)
		return;
	block->maybe = at;
	block->found = time;
}

/* Reads the TIMEs of a block.  Lines of a tick have the same one, which is parsed
 * only once. */
static void
look(struct block *block, int64_t most)
{
	const char *p = block->bytes, *seen = p, *end;
	size_t len, seen_len = 0;
	int64_t time;

	read_block(block);
	end = p + 1 + (block->end - block->begin);
	block->start = block->match = block->maybe = -1;
	block->first = block->found = -1;
	block->passed = 0;
	while ((p = memchr(p, '\n', (size_t)(end - p))) != NULL && ++p < end) {
		if (seen_len > 0 && memcmp(p, seen, seen_len + 1) == 0)
			continue;
		if ((len = read_time(p, &time)) == 0)
			continue;
		seen = p;
		seen_len = len;
		take_time(
		    block, block->begin + (p - block->bytes) - 1, time, most);
	}
}

/* Returns where the part before `end` begins that took `span` ms to write; or, in
 * this part, the first line whose TIME is sought.  The log is not bisected: its
 * TIMEs grow only while nobody sets the clock. */
static off_t
find(struct block *block, off_t end, int64_t span)
{
	int64_t most = span / PARTS + 1, later = -1;
	off_t match = -1;

	for (block->end = end; block->end > BLOCK && span > 0;
	     block->end = block->begin) {
		look(block, most);
		if (block->first < 0)
			continue;
		if (later >= 0)
			span -= time_passed(block->last, later, most);
		span -= block->passed;
		if (span <= 0) {
			block->skip = -span;
			look(block, most);
		}
		later = block->first;
		if (block->match >= 0)
			match = block->match;
	}
	if (span > 0)
		return 0;
	return match >= 0 ? match : block->start;
}

/* Finds the last line whose TIME is sought.  Returns the end of its block, or 0 if
 * there is no such line. */
static off_t
find_last(struct block *block, off_t size)
{
	for (block->end = size; block->end > 0; block->end = block->begin) {
		look(block, 0);
		if (block->found >= 0)
			return block->end;
	}
	return 0;
}

/* Returns NULL if all of the input is to be read. */
static struct block *
open_log(const struct as_in *in, off_t *size)
{
	struct stat st;
	struct block *block;

	if (fstat(in->fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_size <= BLOCK)
		return NULL;
	block = as_mem_need(calloc(1, sizeof(*block)));
	block->fd = in->fd;
	block->high = INT64_MAX;
	*size = st.st_size;
	return block;
}

static void
leave_out(struct as_in *in, struct block *block, off_t end, int64_t span)
{
	off_t start = find(block, end, span);

	if (start > 0)
		lseek(in->fd, start, SEEK_SET);
	free(block);
}

void
as_seek_span(struct as_in *in, int64_t span)
{
	off_t size;
	struct block *block = open_log(in, &size);

	if (block != NULL)
		leave_out(in, block, size, span);
}

void
as_seek_time(struct as_in *in, int64_t time)
{
	off_t size, end;
	struct block *block = open_log(in, &size);

	if (block == NULL)
		return;
	block->low = time;
	end = find_last(block, size);
	if (end > 0) {
		block->high = block->found;
		leave_out(in, block, end, block->found - time);
	} else {
		leave_out(in, block, size, DAY);
	}
}
