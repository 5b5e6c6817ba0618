/* retry.c - whether and when a request that failed is sent once more */
#include "http.h"

/* Returns the pause before the next try, from 100 to 300 ms.  It depends on the URL
 * and on the time, so that requests which failed at the same time are not repeated
 * at the same time. */
static int64_t
choose_pause(const struct as_transfer *transfer)
{
	enum { LEAST = 100, SPREAD = 201 };
	char now[AS_STAMP_MAX];
	size_t len = as_time_print(now, as_time_now(), true);

	return LEAST +
	    (as_table_hash(as_text(transfer->request->url)) ^
		as_table_hash((struct as_text){now, len})) %
	    SPREAD;
}

bool
as_retry_plan(struct as_transfer *transfer)
{
	int64_t pause = choose_pause(transfer);

	if (transfer->retries == transfer->request->remote->retries ||
	    transfer->deadline - as_time_steady() <= pause)
		return false;
	transfer->retries++;
	transfer->due = as_time_steady() + pause;
	as_msg(AS_DEBUG, NULL, "%s: once more in %lld ms: %s",
	    transfer->request->reply.err, (long long)pause, transfer->detail);
	return true;
}
