#ifndef TIMELINE_STORE_ENGINE_H
#define TIMELINE_STORE_ENGINE_H

#include "evidence/buf.h"

#include "timeline/store.h"

/*
 * The inside of store.h, for store.c and the engines only: each function of
 * store.h goes to the engine's own of that name.
 */
struct store_engine {
	struct store * (*open)(
	    const struct store_place * place, struct err * e);
	int (*schema)(struct store * s, const char * sql, struct err * e);
	struct store_bulk * (*bulk_begin)(struct store * s, const char * table,
	    const char * const * columns, size_t count, struct err * e);
	int (*bulk_row)(struct store_bulk * b,
	    const struct store_value * values, struct err * e);
	int (*bulk_end)(struct store_bulk * b, struct err * e);
	int (*run)(struct store * s, const char * sql, store_row_fn * row,
	    void * cookie, struct err * e);
	int (*close)(struct store * s, struct err * e);
	void (*abandon)(struct store * s);
};

extern const struct store_engine store_sqlite, store_postgres;

/* What an engine's own structures begin with; store.c sets both. */
struct store {
	const struct store_engine * engine;
};

struct store_bulk {
	const struct store_engine * engine;
};

/* A word of schema.h's SQL and the engine's own for it; the last is NULL. */
struct store_word {
	const char * from;
	const char * to;
};

/**
 * store_add_words(out, text, words, e):
 * Append ${text} to ${out}, each of ${words} replaced.  Return 0, or -1 with
 * ${e} set.
 */
int store_add_words(struct buf * out, const char * text,
    const struct store_word * words, struct err * e);

#endif
