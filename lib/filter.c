/* filter.c - all filters of a tool: plain ones here, the others behind the
 * fence, compiled once for all that use them */
#include <stdio.h>

#include "api.h"

enum { COMPILE_MS = 20000, RUN_MS = 2000, PAUSE_MS = 10000 };

struct filter {
	const struct as_setting *setting;
	enum as_filter_kind kind;
	bool plain;
	struct as_paths paths;
	size_t program; /* its number behind the fence */
	int64_t barred; /* until then, for it took too much */
};

static struct filter *filters;
static size_t n_filters, room;
static struct as_fence fence = {.serve = as_jq_serve};
static struct as_buf sources; /* all programs, as a message */
static struct as_buf message, reply;

size_t
as_filter_add(const struct as_setting *setting, enum as_filter_kind kind)
{
	for (size_t i = 0; i < n_filters; i++)
		if (filters[i].kind == kind &&
		    strcmp(filters[i].setting->value, setting->value) == 0)
			return i;
	if (n_filters == room)
		filters = as_grow(filters, &room, sizeof(*filters));
	filters[n_filters] = (struct filter){.setting = setting, .kind = kind};
	filters[n_filters].plain = as_paths_read(&filters[n_filters].paths,
				       setting->value) &&
	    (filters[n_filters].paths.replicas < 0) == (kind == AS_TEXT);
	return n_filters++;
}

bool
as_filter_is_plain(size_t filter)
{
	return filters[filter].plain;
}

bool
as_filter_uses(const char *filter, const char *variable)
{
	size_t len = strlen(variable);

	while ((filter = strchr(filter, '$')) != NULL)
		if (strncmp(++filter, variable, len) == 0)
			return true;
	return false;
}

/* Whatever any app sets is a variable, lest a filter depend on who asks. */
static void
bind_variables(
    struct as_buf *source, const struct as_config *config, const char *filter)
{
	for (size_t i = 0; i < config->n; i++) {
		const char *key = config->settings[i].key;
		char bind[160];

		if (strncmp(key, "set.", 4) != 0 ||
		    !as_filter_uses(filter, key + 4))
			continue;
		snprintf(
		    bind, sizeof(bind), ".[1].%s as $%s | ", key + 4, key + 4);
		if (source->at == NULL || strstr(source->at, bind) == NULL)
			as_buf_puts(source, bind);
	}
	as_buf_puts(source, ".[1].app as $app | .[2] as $before | .[0] | ");
}

static void
add_source(struct filter *filter, const struct as_config *config)
{
	struct as_buf source = {0};

	as_buf_puts(&source, filter->kind == AS_SAMPLES ? "S" : "T");
	bind_variables(&source, config, filter->setting->value);
	as_buf_puts(&source, filter->setting->value);
	as_fence_put(&sources, (struct as_text){source.at, source.len});
	free(source.at);
}

AS_NORETURN static void
die_of_program(struct as_text number, struct as_text why)
{
	char text[AS_DETAIL_MAX + 16];

	snprintf(text, sizeof(text), "%.*s", (int)why.len, why.at);
	for (size_t i = 0; i < n_filters; i++) {
		char program[24];

		snprintf(program, sizeof(program), "%zu", filters[i].program);
		if (!filters[i].plain && as_text_is(number, as_text(program)))
			as_setting_die(filters[i].setting, text);
	}
	as_die(EX_OSERR, "filters: %s", text);
}

/* Compiling takes some 20 ms whatever the filter is. */
static bool
compile(void)
{
	struct as_text answer, number, why;

	if (as_fence_ask(&fence, &sources, &reply, COMPILE_MS) != AS_FENCED)
		return false;
	answer = (struct as_text){reply.at, reply.len};
	if (!as_fence_get(&answer, &number))
		return false;
	if (number.len > 0 && as_fence_get(&answer, &why))
		die_of_program(number, why);
	return true;
}

void
as_filter_ready(const struct as_config *config)
{
	size_t n = 0;

	for (size_t i = 0; i < n_filters; i++)
		if (!filters[i].plain) {
			filters[i].program = n++;
			add_source(&filters[i], config);
		}
	if (n > 0 && !compile())
		as_die(EX_CONFIG, "filters take too much to compile");
}

static const char *
run_plain(const struct as_question *question, const struct filter *filter,
    struct as_text app, struct as_buf *answer, char *detail)
{
	const struct as_paths *paths = &filter->paths;
	struct as_paths count = {.n = 1, .replicas = 0};
	double values[AS_PATHS];
	struct as_record record;
	char number[32];
	const char *word;

	if ((question->how & AS_COUNTS) != 0 && filter->kind == AS_SAMPLES) {
		count.path[0] = paths->path[paths->replicas];
		paths = &count;
	}
	word = as_paths_find(paths, question->replies[0], values, detail);
	if (word != NULL)
		return word;
	if (filter->kind == AS_TEXT) {
		as_buf_add(answer, number, as_num_print(number, values[0]));
		return NULL;
	}
	as_record_begin(&record, answer, question->stamp, app);
	as_record_count(&record, values[paths->replicas]);
	for (size_t i = 0; i < paths->n; i++)
		if ((int)i != paths->replicas && values[i] >= 0)
			as_record_metric(
			    &record, paths->path[i].key, values[i]);
	if (record.word != NULL) {
		answer->len = record.begin;
		memcpy(detail, record.detail, AS_DETAIL_MAX);
		return record.word;
	}
	as_record_end(&record);
	return NULL;
}

static void
put_question(const struct as_question *question, const struct as_scope *scope)
{
	uint32_t head[3] = {(uint32_t)filters[question->filter].program,
	    (uint32_t)question->n_replies, (uint32_t)question->how};
	const struct as_setting *set;
	size_t i = 0;

	message.len = 0;
	as_fence_put(&message, (struct as_text){(char *)head, sizeof(head)});
	for (size_t n = 0; n < question->n_replies; n++)
		as_fence_put(&message, question->replies[n]);
	as_fence_put(&message, question->before);
	as_fence_put(&message, question->stamp);
	as_fence_put(&message,
	    (question->how & AS_FOR_MANY) != 0 ? as_text("") : scope->app);
	while ((set = as_config_each(scope->config, scope->conf, "set.", &i)) !=
	    NULL) {
		as_fence_put(&message, as_text(set->key + 4));
		as_fence_put(&message, as_text(set->value));
	}
}

/* A filter that takes too much is not tried again at once: the others have
 * waited for it. */
static const char *
run_fenced(const struct as_question *question, const struct as_scope *scope,
    struct as_buf *answer, char *detail)
{
	struct filter *filter = &filters[question->filter];
	struct as_text parts, word, text;
	enum as_fenced how = AS_FENCE_SLOW;

	if (filter->barred <= as_time_steady()) {
		if (fence.pid == 0 && !compile())
			as_die(EX_OSERR, "filters cannot be compiled again");
		put_question(question, scope);
		how = as_fence_ask(&fence, &message, &reply, RUN_MS);
	}
	parts = (struct as_text){reply.at, reply.len};
	if (how == AS_FENCED && as_fence_get(&parts, &word) &&
	    as_fence_get(&parts, &text)) {
		if (word.len == 0) {
			as_buf_add(answer, text.at, text.len);
			return NULL;
		}
		snprintf(detail, AS_DETAIL_MAX, "%s: %.*s",
		    filter->setting->key, (int)text.len, text.at);
		return as_text_is(word, as_text("not-json")) ? "not-json" :
							       "filter";
	}
	if (filter->barred <= as_time_steady())
		filter->barred = as_time_steady() + PAUSE_MS;
	snprintf(detail, AS_DETAIL_MAX, "%s: %s", filter->setting->key,
	    how == AS_FENCE_SLOW ? "took more than 2 s, stopped for 10 s" :
				   "took too much memory, stopped for 10 s");
	return "filter";
}

const char *
as_filter_run(const struct as_question *question, const struct as_scope *scope,
    struct as_buf *answer, char detail[AS_DETAIL_MAX])
{
	struct filter *filter = &filters[question->filter];

	if (filter->plain && question->n_replies == 1 &&
	    (question->how & AS_FOR_MANY) == 0)
		return run_plain(question, filter, scope->app, answer, detail);
	if (!filter->plain)
		return run_fenced(question, scope, answer, detail);
	snprintf(detail, AS_DETAIL_MAX,
	    "%s: names no member of an array of replies, and no app",
	    filter->setting->key);
	return "filter";
}

void
as_filter_end(void)
{
	as_fence_end(&fence);
}
