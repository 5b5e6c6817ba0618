/* fork - preloaded, it lets no process be started while the file $FORK_FAILS is
 * there; if $FORK_DEPTH is N, this fails only in those that a program started by N
 * forks, without another program between */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

pid_t
fork(void)
{
	static pid_t (*real)(void);
	static int depth;
	const char *file = getenv("FORK_FAILS"), *only = getenv("FORK_DEPTH");
	pid_t pid;

	if (real == NULL)
		real = (pid_t(*)(void))dlsym(RTLD_NEXT, "fork");
	if (file == NULL || access(file, F_OK) != 0 ||
	    (only != NULL && strtol(only, NULL, 10) != depth)) {
		pid = real();
		depth += pid == 0;
		return pid;
	}
	errno = EAGAIN;
	return -1;
}

pid_t
vfork(void)
{
	return fork();
}
