/* print.c - prints a decision as a line */
#include <math.h>
#include <stdio.h>

#include "policy.h"

/* The most bytes of a line with the arithmetic of every metric */
enum { EXPLAINED_MAX = AS_DECISION_MAX + 128 * (AS_METRICS + 1) };

/* clang-format off */
#define TEXT(text) {text, sizeof(text) - 1}
#define COUNT(n) TEXT(" " #n " from=")
#define TEN(n) COUNT(n##0), COUNT(n##1), COUNT(n##2), COUNT(n##3), COUNT(n##4), \
	COUNT(n##5), COUNT(n##6), COUNT(n##7), COUNT(n##8), COUNT(n##9)

const struct as_word as_print_counts[AS_PRINT_COUNTS] = {
	COUNT(0), COUNT(1), COUNT(2), COUNT(3), COUNT(4),
	COUNT(5), COUNT(6), COUNT(7), COUNT(8), COUNT(9),
	TEN(1), TEN(2), TEN(3), TEN(4), TEN(5), TEN(6), TEN(7), TEN(8), TEN(9)
};

const struct as_word as_print_whys[] = {
#define WORD(why, word) [why] = TEXT(" why=" word)
	WORD(AS_TARGET, "target"),
	WORD(AS_TOLERANCE, "tolerance"),
	WORD(AS_STABILIZED, "stabilized"),
	WORD(AS_RATE, "rate"),
	WORD(AS_MIN, "min"),
	WORD(AS_MAX, "max"),
	WORD(AS_COOLDOWN, "cooldown"),
	WORD(AS_NO_DATA, "no-data"),
	WORD(AS_ZERO_READ, "zero"),
	WORD(AS_RANGE, "range"),
	WORD(AS_FALLBACK, "fallback"),
	WORD(AS_DISABLED, "disabled"),
	WORD(AS_UNNEEDED, "idle"),
	WORD(AS_PANIC, "panic"),
	WORD(AS_SUSTAIN, "sustain"),
	WORD(AS_MULTIPLE, "multiple"),
#undef WORD
};
/* clang-format on */

static inline char *
put_metric(char *p, const struct as_metric *metric)
{
	return as_put(p, metric->name, metric->len);
}

static char *
put_ratio(char *p, double ratio)
{
	return p + snprintf(p, 32, " ratio=%.6g", ratio);
}

static char *
put_arithmetic(
    char *p, const struct as_decision *decision, const struct as_policy *policy)
{
	if (decision->asked && decision->by >= 0 &&
	    decision->raw[decision->by].usable == AS_USABLE &&
	    !isnan(decision->raw[decision->by].ratio))
		p = put_ratio(p, decision->raw[decision->by].ratio);
	for (size_t i = 0; decision->asked && i < policy->n_metrics; i++) {
		if (decision->raw[i].usable != AS_USABLE)
			continue;
		p = AS_PUT(p, " raw.");
		p = put_metric(p, &policy->metrics[i]);
		p = AS_PUT(p, "=");
		p = as_put_count(p, decision->raw[i].count);
	}
	if (!decision->bound)
		return p;
	p = as_put_count(AS_PUT(p, " want="), decision->want);
	p = as_put_count(AS_PUT(p, " window="), decision->low);
	p = as_put_count(AS_PUT(p, ".."), decision->high);
	return as_put_count(AS_PUT(p, " limit="), decision->limit);
}

void
as_print_decision(struct as_out *out, const struct as_line *line,
    const struct as_decision *decision, const struct as_policy *policy,
    bool explain)
{
	char *p = as_out_room(out, explain ? EXPLAINED_MAX : AS_DECISION_MAX);

	memcpy(p, line->stamp, AS_STAMP_MAX);
	p += line->stamp_len;
	*p++ = ' ';
	p = as_put_short(p, line->app.at, line->app.len);
	p = as_print_count(p, decision->count);
	p = as_put_count(p, line->count);
	p = as_put_word(p, &as_print_whys[decision->why]);
	if (decision->by >= 0)
		p = as_print_by(p, &policy->metrics[decision->by]);
	if (explain)
		p = put_arithmetic(p, decision, policy);
	*p++ = '\n';
	as_out_end(out, p);
}
