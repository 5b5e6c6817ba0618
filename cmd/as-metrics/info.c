/* info.c - the series that names the version and the settings */
#include "prom.h"

#ifndef AS_VERSION
#define AS_VERSION "0"
#endif

static char digest[AS_DIGEST_LEN + 1]; /* empty: not known */

/* A comment of the input comes before those of the file are read, and the file must
 * not undo it. */
void
as_info_take(struct as_text comment, bool is_fresh)
{
	static bool has_fresh;
	char mark[AS_DIGEST_MAX];

	if ((has_fresh && !is_fresh) || !as_marked_take(comment, mark) ||
	    !as_marked_is_digest(mark))
		return;
	memcpy(digest, mark, AS_DIGEST_LEN);
	has_fresh = has_fresh || is_fresh;
}

void
as_info_put(struct as_buf *buf, const struct as_prom *prom)
{
	static const char name[] = "as_info";
	static const char labels[] = AS_VERSION "\",settings=\"";
	struct as_buf words = {0};

	as_family_head(buf, name,
	    "The version, and the digest of the settings in the samples.",
	    "gauge");
	as_buf_puts(&words, labels);
	as_buf_puts(&words, digest);
	as_family_series(buf, prom, name, "version",
	    (struct as_text){words.at, words.len}, 1);
	free(words.at);
	if (digest[0] == '\0')
		return;
	as_buf_puts(buf, AS_MARKED_HEAD);
	as_buf_puts(buf, digest);
	as_buf_puts(buf, " " AS_VERSION "\n");
}
