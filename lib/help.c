/* help.c - what --help and --version print */
#include <errno.h>
#include <stdio.h>

#include "as.h"

#ifndef AS_VERSION
#define AS_VERSION "0"
#endif

AS_NORETURN static void
finish_stdout(void)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		as_msg_die(EX_IOERR, "stdout: %s", strerror(errno));
	exit(0);
}

/* Returns the length of the first item of a synopsis.  An item is an option with
 * its value, or an operand.  It ends at the first blank that is not in brackets. */
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
print_synopsis(const struct as_tool *tool)
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

AS_NORETURN void
as_help_print(
    const struct as_tool *tool, const struct as_option *const rows[], size_t n)
{
	/* The column in which the help of each option begins */
	enum { COLUMN = 26 };

	print_synopsis(tool);
	printf("%s\n\n", tool->purpose);
	for (size_t i = 0; i < n; i++) {
		const struct as_option *row = rows[i];
		int width = printf("  -%c, --%s %s", row->letter, row->name,
		    row->arg != NULL ? row->arg : "");

		printf("%*s%s\n", COLUMN - width, "", row->help);
	}
	printf("\nSee %s(1), as(7).\n", tool->name);
	finish_stdout();
}

AS_NORETURN void
as_help_version(const struct as_tool *tool)
{
	printf("%s %s\n", tool->name, AS_VERSION);
	finish_stdout();
}
