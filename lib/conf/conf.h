/* conf.h - settings: from files and flags to what holds for each app */
#ifndef AS_CONF_H
#define AS_CONF_H

#include "policy.h"

/* What as-fetch and as-apply ask, and how long they wait; NULL: not set */
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
	int64_t max_age;         /* of a decision, ms */
	int64_t brake;           /* percent of the apps; 100: off */
	bool follow;             /* redirects to the same host, on GET */
};

struct as_setting {
	const char *key, *value;
	const char *file; /* or, with line 0, the option as it was typed */
	int line;
	int how;        /* see enum as_key_how */
	bool is_warned; /* reach.c has warned about it */
};

/* remote.c - keys of requests.  Sets one whose whole name is given; returns why
 * not, or NULL. */
extern const struct as_key as_remote_keys[];

const char *as_remote_set(struct as_remote *remote, const struct as_key *key,
    const char *name, const char *value);

/* setting.c - any key.  Puts one setting into the policy or remote to which its key
 * belongs, where that is not NULL; returns why not, or NULL, and what the key
 * is in setting->how. */
const char *as_setting_take(struct as_policy *policy, struct as_remote *remote,
    struct as_setting *setting);

/* The i-th of all keys; NULL after the last */
const struct as_key *as_setting_key(size_t i);

/* The key that "target" is short for, or the key itself */
const char *as_setting_full_key(const char *key);
bool as_setting_is_key(struct as_text name);

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

/* A path as it stands in the file, which is relative to it; a new string */
char *as_ini_beside(const char *file, const char *path);

/* Cuts "key = value" at the line's = and returns why it is none, or NULL. */
const char *as_ini_cut(char *line, char **key, char **value);

/* All settings of a tool */
struct as_settings { /* what holds for one app, or many */
	const struct as_policy *policy;
	struct as_remote remote;
	uint32_t *in_force; /* numbers of settings, in order */
	size_t n_in_force;
	bool min_set, max_set; /* as-apply checks only what was asked for */
	bool is_checked;       /* by reach.c */
	bool has_mistake;      /* in one of the layers */
	const char *why;       /* they conflict; or NULL */
};

struct as_layer {
	const char *pattern; /* or name of apps; NULL: all */
	size_t first, n;     /* settings */
	size_t profile, n_profile;
	bool has_mistake;
};

struct as_named {                     /* what the file says of one name */
	size_t section, line;         /* numbers of layers, from 1; 0: none */
	struct as_settings *settings; /* NULL: not asked for yet */
};

struct as_config {
	struct as_mistakes mistakes;
	const char *path;            /* of the file, or NULL */
	const char *only;            /* -a: a name or glob, or NULL */
	bool is_shown;               /* -G: as_show_settings, and no more */
	const char *list;            /* of apps: a file, or NULL */
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
	struct as_table apps; /* first those that the file names: n_named */
	size_t n_named;
	struct as_named *named; /* by the app's number */
	size_t named_room;
	struct as_settings **shared; /* by apps of the same globs */
	size_t n_shared, shared_room;
};

/* flags.c - the options that all tools with settings share: -a, -c, -G and -o.
 * as_flags_option deals with them and returns the next one of the tool's own
 * as as_option does; dies with 64 or 78. */
extern const struct as_option as_flags_options[];
int as_flags_option(
    struct as_config *config, int *argc, char **argv[], const char **arg);

/* An option or an operand that stands for a key.  The last of several wins, but
 * for keys that repeat. */
void as_flags_set(struct as_config *config, const char *key, const char *value);

/* sections.c - all of the file, its profiles and its list of apps */
void as_sections_read(struct as_config *config);

/* profile.c - the keys of a profile, in front of the layer's own */
void as_profile_include(struct as_config *config, const struct as_ini *ini,
    struct as_layer *layer, const char *name);

/* layers.c - the store.  Adds an empty layer; NULL: a pattern for all apps. */
struct as_layer *as_layers_add(struct as_config *config, const char *pattern);

/* Adds a setting from the line that ini has read last.  Dies with 78 where the
 * setting is wrong, or where the settings from number first on have its key. */
void as_layers_set(struct as_config *config, const struct as_ini *ini,
    size_t first, char *key, char *value);

/* What the file says of the app with that number in config->apps */
struct as_named *as_layers_name(struct as_config *config, size_t number);

/* Puts the settings in force for an app, whose own section and line have
 * these numbers; 0: there is none */
void as_layers_put(struct as_config *config, struct as_settings *settings,
    const char *app, size_t section, size_t line);

/* reach.c - warns, once for each window, where the app's policy never allows a
 * bound that the window sets */
void as_reach_check(
    struct as_config *config, struct as_settings *settings, const char *app);

/* config.c - what holds.  Reads the file and checks every setting and every app that it names; dies
 * with 78. */
void as_config_ready(struct as_config *config);

/* The settings that are in force for the app; they stay until the end.  Dies
 * with 78 where settings of several sections conflict. */
const struct as_settings *as_config_of(
    struct as_config *config, struct as_text app);

/* The same for an app that may have become known only at run time, so that one
 * bad name ends nothing: where its settings conflict the result is NULL, and
 * *why says why until the next call. */
const struct as_settings *as_config_find(
    struct as_config *config, struct as_text app, const char **why);

/* How long a sample may matter to any app's policy, ms: see as_policy_memory */
int64_t as_config_memory(struct as_config *config);

/* select.c - which apps are meant.  The name of the one app where the file
 * names none */
const char *as_select_app(const struct as_config *config);
bool as_select_wants(const struct as_config *config, struct as_text app);

/* Whether the file names the app, has a glob for it, or no app sections */
bool as_select_knows(const struct as_config *config, struct as_text app);

/* Whether there may be apps that the file does not name */
bool as_select_is_open(const struct as_config *config);

bool as_select_is_glob(const char *name);

/* scope.c - one app and its settings */
struct as_scope {
	const struct as_config *config;
	const struct as_settings *settings;
	struct as_text app;
};

/* The next setting of that key or, where the key ends with '.', of any key that
 * begins so.  *i is 0 at first.  NULL: there are no more. */
const struct as_setting *as_scope_each(
    const struct as_scope *scope, const char *key, size_t *i);

/* The first setting of that key; else one with the standard value, or NULL where
 * standard is NULL. */
const struct as_setting *as_scope_first(
    const struct as_scope *scope, const char *key, const char *standard);

/* show.c - prints the settings of each app that the file names, and where they
 * come from; returns the exit status */
int as_show_settings(struct as_config *config);

/* reference.c - prints the table of all keys; returns the exit status */
int as_reference_print(void);

#endif
