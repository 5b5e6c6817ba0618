/* other.c - finds out whether a person or another program has set a count */
#include "apply.h"

/* ms: changes are counted over this time, and in it at most one warning is
 * printed */
enum { SPAN = 600000 };

void
as_other_begin(struct as_other *other)
{
	*other = (struct as_other){.ordered = AS_UNKNOWN,
	    .expected = AS_UNKNOWN,
	    .before = AS_UNKNOWN,
	    .earlier = AS_UNKNOWN,
	    .warned = AS_NEVER};
}

/* A server may answer 202 long before the count changes.  Until a sample shows the
 * ordered count, samples may show the count from before this order; or the count of
 * an earlier order, if no sample has shown that yet.  Neither was set by others. */
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

/* as-apply reads the count right before a PUT.  The next sample may be older than
 * that, and still have the count before.  So only a sample shows that the ordered
 * count is reached. */
bool
as_other_look(struct as_other *other, int64_t count, bool sampled)
{
	if (sampled && count != AS_UNKNOWN && count == other->expected)
		other->reached = true;
	return is_foreign(other, count);
}

/* From now on samples should show the count that others have set.  If as-apply has
 * read it right before a PUT, older samples may still show the count before it. */
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
