#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/buf.h"
#include "evidence/frames_pool.h"
#include "evidence/frames_write.h"
#include "evidence/io.h"

/*
 * Invariants:
 *
 *   1. list[0..written.frames-1] are the frames in the file, whose lengths add
 *      up to written, and digest has seen exactly their bytes.
 *   2. offset = written.stream_bytes + the content of the frames under way +
 *      that of the open one.
 *   3. A frame holds at most FRAMES_MAX bytes.  It holds several members only
 *      if they are together at most FRAMES_SMALL.
 *   4. While a large member is begun and one of its frames is written, mark is
 *      the border before its first frame and mark_digest the digest there.
 *   5. Once fault is set nothing is written any more.
 */
struct frames_write {
	int fd;
	bool compress;
	struct frames_pool * pool;
	struct digest * digest;
	struct digest * mark_digest;
	struct frames_border written;
	struct frames_border mark;
	int64_t closed; /* Frames handed to the pool or adopted. */
	int64_t offset;
	struct frames_entry * list;
	size_t list_room;
	int64_t left;        /* Bytes the member begun still needs. */
	bool is_large;       /* A member over FRAMES_MAX is begun. */
	int64_t large_first; /* The number of its first frame. */
	struct err fault;
};

struct frames_write *
frames_write_new(int fd, bool compress, int threads, struct err * e)
{
	struct frames_write * f = calloc(1, sizeof(*f));

	if (f == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	f->fd = fd;
	f->compress = compress;
	err_init(&f->fault);
	f->digest = digest_new(DIGEST_SHA256, e);
	f->mark_digest = digest_new(DIGEST_SHA256, e);
	f->pool = frames_pool_new(compress, threads, e);
	if ((f->digest == NULL) || (f->mark_digest == NULL) ||
	    (f->pool == NULL)) {
		frames_write_free(f);
		return NULL;
	}
	return f;
}

/* Keep the failure in ${e} for every later call. */
static int
fail(struct frames_write * f, const struct err * e)
{
	if (f->fault.kind == ERR_NONE)
		f->fault = *e;
	return -1;
}

/* Did something fail before?  Then it fails again. */
static bool
is_failed(const struct frames_write * f, struct err * e)
{
	if (f->fault.kind == ERR_NONE)
		return false;
	if (e->kind == ERR_NONE)
		*e = f->fault;
	return true;
}

/* Make room in the list for one more frame. */
static int
reserve_entry(struct frames_write * f, struct err * e)
{
	size_t n = (size_t)f->written.frames;
	size_t room = (f->list_room == 0) ? 1024 : f->list_room * 2;
	struct frames_entry * list;

	if (n < f->list_room)
		return 0;
	if (n >= FRAMES_LIMIT) {
		err_set(e, ERR_LIMIT, "split the collection",
		    "more than %zu frames in one package", FRAMES_LIMIT);
		return -1;
	}
	list = realloc(f->list, room * sizeof(*list));
	if (list == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	f->list = list;
	f->list_room = room;
	return 0;
}

/* Count a frame whose bytes stand in the file. */
static int
add_entry(struct frames_write * f, const uint8_t * bytes,
    struct frames_entry entry, struct err * e)
{
	if (reserve_entry(f, e) != 0)
		return -1;
	if (f->is_large && (f->written.frames == f->large_first)) {
		f->mark = f->written;
		digest_copy(f->mark_digest, f->digest);
	}
	digest_update(f->digest, bytes, entry.file_bytes);
	f->list[f->written.frames] = entry;
	f->written.frames++;
	f->written.file_bytes += entry.file_bytes;
	f->written.stream_bytes += entry.content_bytes;
	return 0;
}

/* Write the oldest frame under way; ${wrote}: whether there was one done. */
static int
write_oldest(struct frames_write * f, bool wait, bool * wrote, struct err * e)
{
	struct frames_slot * slot;
	struct frames_entry entry;

	*wrote = false;
	if (frames_pool_take(f->pool, wait, &slot, e) != 0)
		return fail(f, e);
	if (slot == NULL)
		return 0;
	entry.file_bytes = (uint32_t)slot->frame_len;
	entry.content_bytes = (uint32_t)slot->content_len;
	if ((io_write_all(f->fd, slot->frame, slot->frame_len, e) != 0) ||
	    (add_entry(f, slot->frame, entry, e) != 0))
		return fail(f, e);
	frames_pool_release(f->pool);
	*wrote = true;
	return 0;
}

/* Write what is done; if ${wait}, all that is under way. */
static int
drain(struct frames_write * f, bool wait, struct err * e)
{
	bool wrote = true;

	while (wrote)
		if (write_oldest(f, wait, &wrote, e) != 0)
			return -1;
	return 0;
}

/* The slot that is open or can be opened; NULL on failure. */
static struct frames_slot *
open_slot(struct frames_write * f, struct err * e)
{
	struct frames_slot * slot = frames_pool_fill(f->pool);
	bool wrote;

	while (slot == NULL) {
		if (write_oldest(f, true, &wrote, e) != 0)
			return NULL;
		slot = frames_pool_fill(f->pool);
	}
	return slot;
}

/* Bytes in the open frame. */
static size_t
open_len(const struct frames_write * f)
{
	const struct frames_slot * slot = frames_pool_fill(f->pool);

	return (slot == NULL) ? 0 : slot->content_len;
}

int
frames_write_break(struct frames_write * f, struct err * e)
{
	if (is_failed(f, e))
		return -1;
	if (open_len(f) == 0)
		return 0;
	frames_pool_submit(f->pool);
	f->closed++;
	return drain(f, false, e);
}

int
frames_write_adopt(struct frames_write * f, const uint8_t * bytes,
    struct frames_entry entry, struct err * e)
{
	if (is_failed(f, e))
		return -1;
	if (f->is_large && (entry.content_bytes > f->left)) {
		err_set(e, ERR_INPUT, NULL, "a frame is too long");
		return fail(f, e);
	}
	if (add_entry(f, bytes, entry, e) != 0)
		return fail(f, e);
	f->closed++;
	f->offset += entry.content_bytes;
	if (f->is_large)
		f->left -= entry.content_bytes;
	return 0;
}

bool
frames_write_is_closing(const struct frames_write * f, int64_t member_len)
{
	size_t len = open_len(f);

	if (len == 0)
		return false;
	return (len >= FRAMES_SMALL) ||
	    (member_len > (int64_t)(FRAMES_SMALL - len));
}

int
frames_write_begin(struct frames_write * f, int64_t member_len, struct err * e)
{
	assert((member_len > 0) && (f->left == 0) && !f->is_large);
	if (is_failed(f, e))
		return -1;
	if (frames_write_is_closing(f, member_len) &&
	    (frames_write_break(f, e) != 0))
		return -1;
	f->left = member_len;
	f->is_large = (member_len > (int64_t)FRAMES_MAX);
	f->large_first = f->closed;
	return 0;
}

/* Room for ${need} bytes of content, at most FRAMES_MAX. */
static int
reserve_content(struct frames_write * f, struct frames_slot * slot, size_t need,
    struct err * e)
{
	size_t room = FRAMES_SMALL;
	uint8_t * content;

	assert(need <= FRAMES_MAX);
	if (need <= slot->content_room)
		return 0;
	while (room < need)
		room *= 2;
	content = realloc(slot->content, room);
	if (content == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return fail(f, e);
	}
	slot->content = content;
	slot->content_room = room;
	return 0;
}

int
frames_write_put(
    struct frames_write * f, const void * bytes, size_t len, struct err * e)
{
	const uint8_t * from = bytes;

	if (is_failed(f, e))
		return -1;
	if (len > (uint64_t)f->left) {
		err_set(e, ERR_BUG, NULL, "more bytes than the member has");
		return fail(f, e);
	}
	while (len > 0) {
		struct frames_slot * slot = open_slot(f, e);
		size_t n;

		if (slot == NULL)
			return -1;
		n = FRAMES_MAX - slot->content_len;
		n = (len < n) ? len : n;
		if (reserve_content(f, slot, slot->content_len + n, e) != 0)
			return -1;
		memcpy(slot->content + slot->content_len, from, n);
		slot->content_len += n;
		f->offset += (int64_t)n;
		f->left -= (int64_t)n;
		from += n;
		len -= n;
		if ((slot->content_len == FRAMES_MAX) &&
		    (frames_write_break(f, e) != 0))
			return -1;
	}
	return 0;
}

int
frames_write_end(struct frames_write * f, struct err * e)
{
	bool was_large = f->is_large;

	if (is_failed(f, e))
		return -1;
	if (f->left != 0) {
		err_set(e, ERR_BUG, NULL, "bytes of a member are missing");
		return fail(f, e);
	}
	f->is_large = false;
	return was_large ? frames_write_break(f, e) : 0;
}

int
frames_write_drop(struct frames_write * f, struct err * e)
{
	struct frames_slot * slot;

	assert(f->is_large);
	if (is_failed(f, e) || (drain(f, true, e) != 0))
		return -1;
	slot = open_slot(f, e);
	if (slot == NULL)
		return -1;
	slot->content_len = 0;
	if (f->written.frames > f->large_first) {
		if (io_truncate(f->fd, f->mark.file_bytes, e) != 0)
			return fail(f, e);
		f->written = f->mark;
		digest_copy(f->digest, f->mark_digest);
	}
	f->closed = f->written.frames;
	f->offset = f->written.stream_bytes;
	f->is_large = false;
	f->left = 0;
	return 0;
}

void
frames_write_mark(const struct frames_write * f, struct frames_border * border,
    uint8_t sha256[DIGEST_SHA256_LEN])
{
	assert(f->is_large && (f->written.frames > f->large_first));
	*border = f->mark;
	digest_peek(f->mark_digest, sha256);
}

int
frames_write_flush(
    struct frames_write * f, struct frames_border * border, struct err * e)
{
	if (is_failed(f, e) || (drain(f, true, e) != 0))
		return -1;
	*border = f->written;
	return 0;
}

bool
frames_write_is_border(const struct frames_write * f)
{
	return open_len(f) == 0;
}

bool
frames_write_has_room(
    const struct frames_write * f, int64_t member_len, int64_t spare)
{
	/* The frame that is open, and one that is not full. */
	int64_t need = member_len / (int64_t)FRAMES_MAX + 2;

	return f->closed + need <= (int64_t)FRAMES_LIMIT - spare;
}

int64_t
frames_write_offset(const struct frames_write * f)
{
	return f->offset;
}

void
frames_write_digest(
    const struct frames_write * f, uint8_t out[DIGEST_SHA256_LEN])
{
	digest_peek(f->digest, out);
}

static void
put_u32(uint8_t * to, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(n >> (8 * i));
}

/* Put the little-endian ${n} behind ${b}. */
static int
add_u32(struct buf * b, uint32_t n, struct err * e)
{
	uint8_t bytes[4];

	put_u32(bytes, n);
	return buf_add(b, bytes, sizeof(bytes), e);
}

/*
 * The seek table, a skippable frame of the zstd seekable format 0.1.0, little
 * endian:
 *
 *	4  FRAMES_SKIPPABLE_MAGIC	8  a frame: bytes in the file,
 *	4  bytes that follow		   bytes of its content
 *	8  each frame			4  number of frames
 *					1  0: no checksums
 *					4  FRAMES_TABLE_MAGIC
 */
static int
format_table(const struct frames_write * f, struct buf * b, struct err * e)
{
	uint32_t n = (uint32_t)f->written.frames;
	uint8_t descriptor = 0;

	if ((add_u32(b, FRAMES_SKIPPABLE_MAGIC, e) != 0) ||
	    (add_u32(b, n * FRAMES_TABLE_ENTRY + FRAMES_TABLE_FOOTER, e) != 0))
		return -1;
	for (uint32_t i = 0; i < n; i++)
		if ((add_u32(b, f->list[i].file_bytes, e) != 0) ||
		    (add_u32(b, f->list[i].content_bytes, e) != 0))
			return -1;
	if ((add_u32(b, n, e) != 0) || (buf_add(b, &descriptor, 1, e) != 0))
		return -1;
	return add_u32(b, FRAMES_TABLE_MAGIC, e);
}

int
frames_write_finish(
    struct frames_write * f, struct frames_border * border, struct err * e)
{
	struct buf table = { 0 };
	int rc = -1;

	if ((frames_write_break(f, e) != 0) || (drain(f, true, e) != 0))
		return -1;
	*border = f->written;
	if (!f->compress)
		return 0;
	if ((format_table(f, &table, e) != 0) ||
	    (io_write_all(f->fd, table.bytes, table.len, e) != 0)) {
		(void)fail(f, e);
		goto out;
	}
	digest_update(f->digest, table.bytes, table.len);
	border->file_bytes += (int64_t)table.len;
	rc = 0;

out:
	buf_free(&table);
	return rc;
}

void
frames_write_free(struct frames_write * f)
{
	if (f == NULL)
		return;
	frames_pool_free(f->pool);
	digest_free(f->digest);
	digest_free(f->mark_digest);
	free(f->list);
	free(f);
}
