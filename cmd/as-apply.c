/* as-apply - read decisions, PUT the replica counts that they ask for */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "api.h"

/* clang-format off */
static const struct as_option options[] = {
	{'a', "APP", "act on this app's decisions alone"},
	{'A', "MAX_AGE", "refuse decisions older than this (2m)"},
	{'c', "FILE", "settings of all apps; see as.conf(5)"},
	{'G', NULL, "print each app's settings, and from where they are"},
	{'f', NULL, "do not compare with the status API before a PUT"},
	{'l', "FILE", "append every decision to FILE before it is applied"},
	{'L', "LOCK", "hold the lock on this file, or do nothing: exit 75"},
	{'n', NULL, "dry run: nothing is PUT"},
	{'o', "KEY=VALUE", "any setting: status_url, min, max, timeout..."},
	{0, NULL, NULL}
};
/* clang-format on */

static const struct as_tool tool = {"as-apply",
    "[-Gfnqv] [-a GLOB] [-c FILE] [-A MAX_AGE] [-l FILE] [-L LOCK] "
    "[-o KEY=VALUE]... [URL]",
    "Reads decisions and PUTs the replica counts that they ask for.", options};

static struct as_config config;
static const struct as_conf *conf;
static bool print_settings;
static struct as_out out;
static struct as_in in;
static struct as_log log_file;
static struct as_batch batch;
static struct as_http *http;
static const char *log_path, *lock_path;
static bool dry_run, unchecked;
static int code;

/* A URL that is wrong may hold a secret: it is not repeated. */
static void
check_url(const char *key, const char *url)
{
	const char *why = url != NULL ? as_http_url(url) : NULL;

	if (why != NULL)
		as_die(EX_CONFIG, "%s: %s", key, why);
}

static int
print_config(void)
{
	as_config_print(&config, &out);
	return as_out_finish(&out, 0);
}

static void
parse_options(int *argc, char **argv[])
{
	const char *arg, *why;
	int c;

	while ((c = as_option(argc, argv, &arg)) != 0) {
		switch (c) {
		case 'a': batch.only_app = config.only = arg; break;
		case 'c': as_config_file(&config, arg); break;
		case 'G': print_settings = true; break;
		case 'A': as_config_flag(&config, "max_age", arg); break;
		case 'f': unchecked = true; break;
		case 'l': log_path = arg; break;
		case 'L': lock_path = arg; break;
		case 'n': dry_run = true; break;
		case 'o': as_config_assign(&config, arg); break;
		}
	}
	if (*argc > 0)
		as_config_flag(&config, "replicas_url", (*argv)[0]);
	as_config_ready(&config);
	if (print_settings)
		exit(print_config());
	conf = as_config_of(&config, as_text(as_config_app(&config)));
	if (*argc > 1)
		as_usage("one URL is enough");
	if (conf->api.replicas_url == NULL)
		as_usage("no URL");
	if (batch.only_app != NULL &&
	    (why = as_line_app(as_text(batch.only_app))) != NULL)
		as_usage("-a %s: %s", batch.only_app, why);
	check_url("replicas_url", conf->api.replicas_url);
	check_url("status_url", conf->api.status_url);
}

static const char *
app_name(const struct as_order *order)
{
	static char name[128];

	snprintf(
	    name, sizeof(name), "%.*s", (int)order->app.len, order->app.at);
	return name;
}

/* One line for each decision; more is http=, err= or why= with its word. */
static void
report(const struct as_order *order, const char *applied, const char *more,
    const char *word)
{
	char *p = as_out_room(&out, 512);

	p = as_put(p, order->stamp.at, order->stamp.len);
	*p++ = ' ';
	p = as_put(p, order->app.at, order->app.len);
	*p++ = ' ';
	p = as_put_count(p, order->count);
	p = AS_PUT(p, " from=");
	p = as_put_count(p, order->from);
	p = AS_PUT(p, " applied=");
	p = as_put(p, applied, strlen(applied));
	p = as_put(p, more, strlen(more));
	p = as_put(p, word, strlen(word));
	*p++ = '\n';
	as_out_end(&out, p);
}

/* Being late or overtaken is a part of the work; the rest wants a look. */
static void
refuse(const struct as_order *order, const char *word, const char *why)
{
	bool usual = strcmp(word, "stale") == 0 ||
	    strcmp(word, "conflict") == 0;

	as_msg(usual ? AS_WARNING : AS_ERROR, app_name(order),
	    "refused: %s: %s", word, why);
	report(order, "refused", " why=", word);
	code = as_worse(code, EX_TEMPFAIL);
}

static void
refuse_other(const struct as_order *order)
{
	struct as_text owner = as_table_name(&batch.apps, 0);
	char why[160];

	snprintf(why, sizeof(why), "the URL is %.*s's; see -a", (int)owner.len,
	    owner.at);
	refuse(order, "other-app", why);
}

/* Bounds are checked again where the owner has given them; 0 switches an app
 * off and needs an owner who said min = 0. */
static bool
is_outside(const struct as_order *order)
{
	if (conf->max_set && order->count > conf->policy->max)
		return true;
	return order->count < (conf->min_set ? conf->policy->min : 1);
}

/* NULL, or the word of a refusal */
static const char *
is_dated_wrong(const struct as_order *order)
{
	enum { SKEW = 5000 };
	int64_t age = as_time_now() - order->time;

	if (age > conf->api.max_age)
		return "stale";
	return age < -SKEW ? "future" : NULL;
}

static void
refuse_date(const struct as_order *order, const char *word)
{
	long long seconds = (as_time_now() - order->time) / 1000;
	char why[80];

	snprintf(why, sizeof(why), "decided %lld s %s", llabs(seconds),
	    seconds < 0 ? "from now" : "ago");
	refuse(order, word, why);
}

/* Most ticks change nothing: libcurl is started when there is a request. */
static struct as_http *
client(void)
{
	if (http == NULL)
		http = as_http_new(&conf->api);
	return http;
}

/* Whoever changed the count since the decision knew something that it did
 * not.  False: reported, leave it. */
static bool
compare(const struct as_order *order)
{
	struct as_reply reply;
	struct as_status status = {0};
	char why[256];

	as_http_get(client(), conf->api.status_url, &reply);
	if (reply.err == NULL &&
	    (reply.err = as_json_replicas(reply.body, &status)) != NULL) {
		reply.code = EX_UNAVAILABLE;
		memcpy(reply.detail, status.detail, sizeof(reply.detail));
	}
	if (reply.err != NULL) {
		snprintf(why, sizeof(why), "no count to compare with: %.*s",
		    200, reply.detail);
		refuse(order, reply.err, why);
		code = as_worse(code, reply.code);
		return false;
	}
	if (status.replicas == order->count) {
		report(order, "same", "", "");
		return false;
	}
	if (order->bare || status.replicas == order->from)
		return true;
	snprintf(why, sizeof(why), "decided from %lld replicas, there are %d",
	    (long long)order->from, status.replicas);
	refuse(order, "conflict", why);
	return false;
}

static void
report_put(const struct as_order *order, const struct as_reply *reply)
{
	char status[8];

	snprintf(status, sizeof(status), "%d", reply->status);
	if (reply->err == NULL)
		report(order, "ok", " http=", status);
	else if (reply->status == 409 || reply->status == 412)
		report(order, "refused", " why=conflict http=", status);
	else if (reply->unsure)
		report(order, "unknown", " err=", reply->err);
	else if (reply->status != 0)
		report(order, "failed", " http=", status);
	else
		report(order, "failed", " err=", reply->err);
}

/* A signal to end waits for the answer and the report of a PUT that is under
 * way, and for nothing else: no PUT begins behind it. */
static void
set_signals(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(how, &set, NULL);
}

static void
put(const struct as_order *order)
{
	char body[40];
	struct as_reply reply;
	int len = snprintf(body, sizeof(body), "{\"replicas\": %lld}",
	    (long long)order->count);

	set_signals(SIG_BLOCK);
	as_http_put(client(), conf->api.replicas_url,
	    (struct as_text){body, (size_t)len}, &reply);
	code = as_worse(code, reply.code);
	if (reply.err == NULL)
		as_msg(AS_INFO, app_name(order), "%s: http %d", body,
		    reply.status);
	else
		as_msg(AS_ERROR, app_name(order), "%s: %s%s: %s", body,
		    reply.err, reply.unsure ? ": may have been done" : "",
		    reply.detail);
	report_put(order, &reply);
}

/* Every guard in its turn; the first that does not let it pass ends it. */
static void
apply(const struct as_order *order)
{
	const char *word;

	if (!order->newest)
		report(order, "superseded", "", "");
	else if (order->count == AS_UNKNOWN)
		report(order, "hold", "", "");
	else if (order->count == order->from)
		report(order, "same", "", "");
	else if (order->from == AS_UNKNOWN && !order->bare)
		refuse(order, "no-data", "decided without knowing the count");
	else if (order->number != 0)
		refuse_other(order);
	else if (is_outside(order))
		refuse(order, "limit", "outside min and max");
	else if ((word = is_dated_wrong(order)) != NULL)
		refuse_date(order, word);
	else if (conf->api.status_url && !unchecked && !compare(order))
		return;
	else if (dry_run)
		report(order, "dry", "", "");
	else if (log_path != NULL && !as_log_sync(&log_file))
		code = EX_IOERR;
	else
		put(order);
}

/* Write-ahead: what is not on record is not done. */
static bool
record_batch(void)
{
	for (size_t i = 0; i < batch.n && log_path != NULL; i++)
		if (!as_log_append(&log_file,
			(struct as_text){
			    batch.orders[i].text, batch.orders[i].len}))
			return false;
	return true;
}

static void
apply_batch(void)
{
	if (!record_batch())
		code = EX_IOERR;
	for (size_t i = 0; i < batch.n && code != EX_IOERR; i++) {
		apply(&batch.orders[i]);
		if (!as_out_flush(&out))
			code = EX_IOERR;
		set_signals(SIG_UNBLOCK);
	}
}

int
main(int argc, char *argv[])
{
	bool more = true;

	as_start(&tool);
	parse_options(&argc, &argv);
	signal(SIGPIPE, SIG_IGN);
	if (lock_path != NULL)
		as_lock_take(lock_path);
	if (log_path != NULL && !as_log_open(&log_file, log_path))
		return EX_IOERR;
	if ((fcntl(STDOUT_FILENO, F_GETFL) & O_ACCMODE) == O_RDONLY)
		as_die(EX_IOERR, "stdout: closed: no place for reports");
	if (isatty(STDIN_FILENO))
		as_msg(AS_WARNING, NULL, "waiting for decisions on a terminal");
	if (!as_in_open(&in, "-", &out))
		return EX_IOERR;
	while (more && code != EX_IOERR) {
		more = as_batch_read(&batch, &in);
		apply_batch();
	}
	if (http != NULL)
		as_http_free(http);
	as_batch_free(&batch);
	free(in.buf);
	return as_out_finish(&out, as_worse(code, in.code));
}
