#ifndef EVIDENCE_TAR_H
#define EVIDENCE_TAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"

/*
 * The tar dialect of a package: one header for one regular file, its bytes
 * exactly those that libarchive 3.6.2's restricted pax writer makes (FORMAT.md,
 * "tar").  The only module that includes libarchive.
 *
 * A header is one ustar block; from a size of 2^33 on it is three: a pax
 * header, its one record "NN size=SIZE", and the ustar block.
 */
#define TAR_BLOCK 512
#define TAR_HEADER_MAX ((size_t)3 * TAR_BLOCK)
#define TAR_PATH_MAX 150 /* Bytes; no part between slashes is over 100. */
#define TAR_SIZE_MAX (INT64_C(1) << 53)     /* Bytes of one member. */
#define TAR_SIZE_PAX (INT64_C(1) << 33)     /* From here on a pax record. */
#define TAR_MTIME_MAX INT64_C(2147483646)   /* Seconds; 0 is the least. */
#define TAR_END_LEN ((size_t)2 * TAR_BLOCK) /* The zero blocks at the end. */

struct tar_header {
	char path[TAR_PATH_MAX + 1];
	int64_t size;  /* Bytes of data. */
	int64_t mtime; /* Seconds since 1970, 0 to TAR_MTIME_MAX. */
};

/**
 * tar_start(e):
 * Let libarchive and the C library load what they load once (a table of
 * character sets, for the pax header of a very large member), so that a
 * process that shuts itself in afterwards opens no file.  Return 0, or -1 with
 * ${e} set.
 */
int tar_start(struct err * e);

/**
 * tar_header_format(header, bytes, len, e):
 * Write the blocks of ${header} to ${bytes} and their length, 512 or 1536, to
 * ${len}.  Return 0, or -1 with ${e} set: a path that is empty, longer than
 * TAR_PATH_MAX, not printable ASCII without blanks, not relative and clean (no
 * part empty, "." or ".."), or that ustar cannot hold; a size or time out of
 * range.
 */
int tar_header_format(const struct tar_header * header,
    uint8_t bytes[TAR_HEADER_MAX], size_t * len, struct err * e);

/**
 * tar_header_len(block):
 * Return how many bytes, 512 or 1536, the header that begins with the 512 bytes
 * ${block} claims to have.  Cannot fail: tar_header_parse judges.
 */
size_t tar_header_len(const uint8_t block[TAR_BLOCK]);

/**
 * tar_header_parse(bytes, len, header, e):
 * Read the header of ${len} ${bytes} (tar_header_len of them) into ${header}
 * and make the canonical check: tar_header_format of it must give ${bytes}.
 * Whatever is no regular file in our dialect fails it: links, devices, other
 * modes, owners, records, checksums, spellings of numbers.  Return 0, or -1
 * with ${e} set (ERR_INPUT) and ${header} in any state.
 */
int tar_header_parse(const uint8_t * bytes, size_t len,
    struct tar_header * header, struct err * e);

/**
 * tar_padding(size):
 * Return how many zero bytes, 0 to 511, follow ${size} bytes of data.
 */
size_t tar_padding(int64_t size);

/**
 * tar_member_len(header_len, size):
 * Return the bytes of a whole member: header, data, and padding.
 */
int64_t tar_member_len(size_t header_len, int64_t size);

/**
 * tar_is_zero(bytes, len):
 * Return whether all ${len} ${bytes} are zero (the blocks at the end, padding).
 */
bool tar_is_zero(const uint8_t * bytes, size_t len);

#endif
