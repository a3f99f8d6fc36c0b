#ifndef EVIDENCE_FRAMES_READ_H
#define EVIDENCE_FRAMES_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/frames_notes.h"

/*
 * The stream of a package out of its zstd frames (FORMAT.md, "Frames"): the
 * only module that decompresses.  Every frame is checked before memory is
 * spent on it: content size and checksum are there, the content has at most
 * FRAMES_READ_MAX bytes, the window at most 2^FRAMES_READ_WINDOW_LOG, no
 * dictionary, no reserved or unused bit set, exactly as many bytes as its
 * blocks say.  A skippable frame is allowed only as the seek table, the last
 * thing in the file, equal to what the frames really are.
 *
 * A file that does not begin with a zstd frame is read as a plain .tar, in
 * pieces that are called frames here too.
 *
 * The file is read by offset and never written; its descriptor is borrowed.
 * Frames are read ahead, decompressed, and noted upon by threads inside.
 * Memory: four buffers of FRAMES_READ_MAX at most, and small ones; under 48 MiB
 * in all.
 */
#define FRAMES_READ_MAX ((size_t)8 << 20) /* Content of one frame. */
#define FRAMES_READ_WINDOW_LOG 21
#define FRAMES_READ_LIMIT (INT64_C(4) << 20) /* Frames of one file. */
#define FRAMES_READ_THREADS_MAX 8
#define FRAMES_READ_PIECE ((size_t)256 << 10) /* Of a plain file. */

/* One frame, its content borrowed until the next call. */
struct frames_frame {
	int64_t file_at;   /* Of its first byte in the file. */
	int64_t file_len;  /* Its bytes there. */
	int64_t stream_at; /* Of its content in the uncompressed stream. */
	const uint8_t * bytes;
	size_t len;
	/* SHA-256 of all of the file before it; zeros in a plain file. */
	uint8_t sha256_before[DIGEST_SHA256_LEN];
	struct frames_notes * notes; /* NULL: none were made. */
};

/* A border between frames. */
struct frames_place {
	int64_t file_at;
	int64_t stream_at;
};

struct frames_read;

/**
 * frames_read_open(fd, threads, e):
 * Start reading the regular file ${fd} at its beginning with ${threads} threads
 * (0: none, all is done in frames_read_next).  Return the reader, which the
 * caller closes with frames_read_close, or NULL with ${e} set.
 */
struct frames_read * frames_read_open(int fd, int threads, struct err * e);

/**
 * frames_read_open_noted(fd, threads, noting, e):
 * As frames_read_open; the threads also make notes of each frame, with what
 * ${noting}, borrowed, makes of its members.  Without threads and of a plain
 * file there are none.
 */
struct frames_read * frames_read_open_noted(
    int fd, int threads, const struct frames_noting * noting, struct err * e);

/**
 * frames_read_open_at(fd, place, e):
 * As frames_read_open without threads, at the frame border ${place}, which an
 * earlier pass found.  Neither the file's digest nor its seek table is checked
 * by such a reader.
 */
struct frames_read * frames_read_open_at(
    int fd, const struct frames_place * place, struct err * e);

/**
 * frames_read_next(f, frame, e):
 * Put the next frame into ${frame}.  Return 1; 0 at the end of the file, the
 * seek table having been checked; or -1 with ${e} set (ERR_INPUT, ERR_LIMIT:
 * damaged; anything else: it could not be read).
 */
int frames_read_next(
    struct frames_read * f, struct frames_frame * frame, struct err * e);

/**
 * frames_read_is_plain(f):
 * Return whether the file is a plain .tar.
 */
bool frames_read_is_plain(const struct frames_read * f);

/**
 * frames_read_size(f):
 * Return the bytes of the file when it was opened.
 */
int64_t frames_read_size(const struct frames_read * f);

/**
 * frames_read_digest_at(f, offset, sha256):
 * Write the SHA-256 of the file's bytes before byte ${offset} of the content of
 * the current frame to ${sha256}; in a compressed file ${offset} must be 0.
 * Offsets of one frame must not descend.
 */
void frames_read_digest_at(
    struct frames_read * f, size_t offset, uint8_t sha256[DIGEST_SHA256_LEN]);

/**
 * frames_read_digest(f, sha256, e):
 * Write the SHA-256 of the whole file to ${sha256}, reading what was not read
 * yet.  Return 0, or -1 with ${e} set.
 */
int frames_read_digest(
    struct frames_read * f, uint8_t sha256[DIGEST_SHA256_LEN], struct err * e);

/**
 * frames_read_close(f):
 * Stop the threads and release ${f}; NULL is fine.
 */
void frames_read_close(struct frames_read * f);

/*
 * The seek table as a hint: where frames are said to be.  Whatever is found
 * with it has to be proved by what is read there.
 */
struct frames_table;

/**
 * frames_table_load(fd, e):
 * Read the seek table at the end of the file ${fd}.  Return it (the caller
 * frees it with frames_table_free), or NULL with ${e} set: there is none, or it
 * does not add up to the length of the file.
 */
struct frames_table * frames_table_load(int fd, struct err * e);

/**
 * frames_table_scan(fd, e):
 * Make the table of the file ${fd} anew, going from frame to frame up to the
 * end of the last one that can be followed.  Return as frames_table_load.
 */
struct frames_table * frames_table_scan(int fd, struct err * e);

/**
 * frames_table_count(table):
 * Return how many frames ${table} names.
 */
int64_t frames_table_count(const struct frames_table * table);

/**
 * frames_table_place(table, i):
 * Return where frame ${i}, from 0 to frames_table_count (the end), begins.
 */
struct frames_place frames_table_place(
    const struct frames_table * table, int64_t i);

/**
 * frames_table_find(table, stream_at):
 * Return the number of the frame that holds byte ${stream_at} of the stream, or
 * -1 if it is beyond the end.
 */
int64_t frames_table_find(const struct frames_table * table, int64_t stream_at);

/**
 * frames_table_free(table):
 * Release ${table}; NULL is fine.
 */
void frames_table_free(struct frames_table * table);

#endif
