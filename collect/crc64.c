#include <stdlib.h>

#include "collect/crc64.h"

#define POLYNOMIAL UINT64_C(0x9a6c9329ac4bc9b5)
#define SLICES 8

/*
 * Eight bytes a step: table[n][b] is what the byte b, with n bytes behind it,
 * does to the checksum.
 */
struct crc64 {
	uint64_t state;
	uint64_t table[SLICES][256];
};

struct crc64 *
crc64_new(struct err * e)
{
	struct crc64 * c = malloc(sizeof(*c));

	if (c == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	c->state = UINT64_MAX;
	for (size_t b = 0; b < 256; b++) {
		uint64_t value = b;

		for (int bit = 0; bit < 8; bit++)
			value = (value >> 1) ^
			    (((value & 1) != 0) ? POLYNOMIAL : 0);
		c->table[0][b] = value;
	}
	for (size_t b = 0; b < 256; b++) {
		for (size_t n = 1; n < SLICES; n++) {
			uint64_t before = c->table[n - 1][b];

			c->table[n][b] =
			    (before >> 8) ^ c->table[0][before & 0xff];
		}
	}
	return c;
}

void
crc64_update(struct crc64 * c, const void * bytes, size_t len)
{
	const uint8_t * at = bytes;
	uint64_t state = c->state;

	for (; len >= SLICES; at += SLICES, len -= SLICES) {
		uint64_t next = 0;

		for (size_t n = 0; n < SLICES; n++)
			next ^= c->table[SLICES - 1 - n]
					[((state >> (8 * n)) ^ at[n]) & 0xff];
		state = next;
	}
	for (; len > 0; at++, len--)
		state = (state >> 8) ^ c->table[0][(state ^ *at) & 0xff];
	c->state = state;
}

void
crc64_peek(const struct crc64 * c, uint8_t out[CRC64_LEN])
{
	for (size_t n = 0; n < CRC64_LEN; n++)
		out[n] = (uint8_t)(~c->state >> (8 * n));
}

void
crc64_free(struct crc64 * c)
{
	free(c);
}
