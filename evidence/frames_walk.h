#ifndef EVIDENCE_FRAMES_WALK_H
#define EVIDENCE_FRAMES_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/frames_read.h"

/*
 * Going from frame to frame of a compressed file without decompressing: frame
 * headers and block headers are read here, byte by byte, and nothing else
 * decides how long a frame is.  FORMAT.md, "Frames"; RFC 8878, section 3.1.
 *
 *	magic 28 b5 2f fd
 *	descriptor: bits 7-6 size of the content size field, 5 single segment,
 *	    4 unused = 0, 3 reserved = 0, 2 checksum = 1, 1-0 dictionary = 0
 *	window descriptor (without single segment): 2^(10 + bits 7-3) *
 *	    (1 + bits 2-0 / 8) <= 2^21
 *	content size: 1, 2 (plus 256), 4, or 8 bytes, the shortest that holds it
 *	blocks: 3 bytes little-endian (bit 0 last, bits 2-1 type: raw, RLE,
 *	    compressed; then the size), then the block
 *	checksum: 4 bytes
 *
 * A frame is at most as long as zstd's own bound for its content, so a frame
 * costs no more to read than it says.
 */

/* One frame as it stands in the file; bytes is the caller's. */
struct frames_raw {
	int64_t file_at;
	int64_t stream_at;
	size_t len;         /* Bytes in the file. */
	size_t content_len; /* As declared. */
	uint8_t * bytes;
	uint8_t sha256_before[DIGEST_SHA256_LEN];
};

struct frames_walk;

/**
 * frames_walk_open(fd, place, e):
 * Start walking the file ${fd} (borrowed) at the border ${place}; NULL for the
 * beginning, and only then the file is hashed and its seek table checked.
 * Return the walk, which the caller closes with frames_walk_close, or NULL with
 * ${e} set.
 */
struct frames_walk * frames_walk_open(
    int fd, const struct frames_place * place, struct err * e);

/**
 * frames_walk_find_form(w, is_compressed, e):
 * Find out whether the file is compressed: its first bytes say so or, should
 * they be damaged, those at the end of its seek table.  Return 0, or -1 with
 * ${e} set.
 */
int frames_walk_find_form(
    struct frames_walk * w, bool * is_compressed, struct err * e);

/**
 * frames_walk_peek(w, content_len, e):
 * Judge the header of the next frame and put the bytes of its content into
 * ${content_len}.  Return 1; 0 at the end of the file; or -1 with ${e} set,
 * after which only frames_walk_digest and frames_walk_close may follow.
 */
int frames_walk_peek(
    struct frames_walk * w, size_t * content_len, struct err * e);

/**
 * frames_walk_take(w, raw, e):
 * Read the frame that frames_walk_peek judged into ${raw}, whose bytes has room
 * for frames_walk_bound of its content.  Return 0, or -1 with ${e} set.
 */
int frames_walk_take(
    struct frames_walk * w, struct frames_raw * raw, struct err * e);

/**
 * frames_walk_bound(content_len):
 * Return the most bytes a frame of ${content_len} bytes may have in the file.
 */
size_t frames_walk_bound(size_t content_len);

/**
 * frames_walk_size(w):
 * Return the bytes of the file when it was opened.
 */
int64_t frames_walk_size(const struct frames_walk * w);

/**
 * frames_walk_check(w, e):
 * Check that the file is still the one that was opened: same length, same time
 * of change.  Return 0, or -1 with ${e} set (ERR_INPUT).
 */
int frames_walk_check(const struct frames_walk * w, struct err * e);

/**
 * frames_walk_digest(w, sha256, e):
 * Hash what was not read yet, check that the file is still the one that was
 * opened, and write the SHA-256 of the whole file to ${sha256}.  Nothing but
 * frames_walk_close may follow.  Return 0, or -1 with ${e} set.
 */
int frames_walk_digest(
    struct frames_walk * w, uint8_t sha256[DIGEST_SHA256_LEN], struct err * e);

/**
 * frames_walk_close(w):
 * Release ${w}; NULL is fine.
 */
void frames_walk_close(struct frames_walk * w);

#endif
