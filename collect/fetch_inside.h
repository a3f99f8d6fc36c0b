#ifndef COLLECT_FETCH_INSIDE_H
#define COLLECT_FETCH_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/fetch.h"
#include "collect/job_list.h"
#include "collect/stream.h"

/*
 * The inside of fetching, shared by fetch.c (whose turn it is) and
 * fetch_small.c (what becomes of the answers about small blobs); nobody else
 * includes this.
 */
struct fetch {
	const struct fetch_options * o;
	struct exchange_line line;
	struct err line_e;
	struct exchange * answered; /* In the order of answers. */
	struct exchange ** answered_end;
	struct stream * stream;
	struct job_list deferred;  /* Small blobs whose turn comes later. */
	struct job_list promoted;  /* Listed as small, but large. */
	struct job_list postponed; /* Large ones that held up the others. */
	struct job * held;         /* The next of the plan; no room so far. */
	struct exchange * flying[HTTP_IN_FLIGHT_MAX]; /* Of small blobs. */
	size_t flying_count;
	bool is_large_walk;
	bool is_walked; /* Both walks are over. */
};

/**
 * fetch_put(f, kind, x, job, e):
 * Put an item of ${kind} with ${x} and ${job}, which it takes as pipe.h says,
 * into the pipe.  Return 0, or -1 with ${e} set.
 */
int fetch_put(struct fetch * f, enum pipe_kind kind, struct exchange * x,
    struct job * job, struct err * e);

/**
 * fetch_defer(f, job, due_ms):
 * Let ${job} wait until the monotonic moment ${due_ms}.
 */
void fetch_defer(struct fetch * f, struct job * job, int64_t due_ms);

/**
 * fetch_take_small(f, x, e):
 * Take the answer ${x} about a small blob.  Return 0, or -1 with ${e} set if
 * the run must end.
 */
int fetch_take_small(struct fetch * f, struct exchange * x, struct err * e);

#endif
