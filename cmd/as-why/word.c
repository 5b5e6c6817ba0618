/* word.c - adds words, numbers and times to a text */
#include <stdarg.h>
#include <stdio.h>

#include "why.h"

enum { DAY = 86400000 }; /* ms */

void
as_word_put(struct as_buf *text, const char *fmt, ...)
{
	char words[2048];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(words, sizeof(words), fmt, args);
	va_end(args);
	if (len > 0)
		as_buf_add(text, words,
		    (size_t)len < sizeof(words) ? (size_t)len :
						  sizeof(words) - 1);
}

/* A reading has as many digits as it was given, a ratio four. */
void
as_word_number(struct as_buf *text, double x)
{
	char exact[32], brief[32];
	size_t len = as_num_print(exact, x);

	snprintf(brief, sizeof(brief), "%.4g", x);
	as_buf_puts(text, len <= 8 ? exact : brief);
}

void
as_word_seconds(struct as_buf *text, int64_t ms)
{
	as_word_number(text, (double)ms / 1000);
	as_buf_puts(text, " s");
}

void
as_word_time(struct as_buf *text, int64_t time)
{
	char stamp[AS_STAMP_MAX];
	size_t len = as_time_print(stamp, time, time % 1000 != 0);

	as_buf_add(text, stamp, len);
}

void
as_word_clock(struct as_buf *text, int64_t time, int64_t now)
{
	char stamp[AS_STAMP_MAX];
	size_t len = as_time_print(stamp, time, time % 1000 != 0);

	if (time / DAY != now / DAY)
		as_word_time(text, time);
	else
		as_buf_add(text, stamp + 11, len - 12);
}

const char *
as_word_why(enum as_why why)
{
	static char word[sizeof(as_print_whys[0].text) + 1];
	size_t len = as_print_whys[why].len - 5U;

	memcpy(word, as_print_whys[why].text + 5, len);
	word[len] = '\0';
	return word;
}
