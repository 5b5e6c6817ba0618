/* huge - preloaded, it gives a process a limit of 1e9 open files, as containers
 * have, and 300 MiB of memory, as a fleet of 120,000 apps has */
#include <dlfcn.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/resource.h>

enum { FILES = 1073741816, BYTES = 314572800 };

static int (*real)(int, struct rlimit *);

__attribute__((constructor)) static void
map(void)
{
	real = (int (*)(int, struct rlimit *))dlsym(RTLD_NEXT, "getrlimit");
	mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
	    -1, 0);
}

int
getrlimit(__rlimit_resource_t resource, struct rlimit *limit)
{
	int failed = real((int)resource, limit);

	if (resource == RLIMIT_NOFILE)
		limit->rlim_cur = limit->rlim_max = FILES;
	return failed;
}
