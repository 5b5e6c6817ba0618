/* filter.c - all filters of a tool: plain ones here, the others behind the
 * fence, compiled once for all that use them */
#include <stdio.h>

#include "api.h"

enum { COMPILE_MS = 20000, RUN_MS = 2000, PAUSE_MS = 10000, FAILURES = 3 };

struct filter {
	const struct as_setting *setting;
	enum as_filter_kind kind;
	bool plain;
	struct as_paths paths;
	size_t program; /* its number behind the fence */
	int n_failed;   /* in a row */
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
word_of(struct as_text word)
{
	static const char *const words[] = {"not-json", "type", "range"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (as_text_is(word, as_text(words[i])))
			return words[i];
	return word.len > 0 ? "filter" : NULL;
}

/* All of the filter, or the one path that is wanted of it */
static void
put_paths(const struct filter *filter, const struct as_paths *paths)
{
	const struct as_path *path = &paths->path[0];
	struct as_buf text = {0};

	if (paths == &filter->paths) {
		as_fence_put(&message, as_text(filter->setting->value));
		return;
	}
	for (size_t i = 0; i < path->n; i++) {
		as_buf_puts(&text, ".");
		as_buf_add(&text, path->part[i].at, path->part[i].len);
	}
	as_fence_put(&message, (struct as_text){text.at, text.len});
	free(text.at);
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

/* What takes too much is not tried again at once: others have waited for it.
 * It may be the filter's fault or one reply's. */
static void
bar(struct filter *filter, int64_t *asker)
{
	*asker = as_time_steady() + PAUSE_MS;
	if (++filter->n_failed >= FAILURES) {
		filter->n_failed = 0;
		filter->barred = *asker;
	}
}

/* The answer to message, behind its word. */
static const char *
ask(struct filter *filter, int64_t *asker, struct as_text *answer, char *detail)
{
	int64_t now = as_time_steady();
	enum as_fenced how = AS_FENCE_SLOW;
	struct as_text parts, word;

	if (*asker <= now && filter->barred <= now) {
		if (fence.pid == 0 && !compile())
			as_die(EX_OSERR, "filters cannot be compiled again");
		how = as_fence_ask(&fence, &message, &reply, RUN_MS);
		if (how != AS_FENCED)
			bar(filter, asker);
	}
	parts = (struct as_text){reply.at, reply.len};
	if (how == AS_FENCED && as_fence_get(&parts, &word) &&
	    as_fence_get(&parts, answer)) {
		filter->n_failed = 0;
		return word_of(word);
	}
	snprintf(detail, AS_DETAIL_MAX, "%s: %s", filter->setting->key,
	    how == AS_FENCE_SLOW ? "took more than 2 s, stopped for 10 s" :
				   "took too much memory, stopped for 10 s");
	*answer = (struct as_text){NULL, 0};
	return "filter";
}

static const char *
run_fenced(const struct as_question *question, const struct as_scope *scope,
    struct as_buf *to, char *detail)
{
	struct filter *filter = &filters[question->filter];
	struct as_text answer;
	const char *word;

	put_question(question, scope);
	word = ask(filter, question->barred, &answer, detail);
	if (word == NULL)
		as_buf_add(to, answer.at, answer.len);
	else if (answer.at != NULL)
		snprintf(detail, AS_DETAIL_MAX, "%s: %.*s",
		    filter->setting->key, (int)answer.len, answer.at);
	return word;
}

/* libjq is asked about what the scanner does not take. */
static const char *
find_numbers(const struct as_question *question, const struct as_paths *paths,
    double *values, char *detail)
{
	struct filter *filter = &filters[question->filter];
	uint32_t head[3] = {(uint32_t)AS_PLAIN_PROGRAM, 0, 0};
	struct as_text answer;
	const char *word;

	if (as_scan(question->replies[0], paths, values))
		return NULL;
	message.len = 0;
	as_fence_put(&message, (struct as_text){(char *)head, sizeof(head)});
	put_paths(filter, paths);
	as_fence_put(&message, question->replies[0]);
	word = ask(filter, question->barred, &answer, detail);
	if (word == NULL && answer.len == paths->n * sizeof(*values))
		memcpy(values, answer.at, answer.len);
	else if (answer.at != NULL)
		snprintf(
		    detail, AS_DETAIL_MAX, "%.*s", (int)answer.len, answer.at);
	return word;
}

static const char *
run_plain(const struct as_question *question, const struct filter *filter,
    struct as_text app, struct as_buf *answer, char *detail)
{
	const struct as_paths *paths = &filter->paths;
	struct as_paths count = {.n = 1, .replicas = -1};
	double values[AS_PATHS];
	struct as_record record;
	char number[32];
	const char *word;
	int replicas = paths->replicas;

	if ((question->how & AS_COUNTS) != 0 && filter->kind == AS_SAMPLES) {
		count.path[0] = paths->path[paths->replicas];
		paths = &count;
		replicas = 0;
	}
	word = find_numbers(question, paths, values, detail);
	if (word != NULL)
		return word;
	if (filter->kind == AS_TEXT) {
		as_buf_add(answer, number, as_num_print(number, values[0]));
		return NULL;
	}
	as_record_begin(&record, answer, question->stamp, app);
	as_record_count(&record, values[replicas]);
	for (size_t i = 0; i < paths->n; i++)
		if ((int)i != replicas && values[i] >= 0)
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
as_filter_wait_with(bool (*wait)(void *at, int fd, int64_t until), void *at)
{
	fence.wait = wait;
	fence.at = at;
}

void
as_filter_end(void)
{
	as_fence_end(&fence);
}
