/* json.c - a reply of the status API, read without starting the jq language */
#include <math.h>
#include <stdio.h>

#include <jv.h>

#include "api.h"

/* libjq reads 1e999 as the greatest double, and nan. */
#define TOO_GREAT 1e300

static const char *
complain(struct as_status *status, const char *word, const char *field,
    const char *why)
{
	snprintf(status->detail, sizeof(status->detail), "%s %s", field, why);
	return word;
}

/* Takes value.  Why it is no finite number >= 0, or NULL. */
static const char *
read_number(struct as_status *status, jv value, const char *field, double *x)
{
	jv_kind kind = jv_get_kind(value);

	*x = kind == JV_KIND_NUMBER ? jv_number_value(value) : 0;
	jv_free(value);
	if (kind == JV_KIND_INVALID)
		return complain(status, "type", field, "is missing");
	if (kind != JV_KIND_NUMBER)
		return complain(status, "type", field, "is not a number");
	if (!(*x >= 0 && *x < TOO_GREAT))
		return complain(
		    status, "range", field, "is not a finite number >= 0");
	*x = fabs(*x); /* -0 */
	return NULL;
}

static const char *
read_replicas(struct as_status *status, jv value)
{
	const char *word;
	double x;

	if ((word = read_number(status, value, "replicas", &x)) != NULL)
		return word;
	if (x > AS_COUNT_MAX || x != floor(x))
		return complain(status, "range", "replicas",
		    "is not a whole number in 0..2147483647");
	status->replicas = (int32_t)x;
	return NULL;
}

/* Takes value; a member of what is no object is missing. */
static jv
member(jv value, const char *name)
{
	if (jv_get_kind(value) == JV_KIND_OBJECT)
		return jv_object_get(value, jv_string(name));
	jv_free(value);
	return jv_invalid();
}

/* Takes the invalid value that a parse left. */
static const char *
not_json(struct as_status *status, jv error, struct as_text body)
{
	jv text = jv_invalid_get_msg(error);

	snprintf(status->detail, sizeof(status->detail), "%.60s: \"%.*s\"",
	    jv_get_kind(text) == JV_KIND_STRING ? jv_string_value(text) :
						  "not an object",
	    body.len < 60 ? (int)body.len : 60, body.at);
	jv_free(text);
	return "not-json";
}

static const char *
read_status(struct as_text body, struct as_status *status, bool with_load)
{
	jv reply = jv_parse_sized(body.at, (int)body.len);
	const char *word;

	if (jv_get_kind(reply) != JV_KIND_OBJECT) {
		if (jv_is_valid(reply)) {
			jv_free(reply);
			reply = jv_invalid();
		}
		return not_json(status, reply, body);
	}
	word = read_replicas(status, member(jv_copy(reply), "replicas"));
	if (word == NULL && with_load)
		word = read_number(status,
		    member(member(jv_copy(reply), "cpu"), "highPriority"),
		    "cpu.highPriority", &status->cpu);
	jv_free(reply);
	return word;
}

const char *
as_json_status(struct as_text body, struct as_status *status)
{
	return read_status(body, status, true);
}

const char *
as_json_replicas(struct as_text body, struct as_status *status)
{
	return read_status(body, status, false);
}
