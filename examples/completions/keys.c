/* keys.c - prints every key of as.conf(5), to complete -o KEY=VALUE with; one
 * that ends with a point wants a name behind it */
#include <stdio.h>

#include "conf.h"

int
main(void)
{
	static const char *const metric[] = {"activation.", "missing.",
	    "saturation.", "step.", "target.", "total.", "value.", NULL};
	const char *key, *value;

	for (size_t i = 0; metric[i] != NULL; i++)
		puts(metric[i]);
	puts("target"); /* is target.cpu */
	for (size_t i = 0; (key = as_key_default(i, &value)) != NULL; i++)
		puts(key);
	return fflush(stdout) != 0 || ferror(stdout) ? EX_IOERR : 0;
}
