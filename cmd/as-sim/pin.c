/* pin.c - keeps as-sim and its decider on one CPU */
#ifdef __linux__
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-*) */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#endif

#include "sim.h"

#ifdef __linux__
/* Takes the CPU for this as-sim, until it ends.  Two on one CPU would be slower than
 * without pinning, and the kernel could not separate them.  The mark is a socket
 * with an abstract name, which only one process can have.  Returns false if another
 * as-sim has it. */
static bool
take_cpu(int cpu)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int len = snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1,
	    "as-sim on CPU %d", cpu);

	if (fd >= 0 &&
	    bind(fd, (struct sockaddr *)&name,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
		    (size_t)len)) == 0)
		return true;
	if (fd >= 0)
		close(fd);
	return false;
}

/* Tries first the CPU on which this process is: its caches are warm. */
void
as_pin_here(void)
{
	int here = sched_getcpu();
	cpu_set_t usable, one;

	if (here < 0 || sched_getaffinity(0, sizeof(usable), &usable) != 0)
		return;
	for (int i = 0; i < CPU_SETSIZE; i++) {
		int cpu = (here + i) % CPU_SETSIZE;

		if (!CPU_ISSET((size_t)cpu, &usable) || !take_cpu(cpu))
			continue;
		CPU_ZERO(&one);
		CPU_SET((size_t)cpu, &one);
		sched_setaffinity(0, sizeof(one), &one);
		return;
	}
}
#else
void
as_pin_here(void)
{
}
#endif
