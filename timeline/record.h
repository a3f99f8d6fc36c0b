#ifndef TIMELINE_RECORD_H
#define TIMELINE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"

/*
 * One record as a tree of values: the only door to yajl.  A fresh yajl handle
 * reads each record, so that an error costs one record.
 *
 * 1. UTF-8 is RFC 3629's, strictly; yajl alone takes overlong forms.
 * 2. Numbers stay text.  Strings have a length and end in a NUL that is not
 *    counted; U+0000 in one is shown as U+2400 (record_has_nul).  A lone
 *    surrogate escape, which no UTF-8 can hold, is shown as "?"
 *    (record_has_surrogate).
 * 3. Two members of one object whose names are equal, or equal but for the
 *    case of ASCII letters, are a conflict (record_conflict), whatever their
 *    values.  Looking up finds the member in the asked-for spelling, or else
 *    the first without regard to case; of two in one spelling the first.
 * 4. Limits: RECORD_MAX_BYTES, RECORD_MAX_DEPTH, RECORD_MAX_VALUES.
 */
#define RECORD_MAX_BYTES ((size_t)16 << 20)
#define RECORD_MAX_DEPTH 64
#define RECORD_MAX_VALUES ((size_t)1 << 20)

enum record_type {
	RECORD_NULL,
	RECORD_FALSE,
	RECORD_TRUE,
	RECORD_NUMBER,
	RECORD_STRING,
	RECORD_OBJECT,
	RECORD_ARRAY
};

/* A value; borrowed from its record until that parses again or is freed. */
struct record_value {
	const char * key;  /* NULL unless a member of an object. */
	const char * text; /* Of a string or number, else NULL. */
	uint32_t key_len;
	uint32_t len;   /* Of text. */
	uint32_t next;  /* Private: how far on the next sibling is; 0: none. */
	uint32_t child; /* Private: how far on the first child is; 0: none. */
	enum record_type type;
};

struct record;

/* What became of a parse. */
enum record_result {
	RECORD_FAILED = -1, /* No memory. */
	RECORD_READ,
	RECORD_BAD_SYNTAX, /* It is not JSON; record_why says why. */
	RECORD_BAD_LIMIT   /* It is over a limit; record_why says which. */
};

/**
 * record_new(e):
 * Return a reader of records that the caller frees with record_free, or NULL
 * with ${e} set.
 */
struct record * record_new(struct err * e);

/**
 * record_free(r):
 * Release ${r}; NULL is fine.
 */
void record_free(struct record * r);

/**
 * record_parse(r, bytes, len, e):
 * Read the JSON value of ${len} ${bytes} into ${r}; what ${r} held is gone.
 * White space around it is fine.  ${e} is set for RECORD_FAILED only.
 */
enum record_result record_parse(
    struct record * r, const void * bytes, size_t len, struct err * e);

/**
 * record_begin_row(r, e):
 * Begin to make ${r} an object of texts out of what is no JSON, such as a row
 * of a table; what ${r} held is gone.  Return 0, or -1 with ${e} set.
 */
int record_begin_row(struct record * r, struct err * e);

/**
 * record_add_cell(r, key, text, len, e):
 * Add the member ${key} with the ${len} bytes of ${text}, UTF-8 that ends in a
 * NUL and holds none; both are borrowed as long as ${r} holds them.  Return 0,
 * or -1 with ${e} set (no memory, or more than RECORD_MAX_VALUES).
 */
int record_add_cell(struct record * r, const char * key, const char * text,
    size_t len, struct err * e);

/**
 * record_end_row(r, e):
 * The object is complete: look for conflicts (rule 3).  Return 0, or -1 with
 * ${e} set.
 */
int record_end_row(struct record * r, struct err * e);

/**
 * record_why(r):
 * Return why the last record_parse said RECORD_BAD_..., in words.
 */
const char * record_why(const struct record * r);

/**
 * record_root(r):
 * Return the value that was read, or NULL if none was.
 */
const struct record_value * record_root(const struct record * r);

/**
 * record_first(v):
 * Return the first member or element of ${v}, or NULL.
 */
const struct record_value * record_first(const struct record_value * v);

/**
 * record_next(v):
 * Return the member or element behind ${v}, or NULL.
 */
const struct record_value * record_next(const struct record_value * v);

/**
 * record_get(object, key):
 * Look up the member ${key} by rule 3.  Return NULL if ${object} is NULL, no
 * object or has none, or if the member is null.
 */
const struct record_value * record_get(
    const struct record_value * object, const char * key);

/**
 * record_text(object, key):
 * Return the text of the string, number or boolean member ${key} of ${object},
 * or NULL if there is none, or it is something else.
 */
const char * record_text(const struct record_value * object, const char * key);

/**
 * record_conflict(r):
 * Return the name of the first member found twice in one object (rule 3), or
 * NULL.
 */
const char * record_conflict(const struct record * r);

/**
 * record_has_nul(r):
 * Return whether some string held U+0000.
 */
bool record_has_nul(const struct record * r);

/**
 * record_has_surrogate(r):
 * Return whether some string held a lone surrogate escape.
 */
bool record_has_surrogate(const struct record * r);

#endif
