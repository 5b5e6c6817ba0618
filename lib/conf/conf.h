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
	/* Its mistake was reported.  It has no value, but shows that its key is not
	 * simply missing. */
	bool is_wrong;
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

/* Marks a setting that has a mistake with is_wrong, and gives it the key that was
 * probably meant.  Returns false if it cannot be known which one that is. */
bool as_setting_doubt(struct as_setting *setting);

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
	int code; /* the worst of their exit statuses */
};

/* A mistake with the exit status 78 */
void as_mistake_add(struct as_mistakes *mistakes, const char *fmt, ...)
    AS_FORMAT(2);

/* Adds a mistake whose texts may differ from app to app: only the first one with
 * this key is printed.  code is its exit status. */
void as_mistake_add_once(
    struct as_mistakes *mistakes, int code, const char *key, const char *text);

/* Ends the process if a mistake was reported, with the worst of the exit statuses. */
void as_mistake_end(const struct as_mistakes *mistakes);

/* trust.c - opens a file of settings, which must be a regular file and not empty.
 * If root runs the tool, the file must belong to root, and no other user must be
 * able to change it.  Returns the descriptor, and the size of the file in *size.
 * Returns -1, with the reason in *why, if the file must not be used. */
int as_trust_open(const char *path, size_t *size, const char **why);

/* Returns whether the file still has this size, and was last written 2 s ago or
 * earlier: then probably nobody is writing it. */
bool as_trust_stands_still(int fd, size_t size);

/* bundle.c - a bundle: one file with a copy of all files of the settings.  After
 * as_bundle_start, as_bundle_add keeps each file that is read.  as_bundle_write
 * writes them to the file `path`, with mode 0600.  It returns NULL, or why it
 * cannot. */
void as_bundle_start(void);
void as_bundle_add(const char *path, struct as_text text);
const char *as_bundle_write(const char *path);

/* as_bundle_is returns whether the text is a bundle.  as_bundle_read takes the
 * files out of a bundle.  It returns the path of the first one, which is as.conf,
 * or NULL if the bundle is damaged.  From then on as_bundle_find finds these files
 * by their paths.  It returns false if there is no such file. */
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

/* A copy in memory that stays until the end */
char *as_ini_copy(const char *text);

/* Returns path, in memory that is never freed.  If path is relative, it begins at
 * the directory that `file` is in. */
char *as_ini_beside(const char *file, const char *path);

/* Splits the line "key = value" at its "=".  Returns NULL, or why it is no such
 * line. */
const char *as_ini_cut(char *line, char **key, char **value);

/* The settings that are in force for one app, or for several apps */
struct as_settings {
	const struct as_policy *policy;
	struct as_remote remote;
	/* Indexes of these settings in config->settings, in the order of their
	 * layers */
	uint32_t *in_force;
	size_t n_in_force;
	/* min or max is set, and not the default: as-apply refuses counts beyond
	 * such a bound. */
	bool min_set, max_set;
	bool is_checked; /* reach.c has looked at its windows */
	const char *why; /* why these settings conflict, or NULL */
	/* Mistakes were reported that may be the only reason for others.
	 * is_partial: any key may be missing.  has_wrong_policy: a key of the policy
	 * has no value.  has_wrong_remote: another key has none. */
	bool is_partial, has_wrong_policy, has_wrong_remote;
};

/* The settings of one place: a section, a line of the list of apps, or the
 * options */
struct as_layer {
	/* The name of an app, or a glob; NULL for all apps */
	const char *pattern;
	/* Its n own settings stand in config->settings, from index first on. */
	size_t first, n;
	/* The n_profile settings of its profile stand there from index profile
	 * on. */
	size_t profile, n_profile;
	bool is_partial; /* a part of it could not be read */
};

/* What is known of an app.  section and line are its own section and its line in
 * the list, by their index in config->layers plus 1; 0 if it has none.  settings is
 * NULL until they are made. */
struct as_named {
	size_t section, line;
	struct as_settings *settings;
};

struct as_config {
	struct as_mistakes mistakes;
	/* How many mistakes leave only one key without a value */
	size_t n_doubted;
	const char *path; /* of the file of -c, or NULL */
	const char *only; /* the name or glob of -a, or NULL */
	/* -G was typed: the tool prints the settings and ends. */
	bool is_shown;
	const char *list;            /* path of the list of apps, or NULL */
	struct as_setting *settings; /* of all layers */
	size_t n, room;
	/* First the sections, then the lines of the list of apps */
	struct as_layer *layers;
	size_t n_layers, layers_room;
	/* The index of [default] in layers, plus 1; 0 if there is none */
	size_t standard;
	/* The sections [app GLOB]: for each its index in layers, plus 1 */
	size_t *globs;
	size_t n_globs, globs_room;
	/* The layer of the options.  as_config_ready copies flag_settings to
	 * `settings`. */
	struct as_layer flags;
	struct as_setting *flag_settings;
	size_t flags_room;
	/* All apps that are known.  The first n_named are those that the file
	 * names. */
	struct as_table apps;
	size_t n_named;
	struct as_named *named; /* by the number of the app in `apps` */
	size_t named_room;
	/* Settings of several apps that have no own ones; one for all apps that the
	 * same globs fit */
	struct as_settings **shared;
	size_t n_shared, shared_room;
	struct as_table guests; /* some apps that the file does not name */
	struct as_settings **guest_settings; /* by the number in guests */
	size_t guests_room;
};

/* flags.c - the options that all tools with settings share: -a, -c, -G and -o.
 * as_flags_option handles these, and returns the other options of the tool as
 * as_option_next does.  Dies with 64 if an option is wrong.  A mistake in a setting is
 * reported, and as_config_ready then ends the tool. */
extern const struct as_option as_flags_options[];
int as_flags_option(
    struct as_config *config, int *argc, char **argv[], const char **arg);

/* Sets a key to the value of the option or operand that was read last.  This
 * replaces the value of an earlier option, unless the key may stand several times.
 * A mistake is reported. */
void as_flags_set(struct as_config *config, const char *key, const char *value);

/* sections.c - reads the whole file of -c, the profiles that it includes, and its
 * list of apps.  Mistakes are reported.  Returns false if the file cannot be read. */
bool as_sections_read(struct as_config *config);

/* profile.c - adds the settings of the profile `name` to a layer.  The layer's own
 * settings override them.  ini has read the line that includes the profile. */
void as_profile_include(struct as_config *config, const struct as_ini *ini,
    struct as_layer *layer, const char *name);

/* layers.c - stores all settings.  as_layers_add adds an empty layer for the app or
 * the apps that fit the pattern; if that is NULL, for all apps. */
struct as_layer *as_layers_add(struct as_config *config, const char *pattern);

/* Adds a setting from the line that ini has read last.  Reports a mistake if the
 * setting is wrong, or if the same layer has set its key already.  The settings of
 * this layer begin at the index first. */
void as_layers_set(struct as_config *config, const struct as_ini *ini,
    size_t first, char *key, char *value);

/* Reports that the line is not KEY = VALUE.  Of such a line only the first word is
 * shown: the rest may be a secret. */
void as_layers_refuse(struct as_config *config, const struct as_ini *ini,
    char *line, const char *why);

/* Returns the entry of the app that has this number in config->apps. */
struct as_named *as_layers_name(struct as_config *config, size_t number);

/* Finds the settings in force for an app: fills in settings->in_force.  section and
 * line are those of struct as_named. */
void as_layers_put(struct as_config *config, struct as_settings *settings,
    const char *app, size_t section, size_t line);

/* settings.c - makes the settings that are in force for an app.  If they conflict,
 * their member why is the reason, and they have no policy.  as_settings_share
 * returns those that the app shares with all other apps that the same globs fit, so
 * without the app's own section and line.  It makes them at the first call for such
 * an app. */
struct as_settings *as_settings_share(
    struct as_config *config, const char *app);

/* Makes the settings of an app that the file names, or finds those that it shares
 * with others. */
struct as_settings *as_settings_build(
    struct as_config *config, const char *app, const struct as_named *named);

/* as_settings_has_own returns whether the app has a section of its own, or keys in
 * its line of the list.  as_settings_has_own_policy returns whether such a key
 * belongs to the policy.  It also returns true if a line with a mistake may have
 * such a key. */
bool as_settings_has_own(
    const struct as_config *config, const struct as_named *named);
bool as_settings_has_own_policy(
    const struct as_config *config, const struct as_named *named);

/* reach.c - warns about a window of a schedule that asks for a count which the
 * policy of the app never allows.  Warns once about each window. */
void as_reach_check(
    struct as_config *config, struct as_settings *settings, const char *app);

/* config.c - reads the file of -c, checks every setting and every app that the file
 * names, and reports all mistakes.  Then as_config_ready dies with 78 if there was
 * one.  as_config_read does so only if there is no file to read: its caller looks
 * for further mistakes, and calls as_mistake_end. */
void as_config_read(struct as_config *config);
void as_config_ready(struct as_config *config);

/* Returns the settings of an app, also if they conflict: then their member why is
 * set.  For such further checks. */
const struct as_settings *as_config_look(
    struct as_config *config, struct as_text app);

/* Returns the settings that are in force for the app.  They stay in memory until
 * the process ends.  Dies with 78 if settings of several sections conflict. */
const struct as_settings *as_config_of(
    struct as_config *config, struct as_text app);

/* Does the same for an app whose name comes from a sample or a server: one such app
 * must not end the tool.  If its settings conflict, returns NULL, with the reason
 * in *why.  That text lasts until the next call. */
const struct as_settings *as_config_find(
    struct as_config *config, struct as_text app, const char **why);

/* Returns for how many ms a sample may influence later decisions about any app: the
 * greatest as_policy_memory of the apps that the file names and of those that were
 * found so far, and a day more for what is not known. */
int64_t as_config_memory(struct as_config *config);

/* select.c - which apps the options and the file mean.  as_select_app returns the
 * name of the app if a tool serves only one: the name of -a, or "app" if -a has
 * none. */
const char *as_select_app(const struct as_config *config);

/* Returns whether -a allows the app.  Without -a all apps are allowed. */
bool as_select_wants(const struct as_config *config, struct as_text app);

/* Returns whether the file has settings for the app: it names the app, has a glob
 * that fits it, or names no apps at all. */
bool as_select_knows(const struct as_config *config, struct as_text app);

/* Returns whether the file has a section for this app alone. */
bool as_select_has_section(struct as_config *config, struct as_text app);

/* Returns whether there may be settings for apps that the file does not name: it
 * has a glob, or names no apps. */
bool as_select_is_open(const struct as_config *config);

bool as_select_is_glob(const char *name);

/* scope.c - looks up the settings of one app */
struct as_scope {
	const struct as_config *config;
	const struct as_settings *settings;
	struct as_text app;
};

/* Returns the next setting of the app with this key, or NULL after the last.
 * "set."  stands for all keys that begin with "set.".  *i must be 0 before the
 * first call. */
const struct as_setting *as_scope_each(
    const struct as_scope *scope, const char *key, size_t *i);

/* Returns the first setting with this key.  If the key is not set, returns a
 * setting with the value `standard`, or NULL if standard is NULL. */
const struct as_setting *as_scope_first(
    const struct as_scope *scope, const char *key, const char *standard);

/* show.c - prints, for -G, the settings of each app that the file names, and where
 * each was set.  Returns the exit status. */
int as_show_settings(struct as_config *config);

/* digest.c - prints the settings of the policy, which decide: as a file for -c
 * that has no other key.  Built-in defaults are left out. */
void as_digest_list(struct as_config *config, struct as_buf *to);

/* "DIGEST VERSION" of that text: a checksum in 16 hexadecimal digits, and the
 * version of as-tools, which has the defaults */
enum { AS_DIGEST_MAX = 64, AS_DIGEST_LEN = 16 };
void as_digest_print(struct as_text listing, char mark[AS_DIGEST_MAX]);

/* marked.c - the comment "# settings DIGEST VERSION", the mark of the settings with
 * which the samples after it are decided.  as_marked_take sets mark to "DIGEST
 * VERSION" of the comment.  Returns false if the comment is no mark. */
#define AS_MARKED_HEAD "# settings "
bool as_marked_take(struct as_text comment, char mark[AS_DIGEST_MAX]);

/* Does the same for the last mark in the first `end` bytes of the log fd, reading
 * backwards.  Returns false if there is none, with errno = 0, or if the log cannot be
 * read, with the reason in errno. */
bool as_marked_last(int fd, int64_t end, char mark[AS_DIGEST_MAX]);

/* Returns whether the mark begins with 16 hexadecimal digits and not more. */
bool as_marked_is_digest(const char *mark);

/* Returns the path of the file with the settings of this mark: settings.DIGEST in the
 * directory of the log.  The caller frees it. */
char *as_marked_path(const char *log, const char *mark);

/* reference.c - prints, for -o help, the table of all keys.  Returns the exit
 * status. */
int as_reference_print(void);

#endif
