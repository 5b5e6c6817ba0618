/* as-apply - read decisions, PUT the replica counts that they ask for */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy.h"

/* clang-format off */
static const struct as_option options[] = {
	{'a', "APP", "act on this app's decisions alone"},
	{'A', "MAX_AGE", "refuse decisions older than this (2m)"},
	{'f', NULL, "do not compare with the status API before a PUT"},
	{'l', "FILE", "append every decision to FILE before it is applied"},
	{'L', "LOCK", "hold the lock on this file, or do nothing: exit 75"},
	{'n', NULL, "dry run: nothing is PUT"},
	{'o', "KEY=VALUE", "any setting: status_url, min, max, timeout..."},
	{0, NULL, NULL}
};
/* clang-format on */

static const struct as_tool tool = {"as-apply",
    "[-fnqv] [-a APP] [-A MAX_AGE] [-l FILE] [-L LOCK] "
    "[-o KEY=VALUE]... [URL]",
    "Reads decisions and PUTs the replica counts that they ask for.", options};

/* A decision that waits for the end of its batch */
struct order {
	char *text; /* the line, with its LF and slack */
	size_t app; /* number in apps */
	bool bare;  /* no more than a COUNT */
};

static struct as_conf conf;
static struct as_out out;
static struct as_in in;
static struct as_log log_file;
static struct as_table apps;
static struct as_http *http;
static struct as_line line; /* the order at hand */
static int64_t from;        /* its from=, or AS_UNKNOWN */
static const char *only_app, *log_path, *lock_path;
static bool dry_run, unchecked;
static int code;

static void
parse_options(int *argc, char **argv[])
{
	const char *arg, *why;
	int c;

	as_conf_default(&conf);
	while ((c = as_option(argc, argv, &arg)) != 0) {
		switch (c) {
		case 'a': only_app = arg; break;
		case 'A': as_conf_option(&conf, "max_age", arg); break;
		case 'f': unchecked = true; break;
		case 'l': log_path = arg; break;
		case 'L': lock_path = arg; break;
		case 'n': dry_run = true; break;
		case 'o': as_conf_option(&conf, NULL, arg); break;
		}
	}
	as_conf_ready(&conf);
	if (*argc > 0)
		conf.api.replicas_url = (*argv)[0];
	if (*argc > 1)
		as_usage("%s: one URL is enough", (*argv)[1]);
	if (conf.api.replicas_url == NULL)
		as_usage("no URL");
	if (only_app && (why = as_line_app(as_text(only_app))) != NULL)
		as_usage("-a %s: %s", only_app, why);
	if ((why = as_http_url(conf.api.replicas_url)) != NULL)
		as_die(EX_CONFIG, "%s: %s", conf.api.replicas_url, why);
	if (conf.api.status_url &&
	    (why = as_http_url(conf.api.status_url)) != NULL)
		as_die(EX_CONFIG, "%s: %s", conf.api.status_url, why);
}

/* The kernel takes the lock back whatever becomes of us.  A lock on a file
 * that was deleted meanwhile keeps nobody out. */
static void
take_lock(void)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	struct stat here, there;
	int fd;

	for (int tries = 0; tries < 10; tries++) {
		fd = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
		if (fd < 0)
			as_die(EX_IOERR, "%s: %s", lock_path, strerror(errno));
		if (fcntl(fd, F_SETLK, &lock) != 0)
			break;
		if (fstat(fd, &here) == 0 && stat(lock_path, &there) == 0 &&
		    here.st_ino == there.st_ino && here.st_dev == there.st_dev)
			return;
		close(fd);
	}
	as_die(EX_TEMPFAIL, "%s: another as-apply holds the lock", lock_path);
}

static const char *
app_name(void)
{
	static char name[128];

	snprintf(name, sizeof(name), "%.*s", (int)line.app.len, line.app.at);
	return name;
}

/* One line for each decision; more is http=, err= or why= with its word. */
static void
report(const char *applied, const char *more, const char *word)
{
	char *p = as_out_room(&out, 512);

	p = as_put(p, line.stamp, line.stamp_len);
	*p++ = ' ';
	p = as_put(p, line.app.at, line.app.len);
	*p++ = ' ';
	p = as_put_count(p, line.count);
	p = AS_PUT(p, " from=");
	p = as_put_count(p, from);
	p = AS_PUT(p, " applied=");
	p = as_put(p, applied, strlen(applied));
	p = as_put(p, more, strlen(more));
	p = as_put(p, word, strlen(word));
	*p++ = '\n';
	as_out_end(&out, p);
}

static void
refuse(const char *word, const char *why)
{
	as_msg(AS_WARNING, app_name(), "refused: %s: %s", word, why);
	report("refused", " why=", word);
	code = as_worse(code, EX_TEMPFAIL);
}

/* Bounds are checked again where the owner has given them; 0 switches an app
 * off and needs an owner who said min = 0. */
static bool
is_outside(void)
{
	if (conf.max_set && line.count > conf.policy.max)
		return true;
	return line.count < (conf.min_set ? conf.policy.min : 1);
}

static bool
is_dated_wrong(void)
{
	int64_t age = as_time_now() - line.time;
	char why[80];

	if (age <= conf.api.max_age && age >= -5000)
		return false;
	snprintf(why, sizeof(why), "decided %lld s %s",
	    (long long)(age < 0 ? -age : age) / 1000,
	    age < 0 ? "from now" : "ago");
	refuse(age < 0 ? "future" : "stale", why);
	return true;
}

/* Whoever changed the count since the decision knew something that it did
 * not.  False: reported, leave it. */
static bool
compare(bool bare)
{
	struct as_reply reply;
	struct as_status status;
	char why[80];

	as_http_get(http, conf.api.status_url, &reply);
	if (reply.err == NULL)
		reply.err = as_json_status(reply.body, &status);
	if (reply.err != NULL) {
		refuse(reply.err, "the status before the PUT cannot be read");
		code = as_worse(code, reply.code);
		return false;
	}
	if (status.replicas == line.count) {
		report("same", "", "");
		return false;
	}
	if (bare || status.replicas == from)
		return true;
	snprintf(why, sizeof(why), "decided from %lld replicas, there are %d",
	    (long long)from, status.replicas);
	refuse("conflict", why);
	return false;
}

static void
put(void)
{
	char body[40], status[8];
	struct as_reply reply;
	int len = snprintf(
	    body, sizeof(body), "{\"replicas\": %lld}", (long long)line.count);

	as_http_put(http, conf.api.replicas_url,
	    (struct as_text){body, (size_t)len}, &reply);
	snprintf(status, sizeof(status), "%d", reply.status);
	code = as_worse(code, reply.code);
	if (reply.err == NULL) {
		as_msg(AS_INFO, app_name(), "%s: http %s", body, status);
		report("ok", " http=", status);
		return;
	}
	as_msg(AS_ERROR, app_name(), "%s: %s%s: %s", body, reply.err,
	    reply.unsure ? ": may have been done" : "", reply.detail);
	if (reply.status == 409 || reply.status == 412)
		report("refused", " why=conflict http=", status);
	else if (reply.unsure)
		report("unknown", " err=", reply.err);
	else if (reply.status != 0)
		report("failed", " http=", status);
	else
		report("failed", " err=", reply.err);
}

/* Every guard in its turn; the first that does not let it pass ends it. */
static void
apply(const struct order *order)
{
	if (line.count == AS_UNKNOWN)
		report("hold", "", "");
	else if (line.count == from)
		report("same", "", "");
	else if (from == AS_UNKNOWN && !order->bare)
		refuse("no-data", "decided without knowing the count");
	else if (order->app != 0)
		refuse("other-app", "the URL is another app's; see -a");
	else if (is_outside())
		refuse("limit", "outside min and max");
	else if (is_dated_wrong())
		return;
	else if (conf.api.status_url && !unchecked && !compare(order->bare))
		return;
	else if (dry_run)
		report("dry", "", "");
	else if (log_path != NULL && !as_log_sync(&log_file))
		code = as_worse(code, EX_IOERR);
	else
		put();
}

/* The first app owns the URL, unless -a said which one does. */
static size_t
number_of(struct as_text app)
{
	if (apps.n == 0 && only_app != NULL)
		as_table_find(&apps, as_text(only_app));
	return as_table_find(&apps, app);
}

static bool
read_bare(struct as_text text)
{
	int32_t count;

	if (!as_num_count(text, &count))
		return false;
	line.time = as_time_now() / 1000 * 1000;
	line.stamp_len = as_time_print(line.stamp, line.time, false);
	line.raw_len = 0;
	line.count = count;
	line.app = as_text(only_app != NULL ? only_app : "app");
	line.n_pairs = 0;
	from = AS_UNKNOWN;
	return true;
}

/* The text is a decision, or a bare count: into line and from.  Returns why
 * it is neither, or NULL. */
static const char *
read_order(struct as_text text, bool *bare)
{
	const struct as_pair *pair;
	const char *why;
	int32_t count;

	if ((*bare = read_bare(text)))
		return NULL;
	if ((why = as_line_parse(&line, text.at)) != NULL)
		return why;
	if ((pair = as_line_get(&line, "from")) == NULL)
		return "has no from=: a sample, not a decision";
	from = AS_UNKNOWN;
	if (as_text_is(pair->value, as_text("-")))
		return NULL;
	if (!as_num_count(pair->value, &count))
		return "from= is not - or a number in 0..2147483647";
	from = count;
	return NULL;
}

static struct order *orders;
static size_t n_orders;

static void
take(struct as_text text, bool bare)
{
	static size_t room;
	struct order *order;

	if (n_orders == room) {
		room = room == 0 ? 16 : room * 2;
		orders = realloc(orders, room * sizeof(*orders));
		if (orders == NULL)
			as_die(EX_OSERR, "out of memory");
	}
	order = &orders[n_orders++];
	order->app = number_of(line.app);
	order->bare = bare;
	order->text = malloc(text.len + 1 + AS_SLACK);
	if (order->text == NULL)
		as_die(EX_OSERR, "out of memory");
	memcpy(order->text, text.at, text.len);
	order->text[text.len] = '\n';
}

/* All that is at hand without waiting, up to a bound.  False: it was the end
 * of input. */
static bool
read_batch(void)
{
	enum { BATCH_MAX = 100000 };
	struct as_text text;
	const char *why;
	bool bare;

	do {
		if (!as_in_text(&in, &text))
			return false;
		if ((why = read_order(text, &bare)) != NULL)
			as_in_skip(&in, text, why);
		else if (only_app == NULL ||
		    as_text_is(line.app, as_text(only_app)))
			take(text, bare);
	} while (n_orders < BATCH_MAX && as_in_ready(&in));
	return true;
}

static struct as_text
reread(const struct order *order)
{
	const char *lf = strchr(order->text, '\n');
	struct as_text text = {order->text, (size_t)(lf - order->text)};
	bool bare;

	read_order(text, &bare);
	return text;
}

/* Write-ahead: what is not on record is not done. */
static bool
record_batch(void)
{
	for (size_t i = 0; i < n_orders && log_path != NULL; i++) {
		struct as_text text = reread(&orders[i]);

		text.len++;
		if (!as_log_append(&log_file, text))
			return false;
	}
	return true;
}

/* Only the newest decision of an app counts; newest[] has its place + 1. */
static size_t *
find_newest(void)
{
	size_t *newest = calloc(apps.n + 1, sizeof(*newest));
	int64_t time;

	if (newest == NULL)
		as_die(EX_OSERR, "out of memory");
	for (size_t i = 0; i < n_orders; i++) {
		size_t *best = &newest[orders[i].app];

		reread(&orders[i]);
		time = line.time;
		if (*best > 0)
			reread(&orders[*best - 1]);
		if (*best == 0 || time >= line.time)
			*best = i + 1;
	}
	return newest;
}

/* A signal to end waits for the answer and the report of the request that is
 * under way, and for no other. */
static void
let_signals_in(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(how, &set, NULL);
}

static bool
apply_batch(void)
{
	size_t *newest = find_newest();

	for (size_t i = 0; i < n_orders && code != EX_IOERR; i++) {
		reread(&orders[i]);
		let_signals_in(SIG_BLOCK);
		if (newest[orders[i].app] == i + 1)
			apply(&orders[i]);
		else
			report("superseded", "", "");
		if (!as_out_flush(&out))
			code = EX_IOERR;
		let_signals_in(SIG_UNBLOCK);
	}
	for (size_t i = 0; i < n_orders; i++)
		free(orders[i].text);
	n_orders = 0;
	free(newest);
	return code != EX_IOERR;
}

static bool
run_batch(bool *more)
{
	*more = read_batch();
	if (!record_batch())
		code = EX_IOERR;
	return code != EX_IOERR && apply_batch();
}

static void
finish(void)
{
	as_http_free(http);
	as_in_close(&in);
	as_table_free(&apps);
	free(in.buf);
	free(line.pairs);
	free(orders);
}

int
main(int argc, char *argv[])
{
	bool more = true;

	as_start(&tool);
	parse_options(&argc, &argv);
	signal(SIGPIPE, SIG_IGN);
	if (lock_path != NULL)
		take_lock();
	if (log_path != NULL && !as_log_open(&log_file, log_path))
		return EX_IOERR;
	if (isatty(STDIN_FILENO))
		as_msg(AS_WARNING, NULL, "waiting for decisions on a terminal");
	http = as_http_new(&conf.api);
	if (!as_in_open(&in, "-", &out))
		return EX_IOERR;
	while (more && run_batch(&more))
		continue;
	finish();
	return as_out_finish(&out, as_worse(code, in.code));
}
