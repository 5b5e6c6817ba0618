/* settings.c - compares the settings with those of the samples */
#include "decide.h"

static struct as_config *ours;

void
as_settings_start(struct as_config *config)
{
	ours = config;
}

/* Warns once for each mark that differs from ours.  The digest of ours is made when
 * it is first needed. */
void
as_settings_compare(struct as_text comment)
{
	static char mark[AS_DIGEST_MAX], last[AS_DIGEST_MAX];
	char theirs[AS_DIGEST_MAX];
	struct as_buf text = {0};

	if (!as_marked_take(comment, theirs))
		return;
	if (mark[0] == '\0') {
		as_digest_list(ours, &text);
		as_digest_print((struct as_text){text.at, text.len}, mark);
		free(text.at);
	}
	if (strcmp(theirs, mark) == 0 || strcmp(theirs, last) == 0)
		return;
	memcpy(last, theirs, sizeof(last));
	as_msg(AS_WARNING, NULL,
	    "the samples are of other settings or another version: %s, and ours "
	    "are %s",
	    last, mark);
}
