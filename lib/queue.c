/* queue.c - a queue of values with their times, which finds the greatest value */
#include "as.h"

static struct as_entry *
entries(struct as_queue *queue)
{
	return queue->spilled ? queue->u.many.at : queue->u.few;
}

static size_t
room(const struct as_queue *queue)
{
	return queue->spilled ? queue->u.many.room :
				sizeof(queue->u.few) / sizeof(queue->u.few[0]);
}

static void
grow(struct as_queue *queue)
{
	size_t wanted = room(queue) * 2;
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
	if (queue->head + queue->len == room(queue)) {
		if (queue->len > room(queue) / 2) {
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

/* Drops the entries that are not greater than the new value: they will expire
 * before it, so none of them can be the greatest again.  So the values that stay
 * become smaller from the first to the last, and the first is the greatest. */
int32_t
as_queue_max(struct as_queue *queue, uint32_t now, int32_t value)
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

void
as_queue_clear(struct as_queue *queue)
{
	if (queue->spilled)
		free(queue->u.many.at);
	*queue = (struct as_queue){0};
}
