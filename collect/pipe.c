#include <pthread.h>
#include <stdlib.h>

#include "collect/pipe.h"

struct pipe {
	pthread_mutex_t lock; /* Guards all below. */
	pthread_cond_t filled;
	struct http * http;
	struct pipe_item * first;
	struct pipe_item * last;
	int64_t out;  /* Of the budget. */
	int64_t kept; /* OBJECT and END that were put. */
	int64_t gaps; /* GAP that were put. */
	bool is_ended;
	struct err e; /* What the reader failed with. */
};

struct pipe *
pipe_new(struct http * http, struct err * e)
{
	struct pipe * p = calloc(1, sizeof(*p));

	if (p == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	if (pthread_mutex_init(&p->lock, NULL) != 0) {
		err_set(e, ERR_SYSTEM, NULL, "no lock can be made");
		free(p);
		return NULL;
	}
	if (pthread_cond_init(&p->filled, NULL) != 0) {
		err_set(e, ERR_SYSTEM, NULL, "no lock can be made");
		(void)pthread_mutex_destroy(&p->lock);
		free(p);
		return NULL;
	}
	p->http = http;
	err_init(&p->e);
	return p;
}

int64_t
pipe_reserve(struct pipe * p, int64_t bytes)
{
	int64_t weight = bytes + PIPE_OVERHEAD;

	(void)pthread_mutex_lock(&p->lock);
	if ((p->out == 0) || (p->out + weight <= PIPE_BUDGET))
		p->out += weight;
	else
		weight = 0;
	(void)pthread_mutex_unlock(&p->lock);
	return weight;
}

void
pipe_release(struct pipe * p, int64_t weight)
{
	if (weight == 0)
		return;
	(void)pthread_mutex_lock(&p->lock);
	p->out -= weight;
	(void)pthread_mutex_unlock(&p->lock);
	http_wake(p->http);
}

void
pipe_item_free(struct pipe * p, struct pipe_item * item)
{
	bool owns_job = (item->kind == PIPE_OBJECT) ||
	    (item->kind == PIPE_END) || (item->kind == PIPE_GAP) ||
	    (item->kind == PIPE_LEAVE);

	if (item->x != NULL)
		pipe_release(p, item->x->weight);
	exchange_free(item->x);
	if (owns_job)
		job_free(item->job);
	free(item);
}

int
pipe_put(struct pipe * p, const struct pipe_item * item, struct err * e)
{
	struct pipe_item * copy = malloc(sizeof(*copy));

	if (copy == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		if (item->x != NULL)
			pipe_release(p, item->x->weight);
		exchange_free(item->x);
		return -1;
	}
	*copy = *item;
	copy->next = NULL;
	(void)pthread_mutex_lock(&p->lock);
	if (p->last == NULL)
		p->first = copy;
	else
		p->last->next = copy;
	p->last = copy;
	if ((item->kind == PIPE_OBJECT) || (item->kind == PIPE_END))
		p->kept++;
	else if (item->kind == PIPE_GAP)
		p->gaps++;
	(void)pthread_cond_signal(&p->filled);
	(void)pthread_mutex_unlock(&p->lock);
	return 0;
}

int64_t
pipe_settled(struct pipe * p, int64_t * gaps)
{
	int64_t settled;

	(void)pthread_mutex_lock(&p->lock);
	settled = p->kept + p->gaps;
	*gaps = p->gaps;
	(void)pthread_mutex_unlock(&p->lock);
	return settled;
}

struct pipe_item *
pipe_take(struct pipe * p)
{
	struct pipe_item * item;

	(void)pthread_mutex_lock(&p->lock);
	while ((p->first == NULL) && !p->is_ended)
		(void)pthread_cond_wait(&p->filled, &p->lock);
	item = p->first;
	if (item != NULL) {
		p->first = item->next;
		if (p->first == NULL)
			p->last = NULL;
	}
	(void)pthread_mutex_unlock(&p->lock);
	return item;
}

void
pipe_end(struct pipe * p)
{
	(void)pthread_mutex_lock(&p->lock);
	p->is_ended = true;
	(void)pthread_cond_signal(&p->filled);
	(void)pthread_mutex_unlock(&p->lock);
}

void
pipe_fail(struct pipe * p, const struct err * e)
{
	(void)pthread_mutex_lock(&p->lock);
	if (p->e.kind == ERR_NONE)
		p->e = *e;
	(void)pthread_mutex_unlock(&p->lock);
	http_wake(p->http);
}

int
pipe_check(struct pipe * p, struct err * e)
{
	int rc = 0;

	(void)pthread_mutex_lock(&p->lock);
	if (p->e.kind != ERR_NONE) {
		*e = p->e;
		rc = -1;
	}
	(void)pthread_mutex_unlock(&p->lock);
	return rc;
}

void
pipe_free(struct pipe * p)
{
	struct pipe_item * item;

	if (p == NULL)
		return;
	while (p->first != NULL) {
		item = p->first;
		p->first = item->next;
		pipe_item_free(p, item);
	}
	(void)pthread_cond_destroy(&p->filled);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
}
