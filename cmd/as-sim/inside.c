/* inside.c - decides in this process, as the program as-decide would */
#include "sim.h"
#include "warn.h"

struct as_inside {
	struct as_inside *before; /* in the list of all */
	/* Settings stay in memory until the process ends.  trial has those that
	 * were read without messages. */
	struct as_config config, trial;
	struct as_fold fold;
	struct as_notes notes;
	struct as_line line;   /* the sample */
	struct as_out printed; /* the decision */
	int code;              /* the exit status that the program would have */
};

static struct as_inside *all;

/* From now on messages are those of as-decide, whatever -q or -v this as-sim has.
 * Returns the level to go back to. */
static int
speak_as_decide(void)
{
	as_msg_tool("as-decide");
	return as_msg_level(AS_WARNING);
}

static void
speak_as_sim(int level)
{
	as_msg_tool("as-sim");
	as_msg_level(level);
}

static const struct as_policy *
policy_of(void *owner, struct as_text app, const char **why)
{
	const struct as_settings *settings = as_config_find(owner, app, why);

	return settings != NULL ? settings->policy : NULL;
}

/* Returns whether every app has a policy.  An app has none if its settings conflict,
 * and as-decide would print no decision for it. */
static bool
has_policies(
    struct as_config *config, const struct as_course *courses, size_t n_courses)
{
	const char *why;

	for (size_t i = 0; i < n_courses; i++)
		if (courses[i].n > 0 &&
		    as_config_find(config, as_text(courses[i].app), &why) ==
			NULL)
			return false;
	return true;
}

static bool
read_settings(struct as_config *config, char *const argv[],
    const struct as_course *courses, size_t n_courses)
{
	if (!as_known_read(argv, config))
		return false;
	as_config_ready(config);
	return config->path == NULL || has_policies(config, courses, n_courses);
}

/* Reads the settings without any message, to see whether they can be used here. */
static bool
is_usable(struct as_inside *inside, char *const argv[],
    const struct as_course *courses, size_t n_courses)
{
	int level = as_msg_level(AS_ERROR - 1);
	bool usable = read_settings(&inside->trial, argv, courses, n_courses);

	as_msg_level(level);
	return usable;
}

struct as_inside *
as_inside_start(
    char *const argv[], const struct as_course *courses, size_t n_courses)
{
	struct as_inside *inside;
	struct as_config *config;
	int level;

	if (!as_known_accept(argv))
		return NULL;
	inside = as_mem_need(calloc(1, sizeof(*inside)));
	inside->before = all;
	all = inside;
	if (!is_usable(inside, argv, courses, n_courses))
		return NULL;
	as_msg(AS_INFO, NULL, "%s: decides inside as-sim", argv[0]);
	config = &inside->config;
	level = speak_as_decide();
	read_settings(config, argv, courses, n_courses);
	speak_as_sim(level);
	inside->fold.owner = config;
	inside->fold.crowd = SIZE_MAX; /* all apps are there to the end */
	if (config->path != NULL)
		inside->fold.policy_of = policy_of;
	else
		inside->fold.policy =
		    as_config_of(config, as_text("app"))->policy;
	return inside;
}

static void
warn(struct as_inside *inside, const struct as_decision *decision)
{
	struct as_note *note = as_notes_of(&inside->notes, inside->fold.last);
	int level = speak_as_decide();

	inside->code = as_msg_worse(inside->code,
	    as_warnings_check(
		note, &inside->line, inside->fold.policy, decision));
	speak_as_sim(level);
}

/* Finds the word of why= in the decision as it is printed, behind TIME and APP. */
static struct as_text
find_why(struct as_inside *inside, const struct as_decision *decision)
{
	static const char key[] = " why=";
	const char *at;

	inside->printed.len = 0;
	as_print_decision(&inside->printed, &inside->line, decision,
	    inside->fold.policy, false);
	inside->printed.buf[inside->printed.len] = '\0';
	at = inside->printed.buf + inside->line.stamp_len +
	    inside->line.app.len;
	at = strstr(at, key) + sizeof(key) - 1;
	return (struct as_text){at, strcspn(at, " \n")};
}

const char *
as_inside_answer(
    struct as_inside *inside, const char **sample, struct as_answer *answer)
{
	struct as_decision decision;
	const char *why = as_line_parse(&inside->line, *sample);

	if (why == NULL)
		why = as_fold_line(&inside->fold, &inside->line, &decision);
	if (why != NULL)
		return why;
	*sample = inside->line.end + 1;
	if (as_warnings_needed(&inside->line, inside->fold.policy, &decision))
		warn(inside, &decision);
	answer->count = decision.count;
	answer->why = find_why(inside, &decision);
	return NULL;
}

int
as_inside_end(struct as_inside *inside)
{
	as_fold_free(&inside->fold);
	as_notes_free(&inside->notes);
	free(inside->line.pairs);
	free(inside->printed.buf);
	return inside->code;
}
