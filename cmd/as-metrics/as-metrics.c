/* as-metrics - counts samples, decisions and reports in a file for Prometheus */
#include <poll.h>

#include "prom.h"

/* clang-format off */
static const struct as_option options[] = {
	{'N', "most", "N", "with -a: so many apps at most (1000)"},
	{'p', "pass-through", NULL, "pass each line on"},
	{0, NULL, NULL, NULL}
};
/* clang-format on */

static const struct as_tool tool = {"as-metrics",
    "[-Gpqv] [-a GLOB] [-c FILE] [-N N] [-o KEY=VALUE]... FILE",
    "Counts samples, decisions and reports in a file that Prometheus reads.",
    options, as_flags_options, AS_NEEDS_WRITING};

/* The words that as-tools use.  All others are counted as "other", so that lines,
 * whatever words they have, cannot fill Prometheus with new series. */
/* clang-format off */
#define HTTP_WORDS "http-1xx", "http-2xx", "http-3xx", "http-4xx", "http-5xx"
#define ERR_WORDS "auth", "busy", "command", "dns", "empty", "ended", "filter", "local", \
	"missing", "not-json", "protocol", "range", "redirect", "refused", \
	"reset", "timeout", "tls", "too-big", "truncated", "type", HTTP_WORDS

static const char *const one[] = {"", NULL};
static const char *const stages[] = {"fetch", "decide", "apply", NULL};
static const char *const results[] = {"ok", ERR_WORDS, "other", NULL};
static const char *const reasons[] = {
	"cooldown", "disabled", "fallback", "idle", "max", "min", "multiple",
	"no-data", "panic", "range", "rate", "share", "stabilized", "sustain",
	"target", "tolerance", "zero", "other", NULL};
static const char *const reports[] = {
	"dry", "failed", "hold", "ok", "refused", "same", "superseded",
	"unknown", "other", NULL};
static const char *const obstacles[] = {
	"brake", "conflict", "future", "limit", "no-data", "other-app",
	"other-put", "paused", "stale", ERR_WORDS, "other", NULL};

enum { TICK, SUCCESS, OLDEST, SAMPLES, DECISIONS, REPORTS, UNAPPLIED, OTHERS, FAMILIES };

static struct as_family families[FAMILIES] = {
	[TICK] = {"as_last_tick_timestamp_seconds",
	    "When this file was written.", NULL, .words = one, .is_time = true},
	[SUCCESS] = {"as_last_success_timestamp_seconds",
	    "TIME of what a stage did last without a fault.", "stage",
	    .words = stages, .is_time = true},
	[OLDEST] = {"as_oldest_success_timestamp_seconds",
	    "TIME of the last sample without err=, of the app where it is oldest.",
	    NULL, .words = one, .is_time = true},
	[SAMPLES] = {"as_samples_total",
	    "Samples, by err= word or ok.", "result", .words = results},
	[DECISIONS] = {"as_decisions_total",
	    "Decisions, by what bound the count last.", "why", .words = reasons},
	[REPORTS] = {"as_reports_total",
	    "Reports of as-apply, by what became of the decision.", "applied",
	    .words = reports},
	[UNAPPLIED] = {"as_unapplied_total",
	    "Reports of refused, failed and unknown, by reason.", "why",
	    .words = obstacles},
	[OTHERS] = {"as_other_orders_total",
	    "Reports with other=: somebody else had set the count.", NULL,
	    .words = one},
};
/* clang-format on */

static struct as_prom prom = {
    families, FAMILIES, &families[OLDEST], NULL, {NULL, 0}};
static struct as_out out;
static struct as_in in;
static bool passes_on;

static void
parse_options(int *argc, char **argv[])
{
	static const char suffix[] = ".prom";
	const char *arg, *name, *why;
	int c;

	while ((c = as_flags_option(
		    &as_series_shown.config, argc, argv, &arg)) != 0) {
		switch (c) {
		case 'N': as_series_shown.most = as_option_count(arg, 1); break;
		case 'p': passes_on = true; break;
		}
	}
	as_config_ready(&as_series_shown.config);
	if (as_series_shown.config.is_shown)
		return;
	if (*argc != 1)
		as_option_usage("give one FILE");
	prom.path = (*argv)[0];
	name = strrchr(prom.path, '/');
	prom.loop = as_text(name != NULL ? name + 1 : prom.path);
	if (prom.loop.len >= sizeof(suffix) &&
	    strcmp(prom.loop.at + prom.loop.len - strlen(suffix), suffix) == 0)
		prom.loop.len -= strlen(suffix);
	if ((why = as_line_app(prom.loop)) != NULL)
		as_option_usage(
		    "%s: its name, as a loop's, %s", prom.path, why);
}

static int
publish(void)
{
	as_family_note(
	    &families[TICK], as_text(""), (double)as_time_now() / 1000);
	return as_prom_write(&prom);
}

static double
seconds(const struct as_line *line)
{
	return (double)line->time / 1000;
}

static void
note_success(const struct as_line *line, const char *stage)
{
	as_family_note(&families[SUCCESS], as_text(stage), seconds(line));
}

/* Returns the value of the first of these keys that the line has, or an empty text.
 * For an HTTP status, as 503 or http-503, returns its class, http-5xx. */
static struct as_text
reason_of(const struct as_line *line, const char *const keys[])
{
	static char status[] = "http-Nxx";
	const struct as_pair *pair = NULL;
	struct as_text word = {"", 0};

	for (; pair == NULL && *keys != NULL; keys++)
		pair = as_line_get(line, *keys);
	if (pair == NULL)
		return word;
	word = pair->value;
	if (word.len == 3 && as_digit(word.at[0]) <= 9)
		status[5] = word.at[0];
	else if (word.len == 8 && memcmp(word.at, status, 5) == 0)
		status[5] = word.at[5];
	else
		return word;
	return as_text(status);
}

static void
count_sample(struct as_line *line)
{
	static const char *const keys[] = {"err", NULL};
	const struct as_text ok = as_text("ok");
	struct as_text word = reason_of(line, keys);
	bool failed = as_line_get(line, "err") != NULL;

	as_series_sample(line);
	as_apps_note(line->app, failed ? AS_FAILED : AS_SUCCESS, seconds(line));
	if (!failed) {
		word = ok;
		note_success(line, "fetch");
	} else if (as_text_is(word, ok)) {
		word.len = 0; /* err=ok is a failure: counts as other */
	}
	as_family_note(&families[SAMPLES], word, 1);
}

static bool
is_any(struct as_text word, const char *const words[])
{
	while (*words != NULL && !as_text_is(word, as_text(*words)))
		words++;
	return *words != NULL;
}

static void
count_decision(const struct as_line *line, struct as_text why)
{
	static const char *const free[] = {"target", "tolerance", NULL};
	const struct as_family *family = &families[DECISIONS];

	as_family_note(&families[DECISIONS], why, 1);
	note_success(line, "decide");
	as_apps_say(line->app, AS_DECIDE,
	    is_any(why, free) ? as_text("-") : as_family_word(family, why));
	if (line->count != AS_UNKNOWN)
		as_apps_note(line->app, AS_WANTED, (double)line->count);
}

static void
count_report(const struct as_line *line, struct as_text applied)
{
	static const char *const keys[] = {"why", "err", "http", NULL};
	static const char *const good[] = {"ok", "same", NULL};
	static const char *const bad[] = {"refused", "failed", "unknown", NULL};
	struct as_text why = as_text("-");

	as_family_note(&families[REPORTS], applied, 1);
	if (as_line_get(line, "other") != NULL) {
		as_family_note(&families[OTHERS], as_text(""), 1);
		as_apps_note(line->app, AS_OTHER_ORDERS, 1);
	}
	if (is_any(applied, good))
		note_success(line, "apply");
	if (as_text_is(applied, as_text("ok")))
		as_apps_note(line->app, AS_CHANGES, 1);
	if (is_any(applied, bad)) {
		why = as_family_word(
		    &families[UNAPPLIED], reason_of(line, keys));
		as_family_note(&families[UNAPPLIED], why, 1);
	}
	if (!as_text_is(applied, as_text("superseded")))
		as_apps_say(line->app, AS_APPLY, why);
}

static void
count(struct as_line *line)
{
	const struct as_pair *applied = as_line_get(line, "applied");
	const struct as_pair *why = as_line_get(line, "why");

	as_apps_note(line->app, AS_LAST, seconds(line));
	if (applied != NULL) {
		count_report(line, applied->value);
	} else if (why != NULL) {
		count_decision(line, why->value);
	} else {
		count_sample(line);
	}
}

static void
take(struct as_line *line, struct as_text text)
{
	const char *why = as_line_parse(line, text.at);
	char *p;

	if (why != NULL) {
		as_in_skip(&in, text, why);
		return;
	}
	count(line);
	if (passes_on) {
		p = as_put(as_out_room(&out, text.len + 1), text.at, text.len);
		as_out_end(&out, AS_PUT(p, "\n"));
	}
}

static void
take_comment(void *unused, struct as_text comment)
{
	(void)unused;
	as_info_take(comment, true);
	if (passes_on)
		as_in_copy(&out, comment);
}

/* Returns at once if more input is there.  Otherwise writes the file, but only once
 * a second, because a sync is slow: so it first waits for that second to end, or
 * for input.  If writing fails, the next call tries again. */
static void
publish_if_idle(void)
{
	enum { SECOND = 1000 };
	static int64_t due;
	struct pollfd pfd = {.fd = in.fd, .events = POLLIN};

	while (!as_in_ready(&in)) {
		int64_t left = due - as_time_steady();

		as_out_flush(&out);
		if (left > 0) {
			poll(&pfd, 1, (int)left);
			continue;
		}
		publish();
		due = as_time_steady() + SECOND;
		return;
	}
}

int
main(int argc, char *argv[])
{
	struct as_line line = {0};
	struct as_text text;

	as_option_start(&tool);
	parse_options(&argc, &argv);
	if (as_series_shown.config.is_shown)
		return as_show_settings(&as_series_shown.config);
	if (!as_in_open(&in, "-", &out))
		return in.code;
	in.pass = take_comment;
	while (!out.failed && as_in_text(&in, &text)) {
		take(&line, text);
		publish_if_idle();
	}
	free(line.pairs);
	as_in_close(&in);
	return as_out_finish(&out, as_msg_worse(publish(), in.code));
}
