#ifndef EVIDENCE_BUF_H
#define EVIDENCE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"

/*
 * A growing run of bytes with a limit.  A struct buf of zeros is empty and
 * owns nothing.  The bytes are followed by a NUL that is not counted, so
 * that text in it can be read as a string.
 */
struct buf {
	uint8_t * bytes; /* NULL while nothing was ever put in. */
	size_t len;
	size_t room; /* Allocated, the NUL included. */
};

#define BUF_MAX ((size_t)1 << 30) /* No buffer grows beyond this. */

/**
 * buf_add(b, bytes, len, e):
 * Append ${len} ${bytes} to ${b}.  Return 0, or -1 with ${e} set and ${b}
 * untouched (no memory, or over BUF_MAX).
 */
int buf_add(struct buf * b, const void * bytes, size_t len, struct err * e);

/**
 * buf_add_text(b, text, e):
 * Append the string ${text} without its NUL.  Return as buf_add.
 */
int buf_add_text(struct buf * b, const char * text, struct err * e);

/**
 * buf_add_integer(b, n, e):
 * Append ${n} in decimal.  Return as buf_add.
 */
int buf_add_integer(struct buf * b, int64_t n, struct err * e);

/**
 * buf_addf(b, e, fmt, ...):
 * Append text made from ${fmt}.  Return as buf_add.
 */
int buf_addf(struct buf * b, struct err * e, const char * fmt, ...)
    __attribute__((format(printf, 3, 4)));

/**
 * buf_reserve(b, more, e):
 * Make room for ${more} further bytes.  Return as buf_add.
 */
int buf_reserve(struct buf * b, size_t more, struct err * e);

/**
 * buf_text(b):
 * Return the bytes of ${b} as a string that is valid until ${b} changes; ""
 * if it is empty.
 */
const char * buf_text(const struct buf * b);

/**
 * buf_clear(b):
 * Forget the bytes of ${b} and keep its room.
 */
void buf_clear(struct buf * b);

/**
 * buf_free(b):
 * Release what ${b} owns and make it empty.
 */
void buf_free(struct buf * b);

#endif
