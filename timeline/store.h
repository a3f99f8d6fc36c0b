#ifndef TIMELINE_STORE_H
#define TIMELINE_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"

/*
 * The store: where the events lie and the rules run.  The rules are SQL in the
 * subset that timeline.md states, so an engine is six calls: open, schema, bulk
 * (begin, row, end), run with a row callback, close.  store_sqlite.c is the
 * engine that is there; nothing above this header knows which one it is.
 *
 * 1. Everything from store_open to store_close is one transaction: a store
 *    that was not closed with store_close holds nothing.
 * 2. Values go in through prepared statements only, never as SQL text.
 */
#define STORE_COLUMNS_MAX 128           /* Of one table or result. */
#define STORE_SQL_MAX ((size_t)1 << 20) /* Bytes of one text that is run. */

struct store;
struct store_bulk;

enum store_kind {
	STORE_NULL,
	STORE_INTEGER,
	STORE_TEXT, /* A string that ends in NUL; len without it. */
	STORE_BYTES
};

struct store_value {
	enum store_kind kind;
	int64_t integer;
	const void * bytes; /* Text or bytes; borrowed for the call. */
	size_t len;
};

/* A row of a result, borrowed until the callback returns. */
struct store_row {
	size_t statement; /* Number of the statement in the text, from 0. */
	size_t count;
	const char * const * names;
	const struct store_value * values;
};

/* Called for every row; return 0, or -1 with ${e} set to stop. */
typedef int store_row_fn(
    void * cookie, const struct store_row * row, struct err * e);

/**
 * store_open(engine, dir, name, e):
 * Make a new store with the ${engine} ("sqlite"), for SQLite the file ${name}
 * in the directory ${dir}, which must not have it.  Return the store, which the
 * caller ends with store_close or store_abandon, or NULL with ${e} set
 * (ERR_USAGE for an engine that is not there).
 */
struct store * store_open(
    const char * engine, int dir, const char * name, struct err * e);

/**
 * store_schema(s, sql, e):
 * Run the statements of ${sql} that make tables, indices, and views.  Return
 * 0, or -1 with ${e} set.
 */
int store_schema(struct store * s, const char * sql, struct err * e);

/**
 * store_bulk_begin(s, table, columns, count, e):
 * Prepare to put rows with the ${count} ${columns} into ${table}.  Both come
 * from our own code, never from input.  Return what store_bulk_end ends, or NULL
 * with ${e} set.  Several may be open at once.
 */
struct store_bulk * store_bulk_begin(struct store * s, const char * table,
    const char * const * columns, size_t count, struct err * e);

/**
 * store_bulk_row(b, values, e):
 * Put one row.  Return 0, or -1 with ${e} set.
 */
int store_bulk_row(
    struct store_bulk * b, const struct store_value * values, struct err * e);

/**
 * store_bulk_end(b, e):
 * End ${b} and release it; NULL is fine.  Return 0, or -1 with ${e} set.
 */
int store_bulk_end(struct store_bulk * b, struct err * e);

/**
 * store_run(s, sql, row, cookie, e):
 * Run the statements of ${sql} one after the other and call ${row} (NULL: rows
 * are dropped) for every row of every result.  Return 0, or -1 with ${e} set.
 */
int store_run(struct store * s, const char * sql, store_row_fn * row,
    void * cookie, struct err * e);

/**
 * store_close(s, e):
 * Make everything durable and release ${s}; NULL is fine.  Return 0, or -1 with
 * ${e} set; ${s} is released in any case.
 */
int store_close(struct store * s, struct err * e);

/**
 * store_abandon(s):
 * Release ${s} without keeping anything; NULL is fine.
 */
void store_abandon(struct store * s);

/**
 * store_column(row, name):
 * Return the value of the column ${name} of ${row}, or NULL if it has none.
 */
const struct store_value * store_column(
    const struct store_row * row, const char * name);

/**
 * store_integer(n):
 * Return ${n} as a value; EVENT_ABSENT, which is INT64_MIN, becomes NULL.
 */
struct store_value store_integer(int64_t n);

/**
 * store_text(text):
 * Return the string ${text}, borrowed, as a value; NULL becomes NULL.
 */
struct store_value store_text(const char * text);

/**
 * store_bytes(bytes, len):
 * Return ${len} ${bytes}, borrowed, as a value; NULL becomes NULL.
 */
struct store_value store_bytes(const void * bytes, size_t len);

#endif
