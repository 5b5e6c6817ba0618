/* ini.c - reads files of settings: "[section]", "key = value" and comments */
#include <errno.h>
#include <unistd.h>

#include "conf.h"

enum { LINE_MAX_BYTES = 4096, VALUE_MAX_BYTES = 65536 };

static void
report(const struct as_ini *ini, int line, const char *what, const char *why)
{
	char brief[AS_BRIEF_SIZE];

	if (what == NULL)
		as_mistake_add(
		    ini->mistakes, "%s:%d: %s", ini->path, line, why);
	else
		as_mistake_add(ini->mistakes, "%s:%d: %s: %s", ini->path, line,
		    as_text_brief(brief, what), why);
}

void
as_ini_report(const struct as_ini *ini, const char *what, const char *why)
{
	report(ini, ini->line, what, why);
}

/* Returns memory for texts that settings point into, so it is never freed.  It is
 * kept in a list, because leak checkers report memory that nothing points to. */
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

char *
as_ini_copy(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(keep(size), text, size);
}

/* Skips the byte order mark with which some editors begin a file. */
static void
skip_mark(struct as_ini *ini)
{
	if (ini->end - ini->text >= 3 &&
	    memcmp(ini->text, "\xef\xbb\xbf", 3) == 0)
		ini->next += 3;
}

/* Reads the whole file into memory.  Returns NULL, or why it cannot be read. */
static const char *
read_all(struct as_ini *ini, int fd, size_t size)
{
	size_t len = 0;
	ssize_t n;

	ini->text = ini->next = keep(size + 1);
	while (len < size && (n = read(fd, ini->text + len, size - len)) != 0) {
		if (n < 0 && errno != EINTR)
			return strerror(errno);
		len += n > 0 ? (size_t)n : 0;
	}
	ini->end = ini->text + len;
	*ini->end = '\0';
	skip_mark(ini);
	return NULL;
}

/* Takes the text of a file from a bundle.  The text is copied, because reading
 * changes it, and a profile may be read several times. */
static void
read_bundled(struct as_ini *ini, struct as_text text)
{
	ini->text = ini->next = keep(text.len + 1);
	memcpy(ini->text, text.at, text.len);
	ini->end = ini->text + text.len;
	*ini->end = '\0';
	skip_mark(ini);
}

bool
as_ini_open(struct as_ini *ini, const char *path, struct as_mistakes *mistakes)
{
	const char *why;
	struct as_text text;
	size_t size;
	int fd;

	*ini = (struct as_ini){.path = path, .mistakes = mistakes};
	if (as_bundle_find(path, &text)) {
		read_bundled(ini, text);
		return true;
	}
	fd = as_trust_open(path, &size, &why);
	if (fd >= 0) {
		why = read_all(ini, fd, size);
		ini->is_still = as_trust_stands_still(fd, size);
		close(fd);
	}
	if (why != NULL)
		as_mistake_add(mistakes, "%s: %s", path, why);
	else
		as_bundle_add(path,
		    (struct as_text){
			ini->text, (size_t)(ini->end - ini->text)});
	return why == NULL;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Removes the comment of a line, and blanks at its end.  " \#" becomes " #", and
 * " \\#" becomes " \#". */
static void
trim(char *line)
{
	char *to = line;

	for (char *p = line; *p != '\0'; p++) {
		bool first = p == line || is_blank(p[-1]);

		if (*p == '#' && first)
			break;
		if (first && *p == '\\' && p[strspn(p, "\\")] == '#')
			p++;
		*to++ = *p;
	}
	while (to > line && is_blank(to[-1]))
		to--;
	*to = '\0';
}

/* Returns NULL, or why the line is not allowed. */
static const char *
check_line(const char *line, size_t len)
{
	if (len > LINE_MAX_BYTES)
		return "the line is over 4 KiB";
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' && line[i] != '\t')
			return "has a control byte";
	return NULL;
}

/* Returns the next line of the file, without its comment.  Reports a line that is
 * not allowed, and returns an empty one in its place. */
static char *
cut_line(struct as_ini *ini)
{
	char *line = ini->next;
	char *lf = memchr(line, '\n', (size_t)(ini->end - line));
	char *end = lf != NULL ? lf : ini->end;
	const char *why;

	ini->next = lf != NULL ? lf + 1 : ini->end;
	ini->n_lines++;
	if (end > line && end[-1] == '\r')
		end--;
	why = check_line(line, (size_t)(end - line));
	/* "max = 5" without an LF may be the beginning of "max = 50". */
	if (why == NULL && lf == NULL && !ini->is_still)
		why = "has no end: was the file still being written?";
	*end = '\0';
	if (why != NULL) {
		report(ini, ini->n_lines, NULL, why);
		*line = '\0';
	}
	trim(line);
	return line;
}

/* Returns whether the line is "KEY = ..." with a key that the tools know. */
static bool
sets_key(const char *line)
{
	size_t len = strcspn(line, " \t=");
	const char *equals = line + len + strspn(line + len, " \t");

	return *equals == '=' && equals[1] != '=' &&
	    as_setting_is_key((struct as_text){line, len});
}

/* Appends an indented line to the value that ends at `end`, and returns the new
 * end.  Reports a line that it does not append. */
static char *
append(struct as_ini *ini, char *end, char *line)
{
	char *text = line + strspn(line, " \t");
	size_t len = strlen(text);

	if (sets_key(text)) {
		text[strcspn(text, " \t=")] = '\0'; /* a secret may follow */
		report(ini, ini->n_lines, text,
		    "indented: a key of its own, or the value above?");
		return end;
	}
	if ((size_t)(end - ini->at) + len >= VALUE_MAX_BYTES) {
		report(ini, ini->n_lines, NULL, "the value is over 64 KiB");
		return end;
	}
	*end++ = '\n';
	memmove(end, text, len + 1);
	return end + len;
}

/* Appends the indented lines that follow the value in ini->at.  Skips comments and
 * blank lines between them. */
static void
join_lines(struct as_ini *ini)
{
	char *end = ini->at + strlen(ini->at);

	while (ini->next < ini->end && strchr(" \t\r\n#", *ini->next)) {
		char *line = cut_line(ini);

		if (*line != '\0')
			end = append(ini, end, line);
	}
}

bool
as_ini_read(struct as_ini *ini)
{
	while (ini->next < ini->end) {
		ini->at = cut_line(ini);
		ini->line = ini->n_lines;
		if (*ini->at == '\0')
			continue;
		if (is_blank(*ini->at)) {
			as_ini_report(ini, NULL,
			    "begins with a blank, and no value stands above");
			continue;
		}
		if (ini->joins && *ini->at != '[')
			join_lines(ini);
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
	*value = equals + 1 + strspn(equals + 1, " \t\n");
	if (strpbrk(line, " \t\n") != NULL)
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
	whole = keep(dir + strlen(path) + 1);
	memcpy(whole, file, dir);
	memcpy(whole + dir, path, strlen(path) + 1);
	return whole;
}
