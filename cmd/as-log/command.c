/* command.c - reads the commands that as-loop sends among the messages, as "watch
 * /etc/as.conf" */
#include "log.h"

static const struct form {
	const char *word;
	enum as_command_what what;
	bool has_generation, has_rest, has_number;
} forms[] = {{"pid", AS_COMMAND_PID, true, true, true},
    {"exit", AS_COMMAND_EXIT, true, true, true},
    {"end", AS_COMMAND_END, true, false, true},
    {"wake", AS_COMMAND_WAKE, true, false, true},
    {"limit", AS_COMMAND_LIMIT, false, false, true},
    {"ticks", AS_COMMAND_TICKS, false, false, true},
    {"watch", AS_COMMAND_WATCH, false, true, false}};

static const struct form *
find_form(struct as_text word)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (as_text_is(word, as_text(forms[i].word)))
			return &forms[i];
	return NULL;
}

static bool
cut_number(struct as_text *line, int32_t *number)
{
	struct as_text word;

	return as_text_cut(line, ' ', &word) && as_num_count(word, number);
}

bool
as_command_parse(struct as_text line, struct as_command *command)
{
	struct as_text word;
	const struct form *form;

	*command = (struct as_command){0};
	if (!as_text_cut(&line, ' ', &word) || (form = find_form(word)) == NULL)
		return false;
	command->what = form->what;
	if (form->has_generation && !cut_number(&line, &command->generation))
		return false;
	if (form->has_rest && form->has_number) {
		if (!as_text_cut(&line, ' ', &command->rest) ||
		    as_line_app(command->rest) != NULL)
			return false;
	} else if (form->has_rest) {
		command->rest = line;
		return line.len > 0 && line.at[0] == '/';
	}
	return as_num_count(line, &command->number);
}
