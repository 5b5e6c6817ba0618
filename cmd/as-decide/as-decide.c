/* as-decide - read samples, print the replica count that each app should have */
#include <errno.h>
#include <unistd.h>

#include "conf.h"

/* clang-format off */
static const struct as_option options[] = {
	{'1', "last", NULL, "only each app's last decision, at the end of input"},
	{'H', "history", "FILE", "samples before the first of the input; undecided"},
	{'m', "min", "MIN", "at least so many replicas (1)"},
	{'M', "max", "MAX", "at most so many replicas (100)"},
	{'t', "target", "TARGET", "hold the average cpu at TARGET (0.80)"},
	{'x', "explain", NULL, "append the arithmetic"},
	{0, NULL, NULL, NULL}
};
/* clang-format on */

static const struct as_tool tool = {"as-decide",
    "[-1Gqvx] [-a GLOB] [-c FILE] [-H FILE] [-m MIN] [-M MAX] [-o KEY=VALUE]... "
    "[-t TARGET] [FILE]...",
    "Reads samples, prints the replica count that each app should have.",
    options, as_flags_options, AS_NEEDS_FILES};

enum { DAY = 86400000 }; /* ms */

static struct as_config config;
static struct as_fold fold;
static struct as_out out;
static bool explain, only_last;
static const char *history;

/* What is kept of an app besides its state, by its number. */
struct note {
	char *last_line; /* with -1; or NULL */
	bool told;       /* that it holds for want of a metric */
};

static struct note *notes;
static size_t n_notes;

static const struct as_policy *
policy_of(void *owner, struct as_text app)
{
	return as_config_of(owner, app)->policy;
}

static void
parse_options(int *argc, char **argv[])
{
	const char *arg;
	int c;

	while ((c = as_flags_option(&config, argc, argv, &arg)) != 0) {
		switch (c) {
		case '1': only_last = true; break;
		case 'H': history = arg; break;
		case 'm': as_flags_set(&config, "min", arg); break;
		case 'M': as_flags_set(&config, "max", arg); break;
		case 't': as_flags_set(&config, "target", arg); break;
		case 'x': explain = true; break;
		}
	}
	as_config_ready(&config);
	fold.owner = &config;
	if (config.path != NULL)
		fold.policy_of = policy_of;
	else
		fold.policy = policy_of(&config, as_text("app"));
}

static bool
is_wanted(const struct as_line *line)
{
	return config.only == NULL || as_select_wants(&config, line->app);
}

/* What was decided then was told then: here it only makes the state, and its
 * bad lines were reported when they were new.  It ends where the input begins:
 * what stands before that was there first, also with a later TIME, by a clock
 * that was set back since. */
static int
fold_history(const struct as_line *first)
{
	struct as_in in = {0};
	struct as_line line = {0};
	struct as_decision unused;
	int level;

	if (access(history, F_OK) != 0 && errno == ENOENT)
		return 0;
	if (!as_in_open(&in, history, NULL))
		return in.code;
	as_seek_time(&in, first->time - as_config_memory(&config) - DAY);
	in.quiet = true;
	level = as_msg_level(AS_ERROR);
	while (as_in_line(&in, &line) &&
	    (line.time != first->time || !as_text_is(line.app, first->app)))
		if (is_wanted(&line))
			as_fold_line(&fold, &line, &unused);
	as_msg_level(level);
	as_in_close(&in);
	free(in.buf);
	free(line.pairs);
	return in.code == EX_IOERR ? EX_IOERR : 0;
}

static struct note *
note_of(size_t app)
{
	while (n_notes <= app) {
		size_t had = n_notes;

		notes = as_mem_grow(notes, &n_notes, sizeof(*notes));
		memset(notes + had, 0, (n_notes - had) * sizeof(*notes));
	}
	return &notes[app];
}

/* Keeps the line as the app's last one instead of printing it. */
static void
keep_last(const struct as_line *line, const struct as_decision *decision)
{
	static struct as_out scratch;
	struct note *note = note_of(fold.last);

	as_print_decision(&scratch, line, decision, fold.policy, explain);
	free(note->last_line);
	note->last_line = as_mem_need(strndup(scratch.buf, scratch.len));
	scratch.len = 0;
}

/* An app that only the history knows has none. */
static void
print_last(void)
{
	for (size_t i = 0; i < fold.table.n; i++) {
		char *last = note_of(i)->last_line;
		size_t len = last != NULL ? strlen(last) : 0;

		as_out_end(&out, as_put(as_out_room(&out, len), last, len));
		free(last);
	}
}

static bool
has(const struct as_line *line, const char *key)
{
	for (size_t i = 0; i < line->n_pairs; i++)
		if (as_text_is(line->pairs[i].key, as_text(key)))
			return true;
	return false;
}

/* A name that is wrong in every sample would hold its app for ever: told once,
 * of a sample that has other keys, no err= that tells why, and somebody ready
 * who could have a reading. */
static void
tell_absent(const struct as_line *line, const struct as_decision *decision)
{
	const char *metric = fold.policy->metrics[decision->by].name;
	bool *told = &note_of(fold.last)->told;

	if (line->n_pairs == 0 || *told || has(line, metric) ||
	    has(line, "err") || (line->count > 0 && decision->ready == 0))
		return;
	*told = true;
	as_msg(AS_WARNING, NULL,
	    "%.*s: %s: not in the sample, the count is held",
	    (int)line->app.len, line->app.at, metric);
}

/* A cpu of 0.68 and a target of 80, or the other way round, would order the
 * bounds: told of an app's first sample. */
static void
tell_units(const struct as_line *line, const struct as_decision *decision)
{
	for (size_t i = 0; i < fold.policy->n_metrics; i++) {
		const struct as_metric *cpu = &fold.policy->metrics[i];
		double ratio = decision->raw[i].ratio;
		double value = ratio * cpu->target;

		if (strcmp(cpu->name, "cpu") == 0 &&
		    cpu->kind == &as_metric_kinds[AS_AVERAGE] &&
		    decision->raw[i].usable == AS_USABLE &&
		    (cpu->target > 1 ? value <= 1 && ratio < 0.05 : ratio > 10))
			as_msg(AS_WARNING, NULL,
			    "%.*s: cpu: is %.3g where %.3g is asked for: a "
			    "percentage and a fraction?",
			    (int)line->app.len, line->app.at, value,
			    cpu->target);
	}
}

static int
decide_file(struct as_in *in, const char *path, struct as_line *line)
{
	struct as_decision decision;
	const char *why;
	size_t known;
	int code = 0;

	if (!as_in_open(in, path, &out))
		return in->code;
	while (!out.failed && as_in_line(in, line)) {
		if (!is_wanted(line))
			continue;
		if (history != NULL) {
			code = fold_history(line);
			history = NULL;
			if (code != 0) /* half a state decides wrong */
				break;
		}
		known = fold.table.n;
		why = as_fold_line(&fold, line, &decision);
		if (why != NULL) {
			as_in_skip(in, line->app, why);
			continue;
		}
		if (decision.why == AS_NO_DATA && decision.by >= 0)
			tell_absent(line, &decision);
		if (fold.table.n > known && decision.asked)
			tell_units(line, &decision);
		if (only_last)
			keep_last(line, &decision);
		else
			as_print_decision(
			    &out, line, &decision, fold.policy, explain);
	}
	as_in_close(in);
	return as_msg_worse(code, in->code);
}

int
main(int argc, char *argv[])
{
	char *standard[] = {"-", NULL};
	struct as_in in = {0};
	struct as_line line = {0};
	int code = 0;

	as_option_start(&tool);
	parse_options(&argc, &argv);
	if (config.is_shown)
		return as_show_settings(&config);
	for (char **path = argc > 0 ? argv : standard; *path != NULL; path++)
		code = as_msg_worse(code, decide_file(&in, *path, &line));
	if (only_last)
		print_last();
	as_fold_free(&fold);
	free(notes);
	free(line.pairs);
	free(in.buf);
	return as_out_finish(&out, code);
}
