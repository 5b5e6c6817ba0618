/* args.c - the values of options, or usage */
#include "as.h"

int64_t
as_arg_duration(int letter, const char *arg, int64_t least)
{
	int64_t ms = 0;
	const char *why = as_duration_parse(as_text(arg), &ms);

	if (why != NULL)
		as_usage("option -%c: \"%s\" %s", letter, arg, why);
	if (ms < least)
		as_usage("option -%c: \"%s\" is too short", letter, arg);
	return ms;
}

int32_t
as_arg_count(int letter, const char *arg)
{
	int32_t n = 0;

	if (!as_num_count(as_text(arg), &n))
		as_usage("option -%c: \"%s\" is not a number in 0..2147483647",
		    letter, arg);
	return n;
}

double
as_arg_decimal(int letter, const char *arg, bool zero_ok)
{
	double x = 0;

	if (!as_num_decimal(as_text(arg), &x) || (x <= 0 && !zero_ok))
		as_usage("option -%c: \"%s\" is not a number%s", letter, arg,
		    zero_ok ? "" : " > 0");
	return x;
}
