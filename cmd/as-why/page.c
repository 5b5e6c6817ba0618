/* page.c - explains the moment to people */
#include "why.h"

static void
put_title(struct as_buf *text, const char *title)
{
	as_word_put(text, "\n%s\n", title);
}

static void
begin(struct as_buf *text)
{
	as_buf_puts(text, "  ");
}

static void
end(struct as_buf *text)
{
	as_buf_puts(text, "\n");
}

static void
put_metrics(struct as_buf *text, struct as_story *story)
{
	if (story->replay.sample.count == AS_UNKNOWN)
		return;
	put_title(text, "What each metric asked for");
	for (size_t i = 0; i < story->replay.fold.policy->n_metrics; i++) {
		begin(text);
		as_recommend_say(text, story, i);
		end(text);
	}
}

static void
put_rules(struct as_buf *text, struct as_story *story)
{
	const struct as_trace *trace = &story->trace;

	put_title(text, "What held it");
	if (trace->n == 0)
		as_buf_puts(text, "  No rule held it.\n");
	for (size_t i = 0; i < trace->n; i++) {
		begin(text);
		as_hold_say(text, story, &trace->rules[i]);
		end(text);
	}
}

static void
put_report(struct as_buf *text, const struct as_story *story)
{
	if (!story->report.is_kept)
		return;
	put_title(text, "What as-apply did");
	begin(text);
	as_report_say(text, story);
	end(text);
}

static void
put_otherwise(struct as_buf *text, const struct as_otherwise *otherwise)
{
	if (otherwise->n == 0)
		return;
	put_title(text, "What would have been otherwise");
	for (size_t i = 0; i < otherwise->n; i++) {
		begin(text);
		as_otherwise_say(text, otherwise, &otherwise->others[i]);
		end(text);
	}
}

void
as_page_put(struct as_buf *text, struct as_story *story,
    const struct as_otherwise *otherwise, const struct as_ahead *ahead)
{
	as_say_result(text, story);
	end(text);
	put_title(text, "What was measured");
	begin(text);
	as_say_measured(text, story);
	end(text);
	put_metrics(text, story);
	put_rules(text, story);
	put_report(text, story);
	put_otherwise(text, otherwise);
	put_title(text, "When it changes");
	begin(text);
	as_ahead_say(text, story, ahead);
	end(text);
}
