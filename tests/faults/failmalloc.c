/* failmalloc - LD_PRELOAD: the n-th malloc, calloc or realloc of the program
 * fails (FAIL_AT=n), or all from the n-th on (FAIL_FROM=n).  Counted from
 * main on, in the first process alone, of the program FAIL_IN if that is set;
 * FAIL_COUNT=FILE gets how many there were at the end.
 *
 * With -DWRAP it is linked in by --wrap=malloc and so on, above the allocator
 * of a sanitizer: then the calls of our own code fail, and no library's. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef WRAP
#define OURS(name) __wrap_##name
#define THEIRS(name) __real_##name
#else
#define OURS(name) name
#define THEIRS(name) __libc_##name
#endif

void *THEIRS(malloc)(size_t size);
void *THEIRS(calloc)(size_t n, size_t size);
void *THEIRS(realloc)(void *at, size_t size);

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
OURS(malloc)(size_t size)
{
	return fails() ? NULL : THEIRS(malloc)(size);
}

void *
OURS(calloc)(size_t n, size_t size)
{
	return fails() ? NULL : THEIRS(calloc)(n, size);
}

void *
OURS(realloc)(void *old, size_t size)
{
	return fails() ? NULL : THEIRS(realloc)(old, size);
}

#ifdef WRAP /* the C library's own call malloc, and so us */
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t most);

char *
__wrap_strdup(const char *text)
{
	return fails() ? NULL : __real_strdup(text);
}

char *
__wrap_strndup(const char *text, size_t most)
{
	return fails() ? NULL : __real_strndup(text, most);
}
#endif

__attribute__((constructor)) static void
start(void)
{
	const char *value;

	if ((value = getenv("FAIL_IN")) != NULL &&
	    strcmp(value, program_invocation_short_name) != 0)
		return;
	if ((value = getenv("FAIL_AT")) != NULL)
		at = strtol(value, NULL, 10);
	if ((value = getenv("FAIL_FROM")) != NULL)
		from = strtol(value, NULL, 10);
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
