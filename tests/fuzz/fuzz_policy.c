/* fuzz_policy - any bytes as a KEY=VALUE of the settings */
#include "conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct as_policy policy;
	struct as_remote remote;
	struct as_setting setting = {0};
	char why[AS_WHY_MAX], *equals;
	char *copy = calloc(1, size + 1);

	if (size > 0)
		memcpy(copy, data, size);
	as_policy_reset(&policy);
	as_keys_reset(as_remote_keys, &remote);
	equals = strchr(copy, '=');
	if (equals != NULL) {
		*equals = '\0';
		setting.key = copy;
		setting.value = equals + 1;
		if (as_setting_take(&policy, &remote, &setting) == NULL &&
		    as_policy_check(&policy, why) == NULL &&
		    policy.min > policy.max)
			abort();
	}
	free(copy);
	return 0;
}
