/* notes.c - keeps what as-decide remembers of each app besides its history */
#include "decide.h"

static struct as_note *notes;
static size_t n_notes;

struct as_note *
as_notes_of(size_t app)
{
	while (n_notes <= app) {
		size_t had = n_notes;

		notes = as_mem_grow(notes, &n_notes, sizeof(*notes));
		memset(notes + had, 0, (n_notes - had) * sizeof(*notes));
	}
	return &notes[app];
}

/* Moves the note of app number `from` to number `to`.  When apps are forgotten,
 * later apps get the numbers that became free. */
void
as_notes_move(size_t from, size_t to)
{
	if (from >= n_notes || from == to)
		return;
	free(notes[to].last_line);
	notes[to] = notes[from];
	notes[from] = (struct as_note){0};
}

void
as_notes_free(void)
{
	for (size_t i = 0; i < n_notes; i++)
		free(notes[i].last_line);
	free(notes);
}
