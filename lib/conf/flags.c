/* flags.c - the options that all tools with settings share */
#include <stdio.h>
#include <unistd.h>

#include "conf.h"

/* clang-format off */
const struct as_option as_flags_options[] = {
	{'a', "app", "GLOB", "only these apps"},
	{'c', "config", "FILE", "settings of all apps; see as.conf(5)"},
	{'G', "settings", NULL, "print each app's settings, and where they are set"},
	{'o', "option", "KEY=VALUE", "any setting; -o help lists all keys"},
	{0, NULL, NULL, NULL}
};
/* clang-format on */

/* Makes a relative path absolute.  The tool, or one that it starts, may change to
 * another directory, where the relative path would mean another file. */
static const char *
absolute(const char *path)
{
	char dir[4096], *whole;
	size_t len;

	while (path[0] == '.' && path[1] == '/')
		path += 2;
	if (*path == '/' || getcwd(dir, sizeof(dir)) == NULL)
		return path;
	len = strlen(dir) + strlen(path) + 2;
	whole = as_mem_need(malloc(len));
	snprintf(whole, len, "%s/%s", dir, path);
	return whole;
}

/* Stores a setting of an option or operand.  It replaces an earlier one with the same
 * key, unless the key may stand several times. */
static void
store(struct as_config *config, const struct as_setting *flag)
{
	size_t i = 0;

	while (i < config->flags.n &&
	    ((flag->how & AS_KEY_REPEATS) != 0 ||
		strcmp(config->flag_settings[i].key, flag->key) != 0))
		i++;
	if (i == config->flags_room)
		config->flag_settings = as_mem_grow(config->flag_settings,
		    &config->flags_room, sizeof(*config->flag_settings));
	config->flag_settings[i] = *flag;
	if (i == config->flags.n)
		config->flags.n++;
}

static void
add_flag(struct as_config *config, struct as_setting *flag)
{
	const char *why = as_setting_check(flag);

	if (why != NULL) {
		as_mistake_add(
		    &config->mistakes, "%s", as_setting_explain(flag, why));
		if (!as_setting_doubt(flag))
			return;
	} else if ((flag->how & AS_KEY_PATH) != 0) {
		flag->value = absolute(flag->value);
	}
	store(config, flag);
}

void
as_flags_set(struct as_config *config, const char *key, const char *value)
{
	struct as_setting flag = {.key = as_setting_full_key(key),
	    .value = value,
	    .file = as_ini_copy(as_option_typed())};

	add_flag(config, &flag);
}

/* What follows the first word of a text that is not KEY=VALUE may be a secret. */
static void
refuse_form(struct as_config *config, char *text)
{
	struct as_setting flag = {.key = text};
	char brief[AS_BRIEF_SIZE];

	text[strcspn(text, " \t\n=")] = '\0';
	as_mistake_add(&config->mistakes, "%s %s: is not KEY=VALUE",
	    as_option_typed(), as_text_brief(brief, text));
	if (as_setting_doubt(&flag))
		store(config, &flag);
}

static void
take_assignment(struct as_config *config, const char *assignment)
{
	char *copy = as_ini_copy(assignment), *equals = strchr(copy, '=');

	if (strcmp(assignment, "help") == 0)
		exit(as_reference_print());
	if (equals == NULL || equals == copy) {
		refuse_form(config, copy);
		return;
	}
	*equals = '\0';
	as_flags_set(config, copy, equals + 1);
}

static void
take_file(struct as_config *config, const char *path)
{
	if (config->path != NULL)
		as_option_usage(
		    "%s %s: one file is enough", as_option_typed(), path);
	config->path = path;
}

/* Takes the value of -a.  Refuses a name that no app can have: the tool would wait
 * for samples of that app, which never come. */
static void
take_app(struct as_config *config, const char *name)
{
	const char *why = as_select_is_glob(name) ? NULL :
						    as_line_app(as_text(name));
	char brief[AS_BRIEF_SIZE];

	if (why != NULL)
		as_option_usage("%s %s: %s", as_option_typed(),
		    as_text_brief(brief, name), why);
	config->only = name;
}

int
as_flags_option(
    struct as_config *config, int *argc, char **argv[], const char **arg)
{
	int letter;

	while ((letter = as_option_next(argc, argv, arg)) != 0) {
		switch (letter) {
		case 'a': take_app(config, *arg); break;
		case 'c': take_file(config, *arg); break;
		case 'G': config->is_shown = true; break;
		case 'o': take_assignment(config, *arg); break;
		default: return letter;
		}
	}
	return 0;
}
