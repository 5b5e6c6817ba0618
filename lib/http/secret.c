/* secret.c - files that nobody else may read, and the token in one of them */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http.h"

enum { ALL_MODES = 07777 };

struct token {
	const char *path;
	struct stat was;
	char text[AS_TOKEN_MAX + 2];
	const char *why; /* there is none */
	struct token *next;
};

static struct token *tokens;

/* What systemd hands over as a credential: the group's bit stands for the one
 * user who was given it by an access control list. */
static bool
is_credential(const struct stat *st)
{
	return st->st_uid == 0 && st->st_gid == 0 &&
	    (st->st_mode & ALL_MODES) == (S_IRUSR | S_IRGRP);
}

static const char *
check_owner(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "is not a regular file";
	if ((st->st_mode & (S_IRWXG | S_IRWXO)) != 0 && !is_credential(st))
		return "others can read it (chmod 600)";
	if (st->st_uid != geteuid() && st->st_uid != 0)
		return "belongs to somebody else";
	return NULL;
}

static const char *
check_path(const char *path)
{
	struct stat st;

	as_privilege_hide();
	return stat(path, &st) != 0 ? strerror(errno) : check_owner(&st);
}

/* One line of printable bytes; its end may be missing. */
static const char *
check_token(char *text, size_t len)
{
	if (len > AS_TOKEN_MAX)
		return "is over 16 KiB";
	if (len > 0 && text[len - 1] == '\n')
		len--;
	text[len] = '\0';
	if (len == 0)
		return "is empty";
	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return "is not one line with a token";
	return NULL;
}

static const char *
read_token(struct token *token, int fd)
{
	const char *why;
	size_t len = 0;
	ssize_t n;

	if (fd < 0 || fstat(fd, &token->was) != 0)
		return strerror(errno);
	if ((why = check_owner(&token->was)) != NULL)
		return why;
	while ((n = read(fd, token->text + len, AS_TOKEN_MAX + 1 - len)) > 0)
		len += (size_t)n;
	return n < 0 ? strerror(errno) : check_token(token->text, len);
}

static bool
is_unchanged(const struct token *token)
{
	struct stat now;

	return token->why == NULL && stat(token->path, &now) == 0 &&
	    now.st_ino == token->was.st_ino &&
	    now.st_size == token->was.st_size &&
	    now.st_ctim.tv_sec == token->was.st_ctim.tv_sec &&
	    now.st_ctim.tv_nsec == token->was.st_ctim.tv_nsec;
}

static struct token *
find(const char *path)
{
	struct token *token = tokens;

	while (token != NULL && strcmp(token->path, path) != 0)
		token = token->next;
	if (token != NULL)
		return token;
	as_privilege_hide();
	token = as_mem_need(calloc(1, sizeof(*token)));
	token->path = path;
	token->why = "was not read";
	token->next = tokens;
	return tokens = token;
}

const char *
as_secret_token(const char *path, const char **why)
{
	struct token *token = find(path);
	int fd;

	if (!is_unchanged(token)) {
		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		token->why = read_token(token, fd);
		if (fd >= 0)
			close(fd);
	}
	*why = token->why;
	return token->why == NULL ? token->text : NULL;
}

bool
as_secret_is_in(const struct as_remote *remote, const char *text)
{
	const char *token, *why;

	if (remote->netrc_file != NULL && strstr(text, "Basic ") != NULL)
		return true;
	if (remote->token_file == NULL)
		return false;
	token = as_secret_token(remote->token_file, &why);
	return token != NULL && strstr(text, token) != NULL;
}

static void
check_file(const char *key, const char *path)
{
	const char *why = check_path(path);

	if (why != NULL)
		as_msg_die(EX_NOPERM, "%s: %s: %s", key, path, why);
}

void
as_secret_ready(const struct as_remote *remote)
{
	const char *why;

	if (remote->token_file != NULL) {
		check_file("token_file", remote->token_file);
		as_secret_token(remote->token_file, &why);
		if (why != NULL)
			as_msg_die(EX_CONFIG, "token_file: %s: %s",
			    remote->token_file, why);
	}
	if (remote->netrc_file != NULL)
		check_file("netrc_file", remote->netrc_file);
	if (remote->client_key != NULL)
		check_file("client_key", remote->client_key);
	else if (remote->client_cert != NULL) /* which holds the key, too */
		check_file("client_cert", remote->client_cert);
	if (remote->ca_file != NULL && access(remote->ca_file, R_OK) != 0)
		as_msg_die(EX_CONFIG, "ca_file: %s: %s", remote->ca_file,
		    strerror(errno));
	if (remote->client_cert != NULL &&
	    access(remote->client_cert, R_OK) != 0)
		as_msg_die(EX_CONFIG, "client_cert: %s: %s",
		    remote->client_cert, strerror(errno));
}
