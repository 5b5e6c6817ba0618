/* keys.c - prints every key of as.conf(5), to complete -o KEY=VALUE with; one
 * that ends with a point wants a name behind it */
#include <stdio.h>

#include "conf.h"

int
main(void)
{
	const struct as_key *key;

	puts("target"); /* is target.cpu */
	for (size_t i = 0; (key = as_setting_key(i)) != NULL; i++)
		puts(key->name);
	return fflush(stdout) != 0 || ferror(stdout) ? EX_IOERR : 0;
}
