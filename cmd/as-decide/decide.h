/* decide.h - what as-decide reads and reports besides its decisions */
#ifndef AS_DECIDE_H
#define AS_DECIDE_H

#include "conf.h"
#include "warn.h"

/* settings.c - compares a comment "# settings DIGEST VERSION" in the samples with
 * our own settings, and warns if they differ */
void as_settings_start(struct as_config *config);
void as_settings_compare(struct as_text comment);

/* histories.c - reads the files of -H, which were added oldest first, up to the line
 * that is also the `first` of the input.  `memory` is that of as_recent_seek.  take
 * is called for each line that as_usual_past does not decide.  Returns false, after
 * it has reported why, if a file cannot be read. */
typedef void as_histories_take(struct as_line *line);
void as_histories_add(const char *path);
bool as_histories_read(struct as_fold *fold, const struct as_line *first,
    int64_t memory, as_histories_take *take);

#endif
