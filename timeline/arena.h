#ifndef TIMELINE_ARENA_H
#define TIMELINE_ARENA_H

#include <stddef.h>

#include "evidence/err.h"

/*
 * Memory for the texts that a mapper makes out of one record: given bit by
 * bit, taken back all at once.  A struct arena of zeros is empty.
 */
struct arena_block;

struct arena {
	struct arena_block * block;
	size_t used; /* Of the newest block. */
};

/**
 * arena_get(a, len, e):
 * Return ${len} bytes, unaligned, that are valid until arena_clear, or NULL
 * with ${e} set.
 */
char * arena_get(struct arena * a, size_t len, struct err * e);

/**
 * arena_copy(a, text, len, e):
 * Return ${len} bytes of ${text} as a string.  Valid and NULL as arena_get.
 */
const char * arena_copy(
    struct arena * a, const char * text, size_t len, struct err * e);

/**
 * arena_clear(a):
 * Take back everything that was given, and keep one block for the next.
 */
void arena_clear(struct arena * a);

/**
 * arena_free(a):
 * Release all of it.
 */
void arena_free(struct arena * a);

#endif
