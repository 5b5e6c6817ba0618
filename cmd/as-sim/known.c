/* known.c - says whether a decider is our as-decide, with options that as-sim knows */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim.h"

extern char **environ;

/* Sets *st to what stat says about the program that the name means: a path, or a file
 * in one of the directories of PATH. */
static bool
find_program(const char *name, struct stat *st)
{
	const char *dir = getenv("PATH");
	char path[4096];

	if (strchr(name, '/') != NULL)
		return stat(name, st) == 0;
	for (; dir != NULL && *dir != '\0'; dir += *dir == ':') {
		int len = (int)strcspn(dir, ":");

		snprintf(path, sizeof(path), "%.*s/%s", len,
		    len > 0 ? dir : ".", name);
		if (stat(path, st) == 0 && S_ISREG(st->st_mode) &&
		    access(path, X_OK) == 0)
			return true;
		dir += len;
	}
	return false;
}

/* Returns whether the program is the as-decide in the directory of this as-sim.  Both
 * were built together, so both have the same engine. */
static bool
is_ours(const char *name)
{
	char path[4096];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 16);
	struct stat ours, theirs;

	while (len > 0 && path[len - 1] != '/')
		len--;
	if (len <= 0)
		return false;
	memcpy(path + len, "as-decide", sizeof("as-decide"));
	return find_program(name, &theirs) && stat(path, &ours) == 0 &&
	    ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

/* Runs the program without samples, and returns whether it finds no mistake in its
 * options and files.  What it prints is dropped. */
static bool
accepts(char *const argv[])
{
	static const char null[] = "/dev/null";
	posix_spawn_file_actions_t actions;
	int error, status = -1;
	pid_t pid;

	error = posix_spawn_file_actions_init(&actions);
	for (int fd = STDIN_FILENO; error == 0 && fd <= STDERR_FILENO; fd++)
		error = posix_spawn_file_actions_addopen(
		    &actions, fd, null, O_RDWR, 0);
	if (error == 0)
		error = posix_spawnp(
		    &pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return error == 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

/* Takes KEY=VALUE.  The messages about a window of schedule name the option, which
 * only the program knows how to do. */
static bool
take_assignment(struct as_config *config, const char *text)
{
	char *key = as_ini_copy(text), *equals = strchr(key, '=');

	if (equals == NULL)
		return false;
	*equals = '\0';
	as_flags_set(config, key, equals + 1);
	return strcmp(key, "schedule") != 0;
}

static bool
take_option(struct as_config *config, char letter, const char *value)
{
	switch (letter) {
	case 'c': config->path = value; return true;
	case 'm': as_flags_set(config, "min", value); return true;
	case 'M': as_flags_set(config, "max", value); return true;
	case 't': as_flags_set(config, "target", value); return true;
	default: return take_assignment(config, value);
	}
}

/* Reads the option at *argv: "-tVALUE", "-t VALUE", "--target=VALUE" or "--target
 * VALUE".  Sets *value, and *argv to its last word.  Returns its letter, or '?' if it
 * is none of these. */
static char
read_option(char *const **argv, const char **value)
{
	static const struct {
		char letter;
		const char *name;
	} known[] = {{'c', "--config"}, {'m', "--min"}, {'M', "--max"},
	    {'o', "--option"}, {'t', "--target"}};
	const char *word = **argv;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t len = strlen(known[i].name);

		if (word[0] == '-' && word[1] == known[i].letter)
			*value = word[2] != '\0' ? word + 2 : *++*argv;
		else if (strcmp(word, known[i].name) == 0)
			*value = *++*argv;
		else if (strncmp(word, known[i].name, len) == 0 &&
		    word[len] == '=')
			*value = word + len + 1;
		else
			continue;
		if (*value != NULL)
			return known[i].letter;
	}
	return '?';
}

/* Without config, only looks whether the options are known. */
static bool
read_options(char *const argv[], struct as_config *config)
{
	const char *value;
	char letter;

	while (*++argv != NULL) {
		/* as-sim does not use what -x prints besides. */
		if (strcmp(*argv, "-x") == 0 || strcmp(*argv, "--explain") == 0)
			continue;
		letter = read_option(&argv, &value);
		if (letter == '?' ||
		    (config != NULL && !take_option(config, letter, value)))
			return false;
	}
	return true;
}

bool
as_known_accept(char *const argv[])
{
	return is_ours(argv[0]) && read_options(argv, NULL) && accepts(argv);
}

bool
as_known_read(char *const argv[], struct as_config *config)
{
	return read_options(argv, config);
}
