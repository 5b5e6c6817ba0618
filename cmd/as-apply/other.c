/* other.c - notices when a count changes that this process did not order */
#include "apply.h"

enum { SPAN = 600000 }; /* ms, in which changes are counted, and one is told */

void
as_other_begin(struct as_other *other)
{
	*other = (struct as_other){.ordered = AS_UNKNOWN,
	    .expected = AS_UNKNOWN,
	    .before = AS_UNKNOWN,
	    .earlier = AS_UNKNOWN,
	    .warned = AS_NEVER};
}

/* The answer 202 may come long before the count changes, so the counts from
 * before the order, and from before an order that was not seen yet, may still
 * show. */
void
as_other_order(struct as_other *other, int64_t count, int64_t before)
{
	other->earlier = other->reached ? AS_UNKNOWN : other->expected;
	other->ordered = other->expected = count;
	other->before = before;
	other->reached = false;
}

static bool
is_foreign(const struct as_other *other, int64_t count)
{
	if (other->expected == AS_UNKNOWN || count == AS_UNKNOWN ||
	    count == other->expected)
		return false;
	return other->reached ||
	    (other->before != AS_UNKNOWN && count != other->before &&
		count != other->earlier);
}

/* A count that is read before a PUT may be newer than the next sample, which is
 * why only a sample shows that what was ordered has been reached. */
bool
as_other_look(struct as_other *other, int64_t count, bool sampled)
{
	if (sampled && count != AS_UNKNOWN && count == other->expected)
		other->reached = true;
	return is_foreign(other, count);
}

/* The new count is what is expected from now on.  A sample that is older than
 * the look at the count may still show what was there before. */
bool
as_other_note(
    struct as_other *other, int64_t time, int64_t count, int64_t before)
{
	struct as_entry change = {(uint32_t)time, 0};

	as_queue_expire(&other->changes, change.time, SPAN);
	as_queue_push(&other->changes, change);
	other->expected = count;
	other->before = before;
	other->earlier = AS_UNKNOWN;
	other->reached = before == AS_UNKNOWN;
	if (other->warned != AS_NEVER && time - other->warned < SPAN)
		return false;
	other->warned = time;
	return true;
}

void
as_other_warn(const struct as_other *other, const char *app)
{
	as_msg(AS_WARNING, app,
	    "somebody else orders, too: %lld was ordered, %lld is there "
	    "(%u %s in 10 min)",
	    (long long)other->ordered, (long long)other->expected,
	    (unsigned)other->changes.len,
	    other->changes.len == 1 ? "time" : "times");
}
