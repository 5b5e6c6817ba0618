/* each.c - the main loop of a tool that reads lines from files or stdin */
#include "as.h"

static bool
has_failed(const struct as_out *out)
{
	return out != NULL && out->failed;
}

static void
read_lines(const struct as_each *each, struct as_in *in)
{
	struct as_line line = {0};
	const char *why;

	while (!has_failed(each->out) && as_in_line(in, &line)) {
		why = each->take(each->owner, &line);
		if (why != NULL)
			as_in_skip(in, line.app, why);
	}
	free(line.pairs);
}

int
as_each_file(const struct as_each *each, const char *path)
{
	struct as_in in = {0};

	if (as_in_open(&in, path, each->out)) {
		in.quiet = each->quiet;
		read_lines(each, &in);
		as_in_close(&in);
	}
	free(in.buf);
	return in.code;
}

int
as_each_operand(const struct as_each *each, char *const paths[])
{
	int code = 0;

	if (*paths == NULL)
		return as_each_file(each, "-");
	for (; *paths != NULL; paths++)
		code = as_msg_worse(code, as_each_file(each, *paths));
	return code;
}
