/* mem.c - memory, or an end: no tool goes on with a part of its state */
#include "as.h"

void *
as_need(void *at)
{
	if (at == NULL)
		as_die(EX_OSERR, "out of memory");
	return at;
}

void *
as_grow(void *at, size_t *room, size_t size)
{
	*room = *room == 0 ? 16 : *room * 2;
	return as_need(realloc(at, *room * size));
}

void
as_buf_add(struct as_buf *buf, const char *bytes, size_t len)
{
	if (buf->at == NULL || buf->room - buf->len <= len) {
		buf->room = (buf->len + len + 32) * 2;
		buf->at = as_need(realloc(buf->at, buf->room));
	}
	if (len > 0)
		memcpy(buf->at + buf->len, bytes, len);
	buf->len += len;
	buf->at[buf->len] = '\0';
}

void
as_buf_puts(struct as_buf *buf, const char *string)
{
	as_buf_add(buf, string, strlen(string));
}
