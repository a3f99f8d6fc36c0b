#ifndef COLLECT_FETCH_H
#define COLLECT_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"

#include "collect/done.h"
#include "collect/exchange.h"
#include "collect/job.h"
#include "collect/pipe.h"
#include "collect/plan.h"
#include "collect/retry.h"
#include "collect/state.h"

/*
 * Fetching what the plan holds, on the network's thread: the main one.
 *
 * The plan is walked twice: first small blobs (JOB_SMALL_MAX), many at a time,
 * each handed to the pipe as it arrives; then large ones, one at a time, each
 * with several ranges in flight.  What fails waits in a bounded list for its
 * turn and holds nobody up; a blob that turns out to be large waits for the
 * end of the first walk, or for FETCH_PROMOTED_MAX of them.
 *
 * Memory: the pipe's budget, FETCH_DEFERRED_MAX + FETCH_PROMOTED_MAX jobs.
 */
#define FETCH_DEFERRED_MAX 512
#define FETCH_PROMOTED_MAX 64

struct fetch_options {
	struct http * http;
	struct certificates * certificates;
	struct connections * connections;
	struct pace * pace;
	struct sent * sent;
	struct pipe * pipe;
	struct plan * plan;
	const struct done * done;
	const struct job_source * sources;
	size_t source_count;
	const struct retry_rule * rule;
	struct retry_run * run;
	uint64_t got; /* Of the listing in this run: exchange_line. */
	const struct state_open * open; /* NULL: no member is begun. */
	int64_t open_done;              /* Bytes of it that are kept. */
	int * refused;                  /* As in exchange_line. */
	int64_t ends;        /* When a credential ends; CLOCK_UNKNOWN. */
	size_t ends_service; /* Whose that is. */
	/* Blobs settled, those of them that are gaps, and bytes received. */
	void (*progress)(
	    void * cookie, int64_t settled, int64_t gaps, int64_t received);
	void * cookie;
};

/**
 * fetch_run(options, e):
 * Fetch all that is not done.  Return 0 when each entry of the plan was handed
 * to the pipe as an object or a gap, or -1 with ${e} set (ERR_STOPPED after a
 * signal, ERR_AGAIN, ERR_REMOTE or ERR_DENIED if the service ends it, what the
 * pipe's reader failed with); nothing is in flight any more either way.
 */
int fetch_run(const struct fetch_options * options, struct err * e);

#endif
