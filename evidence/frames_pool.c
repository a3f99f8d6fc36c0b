#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include <zstd.h>

#include "evidence/frames_pool.h"
#include "evidence/frames_write.h"
#include "evidence/process.h"

/*
 * Invariants, with the counters modulo the number of slots as places:
 *
 *   1. taken <= worked <= submitted <= taken + count.
 *   2. Slots taken..worked-1 are a worker's or done; worked..submitted-1 are
 *      queued; the slot at submitted, if there is one, is the filler's alone.
 *   3. A worker owns a slot from the moment it moves worked over it until it
 *      sets is_done, both under the lock; the filler reads frame only after.
 */
struct place {
	struct frames_slot slot; /* First: the filler sees only this. */
	uint8_t * out;
	size_t out_room;
	bool is_done;
	bool is_bad;
};

struct frames_pool {
	pthread_mutex_t lock;
	pthread_cond_t queued; /* For the workers. */
	pthread_cond_t done;   /* For the filler. */
	struct place places[FRAMES_THREADS_MAX + 1];
	uint64_t count;
	uint64_t taken;
	uint64_t worked;
	uint64_t submitted;
	bool is_stopping;
	pthread_t threads[FRAMES_THREADS_MAX];
	int threads_count; /* 0: plain. */
};

static struct place *
place_of(struct frames_pool * pool, uint64_t counter)
{
	return &pool->places[counter % pool->count];
}

/* Make sure ${place} has room for whatever its content becomes. */
static int
reserve_out(struct place * place)
{
	size_t need = ZSTD_compressBound(place->slot.content_len);
	uint8_t * out;

	if (need <= place->out_room)
		return 0;
	out = realloc(place->out, need);
	if (out == NULL)
		return -1;
	place->out = out;
	place->out_room = need;
	return 0;
}

static void
compress_place(ZSTD_CCtx * ctx, struct place * place)
{
	size_t n;

	place->is_bad = true;
	if ((ctx == NULL) || (reserve_out(place) != 0))
		return;
	n = ZSTD_compress2(ctx, place->out, place->out_room,
	    place->slot.content, place->slot.content_len);
	if (ZSTD_isError(n))
		return;
	place->slot.frame = place->out;
	place->slot.frame_len = n;
	place->is_bad = false;
}

/* The settings of FORMAT.md; NULL if one is refused. */
static ZSTD_CCtx *
new_context(void)
{
	ZSTD_CCtx * ctx = ZSTD_createCCtx();
	static const struct {
		ZSTD_cParameter name;
		int value;
	} settings[] = { { ZSTD_c_compressionLevel, FRAMES_LEVEL },
		{ ZSTD_c_contentSizeFlag, 1 }, { ZSTD_c_checksumFlag, 1 },
		{ ZSTD_c_dictIDFlag, 0 } };

	if (ctx == NULL)
		return NULL;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		if (ZSTD_isError(ZSTD_CCtx_setParameter(
			ctx, settings[i].name, settings[i].value))) {
			ZSTD_freeCCtx(ctx);
			return NULL;
		}
	}
	return ctx;
}

static void *
work(void * cookie)
{
	struct frames_pool * pool = cookie;
	ZSTD_CCtx * ctx = new_context();

	(void)pthread_mutex_lock(&pool->lock);
	for (;;) {
		struct place * place;

		while (!pool->is_stopping && (pool->worked == pool->submitted))
			(void)pthread_cond_wait(&pool->queued, &pool->lock);
		if (pool->is_stopping)
			break;
		place = place_of(pool, pool->worked++);
		(void)pthread_mutex_unlock(&pool->lock);
		compress_place(ctx, place);
		(void)pthread_mutex_lock(&pool->lock);
		place->is_done = true;
		(void)pthread_cond_signal(&pool->done);
	}
	(void)pthread_mutex_unlock(&pool->lock);
	ZSTD_freeCCtx(ctx);
	return NULL;
}

static int
start_threads(struct frames_pool * pool, int threads)
{
	int rc = 0;

	while ((rc == 0) && (pool->threads_count < threads)) {
		rc = process_start_thread(
		    &pool->threads[pool->threads_count], work, pool);
		if (rc == 0)
			pool->threads_count++;
	}
	return rc;
}

struct frames_pool *
frames_pool_new(bool compress, int threads, struct err * e)
{
	struct frames_pool * pool = calloc(1, sizeof(*pool));
	int rc;

	assert((threads >= 1) && (threads <= FRAMES_THREADS_MAX));
	if (pool == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	(void)pthread_mutex_init(&pool->lock, NULL);
	(void)pthread_cond_init(&pool->queued, NULL);
	(void)pthread_cond_init(&pool->done, NULL);
	pool->count = compress ? (uint64_t)threads + 1 : 1;
	rc = compress ? start_threads(pool, threads) : 0;
	if (rc != 0) {
		err_set_errno(e, rc, "starting a thread");
		frames_pool_free(pool);
		return NULL;
	}
	return pool;
}

struct frames_slot *
frames_pool_fill(struct frames_pool * pool)
{
	/* Only this thread moves these two. */
	if (pool->submitted - pool->taken == pool->count)
		return NULL;
	return &place_of(pool, pool->submitted)->slot;
}

void
frames_pool_submit(struct frames_pool * pool)
{
	struct place * place = place_of(pool, pool->submitted);

	assert(place->slot.content_len > 0);
	place->is_done = false;
	place->is_bad = false;
	(void)pthread_mutex_lock(&pool->lock);
	pool->submitted++;
	if (pool->threads_count == 0) {
		place->slot.frame = place->slot.content;
		place->slot.frame_len = place->slot.content_len;
		place->is_done = true;
		pool->worked++;
	}
	(void)pthread_cond_signal(&pool->queued);
	(void)pthread_mutex_unlock(&pool->lock);
}

int
frames_pool_take(struct frames_pool * pool, bool wait,
    struct frames_slot ** slot, struct err * e)
{
	struct place * place = place_of(pool, pool->taken);
	bool is_done;

	*slot = NULL;
	if (pool->taken == pool->submitted)
		return 0;
	(void)pthread_mutex_lock(&pool->lock);
	while (wait && !place->is_done)
		(void)pthread_cond_wait(&pool->done, &pool->lock);
	is_done = place->is_done;
	(void)pthread_mutex_unlock(&pool->lock);
	if (!is_done)
		return 0;
	if (place->is_bad) {
		err_set(e, ERR_SYSTEM, NULL,
		    "zstd cannot compress a frame: out of memory");
		return -1;
	}
	*slot = &place->slot;
	return 0;
}

void
frames_pool_release(struct frames_pool * pool)
{
	struct place * place = place_of(pool, pool->taken);

	assert(pool->taken < pool->submitted);
	place->slot.content_len = 0;
	place->slot.frame = NULL;
	place->slot.frame_len = 0;
	pool->taken++;
}

void
frames_pool_free(struct frames_pool * pool)
{
	if (pool == NULL)
		return;
	(void)pthread_mutex_lock(&pool->lock);
	pool->is_stopping = true;
	(void)pthread_cond_broadcast(&pool->queued);
	(void)pthread_mutex_unlock(&pool->lock);
	for (int i = 0; i < pool->threads_count; i++)
		(void)pthread_join(pool->threads[i], NULL);
	(void)pthread_cond_destroy(&pool->done);
	(void)pthread_cond_destroy(&pool->queued);
	(void)pthread_mutex_destroy(&pool->lock);
	for (size_t i = 0; i < FRAMES_THREADS_MAX + 1; i++) {
		free(pool->places[i].slot.content);
		free(pool->places[i].out);
	}
	free(pool);
}
