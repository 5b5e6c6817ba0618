/* rule - the naive rule as a decider: ceil(COUNT x cpu / 0.80), at once
 *
 * What as-decide is measured against: it knows no window, no tolerance and no
 * replica that does not serve yet. */
#include <math.h>

#include "as.h"

static struct as_out out;

static int64_t
wanted(const struct as_line *line)
{
	double cpu = as_line_number(line, "cpu");

	if (isnan(cpu))
		return line->count;
	return as_num_ceil((double)line->count * cpu / 0.80);
}

int
main(void)
{
	struct as_in in = {0};
	struct as_line line = {0};
	char *p;

	as_msg_tool("rule");
	if (!as_in_open(&in, "-", &out))
		return in.code;
	while (as_in_line(&in, &line)) {
		p = as_out_room(&out, 512);
		p = as_put(p, line.stamp, line.stamp_len);
		*p++ = ' ';
		p = as_put(p, line.app.at, line.app.len);
		*p++ = ' ';
		p = as_put_count(p, wanted(&line));
		p = as_put_count(AS_PUT(p, " from="), line.count);
		p = AS_PUT(p, " why=target\n");
		as_out_end(&out, p);
	}
	free(line.pairs);
	as_in_close(&in);
	return as_out_finish(&out, in.code);
}
