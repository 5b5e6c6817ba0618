/* apps.c - what is known of each app, and what that says of all of them */
#include "prom.h"

enum { HOUR = 3600 }; /* s; an app without a line for so long is forgotten */

struct app {
	/* NaN if not known */
	double fresh[AS_FIELDS], kept[AS_FIELDS];
};

static const char *const keys[AS_FIELDS] = {
    [AS_LAST] = "last", [AS_SUCCESS] = "success", [AS_FAILED] = "failed"};

static const char head[] = "# app ";
static struct as_table table;
static struct app *apps; /* by the app's number in table */
static size_t room;

static void
clear(double values[AS_FIELDS])
{
	for (int i = 0; i < AS_FIELDS; i++)
		values[i] = NAN;
}

static struct app *
app_of(struct as_text name)
{
	size_t n = table.n, number = as_table_find(&table, name);

	if (number == n) { /* it is new */
		if (n == room)
			apps = as_mem_grow(apps, &room, sizeof(*apps));
		clear(apps[n].fresh);
		clear(apps[n].kept);
	}
	return &apps[number];
}

/* fmax ignores a NaN. */
void
as_apps_note(struct as_text name, enum as_field field, double x)
{
	double *fresh = app_of(name)->fresh;

	fresh[field] = fmax(fresh[field], x);
}

static double
value(const struct app *app, enum as_field field)
{
	return fmax(app->fresh[field], app->kept[field]);
}

void
as_apps_begin(void)
{
	for (size_t i = 0; i < table.n; i++)
		clear(apps[i].kept);
}

void
as_apps_end(void)
{
	for (size_t i = 0; i < table.n; i++)
		clear(apps[i].fresh);
}

static void
take_pair(struct app *app, struct as_text pair)
{
	struct as_text key;
	double x;

	if (!as_text_cut(&pair, '=', &key) || !as_num_decimal(pair, &x))
		return;
	for (int i = 0; i < AS_FIELDS; i++)
		if (as_text_is(key, as_text(keys[i])))
			app->kept[i] = x;
}

void
as_apps_take(struct as_text comment)
{
	size_t len = sizeof(head) - 1;
	struct as_text word;
	struct app *app;
	bool more;

	if (comment.len <= len || memcmp(comment.at, head, len) != 0)
		return;
	comment.at += len;
	comment.len -= len;
	more = as_text_cut(&comment, ' ', &word);
	if (as_line_app(word) != NULL)
		return;
	app = app_of(word);
	while (more) {
		more = as_text_cut(&comment, ' ', &word);
		take_pair(app, word);
	}
}

static void
put_comment(struct as_buf *buf, const struct app *app, struct as_text name)
{
	char number[32];

	as_buf_puts(buf, head);
	as_buf_add(buf, name.at, name.len);
	for (int i = 0; i < AS_FIELDS; i++) {
		double x = value(app, (enum as_field)i);

		if (isnan(x))
			continue;
		as_buf_puts(buf, " ");
		as_buf_puts(buf, keys[i]);
		as_buf_puts(buf, "=");
		as_buf_add(buf, number, as_num_print(number, x));
	}
	as_buf_puts(buf, "\n");
}

static bool
is_blind(const struct app *app)
{
	return !isnan(value(app, AS_FAILED)) &&
	    !(value(app, AS_SUCCESS) >= value(app, AS_FAILED));
}

/* What the series of all apps say */
struct fleet {
	double newest; /* s; TIME of the newest line */
	double oldest; /* s; the least TIME of the last successes */
	size_t blind;  /* apps without data */
};

static bool
is_gone(const struct app *app, const struct fleet *fleet)
{
	return value(app, AS_LAST) < fleet->newest - HOUR;
}

static struct fleet
look(void)
{
	struct fleet fleet = {.newest = NAN, .oldest = NAN};

	for (size_t i = 0; i < table.n; i++)
		fleet.newest = fmax(fleet.newest, value(&apps[i], AS_LAST));
	for (size_t i = 0; i < table.n; i++) {
		const struct app *app = &apps[i];

		if (is_gone(app, &fleet))
			continue;
		fleet.oldest = fmin(fleet.oldest, value(app, AS_SUCCESS));
		fleet.blind += is_blind(app);
	}
	return fleet;
}

double
as_apps_oldest(void)
{
	return look().oldest;
}

/* Only of apps without data must values be kept: each tick has the others. */
void
as_apps_put(struct as_buf *buf, const struct as_prom *prom)
{
	static const char name[] = "as_apps_without_data";
	struct fleet fleet = look();

	as_prom_put_head(
	    buf, name, "Apps whose last sample has err=.", "gauge");
	as_prom_put(buf, prom, name, NULL, as_text(""), (double)fleet.blind);
	for (size_t i = 0; i < table.n; i++)
		if (is_blind(&apps[i]) && !is_gone(&apps[i], &fleet))
			put_comment(buf, &apps[i], as_table_name(&table, i));
}
