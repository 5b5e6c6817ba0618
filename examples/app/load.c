/* load.c - the demand that the application meets: a day, or a recorded trace */
#include <math.h>

#include "app.h"
#include "as.h"

/* What the first usable line of a trace decides for the others. */
struct trace {
	struct as_text app; /* a copy; at is NULL before that line */
	const char *key;
	int64_t epoch;
};

/* 4.0 at 02:00, 39.7 at 11:50, 27.9 at 16:05, 33.0 at 19:15. */
static double
day_demand(double seconds)
{
	double hour = seconds / 3600;
	double turn = 2 * acos(-1) / 24;

	return 22 + 15.8 * cos(turn * (hour - 14.7)) +
	    5.4 * cos(2 * turn * (hour - 9.7)) +
	    3.8 * cos(3 * turn * (hour - 3.7));
}

double
load_demand(const struct load *load, double seconds)
{
	const struct point *p = load->points;
	size_t low = 0, high = load->n - 1;

	if (load->n == 0)
		return day_demand(seconds);
	if (load->n == 1)
		return p[0].demand;
	seconds = fmod(seconds, p[high].time);
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (p[middle].time <= seconds)
			low = middle;
		else
			high = middle;
	}
	return p[low].demand +
	    (p[high].demand - p[low].demand) * (seconds - p[low].time) /
	    (p[high].time - p[low].time);
}

static bool
read_value(const struct as_line *line, const char *key, double *value)
{
	*value = as_line_number(line, key);
	if (isnan(*value))
		return false;
	if (strcmp(key, "cpu") != 0)
		return true;
	*value *= (double)line->count;
	return line->count != AS_UNKNOWN;
}

/* Takes the line's app and best key for the whole trace, if it has one. */
static bool
begin_trace(struct trace *trace, const struct as_line *line, double *value)
{
	static const char *const keys[] = {"demand", "rps", "cpu"};
	char *app;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!read_value(line, keys[i], value))
			continue;
		app = as_mem_need(malloc(line->app.len + 1));
		memcpy(app, line->app.at, line->app.len);
		*trace = (struct trace){
		    {app, line->app.len}, keys[i], line->time};
		return true;
	}
	return false;
}

static void
add_point(struct load *load, double time, double demand)
{
	if (load->n > 0 && time <= load->points[load->n - 1].time)
		return;
	if (load->n == load->room)
		load->points = as_mem_grow(
		    load->points, &load->room, sizeof(load->points[0]));
	load->points[load->n++] = (struct point){time, demand};
}

static void
take_line(struct load *load, struct trace *trace, const struct as_line *line)
{
	double value;

	if (trace->app.at == NULL ? begin_trace(trace, line, &value) :
				    as_text_is(trace->app, line->app) &&
		    read_value(line, trace->key, &value))
		add_point(
		    load, (double)(line->time - trace->epoch) / 1000, value);
}

/* Requests per second say nothing about replicas: let the peak need 32. */
static void
scale_requests(struct load *load)
{
	double peak = 0;

	for (size_t i = 0; i < load->n; i++)
		peak = fmax(peak, load->points[i].demand);
	for (size_t i = 0; i < load->n && peak > 0; i++)
		load->points[i].demand *= 32 / peak;
}

bool
load_read(struct load *load, const char *path)
{
	struct as_in in = {0};
	struct as_line line = {0};
	struct trace trace = {0};

	if (!as_in_open(&in, path, NULL))
		return false;
	while (as_in_line(&in, &line))
		take_line(load, &trace, &line);
	if (load->n == 0 && in.code != EX_IOERR)
		as_msg(AS_ERROR, NULL,
		    "%s: no line with demand=, rps= or cpu=", path);
	else if (load->n > 0 && strcmp(trace.key, "rps") == 0)
		scale_requests(load);
	as_in_close(&in);
	free(line.pairs);
	free((void *)(uintptr_t)trace.app.at);
	return load->n > 0 && in.code != EX_IOERR;
}
