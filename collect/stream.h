#ifndef COLLECT_STREAM_H
#define COLLECT_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/err.h"

#include "collect/exchange.h"
#include "collect/job.h"
#include "collect/pipe.h"
#include "collect/retry.h"
#include "collect/state.h"

/*
 * One large blob at a time, through a window of ranges in flight, into the
 * pipe in order.
 *
 *	IDLE --stream_begin--> HEAD --BEGIN put--> BLOCKS (flow log) or BODY
 *	BLOCKS --the list, or why there is none--> BODY
 *	BODY --all parts put--> TAIL (append blob) or IDLE (END put)
 *	TAIL --same blob still--> IDLE (END put)
 *	any --another state than pinned--> HEAD (DROP put), JOB_CHANGES_MAX times
 *	any --given up--> IDLE (DROP and GAP put)
 *	HEAD, BLOCKS, BODY --failing on and on--> IDLE (DROP put), the job is postponed
 *
 * Invariants:
 *  1. Parts next_out <= n < next_start have a slot, n modulo STREAM_WINDOW.
 *  2. has_begun: BEGIN or CONTINUE was put, END or DROP was not.
 */
#define STREAM_WINDOW 12  /* Ranges; of JOB_RANGE bytes each. */
#define STREAM_PATIENCE 4 /* Failures of one question in a row. */
#define STREAM_KEEP (INT64_C(256) << 20) /* Bytes worth more patience. */

struct stream;

/* What it works with; all borrowed until stream_free. */
struct stream_options {
	struct exchange_line * line;
	struct pipe * pipe;
	const struct retry_rule * rule;
	struct retry_run * run;
};

/**
 * stream_new(options, e):
 * Return an idle stream, or NULL with ${e} set.
 */
struct stream * stream_new(
    const struct stream_options * options, struct err * e);

/**
 * stream_begin(s, job):
 * Take ${job} as the blob of the idle stream ${s}.
 */
void stream_begin(struct stream * s, struct job * job);

/**
 * stream_continue(s, job, open, kept):
 * Take ${job}, whose member was begun in an earlier run in the state ${open}
 * with ${kept} bytes kept: go on if the blob still is in that state, else drop
 * the member and begin anew.
 */
void stream_continue(struct stream * s, struct job * job,
    const struct state_open * open, int64_t kept);

/**
 * stream_is_idle(s):
 * Return whether ${s} has no blob.
 */
bool stream_is_idle(const struct stream * s);

/**
 * stream_pump(s, now_ms, e):
 * Ask for what can be asked for at the monotonic moment ${now_ms}.  Return 0,
 * or -1 with ${e} set.
 */
int stream_pump(struct stream * s, int64_t now_ms, struct err * e);

/**
 * stream_owns(s, x):
 * Return whether ${x} is one of the exchanges of ${s}.
 */
bool stream_owns(const struct stream * s, const struct exchange * x);

/**
 * stream_answer(s, x, e):
 * Take the answer ${x} of stream_pump.  Return 0, or -1 with ${e} set if the
 * run must end.
 */
int stream_answer(struct stream * s, struct exchange * x, struct err * e);

/**
 * stream_take_postponed(s):
 * Return the job that ${s} gave up for now, so that it holds nobody up (it
 * needs_head, and is not postponed a second time), or that turned out to be
 * empty and is to be read as small ones are.  It is the caller's; NULL if there
 * is none.
 */
struct job * stream_take_postponed(struct stream * s);

/**
 * stream_due(s):
 * Return the monotonic moment at which stream_pump has something to ask again,
 * or -1 if it waits for answers or room alone.
 */
int64_t stream_due(const struct stream * s);

/**
 * stream_free(s):
 * Stop what is in flight and release ${s} with its job; NULL is fine.  A member
 * that is begun stays begun.  An answer of ${s} that stream_answer was not
 * given has no owner afterwards.
 */
void stream_free(struct stream * s);

#endif
