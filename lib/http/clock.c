/* clock.c - compares the clock of a server with that of this machine.  Samples have
 * the time of this machine: if that is wrong, as-apply may refuse every decision as
 * too old, or as from the future. */
#include <time.h>

#include "http.h"

/* Returns the time of a header Date, or -1.  Many replies that come one after the
 * other have the same Date, and curl_getdate takes a tenth of the instructions of a
 * request. */
static time_t
read_date(const char *date)
{
	static char seen[64];
	static time_t time = -1;

	if (strcmp(date, seen) == 0)
		return time;
	if (strlen(date) >= sizeof(seen))
		return curl_getdate(date, NULL);
	memcpy(seen, date, strlen(date) + 1);
	time = curl_getdate(date, NULL);
	return time;
}

void
as_clock_check(struct as_transfer *transfer)
{
	enum { SKEW = 60 };
	static bool is_reported;
	struct curl_header *date;
	time_t there;
	long long ahead;
	char *address = NULL;
	long port = 0;

	if (is_reported ||
	    curl_easy_header(transfer->curl, "Date", 0, CURLH_HEADER, -1,
		&date) != CURLHE_OK ||
	    (there = read_date(date->value)) == (time_t)-1)
		return;
	ahead = (long long)there - as_time_now() / 1000;
	if (llabs(ahead) <= SKEW)
		return;
	is_reported = true;
	curl_easy_getinfo(transfer->curl, CURLINFO_PRIMARY_IP, &address);
	curl_easy_getinfo(transfer->curl, CURLINFO_PRIMARY_PORT, &port);
	as_msg(AS_WARNING, NULL, "%s:%ld: its clock is %lld s %s ours",
	    address != NULL ? address : "a server", port, llabs(ahead),
	    ahead < 0 ? "behind" : "ahead of");
}
