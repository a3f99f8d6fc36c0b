#ifndef EVIDENCE_WORK_RING_H
#define EVIDENCE_WORK_RING_H

#include <stdbool.h>
#include <stddef.h>

#include "evidence/err.h"

/*
 * Jobs that threads do side by side and that leave in the order in which they
 * came, whatever the number of threads.  One thread opens, submits, takes, and
 * releases; the jobs, an array, are the caller's.
 *
 *	free --open--> open --submit--> queued --thread--> done --release--> free
 */
#define WORK_RING_THREADS_MAX 8
#define WORK_RING_JOBS_MAX (WORK_RING_THREADS_MAX + 2)

/* What the threads do. */
struct work_kind {
	/* Make what a thread keeps from job to job; NULL is handed on. */
	void * (*start)(void);
	void (*run)(void * state, void * job);
	void (*end)(void * state); /* NULL is fine. */
};

struct work_ring;

/**
 * work_ring_new(kind, threads, jobs, size, count, e):
 * Return a ring of the ${count} ${jobs} of ${size} bytes each, done as ${kind}
 * says by ${threads} threads (0: in work_ring_submit).  The caller frees it with
 * work_ring_free; ${kind} and ${jobs} are borrowed until then.  Return NULL with
 * ${e} set if that cannot be.
 */
struct work_ring * work_ring_new(const struct work_kind * kind, int threads,
    void * jobs, size_t size, size_t count, struct err * e);

/**
 * work_ring_open(ring):
 * Return the job that is open or can be opened, as its release left it, or NULL
 * if all are under way: take and release the oldest first.
 */
void * work_ring_open(struct work_ring * ring);

/**
 * work_ring_submit(ring):
 * Queue the open job for the threads.
 */
void work_ring_submit(struct work_ring * ring);

/**
 * work_ring_take(ring, wait):
 * Return the oldest submitted job if it is done, waiting for that if ${wait};
 * NULL if it is not, or if none is submitted.
 */
void * work_ring_take(struct work_ring * ring, bool wait);

/**
 * work_ring_release(ring):
 * Free the job that work_ring_take gave.
 */
void work_ring_release(struct work_ring * ring);

/**
 * work_ring_free(ring):
 * Stop the threads, each after its job, and release ${ring}; NULL is fine.
 */
void work_ring_free(struct work_ring * ring);

#endif
