/* netrc.c - finds the logins and passwords in a netrc_file, so that messages can
 * hide them */
#include <stdio.h>
#include <strings.h>

#include "http.h"

enum { WORD_MAX = 1024 };

struct login {
	char login[WORD_MAX], password[WORD_MAX];
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Copies the next word, without its quotes.  libcurl reads the same file to send
 * the logins, so this must find the same words.  Returns the place after the word,
 * or NULL if there is none. */
static const char *
next_word(const char *p, char word[WORD_MAX])
{
	size_t len = 0;
	bool quoted;

	while (is_blank(*p))
		p++;
	if (*p == '\0')
		return NULL;
	if ((quoted = *p == '"'))
		p++;
	for (; *p != '\0' && (quoted ? *p != '"' : !is_blank(*p)); p++) {
		if (quoted && *p == '\\' && p[1] != '\0')
			p++;
		if (len < WORD_MAX - 1)
			word[len++] = *p;
	}
	word[len] = '\0';
	return quoted && *p == '"' ? p + 1 : p;
}

/* Calls act for the login, its password, and both as one text "LOGIN:PASSWORD".
 * Basic authentication sends that text in base64, so it has to be hidden, too. */
static void
end_login(struct login *login, void (*act)(const char *secret, bool login))
{
	char both[2 * WORD_MAX];

	act(login->login, true);
	act(login->password, false);
	if (login->login[0] != '\0' && login->password[0] != '\0') {
		snprintf(
		    both, sizeof(both), "%s:%s", login->login, login->password);
		act(both, false);
	}
	*login = (struct login){0};
}

void
as_netrc_each(const char *text, void (*act)(const char *secret, bool login))
{
	struct login login = {0};
	char word[WORD_MAX];

	while (text != NULL && (text = next_word(text, word)) != NULL) {
		if (strcasecmp(word, "machine") == 0 ||
		    strcasecmp(word, "default") == 0)
			end_login(&login, act);
		else if (strcasecmp(word, "login") == 0)
			text = next_word(text, login.login);
		else if (strcasecmp(word, "password") == 0)
			text = next_word(text, login.password);
	}
	end_login(&login, act);
}
