#ifndef EVIDENCE_SPOOL_H
#define EVIDENCE_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/err.h"

/*
 * A file of lines that only grows, until it is cut back to a checkpoint.  Its
 * digest is kept as it grows.
 */
#define SPOOL_BUFFER ((size_t)64 << 10)
#define SPOOL_LINE_MAX ((size_t)16 << 20) /* Bytes of a line, its LF too. */

struct spool;

/* What a spool holds at a moment. */
struct spool_mark {
	int64_t bytes;
	uint8_t sha256[DIGEST_SHA256_LEN];
};

/* Called with blocks or lines, in order; return 0, or -1 with ${e} set. */
struct spool_sink {
	int (*put)(
	    void * cookie, const uint8_t * bytes, size_t len, struct err * e);
	void * cookie;
};

/**
 * spool_create(dir, name, e):
 * Make the empty file ${name} (mode 0600) in ${dir}.  Return the spool, which
 * the caller closes with spool_close, or NULL with ${e} set.
 */
struct spool * spool_create(int dir, const char * name, struct err * e);

/**
 * spool_open(dir, name, mark, sink, cut, e):
 * Open the file ${name} in ${dir}, cut it back to ${mark} and compare its
 * digest, handing every line that is kept to ${sink} (which may be NULL); add
 * the bytes cut off to ${cut}.  Return the spool, or NULL with ${e} set
 * (ERR_INPUT: it is shorter or other than ${mark} says).
 */
struct spool * spool_open(int dir, const char * name,
    const struct spool_mark * mark, const struct spool_sink * sink,
    int64_t * cut, struct err * e);

/**
 * spool_append(s, bytes, len, e):
 * Append ${len} ${bytes}, whole lines.  Return 0, or -1 with ${e} set.
 */
int spool_append(
    struct spool * s, const void * bytes, size_t len, struct err * e);

/**
 * spool_bytes(s):
 * Return how many bytes were appended.
 */
int64_t spool_bytes(const struct spool * s);

/**
 * spool_sync(s, mark, e):
 * Make all of ${s} durable and describe it in ${mark}.  Return 0, or -1 with
 * ${e} set.
 */
int spool_sync(struct spool * s, struct spool_mark * mark, struct err * e);

/**
 * spool_each_line(s, max, sink, e):
 * Hand every line, its LF included, to ${sink}.  Return 0, or -1 with ${e} set
 * (ERR_LIMIT: a line is longer than ${max}).
 */
int spool_each_line(struct spool * s, size_t max,
    const struct spool_sink * sink, struct err * e);

/**
 * spool_each_block(s, sink, e):
 * Hand the whole content to ${sink}, in blocks.  Return 0, or -1 with ${e} set.
 */
int spool_each_block(
    struct spool * s, const struct spool_sink * sink, struct err * e);

/**
 * spool_close(s):
 * Release ${s}; NULL is fine.  What was not synced may be lost.
 */
void spool_close(struct spool * s);

#endif
