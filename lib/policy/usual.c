/* usual.c - decides usual lines at once
 *
 * Nearly all lines of a stream are usual.  Such a line has a TIME in UTC without a
 * fraction, in the same hour as the line before.  Its APP is the one that is
 * expected next.  Its COUNT is the same as in the last sample of the app, above 0
 * and within the bounds.  Then it has one reading of each metric, in the order of
 * the policy, and nothing else.  Each reading is above 0 and at most AS_RATIO_ODD
 * times its target.
 *
 * This file decides such a line with the rules of rules.h, without a struct as_line
 * and a struct as_sample for it.  It leaves any other line to as_in_line and
 * as_fold_line.  make instructions shows what this saves.
 *
 * The numbers are the steps of ALGORITHM in as-decide(1). */
#include "rules.h"

enum {
	TIME_LEN = 21, /* "2026-11-23T17:41:00Z " */
	PAUSE = 15     /* lines until the next try, after one without success */
};

/* A count, and why */
struct outcome {
	int32_t count;
	enum as_why why;
};

/* The largest recommendation of the metrics that were asked so far */
struct best {
	/* Where the text of these metrics ends; NULL if it is not usual */
	const char *end;
	const struct as_metric *by;
	struct outcome want;
};

struct task {
	struct as_fold *fold;
	struct as_line *line; /* the line before; has TIME and the next APP */
	bool many;            /* apps have policies of their own */
	struct as_out *out;   /* NULL if nothing is printed */
	int64_t until; /* without out, a line of this TIME is not usual */
};

/* Returns whether TIME was read as it is printed. */
static bool
is_canonical(const struct as_line *line)
{
	return line->raw_len == TIME_LEN && line->raw[TIME_LEN - 1] == ' ' &&
	    line->stamp_len == TIME_LEN - 1 &&
	    memcmp(line->raw, line->stamp, TIME_LEN - 1) == 0;
}

/* Reads the TIME at p and the blank after it into line.  Returns false if it is not
 * usual. */
AS_INLINE bool
read_time(struct as_line *line, const char *p)
{
	return !AS_RARELY(memcmp(p, line->raw, TIME_LEN) != 0) ||
	    (as_hour_parse(line, p) && p[TIME_LEN - 1] == ' ');
}

/* read_count for counts that have not two digits.  It is not inline, so that read_count
 * stays small. */
static __attribute__((noinline)) const char *
read_any_count(const char *p, int32_t count)
{
	int64_t n = 0;

	if (*p == '0' || count <= 0)
		return NULL;
	for (; as_digit(*p) <= 9 && n < count; p++)
		n = n * 10 + as_digit(*p);
	return n == count ? p : NULL;
}

/* Returns the place after `count` if the text at p begins with it, or NULL.  NULL, too,
 * if count is not above 0.  The caller checks that a blank follows. */
AS_INLINE const char *
read_count(const char *p, int32_t count)
{
	if (AS_RARELY(count < 10 || count > 99))
		return read_any_count(p, count);
	return memcmp(p, as_put_digits[count], 2) == 0 ? p + 2 : NULL;
}

/* Reads " NAME=NUMBER" into *value.  Returns its end, or NULL if that is not there,
 * or the number is 0. */
AS_INLINE const char *
read_metric(const char *p, const struct as_metric *metric, double *value)
{
	if (*p != ' ' || !as_same(p + 1, metric->name, metric->len) ||
	    p[1 + metric->len] != '=')
		return NULL;
	p = as_num_short(p + 1 + metric->len + 1, value);
	return p != NULL && *value > 0 ? p : NULL;
}

/* 2 to 4: reads one metric and asks what it recommends.  A ratio above AS_RATIO_ODD
 * is not usual, because as-decide warns of it. */
AS_INLINE struct best
ask(const char *p, const struct as_policy *policy,
    const struct as_metric *metric, int32_t count)
{
	struct as_recommendation r = {.why = AS_TARGET};
	double value;

	if ((p = read_metric(p, metric, &value)) == NULL)
		return (struct best){.end = NULL};
	if (metric->kind == &as_metric_kinds[AS_TOTAL])
		as_rule_total(policy, metric, count, value, &r);
	else
		as_rule_average(policy, metric, count, count, value, &r);
	if (r.ratio > AS_RATIO_ODD)
		return (struct best){.end = NULL};
	return (struct best){p, metric, {r.count, r.why}};
}

/* 2 to 9: best is the answer of the first metric.  Asks the others, and returns the
 * largest answer. */
static struct best
ask_others(const struct as_policy *policy, int32_t count, struct best best)
{
	const char *end = best.end;

	for (size_t i = 1; end != NULL && i < policy->n_metrics; i++) {
		struct best next = ask(end, policy, &policy->metrics[i], count);

		end = next.end;
		if (as_rule_wins(next.want.count, best.want.count))
			best = next;
	}
	best.end = end;
	return best;
}

/* 13 to 16.  This is not inline, because few lines need it. */
static __attribute__((noinline)) struct outcome
limit(struct as_history *app, const struct as_policy *policy, int64_t time,
    struct outcome outcome)
{
	struct as_sample sample = {
	    .time = time, .min = policy->min, .max = policy->max};
	struct as_decision decision = {
	    .count = outcome.count, .why = outcome.why};

	as_decide_limits(app, policy, &sample, &decision);
	return (struct outcome){(int32_t)decision.count, decision.why};
}

/* 12 to 16: from the count that the metrics want to the count that is ordered */
AS_INLINE struct outcome
bind_by_limits(struct as_history *app, const struct as_policy *policy,
    int64_t time, struct outcome want)
{
	struct outcome outcome = want;
	int32_t low, high;

	if (AS_RARELY(app->changes.len > 0))
		as_queue_expire(&app->changes, (uint32_t)time, policy->memory);
	outcome.count = as_rule_stabilize(
	    app, policy, (uint32_t)time, want.count, &low, &high, &outcome.why);
	if (outcome.count != app->count &&
	    AS_RARELY(!as_rule_is_free(
		app, policy, policy->min, policy->max, outcome.count)))
		return limit(app, policy, time, outcome);
	return outcome;
}

/* Remembers of this sample what as_fold_line would remember. */
AS_INLINE void
remember(struct as_history *app, int64_t time, int64_t clock, int32_t count)
{
	app->counted = app->time = time;
	app->seen = clock;
	app->unreadable = 0;
	app->decided = count;
	app->decided_time = (uint32_t)time;
}

/* Prints the decision at p.  TIME and APP, the first len bytes of text, are printed
 * as they were read. */
AS_INLINE char *
print(char *p, const char *text, size_t len, int32_t from,
    struct outcome outcome, const struct as_metric *by)
{
	memcpy(p, text, AS_SLACK);
	if (AS_RARELY(len > AS_SLACK))
		as_put(p, text, len);
	p = as_print_count(p + len, outcome.count);
	p = as_put_count(p, from);
	p = as_put_word(p, &as_print_whys[outcome.why]);
	p = as_print_by(p, by);
	*p++ = '\n';
	return p;
}

/* Decides the line at text.  Prints the decision at *to, and moves *to behind it;
 * prints nothing if task->out is NULL.
 * Returns where the next line begins, or NULL if this line is not usual. */
AS_INLINE const char *
take(const struct task *task, const struct as_policy *policy, const char *text,
    char **to)
{
	struct as_fold *fold = task->fold;
	struct as_line *line = task->line;
	struct as_history *app = &fold->apps[fold->table.next];
	const char *p = text + TIME_LEN;
	struct outcome outcome;
	struct best best;
	int64_t clock;

	if (!read_time(line, text) ||
	    (task->out == NULL && line->time == task->until) ||
	    !as_same(p, line->guess.at, line->guess.len))
		return NULL;
	p = read_count(p + line->guess.len, app->count);
	if (p == NULL || app->count < policy->min || app->count > policy->max)
		return NULL;
	best = ask(p, policy, policy->metrics, app->count);
	if (best.end == NULL)
		return NULL;
	if (AS_RARELY(policy->n_metrics > 1) &&
	    (best = ask_others(policy, app->count, best)).end == NULL)
		return NULL;
	clock = as_rule_clock(policy, fold->clock, line->time);
	if (*best.end != '\n' ||
	    !as_rule_goes_on(app, policy, line->time, clock))
		return NULL;
	fold->clock = clock;
	outcome = bind_by_limits(app, policy, line->time, best.want);
	remember(app, line->time, clock, outcome.count);
	if (task->out != NULL)
		*to = print(*to, text, TIME_LEN + line->guess.len - 1,
		    app->count, outcome, best.by);
	as_table_expect(&fold->table, line, fold->table.next);
	return best.end + 1;
}

/* Returns the policy of the app that is expected next, or NULL if no line of that
 * app is usual. */
AS_INLINE const struct as_policy *
next_policy(const struct task *task)
{
	const struct as_fold *fold = task->fold;
	const struct as_policy *policy = task->many ?
	    fold->policies[fold->table.next] :
	    fold->policy;

	return policy != NULL && policy->usual ? policy : NULL;
}

/* Decides the next whole lines in the buffer of in, until one is not usual, out is
 * full, or the policy of the next app is not usual. */
AS_INLINE void
run(const struct task task, struct as_in *in)
{
	const struct as_policy *policy = next_policy(&task);
	const char *at = in->buf + in->start, *whole = in->buf + in->whole;
	const char *next = at, *full = NULL;
	char *to = NULL;
	unsigned long n = 0;

	if (task.out != NULL) {
		to = task.out->buf + task.out->len;
		full = task.out->buf + AS_OUT_SIZE - AS_DECISION_MAX;
	}
	while (policy != NULL && at < whole && (full == NULL || to < full) &&
	    (next = take(&task, policy, at, &to)) != NULL) {
		at = next;
		n++;
		if (task.many)
			policy = next_policy(&task);
	}
	in->start = (size_t)(at - in->buf);
	in->number += n;
	if (task.out != NULL)
		as_out_end(task.out, to);
	if (next == NULL && n == 0)
		task.fold->pause = PAUSE;
}

/* Returns false for PAUSE lines after a try without success, where no app is
 * expected, and where the last TIME was not printed as it was read. */
static bool
is_worth_a_try(struct as_fold *fold, const struct as_line *line)
{
	if (fold->pause > 0) {
		fold->pause--;
		return false;
	}
	return line->guess.len > 0 && is_canonical(line);
}

/* as_usual_lines is not inline, because it would take registers from the main loop
 * of as-decide.  true and false are constants here, so that the compiler makes two
 * loops of run(). */
__attribute__((noinline)) void
as_usual_lines(struct as_fold *fold, struct as_in *in, struct as_line *line,
    struct as_out *out)
{
	if (out->buf == NULL || !is_worth_a_try(fold, line))
		return;
	if (fold->policy_of != NULL)
		run((struct task){fold, line, true, out, 0}, in);
	else
		run((struct task){fold, line, false, out, 0}, in);
}

void
as_usual_past(
    struct as_fold *fold, struct as_in *in, struct as_line *line, int64_t until)
{
	bool many = fold->policy_of != NULL;

	if (is_worth_a_try(fold, line))
		run((struct task){fold, line, many, NULL, until}, in);
}
