/* as-fetch - ask an application's API for its status, print sample lines */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "api.h"

/* clang-format off */
static const struct as_option options[] = {
	{'a', "APP", "the application's name (app)"},
	{'c', "FILE", "settings of all apps; see as.conf(5)"},
	{'G', NULL, "print each app's settings, and from where they are"},
	{'e', "DUR", "fetch every DUR, on a fixed grid; 250ms 15s 5m"},
	{'i', "FILE", "read one JSON reply from FILE or -, not by HTTP"},
	{'l', "FILE", "append each line to FILE before it is printed"},
	{'n', "TICKS", "with -e: stop after so many"},
	{'o', "KEY=VALUE", "any setting: timeout, connect_timeout, status_url"},
	{0, NULL, NULL}
};
/* clang-format on */

static const struct as_tool tool = {"as-fetch",
    "[-Gqv] [-a GLOB] [-c FILE] [-e DUR [-n TICKS]] [-i FILE] [-l FILE] "
    "[-o KEY=VALUE]... [URL]",
    "Asks an application's API for its status and prints sample lines.",
    options};

static struct as_config config;
static const struct as_conf *conf;
static bool print_settings;
static struct as_out out;
static struct as_log log_file;
static struct as_http *http;
static const char *app = "app", *reply_file, *log_path;
static int64_t every; /* ms; 0: one tick */
static int32_t ticks; /* 0: no end */

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
		case 'a': config.only = arg; break;
		case 'c': as_config_file(&config, arg); break;
		case 'G': print_settings = true; break;
		case 'e':
			why = as_duration_parse(as_text(arg), &every);
			if (why != NULL || every == 0)
				as_usage("-e %s: %s", arg,
				    why ? why : "is no interval");
			break;
		case 'i': reply_file = arg; break;
		case 'l': log_path = arg; break;
		case 'n':
			if (!as_num_count(as_text(arg), &ticks) || ticks == 0)
				as_usage("-n %s: is not a number > 0", arg);
			break;
		case 'o': as_config_assign(&config, arg); break;
		}
	}
	if (*argc > 0)
		as_config_flag(&config, "status_url", (*argv)[0]);
	as_config_ready(&config);
	if (print_settings)
		exit(print_config());
	app = as_config_app(&config);
	conf = as_config_of(&config, as_text(app));
	if (*argc > 1)
		as_usage("one URL is enough");
	if (ticks > 0 && every == 0)
		as_usage("-n needs -e");
}

static void
check_options(int argc)
{
	const char *why;

	if ((why = as_line_app(as_text(app))) != NULL)
		as_usage("-a %s: %s", app, why);
	if (reply_file != NULL && (argc > 0 || every > 0))
		as_usage("-i takes neither a URL nor -e");
	if (reply_file != NULL)
		return;
	if (conf->api.status_url == NULL)
		as_usage("no URL");
	if ((why = as_http_url(conf->api.status_url)) != NULL)
		as_die(EX_CONFIG, "status_url: %s", why);
}

/* At most a byte more than a reply may have, so that this shows. */
static void
read_reply_file(struct as_reply *reply)
{
	static char body[AS_BODY_MAX + 1];
	bool is_stdin = strcmp(reply_file, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(reply_file, O_RDONLY);
	size_t len = 0;
	ssize_t n = 0;

	while (fd >= 0 && len < sizeof(body) &&
	    (n = read(fd, body + len, sizeof(body) - len)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		len += (size_t)n;
	}
	if (fd < 0 || n < 0)
		as_die(EX_IOERR, "%s: %s", reply_file, strerror(errno));
	*reply = (struct as_reply){.body = {body, len}};
	if (len > AS_BODY_MAX) {
		reply->err = "too-big";
		reply->code = EX_UNAVAILABLE;
		snprintf(reply->detail, sizeof(reply->detail),
		    "%s is over 1 MiB", reply_file);
	}
}

/* Also what the server answered well may be nonsense. */
static void
read_status(struct as_status *status, struct as_reply *reply)
{
	if (reply_file != NULL)
		read_reply_file(reply);
	else
		as_http_get(http, conf->api.status_url, reply);
	if (reply->err != NULL)
		return;
	if ((reply->err = as_json_status(reply->body, status)) == NULL)
		return;
	reply->code = EX_UNAVAILABLE;
	memcpy(reply->detail, status->detail, sizeof(reply->detail));
}

static char *
put_sample(char *p, const struct as_status *status)
{
	p = as_put_count(p, status->replicas);
	p = AS_PUT(p, " cpu=");
	return p + as_num_print(p, status->cpu);
}

static char *
put_failure(char *p, const struct as_reply *reply)
{
	as_msg(AS_ERROR, app, "status: %s: %s", reply->err, reply->detail);
	p = AS_PUT(p, "- err=");
	return as_put(p, reply->err, strlen(reply->err));
}

/* One line into the log, if there is one, and then to stdout.  *code takes
 * what the API did; false: our own output failed. */
static bool
fetch(int64_t time, bool fraction, int *code)
{
	struct as_status status = {0};
	struct as_reply reply;
	char *line = as_out_room(&out, 512), *p = line;

	read_status(&status, &reply);
	p += as_time_print(p, time, fraction);
	*p++ = ' ';
	p = as_put(p, app, strlen(app));
	*p++ = ' ';
	p = reply.err == NULL ? put_sample(p, &status) : put_failure(p, &reply);
	*p++ = '\n';
	*code = as_worse(*code, reply.code);
	as_msg(AS_DEBUG, NULL, "%.*s", (int)(p - line - 1), line);
	if (log_path != NULL &&
	    !as_log_append(
		&log_file, (struct as_text){line, (size_t)(p - line)}))
		return false;
	as_out_end(&out, p);
	return as_out_flush(&out);
}

static void
wait_until(int64_t steady)
{
	struct timespec at = {steady / 1000, steady % 1000 * 1000000};

	while (
	    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
		continue;
}

/* The stamps count with the grid, lest jitter show a second twice; when the
 * clock was set, or the machine slept, they follow it. */
static int64_t
stamp(int64_t expected)
{
	int64_t now = as_time_now(), off = now - expected;
	int64_t most = every / 2 > 1000 ? every / 2 : 1000;

	return off >= -most && off <= most ? expected : now;
}

static int
fetch_every(void)
{
	bool fraction = every % 1000 != 0;
	int64_t due = as_time_steady(), late;
	int64_t time = as_time_now();
	int code = 0;

	while (fetch(time, fraction, &code)) {
		if (ticks > 0 && --ticks == 0)
			return code;
		late = (as_time_steady() - due) / every;
		if (late > 0)
			as_msg(AS_WARNING, app,
			    "%lld ticks missed: the last "
			    "one took longer than %lld ms",
			    (long long)late, (long long)every);
		due += (late + 1) * every;
		wait_until(due);
		time = stamp(time + (late + 1) * every);
	}
	return EX_IOERR;
}

int
main(int argc, char *argv[])
{
	int code = 0;

	as_start(&tool);
	parse_options(&argc, &argv);
	check_options(argc);
	if (log_path != NULL && !as_log_open(&log_file, log_path))
		return EX_IOERR;
	if (reply_file == NULL)
		http = as_http_new(&conf->api);
	if (every > 0)
		code = fetch_every();
	else if (!fetch(as_time_now(), false, &code))
		code = EX_IOERR;
	if (http != NULL)
		as_http_free(http);
	return as_out_finish(&out, code);
}
