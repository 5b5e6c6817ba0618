/* full.c - as-decide without its fast ways: linked before the library, this takes
 * the place of hour.c and usual.c there; see tests/checks/usual */
#include "policy.h"

bool
as_hour_parse(struct as_line *line, const char *text)
{
	(void)line;
	(void)text;
	return false;
}

void
as_usual_lines(struct as_fold *fold, struct as_in *in, struct as_line *line,
    struct as_out *out)
{
	(void)fold;
	(void)in;
	(void)line;
	(void)out;
}

void
as_usual_past(
    struct as_fold *fold, struct as_in *in, struct as_line *line, int64_t until)
{
	(void)fold;
	(void)in;
	(void)line;
	(void)until;
}
