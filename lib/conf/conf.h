/* conf.h - reads settings from files and options, and finds those of each app
 *
 * A setting is a KEY with its VALUE.  It is a line KEY = VALUE in the file of -c,
 * see as.conf(5), or an option such as -o KEY=VALUE.  The file has sections:
 * [default] is for all apps, [app NAME] for one app, and [app GLOB], for instance
 * [app batch-*], for all apps whose names fit the pattern.  The section [apps]
 * names another file: the list of apps, a line NAME [KEY=VALUE]... for each.  A
 * section may include a profile, which is a file of keys.  Most keys belong to the
 * policy by which as-decide decides.  The other keys, called remote here, are about
 * HTTP requests and as-apply. */
#ifndef AS_CONF_H
#define AS_CONF_H

#include "policy.h"

/* The values of the remote keys.  Each member has the name of its key, and remote.c
 * says what the key means.  A text that is not set is NULL. */
struct as_remote {
	const char *status_url, *status_body;
	const char *before_url, *replicas_url, *replicas_method;
	/* Filters in the jq language */
	const char *sample, *before_replicas, *replicas_body;
	const char *token_file, *netrc_file, *client_cert, *client_key;
	const char *ca_file, *unix_socket, *aws_sigv4;
	const char *pause_file;
	int64_t timeout;         /* ms for a whole request */
	int64_t connect_timeout; /* ms to set up a connection */
	int64_t retries;         /* of a GET, all within its timeout */
	/* ms; as-apply refuses a decision that is older */
	int64_t max_age;
	/* Bytes; a longer reply is refused. */
	int64_t reply_max;
	/* Percent of the apps.  If more apps than that are to scale down in one
	 * tick, none of them does.  100 is no limit. */
	int64_t brake;
	/* ms; an app that brake has held for so long may scale down. */
	int64_t brake_hold;
	/* A GET follows a redirect to the same host. */
	bool follow;
};

struct as_setting {
	const char *key, *value;
	/* The path of the file that sets it.  If line is 0: the option as it was
	 * typed, or "operand" */
	const char *file;
	int line; /* in the file, from 1; 0 if it is not from a file */
	/* The flags of its key, see enum as_key_how */
	int how;
	/* reach.c has warned about it. */
	bool is_warned;
};

/* remote.c - the remote keys.  as_remote_set checks the value of a key and puts it
 * into remote.  name is the key in full: "set.port" where key->name is "set.".
 * Returns NULL, or why the name or the value is wrong. */
extern const struct as_key as_remote_keys[];

const char *as_remote_set(struct as_remote *remote, const struct as_key *key,
    const char *name, const char *value);

/* setting.c - settings of any key.  as_setting_take checks a setting, and puts its
 * value into policy or remote, to which of them its key belongs.  If that one is
 * NULL, the value is neither checked nor put anywhere.  Sets setting->how.  Returns
 * NULL, or why the key or the value is wrong. */
const char *as_setting_take(struct as_policy *policy, struct as_remote *remote,
    struct as_setting *setting);

/* Returns the key with the index i among all keys, or NULL if i is too large. */
const struct as_key *as_setting_key(size_t i);

/* Returns "target.cpu" if key is "target", which is short for that.  Otherwise
 * returns key. */
const char *as_setting_full_key(const char *key);

/* Returns whether a line KEY = VALUE of a file may have this KEY.  include and list
 * are such keys, too. */
bool as_setting_is_key(struct as_text name);

/* Checks the key and the value, and sets setting->how.  Returns NULL, or why the
 * key or the value is wrong. */
const char *as_setting_check(struct as_setting *setting);

/* Dies with 78, and says what as_setting_explain returns. */
AS_NORETURN void as_setting_die(
    const struct as_setting *setting, const char *why);

/* Returns a message that says where the setting stands, and why it is refused.  The
 * text lasts until the next call. */
const char *as_setting_explain(
    const struct as_setting *setting, const char *why);

/* mistake.c - reports each mistake in the settings when it is found, and only once.
 * The tool goes on, so that it finds all mistakes, and ends when all settings are
 * read.  It ends at once if there are more than 100 mistakes. */
enum { AS_MISTAKES = 100 };

struct as_mistakes {
	char *texts[AS_MISTAKES];
	size_t n; /* of texts */
	/* All mistakes that were found, also those that had been reported before */
	size_t found;
};

void as_mistake_add(struct as_mistakes *mistakes, const char *fmt, ...)
    AS_FORMAT(2);

/* Ends the process with 78 if a mistake was reported. */
void as_mistake_end(const struct as_mistakes *mistakes);

/* trust.c - opens a file of settings, which must be a regular file and not empty.
 * If root runs the tool, the file must belong to root, and no other user must be
 * able to change it.  Returns the descriptor, and the size of the file in *size.
 * Returns -1, with the reason in *why, if the file must not be used. */
int as_trust_open(const char *path, size_t *size, const char **why);

/* Returns whether the file still has this size, and was last written 2 s ago or
 * earlier: then probably nobody is writing it. */
bool as_trust_stands_still(int fd, size_t size);

/* bundle.c - one file that holds all files of the settings.  After as_bundle_start
 * each file that is read is kept for it.  as_bundle_write writes it, with mode 0600.
 * It returns NULL, or why it cannot. */
void as_bundle_start(void);
void as_bundle_add(const char *path, struct as_text text);
const char *as_bundle_write(const char *path);

/* as_bundle_is returns whether the text is a bundle.  as_bundle_read takes its files,
 * and returns the path of the first one, which is as.conf, or NULL if the bundle is
 * damaged.  From then on as_bundle_find finds these files by their paths. */
bool as_bundle_is(struct as_text text);
const char *as_bundle_read(struct as_text text);
bool as_bundle_find(const char *path, struct as_text *text);

/* ini.c - reads a file line by line.  Skips blank lines and comments.  A # begins a
 * comment at the beginning of a line or after a blank; written as "\#" it does not.
 * Lines that cannot be read are reported and skipped. */
struct as_ini {
	const char *path;
	/* Where mistakes are reported */
	struct as_mistakes *mistakes;
	bool joins;    /* an indented line continues the value above it */
	bool is_still; /* nobody writes it: its last line needs no LF */
	/* text is the file in memory, next the line to be read next, and end the
	 * end of the text.  text is never freed, because settings point into it. */
	char *text, *next, *end;
	char *at; /* the line that was read last */
	/* The number of the first line of `at`, from 1 */
	int line;
	int n_lines; /* how many lines were read so far */
};

/* Opens the file.  Returns false if that failed, after it has reported why. */
bool as_ini_open(
    struct as_ini *ini, const char *path, struct as_mistakes *mistakes);

/* Reads the next line, into ini->at.  Returns false at the end of the file. */
bool as_ini_read(struct as_ini *ini);

/* Reports a mistake in the line that was read last.  what is the word that is
 * wrong; if it is NULL, the message names no word. */
void as_ini_report(const struct as_ini *ini, const char *what, const char *why);

/* Returns path, in memory that is never freed.  If path is relative, it begins at
 * the directory that `file` is in. */
char *as_ini_beside(const char *file, const char *path);

/* Splits the line "key = value" at its "=".  Returns NULL, or why it is no such
 * line. */
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
