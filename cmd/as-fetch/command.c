/* command.c - the process of samples_command, whose output is sample lines, in place
 * of requests */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fetch.h"

enum {
	GRACE = 1000 /* ms from SIGTERM to SIGKILL */,
	PAUSE = 5,
	WORDS_MAX = 256
};

static char *words[WORDS_MAX + 1];

static void
refuse(
    struct as_config *config, const struct as_setting *setting, const char *why)
{
	as_mistake_add(
	    &config->mistakes, "%s", as_setting_explain(setting, why));
}

/* Refuses a samples_command that is not in [default] or after -o: somebody else
 * than the owner of as.conf may have written it in a profile. */
static void
check_place(struct as_config *config, const struct as_setting *setting)
{
	size_t i = (size_t)(setting - config->settings);
	const struct as_layer *standard = config->standard > 0 ?
	    &config->layers[config->standard - 1] :
	    NULL;

	if (i >= config->flags.first &&
	    i < config->flags.first + config->flags.n)
		return;
	if (standard == NULL || i < standard->first ||
	    i >= standard->first + standard->n)
		refuse(config, setting,
		    "stands in [default] or after -o alone, and not in a "
		    "profile");
}

static void
split(struct as_config *config, const struct as_setting *setting)
{
	char *text = as_mem_need(strdup(setting->value)), *state = NULL;
	char *word = strtok_r(text, " \t", &state);
	size_t n = 0;

	for (; word != NULL && n < WORDS_MAX; n++) {
		words[n] = word;
		word = strtok_r(NULL, " \t", &state);
	}
	words[n] = NULL;
	if (word != NULL)
		refuse(config, setting, "has over 256 words");
}

bool
as_command_ready(struct as_config *config)
{
	const struct as_setting *found = NULL;

	for (size_t i = 0; i < config->n; i++)
		if (strcmp(config->settings[i].key, "samples_command") == 0 &&
		    !config->settings[i].is_wrong) {
			found = &config->settings[i];
			check_place(config, found);
		}
	if (found != NULL)
		split(config, found);
	return found != NULL;
}

/* Returns the environment of the command: what it needs, and nothing that may be a
 * secret. */
static char **
environment(void)
{
	static const char *const names[] = {
	    "PATH", "HOME", "LANG", "DOCKER_HOST"};
	static char *all[sizeof(names) / sizeof(names[0]) + 1];
	size_t n = 0;

	if (all[0] != NULL)
		return all;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);
		struct as_buf text = {0};

		if (value == NULL)
			continue;
		as_buf_puts(&text, names[i]);
		as_buf_puts(&text, "=");
		as_buf_puts(&text, value);
		all[n++] = text.at;
	}
	return all;
}

/* Starts the command in a process group of its own, with `out` as its standard
 * output.  Returns 0 or, if this failed, the errno. */
static int
start(pid_t *pid, int out)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	int error;

	sigemptyset(&none);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_addopen(
	    &actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(
	    &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
	error = posix_spawnp(
	    pid, words[0], &actions, &attributes, words, environment());
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

/* Waits until the process has ended.  Returns false if it has not at the steady
 * time `until`.  poll(2) cannot wait for this, so it looks every PAUSE ms. */
static bool
has_ended(pid_t pid, int *status, int64_t until)
{
	while (waitpid(pid, status, WNOHANG) != pid) {
		if (as_time_steady() >= until)
			return false;
		poll(NULL, 0, PAUSE);
	}
	return true;
}

/* Returns NULL if the output can be used, or the word for err=.  If the command
 * failed after some output, only warns: some tools, such as as-fetch, print what
 * they have and then fail for the rest. */
static const char *
judge(int status, bool has_output)
{
	if (status == 0)
		return NULL;
	if (!has_output)
		return "command";
	as_msg(AS_WARNING, NULL, "samples_command: %s: %s %d", words[0],
	    WIFEXITED(status) ? "exit status" : "ended by signal",
	    WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	return NULL;
}

void
as_command_stop(struct as_command *command)
{
	int status;

	close(command->fd);
	kill(-command->pid, SIGTERM);
	if (!has_ended(command->pid, &status, as_time_steady() + GRACE)) {
		kill(-command->pid, SIGKILL);
		waitpid(command->pid, &status, 0);
	}
	kill(-command->pid, SIGKILL); /* the processes that it has started */
	command->pid = 0;
}

const char *
as_command_end(struct as_command *command, bool has_output, int64_t until)
{
	int status = 0;

	if (!has_ended(command->pid, &status, until)) {
		as_command_stop(command);
		return "timeout";
	}
	close(command->fd);
	command->pid = 0;
	return judge(status, has_output);
}

bool
as_command_start(struct as_command *command)
{
	int ends[2], error;

	if (pipe(ends) != 0)
		return false;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	error = start(&command->pid, ends[1]);
	close(ends[1]);
	command->fd = ends[0];
	if (error == 0)
		return true;
	close(ends[0]);
	command->pid = 0;
	return false;
}

const char *
as_command_name(void)
{
	return words[0];
}

/* Leaves out comments.  Puts a blank before a line that begins with ! or ~:
 * without it, the line would be taken for a fault that a filter reports
 * (output.c). */
void
as_command_lines(const struct as_buf *output, struct as_buf *to)
{
	struct as_text rest = {output->at, output->len}, line;

	while (as_text_cut(&rest, '\n', &line)) {
		if (line.len == 0 || line.at[0] == '#')
			continue;
		if (line.at[0] == '!' || line.at[0] == '~')
			as_buf_puts(to, " ");
		as_buf_add(to, line.at, line.len);
		as_buf_puts(to, "\n");
	}
	if (line.len > 0)
		as_msg(AS_ERROR, NULL,
		    "samples_command: its last line is incomplete");
}
