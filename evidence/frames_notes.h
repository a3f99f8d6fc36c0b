#ifndef EVIDENCE_FRAMES_NOTES_H
#define EVIDENCE_FRAMES_NOTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/tar.h"

/*
 * Which members the content of a frame would be, if one began with its first
 * byte: each header, read by tar_header_parse, and the SHA-256 of the data
 * behind it, as far as they lie in the frame whole.  The threads that
 * decompress make the notes, so that the reader need not do either.
 *
 * A note is a fact about bytes, and says nothing of where a member begins: the
 * reader alone knows that, and looks up what it would have computed.  In the
 * middle of a large member what looks like a header costs some time, and is
 * never asked for.
 */
#define FRAMES_NOTES_MAX \
	512 /* Of one frame; behind them the reader computes. */

/* What else is made of a member's data where the digest is computed. */
struct frames_noting {
	/* In any thread: make something of the ${len} ${bytes} of ${path},
	 * which depends on nothing else; NULL: nothing. */
	void * (*make)(const char * path, const uint8_t * bytes, size_t len);
	void (*drop)(void * made); /* NULL is fine. */
};

struct frames_note {
	size_t at;         /* Of the header in the frame. */
	size_t header_len; /* 512 or 1536 */
	struct tar_header header;
	bool has_sha256; /* All of the data is in the frame. */
	uint8_t sha256[DIGEST_SHA256_LEN];
	void * made; /* By noting; NULL: nothing, or it was taken. */
};

struct frames_notes {
	size_t n;
	struct frames_note list[FRAMES_NOTES_MAX];
};

/**
 * frames_notes_take(notes, noting, d, bytes, len):
 * Make the ${notes} of the frame of ${len} ${bytes} in place of those of another
 * frame, with the SHA-256 ${d} to compute with.
 */
void frames_notes_take(struct frames_notes * notes,
    const struct frames_noting * noting, struct digest * d,
    const uint8_t * bytes, size_t len);

/**
 * frames_notes_clear(notes, noting):
 * Release what was made.
 */
void frames_notes_clear(
    struct frames_notes * notes, const struct frames_noting * noting);

/**
 * frames_notes_find(notes, at):
 * Return the note of the header at byte ${at} of the frame, or NULL if there is
 * none; ${notes} may be NULL.
 */
struct frames_note * frames_notes_find(struct frames_notes * notes, size_t at);

#endif
