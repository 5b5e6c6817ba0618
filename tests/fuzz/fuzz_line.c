/* fuzz_line - any bytes as a line; what is accepted prints as a line that is
 * read back the same */
#include "as.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct as_line line = {0}, again = {0};
	char *text = calloc(1, size + 1 + AS_SLACK);
	char *printed = calloc(1, size + AS_STAMP_MAX + 2 + AS_SLACK);
	char *twice = calloc(1, size + AS_STAMP_MAX + 2 + AS_SLACK);
	size_t len;

	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\n';
	if (as_line_parse(&line, text) == NULL) {
		len = (size_t)(as_line_print(printed, &line) - printed);
		if (as_line_parse(&again, printed) != NULL ||
		    again.time != line.time || again.count != line.count ||
		    again.n_pairs != line.n_pairs ||
		    (size_t)(as_line_print(twice, &again) - twice) != len ||
		    memcmp(printed, twice, len) != 0)
			abort();
	}
	free(text);
	free(printed);
	free(twice);
	free(line.pairs);
	free(again.pairs);
	return 0;
}
