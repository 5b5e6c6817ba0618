/* zone.c - local time in a time zone, as the C library computes it */
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "policy.h"

enum { DAY = 86400, NAME_MAX_BYTES = 63 };

struct as_zone {
	struct as_zone *before;
	const char *name;
	/* The offset is valid from `from` up to `until`, in seconds since 1970. */
	int64_t from, until;
	int64_t offset; /* local time minus UTC, in seconds */
	char tz[];      /* ":/usr/share/zoneinfo/Europe/Berlin" */
};

static const char *
directory(void)
{
	const char *dir = getenv("TZDIR");

	return dir != NULL && *dir == '/' ? dir : "/usr/share/zoneinfo";
}

/* Returns whether the name can be that of a zone.  It must not have points: ".."
 * would lead out of the directory. */
static bool
is_name(struct as_text name)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz"
				    "0123456789_+-/";

	return name.len > 0 && name.len <= NAME_MAX_BYTES && *name.at != '/' &&
	    strspn(name.at, plain) >= name.len;
}

/* Returns whether the file holds a zone.  The C library silently uses UTC if it
 * cannot read a file. */
static bool
is_zone(const char *path)
{
	char magic[4];
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	bool is;

	if (fd < 0)
		return false;
	is = read(fd, magic, sizeof(magic)) == (ssize_t)sizeof(magic) &&
	    memcmp(magic, "TZif", sizeof(magic)) == 0;
	close(fd);
	return is;
}

struct as_zone *
as_zone_find(struct as_text name)
{
	static struct as_zone *zones;
	size_t dir = strlen(directory());
	struct as_zone *zone = zones;
	bool utc = as_text_is(name, as_text("UTC"));

	while (zone != NULL && !as_text_is(name, as_text(zone->name)))
		zone = zone->before;
	if (zone != NULL || !is_name(name))
		return zone;
	zone = as_mem_need(calloc(1, sizeof(*zone) + dir + name.len + 3));
	snprintf(zone->tz, dir + name.len + 3, ":%s/%.*s", directory(),
	    (int)name.len, name.at);
	zone->name = zone->tz + dir + 2;
	if (utc) {
		zone->until = INT64_MAX;
	} else if (!is_zone(zone->tz + 1)) {
		free(zone);
		return NULL;
	}
	zone->before = zones;
	return zones = zone;
}

static int64_t
offset_at(const struct as_zone *zone, int64_t seconds)
{
	static const struct as_zone *set;
	time_t time = (time_t)seconds;
	struct tm here, utc;
	int64_t days;

	if (set != zone) {
		if (setenv("TZ", zone->tz, 1) != 0)
			as_msg_die(EX_OSERR, "out of memory");
		tzset();
		set = zone;
	}
	localtime_r(&time, &here);
	gmtime_r(&time, &utc);
	days = here.tm_year != utc.tm_year ? here.tm_year - utc.tm_year :
					     here.tm_yday - utc.tm_yday;
	return ((days * 24 + here.tm_hour - utc.tm_hour) * 60 + here.tm_min -
		   utc.tm_min) *
	    60 +
	    here.tm_sec - utc.tm_sec;
}

/* Finds the period around `seconds` in which the offset is constant, within one day
 * of UTC.  A day has at most one change: since 1970 there were at least six days
 * between two changes of any zone. */
static void
look_up(struct as_zone *zone, int64_t seconds)
{
	int64_t low = seconds - seconds % DAY, high = low + DAY;
	int64_t last = offset_at(zone, high - 1);

	zone->from = low;
	zone->until = high;
	zone->offset = offset_at(zone, low);
	if (zone->offset == last)
		return;
	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;

		if (offset_at(zone, middle) == zone->offset)
			low = middle;
		else
			high = middle;
	}
	if (seconds < high) {
		zone->until = high;
	} else {
		zone->from = high;
		zone->offset = last;
	}
}

int64_t
as_zone_local(struct as_zone *zone, int64_t seconds)
{
	if (seconds < zone->from || seconds >= zone->until)
		look_up(zone, seconds);
	return seconds + zone->offset;
}
