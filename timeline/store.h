#ifndef TIMELINE_STORE_H
#define TIMELINE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"
#include "evidence/secret.h"

/*
 * The store: where the events lie and the rules run.  The rules are SQL in a
 * subset that all engines read alike, so an engine is six calls: open, schema,
 * bulk (begin, row, end), run with a row callback, close.  store_sqlite.c and
 * store_postgres.c are the engines; nothing above this header knows which one
 * is at work.
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

/* Where a store is to be; all is borrowed for the call. */
struct store_place {
	const char * engine; /* "sqlite", or "postgresql://..." */
	int dir;             /* SQLite: the folder of the file, */
	const char * file;   /* which must not be there. */
	const char * schema; /* PostgreSQL: as file, a schema of the database */
	const struct secret * password; /* PostgreSQL: of its user; or NULL. */
};

/**
 * store_check_engine(engine, e):
 * Return 0 if ${engine} is one that store_open knows, or -1 with ${e} set
 * (ERR_USAGE), also if it is an address with a password in it.
 */
int store_check_engine(const char * engine, struct err * e);

/**
 * store_is_local(engine):
 * Return whether a store of the ${engine} is a file beside the other outputs,
 * and no network is needed for it.
 */
bool store_is_local(const char * engine);

/**
 * store_open(place, e):
 * Make a new store at ${place}.  Return the store, which the caller ends with
 * store_close or store_abandon, or NULL with ${e} set (ERR_USAGE for an engine
 * that is not there, ERR_REMOTE for a database that does not answer).
 */
struct store * store_open(const struct store_place * place, struct err * e);

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
 * Put one row, which is there for store_run when ${b} has ended; an engine may
 * refuse it as late as that.  Return 0, or -1 with ${e} set.
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
 * are dropped) for every row of every result; it may put rows meanwhile, but not
 * run statements.  Return 0, or -1 with ${e} set.
 */
int store_run(struct store * s, const char * sql, store_row_fn * row,
    void * cookie, struct err * e);

/**
 * store_take_integer(cookie, row, e):
 * For store_run: put the first value of ${row}, an integer, into the int64_t
 * ${cookie}.  Return 0.
 */
int store_take_integer(
    void * cookie, const struct store_row * row, struct err * e);

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
