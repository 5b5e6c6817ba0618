/* hide.c - keeps the secrets of this process, and hides them in messages */
#include <ctype.h>

#include "as.h"

/* A secret of less than BRIEF bytes, and every login, is hidden only where it is a
 * whole word: the secret "sta" must not hide half of "status".  A login of less
 * than LOGIN_MIN bytes is not hidden: "as" and "to" are in every text. */
enum { BRIEF = 6, LOGIN_MIN = 3, HEAD = 4, CHAINS = 4096 };

/* A text may hold only the beginning of a secret.  It is hidden if it has BEGINNING
 * bytes, or CUT bytes at the end of the text or before "...". */
enum { BEGINNING = 8, CUT = 4 };

struct hidden {
	struct hidden *next;
	size_t len;
	bool word, login;
	unsigned char text[]; /* each byte by fold() */
};

/* The secrets in chains, by a hash of their first HEAD bytes.  The last chain is
 * for shorter secrets. */
static struct hidden *chains[CHAINS + 1];
static bool is_held; /* as_hide_add was called */

/* Bytes are compared by fold(): to it the two alphabets of base64 are the same, and
 * so are upper and lower case, because a host name may be printed in lower case. */
static unsigned char
fold(char c)
{
	if (c == '-')
		return '+';
	return c == '_' ? '/' : (unsigned char)tolower((unsigned char)c);
}

static struct hidden **
chain_of(const unsigned char *folded, size_t len)
{
	struct as_text head = {(const char *)folded, HEAD};

	return &chains[len < HEAD ? CHAINS : as_table_hash(head) % CHAINS];
}

static void
add(const char *text, size_t len, bool login)
{
	struct hidden *hidden = as_mem_need(malloc(sizeof(*hidden) + len + 1));
	struct hidden **chain;

	hidden->len = len;
	hidden->login = login;
	hidden->word = login || len < BRIEF;
	for (size_t i = 0; i < len; i++)
		hidden->text[i] = fold(text[i]);
	chain = chain_of(hidden->text, len);
	hidden->next = *chain;
	*chain = hidden;
}

static bool
is_text(const struct hidden *hidden, const char *text, size_t len, bool login)
{
	if (hidden->len != len || hidden->login != login)
		return false;
	while (len > 0 && hidden->text[len - 1] == fold(text[len - 1]))
		len--;
	return len == 0;
}

static void
drop(const char *text, size_t len, bool login)
{
	unsigned char head[HEAD] = {0};
	struct hidden **at, *gone;

	for (size_t i = 0; i < HEAD && i < len; i++)
		head[i] = fold(text[i]);
	at = chain_of(head, len);
	while (*at != NULL && !is_text(*at, text, len, login))
		at = &(*at)->next;
	if ((gone = *at) == NULL)
		return;
	*at = gone->next;
	free(gone);
}

/* Encodes the secret in base64 as in a text where `before` other bytes come first.
 * Leaves out the characters that depend on these or later bytes, too. */
static void
encode(struct as_buf *to, const char *secret, size_t len, size_t before)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t bit = (before * 8 + 5) / 6 * 6 - before * 8;

	for (to->len = 0; bit + 6 <= len * 8; bit += 6) {
		size_t byte = bit / 8;
		unsigned two = (unsigned)(unsigned char)secret[byte] << 8 |
		    (byte + 1 < len ? (unsigned char)secret[byte + 1] : 0);

		as_buf_add(to, &digits[two >> (10 - bit % 8) & 63], 1);
	}
}

static void
each_form(const char *secret, bool login,
    void (*act)(const char *text, size_t len, bool login))
{
	size_t len = strlen(secret);
	struct as_buf form = {0};

	if (len >= (login ? LOGIN_MIN : 1))
		act(secret, len, login);
	for (size_t before = 0; before < 3 && !login; before++) {
		encode(&form, secret, len, before);
		if (form.len >= BEGINNING)
			act(form.at, form.len, false);
	}
	free(form.at);
}

/* The byte that two digits of base 16 stand for, or -1 */
static int
byte_of(const char *digits)
{
	static const char base[] = "0123456789abcdef";
	const char *high = strchr(base, tolower((unsigned char)digits[0]));
	const char *low = strchr(base, tolower((unsigned char)digits[1]));

	if (digits[0] == '\0' || digits[1] == '\0' || high == NULL ||
	    low == NULL)
		return -1;
	return (int)((high - base) * 16 + (low - base));
}

enum escapes { NO_ESCAPES, URL_ESCAPES, JSON_ESCAPES, N_ESCAPES };

/* A text in which secrets are searched.  It is read with the escapes of URLs, like
 * %2F, or those of JSON, like \/ and \u002f, replaced by what they stand for. */
struct haystack {
	const char *at;
	size_t len;
	enum escapes escapes;
	bool whole;   /* only whole secrets are searched, and no logins */
	char before;  /* the byte before the place where match() looks */
	bool escaped; /* the text may have escapes: it has a % or a \ */
};

static unsigned char
next_byte(const struct haystack *text, size_t *i)
{
	const char *p = text->at + *i;
	size_t left = text->len - *i, used = 1;
	int c = -1;

	if (text->escapes == URL_ESCAPES && left >= 3 && *p == '%') {
		c = byte_of(p + 1);
		used = 3;
	} else if (text->escapes != JSON_ESCAPES || *p != '\\' || left < 2) {
		c = -1;
	} else if (left >= 6 && strncmp(p, "\\u00", 4) == 0) {
		c = byte_of(p + 4);
		used = 6;
	} else {
		c = (unsigned char)p[1];
		used = 2;
	}
	*i += c < 0 ? 1 : used;
	return fold(c < 0 ? *p : (char)c);
}

static bool
is_cut(const struct haystack *text, size_t i)
{
	return i == text->len ||
	    (text->len - i >= 3 && strncmp(text->at + i, "...", 3) == 0);
}

static bool
is_word(const struct haystack *text, size_t end)
{
	return !isalnum((unsigned char)text->before) &&
	    (end == text->len || !isalnum((unsigned char)text->at[end]));
}

/* Where this secret ends in the text if it begins at i; if it does not, i */
static size_t
match(const struct hidden *hidden, const struct haystack *text, size_t i)
{
	size_t end = i, n = 0, next = i;

	while (n < hidden->len && next < text->len &&
	    next_byte(text, &next) == hidden->text[n]) {
		end = next;
		n++;
	}
	if (n == hidden->len)
		return (hidden->word && !is_word(text, end)) ||
			(hidden->login && text->whole) ?
		    i :
		    end;
	if (hidden->word || text->whole || n < CUT)
		return i;
	return n >= BEGINNING || is_cut(text, end) ? end : i;
}

static size_t
longest(const struct hidden *hidden, const struct haystack *text, size_t i)
{
	size_t most = i, end;

	for (; hidden != NULL; hidden = hidden->next)
		if ((end = match(hidden, text, i)) > most)
			most = end;
	return most;
}

/* Like match(), but the longest of all secrets, with each kind of escapes */
static size_t
find(struct haystack *text, size_t i)
{
	size_t end = longest(chains[CHAINS], text, i), other, n, next;
	unsigned char head[HEAD];

	for (enum escapes escapes = NO_ESCAPES; escapes < N_ESCAPES;
	     escapes++) {
		if (escapes != NO_ESCAPES && !text->escaped)
			break;
		text->escapes = escapes;
		for (n = 0, next = i; n < HEAD && next < text->len; n++)
			head[n] = next_byte(text, &next);
		if (n < HEAD)
			continue;
		other = longest(*chain_of(head, HEAD), text, i);
		end = other > end ? other : end;
	}
	text->escapes = NO_ESCAPES;
	return end;
}

static struct haystack
make_haystack(const char *text, size_t len)
{
	return (struct haystack){.at = text,
	    .len = len,
	    .escaped = memchr(text, '%', len) != NULL ||
		memchr(text, '\\', len) != NULL};
}

bool
as_hide_has(struct as_text text)
{
	struct haystack in = make_haystack(text.at, text.len);

	in.whole = true;
	for (size_t i = 0; i < text.len && is_held; i++) {
		if (find(&in, i) > i)
			return true;
		in.before = text.at[i];
	}
	return false;
}

/* Puts *** in place of each secret.  Returns how long the text is then. */
static size_t
mask(char *text, size_t len)
{
	struct haystack in = make_haystack(text, len);
	size_t to = 0, hidden = 0, stars = 0, end;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if ((end = find(&in, i)) > hidden) {
			stars = i < hidden ? stars : 0;
			hidden = end;
		}
		in.before = c;
		if (i >= hidden)
			text[to++] = c;
		else if (stars++ < 3)
			text[to++] = '*';
	}
	return to;
}

void
as_hide_add(const char *secret, bool login)
{
	is_held = true;
	as_msg_hide_with(mask);
	each_form(secret, login, add);
}

void
as_hide_drop(const char *secret, bool login)
{
	each_form(secret, login, drop);
}
