/* counts.c - logs the reports of as-apply, and counts what they say */
#include <stdio.h>

#include "log.h"

/* Most reports say that no PUT was needed.  They get the level DEBUG, because
 * there are very many of them. */
static enum as_level
level_of(struct as_text applied)
{
	static const char *const details[] = {"same", "hold", "superseded"};

	for (size_t i = 0; i < sizeof(details) / sizeof(details[0]); i++)
		if (as_text_is(applied, as_text(details[i])))
			return AS_DEBUG;
	return AS_INFO;
}

static void
log_report(struct as_journal *journal, enum as_level level,
    const struct as_line *report)
{
	const char *from = as_skip_blanks(report->app.at + report->app.len);
	struct as_text text = {from, as_length(from, report->end)};

	if (text.at[text.len - 1] == '\r')
		text.len--;
	as_journal_add(journal,
	    &(struct as_message){
		level, as_text("as-apply"), report->app, text});
}

const char *
as_counts_report(struct as_counts *counts, struct as_journal *journal,
    const struct as_line *report)
{
	const struct as_pair *applied = as_line_get(report, "applied");

	if (applied == NULL)
		return "has no applied=";
	counts->changes += as_text_is(applied->value, as_text("ok"));
	counts->refusals += as_text_is(applied->value, as_text("refused"));
	log_report(journal, level_of(applied->value), report);
	return NULL;
}

static const char *
plural(int64_t n)
{
	return n == 1 ? "" : "s";
}

size_t
as_counts_print(const struct as_counts *counts,
    const struct as_journal *journal, char *buf, size_t room)
{
	int64_t errors = journal->n_errors - counts->errors;
	int len = snprintf(buf, room,
	    "%lld tick%s, %lld change%s, %lld refusal%s, %lld error%s",
	    (long long)counts->ticks, plural(counts->ticks),
	    (long long)counts->changes, plural(counts->changes),
	    (long long)counts->refusals, plural(counts->refusals),
	    (long long)errors, plural(errors));

	return len < 0 ? 0 : (size_t)len;
}

void
as_counts_check(
    struct as_counts *counts, struct as_journal *journal, int64_t now)
{
	char text[256];

	if (now < counts->due)
		return;
	as_counts_print(counts, journal, text, sizeof(text));
	as_journal_say(
	    journal, AS_INFO, "%s in the last %s", text, counts->period_text);
	counts->ticks = counts->changes = counts->refusals = 0;
	counts->errors = journal->n_errors;
	counts->due = now + counts->period;
}
