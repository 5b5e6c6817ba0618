/* plant.c - simulates the replicas of an app, which need some time to start */
#include "policy.h"
#include "sim.h"

int32_t
as_plant_bound(const struct as_plant_kind *kind, int32_t n)
{
	n = n > kind->max ? kind->max : n;
	return n < kind->min ? kind->min : n;
}

int32_t
as_plant_need(const struct as_plant_kind *kind, uint32_t milli)
{
	return as_plant_bound(
	    kind, as_num_ceil((double)milli / AS_MILLI / kind->target));
}

void
as_plant_begin(struct as_plant *plant, const struct as_plant_kind *kind,
    const char *app, uint32_t milli)
{
	*plant = (struct as_plant){.kind = kind,
	    .random = kind->seed +
		((uint64_t)as_table_hash(as_text(app)) << 32)};
	plant->spec = plant->ready = as_plant_need(kind, milli);
}

/* Returns a random number from 0 up to 1, without 1 itself.  The generator is
 * splitmix64, and a double has room for the high 53 of its 64 bits. */
static inline double
uniform(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	z ^= z >> 31;
	return (double)(z >> 11) * 0x1p-53;
}

/* Returns a random number that is nearly normal, of mean 0 and standard deviation
 * 1: the sum of twelve uniform numbers, less 6.  The usual formulas need log and
 * cos, whose last bits differ between C libraries; a sum has the same bits
 * everywhere, and so has the output of as-sim. */
static inline double
normal(uint64_t *state)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += uniform(state);
	return sum;
}

int
as_plant_tick(struct as_plant *plant, int64_t now, uint32_t milli)
{
	struct as_starting *starting = plant->starting;
	size_t n = 0;
	double u, cpu;

	while (n < plant->n_starting && starting[n].ready_at <= now)
		plant->ready += starting[n++].n;
	if (n > 0) {
		plant->n_starting -= n;
		memmove(starting, starting + n,
		    plant->n_starting * sizeof(*starting));
	}
	u = 1 + plant->kind->noise * normal(&plant->random);
	if (plant->ready == 0)
		return -1;
	cpu = (double)milli / plant->ready;
	cpu = (cpu < AS_MILLI ? cpu : AS_MILLI) * u + 0.5;
	cpu = cpu < AS_MILLI ? cpu : AS_MILLI;
	return cpu > 0 ? (int)cpu : 0;
}

/* Removes n replicas.  Those of the newest orders go first, because they are
 * farthest from being ready; those that serve go last. */
static void
cancel(struct as_plant *plant, int32_t n)
{
	while (n > 0 && plant->n_starting > 0) {
		struct as_starting *newest =
		    &plant->starting[plant->n_starting - 1];
		int32_t less = newest->n < n ? newest->n : n;

		newest->n -= less;
		n -= less;
		if (newest->n == 0)
			plant->n_starting--;
	}
	plant->ready -= n;
}

void
as_plant_order(struct as_plant *plant, int64_t now, int32_t want)
{
	want = as_plant_bound(plant->kind, want);
	if (want < plant->spec) {
		cancel(plant, plant->spec - want);
	} else if (want > plant->spec) {
		if (plant->n_starting == plant->room)
			plant->starting = as_mem_grow(plant->starting,
			    &plant->room, sizeof(*plant->starting));
		plant->starting[plant->n_starting++] = (struct as_starting){
		    now + plant->kind->startup, want - plant->spec};
	}
	plant->spec = want;
}
