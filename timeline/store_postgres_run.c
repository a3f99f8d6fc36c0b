#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/buf.h"
#include "evidence/text.h"

#include "timeline/sql_split.h"
#include "timeline/store_postgres.h"

/*
 * Answers are fetched through a cursor, so that a result of any length needs
 * little memory, and rows may be put while one is read.
 */
#define FETCH_ROWS 4096

/* Of pg_type, which never changes them. */
enum type {
	TYPE_BOOL = 16,
	TYPE_BYTEA = 17,
	TYPE_INT8 = 20,
	TYPE_INT2 = 21,
	TYPE_INT4 = 23,
	TYPE_NUMERIC = 1700
};

/* One row of an answer. */
struct answer {
	struct store_value values[STORE_COLUMNS_MAX];
	const char * names[STORE_COLUMNS_MAX];
	struct buf bytes; /* What the values of type bytea borrow from. */
};

/* The bytes of a bytea in hex, kept in the answer. */
static int
take_bytes(struct answer * a, const char * text, struct store_value * value,
    struct err * e)
{
	size_t len = strlen(text);
	size_t at = a->bytes.len;

	if ((len < 2) || (len % 2 != 0) ||
	    (buf_reserve(&a->bytes, len / 2, e) != 0) ||
	    (text_hex_decode(text + 2, a->bytes.bytes + at, len / 2 - 1) !=
		0)) {
		err_set(e, ERR_REMOTE, NULL, "bytes that are not in hex");
		return -1;
	}
	a->bytes.len += len / 2 - 1;
	value->kind = STORE_BYTES;
	value->bytes = a->bytes.bytes + at;
	value->len = len / 2 - 1;
	return 0;
}

static int
take_value(struct answer * a, PGresult * r, int row, int column, struct err * e)
{
	struct store_value * value = &a->values[column];
	const char * text = PQgetvalue(r, row, column);

	memset(value, 0, sizeof(*value));
	if (PQgetisnull(r, row, column))
		return 0;
	value->kind = STORE_TEXT;
	value->bytes = text;
	value->len = strlen(text);
	switch (PQftype(r, column)) {
	case TYPE_BOOL:
		value->kind = STORE_INTEGER;
		value->integer = (text[0] == 't');
		return 0;
	case TYPE_INT2:
	case TYPE_INT4:
	case TYPE_INT8:
	case TYPE_NUMERIC: /* A sum of integers, or what is shown as text. */
		if (text_parse_integer(text, value->len, &value->integer) == 0)
			value->kind = STORE_INTEGER;
		return 0;
	case TYPE_BYTEA:
		return take_bytes(a, text, value, e);
	default:
		return 0;
	}
}

/* All bytea values of a row at the most, so that none moves another. */
static int
reserve_bytes(struct answer * a, PGresult * r, int row, struct err * e)
{
	size_t all = 0;

	for (int i = 0; i < PQnfields(r); i++)
		if (PQftype(r, i) == TYPE_BYTEA)
			all += (size_t)PQgetlength(r, row, i);
	buf_clear(&a->bytes);
	return buf_reserve(&a->bytes, all + 1, e);
}

/* Hand out the rows of ${r}. */
static int
hand_out(PGresult * r, size_t number, store_row_fn * row_fn, void * cookie,
    struct answer * a, struct err * e)
{
	int count = PQnfields(r);
	struct store_row row = { number, (size_t)count, a->names, a->values };

	if (count > STORE_COLUMNS_MAX) {
		err_set(e, ERR_LIMIT, NULL, "a result of %d columns", count);
		return -1;
	}
	for (int i = 0; i < count; i++)
		a->names[i] = PQfname(r, i);
	for (int n = 0; n < PQntuples(r); n++) {
		if (reserve_bytes(a, r, n, e) != 0)
			return -1;
		for (int i = 0; i < count; i++)
			if (take_value(a, r, n, i, e) != 0)
				return -1;
		if (row_fn(cookie, &row, e) != 0)
			return -1;
	}
	return 0;
}

/* Fetch all that the cursor ${name} gives. */
static int
fetch(struct postgres * s, const char * name, size_t number,
    store_row_fn * row_fn, void * cookie, struct err * e)
{
	struct answer * a = calloc(1, sizeof(*a));
	struct buf sql = { 0 };
	PGresult * r = NULL;
	int got = FETCH_ROWS;
	int rc = -1;

	if (a == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto out;
	}
	if (buf_addf(&sql, e, "FETCH %d FROM %s", FETCH_ROWS, name) != 0)
		goto out;
	while (got == FETCH_ROWS) {
		r = PQexec(s->db, buf_text(&sql));
		if (PQresultStatus(r) != PGRES_TUPLES_OK) {
			store_postgres_fail(s, r, "statement", e);
			goto out;
		}
		got = PQntuples(r);
		if ((row_fn != NULL) &&
		    (hand_out(r, number, row_fn, cookie, a, e) != 0))
			goto out;
		PQclear(r);
		r = NULL;
	}
	rc = 0;

out:
	PQclear(r);
	buf_free(&sql);
	if (a != NULL)
		buf_free(&a->bytes);
	free(a);
	return rc;
}

static int
run_query(struct postgres * s, const char * statement, size_t len,
    size_t number, store_row_fn * row, void * cookie, struct err * e)
{
	struct buf sql = { 0 };
	char name[32];
	int rc = -1;

	(void)snprintf(name, sizeof(name), "azcustody_%" PRId64, ++s->cursors);
	if ((buf_addf(&sql, e, "DECLARE %s NO SCROLL CURSOR FOR ", name) !=
		0) ||
	    (buf_add(&sql, statement, len, e) != 0) ||
	    (store_postgres_command(s, buf_text(&sql), "statement", e) != 0))
		goto out;
	if (fetch(s, name, number, row, cookie, e) != 0)
		goto out;
	buf_clear(&sql);
	if (buf_addf(&sql, e, "CLOSE %s", name) != 0)
		goto out;
	rc = store_postgres_command(s, buf_text(&sql), "statement", e);

out:
	buf_free(&sql);
	return rc;
}

/*
 * A statement without rows.  The planner knows nothing of a table that was just
 * made and filled, so it is told to look.
 */
static int
run_command(
    struct postgres * s, const char * statement, size_t len, struct err * e)
{
	struct buf sql = { 0 };
	size_t name_len = 0;
	const char * name = sql_split_made_table(statement, len, &name_len);
	int rc = -1;

	if (buf_add(&sql, statement, len, e) != 0)
		goto out;
	if ((name != NULL) &&
	    (buf_addf(&sql, e, ";ANALYZE %.*s", (int)name_len, name) != 0))
		goto out;
	rc = store_postgres_command(s, buf_text(&sql), "statement", e);

out:
	buf_free(&sql);
	return rc;
}

int
store_postgres_run(struct store * base, const char * sql, store_row_fn * row,
    void * cookie, struct err * e)
{
	struct postgres * s = (struct postgres *)base;
	const char * at = sql;
	const char * end = sql + strlen(sql);
	const char * statement;
	size_t len;

	for (size_t number = 0; sql_split_next(&at, end, &statement, &len);
	     number++) {
		int rc = sql_split_is_query(statement, len)
		    ? run_query(s, statement, len, number, row, cookie, e)
		    : run_command(s, statement, len, e);

		if (rc != 0) {
			err_in(e, "statement %zu", number + 1);
			return -1;
		}
	}
	return 0;
}
