/* option.c - begins a tool, and reads its options and their values */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "as.h"

/* clang-format off */
static const struct as_option common[] = {
	{'q', "quiet", NULL, "errors only"},
	{'v', "verbose", NULL, "tell more; twice: details"},
	{'h', "help", NULL, "this help"},
	{'V', "version", NULL, "the version"},
	{0, NULL, NULL, NULL}
};
/* clang-format on */

enum {
	ROWS = 40, /* most options of a tool, with those in `common` */
	/* getopt_long returns LONG + i if the long name of rows[i] was typed */
	LONG = 256
};

static const struct as_tool *tool;
static const struct as_option *rows[ROWS];
static struct option words[ROWS + 1];
static char letters[2 * ROWS + 2] = ":";
static size_t n_rows;
/* The last option as it was typed, "-c" or "--config"; after the last one
 * "operand" */
static char typed[32] = "operand";

/* Opens /dev/null in the place of stdin, stdout or stderr if one of them is closed.
 * It is opened only to read in the place of stdout: so writing to a stdout that was
 * closed still fails. */
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

static bool
has_letter(char letter)
{
	for (size_t i = 0; i < n_rows; i++)
		if (rows[i]->letter == letter)
			return true;
	return false;
}

/* Adds each option whose letter has no row yet.  The options of the tool itself
 * come first, so they replace common options of the same letter.  Adds nothing if
 * option is NULL. */
static void
add_rows(const struct as_option *option)
{
	char *end = letters + strlen(letters);

	for (; option != NULL && option->letter != 0; option++) {
		if (has_letter(option->letter) || n_rows == ROWS)
			continue;
		words[n_rows] = (struct option){option->name,
		    option->arg != NULL ? required_argument : no_argument, NULL,
		    LONG + (int)n_rows};
		rows[n_rows++] = option;
		*end++ = option->letter;
		if (option->arg != NULL)
			*end++ = ':';
	}
}

void
as_option_start(const struct as_tool *self)
{
	tool = self;
	as_msg_tool(self->name);
	open_standard();
	/* Makes write(2) fail where the file may not grow, as if the disk were
	 * full. */
	signal(SIGXFSZ, SIG_IGN);
	as_privilege_keep(self->needs);
	add_rows(self->options);
	add_rows(self->shared);
	add_rows(common);
}

AS_NORETURN void
as_option_usage(const char *fmt, ...)
{
	char why[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	as_msg_die(EX_USAGE, "%s (see %s --help)", why, tool->name);
}

/* Dies with 64 because no option has this long name.  Suggests the option whose
 * name begins with it.  If several do, suggests none.  If none does, suggests the
 * option whose name is most like it. */
AS_NORETURN static void
refuse_name(struct as_text name)
{
	struct as_suggestion best = {0};
	size_t n_begun = 0;

	for (size_t i = 0; i < n_rows; i++)
		as_suggest_word(&best, name, rows[i]->name);
	for (size_t i = 0; i < n_rows; i++)
		if (strncmp(rows[i]->name, name.at, name.len) == 0)
			best.word = n_begun++ == 0 ? rows[i]->name : NULL;
	if (best.word == NULL)
		as_option_usage(
		    "option --%.*s: unknown", (int)name.len, name.at);
	as_option_usage("option --%.*s: unknown, did you mean --%s?",
	    (int)name.len, name.at, best.word);
}

/* Returns the option whose long name is in word; number is what getopt_long
 * returned.  getopt_long also takes the beginning of a name.  We refuse it: when a
 * new option is added, the same beginning may stand for two options. */
static const struct as_option *
find_long(int number, const char *word)
{
	const struct as_option *row = rows[number - LONG];
	struct as_text name = {word + 2, strcspn(word + 2, "=")};

	if (!as_text_is(name, as_text(row->name)))
		refuse_name(name);
	snprintf(typed, sizeof(typed), "--%s", row->name);
	return row;
}

static const struct as_option *
find_letter(int letter)
{
	size_t i = 0;

	while (rows[i]->letter != letter)
		i++;
	snprintf(typed, sizeof(typed), "-%c", letter);
	return rows[i];
}

/* Dies with 64, and reports the option word.  getopt_long has returned c: ':' if
 * the option lacks its value, '?' if it is unknown or must have no value. */
AS_NORETURN static void
refuse(int c, const char *word)
{
	if (optopt == 0)
		refuse_name((struct as_text){word + 2, strcspn(word + 2, "=")});
	if (optopt >= LONG) {
		find_long(optopt, word);
		as_option_usage("option %s: %s", typed,
		    c == ':' ? "needs a value" : "takes no value");
	}
	as_option_usage(
	    "option -%c: %s", optopt, c == ':' ? "needs a value" : "unknown");
}

int
as_option_next(int *argc, char **argv[], const char **arg)
{
	int c;

	while (*argc > 0 &&
	    (c = getopt_long(*argc, *argv, letters, words, NULL)) != -1) {
		char *const *last = *argv + optind - 1;
		const struct as_option *row;

		if (c == ':' || c == '?')
			refuse(c, *last);
		row = c < LONG ? find_letter(c) :
				 find_long(c, last[optarg == *last ? -1 : 0]);
		switch (row->letter) {
		case 'q': as_msg_verbose(AS_ERROR - AS_WARNING); break;
		case 'v': as_msg_verbose(1); break;
		case 'h': as_help_print(tool, rows, n_rows);
		case 'V': as_help_version(tool);
		default: *arg = optarg; return row->letter;
		}
	}
	snprintf(typed, sizeof(typed), "operand");
	*argv += *argc > 0 ? optind : 0;
	*argc -= *argc > 0 ? optind : 0;
	if (geteuid() == 0)
		as_msg(AS_INFO, NULL, "runs as root, which it does not need");
	return 0;
}

const char *
as_option_typed(void)
{
	return typed;
}

AS_NORETURN void
as_option_refuse(const char *arg, const char *why)
{
	char brief[AS_BRIEF_SIZE];

	as_option_usage(
	    "option %s: \"%s\" %s", typed, as_text_brief(brief, arg), why);
}

int64_t
as_option_duration(const char *arg, int64_t least)
{
	int64_t ms = 0;
	const char *why = as_time_duration(as_text(arg), &ms);

	if (why != NULL)
		as_option_refuse(arg, why);
	if (ms < least)
		as_option_refuse(arg, "is too short");
	return ms;
}

int32_t
as_option_count(const char *arg, int32_t least)
{
	int32_t n = 0;

	if (!as_num_count(as_text(arg), &n) || n < least)
		as_option_refuse(arg,
		    least > 0 ? "is not a number in 1..2147483647" :
				"is not a number in 0..2147483647");
	return n;
}

double
as_option_decimal(const char *arg, bool zero_ok)
{
	double x = 0;

	if (!as_num_decimal(as_text(arg), &x) || (x <= 0 && !zero_ok))
		as_option_refuse(
		    arg, zero_ok ? "is not a number" : "is not a number > 0");
	return x;
}

const char *
as_option_history(const char *arg)
{
	struct stat st;

	/* A pipe under /dev/fd is open: a shell makes it for <(COMMAND).  A directory
	 * is not refused here: the message of its reader says more. */
	if (stat(arg, &st) == 0 && !S_ISREG(st.st_mode) &&
	    !S_ISDIR(st.st_mode) &&
	    !(S_ISFIFO(st.st_mode) && strncmp(arg, "/dev/fd/", 8) == 0))
		as_option_refuse(arg, "is not a regular file");
	return arg;
}
