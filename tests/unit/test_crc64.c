#include <stdlib.h>

#include "collect/crc64.h"
#include "evidence/buf.h"
#include "evidence/text.h"
#include "tests/unit/unit.h"

/* The checksum of ${text} as a header has it; borrowed until the next call. */
static const char *
base64_of(const void * bytes, size_t len)
{
	static char shown[32];
	struct buf out = { 0 };
	uint8_t crc[CRC64_LEN];
	struct crc64 * c;
	struct err e;

	err_init(&e);
	c = crc64_new(&e);
	if (c == NULL)
		abort();
	crc64_update(c, bytes, len);
	crc64_peek(c, crc);
	crc64_free(c);
	if (text_base64_encode(&out, crc, sizeof(crc), &e) != 0)
		abort();
	(void)snprintf(shown, sizeof(shown), "%s", buf_text(&out));
	buf_free(&out);
	return shown;
}

static void
crc64_gives_the_known_values_of_azure(void)
{
	/* The two of Microsoft's own C++ library. */
	EXPECT_TEXT(base64_of("", 0), "AAAAAAAAAAA=");
	EXPECT_TEXT(base64_of("Hello Azure!", 12), "DtjZpL9/o8c=");
}

static void
crc64_gives_the_check_value_of_the_catalogue(void)
{
	/* CRC-64/NVME of "123456789" is ae8b14860a799888, low byte first. */
	EXPECT_TEXT(base64_of("123456789", 9), "iJh5CoYUi64=");
}

/* As the definition says it, bit by bit. */
static uint64_t
slow(const uint8_t * bytes, size_t len)
{
	uint64_t state = UINT64_MAX;

	for (size_t i = 0; i < len; i++) {
		state ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			state = (state >> 1) ^
			    (((state & 1) != 0) ? UINT64_C(0x9a6c9329ac4bc9b5)
						: 0);
	}
	return ~state;
}

static void
crc64_is_the_same_however_the_bytes_are_cut(void)
{
	uint8_t bytes[97], crc[CRC64_LEN];
	uint64_t want;
	struct err e;

	err_init(&e);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 151 + 7);
	want = slow(bytes, sizeof(bytes));
	for (size_t cut = 0; cut <= sizeof(bytes); cut++) {
		struct crc64 * c = crc64_new(&e);
		uint64_t have = 0;

		if (c == NULL)
			abort();
		crc64_update(c, bytes, cut);
		crc64_update(c, bytes + cut, sizeof(bytes) - cut);
		crc64_peek(c, crc);
		for (size_t n = 0; n < CRC64_LEN; n++)
			have |= (uint64_t)crc[n] << (8 * n);
		EXPECT(have == want);
		crc64_free(c);
	}
}

int
main(void)
{
	RUN(crc64_gives_the_known_values_of_azure);
	RUN(crc64_gives_the_check_value_of_the_catalogue);
	RUN(crc64_is_the_same_however_the_bytes_are_cut);
	return unit_failed;
}
