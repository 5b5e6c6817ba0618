/* decide.h - the parts of as-decide */
#ifndef AS_DECIDE_H
#define AS_DECIDE_H

#include "conf.h"
#include "warn.h"

/* settings.c - compares a comment "# settings DIGEST VERSION" in the samples with
 * our own settings, and warns if they differ */
void as_settings_start(struct as_config *config);
void as_settings_compare(struct as_text comment);

#endif
