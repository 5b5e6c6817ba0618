/* paths.c - reads plain filters, like {replicas, cpu: .cpu.highPriority} or
 * .spec.replicas.  They do not need libjq, which takes 20 ms to start. */
#include "filter.h"

static const char *
skip(const char *p)
{
	return p + strspn(p, " \t");
}

static size_t
name_len(const char *p)
{
	static const char letters[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";

	return *p != '\0' && strchr(letters, *p) != NULL ? 1 +
		strspn(p + 1,
		    "abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") :
							   0;
}

const char *
as_paths_follow(const char *p, struct as_path *path)
{
	size_t len;

	while (*p == '.' && (len = name_len(p + 1)) > 0) {
		if (path->n == AS_PATH_DEPTH)
			return NULL;
		path->part[path->n++] = (struct as_text){p + 1, len};
		p += 1 + len;
	}
	return path->n > 0 ? p : NULL;
}

/* Reads a member "NAME: .a.b.c", or "NAME", which means "NAME: .NAME".  Returns
 * the place after it, or NULL if the text is anything else. */
static const char *
read_member(const char *p, struct as_path *path)
{
	size_t len = name_len(p);

	if (len == 0)
		return NULL;
	path->key = (struct as_text){p, len};
	p = skip(p + len);
	if (*p == ':')
		return as_paths_follow(skip(p + 1), path);
	path->part[path->n++] = path->key;
	return p;
}

/* Returns whether a number in a line can have this key: it must be a KEY of
 * as-line(5), and neither app nor time. */
static bool
is_plain_key(struct as_text key)
{
	if (as_text_is(key, as_text("app")) || as_text_is(key, as_text("time")))
		return false;
	for (size_t i = 0; i < key.len; i++)
		if (key.at[i] >= 'A' && key.at[i] <= 'Z')
			return false;
	return key.at[0] != '_' && key.len <= AS_KEY_MAX;
}

static bool
is_known(const struct as_paths *paths, struct as_text key)
{
	for (size_t i = 0; i < paths->n; i++)
		if (as_text_is(paths->path[i].key, key))
			return true;
	return false;
}

static bool
read_object(struct as_paths *paths, const char *p)
{
	const char *separator = "{";

	paths->replicas = -1;
	while (*p == *separator) {
		struct as_path path = {0};

		if (paths->n == AS_PATHS ||
		    (p = read_member(skip(p + 1), &path)) == NULL ||
		    !is_plain_key(path.key) || is_known(paths, path.key))
			return false;
		if (as_text_is(path.key, as_text("replicas")))
			paths->replicas = (int)paths->n;
		paths->path[paths->n++] = path;
		p = skip(p);
		separator = ",";
	}
	return paths->replicas >= 0 && paths->n > 1 && *p == '}' &&
	    *skip(p + 1) == '\0';
}

bool
as_paths_read(struct as_paths *paths, const char *filter)
{
	const char *p = skip(filter);

	*paths = (struct as_paths){0};
	if (*p == '{')
		return read_object(paths, p);
	paths->n = 1;
	paths->replicas = -1;
	p = as_paths_follow(p, &paths->path[0]);
	return p != NULL && *skip(p) == '\0';
}
