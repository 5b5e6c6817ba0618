/* other.c - notices when another hand than this as-apply sets a count */
#include "apply.h"

enum {
	SPAN = 600000
}; /* ms: changes are counted, and one warning is printed */

void
as_other_begin(struct as_other *other)
{
	*other = (struct as_other){.ordered = AS_UNKNOWN,
	    .expected = AS_UNKNOWN,
	    .before = AS_UNKNOWN,
	    .earlier = AS_UNKNOWN,
	    .warned = AS_NEVER};
}

/* A server may answer 202 long before the count changes.  Until a sample shows
 * the ordered count, the counts from before this order, and from before an
 * earlier order that has not shown yet, are no sign of another hand. */
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

/* A count that was read right before a PUT may be newer than the next sample.  So
 * only a sample can show that the ordered count is reached. */
bool
as_other_look(struct as_other *other, int64_t count, bool sampled)
{
	if (sampled && count != AS_UNKNOWN && count == other->expected)
		other->reached = true;
	return is_foreign(other, count);
}

/* From now on the new count is the expected one.  If it was read right before a
 * PUT, an older sample may still show the count before. */
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
