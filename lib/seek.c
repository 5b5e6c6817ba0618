/* seek.c - finds the part of a long log that was written lately, and reads little
 * more of the log */
#include <sys/stat.h>
#include <unistd.h>

#include "as.h"

enum { BLOCK = 65536, STAMP_MAX = 36, DAY = 86400000, PARTS = 16 };

/* Some bytes of a log, and what the TIMEs of the lines that begin there say */
struct block {
	int fd; /* the log */
	char bytes[1 + BLOCK + STAMP_MAX + 1];
	off_t begin, end;
	int64_t skip; /* lines written in its first `skip` ms are left out */
	int64_t low, high; /* lines are sought whose TIME is in low..high */
	/* Offset of the first line that is not left out; -1 if there is none */
	off_t start;
	/* match is the offset of the first line that is sought, unless the clock
	 * was set after it; -1 if there is none.  maybe is the offset of a line
	 * that becomes match if the next TIME shows that the clock was not set. */
	off_t match, maybe;
	int64_t first, last; /* the first TIME (-1: none) and the last one */
	int64_t found;       /* TIME of the last line that is sought, or -1 */
	int64_t passed; /* ms from the first line to the last, by time_passed */
};

/* Returns how many ms passed from one line to the next.  If their TIMEs are more
 * than `most` ms apart, the clock was set between them: then returns `most`, or
 * -most.  When the clock is set right again later, the error goes away, because
 * this gives the same with the other sign. */
static int64_t
time_passed(int64_t from, int64_t to, int64_t most)
{
	int64_t passed = to - from;

	if (passed < -most)
		return -most;
	return passed < most ? passed : most;
}

/* Reads the block that ends at block->end.  Reads also the byte before the block,
 * which shows whether a line begins with the block, and STAMP_MAX bytes after it,
 * because the last TIME may go on there. */
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

/* Sets *time to the TIME at p, and returns its length.  Returns 0 if there is
 * none. */
static size_t
read_time(const char *p, int64_t *time)
{
	struct as_text text = {p, 0};
	bool fraction;

	while (text.len < STAMP_MAX && as_byte_is(p[text.len], AS_IN_VALUE))
		text.len++;
	return as_time_parse(text, time, &fraction) == NULL ? text.len : 0;
}

/* Notes the line at the offset `at`, whose TIME is not that of the line before.
 * `most` is that of time_passed. */
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

/* Reads the block that ends at block->end, and notes the TIMEs of its lines.  All
 * lines of a tick have the same TIME, which is parsed only once. */
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

/* Finds the part of the log before `end` that took `span` ms to write.  Returns
 * the offset of its first line whose TIME is sought or, if there is none, of its
 * first line.  Returns 0 if the log is shorter.  The log is not bisected, because
 * its TIMEs are in order only while nobody sets the clock. */
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

/* Returns NULL if all of the input has to be read, because it is short or not a
 * file. */
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
