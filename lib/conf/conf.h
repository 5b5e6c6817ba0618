/* conf.h - reads settings from files and options, and finds those of each app */
#ifndef AS_CONF_H
#define AS_CONF_H

#include "policy.h"

/* What as-fetch and as-apply ask, and how long they wait.  A text that is not set
 * is NULL. */
struct as_remote {
	const char *status_url, *status_body;
	const char *before_url, *replicas_url, *replicas_method;
	/* filters in the jq language */
	const char *sample, *before_replicas, *replicas_body;
	const char *token_file, *netrc_file, *client_cert, *client_key;
	const char *ca_file, *unix_socket, *aws_sigv4;
	const char *pause_file;
	int64_t timeout;         /* of a whole request, ms */
	int64_t connect_timeout; /* ms */
	int64_t retries;         /* of a GET, within its timeout */
	int64_t max_age;         /* of a decision, ms */
	int64_t reply_max;       /* bytes of a reply */
	int64_t brake;           /* percent of the apps; 100: off */
	int64_t brake_hold;      /* ms; an app held longer is let go */
	bool follow;             /* redirects to the same host, on GET */
};

struct as_setting {
	const char *key, *value;
	const char *file; /* with line 0: the option as it was typed */
	int line;
	int how;        /* see enum as_key_how */
	bool is_warned; /* reach.c has warned about it */
};

/* remote.c - the keys of requests.  Sets the key; name is its whole name, with the
 * NAME after the point.  Returns why the name or value is wrong, or NULL. */
extern const struct as_key as_remote_keys[];

const char *as_remote_set(struct as_remote *remote, const struct as_key *key,
    const char *name, const char *value);

/* setting.c - any key.  Puts a setting into the policy or into remote, whichever
 * its key belongs to; if that is NULL nothing is put.  Sets setting->how.
 * Returns why key or value is wrong, or NULL. */
const char *as_setting_take(struct as_policy *policy, struct as_remote *remote,
    struct as_setting *setting);

/* The i-th of all keys; NULL after the last */
const struct as_key *as_setting_key(size_t i);

/* "target.cpu" for "target"; any other key is full already */
const char *as_setting_full_key(const char *key);
bool as_setting_is_key(struct as_text name); /* or include or list */

/* Checks key and value alone; returns why they are wrong, or NULL. */
const char *as_setting_check(struct as_setting *setting);
AS_NORETURN void as_setting_die(
    const struct as_setting *setting, const char *why);

/* A message that says where the setting stands and why it is refused; it lasts
 * until the next call. */
const char *as_setting_explain(
    const struct as_setting *setting, const char *why);

/* mistake.c - reports a mistake at once, each only once; the tool ends after all
 * of them are known, or after the hundredth. */
enum { AS_MISTAKES = 100 };

struct as_mistakes {
	char *texts[AS_MISTAKES];
	size_t n;
	size_t found; /* repeated ones included */
};

void as_mistake_add(struct as_mistakes *mistakes, const char *fmt, ...)
    AS_FORMAT(2);

/* Ends the process with 78 if there is a mistake. */
void as_mistake_end(const struct as_mistakes *mistakes);

/* trust.c - opens a regular file that is not empty.  Where root reads it, the
 * file must be root's, and nobody else may be able to change it.  Returns -1
 * and why where it cannot be opened. */
int as_trust_open(const char *path, size_t *size, const char **why);

/* Whether the file has this size, and nobody wrote to it for 2 s */
bool as_trust_stands_still(int fd, size_t size);

/* ini.c - reads a file line by line.  Blank lines and comments are skipped;
 * " #" begins a comment and " \#" does not.  Lines that cannot be read are
 * reported and skipped. */
struct as_ini {
	const char *path;
	struct as_mistakes *mistakes;
	bool joins;              /* indented lines continue a value */
	bool is_still;           /* nobody is writing to the file */
	char *text, *next, *end; /* stay for settings to borrow from */
	char *at;                /* the line read last */
	int line;                /* its number */
	int n_lines;             /* read so far */
};

/* False: the mistake is reported. */
bool as_ini_open(
    struct as_ini *ini, const char *path, struct as_mistakes *mistakes);
bool as_ini_read(struct as_ini *ini);

/* Reports a mistake in the line read last; what may be NULL. */
void as_ini_report(const struct as_ini *ini, const char *what, const char *why);

/* The path, in memory that stays until the end: a relative one begins at the
 * directory of file. */
char *as_ini_beside(const char *file, const char *path);

/* Cuts "key = value" at its "=".  Returns why the line has another form, or
 * NULL. */
const char *as_ini_cut(char *line, char **key, char **value);

/* The settings that are in force for one app, or for several */
struct as_settings {
	const struct as_policy *policy;
	struct as_remote remote;
	uint32_t *in_force; /* numbers of settings, in their order */
	size_t n_in_force;
	bool min_set, max_set; /* by a file or option: as-apply checks these */
	bool is_checked;       /* by reach.c */
	bool has_mistake;      /* one of their layers has one */
	const char *why;       /* why they conflict, or NULL */
};

/* A section, a line of the list, or the options */
struct as_layer {
	const char *pattern; /* or name of apps; NULL: all */
	size_t first, n;     /* its own settings */
	size_t profile, n_profile;
	bool has_mistake;
};

struct as_named {                     /* where the file names an app */
	size_t section, line;         /* numbers of layers, from 1; 0: none */
	struct as_settings *settings; /* NULL: not built yet */
};

struct as_config {
	struct as_mistakes mistakes;
	const char *path; /* of the file, or NULL */
	const char *only; /* -a: a name or glob, or NULL */
	bool is_shown;    /* -G: the tool only calls as_show_settings */
	const char *list; /* of apps: a file, or NULL */
	struct as_setting *settings; /* of all layers */
	size_t n, room;
	struct as_layer *layers; /* sections, then lines of the list */
	size_t n_layers, layers_room;
	size_t standard; /* number of [default], from 1; 0: none */
	size_t *globs;   /* numbers of sections with a pattern, from 1 */
	size_t n_globs, globs_room;
	struct as_layer flags;
	struct as_setting *flag_settings;
	size_t flags_room;
	struct as_table apps; /* the first n_named are those in the file */
	size_t n_named;
	struct as_named *named; /* by the app's number */
	size_t named_room;
	struct as_settings **shared; /* of apps that the same globs fit */
	size_t n_shared, shared_room;
};

/* flags.c - the options that all tools with settings share: -a, -c, -G and -o.
 * as_flags_option takes them, and returns the tool's own options as
 * as_option_next does.  Dies with 64 or 78. */
extern const struct as_option as_flags_options[];
int as_flags_option(
    struct as_config *config, int *argc, char **argv[], const char **arg);

/* Sets a key from an option or operand.  A later one replaces an earlier one with
 * the same key, unless the key may stand several times.  Dies with 78. */
void as_flags_set(struct as_config *config, const char *key, const char *value);

/* sections.c - reads the whole file, its profiles and its list of apps.  Mistakes
 * are reported. */
void as_sections_read(struct as_config *config);

/* profile.c - adds the keys of a profile to a layer, whose own keys override
 * them */
void as_profile_include(struct as_config *config, const struct as_ini *ini,
    struct as_layer *layer, const char *name);

/* layers.c - stores all settings.  Adds an empty layer; without a pattern (NULL)
 * it is for all apps. */
struct as_layer *as_layers_add(struct as_config *config, const char *pattern);

/* Adds a setting from the line that ini has read last.  Reports a mistake if the
 * setting is wrong, or if a setting from number first on has its key. */
void as_layers_set(struct as_config *config, const struct as_ini *ini,
    size_t first, char *key, char *value);

/* Where the file names the app that has this number in config->apps */
struct as_named *as_layers_name(struct as_config *config, size_t number);

/* Puts together the settings in force for an app.  section and line are the
 * numbers of the layers that name it, or 0. */
void as_layers_put(struct as_config *config, struct as_settings *settings,
    const char *app, size_t section, size_t line);

/* reach.c - warns, once for each window, where the app's policy never allows a
 * bound that the window sets */
void as_reach_check(
    struct as_config *config, struct as_settings *settings, const char *app);

/* config.c - the settings of each app.  Reads the file, checks every setting and
 * every app that the file names, and reports all mistakes.  Then dies with 78 if
 * there was one. */
void as_config_ready(struct as_config *config);

/* The settings that are in force for the app; they stay until the end.  Dies
 * with 78 where settings of several sections conflict. */
const struct as_settings *as_config_of(
    struct as_config *config, struct as_text app);

/* The same for an app whose name may be known only at run time: one bad name must
 * not end the tool.  Where its settings conflict the result is NULL, and *why is
 * the reason; it lasts until the next call. */
const struct as_settings *as_config_find(
    struct as_config *config, struct as_text app, const char **why);

/* The longest as_policy_memory of all apps, ms */
int64_t as_config_memory(struct as_config *config);

/* select.c - which apps are meant.  The name of the only app, where neither file
 * nor options name one */
const char *as_select_app(const struct as_config *config);
bool as_select_wants(const struct as_config *config, struct as_text app);

/* Whether the file names the app or has a glob for it, or has neither names nor
 * globs */
bool as_select_knows(const struct as_config *config, struct as_text app);

/* Whether the file allows apps that it does not name */
bool as_select_is_open(const struct as_config *config);

bool as_select_is_glob(const char *name);

/* scope.c - one app and its settings */
struct as_scope {
	const struct as_config *config;
	const struct as_settings *settings;
	struct as_text app;
};

/* The next setting with this key, or NULL after the last.  A key that ends with
 * '.' stands for all keys that begin with it.  *i is 0 at first. */
const struct as_setting *as_scope_each(
    const struct as_scope *scope, const char *key, size_t *i);

/* The first setting with this key.  Without one, the result is a setting with the
 * standard value, or NULL if standard is NULL. */
const struct as_setting *as_scope_first(
    const struct as_scope *scope, const char *key, const char *standard);

/* show.c - prints the settings of each app that the file names, and where each is
 * set; returns the exit status */
int as_show_settings(struct as_config *config);

/* reference.c - prints the table of all keys; returns the exit status */
int as_reference_print(void);

#endif
