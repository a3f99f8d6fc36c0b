#ifndef TIMELINE_ROW_BATCH_H
#define TIMELINE_ROW_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"
#include "timeline/row.h"
#include "timeline/store.h"

/*
 * Rows of the timeline, copied out of the store by their places, so that they
 * can be put into words elsewhere while the store gives the next ones.
 *
 * A batch has at most ROW_BATCH_ROWS rows and ROW_BATCH_BYTES bytes of texts, or
 * one row: where many long texts follow each other there are fewer rows.  What
 * the tuples of one rule and card share is held once.
 */
#define ROW_BATCH_ROWS 1024
#define ROW_BATCH_BYTES ((size_t)2 << 20)

struct row_batch;

/**
 * row_batch_new(e):
 * Return an empty batch, which the caller frees with row_batch_free, or NULL
 * with ${e} set.
 */
struct row_batch * row_batch_new(struct err * e);

/**
 * row_batch_free(b):
 * Release ${b}; NULL is fine.
 */
void row_batch_free(struct row_batch * b);

/**
 * row_batch_load(b, s, where, next, last, e):
 * Fill ${b} with the rows from place ${next} on, up to ${last} at most, or with
 * those of them for which the condition ${where} on the columns of place (p)
 * holds, which is our own text; NULL: all.  ${next} becomes the place behind
 * them.  Return 0, or -1 with ${e} set.
 */
int row_batch_load(struct row_batch * b, struct store * s, const char * where,
    int64_t * next, int64_t last, struct err * e);

/**
 * row_batch_each(b, fn, cookie, e):
 * Call ${fn} for every row of ${b} in order.  Return 0, or -1 with ${e} set.
 */
int row_batch_each(
    const struct row_batch * b, row_fn * fn, void * cookie, struct err * e);

#endif
