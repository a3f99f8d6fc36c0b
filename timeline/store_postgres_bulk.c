#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/buf.h"
#include "evidence/text.h"

#include "timeline/store_postgres.h"

/*
 * Rows go in by COPY.  A connection copies into one table at a time, so each
 * bulk collects rows and copies them when they are many.
 */
#define COPY_SIZE ((size_t)1 << 20) /* Bytes of rows that are sent at once. */

struct postgres_bulk {
	struct store_bulk base;
	struct postgres * s;
	struct buf copy; /* The COPY statement. */
	struct buf rows;
	size_t count;
};

static void
free_bulk(struct postgres_bulk * b)
{
	buf_free(&b->copy);
	buf_free(&b->rows);
	free(b);
}

struct store_bulk *
store_postgres_bulk_begin(struct store * base, const char * table,
    const char * const * columns, size_t count, struct err * e)
{
	struct postgres_bulk * b;
	int rc;

	assert((count > 0) && (count <= STORE_COLUMNS_MAX));
	b = calloc(1, sizeof(*b));
	if (b == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	b->s = (struct postgres *)base;
	b->count = count;
	rc = buf_addf(&b->copy, e, "COPY \"%s\" (", table);
	for (size_t i = 0; (rc == 0) && (i < count); i++)
		rc = buf_addf(
		    &b->copy, e, "%s\"%s\"", (i > 0) ? "," : "", columns[i]);
	if (rc == 0)
		rc = buf_add_text(&b->copy, ") FROM STDIN", e);
	if (rc != 0) {
		free_bulk(b);
		return NULL;
	}
	return &b->base;
}

/* Send the rows that are collected. */
static int
copy_rows(struct postgres_bulk * b, struct err * e)
{
	PGconn * db = b->s->db;
	PGresult * r;
	int rc = 0;

	if (b->rows.len == 0)
		return 0;
	r = PQexec(db, buf_text(&b->copy));
	if (PQresultStatus(r) != PGRES_COPY_IN) {
		store_postgres_fail(b->s, r, "store", e);
		PQclear(r);
		return -1;
	}
	PQclear(r);
	if ((PQputCopyData(db, (const char *)b->rows.bytes, (int)b->rows.len) !=
		1) ||
	    (PQputCopyEnd(db, NULL) != 1)) {
		store_postgres_fail(b->s, NULL, "store", e);
		return -1;
	}
	for (;;) {
		r = PQgetResult(db);
		if (r == NULL)
			break;
		if (PQresultStatus(r) != PGRES_COMMAND_OK) {
			store_postgres_fail(b->s, r, "store", e);
			rc = -1;
		}
		PQclear(r);
	}
	buf_clear(&b->rows);
	return rc;
}

/* A text as COPY's text format wants it. */
static int
add_text(struct buf * out, const char * text, size_t len, struct err * e)
{
	static const char special[] = "\\\n\r\t";
	static const char letter[] = "\\nrt";

	while (len > 0) {
		size_t plain = 0;

		while ((plain < len) && (strchr(special, text[plain]) == NULL))
			plain++;
		if (buf_add(out, text, plain, e) != 0)
			return -1;
		text += plain;
		len -= plain;
		if (len == 0)
			break;
		if (*text == '\0') { /* strchr finds the end as well. */
			err_set(e, ERR_BUG, NULL, "a text with a NUL in it");
			return -1;
		}
		if (buf_addf(out, e, "\\%c",
			letter[strchr(special, *text) - special]) != 0)
			return -1;
		text++;
		len--;
	}
	return 0;
}

static int
add_bytes(struct buf * out, const uint8_t * bytes, size_t len, struct err * e)
{
	char hex[65];

	if (buf_add_text(out, "\\\\x", e) != 0)
		return -1;
	for (size_t i = 0; i < len; i += 32) {
		size_t n = (len - i < 32) ? len - i : 32;

		text_hex_encode(bytes + i, n, hex);
		if (buf_add(out, hex, 2 * n, e) != 0)
			return -1;
	}
	return 0;
}

static int
add_value(struct buf * out, const struct store_value * value, struct err * e)
{
	switch (value->kind) {
	case STORE_NULL:
		return buf_add_text(out, "\\N", e);
	case STORE_INTEGER:
		return buf_addf(out, e, "%" PRId64, value->integer);
	case STORE_TEXT:
		return add_text(out, value->bytes, value->len, e);
	case STORE_BYTES:
		return add_bytes(out, value->bytes, value->len, e);
	}
	return -1;
}

int
store_postgres_bulk_row(
    struct store_bulk * base, const struct store_value * values, struct err * e)
{
	struct postgres_bulk * b = (struct postgres_bulk *)base;

	for (size_t i = 0; i < b->count; i++) {
		if (((i > 0) && (buf_add(&b->rows, "\t", 1, e) != 0)) ||
		    (add_value(&b->rows, &values[i], e) != 0))
			return -1;
	}
	if (buf_add(&b->rows, "\n", 1, e) != 0)
		return -1;
	return (b->rows.len >= COPY_SIZE) ? copy_rows(b, e) : 0;
}

int
store_postgres_bulk_end(struct store_bulk * base, struct err * e)
{
	struct postgres_bulk * b = (struct postgres_bulk *)base;
	int rc = copy_rows(b, e);

	free_bulk(b);
	return rc;
}
