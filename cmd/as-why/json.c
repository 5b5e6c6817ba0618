/* json.c - explains the moment to programs, as one object of JSON */
#include <math.h>

#include "why.h"

/* A VALUE may have any byte above 127, which need not be UTF-8: "?" takes its
 * place. */
static void
put_bytes(struct as_buf *json, struct as_text bytes)
{
	as_buf_puts(json, "\"");
	for (size_t i = 0; i < bytes.len; i++) {
		char c = bytes.at[i];

		if (c == '"' || c == '\\')
			as_buf_puts(json, "\\");
		if ((unsigned char)c > '~')
			c = '?';
		as_buf_add(json, &c, 1);
	}
	as_buf_puts(json, "\"");
}

static void
put_string(struct as_buf *json, const char *string)
{
	put_bytes(json, as_text(string));
}

/* Begins a member of an object.  name is a word of ours. */
static void
put_name(struct as_buf *json, const char *name)
{
	char last = json->at[json->len - 1];

	as_word_put(json, "%s\"%s\":", last == '{' ? "" : ",", name);
}

static void
put_count(struct as_buf *json, const char *name, int64_t count)
{
	put_name(json, name);
	if (count == AS_UNKNOWN)
		as_buf_puts(json, "null");
	else
		as_word_put(json, "%lld", (long long)count);
}

static void
put_number(struct as_buf *json, const char *name, double x)
{
	char digits[32];

	put_name(json, name);
	if (isfinite(x))
		as_num_print(digits, x);
	as_buf_puts(json, isfinite(x) ? digits : "null");
}

static void
put_word(struct as_buf *json, const char *name, const char *word)
{
	put_name(json, name);
	put_string(json, word);
}

static void
put_time(struct as_buf *json, const char *name, int64_t time)
{
	put_name(json, name);
	as_buf_puts(json, "\"");
	as_word_time(json, time);
	as_buf_puts(json, "\"");
}

/* Adds a sentence as a member, and empties it for the next one. */
static void
put_sentence(struct as_buf *json, struct as_buf *sentence)
{
	put_name(json, "text");
	put_bytes(json, (struct as_text){sentence->at, sentence->len});
	sentence->len = 0;
}

/* Begins the element of an array or an object. */
static void
open_object(struct as_buf *json)
{
	as_buf_puts(json, json->at[json->len - 1] == '[' ? "{" : ",{");
}

static void
put_pairs(struct as_buf *json, const struct as_line *line)
{
	put_name(json, "pairs");
	as_buf_puts(json, "{");
	for (size_t i = 0; i < line->n_pairs; i++) {
		as_buf_puts(json, i > 0 ? "," : "");
		put_bytes(json, line->pairs[i].key);
		as_buf_puts(json, ":");
		put_bytes(json, line->pairs[i].value);
	}
	as_buf_puts(json, "}");
}

static void
put_result(struct as_buf *json, const struct as_story *story)
{
	const struct as_replay *replay = &story->replay;
	int by = replay->decision.by;

	put_time(json, "time", replay->line.time);
	put_name(json, "app");
	put_bytes(json, replay->line.app);
	put_count(json, "count", replay->decision.count);
	put_count(json, "from", replay->line.count);
	put_word(json, "why", as_word_why(replay->decision.why));
	if (by >= 0)
		put_word(json, "by", replay->fold.policy->metrics[by].name);
}

static void
put_measured(
    struct as_buf *json, const struct as_story *story, struct as_buf *sentence)
{
	const struct as_sample *sample = &story->replay.sample;

	put_name(json, "measured");
	as_buf_puts(json, "{");
	put_count(json, "count", sample->count);
	if (sample->count != AS_UNKNOWN) {
		put_count(json, "ready", sample->replicas.ready);
		put_count(json, "unready", sample->replicas.unready);
		put_count(json, "missing", sample->replicas.missing);
	}
	put_pairs(json, &story->replay.line);
	as_say_measured(sentence, story);
	put_sentence(json, sentence);
	as_buf_puts(json, "}");
}

static void
put_metric(struct as_buf *json, struct as_story *story, size_t i,
    struct as_buf *sentence)
{
	const struct as_replay *replay = &story->replay;
	const struct as_metric *metric = &replay->fold.policy->metrics[i];
	const struct as_recommendation *r = &replay->decision.raw[i];
	bool usable = r->usable == AS_USABLE;

	open_object(json);
	put_word(json, "name", metric->name);
	put_number(json, "reading", replay->sample.values[i]);
	put_number(json, "target", metric->target > 0 ? metric->target : NAN);
	put_number(json, "ratio", usable ? r->ratio : NAN);
	put_count(json, "asks", usable ? r->count : AS_UNKNOWN);
	put_word(json, "why",
	    as_word_why(usable ? r->why : as_metric_why(r->usable)));
	as_recommend_say(sentence, story, i);
	put_sentence(json, sentence);
	as_buf_puts(json, "}");
}

static void
put_metrics(
    struct as_buf *json, struct as_story *story, struct as_buf *sentence)
{
	const struct as_replay *replay = &story->replay;
	bool known = replay->sample.count != AS_UNKNOWN;

	put_name(json, "metrics");
	as_buf_puts(json, "[");
	for (size_t i = 0; known && i < replay->fold.policy->n_metrics; i++)
		put_metric(json, story, i, sentence);
	as_buf_puts(json, "]");
}

static void
put_rules(struct as_buf *json, struct as_story *story, struct as_buf *sentence)
{
	put_name(json, "rules");
	as_buf_puts(json, "[");
	for (size_t i = 0; i < story->trace.n; i++) {
		const struct as_rule *rule = &story->trace.rules[i];

		open_object(json);
		put_word(json, "why", as_word_why(rule->why));
		put_count(json, "from", rule->from);
		put_count(json, "to", rule->to);
		as_hold_say(sentence, story, rule);
		put_sentence(json, sentence);
		as_buf_puts(json, "}");
	}
	as_buf_puts(json, "]");
}

static void
put_report(
    struct as_buf *json, const struct as_story *story, struct as_buf *sentence)
{
	const struct as_line *report = &story->report.line;

	if (report->n_pairs == 0)
		return;
	put_name(json, "report");
	as_buf_puts(json, "{");
	put_count(json, "count", report->count);
	put_pairs(json, report);
	as_report_say(sentence, story);
	put_sentence(json, sentence);
	as_buf_puts(json, "}");
}

static void
put_otherwise(struct as_buf *json, const struct as_otherwise *otherwise)
{
	put_name(json, "otherwise");
	as_buf_puts(json, "[");
	for (size_t i = 0; i < otherwise->n; i++) {
		const struct as_other *other = &otherwise->others[i];

		open_object(json);
		put_word(json, "key", other->key);
		if (other->value[0] != '\0')
			put_word(json, "value", other->value);
		put_count(json, "count", other->count);
		put_word(json, "why", as_word_why(other->why));
		as_buf_puts(json, "}");
	}
	as_buf_puts(json, "]");
}

static void
put_ahead(struct as_buf *json, const struct as_ahead *ahead)
{
	put_name(json, "ahead");
	as_buf_puts(json, "[");
	for (size_t i = 0; i < ahead->n && i < AS_CHANGES; i++) {
		open_object(json);
		put_time(json, "time", ahead->changes[i].time);
		put_count(json, "count", ahead->changes[i].count);
		as_buf_puts(json, "}");
	}
	as_buf_puts(json, "]");
}

void
as_json_put(struct as_buf *json, struct as_story *story,
    const struct as_otherwise *otherwise, const struct as_ahead *ahead)
{
	struct as_buf sentence = {0};

	as_buf_puts(json, "{");
	put_result(json, story);
	put_measured(json, story, &sentence);
	put_metrics(json, story, &sentence);
	put_rules(json, story, &sentence);
	put_report(json, story, &sentence);
	put_otherwise(json, otherwise);
	put_ahead(json, ahead);
	as_buf_puts(json, "}\n");
	free(sentence.at);
}
