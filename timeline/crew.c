#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "evidence/process.h"

#include "timeline/crew.h"

/*
 * Invariants, with the counters modulo the number of jobs as places:
 *
 *   1. committed <= worked <= submitted <= committed + count.
 *   2. A place from worked on is the caller's or queued; from committed to
 *      worked-1 it is a worker's, or done.
 *   3. Only one thread at a time commits (is_committing), and only the place
 *      at committed.  Once a job has failed nothing is committed any more.
 *   4. All of it changes under the lock; work and commit run outside of it.
 */
struct place {
	void * job;
	bool is_done;
	int rc;
	struct err e;
};

struct crew {
	struct crew_plan plan;
	pthread_mutex_t lock;
	pthread_cond_t queued; /* For the workers. */
	pthread_cond_t freed;  /* For the caller. */
	struct place places[CREW_JOBS_MAX];
	uint64_t submitted;
	uint64_t worked;
	uint64_t committed;
	bool is_committing;
	bool is_stopping;
	bool is_failed;
	struct err failure;
	pthread_t threads[CREW_WORKERS_MAX];
	int threads_count;
};

int
crew_workers(int cores)
{
	return (cores < 1)               ? 1
	    : (cores > CREW_WORKERS_MAX) ? CREW_WORKERS_MAX
					 : cores;
}

static struct place *
place_of(struct crew * c, uint64_t counter)
{
	return &c->places[counter % c->plan.jobs_count];
}

/* Commit what is done and due; the lock is held. */
static void
commit_due(struct crew * c)
{
	if (c->is_committing)
		return;
	c->is_committing = true;
	while (
	    (c->committed < c->worked) && place_of(c, c->committed)->is_done) {
		struct place * p = place_of(c, c->committed);

		if ((p->rc == 0) && !c->is_failed && !c->is_stopping) {
			(void)pthread_mutex_unlock(&c->lock);
			p->rc = c->plan.commit(c->plan.cookie, p->job, &p->e);
			(void)pthread_mutex_lock(&c->lock);
		}
		if ((p->rc != 0) && !c->is_failed) {
			c->is_failed = true;
			c->failure = p->e;
		}
		c->committed++;
		(void)pthread_cond_signal(&c->freed);
	}
	c->is_committing = false;
}

static void *
work(void * cookie)
{
	struct crew * c = cookie;

	(void)pthread_mutex_lock(&c->lock);
	for (;;) {
		struct place * p;

		while (!c->is_stopping && (c->worked == c->submitted))
			(void)pthread_cond_wait(&c->queued, &c->lock);
		if (c->is_stopping)
			break;
		p = place_of(c, c->worked++);
		(void)pthread_mutex_unlock(&c->lock);
		p->rc = c->plan.work(c->plan.cookie, p->job, &p->e);
		(void)pthread_mutex_lock(&c->lock);
		p->is_done = true;
		commit_due(c);
	}
	(void)pthread_mutex_unlock(&c->lock);
	return NULL;
}

static int
start_threads(struct crew * c)
{
	int rc = 0;

	while ((rc == 0) && (c->threads_count < c->plan.workers)) {
		rc = process_start_thread(
		    &c->threads[c->threads_count], work, c);
		if (rc == 0)
			c->threads_count++;
	}
	return rc;
}

struct crew *
crew_new(const struct crew_plan * plan, struct err * e)
{
	struct crew * c = calloc(1, sizeof(*c));
	int rc;

	assert((plan->workers >= 1) && (plan->workers <= CREW_WORKERS_MAX));
	assert((plan->jobs_count >= 1) && (plan->jobs_count <= CREW_JOBS_MAX));
	if (c == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	c->plan = *plan;
	for (size_t i = 0; i < plan->jobs_count; i++)
		c->places[i].job = plan->jobs[i];
	(void)pthread_mutex_init(&c->lock, NULL);
	(void)pthread_cond_init(&c->queued, NULL);
	(void)pthread_cond_init(&c->freed, NULL);
	rc = (plan->workers > 1) ? start_threads(c) : 0;
	if (rc != 0) {
		err_set_errno(e, rc, "starting a thread");
		crew_free(c);
		return NULL;
	}
	return c;
}

/* Say what failed; the lock is held. */
static int
failed(const struct crew * c, struct err * e)
{
	if (!c->is_failed)
		return 0;
	*e = c->failure;
	return -1;
}

void *
crew_next(struct crew * c, struct err * e)
{
	struct place * p;
	int rc;

	(void)pthread_mutex_lock(&c->lock);
	while (c->submitted - c->committed == c->plan.jobs_count)
		(void)pthread_cond_wait(&c->freed, &c->lock);
	p = place_of(c, c->submitted);
	rc = failed(c, e);
	(void)pthread_mutex_unlock(&c->lock);
	return (rc == 0) ? p->job : NULL;
}

int
crew_submit(struct crew * c, struct err * e)
{
	struct place * p;
	int rc;

	(void)pthread_mutex_lock(&c->lock);
	p = place_of(c, c->submitted++);
	p->is_done = false;
	p->rc = 0;
	err_init(&p->e);
	if (c->threads_count == 0) {
		c->worked++;
		p->rc = c->plan.work(c->plan.cookie, p->job, &p->e);
		p->is_done = true;
		commit_due(c);
	}
	(void)pthread_cond_signal(&c->queued);
	rc = failed(c, e);
	(void)pthread_mutex_unlock(&c->lock);
	return rc;
}

int
crew_drain(struct crew * c, struct err * e)
{
	int rc;

	(void)pthread_mutex_lock(&c->lock);
	while (c->committed < c->submitted)
		(void)pthread_cond_wait(&c->freed, &c->lock);
	rc = failed(c, e);
	(void)pthread_mutex_unlock(&c->lock);
	return rc;
}

void
crew_free(struct crew * c)
{
	if (c == NULL)
		return;
	(void)pthread_mutex_lock(&c->lock);
	c->is_stopping = true;
	(void)pthread_cond_broadcast(&c->queued);
	(void)pthread_mutex_unlock(&c->lock);
	for (int i = 0; i < c->threads_count; i++)
		(void)pthread_join(c->threads[i], NULL);
	(void)pthread_cond_destroy(&c->freed);
	(void)pthread_cond_destroy(&c->queued);
	(void)pthread_mutex_destroy(&c->lock);
	free(c);
}
