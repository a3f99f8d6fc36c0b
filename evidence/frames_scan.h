#ifndef EVIDENCE_FRAMES_SCAN_H
#define EVIDENCE_FRAMES_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/err.h"
#include "evidence/frames_write.h"

/*
 * The writer's own look back at its growing file, frame by frame, when a
 * collection is resumed.  (Packages of others are read by frames_read.)
 */
struct frames_scan;

/**
 * frames_scan_new(fd, compressed, e):
 * Start at the first byte of the file ${fd} (borrowed; its position is not
 * used).  Return the scan, which the caller frees with frames_scan_free, or
 * NULL with ${e} set.
 */
struct frames_scan * frames_scan_new(int fd, bool compressed, struct err * e);

/**
 * frames_scan_next(scan, end, entry, bytes, e):
 * Describe the next frame before the border at byte ${end} in ${entry} and its
 * bytes as they stand in the file in ${bytes}, borrowed until the next call.  A
 * plain file is cut in pieces of at most FRAMES_MAX.  Return 1, 0 at ${end}, or
 * -1 with ${e} set (ERR_INPUT: no frame of ours, or one that crosses ${end}).
 */
int frames_scan_next(struct frames_scan * scan, int64_t end,
    struct frames_entry * entry, const uint8_t ** bytes, struct err * e);

/**
 * frames_scan_content(scan, content, e):
 * Decompress the frame of the last frames_scan_next; ${content}, whose length
 * is in its entry, is borrowed until the next call.  Return 0, or -1 with ${e}
 * set.
 */
int frames_scan_content(
    struct frames_scan * scan, const uint8_t ** content, struct err * e);

/**
 * frames_scan_free(scan):
 * Release ${scan}; NULL is fine.
 */
void frames_scan_free(struct frames_scan * scan);

#endif
