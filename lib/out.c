/* out.c - writes to stdout through a buffer, and reports bytes that are lost */
#include <errno.h>
#include <unistd.h>

#include "as.h"

bool
as_out_flush(struct as_out *out)
{
	if (out->len > 0 && !out->failed &&
	    !as_log_write(STDOUT_FILENO, out->buf, out->len)) {
		as_msg(AS_ERROR, NULL, "stdout: %s", strerror(errno));
		out->failed = true;
	}
	out->len = 0;
	return !out->failed;
}

void
as_out_make_room(struct as_out *out)
{
	if (out->buf == NULL)
		out->buf = as_mem_need(malloc(AS_OUT_SIZE + AS_SLACK));
	if (out->len > AS_OUT_SIZE - AS_LINE_MAX)
		as_out_flush(out);
}

int
as_out_finish(struct as_out *out, int code)
{
	bool written = as_out_flush(out);

	free(out->buf);
	out->buf = NULL;
	return written ? code : EX_IOERR;
}
