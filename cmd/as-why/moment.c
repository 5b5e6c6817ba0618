/* moment.c - finds a sample in a long log, and the samples of its app before it */
#include <unistd.h>

#include "why.h"

enum { HOUR = 3600000, DAY = 86400000 }; /* ms */

static void
open_log(struct as_in *in, const char *path)
{
	if (!as_in_open(in, path, NULL))
		exit(EX_IOERR);
	in->quiet = true;
}

static void
close_log(struct as_in *in)
{
	as_in_close(in);
	if (in->code == EX_IOERR)
		exit(EX_IOERR);
}

/* Returns the offset of the next line in the log. */
static int64_t
offset(const struct as_in *in)
{
	return (int64_t)lseek(in->fd, 0, SEEK_CUR) -
	    (int64_t)(in->end - in->start);
}

/* Returns the next word of the text, and removes it from there. */
static struct as_text
cut_word(struct as_text *text)
{
	const char *end = text->at + text->len;
	struct as_text word = {text->at, 0};

	while (word.at < end && as_byte_is(*word.at, AS_BLANK))
		word.at++;
	while (word.at + word.len < end &&
	    !as_byte_is(word.at[word.len], AS_BLANK))
		word.len++;
	text->at = word.at + word.len;
	text->len = (size_t)(end - text->at);
	return word;
}

/* Returns whether the line belongs to the app, and sets *time to its TIME.  Only
 * lines of the app are parsed further: a fleet has a thousand others. */
static bool
is_of(struct as_text app, struct as_text line, int64_t *time)
{
	struct as_text stamp = cut_word(&line);
	bool fraction;

	return as_text_is(cut_word(&line), app) &&
	    as_time_parse(stamp, time, &fraction) == NULL;
}

/* Reads the next line of the app, and its TIME.  Returns false at the end. */
static bool
next_line(
    struct as_in *in, struct as_text app, struct as_text *line, int64_t *time)
{
	while (as_in_text(in, line))
		if (is_of(app, *line, time))
			return true;
	return false;
}

/* The last line of an app is near the end of the log, or the app is gone: the whole
 * log is read only then. */
bool
as_moment_last(struct as_moment *moment)
{
	static const int64_t spans[] = {600000, DAY, 0};
	bool found = false;

	for (size_t i = 0; i < 3 && !found; i++) {
		struct as_text line;
		struct as_in in;

		open_log(&in, moment->path);
		if (spans[i] > 0)
			as_seek_span(&in, spans[i]);
		while (next_line(&in, moment->app, &line, &moment->time))
			found = true;
		close_log(&in);
	}
	return found;
}

/* Reads an hour more than it needs, because the clock may have been set back.  A TIME
 * that is more than a day later comes from a wrong clock: the lines after it may have
 * the right TIMEs again. */
bool
as_moment_find(struct as_moment *moment, int64_t time, int64_t most)
{
	struct as_text line;
	struct as_in in;
	int64_t now;
	bool found = false;

	open_log(&in, moment->path);
	as_seek_time(&in, time - most);
	while (next_line(&in, moment->app, &line, &now)) {
		if (found && now - time > HOUR && now - time <= DAY)
			break;
		if (now > time || now < time - most ||
		    (found && now == moment->time))
			continue;
		found = true;
		moment->time = now;
		moment->end = offset(&in);
	}
	close_log(&in);
	return found;
}

/* Keeps the lines of the app, up to the offset `end` of the log; to its end, if that
 * is below 0. */
static void
keep_lines(struct as_moment *moment, struct as_in *in, int64_t end)
{
	struct as_text line;
	int64_t now;

	while (next_line(in, moment->app, &line, &now) &&
	    (end < 0 || offset(in) <= end)) {
		as_buf_add(&moment->lines, line.at, line.len);
		as_buf_puts(&moment->lines, "\n");
	}
	close_log(in);
}

void
as_moment_read(struct as_moment *moment, const char *older, int64_t memory)
{
	static const char slack[AS_SLACK];
	struct as_in logs[2];
	size_t n = 0;

	if (older != NULL)
		open_log(&logs[n++], older);
	open_log(&logs[n++], moment->path);
	as_recent_seek(logs, n, moment->time, memory);
	for (size_t i = 0; i < n; i++)
		keep_lines(moment, &logs[i], i + 1 < n ? -1 : moment->end);
	as_buf_add(&moment->lines, slack, sizeof(slack));
	moment->lines.len -= sizeof(slack);
}

char *
as_moment_beside(const struct as_moment *moment, const char *name)
{
	struct as_buf path = {0};
	const char *slash = strrchr(moment->path, '/');

	if (slash != NULL)
		as_buf_add(
		    &path, moment->path, (size_t)(slash - moment->path) + 1);
	as_buf_puts(&path, name);
	return path.at;
}
