/* msg.c - prints messages to people, and orders exit statuses from bad to worse */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "as.h"

enum { MESSAGE_MAX = 1024 };

static const char *tool = "as";
static int verbose = AS_WARNING;
static int owed; /* the least exit status of as_msg_die */
static size_t (*hide)(char *text, size_t len);

void
as_msg_tool(const char *name)
{
	tool = name;
}

void
as_msg_hide_with(size_t (*mask)(char *text, size_t len))
{
	hide = mask;
}

int
as_msg_level(int level)
{
	int was = verbose;

	verbose = level;
	return was;
}

void
as_msg_verbose(int levels)
{
	verbose += levels;
	if (verbose < AS_ERROR)
		verbose = AS_ERROR;
}

/* Replaces control bytes.  A text from outside must not move the cursor of a
 * terminal, ring its bell, or look like a second message. */
static void
mask(char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0))
			bytes[i] = '?';
	}
}

static size_t
clamp(int printed, size_t room)
{
	if (printed < 0)
		return 0;
	return (size_t)printed < room ? (size_t)printed : room - 1;
}

static void
say(enum as_level level, const char *app, const char *fmt, va_list args)
{
	static const char *const names[] = {
	    "error", "warning", "info", "debug"};
	char buf[MESSAGE_MAX];
	/* own is the length of "TOOL: LEVEL: APP: ", which holds no secret. */
	size_t len, own;

	len = own = clamp(snprintf(buf, sizeof(buf), "%s: %s: %s%s", tool,
			      names[level], app ? app : "", app ? ": " : ""),
	    sizeof(buf));
	len += clamp(vsnprintf(buf + len, sizeof(buf) - len, fmt, args),
	    sizeof(buf) - len);
	len = own + as_login_mask(buf + own, len - own);
	if (hide != NULL)
		len = own + hide(buf + own, len - own);
	mask(buf, len);
	buf[len++] = '\n';
	while (write(STDERR_FILENO, buf, len) < 0 && errno == EINTR)
		continue;
}

void
as_msg(enum as_level level, const char *app, const char *fmt, ...)
{
	va_list args;
	int saved = errno;

	if ((int)level > verbose)
		return;
	va_start(args, fmt);
	say(level, app, fmt, args);
	va_end(args);
	errno = saved;
}

AS_NORETURN void
as_msg_die(int code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(AS_ERROR, NULL, fmt, args);
	va_end(args);
	exit(as_msg_worse(code, owed));
}

void
as_msg_owe(int code)
{
	owed = as_msg_worse(owed, code);
}

int
as_msg_worse(int a, int b)
{
	static const int order[] = {EX_IOERR, EX_OSERR, EX_CONFIG, EX_USAGE,
	    EX_NOPERM, EX_UNAVAILABLE, EX_DATAERR, EX_TEMPFAIL};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return 0;
}
