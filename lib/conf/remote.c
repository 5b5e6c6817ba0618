/* remote.c - the keys of HTTP requests and of as-apply, and their checks */
#include <strings.h>

#include "conf.h"

static const char *
set_url(void *settings, size_t at, const char *value)
{
	if (strncmp(value, "http://", 7) != 0 &&
	    strncmp(value, "https://", 8) != 0)
		return "is not a URL that begins with http:// or https://";
	if (strlen(value) > 2048)
		return "is a URL of over 2 KiB";
	for (const char *p = value; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || *p == 127)
			return "is a URL with a blank or control byte";
	*(const char **)as_key_place(settings, at) = value;
	return NULL;
}

static const char *
set_text(void *settings, size_t at, const char *value)
{
	*(const char **)as_key_place(settings, at) = value;
	return NULL;
}

static const char *
set_method(void *settings, size_t at, const char *value)
{
	size_t len = strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	if (len == 0 || len > 16 || value[len] != '\0')
		return "is not a method like PUT, POST or PATCH";
	return set_text(settings, at, value);
}

static const char *
set_wait(void *settings, size_t at, const char *value)
{
	int64_t *ms = as_key_place(settings, at);
	const char *why = as_time_duration(as_text(value), ms);

	return why == NULL && *ms == 0 ? "must be longer than 0" : why;
}

/* Reads "8MiB", "500KiB" or a number of bytes. */
static const char *
set_size(void *settings, size_t at, const char *value)
{
	static const char why[] = "is not a size in 1..1GiB, like 8MiB";
	struct as_text number = {value, strspn(value, "0123456789")};
	const char *unit = value + number.len;
	int64_t factor = 0, most = 1073741824;
	int32_t n;

	if (*unit == '\0')
		factor = 1;
	else if (strcmp(unit, "KiB") == 0)
		factor = 1024;
	else if (strcmp(unit, "MiB") == 0)
		factor = 1048576;
	if (factor == 0 || !as_num_count(number, &n) || n == 0 ||
	    n > most / factor)
		return why;
	*(int64_t *)as_key_place(settings, at) = n * factor;
	return NULL;
}

/* Reads "50%". */
static const char *
set_share(void *settings, size_t at, const char *value)
{
	struct as_text number = as_text(value);
	int32_t percent;

	if (number.len > 0 && value[number.len - 1] == '%')
		number.len--;
	else
		number.len = 0;
	if (!as_num_count(number, &percent) || percent > 100)
		return "is not a share in 0%..100%";
	*(int64_t *)as_key_place(settings, at) = percent;
	return NULL;
}

static const char *
set_retries(void *settings, size_t at, const char *value)
{
	enum { MOST = 5 };
	int32_t n;

	if (!as_num_count(as_text(value), &n) || n > MOST)
		return "is not a number in 0..5";
	*(int64_t *)as_key_place(settings, at) = n;
	return NULL;
}

static const char *
set_follow(void *settings, size_t at, const char *value)
{
	bool *follow = as_key_place(settings, at);

	*follow = strcmp(value, "same-host") == 0;
	return *follow || strcmp(value, "no") == 0 ? NULL :
						     "is not no or same-host";
}

static const char *
set_header(void *settings, size_t at, const char *value)
{
	static const char *const secret[] = {
	    "Authorization", "Cookie", "Proxy-Authorization"};
	size_t len = strcspn(value, ": \t");

	(void)settings;
	(void)at;
	if (len == 0 || value[len] != ':')
		return "is not Name: value";
	for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
		if (strncasecmp(value, secret[i], len) == 0 &&
		    secret[i][len] == '\0')
			return "is a secret, which has its own file: "
			       "token_file or netrc_file, mode 0600";
	return NULL;
}

/* Is the member `set` of keys that have no member in struct as_remote: the tools
 * read their values from the list of settings. */
static const char *
set_nothing(void *settings, size_t at, const char *value)
{
	(void)settings;
	(void)at;
	(void)value;
	return NULL;
}

/* clang-format off */
#define KEY(name, set, standard, range, about, how) \
	{#name, range, standard, about, set, offsetof(struct as_remote, name), how}
const struct as_key as_remote_keys[] = {
KEY(aws_sigv4, set_text, "", "PROVIDER:REGION:SERVICE...",
    "signs requests for AWS with the keys in netrc_file", 0),
KEY(before_replicas, set_text, ".replicas", "FILTER",
    "filter from the reply of before_url to the count", AS_KEY_LINES),
KEY(before_url, set_url, "", "URL",
    "is asked for the count before a PUT, not status_url", 0),
KEY(brake, set_share, "50%", "0%..100%",
    "if more apps than this want down in a tick, none goes", 0),
KEY(brake_hold, set_wait, "10m", "DUR > 0",
    "the brake lets an app go that it has held for so long", 0),
KEY(ca_file, set_text, "", "FILE",
    "authorities to trust instead of the system's", AS_KEY_PATH),
KEY(client_cert, set_text, "", "FILE",
    "our certificate, and its key if client_key is not set", AS_KEY_PATH),
KEY(client_key, set_text, "", "FILE",
    "the private key of client_cert", AS_KEY_PATH),
KEY(connect_timeout, set_wait, "2s", "DUR > 0",
    "time to set up a connection", 0),
KEY(follow, set_follow, "no", "no or same-host",
    "whether a GET follows redirects", 0),
{"header", "NAME: VALUE", "", "a header of every request",
    set_header, 0, AS_KEY_REPEATS},
KEY(max_age, set_wait, "2m", "DUR > 0",
    "an older decision is refused", 0),
KEY(netrc_file, set_text, "", "FILE",
    "logins by host, for Basic authentication", AS_KEY_PATH),
KEY(pause_file, set_text, "", "FILE",
    "while this file exists nothing is ordered", AS_KEY_PATH),
KEY(replicas_body, set_text, "", "FILTER",
    "filter that makes the body of the PUT; else {replicas}", AS_KEY_LINES),
{"replicas_header", "NAME: VALUE", "", "a header of the PUT",
    set_header, 0, AS_KEY_REPEATS},
KEY(replicas_method, set_method, "PUT", "PUT, POST, PATCH...",
    "the method that orders a count", 0),
{"replicas_query.", "FILTER", "", "filter that makes a query of replicas_url",
    set_nothing, 0, AS_KEY_LINES},
KEY(replicas_url, set_url, "", "URL",
    "where the count is PUT", 0),
KEY(retries, set_retries, "1", "0..5",
    "how often a GET that failed is sent again, within timeout", 0),
{"samples_command", "COMMAND", "", "its output is sample lines, in place of requests",
    set_nothing, 0, 0},
KEY(sample, set_text, "{replicas, cpu: .cpu.highPriority}", "FILTER",
    "filter from the reply of status_url to samples", AS_KEY_LINES),
KEY(reply_max, set_size, "8MiB", "BYTES, KiB or MiB",
    "a longer reply is refused", 0),
{"set.", "TEXT", "", "a variable: {NAME} in URLs, $NAME in filters",
    set_nothing, 0, AS_KEY_VARIABLE},
KEY(status_body, set_text, "", "TEXT",
    "is POSTed to status_url instead of a GET", AS_KEY_LINES),
{"status_header", "NAME: VALUE", "", "a header of the request for the status",
    set_header, 0, AS_KEY_REPEATS},
{"status_query.", "TEXT", "", "a query that is added to status_url, encoded",
    set_nothing, 0, 0},
KEY(status_url, set_url, "", "URL",
    "is asked for the status", AS_KEY_REPEATS),
KEY(timeout, set_wait, "5s", "DUR > 0",
    "time for a whole request", 0),
KEY(token_file, set_text, "", "FILE",
    "a bearer token, mode 0600", AS_KEY_PATH),
KEY(unix_socket, set_text, "", "FILE",
    "connect to this socket, whatever host the URL has", AS_KEY_PATH),
{NULL, NULL, NULL, NULL, NULL, 0, 0}
};
#undef KEY
/* clang-format on */

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Returns NULL, or why the NAME in a key is not allowed.  The key set.NAME makes a
 * variable of filters.  So its NAME must be an identifier, and neither app nor
 * before, because filters have variables of these names already. */
static const char *
check_name(const struct as_key *key, const char *name)
{
	bool variable = is_letter(*name);
	size_t len = 0;

	for (; name[len] != '\0'; len++) {
		bool plain = is_letter(name[len]) || as_digit(name[len]) <= 9;

		variable = variable && plain;
		if (len == AS_KEY_MAX ||
		    (!plain && name[len] != '-' && name[len] != '.'))
			len = AS_KEY_MAX + 1;
		if (len > AS_KEY_MAX)
			break;
	}
	if (len == 0 || len > AS_KEY_MAX)
		return "has a NAME that is not 1 to 64 of A-Z a-z 0-9 _ - .";
	if ((key->how & AS_KEY_VARIABLE) != 0 &&
	    (!variable || strcmp(name, "app") == 0 ||
		strcmp(name, "before") == 0))
		return "has a NAME that is no identifier, or is app or before";
	return NULL;
}

const char *
as_remote_set(struct as_remote *remote, const struct as_key *key,
    const char *name, const char *value)
{
	size_t len = strlen(key->name);
	const char *why = key->name[len - 1] == '.' ?
	    check_name(key, name + len) :
	    NULL;

	return why != NULL ? why : key->set(remote, key->at, value);
}
