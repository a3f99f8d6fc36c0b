#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/frames_walk.h"
#include "evidence/io.h"

#define FRAME_MAGIC UINT32_C(0xfd2fb528)
#define SKIPPABLE_MAGIC UINT32_C(0x184d2a5e)
#define SKIPPABLE_MASK UINT32_C(0xfffffff0)
#define SKIPPABLE_FIRST UINT32_C(0x184d2a50)
#define TABLE_MAGIC UINT32_C(0x8f92eab1)
#define TABLE_ENTRY 8
#define TABLE_FOOTER 9
#define HEADER_MAX 14 /* Magic, descriptor, window, content size. */
#define BLOCK_HEADER 3
#define BLOCK_MAX ((size_t)128 << 10)
#define CHECKSUM_LEN 4
#define WINDOW_LEN ((size_t)256 << 10) /* Of the file, read at once. */

struct frames_walk {
	int fd;
	struct io_facts was; /* The file when it was opened. */
	int64_t at;          /* Byte of the file where the next frame begins. */
	int64_t stream_at;
	int64_t frames;
	bool is_whole;           /* From the beginning: hash and table. */
	struct digest * file;    /* Of the file before at. */
	struct digest * entries; /* Of the seek table as it should be. */
	size_t header_len;       /* Of the frame that was peeked at. */
	size_t content_len;
	size_t block_max;
	uint8_t * window; /* Bytes of the file from window_at. */
	int64_t window_at;
	size_t window_len;
};

static uint32_t
le32(const uint8_t * p)
{
	return (uint32_t)p[0] | ((uint32_t)p[1] << 8) | ((uint32_t)p[2] << 16) |
	    ((uint32_t)p[3] << 24);
}

static int
damaged(const struct frames_walk * w, struct err * e, const char * why)
{
	err_set(e, ERR_INPUT, NULL, "zstd frame at byte %lld: %s",
	    (long long)w->at, why);
	return -1;
}

size_t
frames_walk_bound(size_t content_len)
{
	size_t margin =
	    (content_len < BLOCK_MAX) ? (BLOCK_MAX - content_len) >> 11 : 0;

	return content_len + (content_len >> 8) + margin;
}

struct frames_walk *
frames_walk_open(int fd, const struct frames_place * place, struct err * e)
{
	struct frames_walk * w = calloc(1, sizeof(*w));
	int rc = -1;

	if (w == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	w->fd = fd;
	w->is_whole = (place == NULL);
	if (place != NULL) {
		w->at = place->file_at;
		w->stream_at = place->stream_at;
	}
	if (io_look(fd, &w->was, e) != 0)
		goto out;
	if (w->was.sort != IO_FILE) {
		err_set(e, ERR_NOINPUT, NULL, "not a regular file");
		goto out;
	}
	w->window = malloc(WINDOW_LEN);
	if (w->window == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto out;
	}
	if (w->is_whole) {
		w->file = digest_new(DIGEST_SHA256, e);
		w->entries = digest_new(DIGEST_SHA256, e);
		if ((w->file == NULL) || (w->entries == NULL))
			goto out;
	}
	rc = 0;

out:
	if (rc != 0) {
		frames_walk_close(w);
		w = NULL;
	}
	return w;
}

/*
 * Copy the ${len} bytes at ${at} of the file to ${bytes}.  Return 1; 0 if the
 * file has fewer; -1 if they cannot be read.
 */
static int
copy(struct frames_walk * w, int64_t at, uint8_t * bytes, size_t len,
    struct err * e)
{
	if (at + (int64_t)len > w->was.size)
		return 0;
	while (len > 0) {
		int64_t skip = at - w->window_at;
		size_t n;

		if ((skip < 0) || (skip >= (int64_t)w->window_len)) {
			ssize_t got =
			    io_read_at(w->fd, w->window, WINDOW_LEN, at, e);

			if (got < 0)
				return -1;
			if (got == 0) {
				err_set(e, ERR_INPUT, NULL,
				    "the file became shorter while it was "
				    "read");
				return -1;
			}
			w->window_at = at;
			w->window_len = (size_t)got;
			skip = 0;
		}
		n = w->window_len - (size_t)skip;
		if (n > len)
			n = len;
		memcpy(bytes, w->window + skip, n);
		bytes += n;
		at += (int64_t)n;
		len -= n;
	}
	return 1;
}

int
frames_walk_find_form(
    struct frames_walk * w, bool * is_compressed, struct err * e)
{
	uint8_t head[4] = { 0 }, tail[4] = { 0 };
	int64_t size = w->was.size;

	if (io_read_at(w->fd, head, sizeof(head), 0, e) < 0)
		return -1;
	if ((size >= (int64_t)sizeof(tail)) &&
	    (io_read_at(w->fd, tail, sizeof(tail), size - 4, e) < 0))
		return -1;
	*is_compressed =
	    (le32(head) == FRAME_MAGIC) || (le32(tail) == TABLE_MAGIC);
	return 0;
}

/* The window the descriptor byte stands for, or 0 if it is too large. */
static size_t
window_size(uint8_t byte)
{
	unsigned log = 10U + (byte >> 3);
	size_t base;

	if (log > FRAMES_READ_WINDOW_LOG)
		return 0;
	base = (size_t)1 << log;
	base += (base >> 3) * (byte & 7U);
	return (base > ((size_t)1 << FRAMES_READ_WINDOW_LOG)) ? 0 : base;
}

/* Read the content size of ${len} bytes; -1 if a shorter one would do. */
static int
parse_content_len(const uint8_t * p, size_t len, uint64_t * value)
{
	static const uint64_t least[] = { 0, 0, 256, 0, 65536 + 256, 0, 0, 0,
		UINT32_MAX };
	uint64_t n = 0;

	for (size_t i = 0; i < len; i++)
		n |= (uint64_t)p[i] << (8 * i);
	if (len == 2)
		n += 256;
	*value = n;
	return (n < least[len]) ? -1 : 0;
}

/* Judge the frame header at ${p}, of which ${len} bytes are there. */
static int
parse_header(
    struct frames_walk * w, const uint8_t * p, size_t len, struct err * e)
{
	static const size_t size_len[] = { 0, 2, 4, 8 };
	uint8_t descriptor = p[4];
	bool single = (descriptor & 0x20) != 0;
	size_t n = size_len[descriptor >> 6];
	size_t window;
	uint64_t content;

	if ((descriptor & 0x18) != 0)
		return damaged(w, e, "a reserved bit is set");
	if ((descriptor & 0x03) != 0)
		return damaged(w, e, "it needs a dictionary");
	if ((descriptor & 0x04) == 0)
		return damaged(w, e, "it has no checksum");
	if ((n == 0) && single)
		n = 1;
	if (n == 0)
		return damaged(
		    w, e, "it does not say how large its content is");
	w->header_len = 5U + (single ? 0U : 1U) + n;
	if (w->header_len > len)
		return damaged(w, e, "it is cut short");
	if (parse_content_len(p + w->header_len - n, n, &content) != 0)
		return damaged(w, e, "its size is not in the shortest form");
	if (content > FRAMES_READ_MAX)
		return damaged(w, e, "its content is over the limit");
	if (content == 0)
		return damaged(w, e, "it is empty");
	w->content_len = (size_t)content;
	window = single ? w->content_len : window_size(p[5]);
	if ((window == 0) || (window > ((size_t)1 << FRAMES_READ_WINDOW_LOG)))
		return damaged(w, e, "its window is over the limit");
	w->block_max = (window < BLOCK_MAX) ? window : BLOCK_MAX;
	return 0;
}

/* Read the seek table at the end and compare it with the frames. */
static int
check_table(struct frames_walk * w, struct err * e)
{
	int64_t left = w->was.size - w->at;
	int64_t body = w->frames * TABLE_ENTRY + TABLE_FOOTER;
	uint8_t bytes[512 * TABLE_ENTRY];
	uint8_t want[DIGEST_SHA256_LEN], have[DIGEST_SHA256_LEN];
	struct digest * d = NULL;
	int rc = -1;

	if ((left != 8 + body) || (copy(w, w->at, bytes, 8, e) != 1) ||
	    (le32(bytes) != SKIPPABLE_MAGIC) ||
	    ((int64_t)le32(bytes + 4) != body))
		return damaged(w, e, "not the seek table of these frames");
	d = digest_new(DIGEST_SHA256, e);
	if (d == NULL)
		return -1;
	digest_update(w->file, bytes, 8);
	w->at += 8;
	for (int64_t i = 0; i < w->frames;) {
		int64_t n = (w->frames - i > 512) ? 512 : w->frames - i;

		if (copy(w, w->at, bytes, (size_t)n * TABLE_ENTRY, e) != 1)
			goto out;
		digest_update(d, bytes, (size_t)n * TABLE_ENTRY);
		digest_update(w->file, bytes, (size_t)n * TABLE_ENTRY);
		w->at += n * TABLE_ENTRY;
		i += n;
	}
	if (copy(w, w->at, bytes, TABLE_FOOTER, e) != 1)
		goto out;
	digest_update(w->file, bytes, TABLE_FOOTER);
	w->at += TABLE_FOOTER;
	digest_finish(d, have);
	digest_finish(w->entries, want);
	if ((memcmp(have, want, sizeof(have)) != 0) || (bytes[4] != 0) ||
	    ((int64_t)le32(bytes) != w->frames) ||
	    (le32(bytes + 5) != TABLE_MAGIC)) {
		err_set(e, ERR_INPUT, NULL,
		    "the seek table is not that of the frames");
		goto out;
	}
	rc = 0;

out:
	digest_free(d);
	return rc;
}

int
frames_walk_peek(struct frames_walk * w, size_t * content_len, struct err * e)
{
	int64_t left = w->was.size - w->at;
	uint8_t head[HEADER_MAX];
	size_t len = (left < HEADER_MAX) ? (size_t)left : HEADER_MAX;

	if (left == 0) {
		if (!w->is_whole)
			return 0;
		return damaged(w, e, "the file ends without a seek table");
	}
	if (left < 6)
		return damaged(w, e, "it is cut short");
	if (copy(w, w->at, head, len, e) != 1)
		return -1;
	if ((le32(head) & SKIPPABLE_MASK) == SKIPPABLE_FIRST) {
		if (!w->is_whole)
			return 0;
		return check_table(w, e);
	}
	if (le32(head) != FRAME_MAGIC)
		return damaged(w, e, "there is no frame");
	if (w->frames >= FRAMES_READ_LIMIT)
		return damaged(w, e, "more frames than the limit");
	if (parse_header(w, head, len, e) != 0)
		return -1;
	*content_len = w->content_len;
	return 1;
}

/* Append ${n} further bytes of the file to ${raw}, which may have ${bound}. */
static int
take_bytes(struct frames_walk * w, struct frames_raw * raw, size_t n,
    size_t bound, struct err * e)
{
	int rc;

	if (n > bound - raw->len)
		return damaged(w, e, "it is longer than its content explains");
	rc = copy(w, w->at + (int64_t)raw->len, raw->bytes + raw->len, n, e);
	if (rc == 0)
		return damaged(w, e, "it is cut short");
	if (rc == 1)
		raw->len += n;
	return (rc == 1) ? 0 : -1;
}

/* Append the next block; ${last} becomes whether it was the last. */
static int
take_block(struct frames_walk * w, struct frames_raw * raw, size_t bound,
    bool * last, struct err * e)
{
	const uint8_t * p = raw->bytes + raw->len;
	uint32_t head;
	size_t len;

	if (take_bytes(w, raw, BLOCK_HEADER, bound, e) != 0)
		return -1;
	head = (uint32_t)p[0] | ((uint32_t)p[1] << 8) | ((uint32_t)p[2] << 16);
	*last = (head & 1) != 0;
	len = head >> 3;
	if (len > w->block_max)
		return damaged(w, e, "a block is over the limit");
	switch ((head >> 1) & 3) {
	case 1:
		len = 1;
		break;
	case 3:
		return damaged(w, e, "a block is of the reserved type");
	default:
		break;
	}
	return take_bytes(w, raw, len, bound, e);
}

int
frames_walk_take(
    struct frames_walk * w, struct frames_raw * raw, struct err * e)
{
	size_t bound = frames_walk_bound(w->content_len);
	uint8_t entry[TABLE_ENTRY];
	bool last = false;

	raw->file_at = w->at;
	raw->stream_at = w->stream_at;
	raw->len = 0;
	raw->content_len = w->content_len;
	if (take_bytes(w, raw, w->header_len, bound, e) != 0)
		return -1;
	while (!last)
		if (take_block(w, raw, bound, &last, e) != 0)
			return -1;
	if (take_bytes(w, raw, CHECKSUM_LEN, bound, e) != 0)
		return -1;
	if (w->is_whole) {
		digest_peek(w->file, raw->sha256_before);
		digest_update(w->file, raw->bytes, raw->len);
		for (size_t i = 0; i < 4; i++) {
			entry[i] = (uint8_t)(raw->len >> (8 * i));
			entry[4 + i] = (uint8_t)(raw->content_len >> (8 * i));
		}
		digest_update(w->entries, entry, sizeof(entry));
	}
	w->at += (int64_t)raw->len;
	w->stream_at += (int64_t)raw->content_len;
	w->frames++;
	return 0;
}

int64_t
frames_walk_size(const struct frames_walk * w)
{
	return w->was.size;
}

int
frames_walk_check(const struct frames_walk * w, struct err * e)
{
	struct io_facts now;

	if (io_look(w->fd, &now, e) != 0)
		return -1;
	if (!io_is_same(&now, &w->was)) {
		err_set(e, ERR_INPUT, "copy it to where nothing writes to it",
		    "the file changed while it was read");
		return -1;
	}
	return 0;
}

int
frames_walk_digest(
    struct frames_walk * w, uint8_t sha256[DIGEST_SHA256_LEN], struct err * e)
{
	assert(w->is_whole);
	while (w->at < w->was.size) {
		int64_t left = w->was.size - w->at;
		size_t n =
		    (left > (int64_t)WINDOW_LEN) ? WINDOW_LEN : (size_t)left;
		ssize_t got = io_read_at(w->fd, w->window, n, w->at, e);

		w->window_len = 0;
		if (got < 0)
			return -1;
		if (got == 0)
			break; /* frames_walk_check says it. */
		digest_update(w->file, w->window, (size_t)got);
		w->at += got;
	}
	digest_finish(w->file, sha256);
	return frames_walk_check(w, e);
}

void
frames_walk_close(struct frames_walk * w)
{
	if (w == NULL)
		return;
	digest_free(w->file);
	digest_free(w->entries);
	free(w->window);
	free(w);
}
