#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/digest.h"
#include "evidence/text.h"
#include "timeline/export.h"

#include "timeline/table_export.h"

struct writer {
	struct output_file * out;
	struct buf line;
};

/* Columns in which -1 stands for what is not logged. */
static bool
is_number_or_none(const char * name)
{
	return (strcmp(name, "dst_port") == 0) ||
	    (strcmp(name, "protocol_number") == 0);
}

static bool
is_moment(const char * name)
{
	static const char end[] = "_time";
	size_t len = strlen(name);

	return (len >= sizeof(end)) &&
	    (strcmp(name + len - (sizeof(end) - 1), end) == 0);
}

static int
put_hex(struct buf * line, const struct store_value * v, struct err * e)
{
	char hex[DIGEST_SHA256_HEX];

	if (v->len != DIGEST_SHA256_LEN) {
		err_set(
		    e, ERR_BUG, NULL, "a column of bytes that is no digest");
		return -1;
	}
	text_hex_encode(v->bytes, v->len, hex);
	return buf_add_text(line, hex, e);
}

static int
put_cell(struct writer * w, const char * name, const struct store_value * v,
    struct err * e)
{
	char text[CLOCK_TEXT_SIZE];

	switch (v->kind) {
	case STORE_NULL:
		return 0;
	case STORE_BYTES:
		return put_hex(&w->line, v, e);
	case STORE_TEXT:
		return export_csv_cell(&w->line, v->bytes, e);
	case STORE_INTEGER:
		break;
	}
	if (is_number_or_none(name) && (v->integer == -1))
		return 0;
	if (!is_moment(name))
		return buf_addf(&w->line, e, "%" PRId64, v->integer);
	clock_format(v->integer, text);
	return buf_add_text(&w->line, text, e);
}

static int
put_row(void * cookie, const struct store_row * row, struct err * e)
{
	struct writer * w = cookie;

	for (size_t i = 0; i < row->count; i++) {
		if ((i > 0) && (buf_add_text(&w->line, ",", e) != 0))
			return -1;
		if (put_cell(w, row->names[i], &row->values[i], e) != 0)
			return -1;
	}
	if (buf_add_text(&w->line, "\n", e) != 0)
		return -1;
	return output_put_buf(w->out, &w->line, e);
}

int
table_export(struct store * s, const char * columns, const char * from,
    const char * name, struct output * o, struct err * e)
{
	struct writer w = { output_open(o, name, e), { 0 } };
	struct buf sql = { 0 };
	int rc = -1;

	if (w.out == NULL)
		return -1;
	if ((buf_addf(&w.line, e, "%s\n", columns) != 0) ||
	    (output_put_buf(w.out, &w.line, e) != 0) ||
	    (buf_addf(&sql, e, "SELECT %s FROM %s", columns, from) != 0))
		goto out;
	rc = store_run(s, buf_text(&sql), put_row, &w, e);

out:
	if (output_close(w.out, e) != 0)
		rc = -1;
	buf_free(&w.line);
	buf_free(&sql);
	return rc;
}
