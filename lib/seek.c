/* seek.c - finds the part of a long log that was written lately, and reads little
 * more of the log */
#include <sys/stat.h>
#include <unistd.h>

#include "as.h"

enum { DAY = 86400000, PARTS = 16 };

/* What the TIMEs of the lines that begin in a block of the log say */
struct part {
	struct as_block block;
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

/* Notes the line at the offset `at`, whose TIME is not that of the line before.
 * `most` is that of time_passed. */
static void
take_time(struct part *part, off_t at, int64_t time, int64_t most)
{
	int64_t passed = 0;

	if (part->first < 0)
		part->first = time;
	else
		passed = time_passed(part->last, time, most);
	part->last = time;
	part->passed += passed;
	if (part->match < 0 && passed > -most && passed < most)
		part->match = part->maybe;
	part->maybe = -1;
	if (part->passed < part->skip)
		return;
	if (part->start < 0)
		part->start = at;
	if (time < part->low || time > part->high)
		return;
	part->maybe = at;
	part->found = time;
}

/* Reads the block, and notes the TIMEs of its lines. */
static void
look(struct part *part, int64_t most)
{
	int64_t time;
	off_t at;

	as_block_read(&part->block);
	part->start = part->match = part->maybe = -1;
	part->first = part->found = -1;
	part->passed = 0;
	while (as_block_next(&part->block, &at, &time))
		take_time(part, at, time, most);
}

/* Finds the part of the log before `end` that took `span` ms to write.  Returns
 * the offset of its first line whose TIME is sought or, if there is none, of its
 * first line.  Returns 0 if the log is shorter.  The log is not bisected, because
 * its TIMEs are in order only while nobody sets the clock. */
static off_t
find(struct part *part, off_t end, int64_t span)
{
	int64_t most = span / PARTS + 1, later = -1;
	off_t match = -1;

	for (part->block.end = end; part->block.end > AS_BLOCK && span > 0;
	     part->block.end = part->block.begin) {
		look(part, most);
		if (part->first < 0)
			continue;
		if (later >= 0)
			span -= time_passed(part->last, later, most);
		span -= part->passed;
		if (span <= 0) {
			part->skip = -span;
			look(part, most);
		}
		later = part->first;
		if (part->match >= 0)
			match = part->match;
	}
	if (span > 0)
		return 0;
	return match >= 0 ? match : part->start;
}

/* Finds the last line whose TIME is sought.  Returns the end of its block, or 0 if
 * there is no such line. */
static off_t
find_last(struct part *part, off_t size)
{
	for (part->block.end = size; part->block.end > 0;
	     part->block.end = part->block.begin) {
		look(part, 0);
		if (part->found >= 0)
			return part->block.end;
	}
	return 0;
}

/* Returns NULL if all of the input has to be read, because it is short or not a
 * file. */
static struct part *
open_log(const struct as_in *in, off_t *size)
{
	struct stat st;
	struct part *part;

	if (fstat(in->fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_size <= AS_BLOCK)
		return NULL;
	part = as_mem_need(calloc(1, sizeof(*part)));
	part->block.fd = in->fd;
	part->high = INT64_MAX;
	*size = st.st_size;
	return part;
}

static void
leave_out(struct as_in *in, struct part *part, off_t end, int64_t span)
{
	off_t start = find(part, end, span);

	if (start > 0)
		lseek(in->fd, start, SEEK_SET);
	free(part);
}

void
as_seek_span(struct as_in *in, int64_t span)
{
	off_t size;
	struct part *part = open_log(in, &size);

	if (part != NULL)
		leave_out(in, part, size, span);
}

void
as_seek_time(struct as_in *in, int64_t time)
{
	off_t size, end;
	struct part *part = open_log(in, &size);

	if (part == NULL)
		return;
	part->low = time;
	end = find_last(part, size);
	if (end > 0) {
		part->high = part->found;
		leave_out(in, part, end, part->found - time);
	} else {
		leave_out(in, part, size, DAY);
	}
}
