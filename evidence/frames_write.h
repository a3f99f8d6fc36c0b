#ifndef EVIDENCE_FRAMES_WRITE_H
#define EVIDENCE_FRAMES_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"

/*
 * The stream of a package in zstd frames (FORMAT.md, "Frames"), compressed on
 * several cores, written in order.  Let E be the bytes of a member, header and
 * padding included.
 *
 *   1. E over FRAMES_MAX: frames of its own, cut every FRAMES_MAX bytes from
 *      its header.
 *   2. Else, if a frame is open and E would take it over FRAMES_SMALL, that
 *      frame is closed first; the member goes into the open frame.
 *   3. frames_write_break closes the open frame.
 *
 * A frame is compressed in one call with its content size and a checksum.
 * What is written depends on the calls alone, never on time or on the number of
 * threads.  Without compression ("plain") the borders are the same and the
 * bytes are the stream itself.
 *
 * Not thread safe: one thread calls; the workers are inside.  Memory: the
 * number of threads + 1 frames, in and out.
 */
#define FRAMES_MAX ((size_t)8 << 20) /* Content of one frame. */
#define FRAMES_SMALL ((size_t)256 << 10)
#define FRAMES_LIMIT ((size_t)4 << 20) /* Frames of one package. */
#define FRAMES_WINDOW_LOG 21           /* No frame needs a larger window. */
#define FRAMES_THREADS_MAX 4
#define FRAMES_TABLE_ENTRY 8 /* Bytes in the seek table: two sizes. */
#define FRAMES_TABLE_FOOTER 9
#define FRAMES_TABLE_MAGIC UINT32_C(0x8f92eab1)
#define FRAMES_SKIPPABLE_MAGIC UINT32_C(0x184d2a5e)

/* Sizes of one frame; plain pieces have the same twice. */
struct frames_entry {
	uint32_t file_bytes;
	uint32_t content_bytes;
};

/* A border between frames: where the writer can be cut back to. */
struct frames_border {
	int64_t frames;
	int64_t file_bytes;   /* Bytes of the file before it. */
	int64_t stream_bytes; /* Bytes of the tar stream before it. */
};

struct frames_write;

/**
 * frames_write_new(fd, compress, threads, e):
 * Start writing at the position of the file ${fd} (borrowed; nobody else moves
 * it), with ${threads} workers (1 to FRAMES_THREADS_MAX), or plain.
 * Return the writer, which the caller frees with frames_write_free, or NULL
 * with ${e} set.
 */
struct frames_write * frames_write_new(
    int fd, bool compress, int threads, struct err * e);

/**
 * frames_write_adopt(f, bytes, entry, e):
 * When going on with a file: take the frame ${entry}, whose ${bytes} stand in
 * it already, into the list and the digest; call it for each, from the first.
 * Frames of a large member that was begun count as put.  Return 0, or -1 with
 * ${e} set.
 */
int frames_write_adopt(struct frames_write * f, const uint8_t * bytes,
    struct frames_entry entry, struct err * e);

/**
 * frames_write_is_closing(f, member_len):
 * Return whether rules 1 and 2 close an open frame before a member of
 * ${member_len} bytes.
 */
bool frames_write_is_closing(const struct frames_write * f, int64_t member_len);

/**
 * frames_write_begin(f, member_len, e):
 * Begin a member of ${member_len} bytes by rules 1 and 2.  Return 0, or -1 with
 * ${e} set, as all of these do; a failure to compress or to write is final, and
 * every later call returns it again.
 */
int frames_write_begin(
    struct frames_write * f, int64_t member_len, struct err * e);

/**
 * frames_write_put(f, bytes, len, e):
 * Put ${len} ${bytes} of the member begun.  More than it has is ERR_BUG.
 * Return 0, or -1 with ${e} set.
 */
int frames_write_put(
    struct frames_write * f, const void * bytes, size_t len, struct err * e);

/**
 * frames_write_end(f, e):
 * End the member, of which all bytes were put.  Return 0, or -1 with ${e} set.
 */
int frames_write_end(struct frames_write * f, struct err * e);

/**
 * frames_write_drop(f, e):
 * Give up the large member begun: wait, cut the file and the list back to its
 * first frame.  Return 0, or -1 with ${e} set.
 */
int frames_write_drop(struct frames_write * f, struct err * e);

/**
 * frames_write_mark(f, border, sha256):
 * Describe the border before the large member begun, of which a frame was
 * flushed, in ${border}, and the file's SHA-256 up to there in ${sha256}: what
 * frames_write_drop would go back to.
 */
void frames_write_mark(const struct frames_write * f,
    struct frames_border * border, uint8_t sha256[DIGEST_SHA256_LEN]);

/**
 * frames_write_break(f, e):
 * Close the open frame, if there is one.  Return 0, or -1 with ${e} set.
 */
int frames_write_break(struct frames_write * f, struct err * e);

/**
 * frames_write_flush(f, border, e):
 * Wait until all closed frames are in the file (not synced) and describe the
 * border behind them in ${border}.  The open frame stays open.  Return 0, or -1
 * with ${e} set.
 */
int frames_write_flush(
    struct frames_write * f, struct frames_border * border, struct err * e);

/**
 * frames_write_is_border(f):
 * Return whether no frame is open: all that was put is in closed frames.
 */
bool frames_write_is_border(const struct frames_write * f);

/**
 * frames_write_has_room(f, member_len, spare):
 * Return whether a member of ${member_len} bytes leaves at least ${spare} of
 * FRAMES_LIMIT frames.
 */
bool frames_write_has_room(
    const struct frames_write * f, int64_t member_len, int64_t spare);

/**
 * frames_write_offset(f):
 * Return how many bytes of the tar stream were put.
 */
int64_t frames_write_offset(const struct frames_write * f);

/**
 * frames_write_digest(f, out):
 * Write the SHA-256 of the file up to the border of the last flush to ${out}.
 */
void frames_write_digest(
    const struct frames_write * f, uint8_t out[DIGEST_SHA256_LEN]);

/**
 * frames_write_finish(f, border, e):
 * Close the open frame and write the seek table (none when plain).  Describe
 * the end of the file in ${border}, the table's bytes included but not counted
 * as a frame.  Return 0, or -1 with ${e} set.
 */
int frames_write_finish(
    struct frames_write * f, struct frames_border * border, struct err * e);

/**
 * frames_write_free(f):
 * Stop the workers and release ${f}; NULL is fine.  What was not flushed is
 * lost.
 */
void frames_write_free(struct frames_write * f);

#endif
