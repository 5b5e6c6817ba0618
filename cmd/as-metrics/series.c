/* series.c - the series of each app, and the settings that they need */
#include "prom.h"

struct as_series_options as_series_shown = {.most = 1000};

/* clang-format off */
static const struct {
	enum as_field field;
	const char *name, *help, *type;
} rows[] = {
	{AS_SUCCESS, "as_app_last_success_timestamp_seconds",
	    "TIME of the app's last sample without err=.", "gauge"},
	{AS_REPLICAS, "as_app_replicas",
	    "COUNT of the app's last sample that has one.", "gauge"},
	{AS_WANTED, "as_app_wanted_replicas",
	    "COUNT of the app's last decision that has one.", "gauge"},
	{AS_READY, "as_app_ready_replicas",
	    "Replicas that serve and have a reading.", "gauge"},
	{AS_BOUND_MIN, "as_app_min_replicas", "The app's lower bound.", "gauge"},
	{AS_BOUND_MAX, "as_app_max_replicas", "The app's upper bound.", "gauge"},
	{AS_CHANGES, "as_app_changes_total",
	    "Orders for the app that its API accepted.", "counter"},
	{AS_OTHER_ORDERS, "as_app_other_orders_total",
	    "Reports of the app with other=: somebody else had set the count.",
	    "counter"},
};
/* clang-format on */

static const char limited[] = "as_limited", metric[] = "as_app_metric",
		  target[] = "as_app_target";

/* labels and word follow app="APP, as in: ",metric="cpu */
static void
put_series(struct as_buf *buf, const struct as_prom *prom, const char *name,
    struct as_text app, const char *labels, struct as_text word, double x)
{
	struct as_buf value = {0};

	as_buf_add(&value, app.at, app.len);
	as_buf_puts(&value, labels);
	as_buf_add(&value, word.at, word.len);
	as_family_series(
	    buf, prom, name, "app", (struct as_text){value.at, value.len}, x);
	free(value.at);
}

typedef void put_app(struct as_buf *buf, const struct as_prom *prom,
    const struct as_app *app, struct as_text name, size_t i);

static void
put_row(struct as_buf *buf, const struct as_prom *prom,
    const struct as_app *app, struct as_text name, size_t i)
{
	double x = as_apps_value(app, rows[i].field);

	if (isnan(x) && rows[i].type[0] == 'c')
		x = 0; /* so that the first change is an increase */
	if (!isnan(x))
		put_series(buf, prom, rows[i].name, name, "", as_text(""), x);
}

static void
put_limited(struct as_buf *buf, const struct as_prom *prom,
    const struct as_app *app, struct as_text name, size_t i)
{
	static const char *const stages[] = {
	    [AS_DECIDE] = "\",stage=\"decide\",why=\"",
	    [AS_APPLY] = "\",stage=\"apply\",why=\""};

	for (i = AS_DECIDE; i <= AS_APPLY; i++) {
		struct as_text why = as_apps_word(app, (enum as_about)i);

		if (!as_text_is(why, as_text("-")))
			put_series(buf, prom, limited, name, stages[i], why, 1);
	}
}

/* Of each NAME:VALUE:TARGET, prints the VALUE if i is 0, else the TARGET. */
static void
put_reading(struct as_buf *buf, const struct as_prom *prom,
    const struct as_app *app, struct as_text name, size_t i)
{
	struct as_text rest = as_apps_word(app, AS_READINGS), part, number;
	bool more;
	double x;

	do {
		struct as_text reading;

		more = as_text_cut(&rest, ',', &reading);
		as_text_cut(&reading, ':', &part);
		if (!as_text_cut(&reading, ':', &number))
			continue;
		if (as_num_decimal(i == 0 ? number : reading, &x))
			put_series(buf, prom, i == 0 ? metric : target, name,
			    "\",metric=\"", part, x);
	} while (more);
}

static void
put_all(struct as_buf *buf, const struct as_prom *prom, put_app *put, size_t i)
{
	struct as_text name;
	const struct as_app *app;
	int32_t left = as_series_shown.most;

	for (size_t n = 0; left > 0; n++) {
		if ((app = as_apps_get(n, &name)) == NULL)
			return;
		if (name.len == 0 ||
		    !as_select_wants(&as_series_shown.config, name))
			continue;
		put(buf, prom, app, name, i);
		left--;
	}
}

void
as_series_put(struct as_buf *buf, const struct as_prom *prom)
{
	if (as_series_shown.config.only == NULL)
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		as_family_head(buf, rows[i].name, rows[i].help, rows[i].type);
		put_all(buf, prom, put_row, i);
	}
	as_family_head(buf, metric, "The reading of a metric.", "gauge");
	put_all(buf, prom, put_reading, 0);
	as_family_head(buf, target, "The target of a metric.", "gauge");
	put_all(buf, prom, put_reading, 1);
	as_family_head(buf, limited,
	    "1 while this limits the app's count, or stops its order.",
	    "gauge");
	put_all(buf, prom, put_limited, 0);
}

static bool
begins(struct as_text text, const struct as_prom *prom, const char *name)
{
	struct as_buf head = {0};
	bool found;

	as_family_name(&head, prom, name, "app", as_text(""));
	head.len -= strlen("\"} ");
	found = text.len > head.len && memcmp(text.at, head.at, head.len) == 0;
	free(head.at);
	return found;
}

bool
as_series_is(const struct as_prom *prom, struct as_text text)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (begins(text, prom, rows[i].name))
			return true;
	return begins(text, prom, limited) || begins(text, prom, metric) ||
	    begins(text, prom, target);
}

static void
put_number(struct as_buf *buf, double x)
{
	char number[32];

	as_buf_puts(buf, ":");
	if (isnan(x) || x <= 0)
		as_buf_puts(buf, x == 0 ? "0" : "-");
	else
		as_buf_add(buf, number, as_num_print(number, x));
}

static void
say_readings(struct as_text app, const struct as_policy *policy,
    const struct as_sample *sample)
{
	struct as_buf buf = {0};

	for (size_t i = 0; i < policy->n_metrics; i++) {
		const struct as_metric *m = &policy->metrics[i];

		as_buf_puts(&buf, i > 0 ? "," : "");
		as_buf_add(&buf, m->name, m->len);
		put_number(&buf, sample->values[i]);
		put_number(&buf, m->target > 0 ? m->target : NAN);
	}
	if (buf.len > 0)
		as_apps_say(
		    app, AS_READINGS, (struct as_text){buf.at, buf.len});
	free(buf.at);
}

static const struct as_policy *
policy_of(struct as_text app)
{
	struct as_config *config = &as_series_shown.config;
	const struct as_settings *settings;
	const char *why;

	if (config->path == NULL)
		return as_config_of(config, as_text("app"))->policy;
	settings = as_config_find(config, app, &why);
	return settings != NULL ? settings->policy : NULL;
}

/* as-decide has already warned about the sample. */
static bool
read_sample(struct as_sample *sample, const struct as_policy *policy,
    struct as_line *line)
{
	int level = as_msg_level(AS_ERROR);
	const char *why = as_sample_read(sample, policy, line);

	as_msg_level(level);
	return why == NULL;
}

void
as_series_sample(struct as_line *line)
{
	struct as_text app = line->app;
	const struct as_policy *policy;
	struct as_sample sample;

	if (as_series_shown.config.only == NULL ||
	    !as_select_wants(&as_series_shown.config, app) ||
	    (policy = policy_of(app)) == NULL ||
	    !read_sample(&sample, policy, line))
		return;
	as_apps_note(app, AS_BOUND_MIN, sample.min);
	as_apps_note(app, AS_BOUND_MAX, sample.max);
	say_readings(app, policy, &sample);
	if (sample.count == AS_UNKNOWN)
		return;
	as_sample_complete(&sample, policy->n_metrics, AS_COUNT_MAX);
	as_apps_note(app, AS_REPLICAS, (double)sample.count);
	as_apps_note(app, AS_READY, sample.replicas.ready);
}
