/* say.c - says what was decided, and what was measured */
#include "why.h"

const char *
as_say_setting(const struct as_story *story, const char *key)
{
	size_t i = 0;
	const struct as_setting *setting = as_scope_each(
	    &story->scope, key, &i);

	if (setting != NULL)
		return setting->value;
	for (const struct as_key *row = as_keys; row->name != NULL; row++)
		if (strcmp(row->name, key) == 0 && row->standard[0] != '\0')
			return row->standard;
	return NULL;
}

static void
put_text(struct as_buf *text, struct as_text part)
{
	as_buf_add(text, part.at, part.len);
}

void
as_say_result(struct as_buf *text, const struct as_story *story)
{
	const struct as_replay *replay = &story->replay;
	const struct as_decision *decision = &replay->decision;
	long long now = replay->line.count, count = decision->count;

	put_text(text, replay->line.app);
	as_buf_puts(text, " at ");
	as_buf_add(text, replay->line.stamp, replay->line.stamp_len);
	if (count == AS_UNKNOWN)
		as_buf_puts(text, ": no count is decided");
	else if (count == now)
		as_word_put(text, ": the count stays %lld", count);
	else if (now == AS_UNKNOWN)
		as_word_put(text, ": the count is to be %lld", count);
	else
		as_word_put(
		    text, ": the count is to go from %lld to %lld", now, count);
	as_word_put(text, " (why=%s", as_word_why(decision->why));
	if (decision->by >= 0)
		as_word_put(text, ", by=%s",
		    replay->fold.policy->metrics[decision->by].name);
	as_buf_puts(text, ").");
}

static void
put_replicas(struct as_buf *text, const struct as_story *story)
{
	const struct as_replay *replay = &story->replay;
	const struct as_sample *sample = &replay->sample;
	const struct as_replicas *replicas = &sample->replicas;

	as_word_put(text, "COUNT was %lld", (long long)sample->count);
	if (replicas->ready == sample->count && replicas->unready == 0 &&
	    replicas->missing == 0) {
		if (sample->count > 0)
			as_buf_puts(text, ", all ready");
		return;
	}
	as_word_put(text, ", %d ready", (int)replicas->ready);
	if (replicas->unready > 0)
		as_word_put(text, ", %d unready", (int)replicas->unready);
	if (replicas->unready > as_line_count(&replay->line, "unready", 0)) {
		as_word_put(
		    text, " (startup = %s)", as_say_setting(story, "startup"));
	}
	if (replicas->missing > 0)
		as_word_put(text, ", %d missing", (int)replicas->missing);
}

/* Adds the pairs of the line that say more than numbers of replicas: readings,
 * errors and bounds. */
static void
put_pairs(struct as_buf *text, const struct as_line *line)
{
	static const char *const others[] = {"ready", "unready", "missing"};
	bool first = true;

	for (size_t i = 0; i < line->n_pairs; i++) {
		const struct as_pair *pair = &line->pairs[i];
		bool other = false;

		for (size_t k = 0; k < 3; k++)
			other = other ||
			    as_text_is(pair->key, as_text(others[k]));
		if (other)
			continue;
		as_buf_puts(text, first ? "; " : ", ");
		first = false;
		put_text(text, pair->key);
		as_buf_puts(text, "=");
		put_text(text, pair->value);
	}
}

static void
put_gap(struct as_buf *text, const struct as_story *story)
{
	as_buf_puts(text, " COUNT was not seen for ");
	as_word_seconds(text, story->replay.decision.gap);
	as_word_put(text,
	    ", longer than max_gap = %s: windows and limits begin anew.",
	    as_say_setting(story, "max_gap"));
}

void
as_say_measured(struct as_buf *text, const struct as_story *story)
{
	const struct as_replay *replay = &story->replay;

	if (replay->sample.count == AS_UNKNOWN)
		as_buf_puts(text, "COUNT could not be read");
	else
		put_replicas(text, story);
	put_pairs(text, &replay->line);
	as_buf_puts(text, ".");
	if (replay->begin == replay->line.time)
		as_buf_puts(text,
		    " The log has no sample of the app in the day before.");
	if (replay->decision.gap > 0)
		put_gap(text, story);
}
