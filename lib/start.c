/* start.c - what every tool does first: descriptors, options, --help */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "as.h"

#ifndef AS_VERSION
#define AS_VERSION "0"
#endif

static const struct as_tool *tool;

/* clang-format off */
static const struct as_option common[] = {
	{'q', NULL, "errors only"},
	{'v', NULL, "tell more; twice: details"},
	{'h', NULL, "this help (--help)"},
	{'V', NULL, "the version (--version)"},
	{0, NULL, NULL}
};
/* clang-format on */

/* The stand-in for a closed stdin reads nothing and the one for a closed
 * stdout is read-only: writing there fails as it would have without it. */
static void
open_standard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int mode = fd == STDERR_FILENO ? O_WRONLY : O_RDONLY;

		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", mode) != fd)
			_exit(EX_OSERR);
	}
}

void
as_start(const struct as_tool *self)
{
	tool = self;
	as_msg_tool(self->name);
	open_standard();
	signal(SIGXFSZ, SIG_IGN); /* a file that is full is told like a disk */
	as_privilege_keep(self->needs);
}

static void
print_options(const struct as_option *option)
{
	for (; option->letter != 0; option++)
		printf("  -%c %-13s %s\n", option->letter,
		    option->arg ? option->arg : "", option->help);
}

static void
finish_stdout(void)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		as_die(EX_IOERR, "stdout: %s", strerror(errno));
	exit(0);
}

/* An option with its value, or an operand: to the next blank outside brackets. */
static int
item_len(const char *item)
{
	int len = 0;

	for (int depth = 0; item[len] != '\0'; len++) {
		depth += (item[len] == '[') - (item[len] == ']');
		if (item[len] == ' ' && depth == 0)
			break;
	}
	return len;
}

static void
print_synopsis(void)
{
	enum { WIDTH = 79 };
	int indent = printf("usage: %s", tool->name);
	int column = indent;

	for (const char *item = tool->synopsis; *item != '\0';) {
		int len = item_len(item);

		if (column + 1 + len > WIDTH)
			column = printf("\n%*s", indent, "") - 1;
		column += printf(" %.*s", len, item);
		item += len + (item[len] == ' ');
	}
	putchar('\n');
}

static void
help(void)
{
	print_synopsis();
	printf("%s\n\n", tool->purpose);
	print_options(tool->options);
	print_options(common);
	printf("\nSee %s(1), as(7).\n", tool->name);
	finish_stdout();
}

AS_NORETURN void
as_usage(const char *fmt, ...)
{
	char why[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	as_die(EX_USAGE, "%s (see %s --help)", why, tool->name);
}

static char *
add_letters(char *p, const struct as_option *option)
{
	for (; option->letter != 0; option++) {
		*p++ = option->letter;
		if (option->arg != NULL)
			*p++ = ':';
	}
	*p = '\0';
	return p;
}

int
as_option(int *argc, char **argv[], const char **arg)
{
	static const struct option words[] = {{"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'V'}, {NULL, 0, NULL, 0}};
	char letters[80] = ":";
	int c;

	add_letters(add_letters(letters + 1, tool->options), common);
	while (*argc > 0 &&
	    (c = getopt_long(*argc, *argv, letters, words, NULL)) != -1) {
		switch (c) {
		case 'q': as_msg_verbose(AS_ERROR - AS_WARNING); break;
		case 'v': as_msg_verbose(1); break;
		case 'h': help(); break;
		case 'V':
			printf("%s %s\n", tool->name, AS_VERSION);
			finish_stdout();
			break;
		case ':': as_usage("option -%c: needs a value", optopt);
		case '?':
			if (optopt != 0)
				as_usage("option -%c: unknown", optopt);
			as_usage("option %s: unknown", (*argv)[optind - 1]);
		default: *arg = optarg; return c;
		}
	}
	*argv += *argc > 0 ? optind : 0;
	*argc -= *argc > 0 ? optind : 0;
	if (geteuid() == 0)
		as_msg(AS_INFO, NULL, "runs as root, which it does not need");
	return 0;
}
