/* as-decide - reads samples, prints the replica count that each app should have */
#include "decide.h"

/* clang-format off */
static const struct as_option options[] = {
	{'1', "last", NULL, "only each app's last decision, at the end of input"},
	{'H', "history", "FILE", "earlier samples, undecided; several: oldest first"},
	{'m', "min", "MIN", "at least so many replicas (1)"},
	{'M', "max", "MAX", "at most so many replicas (100)"},
	{'t', "target", "TARGET", "hold the average cpu at TARGET (0.80)"},
	{'x', "explain", NULL, "append the arithmetic"},
	{0, NULL, NULL, NULL}
};
/* clang-format on */

static const struct as_tool tool = {"as-decide",
    "[-1Gqvx] [-a GLOB] [-c FILE] [-H FILE]... [-m MIN] [-M MAX] [-o KEY=VALUE]... "
    "[-t TARGET] [FILE]...",
    "Reads samples, prints the replica count that each app should have.",
    options, as_flags_options, AS_NEEDS_FILES};

static struct as_config config;
static struct as_fold fold;
static struct as_notes notes;
static struct as_out out;
static bool only_last;
/* The exit status: 65 after an implausible reading, else 0 */
static int doubtful;
static bool has_history; /* which is to be read before the first line */

static const struct as_policy *
policy_of(void *owner, struct as_text app, const char **why)
{
	const struct as_settings *settings = as_config_find(owner, app, why);

	return settings != NULL ? settings->policy : NULL;
}

static void
move_note(size_t from, size_t to)
{
	as_notes_move(&notes, from, to);
}

static void
parse_options(int *argc, char **argv[])
{
	const char *arg;
	int c;

	while ((c = as_flags_option(&config, argc, argv, &arg)) != 0) {
		switch (c) {
		case '1': only_last = true; break;
		case 'H':
			as_histories_add(as_option_history(arg));
			has_history = true;
			break;
		case 'm': as_flags_set(&config, "min", arg); break;
		case 'M': as_flags_set(&config, "max", arg); break;
		case 't': as_flags_set(&config, "target", arg); break;
		case 'x': fold.explain = true; break;
		}
	}
	as_config_ready(&config);
	fold.owner = &config;
	fold.moved = move_note;
	if (config.path != NULL)
		fold.policy_of = policy_of;
	else
		fold.policy = as_config_of(&config, as_text("app"))->policy;
	if (only_last) /* forget no app: all are printed at the end */
		fold.crowd = SIZE_MAX;
}

static bool
is_wanted(const struct as_line *line)
{
	return config.only == NULL || as_select_wants(&config, line->app);
}

/* An app whose settings conflict never gets into the fold, which would not forget
 * it.  An app whose name was guessed is there already. */
static const char *
decide(struct as_line *line, struct as_decision *decision)
{
	const char *why;

	if (config.n_globs > 0 && !line->guessed &&
	    as_config_find(&config, line->app, &why) == NULL)
		return why;
	return as_fold_line(&fold, line, decision);
}

static void
fold_line(struct as_line *line)
{
	struct as_decision unused;

	if (is_wanted(line))
		decide(line, &unused);
}

/* A history that was read in part would lead to wrong decisions. */
static void
read_history(const struct as_line *first)
{
	if (!as_histories_read(
		&fold, first, as_config_memory(&config), fold_line))
		exit(as_out_finish(&out, EX_IOERR));
}

/* Keeps the line as the app's last one instead of printing it. */
static void
keep_last(const struct as_line *line, const struct as_decision *decision)
{
	static struct as_out scratch;
	struct as_note *note = as_notes_of(&notes, fold.last);

	as_print_decision(&scratch, line, decision, fold.policy, fold.explain);
	free(note->last_line);
	note->last_line = as_mem_need(strndup(scratch.buf, scratch.len));
	scratch.len = 0;
}

/* An app that is only in the history has no last line. */
static void
print_last(void)
{
	for (size_t i = 0; i < fold.table.n; i++) {
		const char *last = as_notes_of(&notes, i)->last_line;
		size_t len = last != NULL ? strlen(last) : 0;

		as_out_end(&out, as_put(as_out_room(&out, len), last, len));
	}
}

static void
print_decision(const struct as_line *line, const struct as_decision *decision)
{
	if (as_warnings_needed(line, fold.policy, decision))
		doubtful = as_msg_worse(doubtful,
		    as_warnings_check(as_notes_of(&notes, fold.last), line,
			fold.policy, decision));
	if (only_last)
		keep_last(line, decision);
	else
		as_print_decision(
		    &out, line, decision, fold.policy, fold.explain);
}

static const char *
take_line(void *unused, struct as_line *line)
{
	struct as_decision decision;
	const char *why;

	(void)unused;
	if (!is_wanted(line))
		return NULL;
	if (has_history) {
		has_history = false;
		read_history(line);
	}
	why = decide(line, &decision);
	if (why == NULL)
		print_decision(line, &decision);
	return why;
}

static void
take_usual(void *unused, struct as_in *in, struct as_line *line)
{
	(void)unused;
	if (!fold.explain && !only_last)
		as_usual_lines(&fold, in, line, &out);
}

static void
take_comment(void *to, struct as_text comment)
{
	as_settings_compare(comment);
	if (!only_last)
		as_in_copy(to, comment);
}

int
main(int argc, char *argv[])
{
	struct as_each each = {.out = &out};
	int code;

	as_option_start(&tool);
	parse_options(&argc, &argv);
	as_settings_start(&config);
	if (config.is_shown)
		return as_show_settings(&config);
	each.comments = take_comment;
	each.usual = take_usual;
	code = as_in_each_operand(&each, argv, take_line);
	if (only_last)
		print_last();
	as_fold_free(&fold);
	as_notes_free(&notes);
	return as_out_finish(&out, as_msg_worse(code, doubtful));
}
