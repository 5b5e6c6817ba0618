/* runs.c - reads lines, and scores each run in them, which is the lines of one
 * APP */
#include <math.h>
#include <stdio.h>

#include "score.h"

static struct as_run_score *
find_run(struct as_runs *scored, struct as_text app)
{
	size_t known = scored->table.n;
	size_t number = as_table_find(&scored->table, app);

	if (number == scored->room)
		scored->run = as_mem_grow(
		    scored->run, &scored->room, sizeof(*scored->run));
	if (number == known)
		scored->run[number] = (struct as_run_score){.begin = -1};
	return &scored->run[number];
}

/* Lines of as-sim have demand= and need=.  For a plain sample both are computed
 * from cpu=.  Returns false if the line has no need= and nothing to compute it
 * from, or if its COUNT is unknown. */
static bool
read_mark(struct as_mark *mark, const struct as_line *line, double target)
{
	mark->time = line->time;
	mark->count = (int32_t)line->count;
	mark->ready = as_line_count(line, "ready", mark->count);
	mark->demand = as_line_number(line, "demand");
	if (isnan(mark->demand))
		mark->demand = as_line_number(line, "cpu") * mark->ready;
	mark->need = as_line_count(line, "need", AS_UNKNOWN);
	if (mark->need == AS_UNKNOWN && !isnan(mark->demand)) {
		mark->need = as_num_ceil(mark->demand / target);
		mark->need = mark->need < 1 ? 1 : mark->need;
	}
	mark->want = as_line_count(line, "want", mark->count);
	return line->count != AS_UNKNOWN && mark->need != AS_UNKNOWN;
}

/* as-sim prints what was ordered at a line as want=.  A line without want= shows an
 * order only afterwards, by its COUNT: then mark.want is this COUNT, and mark.count
 * is the COUNT of the line before. */
static const char *
add_line(void *runs, struct as_line *line)
{
	struct as_runs *scored = runs;
	struct as_run_score *run = find_run(scored, line->app);
	struct as_mark mark;

	if (!read_mark(&mark, line, scored->target))
		return NULL;
	if (run->begin < 0)
		run->begin = line->time;
	else if (line->time <= run->last)
		return "TIME is not after the app's last";
	else if (as_line_get(line, "want") == NULL)
		mark.count = run->count;
	as_score_add(&run->score, &mark,
	    line->time >= scored->from &&
		line->time - run->begin >= scored->skipped);
	run->last = line->time;
	run->count = (int32_t)line->count;
	run->stamp_len = line->stamp_len;
	memcpy(run->stamp, line->stamp, AS_STAMP_MAX);
	return NULL;
}

int
as_runs_read(struct as_runs *scored, const char *path)
{
	struct as_each each = {.owner = scored};

	return as_in_each(&each, path, add_line);
}

void
as_runs_end(struct as_runs *scored)
{
	for (size_t i = 0; i < scored->table.n; i++)
		as_score_end(&scored->run[i].score);
}

/* Returns the name without its last ":" and what follows: "web" of "web:1". */
static struct as_text
stem(struct as_text name)
{
	for (size_t i = name.len; i-- > 0;)
		if (name.at[i] == ':')
			return (struct as_text){name.at, i};
	return name;
}

const struct as_score *
as_runs_base(const struct as_runs *scored, const struct as_runs *base,
    struct as_text app)
{
	struct as_text web = stem(app);
	char oracle[256];
	size_t i;
	int len = snprintf(
	    oracle, sizeof(oracle), "%.*s:oracle", (int)web.len, web.at);
	struct as_text name = {oracle, (size_t)len};

	if (as_table_has(&base->table, name, &i) ||
	    as_table_has(&base->table, web, &i))
		return &base->run[i].score;
	if (as_table_has(&scored->table, name, &i))
		return &scored->run[i].score;
	return NULL;
}
