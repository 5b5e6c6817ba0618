/* failmalloc - LD_PRELOAD: the n-th malloc, calloc or realloc of the program
 * fails (FAIL_AT=n), or all from the n-th on (FAIL_FROM=n).  Counted from
 * main on, in the first process alone; FAIL_COUNT=FILE gets how many there
 * were at the end. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *at, size_t size);

static long at = -1, from = -1, count;
static pid_t self;

static bool
fails(void)
{
	long n;

	if (self == 0 || getpid() != self)
		return false;
	n = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
	if (n != at && (from < 0 || n < from))
		return false;
	errno = ENOMEM;
	return true;
}

void *
malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}

__attribute__((constructor)) static void
start(void)
{
	const char *value;

	if ((value = getenv("FAIL_AT")) != NULL)
		at = atol(value);
	if ((value = getenv("FAIL_FROM")) != NULL)
		from = atol(value);
	self = getpid();
	count = 0;
}

__attribute__((destructor)) static void
tell(void)
{
	const char *path = getenv("FAIL_COUNT");
	char text[24];
	int fd, len;

	if (path == NULL || getpid() != self)
		return;
	self = 0;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	len = snprintf(text, sizeof(text), "%ld\n", count);
	if (fd < 0 || write(fd, text, (size_t)len) != len)
		_exit(99);
	close(fd);
}
