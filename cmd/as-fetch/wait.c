/* wait.c - waits for replies, and for filters that are slow */
#include "fetch.h"

static void
ask_again(void *at)
{
	struct as_ask *ask = at;

	ask->err = NULL;
	ask->code = 0;
	ask->done(ask);
}

bool
as_wait_again(struct as_ask *ask)
{
	return as_late_add(&ask->barred[ask->n_lost > 0], ask_again, ask);
}

bool
as_wait_is_busy(const struct as_fleet *fleet)
{
	return as_http_busy(fleet->http) > 0 || as_late_waits();
}

bool
as_wait_for(struct as_fleet *fleet, int fd, int64_t until)
{
	int64_t later = as_late_until();
	bool readable = as_http_wait(
	    fleet->http, fd, until < later ? until : later);

	as_late_run();
	return readable;
}
