/* fuzz_scan - any bytes as a reply: what the scanner takes, libjq takes, too,
 * and both find the same numbers */
#include <jv.h>

#include "filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static double
number_at(jv document, const struct as_path *path)
{
	jv value = jv_copy(document);
	double x;

	for (size_t i = 0; i < path->n; i++) {
		if (jv_get_kind(value) != JV_KIND_OBJECT)
			abort();
		value = jv_object_get(value,
		    jv_string_sized(path->part[i].at, (int)path->part[i].len));
	}
	if (jv_get_kind(value) != JV_KIND_NUMBER)
		abort();
	x = jv_number_value(value);
	jv_free(value);
	return x;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = calloc(1, size + 1);
	struct as_text body = {copy, size};
	double values[AS_PATHS];
	struct as_paths paths;
	jv document;

	if (size > 0)
		memcpy(copy, data, size);
	if (!as_paths_read(&paths, "{replicas, cpu: .a.b, rps: .a.c}"))
		abort();
	if (as_scan(body, &paths, values)) {
		document = jv_parse_sized(copy, (int)size);
		for (size_t i = 0; i < paths.n; i++)
			if (values[i] != number_at(document, &paths.path[i]))
				abort();
		jv_free(document);
	}
	free(copy);
	return 0;
}
