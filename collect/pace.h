#ifndef COLLECT_PACE_H
#define COLLECT_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * How many requests may be in flight, and how many bytes may be asked for, so
 * that a service that is busy is left in peace and --cap-mbps is kept.  Pure:
 * time is passed in.
 *
 * The window begins at max.  An answer that says "too busy" (503, 429, 500
 * OperationTimedOut) halves it, but once in PACE_REST_MS only, since all that
 * was in flight then says so; each good answer adds 1 / window, so a whole
 * window of them adds one.  It is never under 1 nor over max.
 *
 * Bytes are a bucket that fills at the rate and holds PACE_BURST_MS of it; a
 * request may be sent while it is not empty, and takes all it asks for.
 */
#define PACE_UNIT 1024 /* Of the window: so many are one request. */
#define PACE_REST_MS 1000
#define PACE_BURST_MS 250

struct pace {
	size_t max;
	int64_t window;     /* In 1 / PACE_UNIT. */
	int64_t smallest;   /* That it ever was. */
	int64_t throttled;  /* Answers that said so. */
	int64_t calm_until; /* Monotonic; no halving before. */
	int64_t rate;       /* Bytes a second; 0: no cap. */
	int64_t bucket;     /* Bytes; negative after a large request. */
	int64_t filled_at;  /* Monotonic. */
};

/**
 * pace_init(p, max, rate, now_ms):
 * Begin with ${max} requests and ${rate} bytes a second (0: any) at the
 * monotonic moment ${now_ms}.
 */
void pace_init(struct pace * p, size_t max, int64_t rate, int64_t now_ms);

/**
 * pace_may(p, in_flight, now_ms):
 * Return whether one more request may be sent beside ${in_flight}.
 */
bool pace_may(struct pace * p, size_t in_flight, int64_t now_ms);

/**
 * pace_sent(p, bytes):
 * Note that ${bytes} were asked for.
 */
void pace_sent(struct pace * p, int64_t bytes);

/**
 * pace_answer(p, is_busy, is_good, now_ms):
 * Note an answer: one that says the service is busy, a good one, or neither.
 */
void pace_answer(struct pace * p, bool is_busy, bool is_good, int64_t now_ms);

/**
 * pace_due(p, now_ms):
 * Return in how many milliseconds bytes may be asked for again; 0: now.
 */
int64_t pace_due(struct pace * p, int64_t now_ms);

#endif
