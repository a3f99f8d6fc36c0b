#ifndef EVIDENCE_FRAMES_ANY_H
#define EVIDENCE_FRAMES_ANY_H

#include <stdint.h>

#include "evidence/err.h"

/*
 * The bytes of any file that may be compressed by zstd, from front to back:
 * frames of any sort, as other programs make them.  (Packages of ours are read
 * by frames_read, which refuses most of what is taken here.)
 *
 * A window over 2^FRAMES_ANY_WINDOW_LOG_MAX is refused, and so is content of more
 * than FRAMES_ANY_RATIO_MAX times the file, once it is over
 * FRAMES_ANY_FREE bytes: a few bytes must not cost hours.
 */
#define FRAMES_ANY_WINDOW_LOG_MAX 25 /* 32 MiB */
#define FRAMES_ANY_RATIO_MAX 2000
#define FRAMES_ANY_FREE (INT64_C(64) << 20)

struct frames_any;

/**
 * frames_any_open(fd, e):
 * Start reading the regular file ${fd} (borrowed; read by offset).  Return the
 * reader, which the caller closes with frames_any_close, or NULL with ${e} set.
 */
struct frames_any * frames_any_open(int fd, struct err * e);

/**
 * frames_any_next(f, bytes, e):
 * Put a pointer to the next bytes into ${bytes}, valid until the next call.
 * Return how many there are, 0 at the end, or -1 with ${e} set (ERR_INPUT,
 * ERR_LIMIT: the file; else it could not be read).
 */
int64_t frames_any_next(
    struct frames_any * f, const uint8_t ** bytes, struct err * e);

/**
 * frames_any_close(f):
 * Release ${f}; NULL is fine.
 */
void frames_any_close(struct frames_any * f);

#endif
