#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/frames_read.h"
#include "evidence/frames_walk.h"
#include "evidence/frames_write.h"
#include "evidence/io.h"
#include "evidence/lines.h"

#include "tests/unit/unit.h"

#define MIB ((size_t)1 << 20)

static struct err e;
static int fd = -1;

/* An empty file without a name. */
static void
start(void)
{
	char name[] = "/tmp/azcustody-frames-XXXXXX";

	err_init(&e);
	if (fd >= 0)
		(void)close(fd);
	fd = mkstemp(name);
	(void)unlink(name);
}

/* A file of ${len} ${bytes}. */
static void
start_with(const void * bytes, size_t len)
{
	start();
	EXPECT(io_write_all(fd, bytes, len, &e) == 0);
}

/* Byte ${i} of every test's content. */
static uint8_t
byte_at(size_t i)
{
	return (uint8_t)((i * 2654435761U) >> 13);
}

/* Write members of the ${n} ${sizes} in frames. */
static size_t
write_frames(const size_t * sizes, size_t n, bool compress)
{
	struct frames_write * w = NULL;
	struct frames_border border;
	size_t at = 0;

	start();
	w = frames_write_new(fd, compress, 2, &e);
	for (size_t i = 0; (w != NULL) && (i < n); i++) {
		uint8_t * bytes = malloc(sizes[i]);

		for (size_t k = 0; k < sizes[i]; k++)
			bytes[k] = byte_at(at + k);
		EXPECT(frames_write_begin(w, (int64_t)sizes[i], &e) == 0);
		EXPECT(frames_write_put(w, bytes, sizes[i], &e) == 0);
		EXPECT(frames_write_end(w, &e) == 0);
		at += sizes[i];
		free(bytes);
	}
	EXPECT(frames_write_finish(w, &border, &e) == 0);
	frames_write_free(w);
	return at;
}

/* Read all with ${threads}; return the bytes, checked, or -1. */
static int64_t
read_frames(int threads)
{
	struct frames_read * f = NULL;
	struct frames_frame frame;
	int64_t at = 0;
	int rc = -1;

	err_init(&e);
	f = frames_read_open(fd, threads, &e);
	while (f != NULL) {
		rc = frames_read_next(f, &frame, &e);
		if (rc != 1)
			break;
		EXPECT(frame.stream_at == at);
		for (size_t i = 0; i < frame.len; i++)
			if (frame.bytes[i] != byte_at((size_t)at + i))
				rc = -2;
		EXPECT(rc == 1);
		at += (int64_t)frame.len;
	}
	frames_read_close(f);
	return (rc == 0) ? at : -1;
}

static const size_t sizes[] = { 512, 1024, 300 * 1024, 512, 9 * MIB, 512,
	8 * MIB, 17 * MIB + 512, 100 * 1024, 200 * 1024 };
#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

static void
frames_read_gives_what_was_written_with_any_number_of_threads(void)
{
	int64_t whole = (int64_t)write_frames(sizes, SIZES, true);

	EXPECT(read_frames(0) == whole);
	EXPECT(read_frames(1) == whole);
	EXPECT(read_frames(3) == whole);
	EXPECT(read_frames(FRAMES_READ_THREADS_MAX) == whole);
}

static void
frames_read_reads_a_plain_file_in_pieces(void)
{
	int64_t whole = (int64_t)write_frames(sizes, SIZES, false);

	EXPECT(read_frames(0) == whole);
	EXPECT(read_frames(4) == whole);
}

/* Digest of the first ${len} bytes of the file. */
static void
digest_file(int64_t len, uint8_t sha256[DIGEST_SHA256_LEN])
{
	uint8_t * bytes = malloc((size_t)len + 1);

	EXPECT(io_read_at(fd, bytes, (size_t)len, 0, &e) == len);
	digest_sha256(bytes, (size_t)len, sha256);
	free(bytes);
}

static void
check_digests(bool compress, int threads)
{
	struct frames_read * f = NULL;
	struct frames_frame frame;
	uint8_t want[DIGEST_SHA256_LEN], have[DIGEST_SHA256_LEN];
	int64_t size = 0;

	(void)write_frames(sizes, 4, compress);
	f = frames_read_open(fd, threads, &e);
	while (frames_read_next(f, &frame, &e) == 1) {
		size_t inside = compress ? 0 : frame.len / 2;

		digest_file(frame.file_at + (int64_t)inside, want);
		frames_read_digest_at(f, inside, have);
		EXPECT(memcmp(want, have, sizeof(want)) == 0);
	}
	EXPECT(io_size(fd, &size, &e) == 0);
	digest_file(size, want);
	EXPECT(frames_read_digest(f, have, &e) == 0);
	EXPECT(memcmp(want, have, sizeof(want)) == 0);
	frames_read_close(f);
}

static void
frames_read_hashes_the_file_before_each_frame_and_whole(void)
{
	check_digests(true, 0);
	check_digests(true, 3);
	check_digests(false, 0);
}

static void
frames_read_digest_reads_what_was_not_read_yet(void)
{
	struct frames_read * f = NULL;
	struct frames_frame frame;
	uint8_t want[DIGEST_SHA256_LEN], have[DIGEST_SHA256_LEN];
	int64_t size = 0;

	for (int i = 0; i < 4; i++) {
		(void)write_frames(sizes, SIZES, (i & 1) != 0);
		f = frames_read_open(fd, (i & 2) ? 3 : 0, &e);
		EXPECT(frames_read_next(f, &frame, &e) == 1);
		EXPECT(frames_read_digest(f, have, &e) == 0);
		EXPECT(io_size(fd, &size, &e) == 0);
		digest_file(size, want);
		EXPECT(memcmp(want, have, sizeof(want)) == 0);
		frames_read_close(f);
	}
}

static void
frames_read_says_when_the_file_changed_meanwhile(void)
{
	struct frames_read * f = NULL;
	struct frames_frame frame;
	uint8_t sha256[DIGEST_SHA256_LEN];

	(void)write_frames(sizes, SIZES, true);
	f = frames_read_open(fd, 0, &e);
	EXPECT(frames_read_next(f, &frame, &e) == 1);
	EXPECT(io_write_all(fd, "x", 1, &e) == 0);
	EXPECT(frames_read_digest(f, sha256, &e) == -1);
	EXPECT(e.kind == ERR_INPUT);
	frames_read_close(f);
}

static void
frames_table_finds_the_frame_of_every_byte(void)
{
	struct frames_table * table = NULL;
	struct frames_read * f = NULL;
	struct frames_frame frame;
	struct frames_place place;
	int64_t whole = (int64_t)write_frames(sizes, SIZES, true);

	table = frames_table_load(fd, &e);
	EXPECT(table != NULL);
	EXPECT(frames_table_find(table, -1) == -1);
	EXPECT(frames_table_find(table, whole) == -1);
	for (int64_t i = 0; i < frames_table_count(table); i++) {
		place = frames_table_place(table, i);
		EXPECT(frames_table_find(table, place.stream_at) == i);
		EXPECT((i == 0) ||
		    (frames_table_find(table, place.stream_at - 1) == i - 1));
		f = frames_read_open_at(fd, &place, &e);
		EXPECT(frames_read_next(f, &frame, &e) == 1);
		EXPECT(frame.stream_at == place.stream_at);
		EXPECT(frame.bytes[0] == byte_at((size_t)place.stream_at));
		frames_read_close(f);
	}
	frames_table_free(table);
}

/* One raw frame: "abc" and its checksum is not looked at when walking. */
static const uint8_t good[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x24, 3, 0x19, 0, 0,
	'a', 'b', 'c', 1, 2, 3, 4 };

/* Walk one frame of ${len} ${bytes}; NULL if it is taken, else why not. */
static const char *
walk_one(const uint8_t * bytes, size_t len)
{
	struct frames_walk * w = NULL;
	struct frames_raw raw;
	size_t content_len = 0;
	int rc;

	start_with(bytes, len);
	w = frames_walk_open(fd, NULL, &e);
	rc = frames_walk_peek(w, &content_len, &e);
	raw.bytes = malloc(frames_walk_bound(FRAMES_READ_MAX));
	if (rc == 1)
		rc = frames_walk_take(w, &raw, &e);
	free(raw.bytes);
	frames_walk_close(w);
	return (rc == 0) ? NULL : strrchr(e.text, ':') + 2;
}

/*
 * A table may be longer than its frames only if it has empty ones; each would be
 * looked at after damage.
 */
static void
frames_table_refuses_frames_that_cannot_be(void)
{
	static const uint8_t sizes_of[][8] = { { 0, 0, 0, 0, 0, 0, 0, 0 },
		{ 0, 0, 0, 0, 3, 0, 0, 0 }, { 4, 0, 0, 0, 0, 0, 0, 0 },
		{ 4, 0, 0, 0, 1, 0, 0x80, 0 } };
	uint8_t bytes[4 + 8 + 8 + 9] = { 'f', 'o', 'u', 'r', 0x5e, 0x2a, 0x4d,
		0x18, 17 };

	bytes[20] = 1; /* One frame. */
	memcpy(bytes + 25, "\xb1\xea\x92\x8f", 4);
	for (size_t i = 0; i < 4; i++) {
		memcpy(bytes + 12, sizes_of[i], 8);
		start_with(bytes, sizeof(bytes));
		EXPECT(frames_table_load(fd, &e) == NULL);
		EXPECT(strstr(e.text, "a frame that cannot be") != NULL);
		err_init(&e);
	}
	memcpy(bytes + 12, "\4\0\0\0\0\0\x80\0", 8);
	start_with(bytes, sizeof(bytes));
	frames_table_free(frames_table_load(fd, &e));
	EXPECT(e.kind == ERR_NONE);
}

static void
frames_walk_takes_a_frame_by_its_blocks(void)
{
	EXPECT(walk_one(good, sizeof(good)) == NULL);
}

static void
frames_walk_refuses_every_cut(void)
{
	for (size_t len = 0; len < sizeof(good); len++)
		EXPECT(walk_one(good, len) != NULL);
}

static void
frames_walk_refuses_what_the_format_does_not_allow(void)
{
	static const struct {
		size_t at;
		uint8_t byte;
		const char * why;
	} cases[] = {
		{ 3, 0xfe, "there is no frame" },
		{ 4, 0x20, "it has no checksum" },
		{ 4, 0x2c, "a reserved bit is set" },
		{ 4, 0x34, "a reserved bit is set" },
		{ 4, 0x25, "it needs a dictionary" },
		{ 4, 0x04, "it does not say how large its content is" },
		{ 5, 0, "it is empty" },
		{ 6, 0x1f, "a block is of the reserved type" },
		{ 6, 0x21, "a block is over the limit" },
		{ 6, 0x18, "a block is over the limit" },
	};
	uint8_t bytes[sizeof(good)];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memcpy(bytes, good, sizeof(bytes));
		bytes[cases[i].at] = cases[i].byte;
		EXPECT_TEXT(walk_one(bytes, sizeof(bytes)), cases[i].why);
	}
}

static void
frames_walk_refuses_sizes_in_a_longer_form(void)
{
	/* Single segment, four bytes for a size that two could hold. */
	static const uint8_t four[] = { 0x28, 0xb5, 0x2f, 0xfd, 0xa4, 3, 0, 0,
		0, 0x19, 0, 0, 'a', 'b', 'c', 1, 2, 3, 4 };
	static const uint8_t eight[] = { 0x28, 0xb5, 0x2f, 0xfd, 0xe4, 3, 0, 0,
		0, 0, 0, 0, 0, 0x19, 0, 0, 'a', 'b', 'c', 1, 2, 3, 4 };

	EXPECT_TEXT(walk_one(four, sizeof(four)),
	    "its size is not in the shortest form");
	EXPECT_TEXT(walk_one(eight, sizeof(eight)),
	    "its size is not in the shortest form");
}

/* A header that declares ${content} bytes and a window byte ${window}. */
static const char *
walk_header(uint32_t content, uint8_t window)
{
	uint8_t head[16] = { 0x28, 0xb5, 0x2f, 0xfd, 0x84, window };

	for (int i = 0; i < 4; i++)
		head[6 + i] = (uint8_t)(content >> (8 * i));
	return walk_one(head, sizeof(head));
}

static void
frames_walk_holds_its_limits(void)
{
	/* 0x58 is 2^21; the block header of zeros that follows is no end. */
	EXPECT_TEXT(
	    walk_header((uint32_t)FRAMES_READ_MAX, 0x58), "it is cut short");
	EXPECT_TEXT(walk_header((uint32_t)FRAMES_READ_MAX + 1, 0x58),
	    "its content is over the limit");
	EXPECT_TEXT(
	    walk_header(UINT32_MAX, 0x58), "its content is over the limit");
	EXPECT_TEXT(walk_header(1000000, 0x59), "its window is over the limit");
	EXPECT_TEXT(walk_header(1000000, 0xff), "its window is over the limit");
}

static void
frames_walk_ends_a_frame_of_endless_empty_blocks(void)
{
	uint8_t * bytes = calloc(1, MIB);

	memcpy(bytes, good, 6);
	EXPECT_TEXT(
	    walk_one(bytes, MIB), "it is longer than its content explains");
	free(bytes);
}

/* Cut ${text} in pieces of ${step} into lines, joined by "|". */
static const char *
cut(const char * text, size_t step, size_t max)
{
	static char out[256];
	struct lines l;
	size_t left = strlen(text);

	lines_start(&l, max);
	out[0] = '\0';
	err_init(&e);
	while (left > 0) {
		size_t len = (left < step) ? left : step;
		const uint8_t * bytes = (const uint8_t *)text;
		const uint8_t * line;
		size_t n;
		int rc;

		text += len;
		left -= len;
		for (;;) {
			rc = lines_next(&l, &bytes, &len, &line, &n, &e);
			if (rc != 1)
				break;
			EXPECT(line[n] == '\n');
			(void)strncat(out, (const char *)line, n);
			(void)strncat(out, "|", 2);
		}
		if (rc < 0)
			(void)strncat(out, "!", 2);
		if (rc < 0)
			break;
	}
	if ((e.kind == ERR_NONE) && (lines_finish(&l, &e) != 0))
		(void)strncat(out, "?", 2);
	lines_free(&l);
	return out;
}

static void
lines_are_the_same_however_the_pieces_fall(void)
{
	for (size_t step = 1; step < 20; step++) {
		EXPECT_TEXT(
		    cut("a\n\nbcd\nefghij\n", step, 6), "a||bcd|efghij|");
		EXPECT_TEXT(cut("a\nbc", step, 6), "a|?");
		EXPECT_TEXT(cut("a\nbcdefgh\nc\n", step, 6), "a|!");
	}
	EXPECT_TEXT(cut("", 1, 6), "");
}

int
main(void)
{
	RUN(frames_read_gives_what_was_written_with_any_number_of_threads);
	RUN(frames_read_reads_a_plain_file_in_pieces);
	RUN(frames_read_hashes_the_file_before_each_frame_and_whole);
	RUN(frames_read_digest_reads_what_was_not_read_yet);
	RUN(frames_read_says_when_the_file_changed_meanwhile);
	RUN(frames_table_finds_the_frame_of_every_byte);
	RUN(frames_table_refuses_frames_that_cannot_be);
	RUN(frames_walk_takes_a_frame_by_its_blocks);
	RUN(frames_walk_refuses_every_cut);
	RUN(frames_walk_refuses_what_the_format_does_not_allow);
	RUN(frames_walk_refuses_sizes_in_a_longer_form);
	RUN(frames_walk_holds_its_limits);
	RUN(frames_walk_ends_a_frame_of_endless_empty_blocks);
	RUN(lines_are_the_same_however_the_pieces_fall);
	if (fd >= 0)
		(void)close(fd);
	return unit_failed;
}
