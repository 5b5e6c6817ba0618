/* fold.c - a peer of as-decide, made by hand for one formula: the metric cpu with
 * the default target, tolerance, window, rates and bounds.  It trusts its input: it
 * has no grammar, messages or settings, and its input must not pause.  It reads
 * samples on stdin and prints TIME, APP and the count. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	STAMP = 21, /* "2026-11-23T17:41:00Z " */
	WINDOW = 300,
	MEMORY = 60,
	MIN = 1,
	MAX = 100,
	KEPT = 64,
	SLOTS = 1 << 18,
	BLOCK = 1 << 18
};

struct pair {
	uint32_t time;
	int value;
};

/* The last pairs of an app: those from head to tail */
struct ring {
	unsigned head, tail;
	struct pair pair[KEPT];
};

struct app {
	char name[64];
	size_t len;
	int count, decided;
	uint32_t decided_at;
	struct ring high, moves;
};

static struct app *slots[SLOTS];
static char in[BLOCK], out[2 * BLOCK];

static struct app *
find(const char *name, size_t len, uint32_t hash)
{
	struct app *app;

	for (; (app = slots[hash % SLOTS]) != NULL; hash++)
		if (app->len == len && memcmp(app->name, name, len) == 0)
			return app;
	app = slots[hash % SLOTS] = calloc(1, sizeof(*app));
	memcpy(app->name, name, app->len = len);
	return app;
}

static int
two(const char *p)
{
	return (p[0] - '0') * 10 + p[1] - '0';
}

/* Seconds, as if all months had 31 days: only short differences matter. */
static uint32_t
seconds(const char *p)
{
	uint32_t days = ((uint32_t)two(p + 2) * 12 + two(p + 5)) * 31 +
	    two(p + 8);

	return ((days * 24 + two(p + 11)) * 60 + two(p + 14)) * 60 +
	    two(p + 17);
}

static int
ceiling(double x)
{
	int n = (int)(x -= 1e-9 * x);

	return n + (n < x);
}

static void
expire(struct ring *ring, uint32_t now, uint32_t span)
{
	while (ring->head != ring->tail &&
	    now - ring->pair[ring->head % KEPT].time >= span)
		ring->head++;
}

/* Returns the largest wanted count of the window. */
static int
stabilize(struct ring *high, uint32_t now, int want)
{
	expire(high, now, WINDOW);
	while (high->head != high->tail &&
	    high->pair[(high->tail - 1) % KEPT].value <= want)
		high->tail--;
	high->pair[high->tail++ % KEPT] = (struct pair){now, want};
	return high->pair[high->head % KEPT].value;
}

/* Returns COUNT of `span` seconds ago. */
static int
count_ago(const struct app *app, uint32_t now, uint32_t span)
{
	int then = app->count;

	for (unsigned i = app->moves.tail; i-- != app->moves.head;) {
		if (now - app->moves.pair[i % KEPT].time >= span)
			break;
		then -= app->moves.pair[i % KEPT].value;
	}
	return then;
}

/* 4 more or twice as many in 15 s; half as many in 60 s */
static int
limit(const struct app *app, uint32_t now, int want)
{
	int then, far;

	if (want > app->count) {
		then = count_ago(app, now, 15);
		far = then + (then > 4 ? then : 4);
		far = far > app->count ? far : app->count;
		return want < far ? want : far;
	}
	far = count_ago(app, now, 60) / 2;
	far = far < app->count ? far : app->count;
	return want > far ? want : far;
}

static int
decide(struct app *app, uint32_t now, int count, double cpu)
{
	double ratio = cpu / 0.8;
	int want = count, most;

	expire(&app->moves, now, MEMORY);
	if (app->decided == 0)
		stabilize(&app->high, now, count);
	else if (count != app->count)
		app->moves.pair[app->moves.tail++ % KEPT] = (struct pair){
		    count == app->decided ? app->decided_at : now,
		    count - app->count};
	app->count = count;
	if (ratio < 0.9 - 1e-9 || ratio > 1.1 + 1e-9)
		want = ceiling(ratio * count);
	most = stabilize(&app->high, now, want);
	if (want < count)
		want = most < count ? most : count;
	if (want != count)
		want = limit(app, now, want);
	want = want > MAX ? MAX : want < MIN ? MIN : want;
	app->decided = want;
	app->decided_at = now;
	return want;
}

static int64_t
digits(char **p, int64_t n)
{
	for (; **p >= '0' && **p <= '9'; ++*p)
		n = n * 10 + **p - '0';
	return n;
}

static double
number(char **p)
{
	static const double power[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
	int64_t n = digits(p, 0);
	char *point = *p;

	if (**p != '.')
		return (double)n;
	++*p;
	n = digits(p, n);
	return (double)n / power[*p - point - 1];
}

static char *
print(char *to, int count)
{
	char text[12], *p = text + sizeof(text);

	*--p = '\n';
	do
		*--p = (char)('0' + count % 10);
	while ((count /= 10) > 0);
	memcpy(to, p, (size_t)(text + sizeof(text) - p));
	return to + (text + sizeof(text) - p);
}

/* Decides the line at p, and moves *to past what is printed. */
static void
take(char *p, char **to)
{
	static char stamp[STAMP];
	static uint32_t now;
	char *line = p, *name = p + STAMP;
	uint32_t hash = 2166136261;
	struct app *app;
	int count;

	if (memcmp(stamp, p, STAMP) != 0) {
		memcpy(stamp, p, STAMP);
		now = seconds(p);
	}
	for (p = name; *p != ' '; p++)
		hash = (hash ^ (unsigned char)*p) * 16777619;
	app = find(name, (size_t)(p - name), hash ^ hash >> 15);
	memcpy(*to, line, (size_t)(++p - line));
	*to += p - line;
	count = (int)digits(&p, 0);
	p += sizeof(" cpu=") - 1;
	*to = print(*to, decide(app, now, count, number(&p)));
}

int
main(void)
{
	size_t len = 0;
	ssize_t n;

	while ((n = read(STDIN_FILENO, in + len, BLOCK - len)) > 0) {
		char *to = out, *p = in, *end = in + len + n, *lf;

		while (end[-1] != '\n')
			end--;
		for (; p < end; p = lf + 1) {
			lf = memchr(p, '\n', (size_t)(end - p));
			take(p, &to);
		}
		len += (size_t)n - (size_t)(end - in);
		memmove(in, end, len);
		if (write(STDOUT_FILENO, out, (size_t)(to - out)) < 0)
			return 1;
	}
	return 0;
}
