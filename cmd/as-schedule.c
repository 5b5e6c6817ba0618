/* as-schedule - prints samples with the bounds of the time windows that are open */
#include "conf.h"

/* clang-format off */
static const struct as_option options[] = {
	{'a', "app", "GLOB", "schedule only these apps, print others unchanged"},
	{'o', "option", "KEY=VALUE", "any setting, as schedule=WINDOW; -o help lists all"},
	{0, NULL, NULL, NULL}
};
/* clang-format on */

static const struct as_tool tool = {"as-schedule",
    "[-Gqv] [-a GLOB] [-c FILE] [-o KEY=VALUE]... [FILE]...",
    "Reads samples, prints them with the min= and max= of open time windows.",
    options, as_flags_options, AS_NEEDS_FILES};

enum { GROWTH = 64 }; /* bytes that a line may gain */

static struct as_config config;
/* The schedule whose first window is setting number i of config is schedules[i];
 * the others are NULL. */
static struct as_schedule **schedules;
static struct as_out out;

enum { APPS_MAX = 131072 }; /* a stream may always bring new names */

static struct as_table table; /* the last apps, at most APPS_MAX */
static struct as_schedule *
    *of_apps; /* by the app's number in table; NULL: the app has none */
static struct as_schedule refused; /* of an app whose settings conflict */
static size_t room;

enum { VALUE = 5 }; /* where the number begins in " min=" and " max=" */

static struct bound {
	const char *key;
	bool is_max;
	size_t len;               /* of text; 0: nothing to add to the line */
	char text[24 + AS_SLACK]; /* as " min=10", without '\0' */
} lower = {.key = "min", .text = " min="},
  upper = {.key = "max", .is_max = true, .text = " max="};

static void
parse_options(int *argc, char **argv[])
{
	const char *arg;

	as_flags_option(
	    &config, argc, argv, &arg); /* the tool has no other options */
	as_config_ready(&config);
	schedules = as_mem_need(
	    calloc(config.n + 1, sizeof(struct as_schedule *)));
}

/* Returns the schedule of an app, or NULL if it has none.  If its settings
 * conflict, returns &refused and sets *why.  All windows of an app stand in one
 * section, so apps with the same first window share a schedule. */
static struct as_schedule *
schedule_of(struct as_text app, const char **why)
{
	struct as_scope scope = {
	    &config, as_config_find(&config, app, why), app};
	const struct as_setting *setting;
	struct as_schedule **schedule;
	size_t i = 0;

	if (scope.settings == NULL)
		return &refused;
	setting = as_scope_each(&scope, "schedule", &i);
	if (setting == NULL)
		return NULL;
	schedule = &schedules[setting - config.settings];
	if (*schedule != NULL)
		return *schedule;
	*schedule = as_mem_need(calloc(1, sizeof(**schedule)));
	do
		as_schedule_add(*schedule, setting->value);
	while ((setting = as_scope_each(&scope, "schedule", &i)) != NULL);
	return *schedule;
}

/* Returns the schedule of the line's app, as schedule_of does, but looks for it
 * only at the first line of the app, or if its settings conflict. */
static struct as_schedule *
find_schedule(struct as_line *line, const char **why)
{
	size_t known, number;

	if (table.n == APPS_MAX && !line->guessed)
		as_table_free(&table);
	known = table.n;
	number = as_table_line(&table, line);
	if (number == known) {
		if (number == room)
			of_apps = as_mem_grow((void *)of_apps, &room,
			    sizeof(struct as_schedule *));
		of_apps[number] = NULL;
	}
	if ((number == known && as_select_wants(&config, line->app)) ||
	    of_apps[number] == &refused)
		of_apps[number] = schedule_of(line->app, why);
	return of_apps[number];
}

/* Sets bound->text to the bound n, to be added at the end of the line.  If the line
 * has such a bound already, changes that one to the tighter of both instead.  If n
 * is AS_UNKNOWN, there is nothing to add.  Returns what is wrong with the bound of
 * the line, or NULL. */
static const char *
put_bound(struct as_line *line, struct bound *bound, int32_t n)
{
	struct as_pair *pair;
	int32_t theirs;
	char *end;

	bound->len = 0;
	if (n == AS_UNKNOWN)
		return NULL;
	end = as_put_count(bound->text + VALUE, n);
	bound->len = (size_t)(end - bound->text);
	pair = as_line_get(line, bound->key);
	if (pair == NULL)
		return NULL;
	if (!as_num_count(pair->value, &theirs))
		return "min= and max= take a whole number";
	if (bound->is_max ? theirs > n : theirs < n)
		pair->value = (struct as_text){
		    bound->text + VALUE, bound->len - VALUE};
	bound->len = 0;
	return NULL;
}

static void
print_line(const struct as_line *line)
{
	char *p = as_line_print(as_out_room(&out, AS_LINE_MAX), line) - 1;

	p = as_put(p, lower.text, lower.len);
	p = as_put(p, upper.text, upper.len);
	*p++ = '\n';
	as_out_end(&out, p);
}

static const char *
take_line(void *unused, struct as_line *line)
{
	const char *why = NULL;
	struct as_schedule *schedule = find_schedule(line, &why);
	struct as_bounds bounds = {AS_UNKNOWN, AS_UNKNOWN, false};

	(void)unused;
	if (schedule == &refused)
		return why;
	if (line->end - line->app.at > AS_LINE_MAX - GROWTH)
		return "line leaves no room for bounds";
	if (schedule != NULL)
		bounds = as_schedule_at(
		    schedule, line->time, (int32_t)line->count);
	if ((why = put_bound(line, &lower, bounds.min)) != NULL ||
	    (why = put_bound(line, &upper, bounds.max)) != NULL)
		return why;
	print_line(line);
	return NULL;
}

static void
free_all(void)
{
	for (size_t i = 0; i < config.n; i++)
		if (schedules[i] != NULL) {
			free(schedules[i]->hours);
			free(schedules[i]);
		}
	free((void *)schedules);
	free((void *)of_apps);
	as_table_free(&table);
}

int
main(int argc, char *argv[])
{
	struct as_each each = {.out = &out, .comments = as_in_copy};
	int code;

	as_option_start(&tool);
	parse_options(&argc, &argv);
	if (config.is_shown)
		return as_show_settings(&config);
	code = as_in_each_operand(&each, argv, take_line);
	free_all();
	return as_out_finish(&out, code);
}
