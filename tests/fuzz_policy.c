/* fuzz_policy - any bytes as a KEY=VALUE of the settings */
#include "policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct as_conf conf;
	char *copy = calloc(1, size + 1);

	if (size > 0)
		memcpy(copy, data, size);
	as_conf_default(&conf);
	if (as_conf_set(&conf, copy) == NULL &&
	    as_policy_check(&conf.policy, conf.why) == NULL &&
	    conf.policy.min > conf.policy.max)
		abort();
	free(copy);
	return 0;
}
