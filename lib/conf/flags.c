/* flags.c - settings of the command line, and what is wrong with one */
#include "conf.h"

/* clang-format off */
const struct as_option as_config_options[] = {
	{'a', "app", "GLOB", "only these apps"},
	{'c', "config", "FILE", "settings of all apps; see as.conf(5)"},
	{'G', "settings", NULL, "print each app's settings, and from where they are"},
	{'o', "option", "KEY=VALUE", "any setting; see as.conf(5)"},
	{0, NULL, NULL, NULL}
};
/* clang-format on */

AS_NORETURN void
as_setting_die(const struct as_setting *setting, const char *why)
{
	if (setting->line > 0)
		as_die(EX_CONFIG, "%s:%d: %s: %s", setting->file, setting->line,
		    setting->key, why);
	if (strstr(setting->key, "_url") != NULL) /* may hold a secret */
		as_die(EX_CONFIG, "%s: %s", setting->key, why);
	if (strcmp(setting->file, "-o") == 0 ||
	    strcmp(setting->file, "--option") == 0)
		as_die(EX_CONFIG, "%s %s=%s: %s", setting->file, setting->key,
		    setting->value, why);
	as_die(EX_CONFIG, "%s %s: %s", setting->file, setting->value, why);
}

/* Each value is looked at where it stands, whoever needs it later. */
void
as_setting_check(struct as_setting *setting)
{
	struct as_policy policy;
	struct as_api api;
	const char *why;

	policy.n_metrics = policy.n_steps = 0;
	if ((why = as_setting_take(&policy, &api, setting)) != NULL)
		as_setting_die(setting, why);
}

/* Flags: the last of several wins, but for keys that repeat. */

static void
add_flag(struct as_config *config, struct as_setting *flag)
{
	size_t i = 0;

	as_setting_check(flag);
	while (i < config->flags.n &&
	    ((flag->how & AS_KEY_REPEATS) != 0 ||
		strcmp(config->flag_settings[i].key, flag->key) != 0))
		i++;
	if (i == config->flags_room)
		config->flag_settings = as_grow(config->flag_settings,
		    &config->flags_room, sizeof(*config->flag_settings));
	config->flag_settings[i] = *flag;
	if (i == config->flags.n)
		config->flags.n++;
}

/* "target" is short for the metric that everybody has. */
const char *
as_key_full(const char *key)
{
	return strcmp(key, "target") == 0 ? "target.cpu" : key;
}

void
as_config_flag(struct as_config *config, const char *key, const char *value)
{
	struct as_setting flag = {
	    as_key_full(key), value, as_need(strdup(as_option_typed())), 0, 0};

	add_flag(config, &flag);
}

static void
take_assignment(struct as_config *config, const char *assignment)
{
	char *copy = as_need(strdup(assignment)), *equals = strchr(copy, '=');

	if (equals == NULL || equals == copy)
		as_die(EX_CONFIG, "%s %s: is not KEY=VALUE", as_option_typed(),
		    assignment);
	*equals = '\0';
	as_config_flag(config, copy, equals + 1);
}

static void
take_file(struct as_config *config, const char *path)
{
	if (config->path != NULL)
		as_usage("%s %s: one file is enough", as_option_typed(), path);
	config->path = path;
}

/* A name that no app can have is a mistake, not an app without samples. */
static void
take_app(struct as_config *config, const char *name)
{
	const char *why = as_is_glob(name) ? NULL : as_line_app(as_text(name));

	if (why != NULL)
		as_usage("%s %s: %s", as_option_typed(), name, why);
	config->only = name;
}

int
as_config_option(
    struct as_config *config, int *argc, char **argv[], const char **arg)
{
	int letter;

	while ((letter = as_option(argc, argv, arg)) != 0) {
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
