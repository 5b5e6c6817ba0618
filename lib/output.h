/* output.h - between jq.c and output.c: one run of a filter */
#ifndef AS_OUTPUT_H
#define AS_OUTPUT_H

#include <jv.h>

#include "filter.h"

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
