#ifndef COLLECT_CRC64_H
#define COLLECT_CRC64_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"

/*
 * The CRC-64 of Azure storage (x-ms-content-crc64): polynomial
 * 0xAD93D23594C93659, which is 0x9A6C9329AC4BC9B5 with its bits reflected,
 * input and output reflected, all ones to begin with and inverted at the end.
 * Other names for it are CRC-64/NVME and Rocksoft.  In a header it stands as
 * the base64 of its eight bytes, low byte first.
 */
#define CRC64_LEN 8

struct crc64; /* A checksum being computed. */

/**
 * crc64_new(e):
 * Return a started checksum that the caller frees with crc64_free, or NULL with
 * ${e} set.
 */
struct crc64 * crc64_new(struct err * e);

/**
 * crc64_update(c, bytes, len):
 * Feed ${len} ${bytes}.
 */
void crc64_update(struct crc64 * c, const void * bytes, size_t len);

/**
 * crc64_peek(c, out):
 * Write the checksum of what ${c} has seen so far to ${out}, low byte first;
 * ${c} can go on.
 */
void crc64_peek(const struct crc64 * c, uint8_t out[CRC64_LEN]);

/**
 * crc64_free(c):
 * Release ${c}; NULL is fine.
 */
void crc64_free(struct crc64 * c);

#endif
