/* sustain.c - allows a change only if enough of the last samples ask for it */
#include "policy.h"

static uint32_t
count_bits(uint32_t bits)
{
	uint32_t n = 0;

	for (; bits != 0; bits &= bits - 1)
		n++;
	return n;
}

/* Adds this sample to the bits of *samples; `asks` tells whether it asks for the
 * change.  Returns how many of the last `among` samples asked. */
static uint32_t
shift(uint32_t *samples, uint32_t among, bool asks)
{
	uint32_t last = among < 32 ? (UINT32_C(1) << among) - 1 : UINT32_MAX;

	*samples = *samples << 1 | (asks ? 1 : 0);
	return count_bits(*samples & last);
}

void
as_sustain_metrics(struct as_history *app, const struct as_policy *policy,
    const struct as_sample *sample, struct as_decision *decision)
{
	struct as_more *more = as_history_more(app);

	for (size_t i = 0; i < policy->n_metrics; i++) {
		const struct as_metric *metric = &policy->metrics[i];
		struct as_recommendation *r = &decision->raw[i];
		bool asks = sample->count != AS_UNKNOWN &&
		    r->usable == AS_USABLE;
		bool up = asks && r->count > sample->count;
		bool down = asks && r->count < sample->count;
		uint32_t ups = shift(&more->ups[i], metric->sustain_among, up);
		uint32_t downs = shift(
		    &more->downs[i], metric->sustain_among, down);

		if ((up && ups < metric->sustain) ||
		    (down && downs < metric->sustain)) {
			r->count = (int32_t)sample->count;
			r->why = AS_SUSTAIN;
		}
	}
}
