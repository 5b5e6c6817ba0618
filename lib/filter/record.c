/* record.c - what a filter says of an app, as a line */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "filter.h"

void
as_record_begin(struct as_record *record, struct as_buf *to,
    struct as_text stamp, struct as_text app)
{
	*record = (struct as_record){
	    .to = to, .begin = to->len, .stamp = stamp, .app = app};
	as_buf_add(to, stamp.at, stamp.len);
	as_buf_add(to, " ", 1);
	as_buf_add(to, app.at, app.len);
}

void
as_record_wrong(
    struct as_record *record, const char *word, const char *fmt, ...)
{
	va_list args;

	if (record->word != NULL)
		return;
	record->word = word;
	va_start(args, fmt);
	vsnprintf(record->detail, sizeof(record->detail), fmt, args);
	va_end(args);
}

void
as_record_count(struct as_record *record, double replicas)
{
	char text[16];

	if (!(replicas >= 0 && replicas <= AS_COUNT_MAX) ||
	    replicas != floor(replicas)) {
		as_record_wrong(record, "range",
		    "replicas is not a whole number in 0..2147483647");
		return;
	}
	as_buf_add(record->to, text,
	    (size_t)snprintf(text, sizeof(text), " %.0f", fabs(replicas)));
}

void
as_record_metric(struct as_record *record, struct as_text key, double value)
{
	char number[32];

	as_buf_add(record->to, " ", 1);
	as_buf_add(record->to, key.at, key.len);
	as_buf_add(record->to, "=", 1);
	as_buf_add(
	    record->to, number, as_num_print(number, fabs(value))); /* -0 */
	record->n_metrics++;
}

static void
put_wrong(
    struct as_buf *to, const char *word, struct as_text app, const char *detail)
{
	as_buf_puts(to, "!");
	as_buf_puts(to, word);
	as_buf_puts(to, " ");
	as_buf_add(to, app.at, app.len);
	as_buf_puts(to, " ");
	for (; *detail != '\0'; detail++)
		as_buf_add(to, *detail == '\n' ? " " : detail, 1);
	as_buf_puts(to, "\n");
}

void
as_record_end(struct as_record *record)
{
	if (record->word == NULL) {
		as_buf_puts(record->to, "\n");
		return;
	}
	record->to->len = record->begin;
	put_wrong(record->to, record->word, record->app, record->detail);
}

void
as_record_refuse(struct as_buf *to, const char *word, const char *detail)
{
	put_wrong(to, word, as_text("-"), detail);
}
