/* as-why - explains why an app has the count that it has */
#include <stdio.h>
#include <sys/stat.h>

#include "why.h"

/* clang-format off */
static const struct as_option options[] = {
	{'c', "config", "FILE", "settings of all apps, in place of those of then"},
	{'d', "directory", "DIR", "the logs of as-loop are here (.)"},
	{'J', "json", NULL, "an object of JSON, for programs"},
	{'o', "option", "KEY=VALUE", "any setting; -o help lists all keys"},
	{'s', "short", NULL, "one line, for scripts"},
	{0, NULL, NULL, NULL}
};
/* clang-format on */

static const struct as_tool tool = {"as-why",
    "[-Jqsv] [-c FILE] [-d DIR | SAMPLES] [-o KEY=VALUE]... APP [TIME]",
    "Explains why an application has the count that it has.", options, NULL,
    AS_NEEDS_FILES};

enum { HOUR = 3600000, DAY = 86400000 }; /* ms */

static struct as_config config;
static struct as_moment moment;
static struct as_story story;
static struct as_otherwise otherwise;
static struct as_ahead ahead;
static struct as_out out;
static enum { PAGE, SHORT, JSON } form; /* of the answer */
static const char *directory;           /* of -d, or NULL */
static const char *ago;                 /* TIME like -20m, or NULL */

/* Takes a last argument like -20m away, which would be an option otherwise. */
static void
take_ago(int *argc, char *argv[])
{
	const char *last = argv[*argc - 1];

	if (*argc < 2 || last[0] != '-' || as_digit(last[1]) > 9)
		return;
	ago = last;
	argv[--*argc] = NULL;
}

static void
parse_options(int *argc, char **argv[])
{
	const char *arg;
	int c;

	take_ago(argc, *argv);
	while ((c = as_flags_option(&config, argc, argv, &arg)) != 0) {
		switch (c) {
		case 'd': directory = arg; break;
		case 'J': form = JSON; break;
		case 's': form = SHORT; break;
		}
	}
}

/* Without -d, the first operand is the log if there is such a file. */
static bool
is_log(const char *operand)
{
	struct stat st;

	return directory == NULL && stat(operand, &st) == 0 &&
	    !S_ISDIR(st.st_mode);
}

static const char *
log_of_directory(void)
{
	struct as_buf path = {0};

	if (directory != NULL && directory[0] != '\0') {
		as_buf_puts(&path, directory);
		as_buf_puts(&path, "/");
	}
	as_buf_puts(&path, "samples.log");
	return path.at;
}

static void
take_app(const char *name)
{
	const char *why = as_line_app(as_text(name));

	if (why != NULL)
		as_option_usage("APP \"%s\": %s", name, why);
	moment.app = as_text(name);
}

/* Takes the operands but TIME, which it returns.  Returns NULL without one. */
static const char *
take_operands(int argc, char *argv[])
{
	if (argc > 1 && is_log(argv[0])) {
		moment.path = as_option_history(argv[0]);
		argc--;
		argv++;
	} else {
		moment.path = log_of_directory();
	}
	if (argc < 1)
		as_option_usage("no APP");
	if (argc > (ago == NULL ? 2 : 1))
		as_option_usage("%s: one operand too many", argv[argc - 1]);
	take_app(argv[0]);
	return ago != NULL ? ago : argv[1];
}

AS_NORETURN static void
refuse_time(const char *when)
{
	as_option_usage("TIME \"%s\": is not like 2026-11-23T17:41:00Z, 17:41 "
			"or -20m",
	    when);
}

AS_NORETURN static void
end_without(const char *what, const char *when)
{
	as_msg(AS_ERROR, NULL, "%s: %.*s: %s%s", moment.path,
	    (int)moment.app.len, moment.app.at, what, when);
	exit(EX_NOINPUT);
}

static void
find_moment(const char *when)
{
	int64_t time;
	bool relative;

	if (when != NULL && !as_when_parse(as_text(when), 0, &time, &relative))
		refuse_time(when);
	if (when == NULL || relative) {
		if (!as_moment_last(&moment))
			end_without("no sample of this app", "");
		time = moment.time;
	}
	if (when != NULL)
		as_when_parse(as_text(when), moment.time, &time, &relative);
	if (as_moment_find(&moment, time, HOUR))
		return;
	if (!as_moment_last(&moment))
		end_without("no sample of this app", "");
	end_without("no sample in the hour up to ", when);
}

/* Decides all over again, up to the moment.  A day more than the policy remembers is
 * read, to know a silence of the app from its first sight. */
static void
make_story(void)
{
	const struct as_settings *settings = as_then_read(&config, &moment);
	const struct as_policy *policy = settings->policy;
	char *older = as_rotated_find(&moment);

	story.scope = (struct as_scope){&config, settings, moment.app};
	as_moment_read(&moment, older, as_policy_memory(policy) + DAY);
	free(older);
	as_replay_run(&story.replay, policy, &moment.lines);
	if (story.replay.why != NULL)
		as_msg_die(EX_DATAERR, "%s: %.*s: %s", moment.path,
		    (int)moment.app.len, moment.app.at, story.replay.why);
	as_trace_make(&story.trace, &story.replay);
	as_report_read(&story.report, &moment);
	as_otherwise_try(&otherwise, &story, &moment.lines);
	as_ahead_run(&ahead, policy, &moment.lines);
}

static void
print(const struct as_buf *text)
{
	for (size_t at = 0; at < text->len;) {
		size_t len = text->len - at;

		len = len < AS_LINE_MAX ? len : AS_LINE_MAX;
		as_out_end(
		    &out, as_put(as_out_room(&out, len), text->at + at, len));
		at += len;
	}
}

/* Prints the decision, and the first change after it. */
static void
print_short(void)
{
	const struct as_change *next = &ahead.changes[0];
	char *p;

	as_print_decision(&out, &story.replay.line, &story.replay.decision,
	    story.replay.fold.policy, false);
	if (ahead.n == 0)
		return;
	out.len--; /* its LF */
	p = AS_PUT(as_out_room(&out, 64), " next=");
	p += as_time_print(p, next->time, next->time % 1000 != 0);
	p = as_put_count(AS_PUT(p, "/"), next->count);
	as_out_end(&out, AS_PUT(p, "\n"));
}

int
main(int argc, char *argv[])
{
	struct as_buf text = {0};

	as_option_start(&tool);
	parse_options(&argc, &argv);
	find_moment(take_operands(argc, argv));
	make_story();
	if (form == SHORT)
		print_short();
	else if (form == JSON)
		as_json_put(&text, &story, &otherwise, &ahead);
	else
		as_page_put(&text, &story, &otherwise, &ahead);
	print(&text);
	free(text.at);
	free(moment.lines.at);
	as_replay_free(&story.replay);
	return as_out_finish(&out, 0);
}
