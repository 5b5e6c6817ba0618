/* api.c - keys that are not the policy's, and what their values may be */
#include <strings.h>

#include "conf.h"

static const char *
set_url(void *at, const char *value)
{
	if (strncmp(value, "http://", 7) != 0 &&
	    strncmp(value, "https://", 8) != 0)
		return "is not a URL that begins with http:// or https://";
	if (strlen(value) > 2048)
		return "is a URL of over 2 KiB";
	for (const char *p = value; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || *p == 127)
			return "is a URL with a blank or control byte";
	*(const char **)at = value;
	return NULL;
}

static const char *
set_text(void *at, const char *value)
{
	*(const char **)at = value;
	return NULL;
}

static const char *
set_method(void *at, const char *value)
{
	size_t len = strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	if (len == 0 || len > 16 || value[len] != '\0')
		return "is not a method like PUT, POST or PATCH";
	return set_text(at, value);
}

static const char *
set_wait(void *at, const char *value)
{
	const char *why = as_duration_parse(as_text(value), at);

	return why == NULL && *(int64_t *)at == 0 ? "must be longer than 0" :
						    why;
}

/* "50%" */
static const char *
set_share(void *at, const char *value)
{
	struct as_text number = as_text(value);
	int32_t percent;

	if (number.len > 0 && value[number.len - 1] == '%')
		number.len--;
	else
		number.len = 0;
	if (!as_num_count(number, &percent) || percent > 100)
		return "is not a share in 0%..100%";
	*(int64_t *)at = percent;
	return NULL;
}

static const char *
set_follow(void *at, const char *value)
{
	*(bool *)at = strcmp(value, "same-host") == 0;
	return *(bool *)at || strcmp(value, "no") == 0 ?
	    NULL :
	    "is not no or same-host";
}

static const char *
set_header(void *at, const char *value)
{
	static const char *const secret[] = {
	    "Authorization", "Cookie", "Proxy-Authorization"};
	size_t len = strcspn(value, ": \t");

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

/* as-schedule reads it again, where it is in force. */
static const char *
set_schedule(void *at, const char *value)
{
	struct as_opening unused;

	(void)at;
	return as_opening_parse(&unused, value);
}

/* Kept with the settings alone */
static const char *
set_nothing(void *at, const char *value)
{
	(void)at;
	(void)value;
	return NULL;
}

enum { REPEATS = AS_KEY_REPEATS, PATH = AS_KEY_PATH, PREFIX = 8, NAMED = 16 };

/* clang-format off */
static const struct key {
	const char *name;
	const char *(*set)(void *at, const char *value);
	size_t at;
	const char *value; /* the default; NULL: not set */
	int how;
} keys[] = {
#define KEY(name, set, value, how) \
	{#name, set, offsetof(struct as_api, name), value, how}
	KEY(aws_sigv4, set_text, NULL, 0),
	KEY(before_replicas, set_text, ".replicas", 0),
	KEY(before_url, set_url, NULL, 0),
	KEY(brake, set_share, "50%", 0),
	KEY(ca_file, set_text, NULL, PATH),
	KEY(client_cert, set_text, NULL, PATH),
	KEY(client_key, set_text, NULL, PATH),
	KEY(connect_timeout, set_wait, "2s", 0),
	KEY(follow, set_follow, "no", 0),
	{"header", set_header, 0, NULL, REPEATS},
	KEY(max_age, set_wait, "2m", 0),
	KEY(netrc_file, set_text, NULL, PATH),
	KEY(pause_file, set_text, NULL, PATH),
	KEY(replicas_body, set_text, NULL, 0),
	{"replicas_header", set_header, 0, NULL, REPEATS},
	KEY(replicas_method, set_method, "PUT", 0),
	{"replicas_query.", set_nothing, 0, NULL, PREFIX},
	KEY(replicas_url, set_url, NULL, 0),
	KEY(sample, set_text, "{replicas, cpu: .cpu.highPriority}", 0),
	{"schedule", set_schedule, 0, NULL, REPEATS},
	{"set.", set_nothing, 0, NULL, PREFIX | NAMED},
	KEY(status_body, set_text, NULL, 0),
	{"status_header", set_header, 0, NULL, REPEATS},
	{"status_query.", set_nothing, 0, NULL, PREFIX},
	KEY(status_url, set_url, NULL, REPEATS),
	KEY(timeout, set_wait, "5s", 0),
	KEY(token_file, set_text, NULL, PATH),
	KEY(unix_socket, set_text, NULL, PATH),
#undef KEY
};
/* clang-format on */

enum { N_KEYS = sizeof(keys) / sizeof(keys[0]) };

static bool
is_key(const struct key *key, const char *name)
{
	return (key->how & PREFIX) == 0 ?
	    strcmp(key->name, name) == 0 :
	    strncmp(key->name, name, strlen(key->name)) == 0;
}

/* Lists of apps repeat their keys. */
static const struct key *
find(const char *name)
{
	static const struct key *last = keys;

	if (is_key(last, name))
		return last;
	for (size_t i = 0; i < N_KEYS; i++)
		if (is_key(&keys[i], name))
			return last = &keys[i];
	return NULL;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Why the rest of a key names nothing, or NULL.  What is set is a variable of
 * filters, so that its name is one there. */
static const char *
check_name(const struct key *key, const char *name)
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
	if ((key->how & NAMED) != 0 &&
	    (!variable || strcmp(name, "app") == 0 ||
		strcmp(name, "before") == 0))
		return "has a NAME that is none of A-Z a-z 0-9 _, or is taken";
	return NULL;
}

void
as_api_default(struct as_api *api)
{
	*api = (struct as_api){0};
	for (size_t i = 0; i < N_KEYS; i++)
		if (keys[i].value != NULL)
			keys[i].set((char *)api + keys[i].at, keys[i].value);
}

const char *
as_api_set(struct as_api *api, const struct as_setting *setting, int *how)
{
	const struct key *key = find(setting->key);
	const char *why;

	*how = key != NULL ? key->how & (REPEATS | PATH) : AS_KEY_POLICY;
	if (key == NULL)
		return NULL;
	if ((key->how & PREFIX) != 0 &&
	    (why = check_name(key, setting->key + strlen(key->name))) != NULL)
		return why;
	return key->set((char *)api + key->at, setting->value);
}

const char *
as_api_key(size_t i, const char **value)
{
	if (i >= N_KEYS)
		return NULL;
	*value = keys[i].value != NULL ? keys[i].value : "";
	return keys[i].name;
}
