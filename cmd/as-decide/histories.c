/* histories.c - reads the files of -H: samples of the past, which set the state that
 * the first decision needs */
#include <errno.h>
#include <unistd.h>

#include "decide.h"

static const char **paths; /* oldest first */
static size_t n_paths, room;

void
as_histories_add(const char *path)
{
	if (n_paths == room)
		paths = as_mem_grow((void *)paths, &room, sizeof(*paths));
	paths[n_paths++] = path;
}

/* Returns whether the line has the app and the TIME of the input's first line */
static bool
is_twin(const struct as_line *line, const struct as_line *first)
{
	return line->time == first->time && as_text_is(line->app, first->app);
}

static void
keep_line(struct as_buf *kept, const struct as_line *line)
{
	char text[AS_LINE_MAX + AS_STAMP_MAX + AS_SLACK];

	as_buf_add(kept, text, (size_t)(as_line_print(text, line) - text));
}

static void
fold_kept(struct as_buf *kept, as_histories_take *take)
{
	static const char slack[AS_SLACK];
	struct as_line line = {0};
	size_t len = kept->len;

	as_buf_add(kept, slack, sizeof(slack));
	for (size_t at = 0; at < len; at = (size_t)(line.end + 1 - kept->at)) {
		as_line_parse(&line, kept->at + at);
		take(&line);
	}
	free(line.pairs);
	kept->len = 0;
}

/* Reads the history up to the line with which the input begins.  If several lines
 * have that app and TIME, the last one is it.  All lines before it are history,
 * even with a later TIME: the clock may have been set back.  Lines after it are
 * kept until it is clear that no further such line comes.  If very many follow, the
 * input was not just appended to this file, and reading ends.  Returns whether
 * such a line was found. */
static bool
fold_until(struct as_fold *fold, struct as_in *in, const struct as_line *first,
    as_histories_take *take)
{
	enum { KEPT_MAX = 16777216 };
	struct as_buf kept = {0};
	struct as_line line = {0};
	bool met = false;

	while (kept.len < KEPT_MAX && as_in_line(in, &line)) {
		if (is_twin(&line, first)) {
			fold_kept(&kept, take);
			met = true;
		}
		if (met)
			keep_line(&kept, &line);
		else
			take(&line);
		if (!met)
			as_usual_past(fold, in, &line, first->time);
	}
	free(kept.at);
	free(line.pairs);
	return met;
}

/* Opens all files that exist.  Returns false if one cannot be opened. */
static bool
open_all(struct as_in *logs, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < n_paths; i++) {
		if (access(paths[i], F_OK) != 0 && errno == ENOENT)
			continue;
		if (!as_in_open(&logs[*n], paths[i], NULL))
			return false;
		logs[(*n)++].quiet = true;
	}
	return true;
}

/* Decisions and bad lines were reported when they were new. */
bool
as_histories_read(struct as_fold *fold, const struct as_line *first,
    int64_t memory, as_histories_take *take)
{
	int level = as_msg_level(AS_ERROR);
	struct as_in *logs = as_mem_need(calloc(n_paths, sizeof(*logs)));
	size_t n;
	bool read = open_all(logs, &n), met = false;

	if (read)
		as_recent_seek(logs, n, first->time, memory);
	for (size_t i = 0; i < n; i++) {
		if (read && !met)
			met = fold_until(fold, &logs[i], first, take);
		as_in_close(&logs[i]);
		read = read && logs[i].code != EX_IOERR;
	}
	free(logs);
	free((void *)paths);
	as_msg_level(level);
	return read;
}
