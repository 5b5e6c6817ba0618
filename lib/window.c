/* window.c - stabilization: the greatest recommendation of a span of time */
#include "policy.h"

/* An entry that is followed by a greater one can never be the greatest again
 * and is dropped: what stays falls from first to last, the first is the
 * greatest, and each entry is looked at twice in its life. */
int32_t
as_window_max(struct as_queue *queue, uint32_t now, int32_t value)
{
	struct as_entry *first = as_queue_first(queue);
	uint32_t len = queue->len;

	while (len > 0 && first[len - 1].value <= value)
		len--;
	if (len == queue->len) {
		as_queue_push(queue, (struct as_entry){now, value});
		return as_queue_first(queue)->value;
	}
	first[len] = (struct as_entry){now, value};
	queue->len = len + 1;
	return first->value;
}
