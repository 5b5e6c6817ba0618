/* api.c - the API of the demo application, and the errors it makes up */
#include <math.h>
#include <string.h>

#include <jv.h>

#include "app.h"

enum { REPLICAS_MAX = 2147483647 };

static void
refuse(struct reply *reply, unsigned status, const char *why)
{
	reply->status = status;
	reply->type = "application/json";
	snprintf(
	    reply->text, sizeof(reply->text), "{\"error\": \"%s\"}\n", why);
}

/* NULL, or why the object does not order a number of replicas. */
static const char *
read_replicas(jv object, long *replicas)
{
	jv value = jv_object_get(jv_copy(object), jv_string("replicas"));
	jv_kind kind = jv_get_kind(value);
	double n = kind == JV_KIND_NUMBER ? jv_number_value(value) : 0;

	jv_free(value);
	if (kind == JV_KIND_INVALID)
		return "replicas is missing";
	if (kind != JV_KIND_NUMBER)
		return "replicas is not a number";
	if (isnan(n) || n != floor(n))
		return "replicas is not an integer";
	if (n < 1 || n > REPLICAS_MAX)
		return "replicas is not within 1..2147483647";
	*replicas = (long)n;
	return NULL;
}

static const char *
read_body(const struct request *request, long *replicas)
{
	const char *why;
	jv value;

	if (request->too_long)
		return "the body is longer than 64 KiB";
	if (request->len == 0)
		return "the body is empty";
	value = jv_parse_sized(request->body, (int)request->len);
	if (!jv_is_valid(value))
		why = "the body is not one JSON value";
	else if (jv_get_kind(value) != JV_KIND_OBJECT)
		why = "the body is not a JSON object";
	else
		why = read_replicas(value, replicas);
	jv_free(value);
	return why;
}

static void
get_status(const struct plant *plant, struct reply *reply)
{
	reply->status = 200;
	reply->type = "application/json";
	snprintf(reply->text, sizeof(reply->text),
	    "{\"cpu\": {\"highPriority\": %g}, \"replicas\": %ld}\n",
	    round(plant_cpu(plant) * 1000) / 1000, plant->replicas);
}

static void
put_replicas(
    struct api *api, const struct request *request, struct reply *reply)
{
	long replicas;
	const char *why = read_body(request, &replicas);

	if (why != NULL) {
		refuse(reply, 400, why);
		return;
	}
	plant_scale(api->plant, replicas);
	api->puts++;
	reply->status = 204;
}

static void
serve(struct api *api, const struct request *request, struct reply *reply)
{
	bool status = strcmp(request->path, "/app/status") == 0;
	const char *method = status ? "GET" : "PUT";

	if (!status && strcmp(request->path, "/app/replicas") != 0) {
		refuse(reply, 404, "there are /app/status and /app/replicas");
	} else if (strcmp(request->method, method) != 0) {
		refuse(reply, 405, "this path has another method");
		reply->header = "Allow";
		reply->value = method;
	} else if (status) {
		get_status(api->plant, reply);
	} else {
		put_replicas(api, request, reply);
	}
}

static void
fail(const struct api *api, struct reply *reply, int kind)
{
	switch (kind) {
	case 0:
		reply->status = 500;
		reply->type = "text/html";
		snprintf(reply->text, sizeof(reply->text),
		    "<html><body><h1>"
		    "500 Internal Server Error</h1></body></html>\n");
		break;
	case 1:
		refuse(reply, 503, "busy, try again");
		reply->header = "Retry-After";
		reply->value = api->retry_after;
		break;
	default: reply->status = 0;
	}
}

void
api_answer(struct api *api, const struct request *request, struct reply *reply)
{
	/* always two draws, so that the rate alone decides who is hit */
	double luck = random_uniform(&api->random);
	double kind = random_uniform(&api->random);

	if (luck < api->error_rate) {
		api->errors++;
		fail(api, reply, (int)(kind * 3));
	} else {
		serve(api, request, reply);
	}
}
