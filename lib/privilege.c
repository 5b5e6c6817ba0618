/* privilege.c - drops rights that the process does not need */
#include <sys/resource.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "as.h"

#if defined(__SANITIZE_ADDRESS__)
enum { LIMIT_PROCESSES = 0 }; /* the sanitizer starts a process to find leaks */
#else
enum { LIMIT_PROCESSES = 1 };
#endif

#ifdef __OpenBSD__
int pledge(const char *promises, const char *of_programs);

static const char *const promises[] = {[AS_NEEDS_FILES] = "stdio rpath",
    [AS_NEEDS_WRITING] = "stdio rpath wpath cpath flock",
    [AS_NEEDS_NETWORK] = "stdio rpath wpath cpath flock inet unix dns proc",
    [AS_NEEDS_PROGRAMS] = "stdio rpath wpath cpath proc exec"};
#endif

void
as_privilege_limit(int resource, size_t most)
{
	struct rlimit limit = {most, most};

	setrlimit(resource, &limit);
}

/* Sets no limits on the size of files, on open files and on memory.  Only the user
 * knows how much a tool needs: stdout may be a file of any size, and there may be
 * any number of apps. */
void
as_privilege_keep(enum as_needs needs)
{
	if (needs <= AS_NEEDS_WRITING && LIMIT_PROCESSES)
		as_privilege_limit(RLIMIT_NPROC, 0);
#ifdef __linux__
	if (needs != AS_NEEDS_PROGRAMS) /* The program may be sudo. */
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#endif
#ifdef __OpenBSD__
	if (pledge(promises[needs], NULL) != 0)
		as_msg_die(EX_OSERR, "pledge failed");
#endif
}

/* RLIMIT_CORE alone is not enough: if core_pattern names a program, the kernel
 * gives that program the core in spite of this limit. */
void
as_privilege_hide(void)
{
	as_privilege_limit(RLIMIT_CORE, 0);
#ifdef __linux__
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}
