#ifndef TIMELINE_INTERN_H
#define TIMELINE_INTERN_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"

/*
 * Numbers for runs of bytes: equal bytes get equal numbers, in the order in
 * which they first come, from 1.  Keys are kept as their SHA-256 cut to 16
 * bytes, so that the table is flat: 32 bytes a key at most half full.
 */
#define INTERN_MAX ((int64_t)1 << 22) /* Keys in one table: 256 MiB. */

struct intern;

/**
 * intern_new(max, e):
 * Return an empty table for at most ${max} keys (up to INTERN_MAX), which the
 * caller frees with intern_free, or NULL with ${e} set.
 */
struct intern * intern_new(int64_t max, struct err * e);

/**
 * intern_free(t):
 * Release ${t}; NULL is fine.
 */
void intern_free(struct intern * t);

/**
 * intern_get(t, bytes, len, number, e):
 * Put the number of ${len} ${bytes} into ${number}.  Return 1 if they are new, 0
 * if they were there, or -1 with ${e} set (ERR_LIMIT: the table is full).
 */
int intern_get(struct intern * t, const void * bytes, size_t len,
    int64_t * number, struct err * e);

#endif
