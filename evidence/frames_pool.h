#ifndef EVIDENCE_FRAMES_POOL_H
#define EVIDENCE_FRAMES_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"

/*
 * A ring of frames that workers compress side by side and that leave in the
 * order in which they came.  One thread fills, submits, takes and releases.
 *
 *	free --fill--> open --submit--> queued --worker--> done --release--> free
 */
#define FRAMES_LEVEL 1 /* zstd's level, by measurement (FORMAT.md). */

/* One frame: its content, and what it became. */
struct frames_slot {
	uint8_t * content;
	size_t content_len;
	size_t content_room;
	const uint8_t * frame; /* When done: the compressed bytes, */
	size_t frame_len;      /* or the content itself when plain. */
};

struct frames_pool;

/**
 * frames_pool_new(compress, threads, e):
 * Return a pool of ${threads} workers (none and plain if not ${compress}), which
 * the caller frees with frames_pool_free, or NULL with ${e} set.
 */
struct frames_pool * frames_pool_new(
    bool compress, int threads, struct err * e);

/**
 * frames_pool_fill(pool):
 * Return the slot that is open or can be opened, empty at first, or NULL if all
 * are under way: take and release the oldest first.
 */
struct frames_slot * frames_pool_fill(struct frames_pool * pool);

/**
 * frames_pool_submit(pool):
 * Queue the open slot, which has content, for the workers.
 */
void frames_pool_submit(struct frames_pool * pool);

/**
 * frames_pool_take(pool, wait, slot, e):
 * Put the oldest submitted frame into ${slot} if it is done; if ${wait}, wait
 * until it is.  ${slot} becomes NULL if none is submitted or done.  Return 0,
 * or -1 with ${e} set if it could not be compressed.
 */
int frames_pool_take(struct frames_pool * pool, bool wait,
    struct frames_slot ** slot, struct err * e);

/**
 * frames_pool_release(pool):
 * Free the slot that frames_pool_take gave.
 */
void frames_pool_release(struct frames_pool * pool);

/**
 * frames_pool_free(pool):
 * Stop the workers, and release ${pool}; NULL is fine.
 */
void frames_pool_free(struct frames_pool * pool);

#endif
