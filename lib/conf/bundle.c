/* bundle.c - a copy of all files of the settings in one file: settings that were
 * checked stay in use, whatever becomes of those files */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"

/* A bundle begins with this line.  Then for each file there is a line
 * "# file BYTES PATH", and its BYTES bytes. */
static const char first_line[] = "# the files of the settings of as-tools\n";
static const char head[] = "# file ";

static struct bundled {
	char *path;
	struct as_text text;
} * files;
static size_t n_files, room;
static bool records;

static void
add(const char *path, size_t path_len, struct as_text text)
{
	if (n_files == room)
		files = as_mem_grow(files, &room, sizeof(*files));
	files[n_files++] = (struct bundled){
	    as_mem_need(strndup(path, path_len)), text};
}

bool
as_bundle_find(const char *path, struct as_text *text)
{
	for (size_t i = 0; i < n_files; i++)
		if (strcmp(files[i].path, path) == 0) {
			*text = files[i].text;
			return true;
		}
	return false;
}

void
as_bundle_start(void)
{
	records = true;
}

/* The copy gets an LF at its end if the text has none, so that the next head begins
 * a line. */
void
as_bundle_add(const char *path, struct as_text text)
{
	struct as_buf copy = {0};
	struct as_text unused;

	if (!records || as_bundle_find(path, &unused))
		return;
	as_buf_add(&copy, text.at, text.len);
	if (text.len > 0 && text.at[text.len - 1] != '\n')
		as_buf_puts(&copy, "\n");
	add(path, strlen(path), (struct as_text){copy.at, copy.len});
}

bool
as_bundle_is(struct as_text text)
{
	size_t len = sizeof(first_line) - 1;

	return text.len > len && memcmp(text.at, first_line, len) == 0;
}

/* Takes the next file off *rest: its head and its bytes.  Returns false if they are
 * not there. */
static bool
take_file(struct as_text *rest)
{
	struct as_text line, bytes;
	int32_t len;

	if (!as_text_cut(rest, '\n', &line) || line.len < sizeof(head) ||
	    memcmp(line.at, head, sizeof(head) - 1) != 0)
		return false;
	line.at += sizeof(head) - 1;
	line.len -= sizeof(head) - 1;
	if (!as_text_cut(&line, ' ', &bytes) || !as_num_count(bytes, &len) ||
	    (size_t)len > rest->len || line.len == 0)
		return false;
	add(line.at, line.len, (struct as_text){rest->at, (size_t)len});
	rest->at += len;
	rest->len -= (size_t)len;
	return true;
}

/* Forgets the files that as_bundle_add has added: the bundle itself. */
static void
forget_all(void)
{
	while (n_files > 0) {
		free(files[--n_files].path);
		free((char *)files[n_files].text.at);
	}
}

const char *
as_bundle_read(struct as_text text)
{
	text.at += sizeof(first_line) - 1;
	text.len -= sizeof(first_line) - 1;
	forget_all();
	while (text.len > 0)
		if (!take_file(&text))
			return NULL;
	return n_files > 0 ? files[0].path : NULL;
}

static void
print_file(struct as_buf *to, const struct bundled *file)
{
	char bytes[24];

	snprintf(bytes, sizeof(bytes), "%zu ", file->text.len);
	as_buf_puts(to, head);
	as_buf_puts(to, bytes);
	as_buf_puts(to, file->path);
	as_buf_puts(to, "\n");
	as_buf_add(to, file->text.at, file->text.len);
}

const char *
as_bundle_write(const char *path)
{
	struct as_buf all = {0};
	const char *why;
	int fd;

	as_buf_puts(&all, first_line);
	for (size_t i = 0; i < n_files; i++)
		print_file(&all, &files[i]);
	why = as_open_file(path,
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600, &fd);
	if (why != NULL) {
		free(all.at);
		return why;
	}
	if (fchmod(fd, 0600) != 0 || !as_log_write(fd, all.at, all.len))
		why = strerror(errno);
	if (close(fd) != 0 && why == NULL)
		why = strerror(errno);
	free(all.at);
	return why;
}
