#ifndef EVIDENCE_FRAMES_PLAIN_H
#define EVIDENCE_FRAMES_PLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/frames_read.h"

/*
 * A plain .tar read in pieces of FRAMES_READ_PIECE bytes, for frames_read.  It
 * is hashed as it passes, so that the digest before any byte of the piece at
 * hand can be had.
 */
struct frames_plain;

/**
 * frames_plain_open(fd, size, at, is_whole, e):
 * Start reading the file ${fd} (borrowed) of ${size} bytes at byte ${at},
 * hashing it if ${is_whole}.  Return what frames_plain_close ends, or NULL with
 * ${e} set.
 */
struct frames_plain * frames_plain_open(
    int fd, int64_t size, int64_t at, bool is_whole, struct err * e);

/**
 * frames_plain_next(p, frame, e):
 * Put the next piece into ${frame}.  Return 1, 0 at the end, or -1 with ${e}
 * set.
 */
int frames_plain_next(
    struct frames_plain * p, struct frames_frame * frame, struct err * e);

/**
 * frames_plain_digest_at(p, offset, sha256):
 * Write the SHA-256 of the file before byte ${offset} of the piece at hand to
 * ${sha256}.  Offsets must not descend.
 */
void frames_plain_digest_at(
    struct frames_plain * p, size_t offset, uint8_t sha256[DIGEST_SHA256_LEN]);

/**
 * frames_plain_digest(p, sha256, e):
 * Read and hash what is left and write the SHA-256 of the whole file to
 * ${sha256}.  Return 0, or -1 with ${e} set.
 */
int frames_plain_digest(
    struct frames_plain * p, uint8_t sha256[DIGEST_SHA256_LEN], struct err * e);

/**
 * frames_plain_close(p):
 * Release ${p}; NULL is fine.
 */
void frames_plain_close(struct frames_plain * p);

#endif
