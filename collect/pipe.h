#ifndef COLLECT_PIPE_H
#define COLLECT_PIPE_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/err.h"
#include "evidence/gap.h"

#include "collect/exchange.h"
#include "collect/job.h"

/*
 * The way from the network's thread to the committing one: a queue, and the
 * one budget of bytes that may be in flight, in the queue or being written.
 * Order is kept, so that what is recorded is in the order of what happened.
 *
 *	small blob	OBJECT
 *	large blob	(BEGIN | CONTINUE) DATA* (END | DROP | LEAVE)
 *	given up	GAP
 *	any other	ANSWER
 *
 * Between BEGIN or CONTINUE and END or DROP there is no OBJECT.
 */
#define PIPE_BUDGET (INT64_C(80) << 20) /* Bytes. */
#define PIPE_OVERHEAD 4096              /* Counted for every request. */

enum pipe_kind {
	PIPE_ANSWER,   /* Nothing but a request to be recorded. */
	PIPE_OBJECT,   /* x is the whole blob of the job. */
	PIPE_BEGIN,    /* x has the properties of the job's large blob. */
	PIPE_CONTINUE, /* As BEGIN, for a member of an earlier run. */
	PIPE_DATA,     /* x is its next part. */
	PIPE_END,      /* It is whole; x is the last look at it, or NULL. */
	PIPE_DROP,     /* It will not be whole. */
	PIPE_LEAVE,    /* The run ends here; what is begun stays begun. */
	PIPE_GAP       /* The job is given up; x is the last answer, or NULL. */
};

struct pipe_item {
	struct pipe_item * next;
	enum pipe_kind kind;
	struct exchange * x; /* Owned. */
	struct job * job;    /* Owned with OBJECT, END, GAP and LEAVE. */
	struct job_pin pin;  /* BEGIN, CONTINUE: a copy; the job may go on. */
	enum gap_reason reason;
};

struct pipe;

/**
 * pipe_new(http, e):
 * Return an empty pipe whose reader wakes ${http}, or NULL with ${e} set.
 */
struct pipe * pipe_new(struct http * http, struct err * e);

/**
 * pipe_reserve(p, bytes):
 * Take ${bytes} and the overhead from the budget.  Return what was taken, or 0
 * if there is not that much now; with nothing out at all any amount is given.
 */
int64_t pipe_reserve(struct pipe * p, int64_t bytes);

/**
 * pipe_release(p, weight):
 * Give ${weight} of pipe_reserve back; from any thread.
 */
void pipe_release(struct pipe * p, int64_t weight);

/**
 * pipe_put(p, item, e):
 * Put a copy of ${item} at the end, which takes what it owns.  Return 0, or -1
 * with ${e} set and everything it owns freed.
 */
int pipe_put(struct pipe * p, const struct pipe_item * item, struct err * e);

/**
 * pipe_settled(p, gaps):
 * Return how many blobs were put whole or as a gap, and put how many of them
 * are gaps into ${gaps}.
 */
int64_t pipe_settled(struct pipe * p, int64_t * gaps);

/**
 * pipe_take(p):
 * Wait for the first item and return it, for pipe_item_free; NULL when the pipe
 * is ended and empty.
 */
struct pipe_item * pipe_take(struct pipe * p);

/**
 * pipe_item_free(p, item):
 * Release ${item} with all that it owns, and its weight.
 */
void pipe_item_free(struct pipe * p, struct pipe_item * item);

/**
 * pipe_end(p):
 * Say that nothing more will be put.
 */
void pipe_end(struct pipe * p);

/**
 * pipe_fail(p, e):
 * Let the writing side know that the reading side failed with ${e}.
 */
void pipe_fail(struct pipe * p, const struct err * e);

/**
 * pipe_check(p, e):
 * Return 0, or -1 with ${e} set to what pipe_fail was told.
 */
int pipe_check(struct pipe * p, struct err * e);

/**
 * pipe_free(p):
 * Release ${p} and what is in it; NULL is fine.
 */
void pipe_free(struct pipe * p);

#endif
