#include <assert.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "evidence/process.h"
#include "evidence/work_ring.h"

/*
 * Invariants, with the counters modulo the number of jobs as places:
 *
 *   1. taken <= worked <= submitted <= taken + count.
 *   2. Jobs taken..worked-1 are a thread's or done; worked..submitted-1 are
 *      queued; the job at submitted, if there is one, is the caller's alone.
 *   3. A thread owns a job from the moment it moves worked over it until it
 *      sets is_done, both under the lock; the caller looks at it only after.
 */
struct work_ring {
	const struct work_kind * kind;
	uint8_t * jobs;
	size_t size;
	uint64_t count;
	pthread_mutex_t lock;
	pthread_cond_t queued; /* For the threads. */
	pthread_cond_t done;   /* For the caller. */
	uint64_t taken;
	uint64_t worked;
	uint64_t submitted;
	bool is_done[WORK_RING_JOBS_MAX];
	bool is_stopping;
	pthread_t threads[WORK_RING_THREADS_MAX];
	int threads_count; /* 0: the caller does it, */
	void * state;      /* with this. */
};

static void *
job_at(struct work_ring * ring, uint64_t counter)
{
	return ring->jobs + (size_t)(counter % ring->count) * ring->size;
}

static void *
work(void * argument)
{
	struct work_ring * ring = argument;
	void * state = ring->kind->start();

	(void)pthread_mutex_lock(&ring->lock);
	for (;;) {
		uint64_t at;

		while (!ring->is_stopping && (ring->worked == ring->submitted))
			(void)pthread_cond_wait(&ring->queued, &ring->lock);
		if (ring->is_stopping)
			break;
		at = ring->worked++;
		(void)pthread_mutex_unlock(&ring->lock);
		ring->kind->run(state, job_at(ring, at));
		(void)pthread_mutex_lock(&ring->lock);
		ring->is_done[at % ring->count] = true;
		(void)pthread_cond_signal(&ring->done);
	}
	(void)pthread_mutex_unlock(&ring->lock);
	ring->kind->end(state);
	return NULL;
}

struct work_ring *
work_ring_new(const struct work_kind * kind, int threads, void * jobs,
    size_t size, size_t count, struct err * e)
{
	struct work_ring * ring = calloc(1, sizeof(*ring));

	assert((threads >= 0) && (threads <= WORK_RING_THREADS_MAX));
	assert((count >= 1) && (count <= WORK_RING_JOBS_MAX));
	if (ring == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	(void)pthread_mutex_init(&ring->lock, NULL);
	(void)pthread_cond_init(&ring->queued, NULL);
	(void)pthread_cond_init(&ring->done, NULL);
	ring->kind = kind;
	ring->jobs = jobs;
	ring->size = size;
	ring->count = count;
	if (threads == 0)
		ring->state = kind->start();
	while (ring->threads_count < threads) {
		int rc = process_start_thread(
		    &ring->threads[ring->threads_count], work, ring);

		if (rc != 0) {
			err_set_errno(e, rc, "starting a thread");
			work_ring_free(ring);
			return NULL;
		}
		ring->threads_count++;
	}
	return ring;
}

void *
work_ring_open(struct work_ring * ring)
{
	/* Only this thread moves these two. */
	if (ring->submitted - ring->taken == ring->count)
		return NULL;
	return job_at(ring, ring->submitted);
}

void
work_ring_submit(struct work_ring * ring)
{
	bool is_here = (ring->threads_count == 0);

	assert(ring->submitted - ring->taken < ring->count);
	if (is_here)
		ring->kind->run(ring->state, job_at(ring, ring->submitted));
	(void)pthread_mutex_lock(&ring->lock);
	ring->is_done[ring->submitted % ring->count] = is_here;
	ring->submitted++;
	if (is_here)
		ring->worked++;
	(void)pthread_cond_signal(&ring->queued);
	(void)pthread_mutex_unlock(&ring->lock);
}

void *
work_ring_take(struct work_ring * ring, bool wait)
{
	const bool * is_done = &ring->is_done[ring->taken % ring->count];
	bool has_job;

	if (ring->taken == ring->submitted)
		return NULL;
	(void)pthread_mutex_lock(&ring->lock);
	while (wait && !*is_done)
		(void)pthread_cond_wait(&ring->done, &ring->lock);
	has_job = *is_done;
	(void)pthread_mutex_unlock(&ring->lock);
	return has_job ? job_at(ring, ring->taken) : NULL;
}

void
work_ring_release(struct work_ring * ring)
{
	assert(ring->taken < ring->submitted);
	ring->taken++;
}

void
work_ring_free(struct work_ring * ring)
{
	if (ring == NULL)
		return;
	(void)pthread_mutex_lock(&ring->lock);
	ring->is_stopping = true;
	(void)pthread_cond_broadcast(&ring->queued);
	(void)pthread_mutex_unlock(&ring->lock);
	for (int i = 0; i < ring->threads_count; i++)
		(void)pthread_join(ring->threads[i], NULL);
	if (ring->threads_count == 0)
		ring->kind->end(ring->state);
	(void)pthread_cond_destroy(&ring->done);
	(void)pthread_cond_destroy(&ring->queued);
	(void)pthread_mutex_destroy(&ring->lock);
	free(ring);
}
