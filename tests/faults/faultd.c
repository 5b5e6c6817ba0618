/* faultd - a server that does what correct servers cannot
 *
 * usage: faultd SCRIPT LOG >PORT
 *
 * A line of SCRIPT is PATH|ACTION|ACTION...  Several lines for one PATH are for its
 * first request in LOG, its second, and so on; the last one is for all that
 * follow.  An ACTION is
 *	hang		say nothing more until the client goes
 *	reset		end the connection with a RST
 *	close		end it
 *	wait MS
 *	times N TEXT	send TEXT N times
 *	TEXT		send it; \r \n \0 \\ and \p (the bar) as in C
 * Behind the last ACTION the next request of the connection is read.  LOG gets
 * a line METHOD PATH BODY for each request, LOG.heads its head.  Each connection is a process,
 * all of them end with the first. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "as.h"

enum { REQUEST_MAX = 65536, ACTIONS_MAX = 65536 };

static const char *script, *log_path;

static bool
send_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

/* Replaces the escapes in place; returns the new length. */
static size_t
unescape(char *text)
{
	static const char from[] = "rn0\\p", to[] = "\r\n\0\\|";
	char *out = text;
	const char *found;

	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0' &&
		    (found = strchr(from, p[1])) != NULL) {
			*out++ = to[found - from];
			p++;
		} else {
			*out++ = *p;
		}
	}
	return (size_t)(out - text);
}

static void
wait_for_end(int fd)
{
	char byte;

	while (read(fd, &byte, 1) > 0)
		continue;
}

static AS_NORETURN void
end_connection(int fd, bool reset)
{
	struct linger hard = {.l_onoff = 1, .l_linger = 0};

	if (reset)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(fd);
	_exit(0);
}

static void
act(int fd, char *action)
{
	int n = 0, skip = 0;
	size_t len;

	if (strcmp(action, "hang") == 0) {
		wait_for_end(fd);
		end_connection(fd, false);
	}
	if (strcmp(action, "reset") == 0 || strcmp(action, "close") == 0)
		end_connection(fd, action[0] == 'r');
	if (sscanf(action, "wait %d%n", &n, &skip) == 1 && skip > 0) {
		poll(NULL, 0, n);
		return;
	}
	skip = 0;
	n = 1;
	if (sscanf(action, "times %d %n", &n, &skip) < 1 || skip == 0)
		n = 1;
	len = unescape(action + skip);
	while (n-- > 0)
		if (!send_all(fd, action + skip, len))
			end_connection(fd, false);
}

/* How many requests for the path are in the log, this one included */
static int
count_requests(const char *path, size_t len)
{
	FILE *file = fopen(log_path, "r");
	char line[2048];
	const char *at;
	int n = 0;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if ((at = strchr(line, ' ')) != NULL &&
		    strncmp(at + 1, path, len) == 0 &&
		    strchr("? ", at[1 + len]) != NULL)
			n++;
	if (file != NULL)
		fclose(file);
	return n;
}

/* The script's line for the path, or false */
static bool
find_actions(const char *path, size_t len, char *actions)
{
	static char line[ACTIONS_MAX];
	FILE *file = fopen(script, "r");
	int left = count_requests(path, len);
	bool found = false;

	while (file != NULL && left > 0 &&
	    fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, path, len) == 0 && line[len] == '|') {
			snprintf(actions, ACTIONS_MAX, "%s", line + len + 1);
			found = true;
			left--;
		}
	}
	if (file != NULL)
		fclose(file);
	return found;
}

/* With its query, or without */
static void
choose_actions(const char *path, char *actions)
{
	if (find_actions(path, strlen(path), actions) ||
	    find_actions(path, strcspn(path, "?"), actions))
		return;
	snprintf(actions, ACTIONS_MAX,
	    "HTTP/1.1 404 Not Found\\r\\nContent-Length: 0\\r\\n\\r\\n");
}

/* One request, terminated; false at the end of the connection. */
static bool
read_request(int fd, char *request, char **body)
{
	size_t len = 0, want = 0;
	const char *header;
	char *end = NULL;

	while (end == NULL || (size_t)(request + len - end) < 4 + want) {
		ssize_t n = read(fd, request + len, REQUEST_MAX - 1 - len);

		if (n <= 0)
			return false;
		len += (size_t)n;
		request[len] = '\0';
		end = strstr(request, "\r\n\r\n");
		header = strstr(request, "Content-Length: ");
		if (end != NULL && header != NULL && header < end)
			want = (size_t)strtoul(header + 16, NULL, 10);
	}
	*body = end + 4;
	return true;
}

static AS_NORETURN void
serve(int fd)
{
	static char request[REQUEST_MAX], actions[ACTIONS_MAX];
	char method[16], path[1024], line[2048], *body, *action, *rest;
	int log = open(log_path, O_WRONLY | O_APPEND | O_CREAT, 0644);
	int heads;

	snprintf(line, sizeof(line), "%s.heads", log_path);
	heads = open(line, O_WRONLY | O_APPEND | O_CREAT, 0644);

	while (read_request(fd, request, &body)) {
		if (sscanf(request, "%15s %1023s", method, path) != 2)
			break;
		if (write(log, line,
			(size_t)snprintf(line, sizeof(line), "%s %s %.900s\n",
			    method, path, body)) < 0)
			break;
		if (write(heads, request, (size_t)(body - request)) < 0)
			break;
		choose_actions(path, actions);
		for (rest = actions;
		     (action = strtok_r(rest, "|", &rest)) != NULL;)
			act(fd, action);
	}
	end_connection(fd, false);
}

int
main(int argc, char *argv[])
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd;

	if (argc != 3)
		return EX_USAGE;
	script = argv[1];
	log_path = argv[2];
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (listener < 0 ||
	    bind(listener, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    listen(listener, 64) != 0 ||
	    getsockname(listener, (struct sockaddr *)&at, &len) != 0) {
		perror("faultd");
		return EX_OSERR;
	}
	printf("%d\n", ntohs(at.sin_port));
	fflush(stdout);
	setpgid(0, 0);
	signal(SIGCHLD, SIG_IGN);
	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		if (fork() == 0)
			serve(fd);
		close(fd);
	}
	return EX_OSERR;
}
