/* load.c - reads recorded loads, and computes the demand at each tick */
#include <fnmatch.h>
#include <math.h>

#include "sim.h"

enum { MILLI_MAX = 2147483647, BUSY = 32 };

/* A replica cannot be busier than 1.  So a cpu of this or more may hide a load
 * which is higher than the replicas can serve. */
static const double saturated = 0.95;

static struct as_load *
find_load(struct as_loads *loads, struct as_text app)
{
	size_t known = loads->table.n;
	size_t number = as_table_find(&loads->table, app);

	if (number == loads->room)
		loads->load = as_mem_grow(
		    loads->load, &loads->room, sizeof(*loads->load));
	if (number == known)
		loads->load[number] = (struct as_load){0};
	return &loads->load[number];
}

/* Makes sure that the load has a key.  It becomes the first of the possible keys
 * that the line has, and stays for all later lines of the app.  Returns false if
 * the line has none of them. */
static bool
choose_key(struct as_load *load, const struct as_line *line, const char *wanted)
{
	static const char *const keys[] = {"demand", "cpu", "rps", NULL};
	const char *const *key = wanted != NULL ? &wanted : keys;

	if (load->key[0] != '\0')
		return true;
	for (; *key != NULL; key = wanted != NULL ? keys + 3 : key + 1)
		if (as_line_get(line, *key) != NULL) {
			memcpy(load->key, *key, strlen(*key));
			load->replicas = strcmp(*key, "demand") == 0 ||
			    strcmp(*key, "cpu") == 0;
			return true;
		}
	return false;
}

/* Turns a line into a point.  A cpu is a share of the replicas that served, so it
 * is multiplied by their number.  Returns false if the line has no value, or if
 * that number is 0 or unknown. */
static bool
read_point(struct as_point *point, const struct as_load *load,
    const struct as_line *line)
{
	double serving = (double)line->count;

	*point = (struct as_point){
	    .time = line->time, .value = as_line_number(line, load->key)};
	if (isnan(point->value))
		return false;
	if (strcmp(load->key, "cpu") != 0)
		return true;
	if (as_line_get(line, "ready") != NULL)
		serving = as_line_number(line, "ready");
	point->censored = point->value >= saturated;
	point->value *= serving;
	return serving > 0;
}

static const char *
add_line(struct as_loads *loads, const struct as_line *line)
{
	struct as_load *load = find_load(loads, line->app);
	struct as_point point;

	if (!choose_key(load, line, loads->key) ||
	    !read_point(&point, load, line))
		return NULL;
	if (load->n_points > 0 &&
	    point.time <= load->points[load->n_points - 1].time)
		return "TIME is not after the app's last";
	if (load->n_points == load->room)
		load->points = as_mem_grow(
		    load->points, &load->room, sizeof(*load->points));
	load->points[load->n_points++] = point;
	load->n_censored += point.censored;
	return NULL;
}

static bool
is_wanted(const struct as_loads *loads, struct as_text app)
{
	char name[AS_APP_SIZE];

	return loads->only == NULL ||
	    fnmatch(loads->only, as_text_copy(name, app), 0) == 0;
}

static const char *
take_line(void *loads, struct as_line *line)
{
	return is_wanted(loads, line->app) ? add_line(loads, line) : NULL;
}

int
as_loads_read(struct as_loads *loads, const char *path)
{
	struct as_each each = {.owner = loads};

	return as_in_each(&each, path, take_line);
}

static int
compare_values(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The 99th percentile of the values */
static double
percentile(const struct as_load *load)
{
	size_t n = load->n_points, at = (size_t)(0.99 * (double)n);
	double *values, value;

	if (n == 0)
		return 0;
	values = as_mem_need(malloc(n * sizeof(*values)));
	for (size_t i = 0; i < n; i++)
		values[i] = load->points[i].value;
	qsort(values, n, sizeof(*values), compare_values);
	value = values[at];
	free(values);
	return value;
}

double
as_load_scale(const struct as_load *load, double unit, double p99)
{
	double value;

	if (unit > 0)
		return 1 / unit;
	if (p99 <= 0 && load->replicas)
		return 1;
	value = percentile(load);
	return value > 0 ? (p99 > 0 ? p99 : BUSY) / value : 0;
}

/* Returns the demand at `time` on the straight line from point to the next one.
 * The demand is censored if one of the two points is. */
static struct as_demand
demand_at(const struct as_point *point, int64_t time, double scale)
{
	double value = point->value, share;
	bool censored = point->censored;

	if (time > point->time) {
		share = (double)(time - point->time) /
		    (double)(point[1].time - point->time);
		value += share * (point[1].value - value);
		censored = censored || point[1].censored;
	}
	value = floor(value * scale * AS_MILLI + 0.5);
	return (struct as_demand){
	    .milli = value < MILLI_MAX ? (uint32_t)value & MILLI_MAX :
					 MILLI_MAX,
	    .censored = censored,
	};
}

void
as_load_course(struct as_course *course, const struct as_load *load,
    double scale, int64_t tick, int64_t longest)
{
	const struct as_point *point = load->points;
	const struct as_point *last = point + load->n_points - 1;
	int64_t length = last->time - point->time;

	length = length < longest ? length : longest;
	course->first = point->time;
	course->tick = tick;
	course->fraction = course->first % 1000 != 0 || tick % 1000 != 0;
	course->n = (size_t)(length / tick) + 1;
	course->demand = as_mem_need(
	    calloc(course->n, sizeof(*course->demand)));
	for (size_t i = 0; i < course->n; i++) {
		int64_t time = course->first + (int64_t)i * tick;

		while (point < last && point[1].time <= time)
			point++;
		course->demand[i] = demand_at(point, time, scale);
	}
}
