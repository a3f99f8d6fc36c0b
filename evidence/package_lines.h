#ifndef EVIDENCE_PACKAGE_LINES_H
#define EVIDENCE_PACKAGE_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/package_read.h"

/*
 * The lines of one member whose place and digest are known, read through a
 * reader of their own, so that a manifest can be walked beside the payload.
 */
struct package_lines;

/* A line of a manifest, HEX, two blanks, path below the top folder. */
struct package_manifest_line {
	uint8_t sha256[DIGEST_SHA256_LEN];
	char path[TAR_PATH_MAX + 1];
};

/**
 * package_lines_open(fd, place, max, e):
 * Start reading the member at ${place} of ${fd} (both borrowed) in lines of at
 * most ${max} bytes.  Return what package_lines_close ends, or NULL with ${e}
 * set.
 */
struct package_lines * package_lines_open(
    int fd, const struct package_place * place, size_t max, struct err * e);

/**
 * package_lines_next(l, line, len, e):
 * Put the next line, without its LF, into ${line} and ${len}, borrowed until
 * the next call.  Return 1; 0 at the end, the bytes having the digest that
 * ${l}'s place says; or -1 with ${e} set (ERR_FORGED if they do not).
 */
int package_lines_next(struct package_lines * l, const uint8_t ** line,
    size_t * len, struct err * e);

/**
 * package_lines_close(l):
 * Release ${l}; NULL is fine.
 */
void package_lines_close(struct package_lines * l);

/**
 * package_manifest_parse(line, len, parsed, e):
 * Read the ${len} bytes of a ${line} of a manifest, exactly as the format
 * writes it, into ${parsed}.  Return 0, or -1 with ${e} set.
 */
int package_manifest_parse(const uint8_t * line, size_t len,
    struct package_manifest_line * parsed, struct err * e);

#define PACKAGE_MANIFEST_LINE_MAX (2 * DIGEST_SHA256_LEN + 2 + TAR_PATH_MAX)

#endif
