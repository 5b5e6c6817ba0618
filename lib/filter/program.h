/* program.h - between filter.c, plain.c and program.c: one filter */
#ifndef AS_PROGRAM_H
#define AS_PROGRAM_H

#include "api.h"

struct as_filter {
	const struct as_setting *setting;
	enum as_filter_kind kind;
	bool plain;
	struct as_paths paths; /* of a plain one */
	size_t program;        /* of another: its number behind the fence */
	int n_failed;          /* in a row */
	int64_t barred;        /* until then, for it took too much */
};

/* plain.c - what names no more than numbers; as as_filter_run, for one reply of
 * one app */
const char *as_plain_run(struct as_filter *filter,
    const struct as_question *question, struct as_text app,
    struct as_buf *answer, char detail[AS_DETAIL_MAX]);

/* program.c - what goes behind the fence.  Gives the filter its number. */
void as_program_add(struct as_filter *filter, const struct as_config *config);
void as_program_compile(void); /* all; dies with 78 where one is none */

/* As as_filter_run */
const char *as_program_run(struct as_filter *filter,
    const struct as_question *question, const struct as_scope *scope,
    struct as_buf *to, char detail[AS_DETAIL_MAX]);

/* As as_paths_find, in the question's one reply; paths are the filter's, or one
 * of them. */
const char *as_program_find(struct as_filter *filter,
    const struct as_question *question, const struct as_paths *paths,
    double *values, char detail[AS_DETAIL_MAX]);

#endif
