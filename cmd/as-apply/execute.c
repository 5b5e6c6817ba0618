/* execute.c - carries out an order: reads the count, sends the PUT, reports it */
#include <signal.h>
#include <stdio.h>

#include "apply.h"

static void
end_order(struct as_apply *apply, struct as_app *app)
{
	app->current = NULL;
	apply->n_current--;
	as_puts_end(&apply->puts, app->name);
	as_ask_free(&app->ask);
}

static const int end_signals[] = {SIGTERM, SIGINT, SIGHUP};
enum { N_END_SIGNALS = sizeof(end_signals) / sizeof(end_signals[0]) };

/* The kernel may keep a blocked signal pending even if it is ignored.  An ignored
 * signal must not end the process. */
static bool
is_ignored(int number)
{
	struct sigaction action;

	return sigaction(number, NULL, &action) == 0 &&
	    action.sa_handler == SIG_IGN;
}

void
as_execute_hold_signals(int how)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < N_END_SIGNALS; i++)
		sigaddset(&set, end_signals[i]);
	sigprocmask(how, &set, NULL);
}

static bool
is_end_pending(void)
{
	sigset_t pending;

	sigpending(&pending);
	for (size_t i = 0; i < N_END_SIGNALS; i++)
		if (sigismember(&pending, end_signals[i]) &&
		    !is_ignored(end_signals[i]))
			return true;
	return false;
}

void
as_execute_stop(struct as_apply *apply, int code)
{
	apply->code = as_msg_worse(apply->code, code);
	apply->stopped = true;
}

static void
report_put(const struct as_app *app, const struct as_reply *reply)
{
	struct as_order *order = app->current;
	char status[8];

	snprintf(status, sizeof(status), "%d", reply->status);
	if (reply->err == NULL)
		as_order_settle(order, app, "ok", " http=", status);
	else if (reply->status == 409 || reply->status == 412)
		as_order_settle(
		    order, app, "refused", " why=conflict http=", status);
	else if (reply->unsure)
		as_order_settle(order, app, "unknown", " err=", reply->err);
	else if (reply->status != 0)
		as_order_settle(order, app, "failed", " http=", status);
	else
		as_order_settle(order, app, "failed", " err=", reply->err);
}

static void
finish_put(struct as_request *request)
{
	struct as_app *app = request->owner;
	struct as_apply *apply = app->apply;
	const struct as_reply *reply = &request->reply;
	const char *method = request->method;
	long long count = app->current->count;

	apply->n_puts--;
	apply->code = as_msg_worse(apply->code, reply->code);
	as_app_bar(app, reply->retry_after);
	if (reply->err == NULL)
		as_msg(AS_INFO, app->name, "%s %lld: http %d", method, count,
		    reply->status);
	else
		as_msg(AS_ERROR, app->name, "%s %lld: %s%s: %s", method, count,
		    reply->err, reply->unsure ? ": may have been done" : "",
		    reply->detail);
	report_put(app, reply);
	end_order(apply, app);
}

struct as_http *
as_execute_client(struct as_apply *apply)
{
	size_t named = apply->apps.config->n_named;

	if (apply->http == NULL) /* made late, since most ticks need none */
		apply->http = as_http_new(apply->jobs, named > 0 ? named : 1);
	as_turn_wait_with(as_http_pump, apply->http);
	return apply->http;
}

/* No PUT is sent before its decision is on disk. */
static bool
sync_log(struct as_apply *apply)
{
	if (apply->log.path == NULL || apply->synced)
		return true;
	apply->synced = as_log_sync(&apply->log);
	if (!apply->synced)
		as_execute_stop(apply, EX_IOERR);
	return apply->synced;
}

static bool
keep_lock(struct as_apply *apply)
{
	int code = as_lock_keep(&apply->lock);

	if (code != 0)
		as_execute_stop(apply, code);
	return code == 0;
}

/* The request may have waited for a free connection, so the guards look again. */
static bool
begin_put(struct as_request *request)
{
	struct as_app *app = request->owner;
	struct as_apply *apply = app->apply;

	if (!as_guard_moment(apply, app, app->current)) {
		end_order(apply, app);
		return false;
	}
	as_execute_hold_signals(SIG_BLOCK);
	if (is_end_pending() || apply->stopped || !keep_lock(apply) ||
	    !sync_log(apply))
		return false;
	as_other_order(&app->other, app->current->count, app->there);
	apply->n_puts++;
	return true;
}

/* Prints the request that -n does not send.  The message cuts a long one: so it cuts
 * no secret in two. */
static void
print_dry_run(const struct as_app *app)
{
	const struct as_request *put = &app->put;

	as_msg(AS_INFO, app->name, "dry run: %s %s %.*s", put->method, put->url,
	    (int)put->body.len, put->body.len > 0 ? put->body.at : "");
}

/* If a filter of the app failed only because it is slow, again(app) is called when
 * its answer has come. */
static bool
postpone(struct as_app *app, const int64_t *asker, void (*again)(void *at))
{
	bool later = as_late_add(asker, again, app);

	app->apply->n_late += later ? 1 : 0;
	return later;
}

static void put_again(void *at);

static void
put(struct as_apply *apply, struct as_app *app)
{
	struct as_order *order = app->current;
	char detail[AS_DETAIL_MAX];
	const char *word = as_request_make(app, order, detail);

	if (word != NULL && postpone(app, &app->filter_barred, put_again))
		return;
	if (!as_guard_request(apply, app, order, word, detail)) {
		end_order(apply, app);
	} else if (apply->dry_run) {
		print_dry_run(app);
		as_order_settle(order, app, "dry", "", "");
		end_order(apply, app);
	} else {
		app->put.begin = begin_put;
		app->put.done = finish_put;
		app->put.owner = app;
		as_http_send(as_execute_client(apply), &app->put);
	}
}

static void
put_again(void *at)
{
	struct as_app *app = at;

	app->apply->n_late--;
	put(app->apply, app);
}

static void compare_again(void *at);

static void
compare(struct as_app *app)
{
	struct as_apply *apply = app->apply;
	struct as_ask *ask = &app->ask;
	const char *word;
	int64_t count = as_compare_count(app, &word);

	if (word != NULL &&
	    postpone(app, &ask->barred[ask->n_lost > 0], compare_again))
		return;
	app->there = count;
	if (!app->current->bare && count != app->current->from)
		as_guard_others(app, app->current, count, false);
	if (as_guard_count(apply, app, app->current, count, word))
		put(apply, app);
	else
		end_order(apply, app);
}

static void
compare_again(void *at)
{
	struct as_app *app = at;

	app->apply->n_late--;
	app->ask.err = NULL;
	app->ask.code = 0;
	compare(app);
}

static void
take_replies(struct as_ask *ask)
{
	struct as_app *app = ask->owner;

	app->read = as_time_steady();
	as_app_bar(app, ask->retry_after);
	compare(app);
}

void
as_execute_begin(struct as_apply *apply, struct as_app *app)
{
	struct as_order *order = app->waiting;

	app->apply = apply;
	app->waiting = NULL;
	app->current = order;
	apply->n_current++;
	app->before.len = 0;
	app->there = order->from;
	app->read = 0;
	app->n_made = 0;
	if (!as_guard_moment(apply, app, order) ||
	    !as_guard_put(apply, app, order)) {
		end_order(apply, app);
	} else if (!apply->unchecked && as_compare_ask(app)) {
		app->ask.done = take_replies;
		app->ask.owner = app;
		as_ask_send(&app->ask, as_execute_client(apply));
	} else {
		put(apply, app);
	}
}
