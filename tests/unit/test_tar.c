#include <stdlib.h>
#include <string.h>

#include "evidence/tar.h"

#include "tests/unit/unit.h"

static uint8_t bytes[TAR_HEADER_MAX];
static size_t len;

/* Format ${path}, ${size}, ${mtime} and read it again. */
static int
round_trip(const char * path, int64_t size, int64_t mtime)
{
	struct tar_header h = { .size = size, .mtime = mtime };
	struct tar_header back;
	struct err e;

	err_init(&e);
	(void)snprintf(h.path, sizeof(h.path), "%s", path);
	if (tar_header_format(&h, bytes, &len, &e) != 0)
		return -1;
	if (tar_header_parse(bytes, len, &back, &e) != 0)
		return -1;
	if ((strcmp(back.path, path) != 0) || (back.size != size) ||
	    (back.mtime != mtime))
		return -1;
	return 0;
}

static int
parse_again(void)
{
	struct tar_header back;
	struct err e;

	err_init(&e);
	return tar_header_parse(bytes, len, &back, &e);
}

/* The sum of a ustar block, its own field taken as blanks. */
static void
put_sum(uint8_t * block)
{
	unsigned sum = 0;

	memset(block + 148, ' ', 8);
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += block[i];
	(void)snprintf((char *)block + 148, 7, "%06o", sum);
	block[155] = ' ';
}

/* The block of FORMAT.md's byte table, made by hand. */
static void
make_block(uint8_t * block, const char * prefix, const char * name,
    const char * size, char type)
{
	memset(block, 0, TAR_BLOCK);
	memcpy(block, name, strlen(name));
	memcpy(block + 100,
	    "000444 \0"
	    "000000 \0"
	    "000000 ",
	    23);
	memcpy(block + 124, size, 12);
	memcpy(block + 136, "14524770400 ", 12);
	block[156] = (uint8_t)type;
	memcpy(block + 257,
	    "ustar\0"
	    "00",
	    8);
	memcpy(block + 329,
	    "000000 \0"
	    "000000 ",
	    15);
	memcpy(block + 345, prefix, strlen(prefix));
	put_sum(block);
}

static void
tar_header_format_makes_the_block_of_the_byte_table(void)
{
	uint8_t block[TAR_BLOCK];

	EXPECT(round_trip("a/b.txt", 5, 1700000000) == 0);
	make_block(block, "", "a/b.txt", "00000000005 ", '0');
	EXPECT((len == TAR_BLOCK) && (memcmp(bytes, block, TAR_BLOCK) == 0));
	EXPECT(round_trip("a/b.txt", (INT64_C(1) << 33) - 1, 1700000000) == 0);
	make_block(block, "", "a/b.txt", "77777777777 ", '0');
	EXPECT((len == TAR_BLOCK) && (memcmp(bytes, block, TAR_BLOCK) == 0));
}

static void
tar_header_format_makes_a_pax_record_from_two_to_the_33(void)
{
	uint8_t want[TAR_HEADER_MAX];

	memset(want, 0, sizeof(want));
	make_block(want, "", "a/PaxHeader/b.txt", "00000000023 ", 'x');
	memcpy(want + TAR_BLOCK, "19 size=8589934592\n", 19);
	make_block(
	    want + (size_t)2 * TAR_BLOCK, "", "a/b.txt", "100000000000", '0');
	EXPECT(round_trip("a/b.txt", INT64_C(1) << 33, 1700000000) == 0);
	EXPECT((len == TAR_HEADER_MAX) && (memcmp(bytes, want, len) == 0));
	EXPECT(tar_header_len(bytes) == TAR_HEADER_MAX);
	/* From 2^36 on the field holds a binary number. */
	EXPECT(round_trip("a/b.txt", INT64_C(1) << 36, 1700000000) == 0);
	EXPECT(bytes[2 * TAR_BLOCK + 124] == 0x80);
}

static void
tar_header_keeps_sizes_at_every_border(void)
{
	static const int64_t border[] = { 1, 512, INT64_C(1) << 31,
		INT64_C(1) << 32, INT64_C(1) << 33, INT64_C(1) << 36,
		INT64_C(1) << 40, TAR_SIZE_MAX - 1 };

	for (size_t i = 0; i < sizeof(border) / sizeof(border[0]); i++)
		for (int64_t d = -1; d <= 1; d++)
			EXPECT(round_trip("p/data/x", border[i] + d, 0) == 0);
	EXPECT(round_trip("p/data/x", TAR_SIZE_MAX + 1, 0) == -1);
	EXPECT(round_trip("p/data/x", -1, 0) == -1);
}

static void
tar_header_keeps_times_in_its_range(void)
{
	EXPECT(round_trip("x", 0, 0) == 0);
	EXPECT(round_trip("x", 0, TAR_MTIME_MAX) == 0);
	EXPECT(round_trip("x", 0, TAR_MTIME_MAX + 1) == -1);
	EXPECT(round_trip("x", 0, -1) == -1);
}

static void
tar_header_keeps_names_of_one_to_150_bytes(void)
{
	char path[TAR_PATH_MAX + 2];

	for (size_t n = 1; n <= TAR_PATH_MAX; n++) {
		memset(path, 'x', n);
		path[n] = '\0';
		for (size_t i = 49; i + 1 < n; i += 50)
			path[i] = '/';
		EXPECT(round_trip(path, 7, 1) == 0);
		EXPECT(len == TAR_BLOCK);
		EXPECT(round_trip(path, TAR_SIZE_PAX, 1) == 0);
	}
}

static void
tar_header_refuses_a_path_that_is_too_long_for_ustar(void)
{
	struct tar_header h = { .size = 0 };
	struct err e;

	err_init(&e);
	memset(h.path, 'x', 101);
	EXPECT(tar_header_format(&h, bytes, &len, &e) == -1);
	h.path[100] = '\0';
	err_init(&e);
	EXPECT(tar_header_format(&h, bytes, &len, &e) == 0);
	/* No terminator at all. */
	memset(h.path, 'x', sizeof(h.path));
	h.path[75] = '/';
	err_init(&e);
	EXPECT(tar_header_format(&h, bytes, &len, &e) == -1);
}

static void
tar_header_refuses_paths_that_climb_or_are_not_clean(void)
{
	static const char * const bad[] = { "", "/", "/a", "a/", "a//b", ".",
		"..", "a/./b", "a/../b", "../a", "a/..", "a b", "a\tb", "a\nb",
		"a\x7f", "\xc3\xa4" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		EXPECT(round_trip(bad[i], 1, 1) == -1);
	EXPECT(round_trip("...", 1, 1) == 0);
	EXPECT(round_trip(".a/b..", 1, 1) == 0);
}

static void
tar_header_parse_refuses_every_flipped_bit_or_reads_another_header(void)
{
	static const int64_t sizes[] = { 5, TAR_SIZE_PAX + 5 };
	size_t refused = 0;
	size_t read = 0;

	for (size_t s = 0; s < 2; s++) {
		EXPECT(round_trip("p/data/0001-acct/000000001-x", sizes[s],
			   1700000000) == 0);
		for (size_t i = 0; i < len * 8; i++) {
			bytes[i / 8] ^= (uint8_t)(1 << (i % 8));
			if (parse_again() == 0)
				read++;
			else
				refused++;
			bytes[i / 8] ^= (uint8_t)(1 << (i % 8));
		}
	}
	/* The checksum leaves no flip undetected. */
	EXPECT(read == 0);
	EXPECT(refused == (size_t)8 * (TAR_BLOCK + TAR_HEADER_MAX));
}

static void
tar_header_parse_refuses_other_types_and_spellings(void)
{
	static const char types[] = "\0001234567xgLKSAVNDM";
	static const char * const sizes[] = { "0000000005 \0", "000000005 \0\0",
		"         5 \0", "00000000005\0", " 0000000005 ",
		"+0000000005 ", "\x80\0\0\0\0\0\0\0\0\0\0\5" };

	for (size_t i = 0; i < sizeof(types) - 1; i++) {
		make_block(bytes, "", "a", "00000000000 ", types[i]);
		len = TAR_BLOCK;
		EXPECT(parse_again() == -1);
	}
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		make_block(bytes, "", "a", sizes[i], '0');
		EXPECT(parse_again() == -1);
	}
	make_block(bytes, "", "a", "00000000005 ", '0');
	EXPECT(parse_again() == 0);
	/* A prefix where none is needed, a split at another slash. */
	make_block(bytes, "a", "b", "00000000005 ", '0');
	EXPECT(parse_again() == -1);
}

static void
tar_header_parse_refuses_other_fields_with_a_right_checksum(void)
{
	static const size_t at[] = { 100, 105, 108, 116, 157, 256, 263, 265,
		297, 329, 337, 500, 511 };

	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		make_block(bytes, "", "a", "00000000005 ", '0');
		len = TAR_BLOCK;
		bytes[at[i]] ^= 1;
		put_sum(bytes);
		EXPECT(parse_again() == -1);
	}
}

static void
tar_header_parse_refuses_a_length_that_is_not_its_own(void)
{
	EXPECT(round_trip("a", TAR_SIZE_PAX, 1) == 0);
	len = TAR_BLOCK;
	EXPECT(parse_again() == -1);
	EXPECT(round_trip("a", 1, 1) == 0);
	len = TAR_HEADER_MAX;
	EXPECT(parse_again() == -1);
	len = 0;
	EXPECT(parse_again() == -1);
	memset(bytes, 0, sizeof(bytes));
	len = TAR_BLOCK;
	EXPECT(parse_again() == -1);
	EXPECT(tar_is_zero(bytes, TAR_BLOCK));
	bytes[511] = 1;
	EXPECT(!tar_is_zero(bytes, TAR_BLOCK));
}

static void
tar_member_len_counts_header_data_and_padding(void)
{
	EXPECT(tar_padding(0) == 0);
	EXPECT(tar_padding(1) == 511);
	EXPECT(tar_padding(512) == 0);
	EXPECT(tar_padding(TAR_SIZE_MAX - 1) == 1);
	EXPECT(tar_member_len(TAR_BLOCK, 0) == 512);
	EXPECT(tar_member_len(TAR_BLOCK, 513) == 512 + 1024);
}

int
main(void)
{
	struct err e;

	err_init(&e);
	if (tar_start(&e) != 0)
		return 1;
	RUN(tar_header_format_makes_the_block_of_the_byte_table);
	RUN(tar_header_format_makes_a_pax_record_from_two_to_the_33);
	RUN(tar_header_keeps_sizes_at_every_border);
	RUN(tar_header_keeps_times_in_its_range);
	RUN(tar_header_keeps_names_of_one_to_150_bytes);
	RUN(tar_header_refuses_a_path_that_is_too_long_for_ustar);
	RUN(tar_header_refuses_paths_that_climb_or_are_not_clean);
	RUN(tar_header_parse_refuses_every_flipped_bit_or_reads_another_header);
	RUN(tar_header_parse_refuses_other_types_and_spellings);
	RUN(tar_header_parse_refuses_other_fields_with_a_right_checksum);
	RUN(tar_header_parse_refuses_a_length_that_is_not_its_own);
	RUN(tar_member_len_counts_header_data_and_padding);
	return unit_failed;
}
