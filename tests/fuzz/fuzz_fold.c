/* fuzz_fold - any bytes as a stream through the whole engine, with every
 * rule on; a decision is within the bounds */
#include "conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
set_all(struct as_policy *policy)
{
	static const char *const settings[][2] = {{"target.cpu", "0.8"},
	    {"total.q", "3"}, {"value.v", "2"}, {"missing.cpu", "1"},
	    {"min", "0"}, {"up_window", "20s"}, {"average", "40s"},
	    {"up_policy", "4/15s 100%/30s"}, {"fallback", "2:7:higher"},
	    {"down_cooldown", "30s"}, {"up_select", "min"}, {"startup", "50s"},
	    {"saturation.cpu", "0.95"}, {"step.lag", ">=9:+2 >20:+50% <1:-1"},
	    {"idle", "40s"}, {"activation.q", "1"}, {NULL, NULL}};
	char why[AS_WHY_MAX];

	as_policy_reset(policy);
	for (size_t i = 0; settings[i][0] != NULL; i++) {
		struct as_setting setting = {
		    .key = settings[i][0], .value = settings[i][1]};

		if (as_setting_take(policy, NULL, &setting) != NULL)
			abort();
	}
	if (as_policy_check(policy, why) != NULL)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct as_policy policy;
	struct as_fold fold = {.policy = &policy, .explain = true};
	struct as_line line = {0};
	struct as_decision decision;
	struct as_out out = {0};
	char *text = calloc(1, size + 1 + AS_SLACK), *lf;

	set_all(&policy);
	as_msg_verbose(-100);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\n';
	for (char *p = text; p < text + size; p = lf + 1) {
		lf = memchr(p, '\n', (size_t)(text + size + 1 - p));
		if (as_line_parse(&line, p) != NULL ||
		    as_fold_line(&fold, &line, &decision) != NULL)
			continue;
		if (decision.count > policy.max)
			abort();
		as_print_decision(&out, &line, &decision, &policy, true);
		out.len = 0;
	}
	as_fold_free(&fold);
	free(out.buf);
	free(line.pairs);
	free(text);
	return 0;
}
