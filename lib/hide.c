/* hide.c - keeps the secrets of this process, and hides them in messages */
#include <ctype.h>

#include "as.h"

/* A secret of less than BRIEF bytes, and every login, is hidden only where it is a
 * whole word: the secret "sta" must not hide half of "status". */
enum { BRIEF = 6, HEAD = 4, CHAINS = 4096 };

enum { DEPTH = 3 }; /* how deep escapes within escapes are undone */

struct hidden {
	struct hidden *next;
	size_t len;
	/* A text may hold only its beginning.  That is hidden if it has so many
	 * bytes, or half as many at the end of the text or before "..." */
	size_t beginning;
	size_t telling; /* so many make as_hide_has true */
	bool word, login;
	unsigned char text[]; /* the secret, with each byte changed by fold() */
};

/* The secrets in chains, chosen by a hash of their first HEAD bytes.  The last
 * chain has the secrets that are shorter than HEAD bytes. */
static struct hidden *chains[CHAINS + 1];
static bool is_held; /* there is a secret, or was one */

/* A bit for each two bytes with which a secret begins, or began.  These alone show
 * for nearly all places of a text that no secret begins there. */
static unsigned char pairs[65536 / 8];

/* Returns what is compared of a byte.  It is the same for the two alphabets of
 * base64, and for upper and lower case, because a host name may be printed in
 * lower case. */
static inline unsigned char
fold(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (unsigned char)(c - 'A' + 'a');
	if (c == '-')
		return '+';
	return c == '_' ? '/' : (unsigned char)c;
}

static inline unsigned
pair_of(unsigned char first, unsigned char second)
{
	return (unsigned)first << 8 | second;
}

static void
add_pairs(unsigned from, unsigned to)
{
	for (unsigned pair = from; pair <= to; pair++)
		pairs[pair / 8] |= (unsigned char)(1 << pair % 8);
}

static struct hidden **
chain_of(const unsigned char *folded, size_t len)
{
	struct as_text head = {(const char *)folded, HEAD};

	return &chains[len < HEAD ? CHAINS : as_table_hash(head) % CHAINS];
}

static void
add(const struct as_form *form)
{
	size_t len = form->len;
	struct hidden *hidden = as_mem_need(malloc(sizeof(*hidden) + len + 1));
	struct hidden **chain;
	unsigned pair;

	hidden->len = len;
	hidden->beginning = form->beginning;
	hidden->telling = form->telling;
	hidden->login = form->login;
	hidden->word = form->login || len < BRIEF;
	for (size_t i = 0; i < len; i++)
		hidden->text[i] = fold(form->text[i]);
	pair = pair_of(fold(form->text[0]), len > 1 ? fold(form->text[1]) : 0);
	/* Any byte may follow a secret of one byte. */
	add_pairs(pair, len > 1 ? pair : pair + 255);
	chain = chain_of(hidden->text, len);
	hidden->next = *chain;
	*chain = hidden;
}

static bool
is_form(const struct hidden *hidden, const struct as_form *form)
{
	size_t len = form->len;

	if (hidden->len != len || hidden->login != form->login)
		return false;
	while (len > 0 && hidden->text[len - 1] == fold(form->text[len - 1]))
		len--;
	return len == 0;
}

static void
drop(const struct as_form *form)
{
	unsigned char head[HEAD] = {0};
	struct hidden **at, *gone;

	for (size_t i = 0; i < HEAD && i < form->len; i++)
		head[i] = fold(form->text[i]);
	at = chain_of(head, form->len);
	while (*at != NULL && !is_form(*at, form))
		at = &(*at)->next;
	if ((gone = *at) == NULL)
		return;
	*at = gone->next;
	free(gone);
}

/* A text in which secrets are searched */
struct haystack {
	struct as_decoded text;
	/* Finds no login, and of secrets only beginnings that can hardly be
	 * anything else */
	bool strict;
	/* Lines or bytes were joined, so no secret that must be a whole word is found */
	bool joined;
};

static bool
is_cut(const struct haystack *in, size_t i)
{
	return i == in->text.len ||
	    (in->text.len - i >= 3 && strncmp(in->text.at + i, "...", 3) == 0);
}

static bool
is_word(const struct haystack *in, size_t i, size_t end)
{
	const char *at = in->text.at;

	return (i == 0 || !isalnum((unsigned char)at[i - 1])) &&
	    (end == in->text.len || !isalnum((unsigned char)at[end]));
}

/* Returns where the secret ends in the text if it begins at i.  Returns i if it
 * does not. */
static size_t
match(const struct hidden *hidden, const struct haystack *in, size_t i)
{
	size_t n = 0, most = in->text.len - i;

	while (n < hidden->len && n < most &&
	    fold(in->text.at[i + n]) == hidden->text[n])
		n++;
	if (hidden->word && in->joined)
		return i;
	if (n == hidden->len)
		return (hidden->word && !is_word(in, i, i + n)) ||
			(hidden->login && in->strict) ?
		    i :
		    i + n;
	if (in->strict)
		return !hidden->word && n >= hidden->telling ? i + n : i;
	if (hidden->word || n < hidden->beginning / 2)
		return i;
	return n >= hidden->beginning || is_cut(in, i + n) ? i + n : i;
}

static size_t
longest(const struct hidden *hidden, const struct haystack *in, size_t i)
{
	size_t most = i, end;

	for (; hidden != NULL; hidden = hidden->next)
		if ((end = match(hidden, in, i)) > most)
			most = end;
	return most;
}

/* Returns whether a secret may begin at i. */
static inline bool
may_begin(const struct haystack *in, size_t i)
{
	const char *at = in->text.at + i;
	unsigned pair = pair_of(
	    fold(*at), i + 1 < in->text.len ? fold(at[1]) : '\0');

	return (pairs[pair / 8] >> pair % 8 & 1) != 0;
}

/* Does the same as match, for the longest of all secrets that begin at i. */
static size_t
find(const struct haystack *in, size_t i)
{
	size_t end, other;
	unsigned char head[HEAD];

	end = longest(chains[CHAINS], in, i);
	if (in->text.len - i < HEAD)
		return end;
	for (size_t n = 0; n < HEAD; n++)
		head[n] = fold(in->text.at[i + n]);
	other = longest(*chain_of(head, HEAD), in, i);
	return other > end ? other : end;
}

/* Sets is_hidden[n] for each byte n of the original text, with its escapes, that
 * belongs to a secret.  Returns whether there is one.  is_hidden may be NULL. */
static bool
note(const struct haystack *in, bool *is_hidden)
{
	bool found = false;
	size_t end;

	for (size_t i = 0; i < in->text.len; i++) {
		if (!may_begin(in, i) || (end = find(in, i)) == i)
			continue;
		found = true;
		if (is_hidden == NULL)
			break;
		for (size_t at = as_decoded_place(&in->text, i);
		     at < as_decoded_place(&in->text, end); at++)
			is_hidden[at] = true;
	}
	return found;
}

/* Does the same as note, also with the escapes of the text undone; and, as one
 * text may be quoted in another, does this again with the result, `depth` times at
 * most. */
static bool
// NOLINTNEXTLINE(misc-no-recursion): depth bounds it
search(const struct haystack *in, int depth, bool *is_hidden)
{
	bool found = note(in, is_hidden);
	struct haystack plain = {.strict = in->strict};

	for (enum as_escapes escapes = 0;
	     escapes < AS_DECODE_KINDS && depth > 0; escapes++) {
		if (found && is_hidden == NULL)
			break;
		if (!as_decode(&in->text, escapes, &plain.text))
			continue;
		plain.joined = in->joined || escapes == AS_DECODE_LINES ||
		    escapes == AS_DECODE_BYTES;
		found = search(&plain, depth - 1, is_hidden) || found;
		as_decode_free(&plain.text);
	}
	return found;
}

bool
as_hide_has(struct as_text text)
{
	struct haystack in = {
	    .text = {.at = (char *)text.at, .len = text.len}, .strict = true};

	return is_held && search(&in, DEPTH, NULL);
}

/* Puts *** in place of each secret, and returns the new length of the text.  If
 * there is no memory for this, as_mem_need prints a message, which comes here
 * again: then is_at_work is set, and the message stays as it is. */
static size_t
mask(char *text, size_t len)
{
	static bool is_at_work;
	struct haystack in = {.text = {.at = text, .len = len}};
	size_t to = 0, stars = 0;
	bool *is_hidden;

	if (is_at_work)
		return len;
	is_at_work = true;
	is_hidden = as_mem_need(calloc(len + 1, sizeof(*is_hidden)));
	search(&in, DEPTH, is_hidden);
	for (size_t i = 0; i < len; i++) {
		if (!is_hidden[i])
			stars = 0;
		if (!is_hidden[i])
			text[to++] = text[i];
		else if (stars++ < 3)
			text[to++] = '*';
	}
	free(is_hidden);
	is_at_work = false;
	return to;
}

void
as_hide_add(const char *secret, bool login)
{
	is_held = true;
	as_msg_hide_with(mask);
	as_form_each(secret, login, add);
}

void
as_hide_drop(const char *secret, bool login)
{
	as_form_each(secret, login, drop);
}
