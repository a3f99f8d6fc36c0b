#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <zstd.h>

#include "evidence/frames_plain.h"
#include "evidence/frames_read.h"
#include "evidence/frames_walk.h"
#include "evidence/io.h"
#include "evidence/process.h"

/*
 * Frames pass through a ring of slots in the order of the file.  One thread at
 * a time walks: it reads the next frame and hashes it.  Then it decompresses
 * while another walks.  The consumer takes the slots in order.
 *
 *	held <= given <= taken <= held + SLOTS
 *
 * Invariants, under the lock:
 *  1. slot[i % SLOTS] belongs to the threads for given <= i < taken until it is
 *     ready, then to the consumer, until held passes i.
 *  2. A buffer for more than SMALL_LEN bytes is one of LARGE_MAX, which are
 *     kept and used again.  A frame is begun only when the two it needs are
 *     there; whoever begins is the youngest, so the older ones always go on.
 *  3. After ended nothing is taken any more, and slot taken - 1 says why.
 */
#define SLOTS 12
#define SMALL_LEN ((size_t)512 << 10)
#define LARGE_MAX 4 /* One frame held, one ready, one being read. */

struct slot {
	bool is_ready;
	int rc; /* As frames_read_next returns it. */
	struct frames_raw raw;
	uint8_t * content;
	bool is_large; /* Its buffers are of the large ones. */
	struct err e;
};

struct worker {
	struct frames_read * f;
	ZSTD_DCtx * ctx;
	struct digest * d; /* For notes, or NULL. */
	pthread_t thread;
	bool is_started;
};

struct frames_read {
	struct frames_walk * walk; /* Of a plain file: only its size. */

	struct worker workers[FRAMES_READ_THREADS_MAX];
	int threads;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct slot slots[SLOTS];
	const struct frames_noting * noting; /* NULL: no notes are made. */
	struct frames_notes * notes;         /* One a slot, or NULL. */
	int64_t taken, given, held;
	uint8_t * spare[LARGE_MAX]; /* Large buffers that nobody uses. */
	int spares, larges;         /* How many there are; how many exist. */
	uint8_t * small[SLOTS];     /* The same of small ones. */
	int smalls;
	bool is_walking, ended, stop;

	struct frames_plain * plain; /* NULL: the file is compressed. */
};

static int
damaged(const struct frames_raw * raw, struct err * e, const char * why)
{
	err_set(e, ERR_INPUT, NULL, "zstd frame at byte %lld: %s",
	    (long long)raw->file_at, why);
	return -1;
}

/* Decompress the frame of ${slot} in one call. */
static int
decode(ZSTD_DCtx * ctx, struct slot * slot)
{
	struct frames_raw * raw = &slot->raw;
	size_t n;

	n = ZSTD_decompressDCtx(
	    ctx, slot->content, raw->content_len, raw->bytes, raw->len);
	if (ZSTD_isError(n))
		return damaged(raw, &slot->e, ZSTD_getErrorName(n));
	if (n != raw->content_len)
		return damaged(raw, &slot->e, "its content is shorter");
	return 1;
}

static void
lock(struct frames_read * f)
{
	if (f->threads > 0)
		(void)pthread_mutex_lock(&f->lock);
}

static void
unlock(struct frames_read * f)
{
	if (f->threads > 0)
		(void)pthread_mutex_unlock(&f->lock);
}

/* Get a buffer for a frame, under the lock; NULL: no memory. */
static uint8_t *
get_buffer(struct frames_read * f, bool is_large)
{
	uint8_t * bytes;

	if (!is_large)
		return (f->smalls > 0) ? f->small[--f->smalls]
				       : malloc(SMALL_LEN);
	if (f->spares > 0)
		return f->spare[--f->spares];
	assert(f->larges < LARGE_MAX);
	/* For any frame, compressed or not. */
	bytes = malloc(frames_walk_bound(FRAMES_READ_MAX));
	if (bytes != NULL)
		f->larges++;
	return bytes;
}

/* Give a buffer back, under the lock; NULL is fine. */
static void
put_buffer(struct frames_read * f, bool is_large, uint8_t * bytes)
{
	if (is_large && (bytes != NULL))
		f->spare[f->spares++] = bytes;
	else if ((bytes != NULL) && (f->smalls < SLOTS))
		f->small[f->smalls++] = bytes;
	else
		free(bytes);
}

/* Wait, as the walking thread, for the buffers of a frame. */
static int
get_buffers(struct frames_read * f, struct slot * slot, size_t bound)
{
	slot->is_large = (bound > SMALL_LEN);
	lock(f);
	while (slot->is_large && !f->stop &&
	    (f->spares + LARGE_MAX - f->larges < 2)) {
		assert(f->threads > 0);
		(void)pthread_cond_wait(&f->changed, &f->lock);
	}
	if (!f->stop) {
		slot->raw.bytes = get_buffer(f, slot->is_large);
		slot->content = get_buffer(f, slot->is_large);
	}
	unlock(f);
	if ((slot->raw.bytes != NULL) && (slot->content != NULL))
		return 0;
	err_set(&slot->e, ERR_SYSTEM, NULL, "out of memory");
	return -1;
}

/* The compressed bytes have done their work. */
static void
drop_raw(struct frames_read * f, struct slot * slot)
{
	lock(f);
	put_buffer(f, slot->is_large, slot->raw.bytes);
	slot->raw.bytes = NULL;
	if (f->threads > 0)
		(void)pthread_cond_broadcast(&f->changed);
	unlock(f);
}

/* Walk to the next frame and read it into ${slot}; as frames_read_next. */
static int
walk(struct frames_read * f, struct slot * slot)
{
	size_t content_len = 0;
	int rc = frames_walk_peek(f->walk, &content_len, &slot->e);

	if (rc != 1)
		return rc;
	if (get_buffers(f, slot, frames_walk_bound(content_len)) != 0)
		return -1;
	if (frames_walk_take(f->walk, &slot->raw, &slot->e) != 0)
		return -1;
	return 1;
}

static void
start_slot(struct slot * slot)
{
	memset(slot, 0, sizeof(*slot));
	err_init(&slot->e);
}

/* Take frames until the end, a failure, or close. */
static void *
work(void * argument)
{
	struct worker * w = argument;
	struct frames_read * f = w->f;

	(void)pthread_mutex_lock(&f->lock);
	for (;;) {
		struct slot * slot;
		int rc;

		while (!f->stop && !f->ended &&
		    (f->is_walking || (f->taken - f->held >= SLOTS)))
			(void)pthread_cond_wait(&f->changed, &f->lock);
		if (f->stop || f->ended)
			break;
		f->is_walking = true;
		slot = &f->slots[f->taken % SLOTS];
		start_slot(slot);
		f->taken++;
		(void)pthread_mutex_unlock(&f->lock);
		rc = walk(f, slot);
		(void)pthread_mutex_lock(&f->lock);
		f->is_walking = false;
		if (rc != 1)
			f->ended = true;
		(void)pthread_cond_broadcast(&f->changed);
		(void)pthread_mutex_unlock(&f->lock);
		if (rc == 1)
			rc = decode(w->ctx, slot);
		drop_raw(f, slot);
		if ((rc == 1) && (f->notes != NULL))
			frames_notes_take(&f->notes[slot - f->slots], f->noting,
			    w->d, slot->content, slot->raw.content_len);
		(void)pthread_mutex_lock(&f->lock);
		slot->rc = rc;
		slot->is_ready = true;
		if (rc < 0)
			f->ended = true;
		(void)pthread_cond_broadcast(&f->changed);
	}
	(void)pthread_mutex_unlock(&f->lock);
	return NULL;
}

/* Give back what the consumer held. */
static void
release(struct frames_read * f)
{
	struct slot * slot;

	if (f->held == f->given)
		return;
	slot = &f->slots[f->held % SLOTS];
	put_buffer(f, slot->is_large, slot->content);
	slot->content = NULL;
	f->held++;
}

/* Without threads: walk and decompress here. */
static void
work_inline(struct frames_read * f)
{
	struct slot * slot = &f->slots[f->taken % SLOTS];

	start_slot(slot);
	f->taken++;
	slot->rc = walk(f, slot);
	if (slot->rc == 1)
		slot->rc = decode(f->workers[0].ctx, slot);
	drop_raw(f, slot);
	slot->is_ready = true;
}

/* Wait for the next slot in order. */
static struct slot *
wait_slot(struct frames_read * f)
{
	struct slot * slot = &f->slots[f->given % SLOTS];

	if (f->threads == 0) {
		release(f);
		slot = &f->slots[f->given % SLOTS];
		if (f->given == f->taken)
			work_inline(f);
	} else {
		(void)pthread_mutex_lock(&f->lock);
		release(f);
		(void)pthread_cond_broadcast(&f->changed);
		while ((f->given == f->taken) || !slot->is_ready)
			(void)pthread_cond_wait(&f->changed, &f->lock);
		(void)pthread_mutex_unlock(&f->lock);
	}
	return slot;
}

int
frames_read_next(
    struct frames_read * f, struct frames_frame * frame, struct err * e)
{
	struct slot * slot;

	if (f->plain != NULL)
		return frames_plain_next(f->plain, frame, e);
	slot = wait_slot(f);
	if (slot->rc != 1) {
		if (slot->rc != 0)
			err_set(e, slot->e.kind, NULL, "%s", slot->e.text);
		return slot->rc; /* It stays there: the same again. */
	}
	*frame = (struct frames_frame){ .file_at = slot->raw.file_at,
		.file_len = (int64_t)slot->raw.len,
		.stream_at = slot->raw.stream_at,
		.bytes = slot->content,
		.len = slot->raw.content_len,
		.notes =
		    (f->notes == NULL) ? NULL : &f->notes[slot - f->slots] };
	memcpy(frame->sha256_before, slot->raw.sha256_before,
	    sizeof(frame->sha256_before));
	f->given++;
	return 1;
}

static int
start_threads(struct frames_read * f, int threads, struct err * e)
{
	f->threads = threads;
	for (int i = 0; i < threads; i++) {
		int rc = process_start_thread(
		    &f->workers[i].thread, work, &f->workers[i]);

		if (rc != 0) {
			err_set_errno(e, rc, "starting a thread");
			break;
		}
		f->workers[i].is_started = true;
	}
	return ((threads == 0) || f->workers[threads - 1].is_started) ? 0 : -1;
}

static int
start_frames(struct frames_read * f, int threads, struct err * e)
{
	if ((threads > 0) && (f->noting != NULL)) {
		f->notes = calloc(SLOTS, sizeof(*f->notes));
		if (f->notes == NULL)
			goto memory;
	}
	for (int i = 0; (i < threads) || (i == 0); i++) {
		f->workers[i].f = f;
		f->workers[i].ctx = ZSTD_createDCtx();
		if (f->workers[i].ctx == NULL)
			goto memory;
	}
	for (int i = 0; (i < threads) && (f->notes != NULL); i++) {
		f->workers[i].d = digest_new(DIGEST_SHA256, e);
		if (f->workers[i].d == NULL)
			return -1;
	}
	return start_threads(f, threads, e);

memory:
	err_set(e, ERR_SYSTEM, NULL, "out of memory");
	return -1;
}

/* Open at ${place}; NULL: whole. */
static struct frames_read *
open_any(int fd, int threads, const struct frames_noting * noting,
    const struct frames_place * place, struct err * e)
{
	struct frames_read * f = calloc(1, sizeof(*f));
	bool is_compressed = false;
	int rc = -1;

	assert((threads >= 0) && (threads <= FRAMES_READ_THREADS_MAX));
	if (f == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	(void)pthread_mutex_init(&f->lock, NULL);
	(void)pthread_cond_init(&f->changed, NULL);
	f->noting = noting;
	f->walk = frames_walk_open(fd, place, e);
	if ((f->walk == NULL) ||
	    (frames_walk_find_form(f->walk, &is_compressed, e) != 0))
		goto out;
	if (is_compressed) {
		rc = start_frames(f, threads, e);
	} else {
		f->plain = frames_plain_open(fd, frames_walk_size(f->walk),
		    (place == NULL) ? 0 : place->stream_at, place == NULL, e);
		rc = (f->plain == NULL) ? -1 : 0;
	}

out:
	if (rc != 0) {
		frames_read_close(f);
		f = NULL;
	}
	return f;
}

struct frames_read *
frames_read_open(int fd, int threads, struct err * e)
{
	return open_any(fd, threads, NULL, NULL, e);
}

struct frames_read *
frames_read_open_noted(
    int fd, int threads, const struct frames_noting * noting, struct err * e)
{
	return open_any(fd, threads, noting, NULL, e);
}

struct frames_read *
frames_read_open_at(int fd, const struct frames_place * place, struct err * e)
{
	return open_any(fd, 0, NULL, place, e);
}

bool
frames_read_is_plain(const struct frames_read * f)
{
	return f->plain != NULL;
}

int64_t
frames_read_size(const struct frames_read * f)
{
	return frames_walk_size(f->walk);
}

void
frames_read_digest_at(
    struct frames_read * f, size_t offset, uint8_t sha256[DIGEST_SHA256_LEN])
{
	if (f->plain != NULL) {
		frames_plain_digest_at(f->plain, offset, sha256);
		return;
	}
	assert((offset == 0) && (f->held < f->given));
	memcpy(sha256, f->slots[f->held % SLOTS].raw.sha256_before,
	    DIGEST_SHA256_LEN);
}

/* End the threads, whatever they do. */
static void
stop(struct frames_read * f)
{
	(void)pthread_mutex_lock(&f->lock);
	f->stop = true;
	(void)pthread_cond_broadcast(&f->changed);
	(void)pthread_mutex_unlock(&f->lock);
	for (int i = 0; i < f->threads; i++) {
		if (f->workers[i].is_started)
			(void)pthread_join(f->workers[i].thread, NULL);
		f->workers[i].is_started = false;
	}
}

int
frames_read_digest(
    struct frames_read * f, uint8_t sha256[DIGEST_SHA256_LEN], struct err * e)
{
	stop(f);
	if (f->plain == NULL)
		return frames_walk_digest(f->walk, sha256, e);
	if (frames_plain_digest(f->plain, sha256, e) != 0)
		return -1;
	return frames_walk_check(f->walk, e);
}

void
frames_read_close(struct frames_read * f)
{
	if (f == NULL)
		return;
	stop(f);
	for (int i = 0; i < SLOTS; i++) {
		free(f->slots[i].content);
		free(f->slots[i].raw.bytes);
	}
	for (int i = 0; i < f->spares; i++)
		free(f->spare[i]);
	for (int i = 0; i < f->smalls; i++)
		free(f->small[i]);
	for (int i = 0; i < FRAMES_READ_THREADS_MAX; i++) {
		(void)ZSTD_freeDCtx(f->workers[i].ctx);
		digest_free(f->workers[i].d);
	}
	for (int i = 0; (i < SLOTS) && (f->notes != NULL); i++)
		frames_notes_clear(&f->notes[i], f->noting);
	free(f->notes);
	(void)pthread_cond_destroy(&f->changed);
	(void)pthread_mutex_destroy(&f->lock);
	frames_walk_close(f->walk);
	frames_plain_close(f->plain);
	free(f);
}
