/* as-apply - reads decisions and PUTs the replica counts that they ask for */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply.h"

/* clang-format off */
static const struct as_option options[] = {
	{'A', "max-age", "MAX_AGE", "refuse decisions older than this (2m)"},
	{'f', "force", NULL, "do not compare with the status API before a PUT"},
	{'j', "jobs", "JOBS", "at most so many requests at once (256)"},
	{'l', "log", "FILE", "append every decision to FILE before it is applied"},
	{'L', "lock", "LOCK", "hold the lock on this file, or do nothing: exit 75"},
	{'n', "dry-run", NULL, "dry run: nothing is PUT"},
	{'p', "puts", "FILE", "one PUT for an app at a time, of all with this FILE"},
	{'r', "reports", "REPORTS", "append reports to this file; read its end at the start"},
	{0, NULL, NULL, NULL}
};
/* clang-format on */

static const struct as_tool tool = {"as-apply",
    "[-Gfnqv] [-a GLOB] [-A MAX_AGE] [-c FILE] [-j JOBS] [-l FILE] "
    "[-L LOCK] [-o KEY=VALUE]... [-p FILE] [-r REPORTS] [URL]",
    "Reads decisions and PUTs the replica counts that they ask for.", options,
    as_flags_options, AS_NEEDS_NETWORK};

static struct as_config config;
static struct as_apply apply = {.apps = {.config = &config}, .jobs = AS_JOBS};
static struct as_orders orders;
static struct as_brake_state brake = {.mark = AS_NEVER};
static struct as_out out;
static struct as_in in = {.fd = -1};
/* Apps with an order that has not begun */
static struct as_app *first_waiting, **waiting_end = &first_waiting;
static struct as_log reports; /* of -r; its path is NULL if there is none */
static const char *log_path, *reports_path;
static bool ended;

static void
parse_options(int *argc, char **argv[])
{
	const char *arg;
	int c;

	while ((c = as_flags_option(&config, argc, argv, &arg)) != 0) {
		switch (c) {
		case 'A': as_flags_set(&config, "max_age", arg); break;
		case 'f': apply.unchecked = true; break;
		case 'j': apply.jobs = (size_t)as_option_count(arg, 1); break;
		case 'l': log_path = arg; break;
		case 'L': apply.lock.path = arg; break;
		case 'n': apply.dry_run = true; break;
		case 'p': apply.puts.path = arg; break;
		case 'r': reports_path = arg; break;
		}
	}
	orders.only = config.only;
	if (*argc > 1)
		as_option_usage("one URL is enough");
	if (*argc > 0)
		as_flags_set(&config, "replicas_url", (*argv)[0]);
}

static void
check_options(void)
{
	struct as_text app;

	as_config_read(&config);
	orders.needs_name = config.path != NULL;
	if (config.is_shown) {
		as_mistake_end(&config.mistakes);
		return;
	}
	app = as_text(as_select_app(&config));
	if (config.path == NULL &&
	    as_config_look(&config, app)->remote.replicas_url == NULL) {
		as_mistake_end(&config.mistakes);
		as_option_usage("no URL");
	}
	/* Reports wrong settings before input is read.  With a file, as_apps_ready
	 * does that for the apps that it names. */
	if (config.path == NULL)
		as_app_check(&apply.apps, app);
	as_apps_ready(&apply.apps);
}

static bool
is_full(void)
{
	return apply.n_current - apply.n_late >= apply.jobs;
}

/* Begins or refuses the app's order that waits.  Returns false if it must go on
 * waiting. */
static bool
begin_if_due(struct as_app *app)
{
	struct as_order *order = app->waiting;
	enum as_brake how;

	if (order == NULL)
		return true;
	if (app->current != NULL)
		return false;
	how = as_brake_holds(&brake, &apply.apps, app, order, ended);
	if (how == AS_BRAKE_OFF) {
		as_execute_begin(&apply, app);
	} else if (how != AS_BRAKE_WAIT) {
		app->waiting = NULL;
		as_guard_brake(&apply, app, order, how);
	}
	return how != AS_BRAKE_WAIT;
}

static void
begin_waiting(void)
{
	struct as_app **at = &first_waiting, *app;

	if (first_waiting == NULL || is_full())
		return;
	as_brake_look(&brake, &apply.apps);
	while ((app = *at) != NULL && !apply.stopped && !is_full()) {
		if (!begin_if_due(app)) {
			at = &app->next;
			continue;
		}
		*at = app->next;
		app->listed = false;
	}
	if (*at == NULL)
		waiting_end = at;
}

/* Takes a new order: settles it, or lets it wait until it may begin.  Decisions may
 * come out of order, and an older one must not undo a newer one. */
static void
take(struct as_order *order)
{
	struct as_app *app = as_guard_app(&apply, order);

	if (app == NULL)
		return;
	if (order->time < app->last) {
		as_order_settle(order, app, "superseded", "", "");
		return;
	}
	as_brake_note(&brake, app, order);
	as_guard_others(app, order, order->from, true);
	if (app->waiting != NULL)
		as_order_settle(app->waiting, app, "superseded", "", "");
	app->waiting = as_guard_order(&apply, app, order) ? order : NULL;
	if (app->waiting == NULL || app->listed)
		return;
	app->next = NULL;
	app->listed = true;
	*waiting_end = app;
	waiting_end = &app->next;
}

/* Writes all new decisions to the log before any of them is carried out. */
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
	    &apply.log, (struct as_text){text.at, text.len});
	free(text.at);
	apply.synced = false;
	return recorded;
}

static void
read_orders(void)
{
	struct as_order *fresh;
	int code;

	ended = !as_orders_read(&orders, &in, &fresh);
	if (fresh == NULL)
		return;
	if ((code = as_lock_keep(&apply.lock)) != 0) {
		as_execute_stop(&apply, code);
	} else if (!record(fresh)) {
		as_execute_stop(&apply, EX_IOERR);
	} else {
		for (; fresh != NULL; fresh = fresh->next)
			if (fresh->comment)
				as_brake_mark(&brake, fresh);
			else
				take(fresh);
	}
}

/* Returns whether more decisions are to be read.  Reports are printed in the order
 * of the decisions, so one order that waits keeps all later ones in memory.  So
 * their number is limited.  The brake lets an order wait for its whole tick, so
 * there is room for two ticks. */
static bool
is_reading(void)
{
	enum { UNREPORTED_MAX = 20000 };

	return !ended && !apply.stopped &&
	    orders.n < UNREPORTED_MAX + 2 * apply.apps.names.n;
}

/* Waits for a reply or a decision.  The brake lets an order wait for decisions of
 * other apps, at most for 10 s.  So if orders wait, this returns after 100 ms. */
static void
wait_for_more(void)
{
	int64_t until = first_waiting != NULL ? as_time_steady() + 100 :
						INT64_MAX;
	int64_t later = as_late_until();

	as_http_wait(as_execute_client(&apply), is_reading() ? in.fd : -1,
	    until < later ? until : later);
	as_late_run();
}

/* Returns false if as-apply must end: it was stopped and no PUT is under way. */
static bool
report(void)
{
	bool written = as_orders_report(&orders, &reports, &out);

	if (!as_out_flush(&out) || !written)
		as_execute_stop(&apply, EX_IOERR);
	if (apply.n_puts == 0)
		as_execute_hold_signals(SIG_UNBLOCK);
	return apply.n_puts > 0 || !apply.stopped;
}

static void
run(void)
{
	do {
		bool idle = first_waiting == NULL && apply.n_current == 0;

		if (is_reading() && (idle || as_in_ready(&in)))
			read_orders();
		begin_waiting();
		if (apply.n_puts > 0 ||
		    (!apply.stopped &&
			(first_waiting != NULL || apply.n_current > 0)))
			wait_for_more();
	} while (report() &&
	    (!ended || first_waiting != NULL || apply.n_current > 0));
}

/* A process loses its lock when it closes any descriptor of the lock's file, as it
 * does after it has read the reports.  And what is appended to the file of standard
 * input is read again, and then appended again. */
static void
check_file(const char *option, const char *path)
{
	struct stat input;

	if (path == NULL)
		return;
	if ((apply.lock.path != NULL && as_open_names(path, apply.lock.fd)) ||
	    (apply.puts.path != NULL && as_open_names(path, apply.puts.fd)))
		as_option_usage("%s: %s is the file of a lock", option, path);
	if (fstat(STDIN_FILENO, &input) == 0 && S_ISREG(input.st_mode) &&
	    as_open_names(path, STDIN_FILENO))
		as_option_usage("%s: %s is standard input", option, path);
}

static int
check_streams(void)
{
	signal(SIGPIPE, SIG_IGN);
	if (apply.lock.path != NULL)
		as_lock_take(&apply.lock);
	as_puts_open(&apply.puts);
	check_file("-l/--log", log_path);
	check_file("-r/--reports", reports_path);
	if (log_path != NULL && !as_log_open(&apply.log, log_path))
		return EX_IOERR;
	if (reports_path != NULL &&
	    (!as_log_open(&reports, reports_path) ||
		!as_memory_read(&apply.apps, &brake, &reports)))
		return EX_IOERR;
	if ((fcntl(STDOUT_FILENO, F_GETFL) & O_ACCMODE) == O_RDONLY)
		as_msg_die(
		    EX_IOERR, "stdout: closed: reports cannot be printed");
	if (isatty(STDIN_FILENO))
		as_msg(AS_WARNING, NULL, "waiting for decisions on a terminal");
	as_in_open(&in, "-", &out); /* cannot fail: stdin is always open */
	in.comments = true;
	return 0;
}

int
main(int argc, char *argv[])
{
	as_option_start(&tool);
	parse_options(&argc, &argv);
	check_options();
	if (config.is_shown)
		return as_show_settings(&config);
	if ((apply.code = check_streams()) != 0)
		return apply.code;
	run();
	if (apply.http != NULL)
		as_http_free(apply.http);
	as_turn_end();
	return as_out_finish(&out, as_msg_worse(apply.code, in.code));
}
