/*
 * Any bytes as a table: where a row ends does not depend on the blocks, and a
 * row that is read has as many cells as the header, or says why not.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/text.h"
#include "timeline/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len);

/* Where the row at ${bytes} ends, fed in blocks of ${block}. */
static size_t
find_end(const uint8_t * bytes, size_t len, char delimiter, size_t block,
    enum csv_result * result)
{
	struct csv_scan s;
	size_t used;

	csv_scan_begin(&s, delimiter);
	*result = CSV_MORE;
	for (size_t at = 0; at < len; at += used) {
		*result = csv_scan_feed(&s, bytes + at,
		    (len - at < block) ? len - at : block, &used);
		if (*result != CSV_MORE)
			return at + used;
	}
	return len;
}

static void
read_row(struct csv * c, const uint8_t * bytes, size_t len, struct record * r,
    struct err * e)
{
	const struct record_value * v;
	const char * why;

	if (csv_read(c, bytes, len, r, &why, e) != 0)
		abort();
	assert((why == NULL) || (*why != '\0'));
	assert(record_root(r) != NULL);
	for (v = record_first(record_root(r)); v != NULL; v = record_next(v)) {
		assert(v->len > 0);
		assert(text_is_utf8(v->text, v->len));
		assert(strlen(v->text) == v->len);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len)
{
	static const char header[] = "Type,Caller,Status";
	enum csv_result whole, parts;
	struct record * r;
	struct csv * c;
	char delimiter;
	struct err e;
	size_t end;

	err_init(&e);
	r = record_new(&e);
	c = csv_new(&e);
	if ((r == NULL) || (c == NULL))
		abort();
	end = find_end(bytes, len, ',', len + 1, &whole);
	assert(end == find_end(bytes, len, ',', 3, &parts));
	assert(whole == parts);
	if (csv_find_delimiter(bytes, end, &delimiter, &e) != 0)
		abort();
	if (delimiter != 0) {
		if (csv_set_header(c, bytes, end, &e) != 0)
			abort();
		assert(csv_is_header(c, bytes, end));
		read_row(c, bytes, end, r, &e);
	}
	if (csv_set_header(c, (const uint8_t *)header, strlen(header), &e) != 0)
		abort();
	read_row(c, bytes, end, r, &e);
	csv_free(c);
	record_free(r);
	return 0;
}
