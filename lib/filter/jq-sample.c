/* jq-sample.c - turns the objects that a filter gives into sample lines */
#include <stdio.h>

#include "filter.h"

struct as_text
as_jq_sample_text(jv string)
{
	return (struct as_text){jv_string_value(string),
	    (size_t)jv_string_length_bytes(jv_copy(string))};
}

static bool
is_key(struct as_text key)
{
	for (size_t i = 0; i < key.len; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789_.",
			key.at[i]) == NULL ||
		    key.at[i] == '\0')
			return false;
	return key.len > 0 && key.len <= AS_KEY_MAX && key.at[0] >= 'a';
}

/* Writes the count of a sample.  A count that is null or missing is no error,
 * because another reply may have it.  Any other value that is not a number is
 * one. */
static void
put_count(struct as_output *output, jv_kind kind, double x)
{
	if (kind == JV_KIND_NULL || kind == JV_KIND_INVALID)
		as_output_no_count(output);
	else if (kind != JV_KIND_NUMBER)
		as_output_wrong(output, "type", "replicas is %s, not a number",
		    jv_kind_name(kind));
	else
		as_output_count(output, x);
}

/* Writes one member of the object: the count or a metric.  Frees `value`. */
static void
put_metric(struct as_output *output, struct as_text key, jv value)
{
	jv_kind kind = jv_get_kind(value);
	double x = kind == JV_KIND_NUMBER ? jv_number_value(value) : 0;
	bool is_count = as_text_is(key, as_text("replicas"));

	jv_free(value);
	if (!is_key(key))
		as_output_wrong(output, "filter",
		    "the name \"%.*s\" is not of a-z 0-9 _ .",
		    key.len < 60 ? (int)key.len : 60, key.at);
	else if (is_count)
		put_count(output, kind, x);
	else if (kind == JV_KIND_NULL)
		as_output_leave_out(output, false, "type", "%.*s is null",
		    (int)key.len, key.at);
	else if (kind != JV_KIND_NUMBER)
		as_output_leave_out(output, true, "type",
		    "%.*s is %s, not a number", (int)key.len, key.at,
		    jv_kind_name(kind));
	else if (!(x >= 0 && x < AS_TOO_GREAT))
		as_output_leave_out(output, true, "range",
		    "%.*s is not a finite number >= 0", (int)key.len, key.at);
	else
		as_output_metric(output, key, x);
}

/* Writes the members of the object, or only the count if `counts` is set.  In a
 * line COUNT comes before all metrics, so the member replicas is written first,
 * wherever it is in the object. */
static void
put_members(struct as_output *output, jv object, bool counts)
{
	put_metric(output, as_text("replicas"),
	    jv_object_get(jv_copy(object), jv_string("replicas")));
	for (int i = jv_object_iter(object);
	     !counts && jv_object_iter_valid(object, i);
	     i = jv_object_iter_next(object, i)) {
		jv key = jv_object_iter_key(object, i);
		struct as_text name = as_jq_sample_text(key);

		if (!as_text_is(name, as_text("replicas")) &&
		    !as_text_is(name, as_text("app")) &&
		    !as_text_is(name, as_text("time")))
			put_metric(
			    output, name, jv_object_iter_value(object, i));
		jv_free(key);
	}
}

/* Reads a time that is a string in RFC 3339 or a number of seconds since 1970.
 * Prints it to `stamp`, and sets *text to that.  Changes nothing if the time is
 * null or missing.  Returns false if it is anything else. */
static bool
put_time(jv time, char stamp[AS_STAMP_MAX], struct as_text *text)
{
	bool fraction = false, valid = true;
	int64_t ms = 0;

	if (jv_get_kind(time) == JV_KIND_STRING) {
		valid = as_time_parse(
			    as_jq_sample_text(time), &ms, &fraction) == NULL;
	} else if (jv_get_kind(time) == JV_KIND_NUMBER &&
	    jv_number_value(time) >= 0 && jv_number_value(time) < 1e11) {
		ms = (int64_t)(jv_number_value(time) * 1000);
		fraction = ms % 1000 != 0;
	} else if (jv_get_kind(time) != JV_KIND_NULL && jv_is_valid(time)) {
		valid = false;
	} else {
		return true;
	}
	if (valid)
		*text = (struct as_text){
		    stamp, as_time_print(stamp, ms, fraction)};
	return valid;
}

/* Sets *name to the app of this sample: to the member app of the object, or to
 * e->app if the object has no such member.  Returns false if that is not the name
 * of an app.  Then the answer has got a line with the reason. */
static bool
find_app(struct as_evaluation *e, jv app, struct as_text *name)
{
	const char *why = NULL;

	*name = e->app;
	if (jv_get_kind(app) == JV_KIND_STRING)
		*name = as_jq_sample_text(app);
	else if (jv_is_valid(app) || e->app.len == 0)
		why = "an output has no app that is a string";
	if (why == NULL)
		why = as_line_app(*name);
	if (why == NULL)
		return true;
	snprintf(e->detail, sizeof(e->detail), "app %.*s%s%s",
	    name->len < 60 ? (int)name->len : 60, name->at,
	    name->len > 0 ? ": " : "", why);
	as_output_refuse(e->answer, "filter", e->detail);
	return false;
}

void
as_jq_sample_put(struct as_evaluation *e, jv object)
{
	jv app = jv_object_get(jv_copy(object), jv_string("app"));
	jv time = jv_object_get(jv_copy(object), jv_string("time"));
	char stamp[AS_STAMP_MAX];
	struct as_text when = e->stamp, name;
	struct as_output output;

	if (find_app(e, app, &name)) {
		bool timed = put_time(time, stamp, &when);

		as_output_begin(&output, e->answer, when, name);
		output.lost = (struct as_text){e->lost.at, e->lost.len};
		output.several = e->several;
		if (!timed)
			as_output_wrong(&output, "type",
			    "time is neither RFC 3339 nor seconds");
		put_members(&output, object, e->counts);
		as_output_end(&output);
	}
	jv_free(app);
	jv_free(time);
}
