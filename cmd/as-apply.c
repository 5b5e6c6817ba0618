/* as-apply - read decisions, PUT the replica counts that they ask for */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "apply.h"

/* clang-format off */
static const struct as_option options[] = {
	{'a', "GLOB", "act on these apps' decisions alone"},
	{'A', "MAX_AGE", "refuse decisions older than this (2m)"},
	{'c', "FILE", "settings of all apps; see as.conf(5)"},
	{'f', NULL, "do not compare with the status API before a PUT"},
	{'G', NULL, "print each app's settings, and from where they are"},
	{'j', "JOBS", "at most so many requests at once (256)"},
	{'l', "FILE", "append every decision to FILE before it is applied"},
	{'L', "LOCK", "hold the lock on this file, or do nothing: exit 75"},
	{'n', NULL, "dry run: nothing is PUT"},
	{'o', "KEY=VALUE", "any setting: status_url, min, max, timeout..."},
	{0, NULL, NULL}
};
/* clang-format on */

static const struct as_tool tool = {"as-apply",
    "[-Gfnqv] [-a GLOB] [-A MAX_AGE] [-c FILE] [-j JOBS] [-l FILE] "
    "[-L LOCK] [-o KEY=VALUE]... [URL]",
    "Reads decisions and PUTs the replica counts that they ask for.", options};

static struct as_config config;
static struct as_targets targets = {.config = &config};
static struct as_orders orders;
static struct as_brake_state brake;
static struct as_out out;
static struct as_in in = {.fd = -1};
static struct as_log log_file;
static struct as_http *http;
static struct as_target **waiting; /* have an order that did not begin */
static size_t n_waiting, waiting_room, n_puts;
static const char *log_path, *lock_path;
static size_t n_current; /* orders under way */
static bool dry_run, unchecked, print_settings, ended, synced;
static int32_t jobs = AS_JOBS;
static int code;

static void
parse_options(int *argc, char **argv[])
{
	const char *arg;
	int c;

	while ((c = as_option(argc, argv, &arg)) != 0) {
		switch (c) {
		case 'a': orders.only = config.only = arg; break;
		case 'A': as_config_flag(&config, "max_age", arg); break;
		case 'c': as_config_file(&config, arg); break;
		case 'f': unchecked = true; break;
		case 'G': print_settings = true; break;
		case 'j':
			if (!as_num_count(as_text(arg), &jobs) || jobs == 0)
				as_usage("-j %s: is not a number > 0", arg);
			break;
		case 'l': log_path = arg; break;
		case 'L': lock_path = arg; break;
		case 'n': dry_run = true; break;
		case 'o': as_config_assign(&config, arg); break;
		}
	}
	if (*argc > 1)
		as_usage("one URL is enough");
	if (*argc > 0)
		as_config_flag(&config, "replicas_url", (*argv)[0]);
}

static void
check_options(void)
{
	struct as_text app;
	const char *why;

	as_config_ready(&config);
	orders.needs_name = config.path != NULL;
	if (print_settings)
		return;
	app = as_text(as_config_app(&config));
	if ((why = as_line_app(app)) != NULL)
		as_usage("-a %.*s: %s", (int)app.len, app.at, why);
	if (config.path == NULL &&
	    as_config_of(&config, app)->api.replicas_url == NULL)
		as_usage("no URL");
	if (config.path == NULL) /* its settings are looked at before input */
		as_target_check(&targets, app);
	as_targets_ready(&targets);
	brake.begin = as_time_steady();
}

/* Being late or overtaken is a part of the work; the rest wants a look. */
static void
refuse(
    struct as_order *order, const char *app, const char *word, const char *why)
{
	bool usual = strcmp(word, "stale") == 0 ||
	    strcmp(word, "conflict") == 0 || strcmp(word, "paused") == 0;

	as_msg(
	    usual ? AS_WARNING : AS_ERROR, app, "refused: %s: %s", word, why);
	as_order_settle(order, "refused", " why=", word);
	code = as_worse(code, EX_TEMPFAIL);
}

/* Bounds are checked again where the owner has given them; 0 switches an app
 * off and needs an owner who said min = 0. */
static bool
is_outside(const struct as_target *target, const struct as_order *order)
{
	const struct as_conf *conf = target->conf;

	if (conf->max_set && order->count > conf->policy->max)
		return true;
	return order->count < (conf->min_set ? conf->policy->min : 1);
}

/* What can be told without a look at the app.  False: it is settled. */
static bool
pass_order(const struct as_target *target, struct as_order *order)
{
	char why[160];

	if (order->count == AS_UNKNOWN) {
		as_order_settle(order, "hold", "", "");
	} else if (order->count == order->from) {
		as_order_settle(order, "same", "", "");
	} else if (order->from == AS_UNKNOWN && !order->bare) {
		refuse(order, target->name, "no-data",
		    "decided without knowing the count");
	} else if (target->url.at == NULL) {
		refuse(order, target->name, "other-app",
		    "the settings have no replicas_url for it");
	} else if (targets.at[target->owner] != target) {
		snprintf(why, sizeof(why), "the URL is %s's; see -a",
		    targets.at[target->owner]->name);
		refuse(order, target->name, "other-app", why);
	} else if (is_outside(target, order)) {
		refuse(order, target->name, "limit", "outside min and max");
	} else {
		return true;
	}
	return false;
}

/* What is true now, and may not have been when it was read */
static bool
pass_moment(const struct as_target *target, struct as_order *order)
{
	enum { SKEW = 5000 };
	const struct as_api *api = &target->conf->api;
	int64_t age = as_time_now() - order->time;
	char why[80];

	if (age > api->max_age || age < -SKEW) {
		snprintf(why, sizeof(why), "decided %lld s %s",
		    llabs((long long)age) / 1000, age < 0 ? "from now" : "ago");
		refuse(order, target->name, age < 0 ? "future" : "stale", why);
	} else if (api->pause_file != NULL &&
	    access(api->pause_file, F_OK) == 0) {
		refuse(order, target->name, "paused", api->pause_file);
	} else if (target->barred > as_time_steady()) {
		refuse(order, target->name, "busy",
		    "its server asked to be left alone");
	} else {
		return true;
	}
	return false;
}

static void
end_order(struct as_target *target)
{
	target->current = NULL;
	n_current--;
	as_ask_free(&target->ask);
}

/* A signal to end waits for the answers and reports of the PUTs that are under
 * way, and for nothing else: no PUT begins behind it. */
static void
hold_signals(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(how, &set, NULL);
}

static bool
is_told_to_end(void)
{
	sigset_t set;

	sigpending(&set);
	return sigismember(&set, SIGTERM) || sigismember(&set, SIGINT);
}

static void
report_put(struct as_order *order, const struct as_reply *reply)
{
	char status[8];

	snprintf(status, sizeof(status), "%d", reply->status);
	if (reply->err == NULL)
		as_order_settle(order, "ok", " http=", status);
	else if (reply->status == 409 || reply->status == 412)
		as_order_settle(
		    order, "refused", " why=conflict http=", status);
	else if (reply->unsure)
		as_order_settle(order, "unknown", " err=", reply->err);
	else if (reply->status != 0)
		as_order_settle(order, "failed", " http=", status);
	else
		as_order_settle(order, "failed", " err=", reply->err);
}

static void
leave_alone(struct as_target *target, int64_t wait)
{
	enum { LONGEST = 600000 };

	if (wait > 0)
		target->barred = as_time_steady() +
		    (wait < LONGEST ? wait : LONGEST);
}

static void
finish_put(struct as_request *request)
{
	struct as_target *target = request->owner;
	const struct as_reply *reply = &request->reply;
	const char *method = request->method;
	long long count = target->current->count;

	n_puts--;
	code = as_worse(code, reply->code);
	leave_alone(target, reply->retry_after);
	if (reply->err == NULL)
		as_msg(AS_INFO, target->name, "%s %lld: http %d", method, count,
		    reply->status);
	else
		as_msg(AS_ERROR, target->name, "%s %lld: %s%s: %s", method,
		    count, reply->err,
		    reply->unsure ? ": may have been done" : "", reply->detail);
	report_put(target->current, reply);
	end_order(target);
}

static struct as_http *
client(void)
{
	if (http == NULL) /* most ticks change nothing */
		http = as_http_new(
		    (size_t)jobs, config.n_named > 0 ? config.n_named : 1);
	return http;
}

/* Write-ahead: what is not on record is not done. */
static bool
sync_log(void)
{
	if (log_path == NULL || synced)
		return true;
	synced = as_log_sync(&log_file);
	if (!synced)
		code = EX_IOERR;
	return synced;
}

static void
put(struct as_target *target)
{
	struct as_order *order = target->current;
	char detail[AS_DETAIL_MAX];
	const char *word;

	if (!pass_moment(target, order)) {
		end_order(target);
	} else if ((word = as_target_put(&targets, target, order, detail)) !=
	    NULL) {
		refuse(order, target->name, word, detail);
		code = as_worse(code, EX_UNAVAILABLE);
		end_order(target);
	} else if (dry_run) {
		as_order_settle(order, "dry", "", "");
		end_order(target);
	} else if (sync_log() && !out.failed) {
		hold_signals(SIG_BLOCK);
		if (is_told_to_end())
			return;
		n_puts++;
		target->put.done = finish_put;
		target->put.owner = target;
		as_http_send(client(), &target->put);
	}
}

/* Whoever changed the count since the decision knew something that it did
 * not. */
static void
compare(struct as_ask *ask)
{
	struct as_target *target = ask->owner;
	struct as_order *order = target->current;
	const char *word;
	int64_t count = as_target_count(&targets, target, &word);
	char why[AS_DETAIL_MAX + 32];

	leave_alone(target, ask->retry_after);
	if (word != NULL) {
		snprintf(why, sizeof(why), "no count to compare with: %s",
		    ask->detail);
		refuse(order, target->name, word, why);
		code = as_worse(code, ask->code);
	} else if (count == order->count) {
		as_order_settle(order, "same", "", "");
	} else if (!order->bare && count != order->from) {
		snprintf(why, sizeof(why),
		    "decided from %lld replicas, there are %lld",
		    (long long)order->from, (long long)count);
		refuse(order, target->name, "conflict", why);
	} else {
		put(target);
		return;
	}
	end_order(target);
}

/* Every guard in its turn; the first that does not let it pass ends it. */
static void
begin(struct as_target *target)
{
	struct as_order *order = target->waiting;

	target->waiting = NULL;
	target->current = order;
	n_current++;
	target->before.len = 0;
	if (!pass_moment(target, order)) {
		end_order(target);
	} else if (!unchecked && as_target_asks(&targets, target)) {
		target->ask.done = compare;
		target->ask.owner = target;
		as_ask_send(&target->ask, client());
	} else {
		put(target);
	}
}

/* False: it goes on waiting. */
static bool
begin_if_due(struct as_target *target)
{
	struct as_order *order = target->waiting;

	if (order == NULL)
		return true;
	if (target->current != NULL || n_current == (size_t)jobs)
		return false;
	switch (as_brake_judge(&brake, &targets, target, order, ended)) {
	case AS_BRAKE_WAIT: return false;
	case AS_BRAKE_OFF: begin(target); return true;
	case AS_BRAKE_ON:
		target->waiting = NULL;
		refuse(order, target->name, "brake",
		    "too many apps ask for less at once");
		return true;
	}
	return true;
}

static void
begin_waiting(void)
{
	size_t kept = 0;

	if (n_waiting > 0)
		as_brake_look(&brake, &targets);
	for (size_t i = 0; i < n_waiting && code != EX_IOERR; i++)
		if (!begin_if_due(waiting[i]))
			waiting[kept++] = waiting[i];
		else
			waiting[i]->listed = false;
	n_waiting = kept;
}

/* An app's newest decision counts, whenever it came: one that was overtaken on
 * its way is not to undo what came after it. */
static void
take(struct as_order *order)
{
	struct as_target *target;
	char name[128];

	if (!as_config_knows(&config, order->app)) {
		snprintf(name, sizeof(name), "%.*s", (int)order->app.len,
		    order->app.at);
		refuse(order, name, "other-app", "the settings do not name it");
		return;
	}
	target = as_target_of(&targets, order->app);
	if (order->time < target->last) {
		as_order_settle(order, "superseded", "", "");
		return;
	}
	target->last = order->time;
	as_brake_note(&brake, target, order);
	if (target->waiting != NULL)
		as_order_settle(target->waiting, "superseded", "", "");
	target->waiting = pass_order(target, order) ? order : NULL;
	if (target->waiting == NULL || target->listed)
		return;
	if (n_waiting == waiting_room)
		waiting = as_grow(
		    (void *)waiting, &waiting_room, sizeof(struct as_target *));
	waiting[n_waiting++] = target;
	target->listed = true;
}

/* All of it goes on record before any of it is done. */
static bool
record(const struct as_order *fresh)
{
	struct as_buf text = {0};
	bool recorded;

	if (log_path == NULL)
		return true;
	for (; fresh != NULL; fresh = fresh->next)
		as_buf_add(&text, fresh->text, fresh->len);
	recorded = as_log_append(
	    &log_file, (struct as_text){text.at, text.len});
	free(text.at);
	synced = false;
	return recorded;
}

static bool
read_orders(void)
{
	struct as_order *fresh;

	ended = !as_orders_read(&orders, &in, &fresh);
	if (fresh != NULL && !record(fresh))
		return false;
	for (; fresh != NULL; fresh = fresh->next)
		take(fresh);
	return true;
}

/* Whoever waits for the brake waits for what others say, or for time. */
static void
wait_for_more(void)
{
	int64_t until = n_waiting > 0 ? as_time_steady() + 100 : INT64_MAX;

	as_http_wait(client(), ended ? -1 : in.fd, until);
}

/* False: our own output failed, and no PUT is under way. */
static bool
report(void)
{
	as_orders_report(&orders, &out);
	if (!as_out_flush(&out))
		code = EX_IOERR;
	if (n_puts == 0)
		hold_signals(SIG_UNBLOCK);
	return n_puts > 0 || code != EX_IOERR;
}

static void
run(void)
{
	do {
		bool idle = n_waiting == 0 && n_current == 0;

		if (!ended && (idle || as_in_ready(&in)) && !read_orders())
			code = EX_IOERR;
		begin_waiting();
		if (n_waiting > 0 || n_current > 0)
			wait_for_more();
	} while (report() && (!ended || n_waiting > 0 || n_current > 0));
}

static int
check_streams(void)
{
	signal(SIGPIPE, SIG_IGN);
	if (lock_path != NULL)
		as_lock_take(lock_path);
	if (log_path != NULL && !as_log_open(&log_file, log_path))
		return EX_IOERR;
	if ((fcntl(STDOUT_FILENO, F_GETFL) & O_ACCMODE) == O_RDONLY)
		as_die(EX_IOERR, "stdout: closed: no place for reports");
	if (isatty(STDIN_FILENO))
		as_msg(AS_WARNING, NULL, "waiting for decisions on a terminal");
	return as_in_open(&in, "-", &out) ? 0 : EX_IOERR;
}

int
main(int argc, char *argv[])
{
	as_start(&tool);
	parse_options(&argc, &argv);
	check_options();
	if (print_settings) {
		as_config_print(&config, &out);
		return as_out_finish(&out, 0);
	}
	if ((code = check_streams()) != 0)
		return code;
	run();
	if (http != NULL)
		as_http_free(http);
	as_filter_end();
	return as_out_finish(&out, as_worse(code, in.code));
}
