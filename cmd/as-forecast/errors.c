/* errors.c - remembers how far loads were above their forecasts */
#include <math.h>

#include "forecast.h"

/* So many errors are needed for a quantile; after so many ms an error counts
 * half. */
enum { ENOUGH = 200, HALF_LIFE = 21600000 };

#define LEAST 0.01 /* the first cell begins at this error */
#define LOG_2 0.69314718

/* The errors from x to 2x, an octave, have four cells, which begin at these
 * multiples of x.  They are not computed, because the logarithms of two C libraries
 * may differ in the last bit. */
static const double quarters[] = {
    1, 1.189207115002721, 1.4142135623730951, 1.681792830507429, 2};

static int
cell_of(double error)
{
	int octave, cell;
	double part = 2 * frexp(error / LEAST, &octave);

	cell = 4 * (octave - 1);
	for (int i = 1; i < 4; i++)
		cell += part >= quarters[i];
	if (cell < 0)
		return 0;
	return cell < AS_CELLS ? cell : AS_CELLS - 1;
}

static double
end_of(int cell)
{
	return LEAST * ldexp(quarters[cell % 4 + 1], cell / 4);
}

/* Old errors must weigh less than new ones.  So each new error gets more weight
 * than the one before.  When weights are large, this divides all of them. */
static void
shrink(struct as_errors *errors)
{
	for (int i = 0; i < AS_CELLS; i++)
		errors->cells[i] = (float)((double)errors->cells[i] /
		    errors->weight);
	errors->all /= errors->weight;
	errors->weight = 1;
	while (errors->highest > 0 && errors->cells[errors->highest] < 1e-9F)
		errors->highest--;
}

void
as_errors_take(struct as_errors *errors, double error, int64_t after)
{
	if (errors->n == 0)
		errors->weight = 1;
	if (errors->n < ENOUGH)
		errors->n++;
	errors->weight *= 1 + LOG_2 * (double)after / HALF_LIFE;
	errors->all += errors->weight;
	if (error > 0) {
		int cell = cell_of(error);

		errors->cells[cell] += (float)errors->weight;
		if (cell > errors->highest)
			errors->highest = cell;
	}
	if (errors->weight > 1e6)
		shrink(errors);
}

double
as_errors_quantile(const struct as_errors *errors, double share)
{
	double above = errors->all * (1 - share);

	if (errors->n < ENOUGH)
		return 0;
	for (int i = errors->highest; i >= 0; i--) {
		above -= (double)errors->cells[i];
		if (above < 0)
			return end_of(i);
	}
	return 0;
}
