#ifndef EVIDENCE_CHECK_BATCH_H
#define EVIDENCE_CHECK_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/gap.h"
#include "evidence/object.h"
#include "evidence/request.h"

/*
 * The part of check.h for members of many lines: the lines are parsed side by
 * side, in batches, and judged by one thread in their order.  Parsing looks at
 * nothing but the bytes of the line; whatever depends on anything else is
 * judged.  So findings, their order, and the verdict are the same with any
 * number of threads.
 *
 * Memory: CHECK_BATCH_BYTES of lines a batch, and what they are parsed into;
 * a longer line goes alone.
 */
#define CHECK_BATCH_BYTES ((size_t)32 << 10)
#define CHECK_BATCH_LINES 64
#define CHECK_FACTS_SIZE 512

struct check;

/* One line, and what parsing made of it. */
struct check_line {
	const uint8_t * bytes; /* Its LF stands behind it. */
	size_t len;
	struct err why; /* ERR_NONE, or why it is no such line. */
	union {
		struct object object;
		struct gap gap;
		struct request request;
	} as;                                    /* Empty after a failure. */
	const struct check_batch_kind * made_by; /* What as is; NULL: empty. */
	/* Of a line of the catalogue: */
	uint8_t leaf[DIGEST_SHA256_LEN];   /* Of the Merkle tree. */
	uint8_t listed[DIGEST_SHA256_LEN]; /* What a listing said of it. */
	char facts[CHECK_FACTS_SIZE];
	size_t facts_len;
};

/* A sort of lines. */
struct check_batch_kind {
	/* In any thread, with a digest to compute with. */
	void (*parse)(struct check_line * line, struct digest * d);
	/* In order. */
	void (*judge)(struct check * c, const struct check_line * line);
	/* Release what parse made, in any thread. */
	void (*drop)(struct check_line * line);
};

struct check_batches;

extern const struct check_batch_kind check_object_lines;
extern const struct check_batch_kind check_gap_lines;
extern const struct check_batch_kind check_request_lines;

/**
 * check_batch_add(c, kind, bytes, len):
 * Take the next line, ${len} ${bytes} with an LF behind them, of the member at
 * hand; it is parsed and judged in time.
 */
void check_batch_add(struct check * c, const struct check_batch_kind * kind,
    const uint8_t * bytes, size_t len);

/**
 * check_batch_end(c):
 * Judge all lines that were taken and not judged yet.
 */
void check_batch_end(struct check * c);

/**
 * check_batch_free(c):
 * Release batches and threads.
 */
void check_batch_free(struct check * c);

#endif
