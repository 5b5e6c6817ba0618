/* plant.c - replicas that take a while to start and share the demand */
#include <math.h>
#include <string.h>

#include "app.h"

enum { STEP = 15 };

double
random_uniform(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	z ^= z >> 31;
	return (double)(z >> 11) * 0x1p-53;
}

/* The sum of twelve uniform numbers is as good as normal, with variance 1. */
static double
random_normal(uint64_t *state)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += random_uniform(state);
	return sum;
}

void
plant_start(struct plant *plant, const struct options *options)
{
	long replicas = (long)options->replicas;

	plant->startup = options->startup;
	plant->noise = options->noise;
	plant->random = (uint64_t)options->seed;
	plant->start = plant->now = options->at;
	plant->replicas = plant->ready = replicas;
	plant->min_replicas = plant->max_replicas = replicas;
	if (plant->csv != NULL)
		fputs("# SECONDS DEMAND CPU REPLICAS READY\n", plant->csv);
}

static double
utilization(const struct plant *plant, double demand)
{
	return fmin(1, demand / (double)plant->ready);
}

static void
finish_orders(struct plant *plant, double now)
{
	size_t done = 0;

	while (done < plant->n_orders && plant->orders[done].ready_at <= now)
		plant->ready += plant->orders[done++].count;
	if (done == 0)
		return;
	plant->n_orders -= done;
	memmove(plant->orders, plant->orders + done,
	    plant->n_orders * sizeof(plant->orders[0]));
}

static void
record_step(struct plant *plant, double time)
{
	double demand = load_demand(plant->load, time);
	double cpu = utilization(plant, demand);

	plant->steps++;
	plant->cpu_sum += cpu;
	/* drawn here, not when asked: extra readers do not move the noise */
	plant->error = plant->noise * random_normal(&plant->random);
	if (plant->csv != NULL)
		fprintf(plant->csv, "%.0f %.3f %.4f %ld %ld\n", time, demand,
		    cpu, plant->replicas, plant->ready);
}

void
plant_advance(struct plant *plant, double now)
{
	double time;

	while ((time = plant->start + (double)plant->steps * STEP) < now) {
		finish_orders(plant, time);
		record_step(plant, time);
	}
	finish_orders(plant, now);
	plant->now = now;
}

double
plant_cpu(const struct plant *plant)
{
	double cpu = utilization(plant, load_demand(plant->load, plant->now));

	return fmax(0, fmin(1, cpu * (1 + plant->error)));
}

static void
order_replicas(struct plant *plant, long count)
{
	/* with no room left, the newest order is put off and grows */
	if (plant->n_orders == ORDERS_MAX)
		count += plant->orders[--plant->n_orders].count;
	plant->orders[plant->n_orders++] = (struct order){
	    plant->now + plant->startup, count};
}

/* Those that serve nobody yet go first, the newest before the older. */
static void
remove_replicas(struct plant *plant, long count)
{
	while (count > 0 && plant->n_orders > 0) {
		struct order *newest = &plant->orders[plant->n_orders - 1];
		long n = newest->count < count ? newest->count : count;

		count -= n;
		newest->count -= n;
		if (newest->count == 0)
			plant->n_orders--;
	}
	plant->ready -= count;
}

void
plant_scale(struct plant *plant, long replicas)
{
	long change = replicas - plant->replicas;

	if (change > 0)
		order_replicas(plant, change);
	else
		remove_replicas(plant, -change);
	finish_orders(plant, plant->now);
	plant->replicas = replicas;
	if (replicas < plant->min_replicas)
		plant->min_replicas = replicas;
	if (replicas > plant->max_replicas)
		plant->max_replicas = replicas;
}
