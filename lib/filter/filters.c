/* filter.c - all filters of a tool, each once for all that use it: plain ones
 * are run here, the others behind the fence */
#include <stdio.h>

#include "program.h"

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
		filters = as_grow(filters, &room, sizeof(*filters));
	filters[n_filters] = (struct as_filter){
	    .setting = setting, .kind = kind};
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

void
as_filter_ready(const struct as_config *config)
{
	for (size_t i = 0; i < n_filters; i++)
		if (!filters[i].plain)
			as_program_add(&filters[i], config);
	as_program_compile();
}

const char *
as_filter_run(const struct as_question *question, const struct as_scope *scope,
    struct as_buf *answer, char detail[AS_DETAIL_MAX])
{
	struct as_filter *filter = &filters[question->filter];

	if (filter->plain && question->n_replies == 1 &&
	    (question->how & AS_FOR_MANY) == 0)
		return as_plain_run(
		    filter, question, scope->app, answer, detail);
	if (!filter->plain)
		return as_program_run(filter, question, scope, answer, detail);
	snprintf(detail, AS_DETAIL_MAX,
	    "%s: names no member of an array of replies, and no app",
	    filter->setting->key);
	return "filter";
}
