/* then.c - finds the settings that were in force at a moment */
#include <fcntl.h>
#include <unistd.h>

#include "why.h"

/* Another version may have other defaults, and other rules. */
static void
compare(struct as_config *config, const char *mark)
{
	struct as_buf text = {0};
	char ours[AS_DIGEST_MAX];

	as_digest_list(config, &text);
	as_digest_print((struct as_text){text.at, text.len}, ours);
	free(text.at);
	if (config->flags.n == 0 && strcmp(ours, mark) != 0)
		as_msg(AS_WARNING, NULL,
		    "decided with other settings or another version: %s, and "
		    "this is %s",
		    mark, ours);
}

/* Sets config->path to the file that the mark names.  Without that file, the options
 * alone may be all settings that the user wants. */
static bool
use_mark(
    struct as_config *config, const struct as_moment *moment, const char *mark)
{
	char *path = as_marked_path(moment->path, mark);

	if (access(path, F_OK) == 0) {
		config->path = path;
		return true;
	}
	if (config->flags.n == 0)
		as_msg_die(EX_CONFIG,
		    "%s: the settings of then are not there (-c FILE gives "
		    "them)",
		    path);
	free(path);
	return false;
}

const struct as_settings *
as_then_read(struct as_config *config, const struct as_moment *moment)
{
	char mark[AS_DIGEST_MAX];
	bool named = false;
	int fd;

	if (config->path == NULL) {
		fd = open(moment->path, O_RDONLY | O_CLOEXEC);
		named = fd >= 0 && as_marked_last(fd, moment->end - 1, mark) &&
		    use_mark(config, moment, mark);
		if (fd >= 0)
			close(fd);
	}
	as_config_ready(config);
	if (named)
		compare(config, mark);
	return as_config_of(config, moment->app);
}
