/* conf.h - reads settings from files and options, and finds those of each app */
#ifndef AS_CONF_H
#define AS_CONF_H

#include "policy.h"

/* The settings of HTTP requests, and those of as-apply.  A text that is not set is
 * NULL. */
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
	/* No app scales down in a tick in which more than this percentage of
	 * all apps should; 100: no limit */
	int64_t brake;
	int64_t brake_hold; /* ms; then a held app may scale down */
	bool follow;        /* redirects to the same host, on GET */
};

struct as_setting {
	const char *key, *value;
	const char *file; /* or, if line is 0, the option as it was typed */
	int line;         /* from 1; 0: set by an option or an operand */
	int how;          /* see enum as_key_how */
	bool is_warned;   /* reach.c has warned about it */
};

/* remote.c - the keys of HTTP requests and of as-apply.  as_remote_set sets one;
 * name is the key in full: "set.port" where key->name is "set.".  Returns why the
 * name or the value is wrong, or NULL. */
extern const struct as_key as_remote_keys[];

const char *as_remote_set(struct as_remote *remote, const struct as_key *key,
    const char *name, const char *value);

/* setting.c - any key.  Puts the value into the policy or into remote: each key
 * belongs to one of them, and if that one is NULL the value is put nowhere.  Sets
 * setting->how.  Returns why the key or the value is wrong, or NULL. */
const char *as_setting_take(struct as_policy *policy, struct as_remote *remote,
    struct as_setting *setting);

/* The key with the index i among all keys, from 0; NULL after the last */
const struct as_key *as_setting_key(size_t i);

/* "target.cpu" for "target"; every other key as it is */
const char *as_setting_full_key(const char *key);

/* Whether files of settings have such a key; include and list are among them. */
bool as_setting_is_key(struct as_text name);

/* Checks key and value alone; returns why they are wrong, or NULL. */
const char *as_setting_check(struct as_setting *setting);
AS_NORETURN void as_setting_die(
    const struct as_setting *setting, const char *why);

/* A message that says where the setting stands and why it is refused; it lasts
 * until the next call. */
const char *as_setting_explain(
    const struct as_setting *setting, const char *why);

/* mistake.c - reports each mistake in the settings when it is found, and only once.
 * The tool ends when all settings are read, or with one mistake more than 100. */
enum { AS_MISTAKES = 100 };

struct as_mistakes {
	char *texts[AS_MISTAKES];
	size_t n;     /* of texts */
	size_t found; /* all mistakes, also those that were reported before */
};

void as_mistake_add(struct as_mistakes *mistakes, const char *fmt, ...)
    AS_FORMAT(2);

/* Ends the process with 78 if there is a mistake. */
void as_mistake_end(const struct as_mistakes *mistakes);

/* trust.c - opens a file of settings: a regular file that is not empty.  If the
 * process is root's, the file must belong to root, and other users must not be able
 * to change it.  Returns -1, and why, if it cannot be used. */
int as_trust_open(const char *path, size_t *size, const char **why);

/* Whether the file still has this size, and was last written 2 s ago or earlier */
bool as_trust_stands_still(int fd, size_t size);

/* bundle.c - one file that holds all files of the settings.  After
 * as_bundle_start each file that is read is kept for it.  as_bundle_write writes it, with mode 0600, and
 * returns why it cannot, or NULL. */
void as_bundle_start(void);
void as_bundle_add(const char *path, struct as_text text);
const char *as_bundle_write(const char *path);

/* Whether the text is a bundle.  as_bundle_read takes its files, and returns the
 * path of the first one, which is as.conf, or NULL if the bundle is damaged.  From
 * then on as_bundle_find finds these files by their paths. */
bool as_bundle_is(struct as_text text);
const char *as_bundle_read(struct as_text text);
bool as_bundle_find(const char *path, struct as_text *text);

/* ini.c - reads a file line by line.  Blank lines and comments are skipped;
 * " #" begins a comment and " \#" does not.  Lines that cannot be read are
 * reported and skipped. */
struct as_ini {
	const char *path;
	struct as_mistakes *mistakes;
	bool joins;              /* indented lines continue a value */
	bool is_still;           /* its last line may end without an LF */
	char *text, *next, *end; /* never freed: settings point into text */
	char *at;                /* the line read last */
	int line;                /* the number of its first line, from 1 */
	int n_lines;             /* how many lines were read so far */
};

/* Returns false after it has reported the mistake. */
bool as_ini_open(
    struct as_ini *ini, const char *path, struct as_mistakes *mistakes);
bool as_ini_read(struct as_ini *ini);

/* Reports a mistake in the line read last.  what is the word that is wrong, or
 * NULL. */
void as_ini_report(const struct as_ini *ini, const char *what, const char *why);

/* The path, in memory that stays until the end: a relative one begins at the
 * directory of file. */
char *as_ini_beside(const char *file, const char *path);

/* Splits the line "key = value" at its "=".  Returns why it is no such line, or
 * NULL. */
const char *as_ini_cut(char *line, char **key, char **value);

/* The settings that are in force for one app, or for several */
struct as_settings {
	const struct as_policy *policy;
	struct as_remote remote;
	uint32_t *in_force; /* indexes in config->settings, in their order */
	size_t n_in_force;
	bool min_set, max_set; /* not a default: as-apply checks only these */
	bool is_checked;       /* reach.c has looked at its windows */
	bool has_mistake;      /* in one of the layers that it is made of */
	const char *why;       /* why they conflict, or NULL */
};

/* The settings of one place: a section, a line of the list of apps, or the options.
 * Its n settings stand together in config->settings, from first on. */
struct as_layer {
	const char *pattern;       /* an app or a glob; NULL: all apps */
	size_t first, n;           /* its own settings */
	size_t profile, n_profile; /* those of the included profile */
	bool has_mistake;
};

/* An app: the layers of its own section and of its line in the list, by their index
 * in config->layers + 1 (0: it has none), and its settings (NULL: not made yet) */
struct as_named {
	size_t section, line;
	struct as_settings *settings;
};

struct as_config {
	struct as_mistakes mistakes;
	const char *path; /* of the file, or NULL */
	const char *only; /* -a: a name or glob, or NULL */
	bool is_shown;    /* -G: the tool calls as_show_settings and ends */
	const char *list; /* the file with the list of apps, or NULL */
	struct as_setting *settings; /* of all layers */
	size_t n, room;
	struct as_layer *layers; /* sections, then lines of the list */
	size_t n_layers, layers_room;
	size_t standard; /* index of [default] in layers + 1; 0: none */
	size_t *globs;   /* sections for a glob: indexes in layers + 1 */
	size_t n_globs, globs_room;
	struct as_layer flags;
	struct as_setting *flag_settings;
	size_t flags_room;
	struct as_table apps; /* at first the n_named apps of the file */
	size_t n_named;
	struct as_named *named; /* by the app's number in apps */
	size_t named_room;
	struct as_settings **shared; /* each for all apps of the same globs */
	size_t n_shared, shared_room;
	struct as_table guests; /* some apps that the file does not name */
	struct as_settings **guest_settings; /* by the number in guests */
	size_t guests_room;
};

/* flags.c - the options that all tools with settings share: -a, -c, -G and -o.
 * as_flags_option handles them, and returns the tool's other options like
 * as_option_next.  Dies with 64 or 78 if an option is wrong. */
extern const struct as_option as_flags_options[];
int as_flags_option(
    struct as_config *config, int *argc, char **argv[], const char **arg);

/* Sets a key from an option or operand.  A later one replaces an earlier one with
 * the same key, unless the key may stand several times.  Dies with 78. */
void as_flags_set(struct as_config *config, const char *key, const char *value);

/* sections.c - reads the whole file, its profiles and its list of apps.  Mistakes
 * are reported. */
void as_sections_read(struct as_config *config);

/* profile.c - adds the keys of a profile, which is a file, to a layer.  The layer's
 * own keys override those of the profile. */
void as_profile_include(struct as_config *config, const struct as_ini *ini,
    struct as_layer *layer, const char *name);

/* layers.c - stores all settings.  as_layers_add adds an empty layer for the apps
 * that fit the pattern; NULL: for all apps. */
struct as_layer *as_layers_add(struct as_config *config, const char *pattern);

/* Adds a setting from the line that ini has read last.  Reports a mistake if the
 * setting is wrong, or if its key is set already by a setting of the same layer:
 * these begin at index first. */
void as_layers_set(struct as_config *config, const struct as_ini *ini,
    size_t first, char *key, char *value);

/* The entry of the app that has this number in config->apps */
struct as_named *as_layers_name(struct as_config *config, size_t number);

/* Finds the settings in force for an app.  section and line: see struct
 * as_named. */
void as_layers_put(struct as_config *config, struct as_settings *settings,
    const char *app, size_t section, size_t line);

/* settings.c - makes the settings that are in force for an app.  If they conflict,
 * their member why holds the reason, and they have no policy.  as_settings_share
 * makes them for all apps that the same globs fit, or returns those that it made
 * before. */
struct as_settings *as_settings_share(
    struct as_config *config, const char *app);

/* Makes the settings of an app that the file names, or finds those that it shares
 * with others. */
struct as_settings *as_settings_build(
    struct as_config *config, const char *app, const struct as_named *named);

/* Whether the app has a section of its own, or keys in its line of the list; and
 * whether one of these keys belongs to the policy, or may do so in a line with a
 * mistake */
bool as_settings_has_own(
    const struct as_config *config, const struct as_named *named);
bool as_settings_has_own_policy(
    const struct as_config *config, const struct as_named *named);

/* reach.c - warns about a window of a schedule whose bounds the app's policy never
 * allows, once for each window */
void as_reach_check(
    struct as_config *config, struct as_settings *settings, const char *app);

/* config.c - the settings of each app.  Reads the file, checks every setting and
 * every app that the file names, and reports all mistakes.  Then dies with 78 if
 * there was one. */
void as_config_ready(struct as_config *config);

/* Returns the settings that are in force for the app.  They stay in memory until
 * the process ends.  If settings of several sections conflict, the process ends
 * with 78. */
const struct as_settings *as_config_of(
    struct as_config *config, struct as_text app);

/* The same for an app whose name comes from a sample or a server: one such app must
 * not end the tool.  If its settings conflict, returns NULL, and in *why the
 * reason, a text that lasts until the next call. */
const struct as_settings *as_config_find(
    struct as_config *config, struct as_text app, const char **why);

/* The greatest as_policy_memory of the apps that the file names and of those that
 * were found so far, in ms */
int64_t as_config_memory(struct as_config *config);

/* select.c - which apps the options and the file mean.  The app's name for a tool
 * that serves one app: that of -a, or "app" */
const char *as_select_app(const struct as_config *config);

/* Whether -a allows the app */
bool as_select_wants(const struct as_config *config, struct as_text app);

/* Whether the file has settings for the app: it names the app, has a glob that fits
 * it, or names no apps at all */
bool as_select_knows(const struct as_config *config, struct as_text app);

/* Whether the settings may hold for apps that the file does not name: it has a
 * glob, or names no apps */
bool as_select_is_open(const struct as_config *config);

bool as_select_is_glob(const char *name);

/* scope.c - one app and its settings */
struct as_scope {
	const struct as_config *config;
	const struct as_settings *settings;
	struct as_text app;
};

/* The next setting with this key, or NULL after the last.  "set." stands for all
 * keys that begin with "set.".  *i must be 0 before the first call. */
const struct as_setting *as_scope_each(
    const struct as_scope *scope, const char *key, size_t *i);

/* The first setting with this key.  If none is set, returns one that has the value
 * `standard`, or NULL if standard is NULL. */
const struct as_setting *as_scope_first(
    const struct as_scope *scope, const char *key, const char *standard);

/* show.c - prints the settings of each app that the file names, and where each
 * setting was made; returns the exit status */
int as_show_settings(struct as_config *config);

/* reference.c - prints the table of all keys; returns the exit status */
int as_reference_print(void);

#endif
