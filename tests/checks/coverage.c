/* coverage - linked into what `make coverage` builds: a process that ends by
 * _exit, or by a signal, writes down which of its lines ran, too */
#define _GNU_SOURCE
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

void __gcov_dump(void);
__attribute__((noreturn)) void __real__exit(int code);
int __real_kill(pid_t pid, int how);
int __real_prctl(int what, unsigned long value, ...);
int __real_setrlimit(__rlimit_resource_t what, const struct rlimit *limit);

__attribute__((noreturn)) void __wrap__exit(int code);
int __wrap_kill(pid_t pid, int how);
int __wrap_prctl(int what, unsigned long value, ...);
int __wrap_setrlimit(__rlimit_resource_t what, const struct rlimit *limit);

void
__wrap__exit(int code)
{
	__gcov_dump();
	__real__exit(code);
}

/* A child whose pipe was closed is about to end: it has half a second for it.
 */
int
__wrap_kill(pid_t pid, int how)
{
	const struct timespec moment = {.tv_nsec = 5000000};

	for (int i = 0; how == SIGKILL && i < 100; i++) {
		siginfo_t info = {.si_pid = 0};

		waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT);
		if (info.si_pid == pid)
			break;
		nanosleep(&moment, NULL);
	}
	return __real_kill(pid, how);
}

/* Nor does it die with us: the end of its input ends it. */
int
__wrap_prctl(int what, unsigned long value, ...)
{
	return what == PR_SET_PDEATHSIG ? 0 :
					  __real_prctl(what, value, 0, 0, 0);
}

/* What ran is written into files, behind a fence too. */
int
__wrap_setrlimit(__rlimit_resource_t what, const struct rlimit *limit)
{
	bool of_files = what == RLIMIT_FSIZE || what == RLIMIT_NOFILE;

	return of_files && limit->rlim_max == 0 ? 0 :
						  __real_setrlimit(what, limit);
}

static void
end(int how)
{
	__gcov_dump();
	signal(how, SIG_DFL);
	raise(how);
}

__attribute__((constructor)) static void
start(void)
{
	signal(SIGTERM, end);
}
