/* table.c - numbers the names of apps, and finds the number of a name */
#include "as.h"

/* FNV-1a.  Its high bits are mixed into the low ones, because find_slot() uses only
 * the low ones. */
uint32_t
as_table_hash(struct as_text text)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < text.len; i++)
		h = (h ^ (unsigned char)text.at[i]) * 16777619u;
	return h ^ h >> 15;
}

struct as_text
as_table_name(const struct as_table *table, size_t number)
{
	const struct as_name *name = &table->name[number];

	return (struct as_text){table->names + name->at, name->len};
}

/* Returns the slot of the app.  If the table does not have the app, returns the
 * free slot where it belongs, which is 0. */
static uint32_t *
find_slot(const struct as_table *table, struct as_text app)
{
	size_t mask = table->n_slots - 1, i = as_table_hash(app) & mask;

	while (table->slots[i] != 0 &&
	    !as_text_is(as_table_name(table, table->slots[i] - 1), app))
		i = (i + 1) & mask;
	return &table->slots[i];
}

bool
as_table_has(const struct as_table *table, struct as_text app, size_t *number)
{
	uint32_t slot = table->n > 0 ? *find_slot(table, app) : 0;

	*number = slot > 0 ? slot - 1 : 0;
	return slot > 0;
}

/* Doubles the slots.  This is called when half of them are taken, because searches
 * are short as long as many slots are free. */
static void
grow_slots(struct as_table *table)
{
	table->n_slots = table->n_slots == 0 ? 64 : table->n_slots * 2;
	free(table->slots);
	table->slots = as_mem_need(
	    calloc(table->n_slots, sizeof(*table->slots)));
	for (size_t i = 0; i < table->n; i++)
		*find_slot(table, as_table_name(table, i)) = (uint32_t)i + 1;
}

static void
add(struct as_table *table, struct as_text app)
{
	if (table->n == table->room)
		table->name = as_mem_grow(
		    table->name, &table->room, sizeof(*table->name));
	while (table->names_len + app.len + AS_SLACK > table->names_room)
		table->names = as_mem_grow(table->names, &table->names_room, 1);
	memcpy(table->names + table->names_len, app.at, app.len);
	table->names[table->names_len + app.len] = ' ';
	table->name[table->n] = (struct as_name){
	    (uint32_t)table->names_len, (uint32_t)app.len};
	table->names_len += app.len + 1;
	table->n++;
}

size_t
as_table_find(struct as_table *table, struct as_text app)
{
	uint32_t *slot;

	if (table->n * 2 >= table->n_slots)
		grow_slots(table);
	slot = find_slot(table, app);
	if (*slot == 0) {
		add(table, app);
		*slot = (uint32_t)table->n;
	}
	return *slot - 1;
}

/* as-fetch prints the apps in the same order each time.  So the next line most
 * likely has the app with the next number.  To compare its name needs no hash, and
 * reads the names in the order in which they are stored. */
size_t
as_table_line(struct as_table *table, struct as_line *line)
{
	size_t number = line->guessed ? table->next :
					as_table_find(table, line->app);

	as_table_expect(table, line, number);
	return number;
}

void
as_table_free(struct as_table *table)
{
	free(table->names);
	free(table->name);
	free(table->slots);
	*table = (struct as_table){0};
}
