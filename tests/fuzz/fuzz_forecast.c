/* fuzz_forecast - any bytes as a stream of samples; what is expected is finite,
 * and hi is not below it */
#include <math.h>

#include "forecast.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
take(struct as_outlook *outlook, const struct as_forecast_settings *settings,
    const struct as_line *line)
{
	const struct as_pair *cpu = as_line_get(line, "cpu");
	const struct as_pair *told = as_line_get(line, "ready");
	struct as_forecast forecast;
	int32_t ready = AS_UNKNOWN;
	double x;

	if (line->count <= 0 || cpu == NULL || !as_num_decimal(cpu->value, &x))
		return;
	if (told != NULL)
		as_num_count(told->value, &ready);
	forecast = as_outlook_take(
	    outlook, settings, line->time, (int32_t)line->count, ready, x);
	if (!isfinite(forecast.high) || forecast.load < 0 ||
	    forecast.high < forecast.load)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct as_forecast_settings settings = {.horizon = 75000,
	    .startup = 60000,
	    .saturation = 0.95,
	    .share = 0.5,
	    .n_periods = 1,
	    .periods = {7200000}};
	struct as_outlook *outlook = as_outlook_new(&settings);
	struct as_line line = {0};
	char *text = calloc(1, size + 1 + AS_SLACK), *lf;
	int64_t last = -1;

	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\n';
	for (char *p = text; p < text + size; p = lf + 1) {
		lf = memchr(p, '\n', (size_t)(text + size + 1 - p));
		if (as_line_parse(&line, p) != NULL || line.time <= last)
			continue;
		last = line.time;
		take(outlook, &settings, &line);
	}
	as_outlook_free(outlook);
	free(line.pairs);
	free(text);
	return 0;
}
