/* gnuplot.c - runs gnuplot on a script, and reads the picture */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plot.h"

extern char **environ;

/* Starts gnuplot.  With -d it reads no start-up file of the user or the site, so
 * that pictures look the same everywhere. */
static int
spawn(pid_t *pid, int in, int out, int errors)
{
	static char *argv[] = {"gnuplot", "-d", "-", NULL};
	posix_spawn_file_actions_t actions;
	int error = posix_spawn_file_actions_init(&actions);

	if (error == 0)
		error = posix_spawn_file_actions_adddup2(
		    &actions, in, STDIN_FILENO);
	if (error == 0)
		error = posix_spawn_file_actions_adddup2(
		    &actions, out, STDOUT_FILENO);
	if (error == 0)
		error = posix_spawn_file_actions_adddup2(
		    &actions, errors, STDERR_FILENO);
	if (error == 0)
		error = posix_spawnp(
		    pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

/* Adds to buf what fd has, up to its end.  Returns 0, or errno if it cannot. */
static int
read_all(int fd, struct as_buf *buf)
{
	char bytes[16384];
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) != 0)
		if (n > 0)
			as_buf_add(buf, bytes, (size_t)n);
		else if (errno != EINTR)
			return errno;
	return 0;
}

/* Returns why gnuplot failed.  It prints the wrong line, a mark "^" below it, and
 * then the reason.  So this is the last line that has other bytes than blanks and
 * marks. */
static const char *
complaint(FILE *errors, char line[256])
{
	char next[256];

	snprintf(line, 256, "it does not say why");
	rewind(errors);
	while (fgets(next, sizeof(next), errors) != NULL) {
		next[strcspn(next, "\n")] = '\0';
		if (next[strspn(next, " \t^")] != '\0')
			memcpy(line, next, sizeof(next));
	}
	return line;
}

static int
failed(const char *what, int error)
{
	as_msg(AS_ERROR, NULL, "%s: %s", what, strerror(error));
	return EX_OSERR;
}

static int
judge(int status, const struct as_buf *picture, FILE *errors)
{
	char line[256];

	if (status == 0 && picture->len > 0)
		return 0;
	as_msg(AS_ERROR, NULL, "gnuplot: failed with %s %d: %s",
	    WIFSIGNALED(status) ? "signal" : "exit status",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
	    complaint(errors, line));
	return EX_UNAVAILABLE;
}

static int
run(FILE *script, FILE *errors, struct as_buf *picture)
{
	int fd[2], status = 0, error, unread = 0;
	pid_t pid;

	if (pipe(fd) != 0)
		return failed("pipe", errno);
	fcntl(fd[0], F_SETFD, FD_CLOEXEC);
	error = spawn(&pid, fileno(script), fd[1], fileno(errors));
	close(fd[1]);
	if (error == 0)
		unread = read_all(fd[0], picture);
	/* If as-plot could not read to the end, gnuplot may still be writing.
	 * Closing the pipe ends it; else waitpid would wait for ever. */
	close(fd[0]);
	if (error != 0)
		return failed("gnuplot: cannot be run", error);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return unread != 0 ? failed("gnuplot: read", unread) :
			     judge(status, picture, errors);
}

/* gnuplot reads the script from a file, not from a pipe.  With one pipe to gnuplot
 * and one from it, gnuplot and as-plot could wait for each other. */
int
as_gnuplot(FILE *script, struct as_buf *picture)
{
	FILE *errors = tmpfile();
	int code;

	if (errors == NULL || fflush(script) != 0 || ferror(script) ||
	    lseek(fileno(script), 0, SEEK_SET) != 0)
		code = failed("temporary file", errno);
	else
		code = run(script, errors, picture);
	if (errors != NULL)
		fclose(errors);
	return code;
}
