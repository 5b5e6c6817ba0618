/* message.c - splits a message into tool, level and text, and prints it */
#include "log.h"

/* Cuts *rest at its first ": ".  *part becomes the bytes before it, and *rest
 * those after it.  Returns false if the first ":" is not a ": ". */
static bool
cut_at_colon(struct as_text *rest, struct as_text *part)
{
	if (!as_text_cut(rest, ':', part) || rest->len == 0 ||
	    rest->at[0] != ' ')
		return false;
	rest->at++;
	rest->len--;
	return true;
}

static bool
is_level(struct as_text word, enum as_level *level)
{
	static const char *const names[] = {
	    "error", "warning", "info", "debug"};

	for (int i = AS_ERROR; i <= AS_DEBUG; i++) {
		*level = (enum as_level)i;
		if (as_text_is(word, as_text(names[i])))
			return true;
	}
	return false;
}

struct as_message
as_message_parse(struct as_text line)
{
	enum { LONGEST = 64 }; /* the most bytes in the name of a tool */
	struct as_message message = {.text = line};
	struct as_text word;

	if (cut_at_colon(&message.text, &message.tool) &&
	    message.tool.len <= LONGEST && as_line_app(message.tool) == NULL &&
	    cut_at_colon(&message.text, &word) &&
	    is_level(word, &message.level))
		return message;
	return (struct as_message){
	    AS_ERROR, as_text("as-loop"), {NULL, 0}, line};
}

/* Puts the text at p, with "?" in place of each control byte, and returns the
 * place after it.  A message must not move the cursor of a terminal, or look like
 * two lines. */
static char *
put_masked(char *p, struct as_text text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if (c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0))
			*p++ = '?';
		else
			*p++ = text.at[i];
	}
	return p;
}

char *
as_message_print(
    const struct as_message *message, struct as_text stamp, char *p)
{
	static const char *const levels[] = {
	    "ERROR", "WARNING", "INFO", "DEBUG"};
	const char *level = levels[message->level];

	p = as_put(p, stamp.at, stamp.len);
	*p++ = ' ';
	p = as_put(p, level, strlen(level));
	*p++ = ' ';
	p = as_put(p, message->tool.at, message->tool.len);
	p = AS_PUT(p, ": ");
	if (message->app.len > 0) {
		p = as_put(p, message->app.at, message->app.len);
		p = AS_PUT(p, ": ");
	}
	p = put_masked(p, message->text);
	*p++ = '\n';
	return p;
}
