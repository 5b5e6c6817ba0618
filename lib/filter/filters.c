/* filters.c - keeps every filter of a tool once, and runs it: plain filters in this
 * process, the others in a locked process (fence.c) */
#include <stdio.h>

#include "filter.h"

static struct as_filter *filters;
static size_t n_filters, room;

size_t
as_filter_add(const struct as_setting *setting, enum as_filter_kind kind)
{
	for (size_t i = 0; i < n_filters; i++)
		if (filters[i].kind == kind &&
		    strcmp(filters[i].setting->value, setting->value) == 0)
			return i;
	if (n_filters == room)
		filters = as_mem_grow(filters, &room, sizeof(*filters));
	filters[n_filters] = (struct as_filter){
	    .setting = setting, .kind = kind};
	filters[n_filters].plain = as_paths_read(&filters[n_filters].paths,
				       setting->value) &&
	    (filters[n_filters].paths.replicas < 0) == (kind == AS_TEXT);
	return n_filters++;
}

const char *
as_filter_wrong(const struct as_scope *scope, const struct as_setting *setting)
{
	static char why[256];
	struct as_text name;
	char key[160];

	for (size_t n = 0; (name = as_names_free(setting->value, n)).at != NULL;
	     n++) {
		snprintf(key, sizeof(key), "set.%.*s", (int)name.len, name.at);
		if (as_text_is(name, as_text("app")) ||
		    as_text_is(name, as_text("before")) ||
		    as_scope_first(scope, key, NULL) != NULL ||
		    !as_source_sets(scope->config, key))
			continue;
		snprintf(why, sizeof(why), "$%s is not set for app %.*s",
		    key + 4, (int)scope->app.len, scope->app.at);
		return why;
	}
	return NULL;
}

size_t
as_filter_add_for(const struct as_scope *scope,
    const struct as_setting *setting, enum as_filter_kind kind)
{
	const char *why = as_filter_wrong(scope, setting);

	if (why != NULL)
		as_setting_die(setting, why);
	return as_filter_add(setting, kind);
}

bool
as_filter_is_plain(size_t filter)
{
	return filters[filter].plain;
}

void
as_filter_ready(struct as_config *config)
{
	for (size_t i = 0; i < n_filters; i++) {
		struct as_filter *filter = &filters[i];

		if (filter->plain) {
			filter->program = AS_PLAIN;
			continue;
		}
		filter->program = as_source_add(
		    filter->setting, filter->kind, config);
		filter->edits = filter->kind == AS_TEXT &&
		    as_edit_read(&filter->edit, filter->setting->value) &&
		    (filter->edit.is_bound ||
			!as_source_sets(config, "set.replicas"));
	}
	as_turn_compile(config);
}

/* libjq silently changes some numbers of $before, such as long integers.  If the
 * filter uses one, this fails, and no request is made. */
static const char *
check_numbers(const struct as_filter *filter,
    const struct as_question *question, char detail[AS_DETAIL_MAX])
{
	struct as_text number = as_before_number(
	    filter->setting->value, question->before);

	if (number.len == 0)
		return NULL;
	snprintf(detail, AS_DETAIL_MAX,
	    "%s: jq would change the number %.*s of $before",
	    filter->setting->key, number.len < 60 ? (int)number.len : 60,
	    number.at);
	return "range";
}

static const char *
run_program(struct as_filter *filter, const struct as_question *question,
    const struct as_scope *scope, struct as_buf *answer,
    char detail[AS_DETAIL_MAX])
{
	const char *word = NULL;

	if (question->before.len > 0) {
		if (filter->edits &&
		    as_edit_apply(&filter->edit, question->before,
			question->replies[0], answer))
			return NULL;
		word = check_numbers(filter, question, detail);
	}
	return word != NULL ?
	    word :
	    as_program_run(filter, question, scope, answer, detail);
}

static void
put_values(struct as_output *output, const struct as_paths *paths, int replicas,
    const double *values)
{
	if (values[replicas] >= 0)
		as_output_count(output, values[replicas]);
	else
		as_output_no_count(output);
	for (size_t i = 0; i < paths->n; i++)
		if ((int)i != replicas && values[i] >= 0)
			as_output_metric(output, paths->path[i].key, values[i]);
}

static const char *
run_plain(struct as_filter *filter, const struct as_question *question,
    struct as_text app, struct as_buf *answer, char detail[AS_DETAIL_MAX])
{
	const struct as_paths *paths = &filter->paths;
	struct as_paths count = {.n = 1, .replicas = -1};
	double values[AS_PATHS];
	struct as_output output;
	char number[32];
	const char *word;
	int replicas = paths->replicas;

	if ((question->how & AS_COUNTS) != 0 && filter->kind == AS_SAMPLES) {
		count.path[0] = paths->path[paths->replicas];
		paths = &count;
		replicas = 0;
	}
	detail[0] = '\0';
	/* If as_scan does not understand the reply, libjq reads it. */
	if (!as_scan(question->replies[0], paths, values) &&
	    (word = as_program_find(filter, question, paths, values, detail)) !=
		NULL)
		return word;
	if (filter->kind == AS_TEXT) {
		as_buf_add(answer, number, as_num_print(number, values[0]));
		return NULL;
	}
	as_output_begin(&output, answer, question->stamp, app);
	put_values(&output, paths, replicas, values);
	if (detail[0] != '\0')
		as_output_leave_out(&output, true, "range", "%s", detail);
	if (output.word != NULL) {
		answer->len = output.begin;
		memcpy(detail, output.detail, AS_DETAIL_MAX);
		return output.word;
	}
	as_output_end(&output);
	return NULL;
}

const char *
as_filter_run(const struct as_question *question, const struct as_scope *scope,
    struct as_buf *answer, char detail[AS_DETAIL_MAX])
{
	struct as_filter *filter = &filters[question->filter];

	if (filter->plain && question->n_replies == 1 &&
	    (question->how & AS_FOR_MANY) == 0)
		return run_plain(filter, question, scope->app, answer, detail);
	if (!filter->plain)
		return run_program(filter, question, scope, answer, detail);
	snprintf(detail, AS_DETAIL_MAX,
	    "%s: names no member of an array of replies, and no app",
	    filter->setting->key);
	return "filter";
}
