#ifndef COLLECT_STREAM_INSIDE_H
#define COLLECT_STREAM_INSIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "collect/stream.h"

/*
 * The inside of the stream, shared by stream.c (its stages) and stream_part.c
 * (the window of parts); nobody else includes this.
 */
enum stage {
	STAGE_IDLE,
	STAGE_HEAD,
	STAGE_BLOCKS,
	STAGE_BODY,
	STAGE_TAIL
};

/* One part of the body. */
struct slot {
	struct exchange * x; /* In flight, or answered and ready. */
	bool is_ready;
	int64_t due_ms; /* When to ask; 0: now. */
	int mismatches;
	struct retry_item retry;
};

struct stream {
	struct stream_options o;
	enum stage stage;
	struct job * job;
	struct job * postponed; /* For the caller to take. */
	struct exchange * look; /* In flight, for the properties. */
	int64_t look_due_ms;
	bool has_begun;
	const struct state_open * open; /* To be continued; NULL: no. */
	int64_t base;                   /* Where the first part starts. */
	int64_t parts;
	int64_t next_start;
	int64_t next_out;
	struct slot slots[STREAM_WINDOW];
};

/**
 * stream_put(s, kind, x, e):
 * Put an item of ${kind} with ${x}, which it takes, and the blob of ${s} into
 * the pipe.  Return 0, or -1 with ${e} set.
 */
int stream_put(struct stream * s, enum pipe_kind kind, struct exchange * x,
    struct err * e);

/**
 * stream_abandon(s, x, e):
 * Give up ${x}: it is recorded, now or when its answer is looked at.  Return 0,
 * or -1 with ${e} set.
 */
int stream_abandon(struct stream * s, struct exchange * x, struct err * e);

/**
 * stream_give_up(s, x, reason, e):
 * The blob of ${s} is not to be had: drop it and declare the gap ${reason};
 * ${x}, which it takes, was the last answer.  Return 0, or -1 with ${e} set.
 */
int stream_give_up(struct stream * s, struct exchange * x,
    enum gap_reason reason, struct err * e);

/**
 * stream_start_anew(s, x, e):
 * The blob of ${s} is in another state now, as ${x}, which it takes, says: look
 * at it again, JOB_CHANGES_MAX times.  Return 0, or -1 with ${e} set.
 */
int stream_start_anew(struct stream * s, struct exchange * x, struct err * e);

/**
 * stream_is_stuck(s, tries):
 * Return whether others should have their turn, now that one question of ${s}
 * failed ${tries} times in a row.
 */
bool stream_is_stuck(const struct stream * s, int tries);

/**
 * stream_postpone(s, x, e):
 * Let the others go first; ${x}, which it takes, was the last answer.  Return
 * 0, or -1 with ${e} set.
 */
int stream_postpone(struct stream * s, struct exchange * x, struct err * e);

/**
 * stream_finish_body(s, e):
 * All parts of ${s} are put: end the blob, or look at it once more.  Return 0,
 * or -1 with ${e} set.
 */
int stream_finish_body(struct stream * s, struct err * e);

/**
 * stream_clear_parts(s, e):
 * Give up all parts of ${s}, in flight or waiting to be put.  Return 0, or -1
 * with ${e} set.
 */
int stream_clear_parts(struct stream * s, struct err * e);

/**
 * stream_put_ready(s, e):
 * Put the parts of ${s} that are ready, in order.  Return 0, or -1 with ${e}
 * set.
 */
int stream_put_ready(struct stream * s, struct err * e);

/**
 * stream_take_part(s, x, e):
 * Take the answer ${x} about a part.  Return 0, or -1 with ${e} set.
 */
int stream_take_part(struct stream * s, struct exchange * x, struct err * e);

/**
 * stream_pump_parts(s, now_ms, e):
 * Ask for the parts that may be asked for at ${now_ms}.  Return 0, or -1 with
 * ${e} set.
 */
int stream_pump_parts(struct stream * s, int64_t now_ms, struct err * e);

#endif
