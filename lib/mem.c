/* mem.c - returns memory, or ends the process if there is none */
#include "as.h"

void *
as_mem_need(void *at)
{
	if (at == NULL)
		as_msg_die(EX_OSERR, "out of memory");
	return at;
}

void *
as_mem_grow(void *at, size_t *room, size_t size)
{
	*room = *room == 0 ? 16 : *room * 2;
	return as_mem_need(realloc(at, *room * size));
}
