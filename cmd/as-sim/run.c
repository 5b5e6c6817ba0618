/* run.c - one run: a decider scales the simulated replicas of one app */
#include <stdio.h>

#include "sim.h"

void
as_run_name(struct as_run *run, size_t number, bool alone)
{
	const char *app = run->course->app;
	int len;

	if (alone)
		len = snprintf(run->name, sizeof(run->name), "%s", app);
	else if (number == 0)
		len = snprintf(run->name, sizeof(run->name), "%s:oracle", app);
	else
		len = snprintf(
		    run->name, sizeof(run->name), "%s:%zu", app, number);
	run->name_len = (size_t)len;
	if (as_line_app(as_text(run->name)) != NULL)
		as_msg_die(EX_DATAERR, "%s: too long a name", run->name);
}

void
as_run_tick(struct as_run *run, size_t at)
{
	const struct as_course *course = run->course;

	run->demand = course->demand[at];
	run->time = course->first + (int64_t)at * course->tick;
	run->cpu = as_plant_tick(&run->plant, run->time, run->demand.milli);
	run->stamp_len = as_time_print(run->stamp, run->time, course->fraction);
}

/* Prints thousandths as a decimal: 830 as 0.83. */
static char *
put_milli(char *p, int64_t milli)
{
	int64_t rest = milli % AS_MILLI;

	p = as_put_count(p, milli / AS_MILLI);
	if (rest == 0)
		return p;
	*p++ = '.';
	for (int64_t digit = 100; rest > 0; digit /= 10) {
		*p++ = (char)('0' + rest / digit);
		rest %= digit;
	}
	return p;
}

static char *
put_head(char *p, const struct as_run *run, const char *name, size_t len)
{
	memcpy(p, run->stamp, AS_STAMP_MAX);
	p += run->stamp_len;
	*p++ = ' ';
	p = as_put(p, name, len);
	*p++ = ' ';
	p = as_put_count(p, run->plant.spec);
	if (run->cpu >= 0)
		p = put_milli(AS_PUT(p, " cpu="), run->cpu);
	return p;
}

char *
as_run_sample(char *p, const struct as_run *run, bool tell_ready)
{
	const struct as_plant *plant = &run->plant;
	const char *app = run->course->app;

	p = put_head(p, run, app, strlen(app));
	if (tell_ready) {
		p = as_put_count(AS_PUT(p, " ready="), plant->ready);
		p = as_put_count(
		    AS_PUT(p, " unready="), plant->spec - plant->ready);
	}
	*p++ = '\n';
	return p;
}

const char *
as_run_refuse(const struct as_run *run, const struct as_line *answer)
{
	if (!as_text_is(answer->app, as_text(run->course->app)))
		return "the sample was another app's";
	if (answer->time != run->time)
		return "the sample had another TIME";
	if (as_line_get(answer, "from") == NULL &&
	    as_line_get(answer, "cpu") != NULL)
		return "it is a sample";
	return NULL;
}

int32_t
as_run_foresee(const struct as_run *run, size_t at)
{
	const struct as_course *course = run->course;
	const struct as_plant_kind *kind = run->plant.kind;
	size_t end = at + (size_t)(kind->startup / course->tick);
	uint32_t most = 0;

	for (; at <= end && at < course->n; at++)
		if (course->demand[at].milli > most)
			most = course->demand[at].milli;
	return as_plant_need(kind, most);
}

void
as_run_print(struct as_out *out, const struct as_run *run, struct as_text why)
{
	const struct as_plant *plant = &run->plant;
	char *p = as_out_room(out, 2048);

	p = put_head(p, run, run->name, run->name_len);
	p = put_milli(AS_PUT(p, " demand="), run->demand.milli);
	p = as_put_count(
	    AS_PUT(p, " need="), as_plant_need(plant->kind, run->demand.milli));
	p = as_put_count(AS_PUT(p, " ready="), plant->ready);
	p = as_put_count(AS_PUT(p, " want="), run->want);
	if (why.at != NULL)
		p = as_put(AS_PUT(p, " why="), why.at, why.len);
	if (run->demand.censored)
		p = AS_PUT(p, " censored=1");
	*p++ = '\n';
	as_out_end(out, p);
}

void
as_run_title(struct as_out *out, const struct as_run *run, char *const argv[])
{
	struct as_buf buf = {0};

	as_buf_puts(&buf, "# ");
	as_buf_puts(&buf, run->name);
	as_buf_puts(&buf, ":");
	for (; *argv != NULL; argv++) {
		as_buf_puts(&buf, " ");
		as_buf_puts(&buf, *argv);
	}
	if (buf.len > AS_LINE_MAX - 1)
		buf.len = AS_LINE_MAX - 1;
	for (size_t i = 0; i < buf.len; i++)
		if ((unsigned char)buf.at[i] < ' ')
			buf.at[i] = ' ';
	as_buf_add(&buf, "\n", 1);
	as_out_end(out, as_put(as_out_room(out, buf.len), buf.at, buf.len));
	free(buf.at);
}
