#ifndef VERIFY_TIMELINE_ROWS_H
#define VERIFY_TIMELINE_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/derived.h"
#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/package_read.h"

/*
 * Finding the bytes of each row of a timeline.jsonl in the packages again.
 * Rows are taken in portions, so that the memory does not grow with them; for
 * each portion every package is read once.
 */
#define TIMELINE_ROWS_PORTION 262144
#define TIMELINE_ROWS_LINE_MAX ((size_t)16 << 20) /* Bytes of one line. */

/* One package of the derived document. */
struct timeline_source {
	const struct derived_package * package;
	int fd; /* -1: it was not brought, or cannot be read. */
	const struct package_index * index;
};

struct timeline_rows {
	int64_t rows;
	int64_t resolved;
	int64_t unchecked; /* Of a package that could not be read. */
	uint8_t sha256[DIGEST_SHA256_LEN]; /* Of the file. */
};

/* Told of each row that is wrong, by its line from 1. */
typedef void timeline_rows_note(
    void * context, int64_t line, const char * text);

/**
 * timeline_rows_check(fd, sources, n, note, context, result, e):
 * Read the rows in ${fd} (borrowed) and compare each with the bytes it names in
 * the ${n} ${sources} into ${result}.  A row is resolved, or unchecked, or told
 * to ${note} with ${context}.  Return 0 if all was read, or -1 with ${e} set.
 */
int timeline_rows_check(int fd, const struct timeline_source * sources,
    size_t n, timeline_rows_note * note, void * context,
    struct timeline_rows * result, struct err * e);

#endif
