/* latency - microseconds that a filter takes for one line, or to start and end
 *
 * latency trips FILE COMMAND...  each line of FILE there and back by pipes
 * latency starts N COMMAND...    N times from start to exit, input empty */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void
fail(const char *what)
{
	perror(what);
	exit(1);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static pid_t
start(char *argv[], int in, int out)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ) != 0)
		fail(argv[0]);
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

static void
end(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || status != 0) {
		fputs("latency: the command failed\n", stderr);
		exit(1);
	}
}

static double
trips(const char *path, char *argv[])
{
	FILE *file = fopen(path, "r");
	char line[4096], back[4096];
	int to[2], from[2], n = 0;
	double began;
	pid_t pid;

	if (file == NULL || pipe(to) != 0 || pipe(from) != 0)
		fail(path);
	fcntl(to[1], F_SETFD, FD_CLOEXEC);
	fcntl(from[0], F_SETFD, FD_CLOEXEC);
	pid = start(argv, to[0], from[1]);
	close(to[0]);
	close(from[1]);
	for (began = now(); fgets(line, sizeof(line), file) != NULL; n++) {
		ssize_t len = (ssize_t)strlen(line);

		if (write(to[1], line, (size_t)len) != len)
			fail("write");
		if ((len = read(from[0], back, sizeof(back))) <= 0 ||
		    back[len - 1] != '\n')
			fail("read");
	}
	began = (now() - began) / n;
	close(to[1]);
	end(pid);
	fclose(file);
	return began;
}

static double
starts(const char *count, char *argv[])
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	long n = strtol(count, NULL, 10);
	double began = now();

	for (long i = 0; i < n; i++)
		end(start(argv, null, null));
	return (now() - began) / (double)n;
}

int
main(int argc, char *argv[])
{
	if (argc < 4) {
		fputs("usage: latency trips FILE | starts N COMMAND...\n",
		    stderr);
		return 64;
	}
	printf("%.2f\n",
	    strcmp(argv[1], "trips") == 0 ? trips(argv[2], argv + 3) :
					    starts(argv[2], argv + 3));
	return 0;
}
