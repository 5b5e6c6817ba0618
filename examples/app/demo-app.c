/* demo-app - an application to scale: its status, its replicas, its load */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <sys/select.h>

#include "app.h"
#include "as.h"

static volatile sig_atomic_t stopped;

static FILE *
open_file(const char *path, const char *mode)
{
	FILE *file;

	if (path == NULL)
		return NULL;
	if ((file = fopen(path, mode)) == NULL)
		as_msg_die(EX_OSERR, "%s: %s", path, strerror(errno));
	return file;
}

static void
close_file(FILE *file, const char *path)
{
	if (file == NULL)
		return;
	if (fflush(file) != 0 || ferror(file))
		as_msg_die(EX_IOERR, "%s: %s", path, strerror(errno));
	fclose(file);
}

/* Whoever waits for the file finds it whole. */
static void
write_port(const char *path, unsigned port)
{
	char temporary[4096];
	FILE *file;

	if (path == NULL)
		return;
	if (snprintf(temporary, sizeof(temporary), "%s.tmp", path) >=
	    (int)sizeof(temporary))
		as_msg_die(EX_OSERR, "%s: %s", path, strerror(ENAMETOOLONG));
	file = open_file(temporary, "w");
	fprintf(file, "%u\n", port);
	close_file(file, temporary);
	if (rename(temporary, path) != 0)
		as_msg_die(EX_OSERR, "%s: %s", path, strerror(errno));
}

static void
write_stats(const char *path, const struct plant *plant, const struct api *api)
{
	FILE *file = open_file(path, "w");

	if (file == NULL)
		return;
	fprintf(file,
	    "ticks=%lu mean_cpu=%.4f min_replicas=%ld "
	    "max_replicas=%ld puts=%lu errors=%lu\n",
	    plant->steps,
	    plant->steps > 0 ? plant->cpu_sum / (double)plant->steps : 0,
	    plant->min_replicas, plant->max_replicas, api->puts, api->errors);
	close_file(file, path);
}

static void
stop(int number)
{
	(void)number;
	stopped = 1;
}

/* Signals come in while we wait and at no other time; *waiting is the mask. */
static void
catch_signals(sigset_t *waiting)
{
	struct sigaction action = {.sa_handler = stop};
	sigset_t blocked;

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, waiting);
	sigdelset(waiting, SIGTERM);
	sigdelset(waiting, SIGINT);
}

static void
wait_for_requests(int fd, double seconds, const sigset_t *waiting)
{
	struct timespec limit = {.tv_sec = (time_t)seconds};
	fd_set set;

	limit.tv_nsec = (long)((seconds - floor(seconds)) * 1e9);
	FD_ZERO(&set);
	FD_SET(fd, &set);
	pselect(fd + 1, &set, NULL, NULL, &limit, waiting);
}

static double
clock_now(void)
{
	return (double)as_time_steady() / 1000;
}

static void
run(struct server *server, struct plant *plant, const struct options *options,
    const sigset_t *waiting)
{
	double begin = clock_now(), now = begin;
	double end = options->days > 0 ? options->at + options->days * DAY :
					 HUGE_VAL;

	while (!stopped && plant->now < end) {
		/* resting a second at most keeps the catching up short */
		double rest = fmin(1, (end - plant->now) / options->speed);

		wait_for_requests(
		    server->fd, server_idle(server, now, rest), waiting);
		now = clock_now();
		plant_advance(plant,
		    fmin(end, options->at + (now - begin) * options->speed));
		server_run(server, now);
	}
}

static void
listen_and_tell(struct server *server, const struct options *options)
{
	unsigned port = server_start(server, (unsigned)options->port);

	if (port == 0)
		as_msg_die(EX_OSERR, "127.0.0.1:%.0f: %s", options->port,
		    strerror(errno));
	write_port(options->port_file, port);
	printf("listening on http://127.0.0.1:%u\n", port);
	if (fflush(stdout) != 0)
		as_msg_die(EX_IOERR, "stdout: %s", strerror(errno));
}

int
main(int argc, char *argv[])
{
	const struct options *options;
	struct load load = {0};
	struct plant plant = {.load = &load};
	struct api api = {.plant = &plant};
	struct server server = {.api = &api};
	sigset_t waiting;

	options = options_parse(argc, argv);
	if (options->load_file && !load_read(&load, options->load_file))
		return EX_CONFIG;
	plant.csv = open_file(options->csv_file, "w");
	server.log = open_file(options->log_file, "a");
	api.error_rate = options->errors;
	api.retry_after = options->speed > 1 ? "0" : "1";
	api.random = ~(uint64_t)options->seed;
	server.hang = options->hang;
	catch_signals(&waiting);
	listen_and_tell(&server, options);
	plant_start(&plant, options);
	run(&server, &plant, options, &waiting);
	server_stop(&server);
	write_stats(options->stats_file, &plant, &api);
	close_file(plant.csv, options->csv_file);
	close_file(server.log, options->log_file);
	free(load.points);
	return 0;
}
