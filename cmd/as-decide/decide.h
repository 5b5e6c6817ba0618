/* decide.h - what as-decide reads and reports besides its decisions */
#ifndef AS_DECIDE_H
#define AS_DECIDE_H

#include "conf.h"
#include "warn.h"

/* settings.c - compares a comment "# settings DIGEST VERSION" in the samples with
 * our own settings, and warns if they differ */
void as_settings_start(struct as_config *config);
void as_settings_compare(struct as_text comment);

/* histories.c - the files of -H.  as_histories_add adds one; the oldest must be
 * added first.  as_histories_read reads them up to the line with which the input
 * begins, `first`.  It passes `memory` to as_recent_seek.  It calls take for each
 * line that as_usual_past has not decided.  If a file cannot be read, it reports why
 * and returns false. */
typedef void as_histories_take(struct as_line *line);
void as_histories_add(const char *path);
bool as_histories_read(struct as_fold *fold, const struct as_line *first,
    int64_t memory, as_histories_take *take);

#endif
