/* queue.c - a queue of values with their times, which finds the greatest value */
#include "as.h"

static struct as_entry *
entries(struct as_queue *queue)
{
	return queue->spilled ? queue->u.many.at : queue->u.few;
}

static void
grow(struct as_queue *queue)
{
	size_t wanted = as_queue_room(queue) * 2;
	struct as_entry *at = as_mem_need(malloc(wanted * sizeof(*at)));

	memcpy(at, as_queue_first(queue), queue->len * sizeof(*at));
	if (queue->spilled)
		free(queue->u.many.at);
	queue->u.many.at = at;
	queue->u.many.room = wanted;
	queue->spilled = true;
	queue->head = 0;
}

/* Makes room if the last place is taken.  If at least half of the room is free, the
 * entries move to the front; otherwise the room doubles.  So at least half of the
 * room is filled between two moves, and an entry moves about once. */
void
as_queue_push(struct as_queue *queue, struct as_entry entry)
{
	if (queue->head + queue->len == as_queue_room(queue)) {
		if (queue->len > as_queue_room(queue) / 2) {
			grow(queue);
		} else {
			memmove(entries(queue), as_queue_first(queue),
			    queue->len * sizeof(entry));
			queue->head = 0;
		}
	}
	as_queue_first(queue)[queue->len] = entry;
	queue->len++;
}

int32_t
as_queue_slide(
    struct as_queue *queue, uint32_t now, uint32_t span, int32_t value)
{
	const struct as_entry *first;

	as_queue_expire(queue, now, span);
	first = as_queue_first(queue);
	while (queue->len > 0 && first[queue->len - 1].value <= value)
		queue->len--;
	as_queue_push(queue, (struct as_entry){now, value});
	return as_queue_first(queue)->value;
}

void
as_queue_clear(struct as_queue *queue)
{
	if (queue->spilled)
		free(queue->u.many.at);
	*queue = (struct as_queue){0};
}
