#include <assert.h>
#include <stdlib.h>

#include <zstd.h>

#include "evidence/frames_pool.h"
#include "evidence/frames_write.h"
#include "evidence/work_ring.h"

/* A job: the filler sees only its slot. */
struct place {
	struct frames_slot slot; /* First. */
	uint8_t * out;
	size_t out_room;
	bool is_bad;
};

struct frames_pool {
	struct place places[FRAMES_THREADS_MAX + 1];
	struct work_ring * ring;
};

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
compress_place(void * state, void * job)
{
	ZSTD_CCtx * ctx = state;
	struct place * place = job;
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
static void *
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

static void
free_context(void * state)
{
	(void)ZSTD_freeCCtx(state);
}

static const struct work_kind compressing = { new_context, compress_place,
	free_context };

static void *
no_context(void)
{
	return NULL;
}

/* Of a plain file: what goes in comes out. */
static void
pass_place(void * state, void * job)
{
	struct place * place = job;

	(void)state;
	place->slot.frame = place->slot.content;
	place->slot.frame_len = place->slot.content_len;
	place->is_bad = false;
}

static const struct work_kind plain = { no_context, pass_place, free_context };

struct frames_pool *
frames_pool_new(bool compress, int threads, struct err * e)
{
	struct frames_pool * pool = calloc(1, sizeof(*pool));
	size_t count = compress ? (size_t)threads + 1 : 1;

	assert((threads >= 1) && (threads <= FRAMES_THREADS_MAX));
	if (pool == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	pool->ring = work_ring_new(compress ? &compressing : &plain,
	    compress ? threads : 0, pool->places, sizeof(pool->places[0]),
	    count, e);
	if (pool->ring == NULL) {
		frames_pool_free(pool);
		return NULL;
	}
	return pool;
}

struct frames_slot *
frames_pool_fill(struct frames_pool * pool)
{
	struct place * place = work_ring_open(pool->ring);

	return (place == NULL) ? NULL : &place->slot;
}

void
frames_pool_submit(struct frames_pool * pool)
{
	const struct place * place = work_ring_open(pool->ring);

	assert((place != NULL) && (place->slot.content_len > 0));
	work_ring_submit(pool->ring);
}

int
frames_pool_take(struct frames_pool * pool, bool wait,
    struct frames_slot ** slot, struct err * e)
{
	struct place * place = work_ring_take(pool->ring, wait);

	*slot = NULL;
	if (place == NULL)
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
	struct place * place = work_ring_take(pool->ring, false);

	assert(place != NULL);
	place->slot.content_len = 0;
	place->slot.frame = NULL;
	place->slot.frame_len = 0;
	work_ring_release(pool->ring);
}

void
frames_pool_free(struct frames_pool * pool)
{
	if (pool == NULL)
		return;
	work_ring_free(pool->ring);
	for (size_t i = 0; i < FRAMES_THREADS_MAX + 1; i++) {
		free(pool->places[i].slot.content);
		free(pool->places[i].out);
	}
	free(pool);
}
