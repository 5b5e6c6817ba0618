/* jq-paths.c - uses libjq to find the numbers that a plain filter (paths.c)
 * names */
#include <math.h>
#include <stdio.h>

#include "filter.h"

/* Returns the member of `value` with that name.  Returns an invalid value if
 * `value` is not an object, or has no such member.  Frees `value`. */
static jv
member(jv value, struct as_text name)
{
	if (jv_get_kind(value) == JV_KIND_OBJECT)
		return jv_object_get(
		    value, jv_string_sized(name.at, (int)name.len));
	jv_free(value);
	return jv_invalid();
}

static const char missing[] = "is missing";

static const char *
number_at(jv document, const struct as_path *path, double *x, const char **why)
{
	jv value = jv_copy(document);
	jv_kind kind;

	for (size_t i = 0; i < path->n; i++)
		value = member(value, path->part[i]);
	kind = jv_get_kind(value);
	*x = kind == JV_KIND_NUMBER ? jv_number_value(value) : NAN;
	jv_free(value);
	*why = kind == JV_KIND_INVALID || kind == JV_KIND_NULL ?
	    missing :
	    "is not a number";
	if (kind != JV_KIND_NUMBER)
		return "type";
	*why = "is not a finite number >= 0";
	return *x >= 0 && *x < AS_TOO_GREAT ? NULL : "range";
}

static void
name_path(const struct as_path *path, const char *why, char *detail)
{
	const struct as_text *last = &path->part[path->n - 1];

	snprintf(detail, AS_DETAIL_MAX, "%.*s %s",
	    (int)(last->at + last->len - path->part[0].at), path->part[0].at,
	    why);
}

/* Sets values[i] to the number that path i names.  A metric that is missing or bad
 * becomes NaN, and the others can still be used.  A missing count becomes NaN,
 * too, because another reply may have it; but a bad count makes the whole sample
 * an error.  Returns NULL if there is a metric.  Otherwise returns the word for
 * err=, and sets `detail` to the reason. */
static const char *
read_numbers(
    jv document, const struct as_paths *paths, double *values, char *detail)
{
	const char *word, *why, *first = NULL;
	bool warns = false;
	size_t n = 0;

	for (size_t i = 0; i < paths->n; i++) {
		bool is_count = (int)i == paths->replicas;

		word = number_at(document, &paths->path[i], &values[i], &why);
		if (word == NULL) {
			n += is_count ? 0 : 1;
			continue;
		}
		if (paths->n == 1 || (is_count && why != missing)) {
			name_path(&paths->path[i], why, detail);
			return word;
		}
		values[i] = NAN;
		if (is_count || warns || (first != NULL && why == missing))
			continue;
		name_path(&paths->path[i], why, detail);
		first = word;
		warns = why != missing;
	}
	if (n > 0 && !warns)
		detail[0] = '\0';
	return n > 0 ? NULL : first;
}

/* Sets `detail` to the reason why the body is not a JSON object, and returns the
 * word for err=.  `error` is the invalid value that libjq returned for the body;
 * it is freed. */
static const char *
not_json(jv error, struct as_text body, char *detail)
{
	jv text = jv_invalid_get_msg(error);

	snprintf(detail, AS_DETAIL_MAX, "%.60s: \"%.*s\"",
	    jv_get_kind(text) == JV_KIND_STRING ? jv_string_value(text) :
						  "not an object",
	    body.len < 60 ? (int)body.len : 60, body.at);
	jv_free(text);
	return "not-json";
}

const char *
as_jq_paths_find(const struct as_paths *paths, struct as_text body,
    double *values, char *detail)
{
	jv document;
	const char *word;

	detail[0] = '\0';
	document = jv_parse_sized(body.at, (int)body.len);
	if (jv_get_kind(document) != JV_KIND_OBJECT) {
		if (jv_is_valid(document)) {
			jv_free(document);
			document = jv_invalid();
		}
		return not_json(document, body, detail);
	}
	word = read_numbers(document, paths, values, detail);
	jv_free(document);
	return word;
}
