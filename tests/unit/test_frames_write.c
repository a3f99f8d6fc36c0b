#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/buf.h"
#include "evidence/frames_scan.h"
#include "evidence/frames_write.h"
#include "evidence/io.h"

#include "tests/unit/unit.h"

#define MIB ((size_t)1 << 20)
#define KIB ((size_t)1 << 10)

static uint8_t * noise; /* 40 MiB that compress somewhat. */
static struct err e;

static void
fill_noise(void)
{
	uint32_t x = 1;

	noise = malloc(40 * MIB);
	for (size_t i = 0; i < 40 * MIB; i++) {
		x = x * 1664525 + 1013904223;
		noise[i] = (uint8_t)('a' + ((x >> 24) & 15));
	}
}

static int
open_temporary(void)
{
	char name[] = "/tmp/azcustody-frames-XXXXXX";
	int fd = mkstemp(name);

	(void)unlink(name);
	return fd;
}

/* Put a whole member of ${len} bytes. */
static int
put_member(struct frames_write * f, size_t len)
{
	if ((frames_write_begin(f, (int64_t)len, &e) != 0) ||
	    (frames_write_put(f, noise, len, &e) != 0))
		return -1;
	return frames_write_end(f, &e);
}

/* What frames stand in ${fd}, as "262144 512 ..." of their contents. */
static const char *
layout(int fd, int64_t end)
{
	static struct buf text;
	struct frames_scan * scan = frames_scan_new(fd, true, &e);
	struct frames_entry entry;
	const uint8_t * bytes;

	buf_clear(&text);
	while (frames_scan_next(scan, end, &entry, &bytes, &e) == 1)
		(void)buf_addf(&text, &e, "%s%u", (text.len == 0) ? "" : " ",
		    entry.content_bytes);
	frames_scan_free(scan);
	return buf_text(&text);
}

/* The layout that members of the sizes ${sizes}, ended by 0, get. */
static const char *
layout_of(const size_t * sizes)
{
	int fd = open_temporary();
	struct frames_write * f = frames_write_new(fd, true, 2, &e);
	struct frames_border end;
	const char * text;

	for (; *sizes != 0; sizes++)
		EXPECT(put_member(f, *sizes) == 0);
	EXPECT(frames_write_break(f, &e) == 0);
	EXPECT(frames_write_flush(f, &end, &e) == 0);
	text = layout(fd, end.file_bytes);
	frames_write_free(f);
	(void)close(fd);
	return text;
}

static void
frames_write_puts_small_members_together_up_to_256_kib(void)
{
	const size_t exact[] = { 100 * KIB, 156 * KIB, 512, 0 };
	const size_t over[] = { 100 * KIB, 156 * KIB + 512, 512, 0 };

	EXPECT_TEXT(layout_of(exact), "262144 512");
	EXPECT_TEXT(layout_of(over), "102400 160768");
}

static void
frames_write_gives_a_middling_member_a_frame(void)
{
	const size_t one[] = { 512, 256 * KIB, 512, 0 };
	const size_t two[] = { 300 * KIB, 512, 8 * MIB, 512, 0 };

	EXPECT_TEXT(layout_of(one), "512 262144 512");
	EXPECT_TEXT(layout_of(two), "307200 512 8388608 512");
}

static void
frames_write_cuts_a_large_member_every_8_mib(void)
{
	const size_t one[] = { 512, 8 * MIB + 512, 512, 0 };
	const size_t two[] = { 16 * MIB, 512, 0 };
	const size_t three[] = { 9 * MIB, 9 * MIB, 0 };

	EXPECT_TEXT(layout_of(one), "512 8388608 512 512");
	EXPECT_TEXT(layout_of(two), "8388608 8388608 512");
	EXPECT_TEXT(layout_of(three), "8388608 1048576 8388608 1048576");
}

static void
frames_write_breaks_where_it_is_told(void)
{
	int fd = open_temporary();
	struct frames_write * f = frames_write_new(fd, true, 1, &e);
	struct frames_border end;

	EXPECT(frames_write_break(f, &e) == 0);
	EXPECT(put_member(f, 512) == 0);
	EXPECT(!frames_write_is_border(f));
	EXPECT(frames_write_break(f, &e) == 0);
	EXPECT(frames_write_is_border(f));
	EXPECT(put_member(f, 1024) == 0);
	EXPECT(frames_write_finish(f, &end, &e) == 0);
	EXPECT_TEXT(layout(fd, end.file_bytes - 8 - 2 * 8 - 9), "512 1024");
	EXPECT(end.stream_bytes == 1536);
	frames_write_free(f);
	(void)close(fd);
}

/* Write a mixture with ${threads} workers; its digest goes to ${sha256}. */
static void
write_mixture(bool compress, int threads, uint8_t * sha256, int fd)
{
	struct frames_write * f = frames_write_new(fd, compress, threads, &e);
	struct frames_border end;

	for (size_t i = 0; i < 40; i++)
		EXPECT(put_member(f, (i * 7919 % 700) * KIB + 512) == 0);
	EXPECT(put_member(f, 33 * MIB) == 0);
	EXPECT(put_member(f, 100) == 0);
	EXPECT(frames_write_finish(f, &end, &e) == 0);
	frames_write_digest(f, sha256);
	frames_write_free(f);
}

static void
frames_write_gives_equal_bytes_with_any_number_of_threads(void)
{
	uint8_t one[DIGEST_SHA256_LEN], other[DIGEST_SHA256_LEN];
	int fd = open_temporary();

	write_mixture(true, 1, one, fd);
	(void)close(fd);
	for (int n = 2; n <= FRAMES_THREADS_MAX; n++) {
		fd = open_temporary();
		write_mixture(true, n, other, fd);
		EXPECT(memcmp(one, other, sizeof(one)) == 0);
		(void)close(fd);
	}
}

static void
frames_write_digests_what_stands_in_the_file(void)
{
	uint8_t told[DIGEST_SHA256_LEN], real[DIGEST_SHA256_LEN];
	struct buf all = { 0 };
	int64_t size;

	for (int compress = 0; compress < 2; compress++) {
		int fd = open_temporary();

		write_mixture(compress, 2, told, fd);
		EXPECT(io_size(fd, &size, &e) == 0);
		buf_clear(&all);
		EXPECT(buf_reserve(&all, (size_t)size, &e) == 0);
		EXPECT(io_read_at(fd, all.bytes, (size_t)size, 0, &e) == size);
		digest_sha256(all.bytes, (size_t)size, real);
		EXPECT(memcmp(told, real, sizeof(told)) == 0);
		(void)close(fd);
	}
	buf_free(&all);
}

static void
frames_write_drops_a_large_member_without_a_trace(void)
{
	uint8_t dropped[DIGEST_SHA256_LEN], never[DIGEST_SHA256_LEN];
	struct frames_border end;
	int64_t size;

	for (size_t len = 0; len <= 30 * MIB; len += 6 * MIB) {
		int fd = open_temporary();
		struct frames_write * f = frames_write_new(fd, true, 2, &e);

		EXPECT(put_member(f, 9 * MIB) == 0);
		frames_write_flush(f, &end, &e);
		frames_write_digest(f, never);
		size = end.file_bytes;
		EXPECT(frames_write_begin(f, 30 * MIB + 1, &e) == 0);
		EXPECT(frames_write_put(f, noise, len, &e) == 0);
		EXPECT(frames_write_drop(f, &e) == 0);
		EXPECT(frames_write_offset(f) == 9 * (int64_t)MIB);
		EXPECT(frames_write_is_border(f));
		EXPECT(frames_write_flush(f, &end, &e) == 0);
		frames_write_digest(f, dropped);
		EXPECT(memcmp(dropped, never, sizeof(never)) == 0);
		EXPECT(end.file_bytes == size);
		EXPECT(put_member(f, 512) == 0);
		EXPECT(frames_write_finish(f, &end, &e) == 0);
		EXPECT_TEXT(layout(fd, end.file_bytes - 8 - 3 * 8 - 9),
		    "8388608 1048576 512");
		frames_write_free(f);
		(void)close(fd);
	}
}

static void
frames_write_goes_on_with_adopted_frames(void)
{
	uint8_t whole[DIGEST_SHA256_LEN], again[DIGEST_SHA256_LEN];
	int fd = open_temporary();
	struct frames_write * f = frames_write_new(fd, true, 2, &e);
	struct frames_scan * scan;
	struct frames_border end, middle;
	struct frames_entry entry;
	const uint8_t * bytes;

	/* Undisturbed. */
	EXPECT(put_member(f, 512) == 0);
	EXPECT(put_member(f, 30 * MIB) == 0);
	EXPECT(frames_write_finish(f, &end, &e) == 0);
	frames_write_digest(f, whole);
	frames_write_free(f);
	/* Cut after the first frame of the large member, and go on. */
	middle.file_bytes = 0;
	scan = frames_scan_new(fd, true, &e);
	for (int i = 0; i < 2; i++) {
		EXPECT(frames_scan_next(
			   scan, end.file_bytes, &entry, &bytes, &e) == 1);
		middle.file_bytes += entry.file_bytes;
	}
	frames_scan_free(scan);
	EXPECT(io_truncate(fd, middle.file_bytes, &e) == 0);
	f = frames_write_new(fd, true, 2, &e);
	scan = frames_scan_new(fd, true, &e);
	EXPECT(
	    frames_scan_next(scan, middle.file_bytes, &entry, &bytes, &e) == 1);
	EXPECT(frames_write_adopt(f, bytes, entry, &e) == 0);
	EXPECT(frames_write_begin(f, 30 * MIB, &e) == 0);
	EXPECT(
	    frames_scan_next(scan, middle.file_bytes, &entry, &bytes, &e) == 1);
	EXPECT(frames_write_adopt(f, bytes, entry, &e) == 0);
	EXPECT(
	    frames_scan_next(scan, middle.file_bytes, &entry, &bytes, &e) == 0);
	frames_scan_free(scan);
	EXPECT(frames_write_put(f, noise + 8 * MIB, 22 * MIB, &e) == 0);
	EXPECT(frames_write_end(f, &e) == 0);
	EXPECT(frames_write_finish(f, &end, &e) == 0);
	frames_write_digest(f, again);
	EXPECT(memcmp(whole, again, sizeof(whole)) == 0);
	frames_write_free(f);
	(void)close(fd);
}

static void
frames_write_keeps_failing_after_a_failure(void)
{
	int fd = open("/dev/full", O_RDWR | O_CLOEXEC);
	struct frames_write * f = frames_write_new(fd, true, 2, &e);
	struct frames_border end;

	EXPECT(put_member(f, 512) == 0);
	/* The frame is written by another thread: now, or when it is waited
	 * for. */
	EXPECT((frames_write_break(f, &e) == 0) || (e.kind == ERR_DISK));
	err_init(&e);
	EXPECT(frames_write_flush(f, &end, &e) == -1);
	EXPECT(e.kind == ERR_DISK);
	err_init(&e);
	EXPECT(put_member(f, 512) == -1);
	EXPECT(e.kind == ERR_DISK);
	err_init(&e);
	EXPECT(frames_write_finish(f, &end, &e) == -1);
	EXPECT(e.kind == ERR_DISK);
	err_init(&e);
	frames_write_free(f);
	(void)close(fd);
}

static void
frames_write_plain_writes_the_stream_itself(void)
{
	int fd = open_temporary();
	struct frames_write * f = frames_write_new(fd, false, 1, &e);
	struct frames_border end;
	uint8_t * back = malloc(9 * MIB);

	EXPECT(put_member(f, 512) == 0);
	EXPECT(put_member(f, 9 * MIB) == 0);
	EXPECT(frames_write_finish(f, &end, &e) == 0);
	EXPECT(end.file_bytes == 9 * (int64_t)MIB + 512);
	EXPECT(io_read_at(fd, back, 9 * MIB, 512, &e) == 9 * (ssize_t)MIB);
	EXPECT(memcmp(back, noise, 9 * MIB) == 0);
	free(back);
	frames_write_free(f);
	(void)close(fd);
}

static void
frames_write_refuses_more_frames_than_its_limit(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct frames_write * f = frames_write_new(fd, false, 1, &e);
	struct frames_border end;
	size_t n = 0;

	while ((n < FRAMES_LIMIT) && (put_member(f, 1) == 0) &&
	    (frames_write_break(f, &e) == 0))
		n++;
	EXPECT(n == FRAMES_LIMIT);
	EXPECT(frames_write_flush(f, &end, &e) == 0);
	EXPECT(end.frames == (int64_t)FRAMES_LIMIT);
	EXPECT(put_member(f, 1) == 0);
	EXPECT(frames_write_finish(f, &end, &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
	err_init(&e);
	frames_write_free(f);
	(void)close(fd);
}

int
main(void)
{
	err_init(&e);
	fill_noise();
	RUN(frames_write_puts_small_members_together_up_to_256_kib);
	RUN(frames_write_gives_a_middling_member_a_frame);
	RUN(frames_write_cuts_a_large_member_every_8_mib);
	RUN(frames_write_breaks_where_it_is_told);
	RUN(frames_write_gives_equal_bytes_with_any_number_of_threads);
	RUN(frames_write_digests_what_stands_in_the_file);
	RUN(frames_write_drops_a_large_member_without_a_trace);
	RUN(frames_write_goes_on_with_adopted_frames);
	RUN(frames_write_keeps_failing_after_a_failure);
	RUN(frames_write_plain_writes_the_stream_itself);
	RUN(frames_write_refuses_more_frames_than_its_limit);
	free(noise);
	return unit_failed;
}
