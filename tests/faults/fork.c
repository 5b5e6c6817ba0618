/* fork - preloaded, it lets no process be started while the file $FORK_FAILS is
 * there */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

pid_t
fork(void)
{
	static pid_t (*real)(void);
	const char *file = getenv("FORK_FAILS");

	if (real == NULL)
		real = (pid_t(*)(void))dlsym(RTLD_NEXT, "fork");
	if (file == NULL || access(file, F_OK) != 0)
		return real();
	errno = EAGAIN;
	return -1;
}

pid_t
vfork(void)
{
	return fork();
}
