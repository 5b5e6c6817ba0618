/* notify.c - tells systemd, without libsystemd, that the loop is ready and
 * works */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "log.h"

static const char *
connect_to(int fd, const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	size_t len = strlen(path);

	if (len >= sizeof(to.sun_path))
		return "is too long";
	memcpy(to.sun_path, path, len);
	if (path[0] == '@') /* this is an abstract name, and not a file */
		to.sun_path[0] = '\0';
	if (connect(fd, (const struct sockaddr *)&to,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) != 0)
		return strerror(errno);
	return NULL;
}

const char *
as_notify_open(struct as_notify *notify)
{
	const char *path = getenv("NOTIFY_SOCKET"), *why;

	notify->fd = -1;
	if (path == NULL)
		return NULL;
	if (path[0] != '/' && path[0] != '@')
		return "is neither a path nor an abstract name";
	notify->fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (notify->fd < 0)
		return strerror(errno);
	fcntl(notify->fd, F_SETFD, FD_CLOEXEC);
	why = connect_to(notify->fd, path);
	if (why != NULL) {
		close(notify->fd);
		notify->fd = -1;
	}
	return why;
}

const char *
as_notify_beat(struct as_notify *notify, const char *status)
{
	char buf[512];
	int len;

	if (notify->fd < 0)
		return NULL;
	len = snprintf(buf, sizeof(buf), "%sWATCHDOG=1\nSTATUS=%s\n",
	    notify->is_ready ? "" : "READY=1\n", status);
	if (send(notify->fd, buf, (size_t)len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return strerror(errno);
	notify->is_ready = true;
	return NULL;
}
