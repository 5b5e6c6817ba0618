/* secret.c - files with secrets: who may read them, and what they hold */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http.h"

enum {
	ALL_MODES = 07777,
	FILE_MAX = 262144,
	KEY_LINE_MIN = 16,
	GROUPS_MAX = 65536 /* the most that Linux gives a process */
};

/* A function that calls act for each secret in the text of a file */
typedef void each_secret(
    const char *text, void (*act)(const char *secret, bool login));

struct secret {
	const char *path;
	each_secret *each;
	struct stat was;            /* of the file when it was read */
	struct as_buf text, before; /* what the file holds now; held before */
	const char *why;            /* why it cannot be used, or NULL */
	struct secret *next;
};

static struct secret *secrets;

/* A credential from systemd has mode 0440, but no group can read it: an access
 * control list lets one user read the file, and the mode shows that list as the
 * group's bit. */
static bool
is_credential(const struct stat *st)
{
	return st->st_uid == 0 && st->st_gid == 0 &&
	    (st->st_mode & ALL_MODES) == (S_IRUSR | S_IRGRP);
}

/* Whether root has made the file so that only a group of this process can read it.
 * Kubernetes makes the files of a volume with fsGroup like that. */
static bool
is_for_our_group(const struct stat *st)
{
	gid_t groups[GROUPS_MAX];
	int n = getgroups(GROUPS_MAX, groups);

	if (st->st_uid != 0 || st->st_gid == 0 ||
	    (st->st_mode & (S_IWGRP | S_IXGRP | S_IRWXO)) != 0)
		return false;
	for (int i = 0; i < n; i++)
		if (groups[i] == st->st_gid)
			return true;
	return st->st_gid == getegid();
}

static const char *
check_owner(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "is not a regular file";
	if ((st->st_mode & (S_IRWXG | S_IRWXO)) != 0 && !is_credential(st) &&
	    !is_for_our_group(st))
		return st->st_uid == 0 && geteuid() != 0 ?
		    "others can read it (in a Pod set runAsUser and fsGroup)" :
		    "others can read it (chmod 600)";
	if (st->st_uid != geteuid() && st->st_uid != 0)
		return "belongs to another user";
	return NULL;
}

static void
token_each(const char *text, void (*act)(const char *secret, bool login))
{
	act(text, false);
}

/* Calls act for each line of a private key in PEM, but not for certificates in the
 * same file, which are public. */
static void
key_each(const char *text, void (*act)(const char *secret, bool login))
{
	char line[128];
	bool is_key = false;
	size_t len;

	for (; *text != '\0'; text += len + (text[len] != '\0')) {
		len = strcspn(text, "\n");
		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		line[strcspn(line, "\r")] = '\0';
		if (strncmp(line, "-----", 5) == 0)
			is_key = strstr(line, "BEGIN") != NULL &&
			    strstr(line, "PRIVATE KEY") != NULL;
		else if (is_key && strlen(line) >= KEY_LINE_MIN)
			act(line, false);
	}
}

/* Returns why the text is no token, or NULL.  A token is one line of printable
 * bytes; an LF at its end is removed. */
static const char *
check_token(struct as_buf *text)
{
	if (text->len > AS_TOKEN_MAX + 1)
		return "is over 16 KiB";
	if (text->len > 0 && text->at[text->len - 1] == '\n')
		text->at[--text->len] = '\0';
	if (text->len == 0)
		return "is empty";
	for (size_t i = 0; i < text->len; i++)
		if (text->at[i] <= ' ' || text->at[i] > '~')
			return "is not one line with a token";
	return text->len > AS_TOKEN_MAX ? "is over 16 KiB" : NULL;
}

static const char *
read_text(int fd, struct as_buf *text)
{
	char bytes[4096];
	ssize_t n;

	as_buf_puts(text, "");
	while ((n = read(fd, bytes, sizeof(bytes))) > 0 && text->len < FILE_MAX)
		as_buf_add(text, bytes, (size_t)n);
	if (n < 0)
		return strerror(errno);
	return n > 0 ? "is over 256 KiB" : NULL;
}

/* Reads a file that has changed.  Messages hide what it holds now, and also what it
 * held before, which a server may still repeat in a reply; but no longer what it
 * held before that.  Returns why the file cannot be used, or NULL. */
static const char *
take_text(struct secret *secret, int fd)
{
	const char *why;

	if (secret->before.at != NULL)
		secret->each(secret->before.at, as_hide_drop);
	free(secret->before.at);
	secret->before = secret->text;
	secret->text = (struct as_buf){0};
	why = read_text(fd, &secret->text);
	if (why == NULL && secret->each == token_each)
		why = check_token(&secret->text);
	secret->each(secret->text.at, as_hide_add);
	return why;
}

static const char *
read_secret(struct secret *secret)
{
	int fd = open(secret->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	const char *why;

	if (fd < 0 || fstat(fd, &secret->was) != 0)
		why = strerror(errno);
	else if ((why = check_owner(&secret->was)) == NULL)
		why = take_text(secret, fd);
	if (fd >= 0)
		close(fd);
	return why;
}

static bool
is_unchanged(const struct secret *secret)
{
	struct stat now;

	return secret->why == NULL && stat(secret->path, &now) == 0 &&
	    now.st_ino == secret->was.st_ino &&
	    now.st_size == secret->was.st_size &&
	    now.st_ctim.tv_sec == secret->was.st_ctim.tv_sec &&
	    now.st_ctim.tv_nsec == secret->was.st_ctim.tv_nsec;
}

static struct secret *
find(const char *path, each_secret *each)
{
	struct secret *secret = secrets;

	while (secret != NULL &&
	    (secret->each != each || strcmp(secret->path, path) != 0))
		secret = secret->next;
	if (secret != NULL)
		return secret;
	as_privilege_hide();
	secret = as_mem_need(calloc(1, sizeof(*secret)));
	secret->path = path;
	secret->each = each;
	secret->why = "was not read";
	secret->next = secrets;
	return secrets = secret;
}

/* Reads the file if it has changed.  Returns why it cannot be used, or NULL. */
static const char *
refresh(struct secret *secret)
{
	if (!is_unchanged(secret))
		secret->why = read_secret(secret);
	return secret->why;
}

const char *
as_secret_token(const char *path, const char **why)
{
	struct secret *token = find(path, token_each);

	*why = refresh(token);
	return *why == NULL ? token->text.at : NULL;
}

void
as_secret_logins(const char *path)
{
	refresh(find(path, as_netrc_each));
}

/* Returns 0, or the exit status with the reason in *why if the file cannot be
 * used. */
static int
check_file(const char *path, each_secret *each, const char **why)
{
	struct stat st;

	as_privilege_hide();
	*why = stat(path, &st) != 0 ? strerror(errno) : check_owner(&st);
	if (*why != NULL)
		return EX_NOPERM;
	*why = refresh(find(path, each));
	return *why != NULL ? EX_CONFIG : 0;
}

/* libcurl would wait for the writer of a pipe. */
static int
check_readable(const char *path, const char **why)
{
	struct stat st;

	*why = NULL;
	if (access(path, R_OK) != 0 || stat(path, &st) != 0)
		*why = strerror(errno);
	else if (!S_ISREG(st.st_mode))
		*why = "is not a regular file";
	return *why != NULL ? EX_CONFIG : 0;
}

int
as_secret_check(
    const struct as_remote *remote, size_t *next, char why[AS_DETAIL_MAX])
{
	const char *cert = remote->client_cert, *key = remote->client_key;
	const struct {
		const char *key, *path;
		each_secret *each; /* NULL: it has no secret */
	} files[] = {
	    {"token_file", remote->token_file, token_each},
	    {"netrc_file", remote->netrc_file, as_netrc_each},
	    {"client_key", key, key_each},
	    {"ca_file", remote->ca_file, NULL},
	    /* Without client_key this file has the key, too. */
	    {"client_cert", cert, key != NULL ? NULL : key_each},
	};
	int code = 0;

	while (code == 0 && *next < sizeof(files) / sizeof(files[0])) {
		size_t i = (*next)++;
		const char *path = files[i].path, *wrong;

		if (path == NULL)
			continue;
		code = files[i].each != NULL ?
		    check_file(path, files[i].each, &wrong) :
		    check_readable(path, &wrong);
		if (code != 0)
			snprintf(why, AS_DETAIL_MAX, "%s: %s: %s", files[i].key,
			    path, wrong);
	}
	return code;
}
