/* out.c - stdout: no byte is lost without a word */
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
		out->buf = as_need(malloc(AS_OUT_SIZE + AS_SLACK));
	if (out->len > AS_OUT_SIZE - AS_LINE_MAX)
		as_out_flush(out);
}

int
as_out_finish(struct as_out *out, int code)
{
	return as_out_flush(out) ? code : EX_IOERR;
}

/* clang-format off */
const char as_two_digits[100][2] = {
	"0", "1", "2", "3", "4", "5", "6", "7", "8", "9",
	"10", "11", "12", "13", "14", "15", "16", "17", "18", "19",
	"20", "21", "22", "23", "24", "25", "26", "27", "28", "29",
	"30", "31", "32", "33", "34", "35", "36", "37", "38", "39",
	"40", "41", "42", "43", "44", "45", "46", "47", "48", "49",
	"50", "51", "52", "53", "54", "55", "56", "57", "58", "59",
	"60", "61", "62", "63", "64", "65", "66", "67", "68", "69",
	"70", "71", "72", "73", "74", "75", "76", "77", "78", "79",
	"80", "81", "82", "83", "84", "85", "86", "87", "88", "89",
	"90", "91", "92", "93", "94", "95", "96", "97", "98", "99",
};
/* clang-format on */

char *
as_put_long_count(char *p, int64_t count)
{
	char digits[20];
	size_t n = sizeof(digits);

	if (count < 0)
		return AS_PUT(p, "-");
	do
		digits[--n] = (char)('0' + count % 10);
	while ((count /= 10) > 0);
	return as_put(p, digits + n, sizeof(digits) - n);
}
