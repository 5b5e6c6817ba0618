/* apps.c - what is known of each app, and what that says of all of them */
#include "prom.h"

enum { HOUR = 3600 }; /* s; an app without a line for so long is forgotten */

struct as_app {
	/* NaN if not known */
	double fresh[AS_FIELDS], kept[AS_FIELDS];
	/* NULL if not known */
	char *fresh_words[AS_ABOUTS], *kept_words[AS_ABOUTS];
};

/* clang-format off */
static const struct {
	const char *key;
	/* What becomes of an older and a newer value */
	enum { LATER, NEWER, SUM } how;
} fields[AS_FIELDS] = {
	[AS_LAST] = {"last", LATER},
	[AS_SUCCESS] = {"success", LATER},
	[AS_FAILED] = {"failed", LATER},
	[AS_REPLICAS] = {"replicas", NEWER},
	[AS_WANTED] = {"wanted", NEWER},
	[AS_READY] = {"ready", NEWER},
	[AS_BOUND_MIN] = {"min", NEWER},
	[AS_BOUND_MAX] = {"max", NEWER},
	[AS_CHANGES] = {"changes", SUM},
	[AS_OTHER_ORDERS] = {"others", SUM},
};

static const char *const abouts[AS_ABOUTS] = {
	[AS_DECIDE] = "decide", [AS_APPLY] = "apply", [AS_READINGS] = "readings",
};
/* clang-format on */

static const char head[] = "# app ";
static struct as_table table;
static struct as_app *apps; /* by the app's number in table */
static size_t room;

static void
clear(double values[AS_FIELDS], char *words[AS_ABOUTS])
{
	for (int i = 0; i < AS_FIELDS; i++)
		values[i] = NAN;
	for (int i = 0; i < AS_ABOUTS; i++) {
		free(words[i]);
		words[i] = NULL;
	}
}

static struct as_app *
app_of(struct as_text name)
{
	size_t n = table.n, number = as_table_find(&table, name);

	if (number == n) { /* it is new */
		if (n == room)
			apps = as_mem_grow(apps, &room, sizeof(*apps));
		memset(&apps[n], 0, sizeof(*apps));
		clear(apps[n].fresh, apps[n].fresh_words);
		clear(apps[n].kept, apps[n].kept_words);
	}
	return &apps[number];
}

/* fmax ignores a NaN. */
static double
join(enum as_field field, double older, double newer)
{
	if (isnan(older) || isnan(newer) || fields[field].how == LATER)
		return fmax(older, newer);
	return fields[field].how == SUM ? older + newer : newer;
}

void
as_apps_note(struct as_text name, enum as_field field, double x)
{
	double *fresh = app_of(name)->fresh;

	fresh[field] = join(field, fresh[field], x);
}

double
as_apps_value(const struct as_app *app, enum as_field field)
{
	return join(field, app->kept[field], app->fresh[field]);
}

static void
set_word(char **to, struct as_text word)
{
	free(*to);
	*to = as_mem_need(strndup(word.at, word.len));
}

void
as_apps_say(struct as_text name, enum as_about about, struct as_text word)
{
	set_word(&app_of(name)->fresh_words[about], word);
}

struct as_text
as_apps_word(const struct as_app *app, enum as_about about)
{
	const char *word = app->fresh_words[about] != NULL ?
	    app->fresh_words[about] :
	    app->kept_words[about];

	return as_text(word != NULL ? word : "-");
}

void
as_apps_begin(void)
{
	for (size_t i = 0; i < table.n; i++)
		clear(apps[i].kept, apps[i].kept_words);
}

void
as_apps_end(void)
{
	for (size_t i = 0; i < table.n; i++)
		clear(apps[i].fresh, apps[i].fresh_words);
}

static void
take_pair(struct as_app *app, struct as_text pair)
{
	struct as_text key;
	double x;

	if (!as_text_cut(&pair, '=', &key))
		return;
	for (int i = 0; i < AS_FIELDS; i++)
		if (as_text_is(key, as_text(fields[i].key)) &&
		    as_num_decimal(pair, &x))
			app->kept[i] = x;
	for (int i = 0; i < AS_ABOUTS; i++)
		if (as_text_is(key, as_text(abouts[i])))
			set_word(&app->kept_words[i], pair);
}

void
as_apps_take(struct as_text comment)
{
	size_t len = sizeof(head) - 1;
	struct as_text word;
	struct as_app *app;
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
put_pair(struct as_buf *buf, const char *key, struct as_text word)
{
	as_buf_puts(buf, " ");
	as_buf_puts(buf, key);
	as_buf_puts(buf, "=");
	as_buf_add(buf, word.at, word.len);
}

static void
put_comment(
    struct as_buf *buf, const struct as_app *app, struct as_text name, bool all)
{
	char number[32];

	as_buf_puts(buf, head);
	as_buf_add(buf, name.at, name.len);
	for (int i = 0; i < (all ? AS_FIELDS : AS_FAILED + 1); i++) {
		double x = as_apps_value(app, (enum as_field)i);
		size_t len = isnan(x) ? 0 : as_num_print(number, x);

		if (len > 0)
			put_pair(
			    buf, fields[i].key, (struct as_text){number, len});
	}
	for (int i = 0; all && i < AS_ABOUTS; i++)
		if (app->fresh_words[i] != NULL || app->kept_words[i] != NULL)
			put_pair(buf, abouts[i],
			    as_apps_word(app, (enum as_about)i));
	as_buf_puts(buf, "\n");
}

static bool
is_blind(const struct as_app *app)
{
	return !isnan(as_apps_value(app, AS_FAILED)) &&
	    !(as_apps_value(app, AS_SUCCESS) >= as_apps_value(app, AS_FAILED));
}

/* What the series of all apps say */
struct fleet {
	double newest; /* s; TIME of the newest line */
	double oldest; /* s; the least TIME of the last successes */
	size_t blind;  /* apps without data */
};

static struct fleet fleet;
static size_t *order; /* the numbers of all apps, by name */

static bool
is_gone(const struct as_app *app)
{
	return as_apps_value(app, AS_LAST) < fleet.newest - HOUR;
}

static int
by_name(const void *a, const void *b)
{
	return as_text_order(as_table_name(&table, *(const size_t *)a),
	    as_table_name(&table, *(const size_t *)b));
}

/* In each run the same apps must come first: only so many have series. */
static void
sort(void)
{
	free(order);
	order = as_mem_need(malloc((table.n + 1) * sizeof(*order)));
	for (size_t i = 0; i < table.n; i++)
		order[i] = i;
	qsort(order, table.n, sizeof(*order), by_name);
}

double
as_apps_look(void)
{
	sort();
	fleet = (struct fleet){.newest = NAN, .oldest = NAN};
	for (size_t i = 0; i < table.n; i++)
		fleet.newest = fmax(
		    fleet.newest, as_apps_value(&apps[i], AS_LAST));
	for (size_t i = 0; i < table.n; i++) {
		const struct as_app *app = &apps[i];

		if (is_gone(app))
			continue;
		fleet.oldest = fmin(
		    fleet.oldest, as_apps_value(app, AS_SUCCESS));
		fleet.blind += is_blind(app);
	}
	return fleet.oldest;
}

const struct as_app *
as_apps_get(size_t place, struct as_text *name)
{
	const struct as_app *app;

	if (place >= table.n)
		return NULL;
	app = &apps[order[place]];
	*name = is_gone(app) ? as_text("") :
			       as_table_name(&table, order[place]);
	return app;
}

void
as_apps_put(struct as_buf *buf, const struct as_prom *prom, bool all)
{
	static const char name[] = "as_apps_without_data";
	const struct as_app *app;
	struct as_text of;

	as_family_head(buf, name, "Apps whose last sample has err=.", "gauge");
	as_family_series(
	    buf, prom, name, NULL, as_text(""), (double)fleet.blind);
	for (size_t i = 0; (app = as_apps_get(i, &of)) != NULL; i++)
		if (of.len > 0 && (all || is_blind(app)))
			put_comment(buf, app, of, all);
}
