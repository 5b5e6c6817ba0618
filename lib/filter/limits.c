/* limits.c - locks the process that runs filters: it can open no files, start no
 * programs and use only little memory */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include "filter.h"

/* The process may use MEMORY MiB more than it has at its start, and BYTES_OF_ONE
 * bytes for each byte of JSON, because libjq needs up to so many.  FILES is the
 * number of descriptors that are closed if nothing says which are open. */
enum { MEMORY = 256, FILES = 65536, BYTES_OF_ONE = 64 };

#if defined(__SANITIZE_ADDRESS__)
enum { LIMIT_MEMORY = 0 }; /* AddressSanitizer maps terabytes */
#else
enum { LIMIT_MEMORY = 1 };
#endif

static size_t mapped; /* bytes of memory that the process had at its start */

#if defined(__linux__) && defined(SYS_close_range)
long syscall(long number, ...);

static bool
close_range(unsigned first, unsigned last)
{
	return first > last || syscall(SYS_close_range, first, last, 0) == 0;
}
#else
static bool
close_range(unsigned first, unsigned last)
{
	(void)first;
	(void)last;
	return false;
}
#endif

/* Closes all descriptors but in, out and the standard ones.  Reads from /proc
 * which ones are open: the limit may be a thousand million descriptors, too many
 * to close each. */
static void
close_listed(int in, int out)
{
	DIR *list = opendir("/proc/self/fd");
	struct dirent *entry;
	int32_t fd;

	while (list != NULL && (entry = readdir(list)) != NULL)
		if (as_num_count(as_text(entry->d_name), &fd) &&
		    fd > STDERR_FILENO && fd != in && fd != out &&
		    fd != dirfd(list))
			close(fd);
	if (list != NULL) {
		closedir(list);
		return;
	}
	for (fd = STDERR_FILENO + 1; fd < FILES; fd++)
		if (fd != in && fd != out)
			close(fd);
}

static void
close_others(int in, int out)
{
	unsigned low = (unsigned)(in < out ? in : out);
	unsigned high = (unsigned)(in < out ? out : in);

	if (!close_range(STDERR_FILENO + 1, low - 1) ||
	    !close_range(low + 1, high - 1) ||
	    !close_range(high + 1, UINT32_MAX))
		close_listed(in, out);
}

/* Returns how many bytes of memory this process has, or 0 if that is not known.
 * It has all the memory of its parent, which may be much for a large fleet, and
 * the limit must allow for it. */
static size_t
find_mapped(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	int32_t pages = 0;
	char text[64] = "";

	if (file == NULL)
		return 0;
	if (fgets(text, sizeof(text), file) == NULL ||
	    !as_num_count((struct as_text){text, strcspn(text, " ")}, &pages))
		pages = 0;
	fclose(file);
	return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
}

void
as_limits_enter(int in, int out)
{
	extern char **environ;
	static char *nothing[] = {NULL};
	int null = open("/dev/null", O_RDWR);

	mapped = find_mapped();
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	close_others(in, out);
	environ = nothing;
	as_privilege_hide();
	as_privilege_limit(RLIMIT_FSIZE, 0);
	as_privilege_limit(RLIMIT_NOFILE, 0);
	as_privilege_limit(RLIMIT_NPROC, 0);
	as_limits_memory(0);
#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
}

void
as_limits_memory(size_t message)
{
	struct rlimit limit;

	if (!LIMIT_MEMORY || getrlimit(RLIMIT_AS, &limit) != 0)
		return;
	limit.rlim_cur = mapped + ((size_t)MEMORY << 20) +
	    message * BYTES_OF_ONE;
	if (limit.rlim_cur > limit.rlim_max)
		limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_AS, &limit);
}
