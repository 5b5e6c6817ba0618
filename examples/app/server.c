/* server.c - HTTP for the demo application, in one thread */
#include <arpa/inet.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>

#include "app.h"

enum { CONNECTIONS_MAX = 500, LOG_BODY_MAX = 200 };

struct exchange {
	struct request request;
	struct MHD_Connection *connection;
	struct exchange *next; /* of the hung ones */
	bool hung;
	double due; /* then a hung one is closed */
};

static void
log_masked(FILE *log, const char *text, size_t len, unsigned char lowest)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		putc(c < lowest || c == 0x7f || c == '\\' ? '?' : c, log);
	}
}

static void
log_request(FILE *log, const struct request *request, unsigned status)
{
	size_t len = request->len;

	log_masked(log, request->method, strlen(request->method), '!');
	putc(' ', log);
	log_masked(log, request->path, strlen(request->path), '!');
	fprintf(log, " %u %s", status, len == 0 ? "-" : "");
	log_masked(
	    log, request->body, len < LOG_BODY_MAX ? len : LOG_BODY_MAX, ' ');
	putc('\n', log);
	fflush(log);
}

static void
take_body(struct request *request, const char *data, size_t len)
{
	size_t room = BODY_MAX - request->len;

	if (len > room) {
		request->too_long = true;
		len = room;
	}
	memcpy(request->body + request->len, data, len);
	request->len += len;
}

static enum MHD_Result
send_reply(struct MHD_Connection *connection, struct reply *reply)
{
	enum MHD_Result sent;
	struct MHD_Response *response = MHD_create_response_from_buffer(
	    strlen(reply->text), reply->text, MHD_RESPMEM_MUST_COPY);

	if (response == NULL)
		return MHD_NO;
	if (reply->type != NULL)
		MHD_add_response_header(response, "Content-Type", reply->type);
	if (reply->header != NULL)
		MHD_add_response_header(response, reply->header, reply->value);
	sent = MHD_queue_response(connection, reply->status, response);
	MHD_destroy_response(response);
	return sent;
}

static enum MHD_Result
hang(struct server *server, struct exchange *exchange)
{
	exchange->hung = true;
	exchange->due = server->clock + server->hang;
	*server->hung_end = exchange;
	server->hung_end = &exchange->next;
	MHD_suspend_connection(exchange->connection);
	return MHD_YES;
}

static enum MHD_Result
answer(struct server *server, struct exchange *exchange)
{
	struct reply reply = {0};

	api_answer(server->api, &exchange->request, &reply);
	if (server->log != NULL)
		log_request(server->log, &exchange->request, reply.status);
	if (reply.status == 0)
		return hang(server, exchange);
	return send_reply(exchange->connection, &reply);
}

/* Called with the head, with each piece of the body, at the end, and again
 * when a hung one is resumed; MHD_NO closes the connection. */
static enum MHD_Result
handle(void *closure, struct MHD_Connection *connection, const char *path,
    const char *method, const char *version, const char *data, size_t *len,
    void **state)
{
	struct exchange *exchange = *state;

	(void)version;
	if (exchange == NULL) {
		*state = exchange = calloc(1, sizeof(*exchange));
		if (exchange == NULL)
			return MHD_NO;
		exchange->connection = connection;
		exchange->request.method = method;
		exchange->request.path = path;
		return MHD_YES;
	}
	if (*len > 0) {
		take_body(&exchange->request, data, *len);
		*len = 0;
		return MHD_YES;
	}
	return exchange->hung ? MHD_NO : answer(closure, exchange);
}

static void
forget(void *closure, struct MHD_Connection *connection, void **state,
    enum MHD_RequestTerminationCode why)
{
	(void)closure;
	(void)connection;
	(void)why;
	free(*state);
	*state = NULL;
}

unsigned
server_start(struct server *server, unsigned port)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	server->hung_end = &server->hung;
	server->daemon = MHD_start_daemon(
	    MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, handle,
	    server, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_NOTIFY_COMPLETED,
	    forget, NULL, MHD_OPTION_CONNECTION_LIMIT,
	    (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, 120U,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)16384, MHD_OPTION_END);
	if (server->daemon == NULL)
		return 0;
	server->fd = MHD_get_daemon_info(
	    server->daemon, MHD_DAEMON_INFO_EPOLL_FD)
			 ->epoll_fd;
	return MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)
	    ->port;
}

/* Lets go of the hung ones that are due by then. */
static void
resume(struct server *server, double clock)
{
	while (server->hung != NULL && server->hung->due <= clock) {
		struct exchange *oldest = server->hung;

		server->hung = oldest->next;
		if (server->hung == NULL)
			server->hung_end = &server->hung;
		MHD_resume_connection(oldest->connection);
	}
}

double
server_idle(const struct server *server, double clock, double most)
{
	MHD_UNSIGNED_LONG_LONG milliseconds;

	if (MHD_get_timeout(server->daemon, &milliseconds) == MHD_YES)
		most = fmin(most, (double)milliseconds / 1000);
	if (server->hung != NULL)
		most = fmin(most, server->hung->due - clock);
	return fmax(0, most);
}

void
server_run(struct server *server, double clock)
{
	server->clock = clock;
	resume(server, clock);
	MHD_run(server->daemon);
}

void
server_stop(struct server *server)
{
	resume(server, HUGE_VAL);
	MHD_stop_daemon(server->daemon);
}
