/* notes.c - keeps what is remembered of each app besides its history */
#include "warn.h"

struct as_note *
as_notes_of(struct as_notes *notes, size_t app)
{
	while (notes->n <= app) {
		size_t had = notes->n;

		notes->note = as_mem_grow(
		    notes->note, &notes->n, sizeof(*notes->note));
		memset(notes->note + had, 0,
		    (notes->n - had) * sizeof(*notes->note));
	}
	return &notes->note[app];
}

void
as_notes_move(struct as_notes *notes, size_t from, size_t to)
{
	if (from >= notes->n || from == to)
		return;
	free(notes->note[to].last_line);
	notes->note[to] = notes->note[from];
	notes->note[from] = (struct as_note){0};
}

void
as_notes_free(struct as_notes *notes)
{
	for (size_t i = 0; i < notes->n; i++)
		free(notes->note[i].last_line);
	free(notes->note);
}
