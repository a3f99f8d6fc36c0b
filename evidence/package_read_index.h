#ifndef EVIDENCE_PACKAGE_READ_INDEX_H
#define EVIDENCE_PACKAGE_READ_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"
#include "evidence/package_read.h"
#include "evidence/source.h"

/*
 * The lockstep of package_read: manifest and catalogue walked beside the
 * payload, each member compared with its two lines.
 */
struct package_read_index;

/**
 * package_read_index_new(fd, index, e):
 * Open sources, catalogue and manifest where ${index} says.  Return what
 * package_read_index_free releases, or NULL with ${e} set.
 */
struct package_read_index * package_read_index_new(
    int fd, const struct package_index * index, struct err * e);

/**
 * package_read_index_begin(x, item, e):
 * Compare ${item} with the next line of both lists and add what the catalogue
 * knows to it.  Return 1; 0 if ${item} is no payload and both lists end here as
 * they must; or -1 with ${e} set (ERR_FORGED).
 */
int package_read_index_begin(
    struct package_read_index * x, struct package_item * item, struct err * e);

/**
 * package_read_index_data(x, bytes, len):
 * Hash ${len} further ${bytes} of the member.
 */
void package_read_index_data(
    struct package_read_index * x, const uint8_t * bytes, size_t len);

/**
 * package_read_index_end(x, e):
 * Compare the digest of the member.  Return 0, or -1 with ${e} set
 * (ERR_FORGED).
 */
int package_read_index_end(struct package_read_index * x, struct err * e);

/**
 * package_read_index_seek(x, offset, e):
 * Go to the lines of the payload member at ${offset} of the stream.  Return 0,
 * or -1 with ${e} set (ERR_INPUT: the catalogue has none there).
 */
int package_read_index_seek(
    struct package_read_index * x, int64_t offset, struct err * e);

/**
 * package_read_index_sources(x):
 * Return the sources, borrowed.
 */
const struct sources * package_read_index_sources(
    const struct package_read_index * x);

/**
 * package_read_index_free(x):
 * Release ${x}; NULL is fine.
 */
void package_read_index_free(struct package_read_index * x);

#endif
