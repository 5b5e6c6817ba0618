/* ini.c - files of settings: "[section]" and "key = value" lines */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"

enum { LINE_MAX_BYTES = 4096, FILE_MAX_BYTES = 67108864 };

AS_NORETURN void
as_ini_die(const struct as_ini *ini, const char *what, const char *why)
{
	if (what == NULL)
		as_msg_die(EX_CONFIG, "%s:%d: %s", ini->path, ini->line, why);
	as_msg_die(EX_CONFIG, "%s:%d: %s: %s", ini->path, ini->line, what, why);
}

/* Whoever may write to it may scale everything: where root reads it, nobody
 * else may. */
static off_t
check_file(int fd, const char *path)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		as_msg_die(EX_CONFIG, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		as_msg_die(EX_CONFIG, "%s: is not a regular file", path);
	if (geteuid() == 0 && st.st_uid != 0)
		as_msg_die(EX_CONFIG,
		    "%s: its owner is not root, who reads it (chown root)",
		    path);
	if (geteuid() == 0 && (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		as_msg_die(EX_CONFIG,
		    "%s: others than root can write to it (chmod go-w)", path);
	if (st.st_size == 0)
		as_msg_die(EX_CONFIG, "%s: is empty", path);
	if (st.st_size > FILE_MAX_BYTES)
		as_msg_die(EX_CONFIG, "%s: is over 64 MiB", path);
	return st.st_size;
}

/* Settings borrow from what was read, until the end. */
static char *
keep(size_t size)
{
	static struct file {
		struct file *before;
		char text[];
	} * last;
	struct file *file = as_mem_need(malloc(sizeof(*file) + size));

	file->before = last;
	last = file;
	return file->text;
}

void
as_ini_open(struct as_ini *ini, const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	size_t size = (size_t)check_file(fd, path), len = 0;
	ssize_t n;

	*ini = (struct as_ini){.path = path};
	ini->text = keep(size + 1);
	while (len < size && (n = read(fd, ini->text + len, size - len)) != 0) {
		if (n < 0 && errno != EINTR)
			as_msg_die(EX_CONFIG, "%s: %s", path, strerror(errno));
		len += n > 0 ? (size_t)n : 0;
	}
	close(fd);
	ini->next = ini->text;
	ini->end = ini->text + len;
	*ini->end = '\0';
	if (len >= 3 && memcmp(ini->text, "\xef\xbb\xbf", 3) == 0)
		ini->next += 3;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Drops a comment, and blanks at the end; " \#" becomes " #". */
static void
trim(char *line)
{
	char *to = line;

	for (char *p = line; *p != '\0'; p++) {
		bool behind = p == line || is_blank(p[-1]);

		if (*p == '#' && behind)
			break;
		if (*p == '\\' && p[1] == '#' && behind)
			p++;
		*to++ = *p;
	}
	while (to > line && is_blank(to[-1]))
		to--;
	*to = '\0';
}

static void
check_bytes(const struct as_ini *ini, const char *line, size_t len)
{
	if (len > LINE_MAX_BYTES)
		as_ini_die(ini, NULL, "the line is over 4 KiB");
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' && line[i] != '\t')
			as_ini_die(ini, NULL, "has a control byte");
}

bool
as_ini_read(struct as_ini *ini)
{
	while (ini->next < ini->end) {
		char *line = ini->next;
		char *lf = memchr(line, '\n', (size_t)(ini->end - line));
		char *end = lf != NULL ? lf : ini->end;

		ini->next = lf != NULL ? lf + 1 : ini->end;
		ini->line++;
		if (end > line && end[-1] == '\r')
			end--;
		check_bytes(ini, line, (size_t)(end - line));
		if (lf == NULL) /* max = 5 may be the beginning of max = 50 */
			as_ini_die(ini, NULL,
			    "has no end: was the file still being written?");
		*end = '\0';
		trim(line);
		if (*line == '\0')
			continue;
		if (is_blank(*line))
			as_ini_die(ini, NULL,
			    "begins with a blank: values do not go on here");
		ini->at = line;
		return true;
	}
	return false;
}

const char *
as_ini_cut(char *line, char **key, char **value)
{
	char *equals = strchr(line, '='), *end = equals;

	if (equals == NULL || equals == line)
		return "is not KEY = VALUE";
	while (end > line && is_blank(end[-1]))
		end--;
	*end = '\0';
	*key = line;
	for (*value = equals + 1; is_blank(**value); (*value)++)
		continue;
	if (strpbrk(line, " \t") != NULL)
		return "has a blank in its KEY";
	return **value == '\0' ? "has no VALUE" : NULL;
}

char *
as_ini_beside(const char *file, const char *path)
{
	const char *slash = strrchr(file, '/');
	size_t dir;
	char *whole;

	while (path[0] == '.' && path[1] == '/')
		path += 2;
	dir = slash != NULL && *path != '/' ? (size_t)(slash - file) + 1 : 0;
	whole = as_mem_need(malloc(dir + strlen(path) + 1));
	memcpy(whole, file, dir);
	memcpy(whole + dir, path, strlen(path) + 1);
	return whole;
}
