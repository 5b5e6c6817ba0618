/* output.h - between jq.c, compile.c and output.c: programs and their runs */
#ifndef AS_OUTPUT_H
#define AS_OUTPUT_H

#include <jq.h>

#include "filter.h"

/* compile.c - a filter, compiled */
struct as_compiled {
	jq_state *jq;
	enum as_filter_kind kind;
};

/* Those of a message, by their numbers.  The answer is empty, or the number of
 * the one that is none, and why. */
struct as_compiled *as_compile(struct as_text message, struct as_buf *answer);

/* output.c - what a run of a program puts out */
struct as_evaluation {
	struct as_text stamp, app;
	struct as_buf *answer;
	bool counts; /* metrics do not matter */
	char detail[AS_DETAIL_MAX];
};

/* Bytes of a string, until it is freed */
struct as_text as_jv_text(jv string);

/* Appends the record of an object to the answer. */
void as_output_sample(struct as_evaluation *e, jv object);

#endif
