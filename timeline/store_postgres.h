#ifndef TIMELINE_STORE_POSTGRES_H
#define TIMELINE_STORE_POSTGRES_H

#include <stdint.h>

#include <postgresql/libpq-fe.h>

#include "timeline/store_engine.h"

/*
 * The inside of the PostgreSQL engine, for store_postgres*.c only: the
 * connection (store_postgres.c), rows in (_bulk.c), rows out (_run.c).
 */
struct postgres {
	struct store base;
	PGconn * db;
	int64_t cursors; /* So many had a name. */
};

/**
 * store_postgres_fail(s, r, what, e):
 * Set ${e} to why ${r} failed, or (NULL) the connection of ${s}, in front of it
 * ${what} was done.
 */
void store_postgres_fail(
    struct postgres * s, const PGresult * r, const char * what, struct err * e);

/**
 * store_postgres_command(s, sql, what, e):
 * Run ${sql}, whose rows are dropped; ${what} says for messages what it does.
 * Return 0, or -1 with ${e} set.
 */
int store_postgres_command(
    struct postgres * s, const char * sql, const char * what, struct err * e);

/* The engine's functions, as store.h describes them. */

/**
 * store_postgres_bulk_begin(base, table, columns, count, e):
 * The engine's store_bulk_begin.
 */
struct store_bulk * store_postgres_bulk_begin(struct store * base,
    const char * table, const char * const * columns, size_t count,
    struct err * e);

/**
 * store_postgres_bulk_row(base, values, e):
 * The engine's store_bulk_row.
 */
int store_postgres_bulk_row(struct store_bulk * base,
    const struct store_value * values, struct err * e);

/**
 * store_postgres_bulk_end(base, e):
 * The engine's store_bulk_end.
 */
int store_postgres_bulk_end(struct store_bulk * base, struct err * e);

/**
 * store_postgres_run(base, sql, row, cookie, e):
 * The engine's store_run.
 */
int store_postgres_run(struct store * base, const char * sql,
    store_row_fn * row, void * cookie, struct err * e);

#endif
