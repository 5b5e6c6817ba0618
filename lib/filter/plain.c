/* plain.c - filters that name no more than numbers: they are found here */
#include "program.h"

const char *
as_plain_run(struct as_filter *filter, const struct as_question *question,
    struct as_text app, struct as_buf *answer, char detail[AS_DETAIL_MAX])
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
	/* libjq is asked about what the scanner does not take. */
	if (!as_scan(question->replies[0], paths, values) &&
	    (word = as_program_find(filter, question, paths, values, detail)) !=
		NULL)
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
