/* fuzz_edit - any bytes as $before: what an edit makes of the text, libjq makes of
 * the document, and a number that is kept is the same number again */
#include <jv.h>

#include "filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static jv
parse(struct as_text text)
{
	return jv_parse_sized(text.at, (int)text.len);
}

static void
check(struct as_text before, const struct as_buf *edited)
{
	jv want = jv_setpath(parse(before),
	    JV_ARRAY(jv_string("a"), jv_string("b")), jv_number(5));
	jv got = parse((struct as_text){edited->at, edited->len});

	if (!jv_is_valid(want) || !jv_equal(want, got))
		abort();
}

static void
check_numbers(struct as_text before)
{
	static const struct as_path whole;
	struct as_text value;
	jv document, again, text;

	if (as_json_find(before, &whole, &value) != AS_JSON_FOUND ||
	    as_json_number(before).len > 0)
		return;
	document = parse(before);
	text = jv_dump_string(jv_copy(document), 0);
	again = jv_parse(jv_string_value(text));
	jv_free(text);
	if (!jv_is_valid(document) || !jv_equal(document, again))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct as_edit edit;
	struct as_buf text = {0}, edited = {0};
	struct as_text before;

	if (!as_edit_read(&edit, "$before | .a.b = $replicas"))
		abort();
	as_buf_add(&text, (const char *)data, size);
	before = (struct as_text){text.at, text.len};
	if (size > 0 &&
	    as_edit_apply(&edit, before, as_text("{\"replicas\": 5}"), &edited))
		check(before, &edited);
	if (size > 0)
		check_numbers(before);
	free(text.at);
	free(edited.at);
	return 0;
}
