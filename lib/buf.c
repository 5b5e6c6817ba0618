/* buf.c - a string of bytes that grows as bytes are added */
#include "as.h"

void
as_buf_add(struct as_buf *buf, const char *bytes, size_t len)
{
	if (buf->at == NULL || buf->room - buf->len <= len) {
		buf->room = (buf->len + len + 32) * 2;
		buf->at = as_mem_need(realloc(buf->at, buf->room));
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
