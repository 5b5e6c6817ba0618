/* recent.c - moves logs forward to the lines that can matter to a reader that
 * remembers only some time
 *
 * Lines before the first one with a TIME of this memory are left out.  The clock may
 * have been ahead before: its lines have such a TIME, so they are read, and they
 * reject later lines as they did when they were new.  But if the clock was set by
 * much, lines may be taken back or begin anew, so more is read then. */
#include <sys/stat.h>
#include <unistd.h>

#include "as.h"

enum { DAY = 86400000, LEAP = DAY / 16 };

struct search {
	struct as_block block;
	struct as_in *logs; /* oldest first */
	size_t n;
	int64_t recent; /* lines from this TIME on can matter */
	/* The first TIME of the block that comes after this one; -1: none */
	int64_t later;
	size_t
	    log; /* the first line found that can matter: its log and offset */
	off_t start;
};

static bool
is_leap(int64_t from, int64_t to)
{
	return to - from >= LEAP || from - to >= LEAP;
}

/* Looks at the TIMEs of a block.  Returns false if the clock was set in it, or after
 * it. */
static bool
look(struct search *search, size_t log)
{
	int64_t time, first = -1, last = -1;
	bool found = false;
	off_t at;

	as_block_read(&search->block);
	while (as_block_next(&search->block, &at, &time)) {
		if (first < 0)
			first = time;
		else if (is_leap(last, time))
			return false;
		last = time;
		if (!found && time >= search->recent) {
			found = true;
			search->log = log;
			search->start = at;
		}
	}
	if (first < 0)
		return true;
	if (search->later >= 0 && is_leap(last, search->later))
		return false;
	search->later = first;
	return true;
}

/* Looks at the blocks from the end on, until one is a day older than what can
 * matter: a TIME that leaps by less is accepted, see fold.c.  Returns false if the
 * clock was set in that time. */
static bool
look_back(struct search *search)
{
	struct as_block *block = &search->block;
	struct stat st;

	search->later = -1;
	for (size_t log = search->n; log-- > 0;) {
		block->fd = search->logs[log].fd;
		if (fstat(block->fd, &st) != 0)
			return false;
		for (block->end = st.st_size; block->end > 0;
		     block->end = block->begin) {
			if (!look(search, log))
				return false;
			if (search->later >= 0 &&
			    search->later <= search->recent - DAY)
				return true;
		}
	}
	return true;
}

/* Returns the last TIME in the last block of the newest log, or -1. */
static int64_t
last_time(struct search *search)
{
	struct as_block *block = &search->block;
	int64_t last = -1;
	struct stat st;
	off_t at;

	block->fd = search->logs[search->n - 1].fd;
	if (fstat(block->fd, &st) != 0)
		return -1;
	block->end = st.st_size;
	as_block_read(block);
	while (as_block_next(block, &at, &last))
		;
	return last;
}

static bool
are_files(const struct search *search)
{
	struct stat st;

	for (size_t i = 0; i < search->n; i++)
		if (fstat(search->logs[i].fd, &st) != 0 || !S_ISREG(st.st_mode))
			return false;
	return search->n > 0;
}

/* Returns false if more has to be read than the lines of this memory. */
static bool
find(struct search *search, int64_t time, int64_t memory)
{
	int64_t last;

	if (!are_files(search) || (last = last_time(search)) < 0 ||
	    last < time - memory - DAY)
		return false;
	search->recent = (last < time ? last : time) - memory;
	return look_back(search);
}

void
as_recent_seek(struct as_in *logs, size_t n, int64_t time, int64_t memory)
{
	struct search *search = as_mem_need(calloc(1, sizeof(*search)));

	search->logs = logs;
	search->n = n;
	if (find(search, time, memory)) {
		for (size_t i = 0; i < search->log; i++)
			lseek(logs[i].fd, 0, SEEK_END);
		lseek(logs[search->log].fd, search->start, SEEK_SET);
	} else {
		for (size_t i = 0; i < n; i++)
			as_seek_time(&logs[i], time - memory - DAY);
	}
	free(search);
}
